package scoro_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/scoro"
)

const (
	oneProject = `{"status":"OK","statusCode":200,"messages":null,"data":{"project_id":7,"modified_date":"2026-03-02 09:00:00"}}`
	noRows     = `{"status":"OK","statusCode":200,"messages":null,"data":[]}`
)

// answering makes a client whose platform plays the steps in memory.
func answering(t *testing.T, cred scoro.Credential, o scoro.Options, steps ...faulttest.Step) (*scoro.Client, *faulttest.Transport) {
	t.Helper()
	server := faulttest.NewTransport(faulttest.Steps(steps...))
	o.Transport, o.Pacer = server, faulttest.Unpaced{}
	c, err := scoro.New(site, cred, &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, server
}

// New tells of each bad input by its name, and shows none of it.
func TestNewRefuses(t *testing.T) {
	const (
		name    = "; give its name, such as acme for acme.scoro.com"
		text    = "the token has a space, line break or foreign letter in it; give the bare token, without a word such as Bearer"
		https   = "BaseURL must use https; plain http is for loopback addresses alone"
		account = "the credential has no CompanyAccount; give the company_account_id from Scoro's site settings"
	)
	base := func(url string) *scoro.Options { return &scoro.Options{Options: connector.Options{BaseURL: url}} }
	for _, test := range []struct {
		site string
		cred scoro.Credential
		o    *scoro.Options
		want string
	}{
		{"", byToken, nil, "the site is empty" + name},
		{" \n", byToken, nil, "the site is empty" + name},
		{"https://", byToken, nil, "the site is empty" + name},
		{"acme corp", byToken, nil, "the site is malformed" + name},
		{"acme..scoro.com", byToken, nil, "the site is malformed" + name},
		{"user@acme", byToken, nil, "the site is malformed" + name},
		{"acme.scoro.com:443", byToken, nil, "the site is malformed" + name},
		{"-acme", byToken, nil, "the site is malformed" + name},
		{apiKey, byToken, nil, "the site is malformed" + name}, // a key in the wrong place
		{"acme", scoro.Credential{}, nil, "the credential has neither a user token nor an API key; give one"},
		{"acme", scoro.UserToken("", "acme"), nil, "the credential's UserToken: the token is empty; give the one that the platform issued"},
		{"acme", scoro.APIKey(" \n", "acme"), nil, "the credential's APIKey: the token is empty; give the one that the platform issued"},
		{"acme", scoro.UserToken("Bearer "+userToken, "acme"), nil, "the credential's UserToken: " + text},
		{"acme", scoro.APIKey("\ufeff"+apiKey, "acme"), nil, "the credential's APIKey: " + text},
		{"acme", scoro.UserToken(userToken, ""), nil, account},
		{"acme", scoro.UserToken(userToken, " "), nil, account},
		{"acme", scoro.UserToken(userToken, "ac\nme"), nil, "the credential's CompanyAccount has a line break or another control character in it"},
		{"acme", byToken, &scoro.Options{AppID: "app 1"}, "option AppID must be the plain App ID from the Developer Portal"},
		{"acme", byToken, &scoro.Options{AppID: "app-1\n"}, "option AppID must be the plain App ID from the Developer Portal"},
		{"acme", byToken, base("http://acme.scoro.com"), https},
		{"acme", byToken, base("http://10.0.0.1"), https},
		{"acme", byToken, base("http://localhost.evil.example"), https},
		{"acme", byToken, base("acme.scoro.com"), "BaseURL is not an absolute URL; write it like https://api.example.com"},
		{"acme", byToken, base("https://u:p@acme.scoro.com"), "BaseURL must have no user, query or fragment; give the bare address"},
	} {
		_, err := scoro.New(test.site, test.cred, test.o)
		if !errors.Is(err, connector.Invalid) || err.Error() != "scoro New: invalid request: "+test.want {
			t.Errorf("site %q gave %v, want %s", test.site, err, test.want)
		}
		noSecret(t, err)
	}
}

// People write their site in many ways, and keep tokens in files.
func TestNewUnderstands(t *testing.T) {
	for text, want := range map[string]string{
		"acme": "acme.scoro.com", " ACME\n": "acme.scoro.com", "acme.scoro.com": "acme.scoro.com", "acme.scoro.ee": "acme.scoro.ee",
		"https://acme.scoro.com/": "acme.scoro.com", "http://acme.scoro.com/api/v2": "acme.scoro.com", "projects.acme.example": "projects.acme.example",
	} {
		server := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, oneProject)))
		o := &scoro.Options{Options: connector.Options{Transport: server}}
		c, err := scoro.New(text, scoro.UserToken(" "+userToken+"\r\n", " "+account+" "), o)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if _, err := c.Projects.Get(t.Context(), 7); err != nil {
			t.Error(err)
		}
		a := server.Arrivals()[0]
		if got := a.URL.String(); got != "https://"+want+"/api/v2/projects/view/7" || a.Host != want {
			t.Errorf("%q went to %s on %s", text, got, a.Host)
		}
		if want := `,"company_account_id":"` + account + `","user_token":"` + userToken + `"}`; !strings.HasSuffix(string(a.Body), want) {
			t.Errorf("the body %s does not end with %s", a.Body, want)
		}
		c.Close()
	}
}

