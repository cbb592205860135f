package securityscorecardtest_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/golden"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// platformURL stands in the golden answers for the server's own address.
const platformURL = "https://api.securityscorecard.io"

// An arrangement is what a golden case needs beside the few records of world.
type arrangement struct {
	options securityscorecardtest.Options
	arrange func(t *testing.T, s *securityscorecardtest.Server)
	bare    bool   // there are no records
	before  string // this golden request is sent first
	form    bool   // the emulator makes the records up: its answer has the golden one's form
	fault   bool   // the answer is one that the platform gives in bad moments, or in a form that the emulator does not choose
}

var arrangements = map[string]arrangement{
	"portfolios-empty": {bare: true},

	"token-replaced":        {arrange: func(_ *testing.T, s *securityscorecardtest.Server) { s.NewToken() }},
	"token-of-app":          {before: "exchange"},
	"app-secret-by-app":     {before: "exchange"},
	"exchange-spent":        {before: "exchange"},
	"exchange-access-token": {options: securityscorecardtest.Options{TokenField: "access_token"}},
	"app-secret-other-name": {options: securityscorecardtest.Options{SecretField: "secret"}},

	"limit-hour":    {options: securityscorecardtest.Options{Limits: securityscorecardtest.Limits{Hour: 1}}, before: "limit-hour"},
	"limit-reports": {options: securityscorecardtest.Options{Limits: securityscorecardtest.Limits{DetailedReports: 1}}, before: "limit-reports"},

	"portfolios-count":      {fault: true},
	"whole-linked":          {fault: true},
	"whole-linked-next":     {fault: true},
	"whole-linked-away":     {fault: true},
	"company-odd":           {fault: true},
	"report-full":           {fault: true},
	"issue-types":           {fault: true},
	"metadata-factors":      {fault: true},
	"filter-criteria":       {fault: true},
	"report-file":           {fault: true},
	"token-disabled":        {fault: true},
	"token-free-plan":       {fault: true},
	"exchange-api-token":    {fault: true},
	"exchange-other-answer": {fault: true},
	"app-secret-bare":       {fault: true},
	"error-conflict":        {fault: true},
	"error-too-large":       {fault: true},
	"error-unprocessable":   {fault: true},
	"error-not-json":        {fault: true},
	"error-server":          {fault: true},
	"error-gateway":         {fault: true},
	"error-gateway-write":   {fault: true},
	"error-unavailable":     {fault: true},
	"error-timeout":         {fault: true},
	"limit-seconds":         {fault: true},
	"limit-date":            {fault: true},
	"success-page":          {fault: true},
	"success-empty":         {fault: true},
	"success-shape":         {fault: true},
}

// The emulator gives each golden answer to the golden request.
func TestGolden(t *testing.T) {
	arrangements := maps.Clone(arrangements)
	maps.Copy(arrangements, typedArrangements)
	cases, err := golden.Load("../../internal/golden/securityscorecard")
	if err != nil {
		t.Fatal(err)
	}
	for name := range arrangements {
		find(t, cases, name)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) { testGolden(t, cases, c, arrangements[c.Name]) })
	}
}

func find(t *testing.T, cases []golden.Case, name string) golden.Case {
	t.Helper()
	at := slices.IndexFunc(cases, func(c golden.Case) bool { return c.Name == name })
	if at < 0 {
		t.Fatalf("there is no golden case %s", name)
	}
	return cases[at]
}

func testGolden(t *testing.T, cases []golden.Case, c golden.Case, a arrangement) {
	a.options.Empty = true
	s := listen(t, &a.options).server
	if !a.bare {
		world(t, s)
	}
	if a.arrange != nil {
		a.arrange(t, s)
	}
	if a.before != "" {
		askGolden(t, s, find(t, cases, a.before))
	}
	if a.fault {
		s.Inject(securityscorecardtest.Fault{Status: c.Status, Body: c.Answer.Body, Header: c.Answer.HTTP()})
	}
	status, header, body := askGolden(t, s, c)
	if a.form {
		checkForm(t, c, status, body)
		return
	}
	if err := c.CheckAnswer(status, header, body); err != nil {
		t.Errorf("%s\n%v", c.About, err)
	}
}

// askGolden sends a case's request. Where the answer has the emulator's own
// address, the caller sees the platform's.
func askGolden(t *testing.T, s *securityscorecardtest.Server, c golden.Case) (status int, header http.Header, body []byte) {
	t.Helper()
	status, header, body = c.Ask(t, s.URL)
	for _, values := range header {
		for i := range values {
			values[i] = strings.ReplaceAll(values[i], s.URL, platformURL)
		}
	}
	return status, header, []byte(strings.ReplaceAll(string(body), s.URL, platformURL))
}
