package main

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"net/http/httptest"
)

// A page of another site cannot change anything, though the browser would send
// the cookies along.
func TestOtherSites(t *testing.T) {
	v := newStage(t, 1).tenant("harbour-works")
	v.connectProcore()
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		for _, path := range []string{"/procore/disconnect", "/procore/test", "/scoro/connect", "/sign-in", "/sign-out", "/securityscorecard/callback"} {
			r := v.request(http.MethodPost, path)
			r.Header.Set(header, value)
			if a := v.send(r); a.status != http.StatusForbidden {
				t.Errorf("%s with %s: %d", path, header, a.status)
			}
		}
	}
	v.wantState("procore", "connected")
	r := v.request(http.MethodPost, "/procore/disconnect")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if a := v.send(r); a.status != http.StatusSeeOther {
		t.Errorf("our own page: %d", a.status)
	}
}

// A link, a picture or a form with another method changes nothing either.
func TestWrongMethods(t *testing.T) {
	v := newStage(t, 1).tenant("harbour-works")
	v.connectProcore()
	before := len(v.procore.Requests())
	for path, methods := range map[string]string{
		"/procore/disconnect": "GET HEAD PUT DELETE", "/procore/test": "GET HEAD", "/sign-out": "GET",
		"/": "POST", "/scoro/connect": "PUT", "/procore/connect": "PUT", "/procore/callback": "POST HEAD",
	} {
		for method := range strings.FieldsSeq(methods) {
			if a := v.send(v.request(method, path)); a.status != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, a.status)
			}
		}
	}
	v.wantState("procore", "connected")
	if got := len(v.procore.Requests()); got != before {
		t.Errorf("%d requests went to Procore", got-before)
	}
}

// Tenants do not see each other's connections, and cannot end each other's
// attempts, in the same browser neither.
func TestForeignTenant(t *testing.T) {
	s := newStage(t, 2)
	ours, theirs := s.tenant("harbour-works"), s.tenant("other-yard")
	ours.connectProcore()
	theirs.wantState("procore", "none")
	if a := theirs.post("/procore/disconnect"); a.status != http.StatusSeeOther {
		t.Errorf("disconnect of nothing: %d %s", a.status, a.body)
	}
	ours.wantState("procore", "connected")
	if log := s.log.String(); strings.Contains(log, "other-yard") {
		t.Errorf("a tenant that never connected is missed: %s", log)
	}

	state := theirs.beginProcore()
	presented := len(s.procore.Presentations())
	if a := ours.endProcore(state); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, state) {
		t.Errorf("another browser: %d %s", a.status, a.body)
	}
	theirs.post("/sign-in", "tenant", "harbour-works")
	if a := theirs.endProcore(state); a.status != http.StatusUnprocessableEntity {
		t.Errorf("another tenant in the same browser: %d", a.status)
	}
	if got := len(s.procore.Presentations()); got != presented {
		t.Errorf("%d codes were used", got-presented)
	}
	theirs.post("/sign-in", "tenant", "other-yard")
	if a := theirs.endProcore(state); a.location != "/" {
		t.Errorf("the right one is turned away: %d %s", a.status, a.body)
	}
	theirs.wantState("procore", "connected")
	if a := theirs.endProcore(state); a.status != http.StatusUnprocessableEntity {
		t.Errorf("the same answer twice: %d", a.status)
	}
}

// Who comes with a cookie that was not signed here, or long ago, is nobody.
func TestForgedCookies(t *testing.T) {
	s := newStage(t, 1)
	app := s.replicas[0].app
	good := cookieOf(app.visitors, "harbour-works")
	parts := strings.Split(good.Value, ".")
	for name, value := range map[string]string{
		"another tenant": "other-yard." + parts[1] + "." + parts[2],
		"a later end":    parts[0] + "." + strconv.Itoa(1<<40) + "." + parts[2],
		"no mark":        parts[0] + "." + parts[1] + ".",
		"no parts":       parts[0],
		"nothing":        "",
		"more parts":     good.Value + ".a",
		"another key":    cookieOf(visitors{key: key{cookies: []byte("not ours")}}, "harbour-works").Value,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: good.Name, Value: value})
		if tenant, err := app.visitors.tenant(r); err == nil {
			t.Errorf("%s: taken for %s", name, tenant)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(good)
	if tenant, err := app.visitors.tenant(r); err != nil || tenant != "harbour-works" {
		t.Errorf("the good one: %q, %v", tenant, err)
	}
	if !good.HttpOnly || good.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is not guarded: %v", good)
	}
}

