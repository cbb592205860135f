package scorotest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCreateAndUpdate(t *testing.T) {
	s := start(t, nil)
	made := data[object](t, s, "/projects/modify", `{$token,"request":{"project_name":"New","is_private":true,"custom_fields":[{"id":"c_a","value":1},{"id":"c_b","value":"x"}]}}`)
	if fmt.Sprint(made["project_id"]) != "244" || made["project_name"] != "New" {
		t.Fatalf("made: %v", made)
	}
	if status, text := post(t, s, "/projects/modify/244", `{$token,"request":{"description":"changed","custom_fields":[{"id":"c_b","value":"y"}],"nonsense":1}}`); text != `{"messages":null,"status":"OK","statusCode":200}` {
		t.Errorf("an update without return_data: %d, %s", status, text)
	}
	got, _ := s.Record("projects", 244)
	want := []any{
		object{"id": "c_a", "name": "A", "type": "number", "value": int64(1)},
		object{"id": "c_b", "name": "B", "type": "text", "value": "y"},
	}
	if got["project_name"] != "New" || got["description"] != "changed" || got["is_private"] != true || got["nonsense"] != nil || got["manager_id"] != int64(1) {
		t.Errorf("after the update: %v", got)
	}
	if diff := cmp.Diff(want, got["custom_fields"]); diff != "" {
		t.Errorf("custom fields (-want +got):\n%s", diff)
	}
	if again := data[object](t, s, "/projects/modify/244", `{$token,"return_data":1,"request":{"description":""}}`); again["description"] != "" {
		t.Errorf("an update with return_data: %v", again)
	}
	if _, text := post(t, s, "/projects/modify/0", `{$token,"return_data":0,"request":{"project_name":"Quiet"}}`); strings.Contains(text, "data") {
		t.Errorf("a new record without return_data: %s", text)
	}
	if _, ok := s.Record("projects", 245); !ok {
		t.Error("modify with id 0 made nothing")
	}
}

func TestDatesOfChange(t *testing.T) {
	s := start(t, nil)
	data[object](t, s, "/tasks/modify", `{$token,"request":{"event_name":"New","created_date":"2020-01-01T00:00:00Z"}}`)
	made, _ := s.Record("tasks", 321)
	if made["created_date"] != "2026-03-02T09:00:01+02:00" || made["modified_date"] != made["created_date"] {
		t.Errorf("made: %v, %v", made["created_date"], made["modified_date"])
	}
	post(t, s, "/tasks/modify/321", `{$token,"request":{"event_name":"Newer"}}`)
	changed, _ := s.Record("tasks", 321)
	if changed["created_date"] != made["created_date"] || changed["modified_date"] != "2026-03-02T09:00:02+02:00" {
		t.Errorf("changed: %v, %v", changed["created_date"], changed["modified_date"])
	}
}

func TestLinesAreReplacedWhole(t *testing.T) {
	s := start(t, nil)
	made := data[object](t, s, "/invoices/modify", `{$token,"request":{"company_id":1,"vat":"24","lines":[
		{"comment":"a","price":"10.10","amount":3},{"comment":"b","price":"0.20","amount":"1.5","discount":50}]}}`)
	record, _ := s.Record("invoices", 91)
	lines := record["lines"].([]any)
	if record["sum"] != "30.45" || record["vat_sum"] != "7.31" || len(lines) != 2 || fmt.Sprint(made["id"]) != "91" {
		t.Fatalf("made: %v", record)
	}
	kept := lines[1].(object)["id"]
	data[object](t, s, "/invoices/modify/91", fmt.Sprintf(`{$token,"return_data":true,"request":{"lines":[{"id":%v,"price":1},{"comment":"c"}]}}`, kept))
	record, _ = s.Record("invoices", 91)
	lines = record["lines"].([]any)
	first, second := lines[0].(object), lines[1].(object)
	if len(lines) != 2 || first["id"] != kept || first["comment"] != "b" || first["price"] != "1" || second["comment"] != "c" || record["sum"] != "0.75" {
		t.Errorf("after the update: %v", record)
	}
	post(t, s, "/invoices/modify/91", `{$token,"request":{"description":"lines were not sent"}}`)
	if record, _ = s.Record("invoices", 91); len(record["lines"].([]any)) != 2 {
		t.Error("an update without lines removed them")
	}
	post(t, s, "/invoices/modify/91", `{$token,"request":{"lines":[]}}`)
	if record, _ = s.Record("invoices", 91); len(record["lines"].([]any)) != 0 || record["sum"] != "0.00" {
		t.Errorf("an update with no lines: %v", record["lines"])
	}
}

func TestTimeEntries(t *testing.T) {
	s := start(t, nil)
	data[object](t, s, "/timeEntries/modify", `{$token,"request":{"event_id":"5","duration":"01:30:59","time_entry_date":"2026-03-02","is_completed":1}}`)
	got, _ := s.Record("timeEntries", 1001)
	if got["user_id"] != int64(1) || got["event_type"] != "task" || got["duration"] != "01:30:00" || got["completed_datetime"] == nil {
		t.Errorf("with a token: %v", got)
	}
	data[object](t, s, "/timeEntries/modify", `{$key,"request":{"event_id":1,"event_type":"cal","user_id":3}}`)
	if got, _ := s.Record("timeEntries", 1002); got["user_id"] != int64(3) {
		t.Errorf("with the key: %v", got)
	}
	data[object](t, s, "/timeEntries/modify/1002", `{$token,"return_data":1,"request":{"invoice_line_id":7}}`)
	if _, text := post(t, s, "/timeEntries/setDone/1", `{$token}`); text != `{"messages":null,"status":"OK","statusCode":200}` {
		t.Errorf("setDone: %s", text)
	}
	post(t, s, "/tasks/setDone/2", `{$token,"request":{"completed_datetime":"2026-03-01T10:00:00Z"}}`)
	if task, _ := s.Record("tasks", 2); task["is_completed"] != true || task["datetime_completed"] != "2026-03-01T12:00:00+02:00" {
		t.Errorf("task: %v", task)
	}
}

