package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/procore/procoretest"
)

// Nobody gets anywhere without signing in.
func TestSignInFirst(t *testing.T) {
	v := newStage(t, 1).visitor()
	for _, r := range []*http.Request{
		v.request("GET", "/"), v.request("GET", "/scoro/connect"), v.request("POST", "/scoro/connect"),
		v.request("GET", "/procore/connect"), v.request("GET", "/procore/callback?code=c&state=s"),
		v.request("POST", "/procore/test"), v.request("POST", "/procore/disconnect"),
		v.request("GET", "/securityscorecard/callback?code=c"),
	} {
		if a := v.send(r); a.status != http.StatusSeeOther || a.location != "/sign-in" {
			t.Errorf("%s %s: %d %q", r.Method, r.URL.Path, a.status, a.location)
		}
	}
	if a := v.get("/sign-in"); a.status != http.StatusOK || !strings.Contains(a.body, `name="tenant"`) {
		t.Errorf("the sign-in page: %d", a.status)
	}
	if got := len(v.procore.Requests()) + len(v.securityscorecard.Requests()) + len(v.scoro.Requests()); got != 0 {
		t.Errorf("%d requests went to the platforms", got)
	}
}

func TestTenantNames(t *testing.T) {
	v := newStage(t, 1).visitor()
	for _, name := range []string{"", "a.b", "a/b", "<b>", "-a", strings.Repeat("a", 41), "ä"} {
		if a := v.post("/sign-in", "tenant", name); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", name, a.status)
		}
	}
}

// All three platforms, one tenant, over a restart.
func TestConnections(t *testing.T) {
	v := newStage(t, 1).tenant("harbour-works")
	for _, p := range []string{"scoro", "procore", "securityscorecard"} {
		v.wantState(p, "none")
	}
	v.connectScoro()
	v.connectProcore()
	v.installSecurityScorecard()
	v.restart()
	for _, c := range []struct{ platform, as, answer string }{
		{"scoro", v.scoro.Username, "Scoro answers. Company: "},
		{"procore", "Dana Demo", "Procore answers"},
		{"securityscorecard", "", "SecurityScorecard answers"},
	} {
		v.wantState(c.platform, "connected")
		a := v.post("/" + c.platform + "/test")
		if !strings.Contains(a.body, c.answer) || !strings.Contains(a.body, c.as) {
			t.Errorf("%s: want %q and %q in %s", c.platform, c.answer, c.as, a.body)
		}
	}
	if body := v.get("/").body; !strings.Contains(body, `class="as"`) {
		t.Errorf("nobody's name in %s", body)
	}
}

// installSecurityScorecard begins at the vendor's, as a user does who has
// found the app in the marketplace.
func (v *visitor) installSecurityScorecard() {
	v.Helper()
	a := v.get("/securityscorecard/callback?code=" + v.securityscorecard.NewInstallCode())
	if a.status != http.StatusOK {
		v.Fatalf("the question: %d %s", a.status, a.body)
	}
	_, rest, _ := strings.Cut(a.body, `name="state" value="`)
	state, _, _ := strings.Cut(rest, `"`)
	if a := v.post("/securityscorecard/callback", "state", state); a.status != http.StatusSeeOther || a.location != "/" {
		v.Fatalf("the confirmation: %d %s", a.status, a.body)
	}
}

// An installation that began at the vendor's waits for the user's word.
func TestVendorInitiated(t *testing.T) {
	v := newStage(t, 2).tenant("harbour-works")
	if a := v.get("/securityscorecard/callback?code=" + v.securityscorecard.NewInstallCode()); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if got := v.securityscorecard.Presentations(); len(got) != 0 {
		t.Errorf("the code was used before the user agreed: %v", got)
	}
	v.wantState("securityscorecard", "none")
	v.installSecurityScorecard()
	v.wantState("securityscorecard", "connected")
}

// Disconnecting ends the access at Procore and forgets the sign-in.
func TestDisconnect(t *testing.T) {
	v := newStage(t, 2).tenant("harbour-works")
	v.connectProcore()
	v.connectScoro()
	token := v.procore.Issued()[len(v.procore.Issued())-1].Access
	for _, p := range []string{"procore", "scoro"} {
		if a := v.post("/" + p + "/disconnect"); a.status != http.StatusSeeOther {
			t.Errorf("%s: %d %s", p, a.status, a.body)
		}
		v.wantState(p, "none")
	}
	if !revoked(t, v.procore.URL, token) {
		t.Error("the token still works at Procore")
	}
}

func revoked(t *testing.T, url, token string) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/rest/v1.0/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusUnauthorized
}

// When Procore cannot be told, the sign-in stays, so that the visitor can try again.
func TestDisconnectFails(t *testing.T) {
	v := newStage(t, 1).tenant("harbour-works")
	v.connectProcore()
	v.procore.Inject(procoretest.Fault{On: "POST /oauth/revoke", Status: http.StatusForbidden})
	if a := v.post("/procore/disconnect"); a.status != http.StatusOK || !strings.Contains(a.body, `class="problem"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	v.wantState("procore", "connected")
}

// A lost sign-in is shown with its reason, logged with its tenant, and can be
// renewed by the user or thrown away.
func TestLost(t *testing.T) {
	v := newStage(t, 2).tenant("harbour-works")
	v.connectProcore()
	v.connectScoro()
	v.installSecurityScorecard()
	for _, p := range v.procore.Issued() {
		v.procore.Revoke(p.Access)
	}
	v.scoro.Revoke(v.scoroToken())
	v.securityscorecard.Uninstall()
	for _, p := range []string{"scoro", "procore", "securityscorecard"} {
		v.post("/" + p + "/test")
		v.wantState(p, "lost")
		if want := "platform=" + p + " tenant=harbour-works"; !strings.Contains(v.log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, v.log)
		}
	}
	v.connectProcore()
	v.wantState("procore", "connected")
	if a := v.post("/securityscorecard/disconnect"); a.status != http.StatusSeeOther {
		t.Errorf("disconnect: %d", a.status)
	}
	v.wantState("securityscorecard", "none")
}

// Whichever replica has what in its memory: each acts with the newest sign-in.
func TestReplicasAgree(t *testing.T) {
	v := newStage(t, 2).tenant("harbour-works")
	v.connectScoro()
	for range 2 { // each replica has the token in its memory now
		v.post("/scoro/test")
	}
	v.connectScoro()
	newest := v.scoroToken()
	for range 4 {
		v.post("/scoro/test")
	}
	requests := v.scoro.Requests()
	for _, r := range requests[len(requests)-4:] {
		if !strings.Contains(string(r.Body), newest) {
			t.Errorf("%s was sent with an older token", r.Path)
		}
	}
}

// The folder and the pages hold no secret in the clear.
func TestNothingInTheClear(t *testing.T) {
	v := newStage(t, 1).tenant("harbour-works")
	v.connectScoro()
	v.connectProcore()
	a := v.post("/scoro/test")
	pages := a.body + v.get("/").body + v.get("/scoro/connect").body + v.log.String()
	files := readAll(t, v.dir)
	for name, secret := range map[string]string{
		"password": v.scoro.Password, "user token": v.scoroToken(), "client secret": v.procore.ClientSecret,
		"refresh token": v.procore.Issued()[len(v.procore.Issued())-1].Refresh,
	} {
		if strings.Contains(pages, secret) {
			t.Errorf("the pages or the log hold the %s", name)
		}
		if strings.Contains(files, secret) {
			t.Errorf("the folder holds the %s", name)
		}
	}
	if !strings.Contains(files, "{") {
		t.Error("no record was found, so nothing was looked at")
	}
}

func readAll(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
