package procoretest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/internal/emulate/conform"
	"github.com/cordage-go/cordage/procore/procoretest"
)

const callback = "http://localhost:8910/procore/callback"

// browser opens the emulator's pages without any header of the API.
func (c *caller) browser() conform.Visitor { return conform.Visitor{T: c.t, Client: c.http} }

// authorizeURL is the address that an app sends its user to. more are names
// and values in turn.
func (c *caller) authorizeURL(more ...string) string {
	query := url.Values{"response_type": {"code"}, "client_id": {c.server.ClientID}, "redirect_uri": {callback}}
	for i := 0; i < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	return c.server.LoginURL + "/oauth/authorize?" + query.Encode()
}

// A person signs in, reads who asks for what, and agrees; the app trades the
// code for a pair.
func TestPagesOfSignIn(t *testing.T) {
	c := start(t, &procoretest.Options{RedirectURIs: []string{callback}, AppName: "Crane & <Co>"})
	b := c.browser()
	const state = `s&t="<'>`
	page := b.Open(c.authorizeURL("state", state))
	if page.Status != 200 || !strings.Contains(page.HTML, "Emulator of Procore – not the real service") {
		t.Fatalf("%d %s", page.Status, page.HTML)
	}
	page = b.Press(page, "sign-in", "username", c.server.Username, "password", "wrong")
	if page.Status != 403 || page.Location != nil {
		t.Fatalf("wrong password: %d", page.Status)
	}
	page = b.Press(page, "sign-in", "username", c.server.Username, "password", c.server.Password)
	for _, want := range []string{"Crane &amp; &lt;Co&gt;", "Demo Builders", callback, c.server.Username, `id="allow"`, `id="deny"`} {
		if !strings.Contains(page.HTML, want) {
			t.Errorf("the consent page lacks %q: %s", want, page.HTML)
		}
	}
	to := b.Press(page, "allow").Location
	if to == nil || !strings.HasPrefix(to.String(), callback+"?") || to.Query().Get("state") != state || to.Query().Has("error") {
		t.Fatalf("redirected to %v", to)
	}
	code := to.Query().Get("code")
	pair := c.token(c.grant("authorization_code", "code", code, "redirect_uri", callback)).want(t, 200).object(t)
	c.with("Authorization", "Bearer "+pair["access_token"].(string)).get("/rest/v1.0/me").want(t, 200, "Dana Demo")
	c.token(c.grant("authorization_code", "code", code, "redirect_uri", callback)).want(t, 400, "invalid_grant")
}

func TestUserDenies(t *testing.T) {
	c := start(t, &procoretest.Options{RedirectURIs: []string{callback}})
	b := c.browser()
	to := b.Press(b.SignIn(c.authorizeURL("state", "s"), c.server.Username, c.server.Password), "deny").Location
	if q := to.Query(); q.Get("error") != "access_denied" || q.Get("state") != "s" || q.Has("code") {
		t.Errorf("redirected to %v", to)
	}
}

// Nobody is sent to an address that is not the app's, nor on behalf of an app
// that is not there.
func TestPagesRefuseWrongApps(t *testing.T) {
	c := start(t, &procoretest.Options{RedirectURIs: []string{callback}})
	for want, address := range map[string]string{
		"invalid_client":       c.authorizeURL("client_id", "nobody"),
		"invalid_redirect_uri": c.authorizeURL("redirect_uri", callback+"/"),
	} {
		if page := c.browser().Open(address); page.Status < 400 || page.Location != nil || !strings.Contains(page.HTML, want) {
			t.Errorf("%s: %d, %v, %s", want, page.Status, page.Location, page.HTML)
		}
	}
	c.server.AddRedirect(callback + "/")
	if page := c.browser().Open(c.authorizeURL("redirect_uri", callback+"/")); page.Status != 200 {
		t.Errorf("an address that was added: %d", page.Status)
	}
}

