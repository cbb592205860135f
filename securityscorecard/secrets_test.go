package securityscorecard_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/value"
)

const leaked = "correct-horse-battery-staple"

// findings asks a server that answers as given for findings of leaked
// credentials, and returns what was logged besides.
func findings(t *testing.T, answer string) (found []securityscorecard.HistoricalFinding, log string, err error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	var text bytes.Buffer
	options := securityscorecard.Options{Options: connector.Options{
		BaseURL: server.URL, MaxAttempts: 1,
		Logger:  slog.New(slog.NewJSONHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug})),
		OnDrift: func(d connector.Drift) { fmt.Fprintf(&text, "%+v\n", d) },
	}}
	client, err := securityscorecard.New(auth.Static("token"), &options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	day := value.Date{Year: 2026, Month: 5, Day: 17}
	found, err = client.Companies.HistoricalFindings(t.Context(), "acme.example", day, "leaked_credentials", nil)
	return found, text.String(), err
}

// A leaked password of somebody reaches the program that asks for it, and
// nothing that prints, logs or encodes the record.
func TestLeakedPasswordsStayUnseen(t *testing.T) {
	found, log, err := findings(t, `{"entries":[{"issue_id":"i1","user_name":"anna","password":"`+leaked+`"},{"issue_id":"i2"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[0].Password.Reveal() != leaked || !found[1].Password.IsZero() {
		t.Fatalf("got %d findings, the first password revealed as %d letters", len(found), len(found[0].Password.Reveal()))
	}
	encoded, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("found", "finding", found[0])
	texts := []string{log, string(encoded), logged.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, found), fmt.Sprintf(verb, &found[0]))
	}
	for _, text := range texts {
		if strings.Contains(text, leaked) || strings.Contains(text, fmt.Sprintf("%x", leaked)) {
			t.Errorf("the password is visible in %.200s", text)
		}
	}
	if !strings.Contains(fmt.Sprintf("%+v", found[0]), "anna") {
		t.Error("the rest of the finding does not print")
	}
}

// A password that comes in another form, or in an answer that breaks off, does
// not show in the drift, the log or the error.
func TestOddPasswordsStayUnseen(t *testing.T) {
	for name, answer := range map[string]string{
		"list":       `{"entries":[{"issue_id":"i1","password":["` + leaked + `"]}]}`,
		"object":     `{"entries":[{"issue_id":"i1","password":{"text":"` + leaked + `"}}]}`,
		"broken off": `{"entries":[{"issue_id":"i1","password":"` + leaked + `"},{"issue_id":`,
		"no list":    `{"entries":{"issue_id":"i1","password":"` + leaked + `"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			found, log, err := findings(t, answer)
			if err == nil && (len(found) != 1 || found[0].IssueID != "i1") {
				t.Errorf("the finding is lost: %d are left", len(found))
			}
			text := fmt.Sprintf("%s %v %+v", log, err, err)
			var failure *connector.Error
			if errors.As(err, &failure) {
				text += fmt.Sprintf("%+v %s", *failure, failure.Body)
			}
			if strings.Contains(text, leaked) {
				t.Errorf("the password is visible in %s", text)
			}
		})
	}
}
