package scoro_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
)

// firstProject lists one short row.
func firstProject(t *testing.T, c *scoro.Client) (string, error) {
	return rows(showProject)(c.Projects.List(t.Context(), nil, scoro.BasicData(), connector.PageSize(1)))
}

func listWebhooks(t *testing.T, c *scoro.Client) (string, error) {
	return rows(func(w *scoro.Webhook) string { return w.URL })(c.Webhooks.List(t.Context()))
}

func getProject(t *testing.T, c *scoro.Client) (string, error) {
	return one(showProject)(c.Projects.Get(t.Context(), 2))
}

func renameTask(t *testing.T, c *scoro.Client) (string, error) {
	return one(showTask)(c.Tasks.Update(t.Context(), 1, &scoro.TaskUpdate{Name: new("Test")}))
}

// call uses an operation that the package has no method for.
func call(path string, class connector.Class, in any) func(*testing.T, *scoro.Client) (string, error) {
	return func(t *testing.T, c *scoro.Client) (string, error) {
		var out json.RawMessage
		return "", c.Do(t.Context(), connector.Operation{ID: "Own", Method: "POST", Path: path, Class: class}, in, &out)
	}
}

func login(password string) *scoro.Login {
	return &scoro.Login{Username: "demo@example.com", Password: auth.NewSecret(password), CompanyAccount: site, DeviceName: "golden", DeviceID: "golden-1"}
}

// remedies that several cases share.
const (
	setAppID     = "set Options.AppID to the App ID from Scoro's Developer Portal"
	firstRow     = "1 1001 Website plan 1; more"
	tooMany      = "Too many requests"
	tryLater     = "try again later"
	looksForSite = "check the site's name"
)

func wrongAccount(name string) *scoro.Credential {
	return new(scoro.UserToken(userToken, name))
}

var credentialCalls = map[string]goldenCall{
	"sign-in": {login: login("demo-password-FAKE-0001"), want: "demo-user-token-FAKE-access-000001 demoaccount Europe/Tallinn"},
	"sign-in-app-id": {
		login: login("demo-password-FAKE-0001"), options: scoro.Options{AppID: appID},
		want: "demo-user-token-FAKE-access-000001 demoaccount Europe/Tallinn",
	},
	"sign-in-wrong-password": {
		login: login("wrong-password-FAKE"),
		fails: &failure{kind: connector.Reauthorize, status: 401, says: []string{"Wrong username or password", "it is not repeated"}},
	},
	"sign-in-app-id-missing": {
		login: login("demo-password-FAKE-0001"),
		fails: &failure{kind: connector.Reauthorize, status: 401, code: "app_id", says: []string{"Scoro-app-id is missing", setAppID}},
	},

	"user-token": {do: firstProject, want: firstRow},
	"api-key":    {cred: &byKey, do: firstProject, want: firstRow},
	"app-id":     {options: scoro.Options{AppID: appID}, do: firstProject, want: firstRow},
	"user-token-wrong": {
		cred: new(scoro.UserToken("wrong-token-FAKE", account)), do: firstProject,
		fails: &failure{kind: connector.Unauthorized, status: 401, says: []string{"Wrong user_token", "check the user token"}},
	},
	"api-key-wrong": {
		cred: new(scoro.APIKey("ScoroAPI_000wrongFAKE", account)), do: firstProject,
		fails: &failure{kind: connector.Unauthorized, status: 401, says: []string{"Wrong apiKey", "check the API key"}},
	},
	"app-id-missing": {
		do:    firstProject,
		fails: &failure{kind: connector.Unauthorized, status: 401, code: "app_id", says: []string{"Scoro-app-id is missing", setAppID}},
	},
	"app-id-wrong": {
		options: scoro.Options{AppID: "other-app-FAKE"}, do: firstProject,
		fails: &failure{kind: connector.Unauthorized, status: 401, code: "app_id", says: []string{"names no app", setAppID}},
	},
	"account-wrong": {
		cred: wrongAccount("elsewhere"), do: firstProject,
		fails: &failure{kind: connector.Forbidden, status: 403, says: []string{"company account elsewhere", "check Credential.CompanyAccount"}},
	},

	"both-user-module": {cred: &byBoth, do: listWebhooks},
	"both-key-module": {
		cred: &byBoth, do: call("/meters/view/17", connector.Read, nil),
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"meters: no record has the id 17", "unknown modules"}},
	},
	"key-module-refused": {
		do:    call("/priceLists/view/1", connector.Read, nil),
		fails: &failure{kind: connector.Forbidden, status: 403, says: []string{"No access", "module priceLists is said to want the company's API key"}},
	},
	"user-module-refused": {
		cred: &byKey, do: listWebhooks,
		fails: &failure{kind: connector.Forbidden, status: 403, says: []string{"takes a user_token only", "module webhooks is said to want a user token"}},
	},

	"account-missing": {
		cred: wrongAccount(""), do: firstProject, unsent: true,
		fails: &failure{kind: connector.Invalid, says: []string{"CompanyAccount"}},
	},
	"no-credential": {
		cred: &scoro.Credential{CompanyAccount: account}, do: firstProject, unsent: true,
		fails: &failure{kind: connector.Invalid, says: []string{"neither a user token nor an API key"}},
	},
	"two-credentials": {
		unsent: true,
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showProject)(c.Projects.List(t.Context(), nil, scoro.Member("apiKey", apiKey)))
		},
		fails: &failure{kind: connector.Invalid, says: []string{"apiKey cannot be set"}},
	},
}