// A copy has its own site and credential, and its own place in the queue.
func TestAs(t *testing.T) {
	c, server := answering(t, byToken, scoro.Options{}, faulttest.JSON(200, oneProject))
	pacer := &keys{}
	c2, err := scoro.New("acme", byToken, &scoro.Options{Options: connector.Options{Transport: server, Pacer: pacer}})
	if err != nil {
		t.Fatal(err)
	}
	defer c2.Close()
	other, err := c2.As("other.scoro.ee", byKey, connector.Account("tenant-17"))
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []*scoro.Client{c2, other} {
		if _, err := client.Projects.Get(t.Context(), 7); err != nil {
			t.Fatal(err)
		}
	}
	if a := server.Arrivals()[1]; a.Host != "other.scoro.ee" || !strings.HasSuffix(string(a.Body), `"apiKey":"`+apiKey+`","company_account_id":"`+account+`"}`) {
		t.Errorf("the copy sent %s to %s", a.Body, a.Host)
	}
	if got := fmt.Sprint(pacer.seen); got != "[acme.scoro.com/"+account+" other.scoro.ee/"+account+"]" {
		t.Errorf("paced by %s", got)
	}
	if _, err := c.As("", byKey); !errors.Is(err, connector.Invalid) {
		t.Errorf("an empty site gave %v", err)
	}
	c2.Close()
	if _, err := other.Projects.Get(t.Context(), 7); !errors.Is(err, connector.Closed) {
		t.Errorf("a copy of a closed client gave %v", err)
	}
	if _, err := other.Projects.Create(t.Context(), &scoro.ProjectCreate{Name: "x"}); !errors.Is(err, connector.Closed) {
		t.Errorf("a copy of a closed client gave %v", err)
	}
}

// keys is a pacer that notes what it is asked for.
type keys struct {
	faulttest.Unpaced
	seen []string
}

func (k *keys) Wait(_ context.Context, t *connector.Turn) error {
	k.seen = append(k.seen, t.Key)
	return nil
}

// Times without a zone are read in Options.Location, else in the zone that the
// login named, else in UTC with one report.
func TestZonelessTimes(t *testing.T) {
	tallinn, err := time.LoadLocation("Europe/Tallinn")
	if err != nil {
		t.Fatal(err)
	}
	named := func(zone string) scoro.Credential {
		return scoro.Credential{CompanyAccount: account, UserToken: auth.Func(func(context.Context) (auth.Token, error) {
			return auth.Token{Access: auth.NewSecret(userToken), Extra: map[string]string{"timezone": zone}}, nil
		})}
	}
	for name, test := range map[string]struct {
		cred     scoro.Credential
		location *time.Location
		hour     int // in UTC
		drifts   int
	}{
		"the option":                {byToken, tallinn, 7, 0},
		"the login":                 {named("America/New_York"), nil, 14, 0},
		"the option before a login": {named("America/New_York"), tallinn, 7, 0},
		"nobody":                    {byToken, nil, 9, 1},
		"an unknown zone":           {named("Mars/Olympus"), nil, 9, 1},
		"a path for a zone":         {named("../../etc/passwd"), nil, 9, 1},
	} {
		t.Run(name, func(t *testing.T) {
			drifts := 0
			o := scoro.Options{Location: test.location, Options: connector.Options{OnDrift: func(connector.Drift) { drifts++ }}}
			c, _ := answering(t, test.cred, o, faulttest.JSON(200, oneProject))
			for range 3 {
				project, err := c.Projects.Get(t.Context(), 7)
				if err != nil {
					t.Fatal(err)
				}
				if got := project.ModifiedAt.UTC().Hour(); got != test.hour {
					t.Errorf("09:00 was read as %d:00 in UTC, want %d:00", got, test.hour)
				}
			}
			if drifts != test.drifts {
				t.Errorf("%d reports, want %d", drifts, test.drifts)
			}
		})
	}
}

// A site's zone goes along to the same site only.
func TestAsAndLocation(t *testing.T) {
	tallinn, err := time.LoadLocation("Europe/Tallinn")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := answering(t, byToken, scoro.Options{Location: tallinn}, faulttest.JSON(200, oneProject))
	for at, hour := range map[string]int{site: 7, "another": 9} {
		tenant, err := c.As(at, byToken)
		if err != nil {
			t.Fatal(err)
		}
		project, err := tenant.Projects.Get(t.Context(), 7)
		if err != nil {
			t.Fatal(err)
		}
		if got := project.ModifiedAt.UTC().Hour(); got != hour {
			t.Errorf("%s: 09:00 was read as %d:00 in UTC, want %d:00", at, got, hour)
		}
	}
}

