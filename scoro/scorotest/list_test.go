package scorotest_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/google/go-cmp/cmp"
)

func TestPages(t *testing.T) {
	s := start(t, nil)
	for _, c := range []struct {
		members     string
		rows, first int // how many, and the id of the first
	}{
		{``, 50, 1},
		{`"per_page":0`, 50, 1},
		{`"per_page":100`, 100, 1},
		{`"per_page":500`, 100, 1},
		{`"per_page":"30"`, 30, 1},
		{`"page":0,"per_page":10`, 10, 1},
		{`"page":"2","per_page":10`, 10, 11},
		{`"page":3,"per_page":100`, 40, 201},
		{`"page":4,"per_page":100`, 0, 0},
		{`"page":1000000000000,"per_page":100`, 0, 0},
		{`"detailed_response":true,"per_page":100`, 25, 1},
		{`"detailed_response":"1","per_page":10`, 10, 1},
		{`"detailed_response":1,"page":10`, 15, 226},
		{`"request":[],"filter":[]`, 50, 1},
		{`"request":{"page":2}`, 50, 1},
	} {
		rows := list(t, s, "projects", c.members)
		if len(rows) != c.rows || c.rows > 0 && fmt.Sprint(rows[0]["project_id"]) != fmt.Sprint(c.first) {
			t.Errorf("%s: %d rows, want %d; first %v", c.members, len(rows), c.rows, rows[:min(1, len(rows))])
		}
	}
}

func TestFilters(t *testing.T) {
	s := start(t, &scorotest.Options{Empty: true})
	for _, p := range []object{
		{"project_name": "Alpha", "status": "pending", "company_id": 7, "modified_date": "2026-02-01T23:30:00+02:00", "deadline": "2026-05-01"},
		{"project_name": "Beta", "status": "inprogress", "company_id": 8, "modified_date": "2026-02-02T00:30:00+02:00"},
		{"project_name": "Alphabet", "status": "completed", "company_id": 7, "modified_date": "2026-02-03T00:30:00+02:00", "deadline": "2026-06-01"},
	} {
		put(t, s, "projects", p)
	}
	for _, c := range []object{
		{"name": "Office", "contact_type": "company", "is_client": 1, "means_of_contact": object{"website": []string{"https://a.example"}}, "tags": []string{"x", "y"}},
		{"name": "Ann", "contact_type": "person", "is_client": 0, "means_of_contact": object{"website": "https://b.example"}, "tags": []string{"y"}},
	} {
		put(t, s, "contacts", c)
	}
	for _, task := range []object{
		{"event_name": "One", "related_users": []int{3, 4}},
		{"event_name": "Two", "related_users": []int{5}, "is_completed": true},
		{"event_name": "Part", "related_users": []int{5}, "parent_id": 1},
	} {
		put(t, s, "tasks", task)
	}
	for _, entry := range []object{{"event_id": 1, "event_type": "task"}, {"event_id": 1, "event_type": "cal"}} {
		put(t, s, "timeEntries", entry)
	}
	for _, c := range []struct {
		module, key, members string
		want                 []string
	}{
		{"projects", "project_id", `"filter":{}`, []string{"1", "2", "3"}},
		{"projects", "project_id", `"filter":{"status":"pending"}`, []string{"1"}},
		{"projects", "project_id", `"filter":{"status":["pending","completed"]}`, []string{"1", "3"}},
		{"projects", "project_id", `"filter":{"company_id":"7"}`, []string{"1", "3"}},
		{"projects", "project_id", `"filter":{"company_id":7,"status":"completed"}`, []string{"3"}},
		{"projects", "project_id", `"filter":{"project_name":"alpha%"}`, []string{"1", "3"}},
		{"projects", "project_id", `"filter":{"project_name":"%a"}`, []string{"1", "2"}},
		{"projects", "project_id", `"filter":{"project_name":"Alph"}`, []string{}},
		{"projects", "project_id", `"filter":{"modified_date":{"from_date":"2026-02-02"}}`, []string{"2", "3"}},
		{"projects", "project_id", `"filter":{"modified_date":{"from_date":"2026-02-01","to_date":"2026-02-02"}}`, []string{"1", "2"}},
		{"projects", "project_id", `"filter":{"deadline":{"to_date":"2026-12-31"}}`, []string{"1", "3"}},
		{"projects", "project_id", `"filter":{"nonsense":"x"}`, []string{"1", "2", "3"}},
		{"projects", "project_id", `"request":{"filter":{"status":"pending"}}`, []string{"1", "2", "3"}},
		{"projects", "project_id", `"request":{"status":"pending"}`, []string{"1", "2", "3"}},
		{"projects", "project_id", `"bookmark":{"bookmark_id":1}`, []string{"2"}},
		{"contacts", "contact_id", `"filter":{"contact_type":"person"}`, []string{"2"}},
		{"contacts", "contact_id", `"filter":{"is_client":"1"}`, []string{"1"}},
		{"contacts", "contact_id", `"filter":{"is_client":false}`, []string{"2"}},
		{"contacts", "contact_id", `"filter":{"tags":"y"}`, []string{"1", "2"}},
		{"contacts", "contact_id", `"filter":{"means_of_contact":{"website":"https://b.example"}}`, []string{"2"}},
		{"companies", "contact_id", ``, []string{"1"}},
		{"tasks", "event_id", ``, []string{"1", "2"}},
		{"tasks", "event_id", `"filter":{"user_id":5},"include_subtasks":1`, []string{"2", "3"}},
		{"tasks", "event_id", `"filter":{"doer_id":4}`, []string{"1"}},
		{"tasks", "event_id", `"filter":{"event_id":[2,9]}`, []string{"2"}},
		{"tasks", "event_id", `"filter":{"is_completed":0}`, []string{"1"}},
		{"tasks", "event_id", `"request":{"include_subtasks":1}`, []string{"1", "2", "3"}},
		{"timeEntries", "time_entry_id", `"filter":{"task_id":1}`, []string{"1"}},
	} {
		ids := []string{}
		for _, row := range list(t, s, c.module, c.members) {
			ids = append(ids, fmt.Sprint(row[c.key]))
		}
		if !cmp.Equal(ids, c.want) {
			t.Errorf("%s %s: %v, want %v", c.module, c.members, ids, c.want)
		}
	}
}

