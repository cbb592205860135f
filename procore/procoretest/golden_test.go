package procoretest_test

import (
	"net/http"
	"slices"
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
	caller := start(t, &a.options)
	s := caller.server
	if a.code != "" {
		s.NewCode(a.code)
	}
	if a.app {
		caller.token(caller.grant("client_credentials")).want(t, http.StatusOK)
	}
	if a.fault {
		s.Inject(procoretest.Fault{Status: c.Status, Body: c.Answer.Body, Header: c.Answer.HTTP()})
	}
	if a.before {
		c.Ask(t, s.URL)
	}
	status, header, body := c.Ask(t, s.URL)
	if err := c.CheckAnswer(status, header, body); err != nil {
		t.Errorf("%s\n%v", c.About, err)
	}
}