var errorCalls = map[string]goldenCall{
	"error-inside-success": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showProject)(c.Projects.Create(t.Context(), &scoro.ProjectCreate{}))
		},
		fails: &failure{kind: connector.Invalid, status: 400, fields: "map[project_name:[project_name is required]]", says: []string{"project_name is required", "correct the request"}},
	},
	"error-fields": {
		do: call("/timeEntries/modify", connector.Write, map[string]any{"event_id": 12, "duration": "90 minutes"}),
		fails: &failure{kind: connector.Invalid, status: 400, fields: "map[duration:[must be a duration HH:ii:ss such as 01:30:00]]",
			says: []string{"duration: must be a duration"}},
	},
	"error-list": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showTimeEntry)(c.TimeEntries.Update(t.Context(), 10, &scoro.TimeEntryUpdate{Description: new("Other work")}))
		},
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"Only invoice_line_id can be changed"}},
	},
	"error-unknown-id": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showProject)(c.Projects.Get(t.Context(), 9999))
		},
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"no record has the id 9999", "check the id"}},
	},
	"error-unknown-id-inside": {
		do:    func(t *testing.T, c *scoro.Client) (string, error) { return done(c.Projects.Delete(t.Context(), 9999)) },
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"no record has the id 9999"}},
	},
	"error-unknown-action": {
		do:    call("/projects/fly/1", connector.Read, nil),
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"Unknown action", "unknown modules and actions"}},
	},
	"error-address": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			_, err := c.Webhooks.Subscribe(t.Context(), &scoro.WebhookCreate{Module: "projects", Action: "any", URL: "http://hooks.example.com/scoro"})
			return "", err
		},
		fails: &failure{kind: connector.Invalid, status: 400, fields: "map[url:[url must be https]]", says: []string{"url must be https"}},
	},
	"limit-window": {
		do:    getProject,
		fails: &failure{kind: connector.RateLimited, status: 429, wait: 2 * time.Second, says: []string{tooMany, "wait, or allow longer waits"}},
	},
	"limit-day": {
		do:    getProject,
		fails: &failure{kind: connector.QuotaExhausted, status: 429, wait: time.Hour, says: []string{tooMany, "midnight UTC"}},
	},
	"limit-inside-success": {
		do:    getProject,
		fails: &failure{kind: connector.RateLimited, status: 429, wait: time.Second, says: []string{tooMany}},
	},
	"error-without-code": {
		do:    getProject,
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"Something is missing"}},
	},
	"error-members": {
		do:    renameTask,
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"project_id must be an integer"}},
	},
	"error-timeout": {
		do:    getProject,
		fails: &failure{kind: connector.Unavailable, status: 408, says: []string{"Request timeout", tryLater}},
	},
	"error-server": {
		do:    getProject,
		fails: &failure{kind: connector.Unavailable, status: 500, says: []string{tryLater}},
	},
	"error-server-write": {
		do:    renameTask,
		fails: &failure{kind: connector.UnknownOutcome, status: 500, says: []string{"look whether it was done"}},
	},
	"error-unavailable": {
		do:    getProject,
		fails: &failure{kind: connector.Unavailable, status: 503, wait: 7 * time.Second, says: []string{tryLater}},
	},
	"error-gateway": {
		do:    getProject,
		fails: &failure{kind: connector.Unavailable, status: 502, says: []string{tryLater}},
	},
	"error-agent": {
		do:    getProject,
		fails: &failure{kind: connector.Forbidden, status: 403, says: []string{"User-Agent", "1010", "set Options.UserAgent"}},
	},
	"error-site": {
		do:    getProject,
		fails: &failure{kind: connector.Decode, status: 404, says: []string{"demo-site.scoro.com", "web page", looksForSite}},
	},
	"error-page": {
		do:    getProject,
		fails: &failure{kind: connector.Decode, status: 200, says: []string{"web page", looksForSite}},
	},
	"error-shape": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showTask)(c.Tasks.List(t.Context(), nil))
		},
		fails: &failure{kind: connector.Decode, status: 200, says: []string{"BaseURL"}},
	},
}