func put(t *testing.T, s *scorotest.Server, module string, record object) {
	t.Helper()
	if _, err := s.Put(module, record); err != nil {
		t.Fatal(err)
	}
}

// The statuses that the records of the seed have can be found by their module.
func TestStatuses(t *testing.T) {
	s := start(t, nil)
	for module, want := range map[string]int{"tasks": 4, "projects": 7, "quotes": 3, "invoices": 2} {
		known := map[any]bool{}
		for _, status := range list(t, s, "statuses", fmt.Sprintf(`"filter":{"module":%q}`, module)) {
			known[status["status_id"]] = true
		}
		if len(known) != want {
			t.Errorf("%s have the statuses %v, want %d", module, known, want)
		}
		for _, r := range list(t, s, module, `"per_page":100`) {
			if !known[r["status"]] {
				t.Errorf("%s: no status %v", module, r["status"])
			}
		}
	}
	if rows := list(t, s, "statuses", `"filter":{"module":["tasks","quotes"]}`); len(rows) != 7 {
		t.Errorf("two modules have %d statuses", len(rows))
	}
}

func TestComments(t *testing.T) {
	s := start(t, &scorotest.Options{Empty: true})
	put(t, s, "comments", object{"module": "projects", "object_id": 1, "comment": "<b>Hi</b> there"})
	put(t, s, "comments", object{"module": "tasks", "object_id": 1, "comment": "no"})
	for members, want := range map[string]string{
		`{"module":"projects","object_id":1}`:            "<b>Hi</b> there",
		`{"module":"projects","object_id":"1","html":0}`: "Hi there",
		`{"module":"projects","object_id":1,"html":1}`:   "<b>Hi</b> there",
	} {
		rows := list(t, s, "comments", `"request":`+members)
		if len(rows) != 1 || rows[0]["comment"] != want || rows[0]["module"] != nil {
			t.Errorf("%s: %v", members, rows)
		}
	}
}

// TestRowsAreShort holds what a list row lacks beside view and detailed rows,
// and what only a user token gets to see.
func TestRowsAreShort(t *testing.T) {
	s := start(t, nil)
	row := list(t, s, "projects", "")[0]
	for _, name := range []string{"custom_fields", "tags", "phases", "status_name"} {
		if _, there := row[name]; there {
			t.Errorf("a list row has %s", name)
		}
	}
	view := data[object](t, s, "/projects/view/1", "{$token}")
	if diff := cmp.Diff(view, list(t, s, "projects", `"detailed_response":1`)[0]); diff != "" {
		t.Errorf("a detailed row is not what view gives:\n%s", diff)
	}
	if row := list(t, s, "projects", `"basic_data":"1"`)[0]; len(row) != 6 {
		t.Errorf("basic row: %v", row)
	}
	invoice := list(t, s, "invoices", "")[0]
	if lines, there := invoice["lines"]; !there || lines != nil {
		t.Errorf("lines in a list row: %v", lines)
	}

	byToken := data[object](t, s, "/tasks/view/1", "{$token}")
	byKey := data[object](t, s, "/tasks/view/1", "{$key}")
	for _, name := range []string{"permissions", "project_name", "person_name"} {
		if _, there := byToken[name]; !there {
			t.Errorf("with a user token %s is missing", name)
		}
		if _, there := byKey[name]; there {
			t.Errorf("with the key %s is there", name)
		}
	}
}