// Out of band, the page shows the code to a person.
func TestPageShowsTheCode(t *testing.T) {
	c := start(t, nil)
	b := c.browser()
	const oob = "urn:ietf:wg:oauth:2.0:oob"
	consent := func() conform.Page {
		return b.SignIn(c.authorizeURL("redirect_uri", oob), c.server.Username, c.server.Password)
	}
	page := b.Press(consent(), "allow")
	_, rest, _ := strings.Cut(page.HTML, `<code id="code">`)
	code, _, _ := strings.Cut(rest, "<")
	if page.Status != 200 || page.Location != nil || code == "" {
		t.Fatalf("%d %s", page.Status, page.HTML)
	}
	c.token(c.grant("authorization_code", "code", code, "redirect_uri", oob)).want(t, 200, "access_token")
	if denied := b.Press(consent(), "deny"); strings.Contains(denied.HTML, "demo-procore-code") || !strings.Contains(denied.HTML, "access_denied") {
		t.Errorf("denied: %s", denied.HTML)
	}
}

// The pair of RFC 7636, appendix B.
const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

func TestPKCE(t *testing.T) {
	for name, c := range map[string]struct {
		pkce           procoretest.PKCE
		asked          []string // of the authorize page
		verifier       string
		status         int
		redirectsError string
	}{
		"honoured":                  {procoretest.PKCEHonoured, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, verifier, 200, ""},
		"honoured, wrong":           {procoretest.PKCEHonoured, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, verifier + "x", 400, ""},
		"honoured, none":            {procoretest.PKCEHonoured, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, "", 400, ""},
		"honoured, challenge lost":  {procoretest.PKCEHonoured, nil, verifier, 400, ""},
		"honoured, plain":           {procoretest.PKCEHonoured, []string{"code_challenge", verifier, "code_challenge_method", "plain"}, "", 0, "invalid_request"},
		"honoured, no method":       {procoretest.PKCEHonoured, []string{"code_challenge", challenge}, "", 0, "invalid_request"},
		"not used":                  {procoretest.PKCEHonoured, nil, "", 200, ""},
		"ignored":                   {procoretest.PKCEIgnored, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, "whatever", 200, ""},
		"refused":                   {procoretest.PKCERefused, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, "", 0, "invalid_request"},
		"refused at the token":      {procoretest.PKCERefused, nil, verifier, 400, ""},
		"refused, but not used":     {procoretest.PKCERefused, nil, "", 200, ""},
		"ignored, and plain is too": {procoretest.PKCEIgnored, []string{"code_challenge", "x", "code_challenge_method", "plain"}, "", 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := start(t, &procoretest.Options{AutoConsent: true, PKCE: c.pkce, RedirectURIs: []string{callback}})
			to := server.browser().Open(server.authorizeURL(c.asked...)).Location
			if got := to.Query().Get("error"); got != c.redirectsError {
				t.Fatalf("redirected to %v, want the error %q", to, c.redirectsError)
			}
			if c.redirectsError != "" {
				return
			}
			form := server.grant("authorization_code", "code", to.Query().Get("code"), "redirect_uri", callback)
			if c.verifier != "" {
				form.Set("code_verifier", c.verifier)
			}
			server.token(form).want(t, c.status)
		})
	}
	if _, err := procoretest.Listen("127.0.0.1:0", &procoretest.Options{PKCE: 9}); err == nil {
		t.Error("an unknown PKCE was taken")
	}
}