func cookieOf(v visitors, tenant string) *http.Cookie {
	w := httptest.NewRecorder()
	v.signIn(w, tenant)
	return w.Result().Cookies()[0]
}

func TestVisitsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := visitors{key: key{cookies: []byte("ours")}, secure: true}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(cookieOf(v, "harbour-works"))
		time.Sleep(visit - time.Second)
		if _, err := v.tenant(r); err != nil {
			t.Errorf("too early: %v", err)
		}
		time.Sleep(time.Second)
		if _, err := v.tenant(r); err == nil {
			t.Error("the visit does not end")
		}
	})
}

// What a visitor types reaches Scoro's own hosts alone, and nothing of it that
// is secret is shown again.
func TestScoroForm(t *testing.T) {
	v := newStage(t, 1).tenant("harbour-works")
	for name, c := range map[string]struct {
		site, account, username, password string
		reaches                           bool
	}{
		"another host":  {"evil.example", v.scoro.CompanyAccount, v.scoro.Username, v.scoro.Password, false},
		"an inner host": {"169.254.169.254", v.scoro.CompanyAccount, v.scoro.Username, v.scoro.Password, false},
		"a path":        {"acme/../x", v.scoro.CompanyAccount, v.scoro.Username, v.scoro.Password, false},
		"no site":       {"", v.scoro.CompanyAccount, v.scoro.Username, v.scoro.Password, false},
		"no password":   {v.scoro.Site, v.scoro.CompanyAccount, v.scoro.Username, "", false},
		"no account":    {v.scoro.Site, "", v.scoro.Username, v.scoro.Password, false},
		"a wrong pass":  {v.scoro.Site, v.scoro.CompanyAccount, v.scoro.Username, "wrong-pass-canary", true},
	} {
		before := len(v.scoro.Requests())
		a := v.post("/scoro/connect", "site", c.site, "account", c.account, "username", c.username, "password", c.password)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `class="problem"`) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		if c.password != "" && strings.Contains(a.body, c.password) {
			t.Errorf("%s: the answer holds %s", name, c.password)
		}
		if sent := len(v.scoro.Requests()) - before; sent > 1 || (sent == 1) != c.reaches {
			t.Errorf("%s: %d requests", name, sent)
		}
		v.wantState("scoro", "none")
	}
	a := v.post("/scoro/connect", "site", v.scoro.Site+".scoro.com", "account", v.scoro.CompanyAccount,
		"username", v.scoro.Username, "password", v.scoro.Password)
	if a.status != http.StatusSeeOther {
		t.Fatalf("the whole host: %d %s", a.status, a.body)
	}
	if body := v.post("/scoro/test").body; !strings.Contains(body, "Scoro answers. Company: ") || !strings.Contains(body, ">"+v.scoro.Username+"<") {
		t.Errorf("the whole host: %s", body)
	}
}

// Texts of platforms and visitors are shown as text.
func TestNothingEchoedAsHTML(t *testing.T) {
	v := newStage(t, 1).tenant("harbour-works")
	const hostile = `"><script>alert(1)</script>`
	for _, body := range []string{
		v.post("/scoro/connect", "site", hostile, "account", hostile, "username", hostile).body,
		v.get("/procore/callback?" + url.Values{"error": {hostile}, "error_description": {hostile}, "state": {v.beginProcore()}}.Encode()).body,
	} {
		if strings.Contains(body, "<script") || body == "" {
			t.Errorf("the page holds a script: %s", body)
		}
	}
}

// Every page tells the browser to keep to itself.
func TestHeaders(t *testing.T) {
	v := newStage(t, 1).tenant("harbour-works")
	for _, path := range []string{"/", "/sign-in", "/scoro/connect", "/procore/callback", "/no-such-page"} {
		w := httptest.NewRecorder()
		v.replicas[0].app.handler().ServeHTTP(w, v.request(http.MethodGet, path))
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		} {
			if got := w.Header().Get(header); !strings.Contains(got, want) {
				t.Errorf("%s: %s is %q", path, header, got)
			}
		}
	}
	if a := v.post("/scoro/connect", "site", strings.Repeat("a", 100_000)); a.status == http.StatusSeeOther || a.status == http.StatusOK {
		t.Errorf("a huge form: %d", a.status)
	}
}