// TestOddForms holds that each odd form of the platform occurs in the seed.
func TestOddForms(t *testing.T) {
	s := start(t, nil)
	projects := all(t, s, "projects", `,"detailed_response":0`)
	contacts := all(t, s, "contacts", "")
	var views []object
	for id := range 30 {
		views = append(views, data[object](t, s, fmt.Sprintf("/projects/view/%d", id+1), "{$token}"))
	}
	wantForms(t, "booleans", projects, "is_private", "0", `"0"`, "false", "1", `"1"`, "true")
	wantForms(t, "empty dates", projects, "deadline", "null", `""`, `"0000-00-00"`)
	wantForms(t, "empty date-times", projects, "deleted_date", "null", `""`, `"0000-00-00 00:00:00"`)
	wantForms(t, "ids", projects, "project_id", "1", `"10"`)
	wantForms(t, "numbers of projects", projects, "no", `"1001"`, "1002")
	wantForms(t, "references", projects, "retainer_id", "0", `"0"`, "null")
	for _, row := range projects {
		if text := row["modified_date"].(string); len(text) != len("2026-01-06 06:00:00") {
			t.Errorf("a project's date of change has a zone: %s", text)
		}
	}
	wantForms(t, "birthdays", contacts, "birthday", `"0000-05-17"`, `"1961-05-17"`, "null")
	wantKinds(t, "permissions", views, "permissions", "object", "array", "null")
	wantKinds(t, "custom fields", views, "custom_fields", "object", "array", "null")
	wantKinds(t, "tags", views, "tags", "array")
	wantKinds(t, "ways to reach", contacts, "means_of_contact", "object", "array")
	wantKinds(t, "first tags", tagsOf(views), "tag", "string", "object")

	long := false
	zoned := map[int]bool{}
	for _, row := range all(t, s, "timeEntries", "") {
		long = long || row["duration"] == "124:00:00"
		if text, ok := row["start_datetime"].(string); ok {
			zoned[len(text)] = true // +02:00 and +0200
		}
	}
	if !long || !zoned[25] || !zoned[24] {
		t.Errorf("a long duration: %v; zones with and without colon: %v", long, zoned)
	}
	_, first := post(t, s, "/projects/list", `{$token,"per_page":1}`)
	_, second := post(t, s, "/projects/view/1", `{$token}`)
	if statusCode(t, first) != "200" || statusCode(t, second) != `"200"` {
		t.Errorf("statusCode: %s and %s", statusCode(t, first), statusCode(t, second))
	}
}

func statusCode(t *testing.T, text string) string {
	t.Helper()
	var envelope struct{ StatusCode json.RawMessage }
	if err := json.Unmarshal([]byte(text), &envelope); err != nil {
		t.Fatal(err)
	}
	return string(envelope.StatusCode)
}

func tagsOf(rows []object) []object {
	var out []object
	for _, row := range rows {
		out = append(out, object{"tag": row["tags"].([]any)[0]})
	}
	return out
}

func wantForms(t *testing.T, what string, rows []object, name string, forms ...string) {
	t.Helper()
	seen := map[string]bool{}
	for _, row := range rows {
		text, err := json.Marshal(row[name])
		if err != nil {
			t.Fatal(err)
		}
		seen[string(text)] = true
	}
	for _, form := range forms {
		if !seen[form] {
			t.Errorf("%s: the form %s never comes", what, form)
		}
	}
}

func wantKinds(t *testing.T, what string, rows []object, name string, kinds ...string) {
	t.Helper()
	seen := map[string]bool{}
	for _, row := range rows {
		switch row[name].(type) {
		case nil:
			seen["null"] = true
		case []any:
			seen["array"] = true
		case object:
			seen["object"] = true
		case string:
			seen["string"] = true
		}
	}
	for _, kind := range kinds {
		if !seen[kind] {
			t.Errorf("%s: never %s, only %v", what, kind, seen)
		}
	}
}
