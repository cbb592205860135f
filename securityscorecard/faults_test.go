package securityscorecard_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/faulttest/cases"
	"github.com/cordage-go/cordage/securityscorecard"
)

// TestFaults runs the fault cases that all platforms share. Tokens have no end
// here, so there is no renewal to test, only the exchange of an install's code
// and the end of an installation.
func TestFaults(t *testing.T) {
	cases.Run(t, cases.Platform{
		Name: "securityscorecard",
		New: func(t testing.TB, tokens auth.TokenSource, o connector.Options) cases.Client {
			c, err := securityscorecard.New(tokens, &securityscorecard.Options{Options: o})
			if err != nil {
				t.Fatal(err)
			}
			return faultClient(c)
		},
		Record: func(id int) string { return fmt.Sprintf(`{"domain":"d%d.example","name":"Company %d"}`, id, id) },
		Wrong:  []string{`"industry":{"a":1}`, `"score":"high"`, `"is_custom_vendor":[1]`, `"last30days_score_change":{}`},
		BadID:  `{"domain":[],"name":"x"}`,
		One:    func(record string) string { return record },
		Page: func(records []string, page int, more bool) faulttest.Step {
			step := faulttest.JSON(200, `{"entries":[`+strings.Join(records, ",")+`]}`)
			if more {
				step = step.With("Link", fmt.Sprintf(`<https://api.securityscorecard.io/portfolios/p1/companies?page=%d>; rel="next"`, page+1))
			}
			return step
		},
		Place: func(a faulttest.Arrival) (page, size int) {
			if page, _ = strconv.Atoi(a.URL.Query().Get("page")); page == 0 {
				page = 1
			}
			return page, 5
		},
		Refuse: func(status int, message string) faulttest.Step {
			return faulttest.JSON(status, `{"error":{"message":"`+message+`","key":"refused"}}`)
		},
		Carries: func(a faulttest.Arrival, token string) bool { return a.Header.Get("Authorization") == "Token "+token },
		Unrenewable: func(t testing.TB) auth.Grant {
			grant, err := securityscorecard.App{ID: "app", Secret: auth.NewSecret(cases.Canary + "-secret")}.Installation()
			if err != nil {
				t.Fatal(err)
			}
			return grant
		},
		Again: "ask the user to install the app again",
		Exchange: func(ctx context.Context, transport http.RoundTripper) (auth.Token, error) {
			app := securityscorecard.App{ID: "app", Secret: auth.NewSecret(cases.Canary + "-secret"), Transport: transport}
			return app.Exchange(ctx, cases.Canary+"-code")
		},
	})
}

func faultClient(c *securityscorecard.Client) cases.Client {
	return cases.Client{
		Read: func(ctx context.Context, opts ...connector.CallOption) error {
			_, err := c.Companies.Get(ctx, "d7.example", opts...)
			return err
		},
		Walk: func(ctx context.Context, each func(id string) bool, opts ...connector.CallOption) error {
			for company, err := range c.Portfolios.AllCompanies(ctx, "p1", nil, opts...) {
				if err != nil {
					return err
				}
				if !each(company.Domain) {
					return nil
				}
			}
			return nil
		},
		Write: func(ctx context.Context, opts ...connector.CallOption) error {
			_, err := c.Portfolios.Create(ctx, &securityscorecard.PortfolioCreate{Name: "Vendors"}, opts...)
			return err
		},
		Delete: func(ctx context.Context, opts ...connector.CallOption) error {
			return c.Portfolios.Delete(ctx, "p1", opts...)
		},
		Do:    c.Do,
		Close: c.Close,
	}
}
