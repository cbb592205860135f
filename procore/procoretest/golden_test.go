package procoretest_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/golden"
	"github.com/cordage-go/cordage/procore/procoretest"
)

// An arrangement is what a golden case needs beside the seed.
type arrangement struct {
	options procoretest.Options
	code    string // an authorization code was issued for this address
	app     bool   // the app has signed in as itself
	before  bool   // the same request was sent once before
	fault   bool   // the answer is one that the platform gives in bad moments only
}

const redirect = "http://localhost"

var arrangements = map[string]arrangement{
	"sign-in-code":          {code: redirect},
	"sign-in-code-used":     {code: redirect, before: true},
	"sign-in-code-redirect": {code: redirect},
	"refresh-used":          {before: true},
	"companies-of-app":      {app: true},

	"limit-told":      {options: procoretest.Options{Limits: procoretest.Limits{Spike: 25, Hour: 3600}}},
	"limit-told-hour": {options: procoretest.Options{Limits: procoretest.Limits{Spike: 25, Hour: 2}}},
	"limit-spike":     {options: procoretest.Options{Limits: procoretest.Limits{Spike: 1}}, before: true},
	"limit-hour":      {options: procoretest.Options{Limits: procoretest.Limits{Hour: 1}}, before: true},

	"list-relative-link":      {fault: true},
	"list-foreign-link":       {fault: true},
	"list-without-total":      {fault: true},
	"filter-options-bool":     {fault: true},
	"values-lenient":          {fault: true},
	"values-drift":            {fault: true},
	"values-number-ids-v2":    {fault: true},
	"delete-triggers-partial": {fault: true},
	"refresh-lost":            {fault: true},
	"sign-in-lenient":         {fault: true},
	"refresh-limited":         {fault: true},
	"company-missing-list":    {fault: true},
	"error-codes":             {fault: true},
	"error-exception":         {fault: true},
	"error-text":              {fault: true},
	"error-base":              {fault: true},
	"error-valid":             {fault: true},
	"error-array":             {fault: true},
	"error-gateway":           {fault: true},
	"error-empty":             {fault: true},
	"error-content":           {fault: true},
	"error-slow":              {fault: true},
	"error-gone":              {fault: true},
	"error-not-modified":      {fault: true},
	"error-shape":             {fault: true},
	"error-login-page":        {fault: true},
	"error-unavailable":       {fault: true},
	"error-heavy-load":        {fault: true},
	"error-write-lost":        {fault: true},
	"error-write-limited":     {fault: true},
	"limit-reset":             {fault: true},
}

// The emulator gives each golden answer to the golden request.
func TestGolden(t *testing.T) {
	cases, err := golden.Load("../../internal/golden/procore")
	if err != nil {
		t.Fatal(err)
	}
	for name := range arrangements {
		if !slices.ContainsFunc(cases, func(c golden.Case) bool { return c.Name == name }) {
			t.Errorf("there is no golden case %s", name)
		}
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) { testGolden(t, c, arrangements[c.Name]) })
	}
}

func testGolden(t *testing.T, c golden.Case, a arrangement) {
	s, err := procoretest.Listen("127.0.0.1:0", &a.options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if a.code != "" {
		s.Code(a.code)
	}
	if a.app {
		signInAsApp(t, s)
	}
	if a.fault {
		s.Inject(procoretest.Fault{Status: c.Status, Body: c.Answer.Body, Header: headerOf(c.Answer)})
	}
	if a.before {
		askGolden(t, s, c)
	}
	status, header, body := askGolden(t, s, c)
	if err := c.CheckAnswer(status, header, body); err != nil {
		t.Errorf("%s\n%v", c.About, err)
	}
}

func headerOf(m golden.Message) http.Header {
	h := http.Header{}
	for _, each := range m.Header {
		h.Set(each.Name, each.Value)
	}
	return h
}

func signInAsApp(t *testing.T, s *procoretest.Server) {
	t.Helper()
	form := "grant_type=client_credentials&client_id=" + s.ClientID + "&client_secret=" + s.ClientSecret
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.LoginURL+"/oauth/token", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, _, body := send(t, r); status != http.StatusOK {
		t.Fatalf("sign-in: %d %s", status, body)
	}
}

func askGolden(t *testing.T, s *procoretest.Server, c golden.Case) (status int, header http.Header, body []byte) {
	t.Helper()
	r, err := c.NewRequest(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, r)
}

func send(t *testing.T, r *http.Request) (status int, header http.Header, body []byte) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, body
}
