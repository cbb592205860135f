package scorotest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/scoro/scorotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type object = map[string]any

func start(t *testing.T, o *scorotest.Options) *scorotest.Server {
	t.Helper()
	s, err := scorotest.Listen("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// fill puts the server's credentials in place of $token, $key and $account.
func fill(s *scorotest.Server, body string) string {
	account := `"company_account_id":"` + s.CompanyAccount + `"`
	return strings.NewReplacer(
		"$token", `"user_token":"`+s.UserToken+`",`+account,
		"$key", `"apiKey":"`+s.APIKey+`",`+account,
		"$account", account,
	).Replace(body)
}

func send(t *testing.T, verb, url, body string, header http.Header) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), verb, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

// post sends a call and returns the HTTP status and the answer as it came.
func post(t *testing.T, s *scorotest.Server, path, body string) (int, string) {
	t.Helper()
	response, text := send(t, "POST", s.URL+path, fill(s, body), nil)
	return response.StatusCode, text
}

// data sends a call that must succeed and returns its data.
func data[T any](t *testing.T, s *scorotest.Server, path, body string) T {
	t.Helper()
	status, text := post(t, s, path, body)
	var envelope struct {
		Status string
		Data   T
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&envelope); err != nil {
		t.Fatalf("%s: %v in %s", path, err, text)
	}
	if status != 200 || envelope.Status != "OK" {
		t.Fatalf("%s: status %d, %s", path, status, text)
	}
	return envelope.Data
}

func list(t *testing.T, s *scorotest.Server, module, members string) []object {
	t.Helper()
	if members != "" {
		members = "," + members
	}
	return data[[]object](t, s, "/"+module+"/list", "{$token"+members+"}")
}

// all walks the pages of a list.
func all(t *testing.T, s *scorotest.Server, module, members string) []object {
	t.Helper()
	var rows []object
	for page := 1; ; page++ {
		part := list(t, s, module, fmt.Sprintf(`"page":%d,"per_page":100%s`, page, members))
		rows = append(rows, part...)
		if len(part) < 100 {
			return rows
		}
	}
}

func TestSeed(t *testing.T) {
	s := start(t, nil)
	for module, want := range map[string]int{
		"users": 12, "companies": 60, "contacts": 180, "projects": 240, "tasks": 300, "calendar": 80, "timeEntries": 1000, "quotes": 50, "invoices": 90,
	} {
		if n := len(all(t, s, module, "")); n != want || s.Seeded[module] != want {
			t.Errorf("%s: %d rows, %d seeded, want %d", module, n, s.Seeded[module], want)
		}
	}
	if n := len(s.Records("comments")); n != 75 || s.Seeded["comments"] != n {
		t.Errorf("comments: %d, %d seeded, want 75", n, s.Seeded["comments"])
	}
	if n := len(all(t, s, "projects", `,"include_deleted":"1"`)); n != 243 {
		t.Errorf("with the deleted ones: %d projects", n)
	}
	if n := len(all(t, s, "tasks", `,"include_subtasks":1`)); n != 320 {
		t.Errorf("with subtasks: %d tasks", n)
	}
}

func TestSeedsAreRepeatable(t *testing.T) {
	one, same, other := start(t, nil), start(t, nil), start(t, &scorotest.Options{Seed: 7})
	first, second, third := list(t, one, "projects", ""), list(t, same, "projects", ""), list(t, other, "projects", "")
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the same seed gave other rows (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, third) {
		t.Error("another seed gave the same rows")
	}
	if rows := list(t, start(t, &scorotest.Options{Empty: true}), "projects", ""); len(rows) != 0 {
		t.Errorf("an empty site has %d projects", len(rows))
	}
}

func signIn(s *scorotest.Server, account, password string) string {
	return `{"lang":"eng","company_account_id":"` + account + `","username":"` + s.Username + `","password":"` + password +
		`","device_type":"server","device_name":"test","device_id":"1","request":{}}`
}

func TestSignIn(t *testing.T) {
	s := start(t, nil)
	for _, account := range []string{s.CompanyAccount, s.Site} {
		got := data[object](t, s, "/userAuth/modify", signIn(s, account, s.Password))
		settings := got["settings"].(object)
		if settings["master_company_account"] != s.CompanyAccount || settings["timezone"] != "Europe/Tallinn" || settings["first_day_of_week"] != "1" {
			t.Errorf("settings: %v", settings)
		}
		token := got["token"].(string)
		if token == s.UserToken {
			t.Error("the token is not a new one")
		}
		body := `{"user_token":"` + token + `",$account}`
		if rows := data[[]object](t, s, "/projects/list", body); len(rows) != 50 {
			t.Errorf("%d rows, want 50", len(rows))
		}
		s.Revoke(token)
		if status, text := post(t, s, "/projects/list", body); status != 401 {
			t.Errorf("a revoked token: %d, %s", status, text)
		}
	}
	if got := data[object](t, s, "/users/settings/2", `{$token}`); got["first_day_of_week"] != json.Number("1") {
		t.Errorf("users/settings: %v", got)
	}
}

func TestPutAndRecords(t *testing.T) {
	s := start(t, &scorotest.Options{Empty: true})
	id, err := s.Put("projects", object{"project_name": "Mine", "is_private": 1, "deadline": "2026-05-01", "extra": []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put("projects", object{"project_id": 40, "project_name": "Other"}); err != nil {
		t.Fatal(err)
	}
	rows := s.Records("projects")
	if len(rows) != 2 || rows[0]["project_id"] != id || rows[0]["is_private"] != true || rows[1]["project_id"] != int64(40) {
		t.Errorf("records: %v", rows)
	}
	if row := data[object](t, s, "/projects/view/1", `{$token}`); row["project_name"] != "Mine" || row["extra"] == nil {
		t.Errorf("view: %v", row)
	}
	if next := data[object](t, s, "/projects/modify", `{$token,"request":{"project_name":"Next"}}`); fmt.Sprint(next["project_id"]) != "41" {
		t.Errorf("the next id is %v, want 41", next["project_id"])
	}
	if _, err := s.Put("projects", object{"deadline": "soon"}); err == nil {
		t.Error("a wrong value was put")
	}
	if _, err := s.Put("nonsense", nil); err == nil {
		t.Error("an unknown module took a record")
	}
	if s.Records("nonsense") != nil {
		t.Error("an unknown module has records")
	}
}

func TestRequestsAndFaults(t *testing.T) {
	s := start(t, nil)
	s.Inject(scorotest.Fault{On: "/projects/modify", Drop: true, When: scorotest.AfterWork})
	_, err := http.Post(s.URL+"/projects/modify", "application/json", strings.NewReader(fill(s, `{$token,"request":{"project_name":"lost answer"}}`)))
	if err == nil {
		t.Error("the lost answer arrived")
	}
	if n := len(s.Records("projects")); n != s.Seeded["projects"]+1 {
		t.Errorf("%d projects, want one more than the seed", n)
	}
	got := s.Requests()
	if len(got) != 1 || got[0].Operation != "POST /projects/modify" || got[0].Status != 0 || !bytes.Contains(got[0].Body, []byte("lost answer")) {
		t.Errorf("requests: %+v", got)
	}

	s.Inject(scorotest.Fault{Body: `{"status":"ERROR","statusCode":"429","messages":{"error":["Too many requests"]}}`})
	if status, text := post(t, s, "/projects/list", "{$token}"); status != 200 || !strings.Contains(text, `"429"`) {
		t.Errorf("status %d, %s", status, text)
	}
}

func TestLimits(t *testing.T) {
	s := start(t, &scorotest.Options{Limits: scorotest.Limits{Short: 2, Day: 1000}})
	var statuses []int
	var last *http.Response
	var text string
	for range 3 {
		last, text = send(t, "POST", s.URL+"/projects/list", fill(s, `{$token,"per_page":1}`), nil)
		statuses = append(statuses, last.StatusCode)
	}
	if !cmp.Equal(statuses, []int{200, 200, 429}) {
		t.Fatalf("statuses %v", statuses)
	}
	if want := `{"messages":{"error":["Too many requests"]},"status":"ERROR","statusCode":"429"}`; text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	h := last.Header
	if h.Get("x-ratelimit-limit") != "2" || h.Get("x-ratelimit-remaining") != "0" || !slices.Contains([]string{"1", "2"}, h.Get("x-ratelimit-reset")) {
		t.Errorf("short window: %v", h)
	}
	if h.Get("x-daily-requests-limit") != "1000" || h.Get("x-daily-requests-remaining") != "997" || h.Get("x-daily-requests-reset") == "" {
		t.Errorf("day: %v", h)
	}

	s.SetLimits(scorotest.Limits{Day: 3})
	last, _ = send(t, "POST", s.URL+"/projects/list", fill(s, `{$token}`), nil)
	if last.StatusCode != 429 || last.Header.Get("x-daily-requests-remaining") != "0" || last.Header.Get("x-ratelimit-remaining") == "0" {
		t.Errorf("a day that is used up: %d, %v", last.StatusCode, last.Header)
	}
}

func TestTogether(t *testing.T) {
	s := start(t, nil)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 5 {
				body := fill(s, fmt.Sprintf(`{$token,"request":{"project_name":"P%d"},"return_data":1}`, i))
				response, err := http.Post(s.URL+"/projects/modify", "application/json", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				_ = response.Body.Close()
			}
		})
	}
	group.Wait()
	if n := len(s.Records("projects")); n != s.Seeded["projects"]+40 {
		t.Errorf("%d projects, want 40 more than the seed", n)
	}
}

func TestCloseTwice(t *testing.T) {
	s := scorotest.NewServer(t) // the test's end closes it once more
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