// An unknown filter would return everything, so it is not sent; a raw one is.
func TestFilters(t *testing.T) {
	c, server := answering(t, byToken, scoro.Options{}, faulttest.JSON(200, noRows))
	_, err := c.Projects.List(t.Context(), nil, scoro.Filter(map[string]any{"manager": 7}))
	if !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), `filter "manager" is not known`) || server.Count() != 0 {
		t.Errorf("got %v, and %d requests", err, server.Count())
	}
	_, err = c.Projects.List(t.Context(), (*scoro.ProjectQuery)(nil), scoro.RawFilter(map[string]any{"c_manager": 7}), scoro.Detailed(), connector.PageSize(100))
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Filter  map[string]int
		PerPage int `json:"per_page"`
	}
	if err := json.Unmarshal(server.Arrivals()[0].Body, &body); err != nil || body.Filter["c_manager"] != 7 || body.PerPage != 25 {
		t.Errorf("%s arrived, %v", server.Arrivals()[0].Body, err)
	}
}

// An id that was never set must not turn an update into a new record.
func TestZeroIDs(t *testing.T) {
	c, server := answering(t, byToken, scoro.Options{}, faulttest.JSON(200, oneProject))
	_, err := c.Projects.Update(t.Context(), 0, &scoro.ProjectUpdate{Name: new("House")})
	if !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), "id must not be empty or zero") {
		t.Errorf("an update of nothing gave %v", err)
	}
	if err := c.Projects.Delete(t.Context(), 0); !errors.Is(err, connector.Invalid) {
		t.Errorf("a delete of nothing gave %v", err)
	}
	if server.Count() != 0 {
		t.Error("it was sent")
	}
}

// A day's allowance may be used up in an answer that is plain text.
func TestTextAnswers(t *testing.T) {
	limited := faulttest.Step{Status: 429, Body: "Too many requests"}
	for _, test := range []struct {
		step faulttest.Step
		kind connector.Kind
		says string
	}{
		{limited, connector.RateLimited, "wait, or allow longer waits with MaxWait"},
		{limited.With("X-Daily-Requests-Remaining", "0").With("X-Daily-Requests-Reset", "60"), connector.QuotaExhausted, "wait until midnight UTC"},
		{faulttest.Step{Status: 403, Body: "error code: 1010"}, connector.Forbidden, "set Options.UserAgent to your product's name and version"},
		{faulttest.Step{Status: 404, Body: "<html>"}, connector.Decode, "check the site's name"},
		{faulttest.Step{Status: 200, Body: "<html>"}, connector.Decode, "check the site's name"},
		{faulttest.Step{Status: 200, Body: "maintenance"}, connector.Decode, "check that BaseURL is the platform's API"},
	} {
		c, _ := answering(t, byToken, scoro.Options{Options: connector.Options{MaxAttempts: 1}}, test.step)
		_, err := c.Projects.Get(t.Context(), 7)
		if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%d %q gave %v", test.step.Status, test.step.Body, err)
		}
	}
}

// Messages that are nested for the sake of it cost no more than others.
func TestDeepMessages(t *testing.T) {
	deep := strings.Repeat("[", 9000) + `"` + strings.Repeat("x", 900_000) + `"` + strings.Repeat("]", 9000)
	c, _ := answering(t, byToken, scoro.Options{}, faulttest.JSON(400, `{"status":"ERROR","messages":`+deep+`}`))
	begun := time.Now()
	if _, err := c.Projects.Get(t.Context(), 7); !errors.Is(err, connector.Invalid) {
		t.Error(err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v to read a refusal", took)
	}
}

// JSON of unknown form can be read later, in the site's own spelling.
func TestDecode(t *testing.T) {
	c, _ := answering(t, byToken, scoro.Options{Location: time.FixedZone("", 7200)})
	var got struct {
		ID       int64     `json:"id"`
		Active   bool      `json:"is_active"`
		Modified time.Time `json:"modified_date"`
	}
	err := c.Decode(json.RawMessage(`{"id":"7","is_active":"1","modified_date":"2026-03-02 09:00:00"}`), &got)
	if err != nil || got.ID != 7 || !got.Active || !got.Modified.Equal(time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := c.Decode(json.RawMessage(`[]`), &[]string{}); err != nil {
		t.Error(err)
	}
	if err := c.Decode(json.RawMessage(`"x"`), &got); !errors.Is(err, connector.Decode) {
		t.Errorf("got %v", err)
	}
}
