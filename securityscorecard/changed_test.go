package securityscorecard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

const hundred = "portfolio-of-100"

// ofHundred is an emulator with a portfolio of a hundred companies, and its client.
func ofHundred(t *testing.T) (*securityscorecard.Client, *securityscorecardtest.Server) {
	t.Helper()
	server, err := securityscorecardtest.Listen("127.0.0.1:0", &securityscorecardtest.Options{Empty: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	put(t, server, "portfolios", map[string]any{"id": hundred, "name": "vendors"})
	for i := range 100 {
		put(t, server, "portfolio_companies", map[string]any{"portfolio_id": hundred, "domain": vendor(i)})
		rate(t, server, i, 60+i%40)
	}
	client, err := securityscorecard.New(auth.Static(server.Token),
		&securityscorecard.Options{Options: connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client, server
}

func vendor(i int) string { return fmt.Sprintf("vendor-%02d.example", i) }

func rate(t *testing.T, server *securityscorecardtest.Server, i, score int) {
	t.Helper()
	put(t, server, "companies", map[string]any{"domain": vendor(i), "name": "Vendor", "score": score})
}

func put(t *testing.T, server *securityscorecardtest.Server, collection string, record map[string]any) {
	t.Helper()
	if err := server.Put(collection, record); err != nil {
		t.Fatal(err)
	}
}

// look reads the factors of each company whose score has changed, and returns
// their domains and how many calls that took.
func look(t *testing.T, client *securityscorecard.Client, server *securityscorecardtest.Server, known securityscorecard.Known) (domains []string, calls int) {
	t.Helper()
	before := len(server.Requests())
	for company, err := range securityscorecard.IfChanged(known, client.Portfolios.AllCompanies(t.Context(), hundred, nil)) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Companies.Factors(t.Context(), company.Domain, nil); err != nil {
			t.Fatal(err)
		}
		domains = append(domains, company.Domain)
		known.Note(company)
	}
	return domains, len(server.Requests()) - before
}

// A hundred companies of which three have changed cost four calls.
func TestIfChanged(t *testing.T) {
	client, server := ofHundred(t)
	known := securityscorecard.Known{}
	if domains, calls := look(t, client, server, known); len(domains) != 100 || calls != 101 {
		t.Fatalf("the first look brought %d companies in %d calls", len(domains), calls)
	}
	kept, err := json.Marshal(known)
	if err != nil {
		t.Fatal(err)
	}
	known = securityscorecard.Known{}
	if err := json.Unmarshal(kept, &known); err != nil {
		t.Fatal(err)
	}
	if domains, calls := look(t, client, server, known); len(domains) != 0 || calls != 1 {
		t.Errorf("the same day again brought %v in %d calls", domains, calls)
	}
	for _, i := range []int{7, 42, 99} {
		rate(t, server, i, 31)
	}
	want := []string{vendor(7), vendor(42), vendor(99)}
	if domains, calls := look(t, client, server, known); !slices.Equal(slices.Sorted(slices.Values(domains)), want) || calls != 4 {
		t.Errorf("the next day brought %v in %d calls", domains, calls)
	}
}

// A company that was not dealt with to the end comes again.
func TestIfChangedWithoutNote(t *testing.T) {
	client, _ := ofHundred(t)
	known := securityscorecard.Known{}
	got := func() (n int) {
		for company, err := range securityscorecard.IfChanged(known, client.Portfolios.AllCompanies(t.Context(), hundred, nil)) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n > 60 {
				known.Note(company)
			}
		}
		return n
	}
	if first, second := got(), got(); first != 100 || second != 60 {
		t.Errorf("%d companies came and then %d, want 100 and 60", first, second)
	}
}

// Many at a time: FanOut walks the changed ones, and notes those that went well.
func TestIfChangedFansOut(t *testing.T) {
	client, server := ofHundred(t)
	server.Inject(securityscorecardtest.Fault{On: "/companies/{scorecard_identifier}/factors", Status: 403, Times: 5})
	known := securityscorecard.Known{}
	run := func() (good, bad int) {
		changed := securityscorecard.IfChanged(known, client.Portfolios.AllCompanies(t.Context(), hundred, nil))
		factors := func(ctx context.Context, c *securityscorecard.PortfolioCompany) ([]securityscorecard.Factor, error) {
			return client.Companies.Factors(ctx, c.Domain, nil)
		}
		for got, err := range connector.FanOut(t.Context(), changed, 8, factors) {
			if err != nil {
				bad++
				continue
			}
			good++
			known.Note(got.Parent)
		}
		return good, bad
	}
	if good, bad := run(); good != 95 || bad != 5 {
		t.Errorf("%d companies were read and %d failed, want 95 and 5", good, bad)
	}
	if good, bad := run(); good != 5 || bad != 0 {
		t.Errorf("then %d were read and %d failed, want 5 and 0", good, bad)
	}
}

// Score, grade and factors count; what else a row tells does not. A score that
// is being calculated is none.
func TestWhatHasChanged(t *testing.T) {
	scorecard := func(score int64, dns float64) *securityscorecard.Scorecard {
		return &securityscorecard.Scorecard{Domain: "a.example", Grade: "B", Score: &score, Factors: securityscorecard.FactorScores{DNSHealth: &dns}}
	}
	company := func(score int64, grade securityscorecard.Grade, industry string) *securityscorecard.PortfolioCompany {
		return &securityscorecard.PortfolioCompany{Domain: "a.example", Grade: grade, Score: &score, Industry: industry}
	}
	calculating := &securityscorecard.PortfolioCompany{Domain: "a.example", Grade: "?"}
	for name, test := range map[string]struct {
		before, after securityscorecard.Scored
		changed       bool
	}{
		"the same":              {company(83, "B", "food"), company(83, "B", "food"), false},
		"industry":              {company(83, "B", "food"), company(83, "B", "retail"), false},
		"score":                 {company(83, "B", "food"), company(84, "B", "food"), true},
		"grade":                 {company(83, "B", "food"), company(83, "C", "food"), true},
		"calculating":           {company(83, "B", "food"), calculating, true},
		"calculated":            {calculating, company(0, "F", "food"), true},
		"the same scorecard":    {scorecard(83, 90), scorecard(83, 90), false},
		"factor of a scorecard": {scorecard(83, 90), scorecard(83, 90.5), true},
	} {
		known := securityscorecard.Known{}
		known.Note(test.before)
		n := 0
		for range securityscorecard.IfChanged(known, connector.Each([]securityscorecard.Scored{test.after})) {
			n++
		}
		if (n == 1) != test.changed {
			t.Errorf("%s: changed is %v", name, n == 1)
		}
	}
}

// An error of the walk comes through, and ends it.
func TestIfChangedPassesErrors(t *testing.T) {
	broken := errors.New("page 2 is lost")
	walk := iter.Seq2[securityscorecard.Scored, error](func(yield func(securityscorecard.Scored, error) bool) { yield(nil, broken) })
	for _, err := range securityscorecard.IfChanged(securityscorecard.Known{}, walk) {
		if err != broken {
			t.Errorf("got %v", err)
		}
		return
	}
	t.Error("no error came")
}
