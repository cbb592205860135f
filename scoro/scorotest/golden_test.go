package scorotest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/golden"
	"github.com/cordage-go/cordage/scoro/scorotest"
)

// An arrangement is what a golden case needs beside the seed.
type arrangement struct {
	options scorotest.Options
	arrange func(t *testing.T, s *scorotest.Server)
	before  bool // the same request was sent once before
	fault   bool // the answer is one that the platform gives in bad moments only
}

var arrangements = map[string]arrangement{
	"unsubscribe": {arrange: func(t *testing.T, s *scorotest.Server) {
		t.Helper()
		if _, err := s.Put("webhooks", map[string]any{"module": "tasks", "action": "any", "url": "https://hooks.example.com"}); err != nil {
			t.Fatal(err)
		}
	}},

	"app-id":                 {options: scorotest.Options{PublicApp: true}},
	"app-id-missing":         {options: scorotest.Options{PublicApp: true}},
	"sign-in-app-id":         {options: scorotest.Options{PublicApp: true}},
	"sign-in-app-id-missing": {options: scorotest.Options{PublicApp: true}},

	"limit-window": {options: scorotest.Options{Limits: scorotest.Limits{Short: 1}}, before: true},
	"limit-day":    {options: scorotest.Options{Limits: scorotest.Limits{Day: 1}}, before: true},

	"view-odd":             {fault: true},
	"view-list-for-object": {fault: true},
	"key-module-refused":   {fault: true},
	"user-module-refused":  {fault: true},
	"limit-inside-success": {fault: true},
	"error-without-code":   {fault: true},
	"error-members":        {fault: true},
	"error-timeout":        {fault: true},
	"error-server":         {fault: true},
	"error-server-write":   {fault: true},
	"error-unavailable":    {fault: true},
	"error-gateway":        {fault: true},
	"error-agent":          {fault: true},
	"error-site":           {fault: true},
	"error-page":           {fault: true},
	"error-shape":          {fault: true},
}

// The emulator gives each golden answer to the golden request.
func TestGolden(t *testing.T) {
	cases, err := golden.Load("../../internal/golden/scoro")
	if err != nil {
		t.Fatal(err)
	}
	for name := range arrangements {
		if !slices.ContainsFunc(cases, func(c golden.Case) bool { return c.Name == name }) {
			t.Errorf("there is no golden case %s", name)
		}
	}
	for name := range moduleRecords {
		if !slices.ContainsFunc(cases, func(c golden.Case) bool { return c.Name == name }) {
			t.Errorf("there is no golden case %s", name)
		}
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			testGolden(t, c, arranged(t, c.Name))
		})
	}
}

// arranged is what a case needs: what is said of it, or an empty site with the
// case's own records.
func arranged(t *testing.T, name string) arrangement {
	t.Helper()
	records, own := moduleRecords[name]
	if !own {
		return arrangements[name]
	}
	return arrangement{options: scorotest.Options{Empty: true}, arrange: func(t *testing.T, s *scorotest.Server) {
		t.Helper()
		for _, r := range records {
			var fields map[string]any
			if err := json.Unmarshal([]byte(r.text), &fields); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Put(r.module, fields); err != nil {
				t.Fatal(err)
			}
		}
	}}
}

// A record is one that a case puts into a module.
type record struct{ module, text string }

func testGolden(t *testing.T, c golden.Case, a arrangement) {
	a.options.Empty = a.options.Empty || a.fault // which needs no records
	s, err := scorotest.Listen("127.0.0.1:0", &a.options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if a.arrange != nil {
		a.arrange(t, s)
	}
	if a.fault {
		s.Inject(scorotest.Fault{Status: c.Status, Body: c.Answer.Body, Header: c.Answer.HTTP()})
	}
	base := strings.TrimSuffix(s.URL, "/api/v2") // the cases name the API root themselves
	if a.before {
		c.Ask(t, base)
	}
	status, header, body := c.Ask(t, base)
	if err := c.CheckAnswer(status, header, body); err != nil {
		t.Errorf("%s\n%v", c.About, err)
	}
}
