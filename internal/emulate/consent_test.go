package emulate_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
	"github.com/cordage-go/cordage/internal/emulate/conform"
	"github.com/cordage-go/cordage/internal/operations"
)

// consents runs a server whose /page asks for consent, with a text of the
// caller, and redirects with who decided what.
func consents(t *testing.T, hostile string) (conform.Visitor, string) {
	t.Helper()
	consent := &emulate.Consent{Platform: "Test", Username: "ann@example.com", Password: "right"}
	consent.Decided = func(_ *emulate.Call, d emulate.Decision) emulate.Answer {
		return emulate.Redirect("http://app.example/back?own=1", url.Values{"user": {d.User}, "answer": {d.Answer}, "state": {d.Query.Get("state")}})
	}
	router := emulate.NewRouter("", &operations.Table{})
	server, err := emulate.Listen("127.0.0.1:0", router, func(c *emulate.Call) emulate.Answer {
		if c.Method == http.MethodPost {
			return consent.Step(c)
		}
		return consent.Begin(c, func(user string) emulate.Petition {
			return emulate.Petition{
				Title: hostile + user, Text: []string{hostile}, Facts: []emulate.Fact{{Name: hostile, Value: hostile}},
				Buttons: []emulate.Button{{ID: "allow", Label: "Allow"}, {ID: "deny", Label: hostile}}, Query: c.URL.Query(),
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return conform.Visitor{T: t, Client: client}, server.URL
}

func TestConsent(t *testing.T) {
	v, site := consents(t, "")
	const state = `a&b="<x>'` + "\u00e9"
	address := site + "/page?state=" + url.QueryEscape(state)
	for _, user := range []string{"ann@example.com", "somebody@else.example"} {
		for _, answer := range []string{"allow", "deny"} {
			asked := v.SignIn(address, " "+user+" ", "right")
			if asked.Status != 200 || !strings.Contains(asked.HTML, "Signed in as") {
				t.Fatalf("%s: %d %s", user, asked.Status, asked.HTML)
			}
			to := v.Press(asked, answer).Location
			if got := to.Query(); to.Host != "app.example" || got.Get("own") != "1" || got.Get("user") != user || got.Get("answer") != answer || got.Get("state") != state {
				t.Errorf("redirected to %v", to)
			}
			if again := v.Press(asked, answer); again.Status != 400 || again.Location != nil {
				t.Errorf("the form was good twice: %d", again.Status)
			}
		}
	}
}

func TestConsentRefusesWrongSignIns(t *testing.T) {
	v, site := consents(t, "")
	first := v.Open(site + "/page")
	for _, wrong := range [][2]string{{"ann@example.com", "wrong"}, {"ann", "right"}, {"", "right"}, {`"><script>`, "right"}} {
		page := v.Press(first, "sign-in", "username", wrong[0], "password", wrong[1])
		if page.Status != 403 || !strings.Contains(page.HTML, `role="alert">Wrong user name or password`) {
			t.Errorf("%v: %d %s", wrong, page.Status, page.HTML)
		}
		if strings.Contains(page.HTML, "<script") || wrong[1] == "wrong" && strings.Contains(page.HTML, `value="wrong"`) {
			t.Errorf("%v came back as it was: %s", wrong, page.HTML)
		}
		first = page // the page can be tried again
	}
	if page := v.Press(first, "sign-in", "username", "ann@example.com", "password", "right"); page.Status != 200 {
		t.Errorf("right after all: %d", page.Status)
	}
}

// A person who has not signed in cannot agree, and none of another site can.
func TestConsentIsBoundToTheVisit(t *testing.T) {
	v, site := consents(t, "")
	page := v.Open(site + "/page")
	skipped := strings.ReplaceAll(page.HTML, `<button id="sign-in"`, `<button id="allow"`)
	page.HTML = skipped
	if got := v.Press(page, "allow"); got.Status != 403 || got.Location != nil {
		t.Errorf("agreed without a sign-in: %d %v", got.Status, got.Location)
	}
	page = v.Open(site + "/page")
	page.HTML = strings.Replace(page.HTML, `name="visit" value="`, `name="visit" value="x`, 1)
	if got := v.Press(page, "sign-in", "username", "ann@example.com", "password", "right"); got.Status != 400 {
		t.Errorf("another visit: %d", got.Status)
	}
	asked := v.SignIn(site+"/page", "ann@example.com", "right")
	foreign := v
	foreign.Header = http.Header{"Origin": {"http://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}
	if got := foreign.Press(asked, "allow"); got.Status != 403 || got.Location != nil {
		t.Errorf("another site pressed the button: %d %v", got.Status, got.Location)
	}
	if got := v.Press(asked, "allow"); got.Status != 302 {
		t.Errorf("the button after that: %d", got.Status)
	}
	asked = v.SignIn(site+"/page", "ann@example.com", "right")
	asked.HTML = strings.ReplaceAll(asked.HTML, `"allow"`, `"uninstall"`)
	if got := v.Press(asked, "uninstall"); got.Status != 400 || got.Location != nil {
		t.Errorf("a button that was never there: %d %v", got.Status, got.Location)
	}
}

// Only so many visits are kept.
func TestConsentForgetsVisits(t *testing.T) {
	v, site := consents(t, "")
	oldest, second := v.Open(site+"/page"), v.Open(site+"/page")
	for range 999 {
		v.Open(site + "/page")
	}
	if got := v.Press(oldest, "sign-in", "username", "ann@example.com", "password", "right"); got.Status != 400 {
		t.Errorf("the oldest visit: %d", got.Status)
	}
	if got := v.Press(second, "sign-in", "username", "ann@example.com", "password", "right"); got.Status != 200 {
		t.Errorf("the one after it: %d", got.Status)
	}
}

// A visit is over after ten minutes.
func TestConsentExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		consent := &emulate.Consent{Platform: "Test", Username: "ann@example.com", Password: "right"}
		step := func(wait time.Duration) int {
			request := httptest.NewRequest(http.MethodGet, "/page", nil)
			page := consent.Begin(&emulate.Call{Request: request}, func(string) emulate.Petition { return emulate.Petition{} })
			visit := regexp.MustCompile(`name="visit" value="(.*?)"`).FindSubmatch(page.Body)[1]
			time.Sleep(wait)
			form := url.Values{"visit": {string(visit)}, "username": {"ann@example.com"}, "password": {"right"}}
			request = httptest.NewRequest(http.MethodPost, "/page", nil)
			return consent.Step(&emulate.Call{Request: request, Content: []byte(form.Encode())}).Status
		}
		if early, late := step(10*time.Minute-time.Second), step(10*time.Minute); early != 200 || late != 400 {
			t.Errorf("just in time %d, too late %d", early, late)
		}
	})
}

// Hostile texts stay texts, and the policy lets nothing run even so.
func TestScreensAreSafe(t *testing.T) {
	hostile := `"><script>alert(1)</script><img src=x onerror=alert(1)>'` + "`{{.}}</style>"
	v, site := consents(t, hostile)
	sign := v.Open(site + "/page%22%3E%3Cscript%3E?state=" + url.QueryEscape(hostile))
	asked := v.Press(sign, "sign-in", "username", "ann@example.com", "password", "right")
	for name, page := range map[string]conform.Page{"sign in": sign, "consent": asked} {
		for _, tag := range regexp.MustCompile(`<[a-zA-Z!/][^>]*>`).FindAllString(page.HTML, -1) {
			if strings.Contains(tag, "script") && !strings.HasPrefix(tag, "<form") || strings.Contains(tag, "onerror") || strings.HasPrefix(tag, "<img") {
				t.Errorf("%s: a tag was smuggled in: %s", name, tag)
			}
		}
		if n := strings.Count(page.HTML, "</style>"); n != 1 {
			t.Errorf("%s: %d ends of the style", name, n)
		}
		style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page.HTML)[1]
		sum := sha256.Sum256([]byte(style))
		policy := page.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
			t.Errorf("%s: the policy %q does not fit the style", name, policy)
		}
		if outside := regexp.MustCompile(`(?i)(src|href|url\()\s*=?\s*["']?(https?:)?//`).FindString(page.HTML); outside != "" {
			t.Errorf("%s: something from elsewhere: %s", name, outside)
		}
		if page.Header.Get("Cache-Control") != "no-store" || page.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(page.HTML, "Emulator of Test – not the real service") {
			t.Errorf("%s: %v", name, page.Header)
		}
	}
}

// The log of pairs and presentations tells what became of each token.
func TestPresentations(t *testing.T) {
	book := emulate.NewTokens("demo")
	first := book.Issue(emulate.Pair{Holder: emulate.Holder{Client: "app", Subject: "ann"}}, time.Hour, true)
	other := book.Issue(emulate.Pair{Holder: emulate.Holder{Client: "app", Subject: "ann"}}, time.Hour, true)
	lone := book.Issue(emulate.Pair{Holder: emulate.Holder{Client: "app"}}, time.Hour, false)
	if first.SignIn != 1 || other.SignIn != 2 || lone.SignIn != 0 {
		t.Errorf("sign-ins %d, %d, %d", first.SignIn, other.SignIn, lone.SignIn)
	}
	for range 2 {
		whose, err := book.Present(first.Refresh, "app")
		if err == nil {
			whose = book.Issue(whose, time.Hour, true)
		}
		book.Note(emulate.Presentation{Token: first.Refresh, Kind: emulate.RefreshKind, Client: "app"}, whose, err)
	}
	got, issued := book.Presentations(), book.Issued()
	if len(got) != 2 || len(issued) != 4 || issued[3].SignIn != 1 {
		t.Fatalf("presented %+v, issued %+v", got, issued)
	}
	if p := got[0]; !p.OK || p.SignIn != 1 || p.Subject != "ann" || p.Access != issued[3].Access || p.Refresh != issued[3].Refresh || p.Why != "" || p.Time.IsZero() {
		t.Errorf("first: %+v", p)
	}
	if p := got[1]; p.OK || p.SignIn != 1 || p.Access != "" || p.Refresh != "" || !strings.Contains(p.Why, "used already") {
		t.Errorf("second: %+v", p)
	}
	for range 100_000 {
		book.Note(emulate.Presentation{}, emulate.Pair{}, nil)
	}
	if n := len(book.Presentations()); n < 50_000 || n > 100_000 {
		t.Errorf("%d presentations are kept", n)
	}
}

func TestProofKey(t *testing.T) {
	// The pair of RFC 7636, appendix B.
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	for _, c := range []struct {
		challenge, verifier string
		want                error
	}{
		{challenge, verifier, nil},
		{challenge, verifier + "x", emulate.ErrProof},
		{challenge, challenge, emulate.ErrProof},
		{challenge, "", emulate.ErrProof},
		{"", verifier, emulate.ErrProof},
		{"", "", nil},
	} {
		book := emulate.NewTokens("demo")
		code := book.NewCode(emulate.Code{Challenge: c.challenge, Life: time.Hour})
		if _, err := book.Redeem(code, "", "", c.verifier); err != c.want {
			t.Errorf("%q for %q: %v, want %v", c.verifier, c.challenge, err, c.want)
		}
	}
}
