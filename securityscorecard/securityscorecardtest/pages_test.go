package securityscorecardtest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/emulate/conform"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

const registered = "https://app.example/ssc"

func (c *caller) browser() conform.Visitor { return conform.Visitor{T: c.t, Client: c.client} }

// consentURL is the page that an app's own site opens in a popup.
func (c *caller) consentURL(redirect, state string) string {
	query := url.Values{"popup": {"true"}, "redirect_uri": {redirect}, "state": {state}}
	return c.server.PageURL + c.server.AppID + "/authorize?" + query.Encode()
}

// appToken exchanges the code of a redirect.
func (c *caller) appToken(to *url.URL) string {
	c.t.Helper()
	r := exchange(c, c.server.AppID, c.server.AppSecret, to.Query().Get("code"))
	token, _ := r.json["token"].(string)
	if token == "" {
		c.t.Fatalf("redirected to %v, exchanged for %d %s", to, r.status, r.body)
	}
	return token
}

// status is what the API says to a token.
func (c *caller) status(token string) int {
	c.t.Helper()
	return c.do("GET", "/portfolios", "", "Authorization", "Token "+token).status
}

// A person installs the app from its own site, and later uninstalls it.
func TestInstallPages(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{RedirectURI: registered, AppName: "Watch <dog>"})
	b := c.browser()
	const state = `s&t="<'>`
	page := b.Open(c.consentURL(registered+"/back?x=1", state))
	if page.Status != 200 || !strings.Contains(page.HTML, "Emulator of SecurityScorecard – not the real service") {
		t.Fatalf("%d %s", page.Status, page.HTML)
	}
	if wrong := b.Press(page, "sign-in", "username", c.server.Username, "password", "wrong"); wrong.Status != 403 {
		t.Fatalf("wrong password: %d", wrong.Status)
	}
	page = b.SignIn(c.consentURL(registered+"/back?x=1", state), c.server.Username, c.server.Password)
	if !strings.Contains(page.HTML, "Watch &lt;dog&gt;") {
		t.Errorf("the page does not name the app: %s", page.HTML)
	}
	to := b.Press(page, "allow").Location
	if !strings.HasPrefix(to.String(), registered+"/back?x=1&") || to.Query().Get("state") != state {
		t.Fatalf("redirected to %v", to)
	}
	token := c.appToken(to)
	if got := c.status(token); got != 200 {
		t.Errorf("app token: %d", got)
	}

	// The vendor's page shows that it is installed, and takes it away.
	page = b.SignIn(c.server.PageURL+c.server.AppID, c.server.Username, c.server.Password)
	if gone := b.Press(page, "uninstall"); gone.Status != 200 || gone.Location != nil {
		t.Errorf("uninstall: %d", gone.Status)
	}
	if got := c.status(token); got != 401 {
		t.Errorf("the token after uninstalling: %d", got)
	}
	if got := c.status(c.server.Token); got != 200 {
		t.Errorf("the user's own token after uninstalling: %d", got)
	}
}

// An installation that begins at the vendor's has no state.
func TestInstallAtTheVendor(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{RedirectURI: registered})
	b := c.browser()
	page := b.SignIn(c.server.PageURL+c.server.AppID+"?state=smuggled", c.server.Username, c.server.Password)
	if strings.Contains(page.HTML, `id="uninstall"`) {
		t.Error("there is nothing to uninstall yet")
	}
	to := b.Press(page, "allow").Location
	if !strings.HasPrefix(to.String(), registered+"?") || to.Query().Has("state") {
		t.Fatalf("redirected to %v", to)
	}
	first := c.appToken(to)

	second := c.appToken(b.Press(b.SignIn(c.server.PageURL+c.server.AppID, c.server.Username, c.server.Password), "allow").Location)
	if c.status(first) != 401 || c.status(second) != 200 {
		t.Errorf("after installing again: old %d, new %d", c.status(first), c.status(second))
	}

	// Another user's installation is another one.
	other := c.appToken(b.Press(b.SignIn(c.server.PageURL+c.server.AppID, "other@cordage.example", c.server.Password), "allow").Location)
	if c.status(second) != 200 || c.status(other) != 200 {
		t.Errorf("two users: %d, %d", c.status(second), c.status(other))
	}
	c.server.Uninstall()
	if c.status(second) != 401 || c.status(other) != 401 {
		t.Errorf("after Uninstall: %d, %d", c.status(second), c.status(other))
	}
	if page := b.Press(b.SignIn(c.server.PageURL+c.server.AppID, c.server.Username, c.server.Password), "deny"); page.Status != 200 || page.Location != nil {
		t.Errorf("cancelled at the vendor's: %d %v", page.Status, page.Location)
	}
}

func TestInstallIsCancelled(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{RedirectURI: registered})
	b := c.browser()
	to := b.Press(b.SignIn(c.consentURL(registered, "s"), c.server.Username, c.server.Password), "deny").Location
	if q := to.Query(); q.Get("error") != "access_denied" || q.Get("state") != "s" || q.Has("code") {
		t.Errorf("redirected to %v", to)
	}
}

// Only the registered address and those below it are redirected to.
func TestInstallRedirects(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{RedirectURI: registered, AutoConsent: true})
	c.server.AddRedirect("http://localhost:8080/")
	for redirect, want := range map[string]int{
		registered:                       302,
		registered + "/":                 302,
		registered + "/a/b?c=d":          302,
		"":                               302, // the registered one
		"http://localhost:8080/":         302,
		"http://localhost:8080/callback": 302,
		registered + "x":                 400,
		registered + "/../other":         400,
		registered + "/%2e%2e/other":     400,
		registered + "/a#b":              400,
		"http://app.example/ssc":         400,
		"https://app.example.evil/ssc":   400,
		"https://app.example@evil/ssc":   400,
		"https://u@app.example/ssc":      400,
		"https://app.example:8443/ssc":   400,
		"https://app.example/":           400,
		"//evil.example":                 400,
		"javascript:alert(1)":            400,
	} {
		page := c.browser().Open(c.consentURL(redirect, "s"))
		if page.Status != want || (page.Location != nil) != (want == 302) {
			t.Errorf("%q: %d to %v, want %d", redirect, page.Status, page.Location, want)
		}
	}
	for path, want := range map[string]int{"another-app": 404, "another-app/authorize": 404, c.server.AppID + "/other": 404} {
		if page := c.browser().Open(c.server.PageURL + path); page.Status != want || page.Location != nil {
			t.Errorf("%s: %d", path, page.Status)
		}
	}
}

func TestPresentations(t *testing.T) {
	c := start(t)
	exchange(c, c.server.AppID, "wrong", c.server.InstallCode)
	exchange(c, c.server.AppID, c.server.AppSecret, c.server.InstallCode)
	exchange(c, c.server.AppID, c.server.AppSecret, "nonsense")
	token := exchange(c, c.server.AppID, c.server.AppSecret, c.server.NewInstallCode()).json["token"]
	got := c.server.Presentations()
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []struct {
		ok           bool
		why, subject string
	}{
		{false, "do not fit", c.server.Username}, {false, "used already", c.server.Username}, {false, "never issued", ""}, {true, "", c.server.Username},
	} {
		p := got[i]
		if p.OK != want.ok || !strings.Contains(p.Why, want.why) || p.Subject != want.subject || p.Client != c.server.AppID || p.Kind != "code" {
			t.Errorf("presentation %d: %+v", i, p)
		}
	}
	if got[3].Access != token {
		t.Errorf("issued %q, noted %q", token, got[3].Access)
	}
}
