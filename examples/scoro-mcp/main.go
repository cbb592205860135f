// Scoro-mcp connects the official MCP SDK of Go to Scoro's MCP server: it signs
// a user in, keeps the sign-in in an encrypted file, lists the server's tools
// and calls one.
//
// Without flags it runs on an emulator and plays the user itself. For a real
// site, with an MCP app from Scoro's Developer Portal:
//
//	export SIGN_IN_KEY="$(openssl rand -base64 32)"   # keep it: it opens the file again
//	scoro-mcp -site acme -client CLIENT-ID -dir ~/.config/scoro-mcp -tool NAME -arguments '{"page": 1}'
//
// An app with a secret has it in SCORO_MCP_SECRET.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "scoro-mcp:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("scoro-mcp", flag.ContinueOnError)
	var app scoro.MCPApp
	flags.StringVar(&app.Site, "site", "", "the `name` of the site; without it an emulator is used")
	flags.StringVar(&app.ClientID, "client", "", "the `id` of the MCP app")
	flags.StringVar(&app.RedirectURL, "redirect", "", "the app's registered `address`, if it must be a certain one, such as http://localhost:8765/callback")
	flags.StringVar(&app.Endpoint, "endpoint", "", "the MCP server's `address`, if it is not https://SITE.scoro.com/mcp")
	dir := flags.String("dir", "", "the `folder` that keeps the sign-in, encrypted with the key in SIGN_IN_KEY")
	tool := flags.String("tool", "", "the `name` of the tool to call")
	arguments := flags.String("arguments", "{}", "what to give it, as `JSON`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if app.Site == "" && app.Endpoint == "" {
		return demo(ctx, out)
	}
	records, err := openRecords(*dir, os.Getenv("SIGN_IN_KEY"))
	if err != nil {
		return err
	}
	v := visit{app: app, records: records, open: browser(out), tool: *tool, out: out}
	v.app.ClientSecret = auth.NewSecret(os.Getenv("SCORO_MCP_SECRET"))
	if err := json.Unmarshal([]byte(*arguments), &v.arguments); err != nil {
		return fmt.Errorf("-arguments must be a JSON object: %w", err)
	}
	return v.run(ctx)
}

// openRecords opens the encrypted folder that the sign-in is kept in.
func openRecords(dir, key string) (store.Store, error) {
	if dir == "" {
		return nil, errors.New("say with -dir where to keep the sign-in")
	}
	secret, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(secret) != 32 {
		return nil, errors.New("SIGN_IN_KEY must hold 32 random bytes in base64; make them once with: openssl rand -base64 32")
	}
	return store.File(dir, secret)
}
