package scorotest_test

import (
	"net/http"
	"testing"

	"github.com/cordage-go/cordage/scoro/scorotest"
)

// TestRefusals holds, byte for byte, how wrong calls are answered.
func TestRefusals(t *testing.T) {
	s := start(t, nil)
	good := `{$token}`
	for _, c := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"no credential", "/projects/list", `{$account}`, 401,
			`{"messages":{"error":["Send exactly one of user_token and apiKey in the body"]},"status":"ERROR","statusCode":401}`},
		{"both credentials", "/projects/list", `{"apiKey":"x",$token}`, 401,
			`{"messages":{"error":["Send exactly one of user_token and apiKey in the body"]},"status":"ERROR","statusCode":401}`},
		{"wrong token", "/projects/list", `{"user_token":"x",$account}`, 401,
			`{"messages":{"error":["Wrong user_token: sign in again"]},"status":"ERROR","statusCode":401}`},
		{"key as token", "/projects/list", `{"user_token":"` + s.APIKey + `",$account}`, 401,
			`{"messages":{"error":["Wrong user_token: sign in again"]},"status":"ERROR","statusCode":401}`},
		{"wrong key", "/projects/list", `{"apiKey":"ScoroAPI_0",$account}`, 401,
			`{"messages":{"error":["Wrong apiKey"]},"status":"ERROR","statusCode":401}`},
		{"token as key", "/projects/list", `{"apiKey":"` + s.UserToken + `",$account}`, 401,
			`{"messages":{"error":["Wrong apiKey"]},"status":"ERROR","statusCode":401}`},
		{"credential inside request", "/projects/list", `{"request":{$token}}`, 401,
			`{"messages":{"error":["Send exactly one of user_token and apiKey in the body"]},"status":"ERROR","statusCode":401}`},
		{"no account", "/projects/list", `{"user_token":"` + s.UserToken + `"}`, 400,
			`{"messages":{"error":["company_account_id is missing"]},"status":"ERROR","statusCode":400}`},
		{"site as account", "/projects/list", `{"user_token":"` + s.UserToken + `","company_account_id":"demo-site"}`, 403,
			`{"messages":["This credential has no access to the company account demo-site"],"status":"ERROR","statusCode":403}`},
		{"unknown module", "/nonsense/list", good, 404,
			`{"messages":{"error":["Unknown module: nonsense; the emulator has those that the library has methods for"]},"status":"ERROR","statusCode":"404"}`},
		{"unknown action", "/projects/explode", good, 404,
			`{"messages":{"error":["Unknown action, or an id missing or too many: projects/explode"]},"status":"ERROR","statusCode":"404"}`},
		{"view without id", "/projects/view", good, 404,
			`{"messages":{"error":["Unknown action, or an id missing or too many: projects/view"]},"status":"ERROR","statusCode":"404"}`},
		{"unknown id", "/projects/view/9999", good, 404,
			`{"messages":{"error":"projects: no record has the id 9999"},"status":"ERROR","statusCode":"404"}`},
		{"id that is no number", "/projects/view/abc", good, 404,
			`{"messages":{"error":"projects: no record has the id abc"},"status":"ERROR","statusCode":"404"}`},
		{"person as company", "/companies/view/61", good, 404,
			`{"messages":{"error":"companies: no record has the id 61"},"status":"ERROR","statusCode":"404"}`},
		{"unknown id, said inside", "/projects/delete/9999", good, 200,
			`{"messages":{"error":"projects: no record has the id 9999"},"status":"ERROR","statusCode":"404"}`},
		{"deleted record", "/projects/view/241", good, 404,
			`{"messages":{"error":"projects: no record has the id 241"},"status":"ERROR","statusCode":"404"}`},
		{"no JSON", "/projects/list", `{`, 400,
			`{"messages":{"error":["The body is not valid JSON: the body ended early"]},"status":"ERROR","statusCode":400}`},
		{"list as body", "/projects/list", `[]`, 400,
			`{"messages":{"error":["The body must be a JSON object"]},"status":"ERROR","statusCode":400}`},
		{"request is text", "/projects/list", `{$token,"request":"x"}`, 400,
			`{"messages":{"error":["request must be an object"]},"status":"ERROR","statusCode":400}`},
		{"filter is a list", "/projects/list", `{$token,"filter":["x"]}`, 400,
			`{"messages":{"error":["filter must be an object"]},"status":"ERROR","statusCode":400}`},
		{"range without dates", "/projects/list", `{$token,"filter":{"modified_date":{"from_date":"yesterday"}}}`, 400,
			`{"messages":{"error":["filter modified_date: from_date must be a date such as 2026-03-31"]},"status":"ERROR","statusCode":400}`},
		{"page is a word", "/projects/list", `{$token,"page":"two"}`, 400,
			`{"messages":{"error":["page must be a positive whole number"]},"status":"ERROR","statusCode":400}`},
		{"comments of nothing", "/comments/list", good, 400,
			`{"messages":{"error":["request.module and request.object_id are needed"]},"status":"ERROR","statusCode":400}`},
		{"bookmark with the key", "/projects/list", `{$key,"bookmark":{"bookmark_id":1}}`, 403,
			`{"messages":["Bookmarks belong to users: use a user_token"],"status":"ERROR","statusCode":403}`},
		{"unknown bookmark", "/projects/list", `{$token,"bookmark":{"bookmark_id":2}}`, 404,
			`{"messages":{"error":["There is no such bookmark"]},"status":"ERROR","statusCode":"404"}`},
		{"name missing, said inside", "/projects/modify", `{$token,"request":{}}`, 200,
			`{"messages":{"error":{"project_name":"project_name is required"}},"status":"ERROR","statusCode":400}`},
		{"user missing with the key", "/timeEntries/modify", `{$key,"request":{"event_id":1}}`, 200,
			`{"messages":{"error":{"user_id":"user_id is required"}},"status":"ERROR","statusCode":400}`},
		{"values of wrong types", "/timeEntries/modify", `{$token,"request":{"event_id":"x","duration":"1:30","time_entry_date":"1.3.2026","is_completed":7}}`, 400,
			`{"messages":{"error":{"duration":["must be a duration HH:ii:ss such as 01:30:00"],"event_id":["must be a whole number"],` +
				`"is_completed":["must be 1 or 0"],"time_entry_date":["must be a date such as 2026-03-31"]}},"status":"ERROR","statusCode":400}`},
		{"event of the other kind", "/timeEntries/modify", `{$token,"request":{"event_id":300,"event_type":"cal"}}`, 400,
			`{"messages":{"error":["event_id names nothing in calendar; event_type says where it points"]},"status":"ERROR","statusCode":400}`},
		{"entry of an event", "/timeEntries/modify/10", `{$token,"request":{"description":"x"}}`, 400,
			`{"messages":{"error":["Only invoice_line_id can be changed on a time entry of a calendar event"]},"status":"ERROR","statusCode":400}`},
		{"foreign line", "/invoices/modify/1", `{$token,"request":{"lines":[{"id":999}]}}`, 400,
			`{"messages":{"error":["lines: there is no item with id 999 in this record"]},"status":"ERROR","statusCode":400}`},
		{"webhook for no module", "/webhooks/subscribe", `{$token,"request":{"module":"users","action":"explode","url":"http://example.com/"}}`, 400,
			`{"messages":{"error":{"action":"action must be any, create, modify or delete","module":"module has no webhooks","url":"url must be https"}},"status":"ERROR","statusCode":400}`},
		{"wrong password", "/userAuth/modify", signIn(s, s.CompanyAccount, "x"), 401,
			`{"messages":{"error":["Wrong username or password"]},"status":"ERROR","statusCode":401}`},
		{"sign-in to another company", "/userAuth/modify", signIn(s, "stranger", s.Password), 403,
			`{"messages":["This user has no access to the company account stranger"],"status":"ERROR","statusCode":403}`},
		{"sign-in without device", "/userAuth/modify", `{$account,"username":"a","password":"b","device_type":"","device_name":""}`, 400,
			`{"messages":{"error":{"device_id":["must be text at the top level of the body"]}},"status":"ERROR","statusCode":400}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, text := post(t, s, c.path, c.body)
			if status != c.status || text != c.want {
				t.Errorf("status %d, want %d\ngot  %s\nwant %s", status, c.status, text, c.want)
			}
		})
	}
}

func TestOtherVerbs(t *testing.T) {
	s := start(t, nil)
	for _, verb := range []string{"GET", "PUT", "DELETE", "PATCH"} {
		response, text := send(t, verb, s.URL+"/projects/list", fill(s, `{$token}`), nil)
		want := `{"messages":"Only POST is allowed, also for reading and deleting","status":"ERROR","statusCode":405}`
		if response.StatusCode != 405 || text != want || response.Header.Get("Allow") != "POST" {
			t.Errorf("%s: %d, %s", verb, response.StatusCode, text)
		}
	}
}

func TestContentType(t *testing.T) {
	s := start(t, nil)
	for kind, want := range map[string]int{"": 400, "text/plain": 400, "application/json": 200, "application/json; charset=utf-8": 200} {
		response, text := send(t, "POST", s.URL+"/projects/list", fill(s, `{$token}`), http.Header{"Content-Type": {kind}})
		if response.StatusCode != want {
			t.Errorf("%q: %d, %s", kind, response.StatusCode, text)
		}
	}
}

func TestApps(t *testing.T) {
	private, public := start(t, nil), start(t, &scorotest.Options{PublicApp: true})
	const (
		missing = `{"messages":{"error":["The header Scoro-app-id is missing: public apps must send it with every call"]},"status":"ERROR","statusCode":401}`
		wrong   = `{"messages":{"error":["The header Scoro-app-id names no app that is allowed here"]},"status":"ERROR","statusCode":401}`
	)
	for _, c := range []struct {
		name   string
		server *scorotest.Server
		app    string
		want   string // empty: success
	}{
		{"private without", private, "", ""},
		{"private with", private, private.AppID, ""},
		{"private wrong", private, "x", wrong},
		{"public without", public, "", missing},
		{"public with", public, public.AppID, ""},
		{"public wrong", public, "x", wrong},
	} {
		header := http.Header{}
		if c.app != "" {
			header.Set("scoro-app-id", c.app)
		}
		for path, body := range map[string]string{"/projects/list": `{$token}`, "/userAuth/modify": signIn(c.server, c.server.CompanyAccount, c.server.Password)} {
			response, text := send(t, "POST", c.server.URL+path, fill(c.server, body), header)
			if c.want == "" && response.StatusCode != 200 || c.want != "" && (response.StatusCode != 401 || text != c.want) {
				t.Errorf("%s, %s: %d, %s", c.name, path, response.StatusCode, text)
			}
		}
	}
}

// The company's key belongs to no public app.
func TestKeyNeedsNoApp(t *testing.T) {
	s := start(t, &scorotest.Options{PublicApp: true})
	if response, text := send(t, "POST", s.URL+"/projects/list", fill(s, `{$key}`), nil); response.StatusCode != 200 {
		t.Errorf("without an app: %d, %s", response.StatusCode, text)
	}
	wrong := http.Header{"Scoro-App-Id": {"x"}}
	if response, text := send(t, "POST", s.URL+"/projects/list", fill(s, `{$key}`), wrong); response.StatusCode != 401 {
		t.Errorf("with a wrong app: %d, %s", response.StatusCode, text)
	}
}

// Sources differ about the credential that webhooks take, so both do.
func TestWebhooksTakeEitherCredential(t *testing.T) {
	s := start(t, nil)
	for _, body := range []string{`{$token}`, `{$key}`} {
		if response, text := send(t, "POST", s.URL+"/webhooks/list", fill(s, body), nil); response.StatusCode != 200 {
			t.Errorf("%s: %d, %s", body, response.StatusCode, text)
		}
	}
}

func TestWrongSiteAnswersHTML(t *testing.T) {
	s := start(t, nil)
	base := s.URL[:len(s.URL)-len("/api/v2")]
	for _, path := range []string{"/", "/projects/list", "/api/v1/projects/list", "/api/v2x/projects/list", "/other/api/v2/projects/list"} {
		response, text := send(t, "POST", base+path, fill(s, `{$token}`), nil)
		if response.StatusCode != 404 || response.Header.Get("Content-Type") != "text/html; charset=utf-8" || text[:9] != "<!DOCTYPE" {
			t.Errorf("%s: %d, %s", path, response.StatusCode, text)
		}
	}
}
