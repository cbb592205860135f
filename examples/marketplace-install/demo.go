package main

import (
	"errors"
	"fmt"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// emulators are the three platforms on this machine, and an app that they know.
// They forget everything when they end. Leave this file out of your own app.
type emulators struct {
	scoro             *scorotest.Server
	procore           *procoretest.Server
	securityscorecard *securityscorecardtest.Server
	apps              apps
}

// startEmulators starts platforms that send users back to url.
func startEmulators(url string) (*emulators, error) {
	const anyPort = "127.0.0.1:0"
	s, err := scorotest.Listen(anyPort, nil)
	if err != nil {
		return nil, err
	}
	p, err := procoretest.Listen(anyPort, &procoretest.Options{AppName: "Fairlead", RedirectURIs: []string{url + "/procore/callback"}})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	c, err := securityscorecardtest.Listen(anyPort, &securityscorecardtest.Options{AppName: "Fairlead", RedirectURI: url + "/securityscorecard/callback"})
	if err != nil {
		return nil, errors.Join(err, s.Close(), p.Close())
	}
	return &emulators{s, p, c, apps{
		scoro: scoro.Options{Options: connector.Options{BaseURL: s.URL}},
		procore: procore.App{
			ClientID:     p.ClientID,
			ClientSecret: auth.NewSecret(p.ClientSecret),
			Environment:  procore.Environment{Name: "emulator", LoginURL: p.LoginURL, APIURL: p.URL},
		},
		securityscorecard: securityscorecard.App{ID: c.AppID, Secret: auth.NewSecret(c.AppSecret), BaseURL: c.URL, PageURL: c.PageURL},
		scoroHint: fmt.Sprintf("This Scoro is an emulator. It knows the site %s, the company account %s, and the user %s with the password %s.",
			s.Site, s.CompanyAccount, s.Username, s.Password),
	}}, nil
}

func (e *emulators) close() error {
	return errors.Join(e.scoro.Close(), e.procore.Close(), e.securityscorecard.Close())
}
