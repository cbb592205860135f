package scoro_test

import (
	"context"
	"encoding/json"
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
	"github.com/cordage-go/cordage/scoro"
)

// TestFaults runs the fault cases that all platforms share.
func TestFaults(t *testing.T) {
	cases.Run(t, cases.Platform{
		Name: "scoro",
		New: func(t testing.TB, tokens auth.TokenSource, o connector.Options) cases.Client {
			cred := scoro.Credential{UserToken: tokens, CompanyAccount: "acme"}
			c, err := scoro.New("acme", cred, &scoro.Options{AppID: "app-1", Options: o})
			if err != nil {
				t.Fatal(err)
			}
			return faultClient(c)
		},
		Record: func(id int) string { return fmt.Sprintf(`{"project_id":%d,"project_name":"House %d"}`, id, id) },
		Wrong:  []string{`"description":{"a":1}`, `"is_private":[2]`, `"deadline":"some day"`, `"manager_id":"nobody"`, `"permissions":7`, `"project_users":{"id":1}`},
		BadID:  `{"project_id":[],"project_name":"x"}`,
		One:    func(record string) string { return enveloped(200, record, "null") },
		Page: func(records []string, _ int, _ bool) faulttest.Step {
			return faulttest.JSON(200, enveloped(200, "["+strings.Join(records, ",")+"]", "null"))
		},
		Place: func(a faulttest.Arrival) (page, size int) {
			var body struct{ Page, Per_page int }
			_ = json.Unmarshal(a.Body, &body) // a body that cannot be read asks for page 0, which no list has
			return body.Page, body.Per_page
		},
		Refuse: func(status int, message string) faulttest.Step {
			return faulttest.JSON(status, enveloped(status, "[]", `{"error":["`+message+`"]}`))
		},
		RefuseInside: func(status int, message string) faulttest.Step {
			return faulttest.JSON(200, enveloped(status, "[]", `{"error":["`+message+`"]}`))
		},
		UsedUp: func(s faulttest.Step) (faulttest.Step, time.Duration) {
			return s.With("X-Ratelimit-Limit", "25").With("X-Ratelimit-Remaining", "0").With("X-Ratelimit-Reset", "2"), 2 * time.Second
		},
		Carries: func(a faulttest.Arrival, token string) bool {
			return strings.HasSuffix(string(a.Body), `"user_token":"`+token+`"}`) && a.Header.Get("Scoro-App-Id") == "app-1"
		},
		Unrenewable: func(testing.TB) auth.Grant { return scoro.PrimedToken() },
		Again:       "let the user log in to Scoro again",
		SignIn: &cases.SignIn{
			Grant: func(t testing.TB, transport http.RoundTripper) auth.Grant {
				login := scoro.Login{Username: "u@example.com", Password: auth.NewSecret(cases.Canary + "-password"), CompanyAccount: "acme"}
				grant, err := scoro.SignIn("acme", login, &scoro.Options{AppID: "app-1", Options: connector.Options{Transport: transport}})
				if err != nil {
					t.Fatal(err)
				}
				return grant
			},
			Good: func(token string) faulttest.Step {
				return faulttest.JSON(200, enveloped(200, `{"token":"`+token+`","settings":{"master_company_account_id":"acme","timezone":"Europe/Tallinn"}}`, "null"))
			},
			Refused: faulttest.JSON(200, enveloped(401, "null", `{"error":["`+cases.Canary+`-password is wrong"]}`)),
			Empty: []faulttest.Step{
				{Body: "<html>" + cases.Canary}, faulttest.JSON(200, enveloped(200, `{"token":"","settings":{}}`, "null")), faulttest.JSON(200, enveloped(200, "null", "null")),
				faulttest.JSON(200, enveloped(400, "null", `{"error":["`+cases.Canary+`-password"]}`)), faulttest.JSON(200, `{"token":"`+cases.Canary+`"}`), faulttest.JSON(500, cases.Canary), {Status: 204},
			},
		},
	})
}

func enveloped(status int, data, messages string) string {
	word := "OK"
	if status >= 400 {
		word = "ERROR"
	}
	return fmt.Sprintf(`{"status":%q,"statusCode":"%d","messages":%s,"data":%s}`, word, status, messages, data)
}

func faultClient(c *scoro.Client) cases.Client {
	return cases.Client{
		Read: func(ctx context.Context, opts ...connector.CallOption) error {
			_, err := c.Projects.Get(ctx, 7, opts...)
			return err
		},
		Walk: func(ctx context.Context, each func(id string) bool, opts ...connector.CallOption) error {
			for project, err := range c.Projects.All(ctx, nil, opts...) {
				if err != nil {
					return err
				}
				if !each(strconv.FormatInt(project.ID, 10)) {
					return nil
				}
			}
			return nil
		},
		Write: func(ctx context.Context, opts ...connector.CallOption) error {
			_, err := c.Projects.Create(ctx, &scoro.ProjectCreate{Name: "House"}, opts...)
			return err
		},
		Delete: func(ctx context.Context, opts ...connector.CallOption) error {
			return c.Projects.Delete(ctx, 7, opts...)
		},
		Do:    c.Do,
		Close: c.Close,
	}
}