// The logs of pairs and presentations say whether a client lost or reused a
// refresh token: presented once each, but for the last of each sign-in.
func TestPresentations(t *testing.T) {
	c := start(t, nil)
	ann, bob := c.server.SignIn("ann"), c.server.SignIn("bob")
	if ann.SignIn != 2 || bob.SignIn != 3 || ann.Subject != "ann" {
		t.Fatalf("sign-ins %+v, %+v", ann, bob)
	}
	refresh := func(token string) answer { return c.token(c.grant("refresh_token", "refresh_token", token)) }
	next := refresh(ann.Refresh).want(t, 200).object(t)["refresh_token"].(string)
	next = refresh(next).want(t, 200).object(t)["refresh_token"].(string)
	refresh(bob.Refresh).want(t, 200)
	refresh(ann.Refresh).want(t, 400)
	c.token(c.grant("refresh_token", "refresh_token", next, "client_secret", "wrong")).want(t, 401)
	c.token(c.grant("authorization_code", "code", c.server.NewCode("http://localhost"), "redirect_uri", "http://localhost")).want(t, 200)

	issued := map[int]int{}
	for _, p := range c.server.Issued() {
		issued[p.SignIn]++
	}
	if issued[1] != 1 || issued[2] != 3 || issued[3] != 2 || issued[4] != 1 || len(issued) != 4 {
		t.Errorf("issued by sign-in: %v", issued)
	}
	var ok []bool
	for _, p := range c.server.Presentations() {
		ok = append(ok, p.OK)
		if p.Client != c.server.ClientID || p.Token == "" || p.OK != (p.Refresh != "") || p.OK != (p.Why == "") || time.Since(p.Time) > time.Minute {
			t.Errorf("presentation %+v", p)
		}
	}
	if want := []bool{true, true, true, false, false, true}; len(ok) != len(want) {
		t.Errorf("accepted %v, want %v", ok, want)
	} else {
		for i := range want {
			if ok[i] != want[i] {
				t.Errorf("accepted %v, want %v", ok, want)
			}
		}
	}
	all := c.server.Presentations()
	if p := all[0]; p.Kind != "refresh" || p.SignIn != 2 || p.Subject != "ann" || p.Refresh != all[1].Token {
		t.Errorf("first: %+v", p)
	}
	if p := all[5]; p.Kind != "code" || p.SignIn != 4 {
		t.Errorf("code: %+v", p)
	}
	c.with("Authorization", "Bearer "+bob.Access).get("/rest/v1.0/me").want(t, 200, "Dana Demo")
}

// The faults of a network strike the token endpoint too: a pair can be issued
// and lost, or come late.
func TestFaultsOfTheTokenEndpoint(t *testing.T) {
	c := start(t, &procoretest.Options{TokenLife: time.Second})
	form := func(token string) string {
		return c.grant("refresh_token", "refresh_token", token).Encode()
	}
	c.server.Inject(procoretest.Fault{On: "POST /oauth/token", Drop: true, When: procoretest.AfterWork})
	if response, err := c.http.Post(c.server.LoginURL+"/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(form(c.server.RefreshToken))); err == nil {
		_ = response.Body.Close()
		t.Fatal("the answer was not lost")
	}
	lost := c.server.Presentations()
	if len(lost) != 1 || !lost[0].OK || lost[0].Refresh == "" {
		t.Fatalf("presentations %+v", lost)
	}

	c.server.Inject(procoretest.Fault{On: "/oauth/token", Drop: true})
	if response, err := c.http.Post(c.server.LoginURL+"/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(form(lost[0].Refresh))); err == nil {
		_ = response.Body.Close()
		t.Fatal("the request was not lost")
	}
	if n := len(c.server.Presentations()); n != 1 {
		t.Fatalf("%d presentations; nothing was to be done", n)
	}

	const delay = 50 * time.Millisecond
	c.server.Inject(procoretest.Fault{On: "/oauth/token", Delay: delay})
	began := time.Now()
	pair := c.token(c.grant("refresh_token", "refresh_token", lost[0].Refresh)).want(t, http.StatusOK, `"expires_in":1`).object(t)
	if took := time.Since(began); took < delay {
		t.Errorf("the answer came after %v, want %v", took, delay)
	}
	time.Sleep(time.Second)
	c.with("Authorization", "Bearer "+pair["access_token"].(string)).get("/rest/v1.0/me").want(t, 401, "expired")
}