func TestDelete(t *testing.T) {
	s := start(t, nil)
	if status, text := post(t, s, "/projects/delete/5", `{$token,"request":{}}`); status != 200 || text != `{"messages":null,"status":"OK","statusCode":"200"}` {
		t.Errorf("delete: %d, %s", status, text)
	}
	if got, _ := s.Record("projects", 5); got["is_deleted"] != true || got["deleted_date"] == nil {
		t.Errorf("record: %v", got)
	}
	for _, path := range []string{"/projects/view/5", "/projects/modify/5"} {
		if status, _ := post(t, s, path, `{$token,"request":{"description":"x"}}`); status != 404 {
			t.Errorf("%s: %d, want 404", path, status)
		}
	}
	for members, want := range map[string]int{``: 239, `,"include_deleted":"1"`: 243, `,"request":{"include_deleted":1}`: 243} {
		if n := len(all(t, s, "projects", members)); n != want {
			t.Errorf("%q: %d projects, want %d", members, n, want)
		}
	}
}

func TestBatchModify(t *testing.T) {
	s := start(t, nil)
	rows := data[[]object](t, s, "/calendar/batchModify", `{$token,"request":[
		{"event_name":"New"},{"event_id":1,"event_name":"Changed"},{"event_id":999},{"event_name":""},{"event_id":"x"},7]}`)
	var outcomes []string
	for _, row := range rows {
		outcomes = append(outcomes, fmt.Sprint(row["action"], row["errors"]))
	}
	want := []string{
		"create[]", "modify[]", "modify[calendar: no record has the id 999]", "create[event_name is required]",
		"create[event_id must be a whole number]", "<nil> [must be an object]",
	}
	if diff := cmp.Diff(want, outcomes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, _ := s.Record("calendar", 1); got["event_name"] != "Changed" {
		t.Errorf("event 1: %v", got)
	}
	if _, text := post(t, s, "/calendar/batchModify", `{$token,"request":[]}`); text != `{"data":null,"messages":null,"status":"OK","statusCode":200}` {
		t.Errorf("an empty batch: %s", text)
	}
}

func TestPDF(t *testing.T) {
	s := start(t, nil)
	link := data[object](t, s, "/invoices/pdf/3", `{$token}`)["pdf_link"].(string)
	fetch := func(header http.Header) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), "GET", link, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header = header
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	if status, body := fetch(http.Header{}); status != 200 || !strings.HasPrefix(body, "%PDF-") || !strings.Contains(body, "invoices-3") {
		t.Errorf("%d, %s", status, body)
	}
	if status, _ := fetch(http.Header{"Authorization": {"x"}}); status != 400 {
		t.Errorf("with a credential: %d, want 400", status)
	}
}

func TestWebhooks(t *testing.T) {
	s := start(t, nil)
	var probes []string
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probes = append(probes, r.Method) // one probe at a time
		if r.URL.Path != "/good" {
			http.Redirect(w, r, "/good", http.StatusFound)
		}
	}))
	defer hook.Close()
	subscribe := `{$token,"request":{"module":"projects","action":"any","owners":["me"],"url":"` + hook.URL
	made := data[object](t, s, "/webhooks/subscribe", subscribe+`/good"}}`)
	if fmt.Sprint(made["id"]) != "1" || len(probes) != 1 || probes[0] != "GET" {
		t.Errorf("made %v after %v", made, probes)
	}
	if status, text := post(t, s, "/webhooks/subscribe", subscribe+`/moved"}}`); status != 400 || !strings.Contains(text, "302") {
		t.Errorf("an address that redirects: %d, %s", status, text)
	}
	if rows := list(t, s, "webhooks", ""); len(rows) != 1 {
		t.Errorf("webhooks: %v", rows)
	}
	post(t, s, "/webhooks/unsubscribe/1", `{$token}`)
	if rows := list(t, s, "webhooks", ""); len(rows) != 0 {
		t.Errorf("after unsubscribing: %v", rows)
	}
	hook.Close()
	if status, _ := post(t, s, "/webhooks/subscribe", subscribe+`/good"}}`); status != 400 {
		t.Errorf("an address that does not answer: %d", status)
	}
}

func TestRelatedObjects(t *testing.T) {
	s := start(t, nil)
	task, _ := s.Record("tasks", 1)
	project := task["project_id"]
	blocks := data[map[string]struct{ Items, Totals []object }](t, s, fmt.Sprintf("/projects/getRelatedObjects/%v", project), `{$token}`)
	var tasks []string
	for _, item := range blocks["tasks"].Items {
		tasks = append(tasks, fmt.Sprint(item["id"]))
	}
	want := []string{}
	for _, r := range s.Records("tasks") {
		if r["project_id"] == project {
			want = append(want, fmt.Sprint(r["event_id"]))
		}
	}
	if !cmp.Equal(tasks, want) {
		t.Errorf("tasks %v, want %v", tasks, want)
	}
}
