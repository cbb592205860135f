package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
)

// demo visits an emulator twice, with its user played by a program. The second
// visit finds the sign-in of the first one, whose access token has run out.
func demo(ctx context.Context, out io.Writer) error {
	server, err := scorotest.Listen("127.0.0.1:0", nil)
	if err != nil {
		return err
	}
	defer server.Close()
	dir, err := os.MkdirTemp("", "scoro-mcp-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails

	user := person{name: server.Username, password: server.Password, answer: "allow"}
	for _, when := range []string{"First visit", "Second visit, the access token has run out"} {
		fmt.Fprintf(out, "== %s\n", when)
		records, err := openRecords(dir, base64.StdEncoding.EncodeToString(key))
		if err != nil {
			return err
		}
		v := visit{
			app:       scoro.MCPApp{Endpoint: server.MCPURL, ClientID: server.MCPClientID},
			records:   records,
			open:      func(page string) error { return user.visit(ctx, page) },
			tool:      "get_project",
			arguments: map[string]any{"project_id": 1},
			out:       out,
		}
		if err := v.run(ctx); err != nil {
			return err
		}
		server.ExpireMCPTokens()
	}
	return nil
}

// A person signs in at the emulator's pages as a browser would.
type person struct{ name, password, answer string }

// visit opens the page, signs in on it, and answers what the next one asks. The
// last answer leads back to the program that waits for it.
func (p person) visit(ctx context.Context, page string) error {
	client := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	defer client.CloseIdleConnections()
	form, err := read(ctx, client, http.MethodGet, page, nil)
	if err != nil {
		return err
	}
	for _, fields := range []url.Values{{"username": {p.name}, "password": {p.password}}, {"answer": {p.answer}}} {
		if form.action == "" {
			return errors.New("there is no form on the page")
		}
		fields.Set("visit", form.visit)
		if form, err = read(ctx, client, http.MethodPost, form.action, fields); err != nil {
			return err
		}
	}
	return nil
}

// A form is what a page asks to fill in.
type form struct{ action, visit string }

var (
	formAction = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	formVisit  = regexp.MustCompile(`name="visit" value="([^"]*)"`)
)

// read asks for a page, following redirects, and returns the form on it, if any.
func read(ctx context.Context, client *http.Client, method, page string, fields url.Values) (form, error) {
	request, err := http.NewRequestWithContext(ctx, method, page, strings.NewReader(fields.Encode()))
	if err != nil {
		return form{}, err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := client.Do(request)
	if err != nil {
		return form{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return form{}, err
	}
	if answer.StatusCode != http.StatusOK {
		return form{}, fmt.Errorf("the page answered %s", answer.Status)
	}
	action, visit := formAction.FindSubmatch(text), formVisit.FindSubmatch(text)
	if action == nil || visit == nil {
		return form{}, nil
	}
	target, err := answer.Request.URL.Parse(html.UnescapeString(string(action[1])))
	if err != nil {
		return form{}, err
	}
	return form{action: target.String(), visit: html.UnescapeString(string(visit[1]))}, nil
}
