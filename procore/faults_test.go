package procore_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/faulttest/cases"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/rfi"
)

// TestFaults runs the fault cases that all platforms share, once for each way
// to obtain tokens.
func TestFaults(t *testing.T) {
	t.Run("user", func(t *testing.T) { cases.Run(t, faultPlatform(userSignIn())) })
	t.Run("service account", func(t *testing.T) { cases.Run(t, faultPlatform(serviceSignIn())) })
}

func faultPlatform(signIn *cases.SignIn) cases.Platform {
	return cases.Platform{
		Name: "procore",
		New: func(t testing.TB, tokens auth.TokenSource, o connector.Options) cases.Client {
			c, err := procore.New(tokens, &procore.Options{CompanyID: 42, Options: o})
			if err != nil {
				t.Fatal(err)
			}
			return faultClient(c)
		},
		Record: func(id int) string { return fmt.Sprintf(`{"id":%d,"plain_text_body":"Reply %d"}`, id, id) },
		Wrong:  []string{`"created_by":{"a":1}`, `"official":"perhaps"`, `"answer_date":[1]`, `"attachments":{"b":2}`, `"created_by_id":{}`},
		BadID:  `{"id":[],"plain_text_body":"x"}`,
		One:    func(record string) string { return record },
		Page: func(records []string, page int, more bool) faulttest.Step {
			step := faulttest.JSON(200, "["+strings.Join(records, ",")+"]")
			if more {
				step = step.With("Link", fmt.Sprintf(`<https://api.procore.com/rest/v1.0/projects/1/rfis/2/replies?page=%d&per_page=5>; rel="next"`, page+1))
			}
			return step
		},
		Place: func(a faulttest.Arrival) (page, size int) {
			page, _ = strconv.Atoi(a.URL.Query().Get("page"))
			size, _ = strconv.Atoi(a.URL.Query().Get("per_page"))
			return page, size
		},
		Refuse: func(status int, message string) faulttest.Step {
			return faulttest.JSON(status, `{"errors":"`+message+`"}`)
		},
		UsedUp: func(s faulttest.Step) (faulttest.Step, time.Duration) {
			reset := strconv.FormatInt(time.Now().Add(5*time.Second).Unix(), 10)
			return s.With("X-Rate-Limit-Limit", "25").With("X-Rate-Limit-Remaining", "0").With("X-Rate-Limit-Reset", reset), 5 * time.Second
		},
		Carries: func(a faulttest.Arrival, token string) bool {
			return a.Header.Get("Authorization") == "Bearer "+token && a.Header.Get("Procore-Company-Id") == "42"
		},
		SignIn: signIn,
		Exchange: func(ctx context.Context, transport http.RoundTripper) (auth.Token, error) {
			return faultApp(transport).Exchange(ctx, cases.Canary+"-code")
		},
	}
}

func faultApp(transport http.RoundTripper) procore.App {
	return procore.App{ClientID: "client", ClientSecret: auth.NewSecret(cases.Canary + "-client-secret"), RedirectURL: "https://app.example/back", Transport: transport}
}

func userSignIn() *cases.SignIn {
	s := signIn(func(a procore.App) (auth.Grant, error) { return a.Refresh() }, "invalid_grant")
	s.Start = auth.Token{Access: auth.NewSecret(cases.Canary + "-old"), Refresh: auth.NewSecret(cases.Canary + "-refresh")}
	return s
}

func serviceSignIn() *cases.SignIn {
	s := signIn(func(a procore.App) (auth.Grant, error) { return a.ClientCredentials() }, "invalid_client")
	s.Refused = faulttest.JSON(401, `{"error":"invalid_client","error_description":"`+cases.Canary+`-client-secret does not fit"}`)
	return s
}

func signIn(grant func(procore.App) (auth.Grant, error), refusal string) *cases.SignIn {
	good := func(token, expires string) faulttest.Step {
		return faulttest.JSON(200, fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":%s,"refresh_token":"%s-next"}`, token, expires, cases.Canary))
	}
	s := &cases.SignIn{
		Grant: func(t testing.TB, transport http.RoundTripper) auth.Grant {
			g, err := grant(faultApp(transport))
			if err != nil {
				t.Fatal(err)
			}
			return g
		},
		Good:    func(token string) faulttest.Step { return good(token, "5400") },
		Refused: faulttest.JSON(401, `{"error":"`+refusal+`","error_description":"`+cases.Canary+`-refresh and `+cases.Canary+`-client-secret do not fit"}`),
		Empty: []faulttest.Step{
			{Body: "<html>" + cases.Canary}, good("", "5400"), faulttest.JSON(200, "null"), faulttest.JSON(200, "[]"), {Status: 204},
			faulttest.JSON(200, `{"error":"`+refusal+`","error_description":"`+cases.Canary+`-client-secret"}`), faulttest.JSON(200, `{"access_token":["`+cases.Canary+`"]}`),
		},
	}
	for _, expires := range []string{`"soon"`, `null`, `-1`, `0`, `1e99`, `{}`, `[]`, `"5400"`, `99999999999999999999`} {
		s.Odd = append(s.Odd, good(cases.Canary+"-new", expires))
	}
	return s
}

func faultClient(c *procore.Client) cases.Client {
	replies := rfi.New(c).Replies
	return cases.Client{
		Read: func(ctx context.Context, opts ...connector.CallOption) error {
			_, err := replies.Get(ctx, 1, 2, 7, opts...)
			return err
		},
		Walk: func(ctx context.Context, each func(id string) bool, opts ...connector.CallOption) error {
			for reply, err := range replies.All(ctx, 1, 2, opts...) {
				if err != nil {
					return err
				}
				if !each(strconv.FormatInt(reply.ID, 10)) {
					return nil
				}
			}
			return nil
		},
		Write: func(ctx context.Context, opts ...connector.CallOption) error {
			_, err := replies.Create(ctx, 1, 2, &rfi.ReplyCreate{}, opts...)
			return err
		},
		Delete: func(ctx context.Context, opts ...connector.CallOption) error {
			return replies.Delete(ctx, 1, 2, 7, opts...)
		},
		Do:    c.Do,
		Close: c.Close,
	}
}
