package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/store"
)

// A visit is one use of the MCP server by one user.
type visit struct {
	app     scoro.MCPApp
	records store.Store            // keeps the sign-in
	open    func(url string) error // shows the user a page

	tool      string // to call; empty for none
	arguments map[string]any
	out       io.Writer
}

func (v visit) run(ctx context.Context) error {
	refresh, err := v.app.Refresh(ctx)
	if err != nil {
		return err
	}
	session := auth.NewSession(v.records, v.app.Key("desk"), refresh)
	defer session.Close() // waits for a renewal under way, which must not be cut off
	if err := v.signIn(ctx, session); err != nil {
		return err
	}
	return v.useTools(ctx, session)
}

// signIn sends the user to the browser, unless a sign-in is kept that works.
func (v visit) signIn(ctx context.Context, session *auth.Session) error {
	_, err := session.Token(ctx)
	if err == nil {
		fmt.Fprintln(v.out, "Signed in already.")
		return nil
	}
	if !errors.Is(err, connector.Reauthorize) {
		return err
	}
	grant, err := v.app.SignIn(ctx)
	if err != nil {
		return err
	}
	token, err := auth.Loopback(ctx, grant, &auth.LoopbackOptions{Open: v.open})
	if err != nil {
		return err
	}
	fmt.Fprintln(v.out, "Signed in.")
	return session.Set(ctx, token)
}

// useTools lists the server's tools and calls the one that was asked for.
func (v visit) useTools(ctx context.Context, tokens auth.TokenSource) error {
	address, err := v.app.ServerURL()
	if err != nil {
		return err
	}
	sender, err := newBearer(address, tokens)
	if err != nil {
		return err
	}
	defer sender.next.CloseIdleConnections()
	transport := &mcp.StreamableClientTransport{
		Endpoint: address,
		HTTPClient: &http.Client{
			Transport:     sender,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		DisableStandaloneSSE: true, // nothing here waits for what the server says unasked
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "cordage-scoro-mcp", Version: "1"}, nil)
	connection, err := client.Connect(ctx, transport, nil)
	if err != nil {
		return fmt.Errorf("cannot connect to %s: %w", address, err)
	}
	defer connection.Close()

	for tool, err := range connection.Tools(ctx, nil) {
		if err != nil {
			return err
		}
		fmt.Fprintf(v.out, "  %-20s %s\n", tool.Name, tool.Description)
	}
	if v.tool == "" {
		return nil
	}
	return v.call(ctx, connection)
}

func (v visit) call(ctx context.Context, connection *mcp.ClientSession) error {
	result, err := connection.CallTool(ctx, &mcp.CallToolParams{Name: v.tool, Arguments: v.arguments})
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, part := range result.Content {
		if t, ok := part.(*mcp.TextContent); ok {
			text.WriteString(t.Text)
		}
	}
	if result.IsError {
		return fmt.Errorf("the tool %s failed: %s", v.tool, text.String())
	}
	fmt.Fprintf(v.out, "%s answered:\n%s\n", v.tool, text.String())
	return nil
}
