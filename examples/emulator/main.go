// Emulator runs the emulated platforms as a program, for clients in any
// language. It prints one line of JSON per platform, with its address and demo
// credentials, and stops on interrupt.
//
//	go run ./examples/emulator
//	go run ./examples/emulator -platform procore -addr 127.0.0.1:8080 -redirect http://localhost:3000/callback
//
// People sign in on the emulators' own pages, with the username and password of
// the line; every other e-mail address with that password is another user.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "emulator:", err)
		os.Exit(1)
	}
}

// A platform starts one emulator and describes it.
type platform struct {
	name  string
	start func(addr string, o options) (io.Closer, any, error)
}

type options struct {
	seed      uint64
	public    bool
	redirects []string
}

var platforms = []platform{
	{"scoro", startScoro},
	{"procore", startProcore},
	{"securityscorecard", startSecurityScorecard},
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	only := flags.String("platform", "", "run this one alone: scoro, procore or securityscorecard")
	addr := flags.String("addr", "127.0.0.1:0", "address to listen on; the second and third platform take the next ports")
	var o options
	flags.Uint64Var(&o.seed, "seed", 1, "chooses the made-up records")
	flags.BoolVar(&o.public, "public-app", true, "make Scoro's user token and login those of a public app, which must send app_id")
	flags.Func("redirect", "register this address of your app, to which sign-ins and installations return; may be given several times: SecurityScorecard's install page leads to the last one", func(uri string) error {
		o.redirects = append(o.redirects, uri)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is no flag; see -h", flags.Arg(0))
	}
	started := 0
	for _, p := range platforms {
		if *only != "" && *only != p.name {
			continue
		}
		at, err := shifted(*addr, started)
		if err != nil {
			return err
		}
		server, line, err := p.start(at, o)
		if err != nil {
			return fmt.Errorf("%w; choose another -addr", err)
		}
		defer server.Close()
		started++
		if err := json.NewEncoder(out).Encode(line); err != nil {
			return err
		}
	}
	if started == 0 {
		return fmt.Errorf("no platform %q; take scoro, procore or securityscorecard", *only)
	}
	<-ctx.Done()
	return nil
}

// shifted adds n to the port of an address. Port 0, any free one, stays.
func shifted(addr string, n int) (string, error) {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("-addr %q is not host:port, such as 127.0.0.1:8080: %w", addr, err)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", fmt.Errorf("port %q of -addr is not a number below 65536", text)
	}
	if port != 0 {
		port += uint64(n)
	}
	return net.JoinHostPort(host, strconv.FormatUint(port, 10)), nil
}

func startScoro(addr string, o options) (io.Closer, any, error) {
	s, err := scorotest.Listen(addr, &scorotest.Options{
		Seed: o.seed, PublicApp: o.public, MCP: scorotest.MCPOptions{RedirectURIs: o.redirects},
	})
	if err != nil {
		return nil, nil, err
	}
	return s, struct {
		Platform       string `json:"platform"`
		BaseURL        string `json:"base_url"`
		Site           string `json:"site"`
		CompanyAccount string `json:"company_account"`
		UserToken      string `json:"user_token"`
		APIKey         string `json:"api_key"`
		AppID          string `json:"app_id"`
		Username       string `json:"username"`
		Password       string `json:"password"`
		MCPURL         string `json:"mcp_url"`
		MCPClientID    string `json:"mcp_client_id"`
	}{"scoro", s.URL, s.Site, s.CompanyAccount, s.UserToken, s.APIKey, s.AppID, s.Username, s.Password, s.MCPURL, s.MCPClientID}, nil
}

func startProcore(addr string, o options) (io.Closer, any, error) {
	s, err := procoretest.Listen(addr, &procoretest.Options{Seed: o.seed, RedirectURIs: o.redirects})
	if err != nil {
		return nil, nil, err
	}
	return s, struct {
		Platform     string `json:"platform"`
		BaseURL      string `json:"base_url"`
		LoginURL     string `json:"login_url"`
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		CompanyID    int64  `json:"company_id"`
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		RedirectURI  string `json:"redirect_uri"`
		Username     string `json:"username"`
		Password     string `json:"password"`
	}{"procore", s.URL, s.LoginURL, s.ClientID, s.ClientSecret, s.CompanyID, s.AccessToken, s.RefreshToken, s.RedirectURI, s.Username, s.Password}, nil
}

func startSecurityScorecard(addr string, o options) (io.Closer, any, error) {
	s, err := securityscorecardtest.Listen(addr, &securityscorecardtest.Options{Seed: o.seed})
	if err != nil {
		return nil, nil, err
	}
	for _, uri := range o.redirects {
		s.AddRedirect(uri)
	}
	return s, struct {
		Platform    string `json:"platform"`
		BaseURL     string `json:"base_url"`
		Token       string `json:"token"`
		AppID       string `json:"app_id"`
		AppSecret   string `json:"app_secret"`
		InstallCode string `json:"install_code"`
		PageURL     string `json:"page_url"`
		Username    string `json:"username"`
		Password    string `json:"password"`
	}{"securityscorecard", s.URL, s.Token, s.AppID, s.AppSecret, s.InstallCode, s.PageURL, s.Username, s.Password}, nil
}
