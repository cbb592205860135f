package securityscorecardtest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// Where the pages of the marketplace are. The platform's are hash routes of a
// page with scripts: "/#/marketplace/…".
const (
	marketplace = "/marketplace/"
	appPage     = marketplace + "{app_id}"
	consentPage = appPage + "/authorize"

	defaultRedirect = "http://localhost"
)

// page answers a browser.
func (p *platform) page(c *emulate.Call) emulate.Answer {
	switch {
	case c.Route.Path == "":
		return p.consent.Refuse(http.StatusNotFound, "Page not found", "There is nothing at "+c.URL.Path)
	case c.Values["app_id"] != demoApp:
		return p.consent.Refuse(http.StatusNotFound, "App not found", "The marketplace has no app "+c.Values["app_id"])
	case c.Method == http.MethodPost:
		return p.consent.Step(c)
	case c.Route.Path == appPage:
		return p.consent.Begin(c, p.offer)
	default:
		return p.authorize(c)
	}
}

// authorize is the page for users who come from the app's own site. An address
// that is not the app's is never redirected to.
func (p *platform) authorize(c *emulate.Call) emulate.Answer {
	query := c.URL.Query()
	if query.Get("redirect_uri") == "" {
		query.Set("redirect_uri", p.redirect())
	}
	if !p.isRegistered(query.Get("redirect_uri")) {
		return p.consent.Refuse(http.StatusBadRequest, "This app asks from a wrong address",
			"redirect_uri is neither the address that the app's manifest declares nor below it")
	}
	if p.options.AutoConsent {
		return p.installed(query, demoUser)
	}
	return p.consent.Begin(c, func(string) emulate.Petition {
		petition := p.petition(query)
		petition.Buttons = []emulate.Button{{ID: "allow", Label: "Install"}, {ID: "deny", Label: "Cancel"}}
		return petition
	})
}

// offer is the app's own page. An installation that begins here has no state.
func (p *platform) offer(user string) emulate.Petition {
	petition := p.petition(url.Values{"redirect_uri": {p.redirect()}})
	petition.Buttons = []emulate.Button{{ID: "allow", Label: "Install"}, {ID: "deny", Label: "Cancel"}}
	if p.isInstalled(user) {
		petition.Text = []string{"The app is installed. Installing it again gives it a new token; uninstalling it ends the token that it has."}
		petition.Buttons = []emulate.Button{{ID: "allow", Label: "Install again"}, {ID: "uninstall", Label: "Uninstall"}, {ID: "deny", Label: "Cancel"}}
	}
	return petition
}

func (p *platform) petition(query url.Values) emulate.Petition {
	app := cmp.Or(p.options.AppName, "Demo App")
	return emulate.Petition{
		Title: "Install " + app,
		Text:  []string{app + " gets a token that acts for you until you uninstall it."},
		Facts: []emulate.Fact{{Name: "App", Value: app}, {Name: "Returns to", Value: query.Get("redirect_uri")}},
		Query: query,
	}
}

// decided follows a user's answer. What the platform does when a user cancels
// is not known; an app that has a state of its own is told here.
func (p *platform) decided(_ *emulate.Call, d emulate.Decision) emulate.Answer {
	switch {
	case d.Answer == "allow":
		return p.installed(d.Query, d.User)
	case d.Answer == "uninstall":
		p.uninstall(d.User)
		return emulate.Screen{Platform: "SecurityScorecard", Title: "The app is uninstalled", Text: []string{"Its token is revoked."}}.Answer(http.StatusOK)
	case d.Query.Has("state"):
		return back(d.Query, url.Values{"error": {"access_denied"}})
	default:
		return emulate.Screen{Platform: "SecurityScorecard", Title: "Nothing was changed"}.Answer(http.StatusOK)
	}
}

// installed takes the user back to the app with the code of a new installation.
func (p *platform) installed(query url.Values, user string) emulate.Answer {
	return back(query, url.Values{"code": {p.tokens.NewCode(installation(user))}})
}

func back(query, answer url.Values) emulate.Answer {
	if query.Has("state") {
		answer.Set("state", query.Get("state"))
	}
	return emulate.Redirect(query.Get("redirect_uri"), answer)
}

func (p *platform) addRedirect(uri string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.redirects = append(p.redirects, uri)
}

// redirect is where installations lead that begin on the app's page: the
// address that was declared last.
func (p *platform) redirect() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.redirects[len(p.redirects)-1]
}

func (p *platform) isRegistered(uri string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.redirects, func(declared string) bool { return isBelow(uri, declared) })
}

// isBelow reports whether an address is a declared one or has more segments.
func isBelow(uri, declared string) bool {
	if uri == declared {
		return true
	}
	if strings.ContainsAny(uri, "\\ ") { // browsers read these in their own way
		return false
	}
	asked, err := url.Parse(uri)
	base, baseErr := url.Parse(declared)
	if err != nil || baseErr != nil || asked.Scheme != base.Scheme || asked.Host != base.Host || asked.User != nil || asked.Fragment != "" {
		return false
	}
	rest, ok := strings.CutPrefix(asked.Path, strings.TrimSuffix(base.Path, "/"))
	return ok && (rest == "" || rest[0] == '/') && !slices.Contains(strings.Split(rest, "/"), "..")
}
