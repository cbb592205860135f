package procore

import (
	"fmt"

	"github.com/cordage-go/cordage/internal/rest"
)

// An Environment is one Procore: where people sign in and where its API is,
// bound together, because tokens and credentials of one are unknown in another.
type Environment struct {
	Name     string // stands in the keys of sessions
	LoginURL string // serves /oauth/…
	APIURL   string // serves /rest/…
}

// The environments. An on-demand sandbox is a company of its own in Production.
var (
	// Production serves all commercial regions.
	Production = Environment{Name: "production", LoginURL: "https://login.procore.com", APIURL: "https://api.procore.com"}
	// Sandbox is the developer sandbox of one app, with credentials of its own.
	Sandbox = Environment{Name: "sandbox", LoginURL: "https://login-sandbox.procore.com", APIURL: "https://sandbox.procore.com"}
	// MonthlySandbox is a copy of production that is overwritten each month; it
	// takes production's client id and secret.
	MonthlySandbox = Environment{Name: "monthly", LoginURL: "https://login-sandbox-monthly.procore.com", APIURL: "https://api-monthly.procore.com"}
	// Federal is the zone of the United States' government.
	Federal = Environment{Name: "federal", LoginURL: "https://login.procoregov.com", APIURL: "https://api.procoregov.com"}
)

func (e Environment) orProduction() Environment {
	if e == (Environment{}) {
		return Production
	}
	return e
}

func (e Environment) check() error {
	e = e.orProduction()
	if _, err := rest.CheckURL("Environment.APIURL", e.APIURL); err != nil {
		return err
	}
	if _, err := rest.CheckURL("Environment.LoginURL", e.LoginURL); err != nil {
		return err
	}
	if e.Name == "" {
		return fmt.Errorf("Environment.Name is empty; give the environment of %s a name of its own", e.APIURL)
	}
	return nil
}
