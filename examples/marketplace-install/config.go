package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/securityscorecard"
)

// A config is what the program was told.
type config struct {
	addr, url string
	store     string
	apps      apps
}

// apps are the app's credentials on each platform. They come from the
// environment, since other users of a machine can read its command lines:
//
//	SCORO_APP_ID                 of a public integration; a private app has none
//	PROCORE_CLIENT_ID            and PROCORE_CLIENT_SECRET
//	SECURITYSCORECARD_APP_ID     and SECURITYSCORECARD_APP_SECRET
//
// The addresses to register at the platforms are URL/procore/callback and
// URL/securityscorecard/callback. A platform without credentials is left out;
// Scoro needs none.
type apps struct {
	scoro             scoro.Options
	procore           procore.App
	securityscorecard securityscorecard.App
	scoroHint         string // what a demo tells about signing in to Scoro
}

func (a apps) none() bool {
	return a.scoro.AppID == "" && a.procore.ClientID == "" && a.securityscorecard.ID == ""
}

func readConfig(args []string) (config, error) {
	var c config
	flags := flag.NewFlagSet("marketplace-install", flag.ContinueOnError)
	flags.StringVar(&c.addr, "addr", "127.0.0.1:8080", "address to listen on")
	flags.StringVar(&c.url, "url", "", "address that browsers use, such as https://app.example.com; empty means -addr")
	flags.StringVar(&c.store, "store", "marketplace-data",
		"where the sign-ins are kept: a folder, redis://host:6379/0, or postgres://user@host/name with the password in PGPASSWORD")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("%q is no flag; see -h", flags.Arg(0))
	}
	c.url = strings.TrimRight(c.url, "/")
	c.apps = apps{
		scoro: scoro.Options{AppID: os.Getenv("SCORO_APP_ID")},
		procore: procore.App{
			ClientID:     os.Getenv("PROCORE_CLIENT_ID"),
			ClientSecret: auth.NewSecret(os.Getenv("PROCORE_CLIENT_SECRET")),
			Environment:  procore.Production, // or procore.Sandbox
		},
		securityscorecard: securityscorecard.App{
			ID:     os.Getenv("SECURITYSCORECARD_APP_ID"),
			Secret: auth.NewSecret(os.Getenv("SECURITYSCORECARD_APP_SECRET")),
		},
	}
	return c, c.checkURL()
}

// checkURL keeps a server off the public that is not ready for it: one with the
// demo's login, and one that would come up as a demo since its credentials were
// forgotten.
func (c config) checkURL() error {
	u, err := url.Parse(cmp.Or(c.url, "http://"+c.addr))
	if err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("-url must be like https://app.example.com, and -addr like 127.0.0.1:8080")
	}
	switch host := u.Hostname(); {
	case host == "localhost" || net.ParseIP(host).IsLoopback():
		return nil
	case demoLogin:
		return errors.New("the demo's login lets anybody in as anybody, so it stays on this machine; put your own into visitor.go")
	case c.apps.none():
		return errors.New("no app's credentials are in the environment, and a demo stays on this machine; set PROCORE_CLIENT_ID or another one")
	}
	return nil
}
