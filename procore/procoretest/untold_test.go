package procoretest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/emulate"
)

// widgets is a table of records that have no behaviour of their own, in the
// shapes that paths come in: flat and nested, in three versions, with a bin.
func widgets() *emulate.Table {
	project := emulate.Param{Name: "project_id", In: "query", Type: "int", Required: true}
	op := func(verb, path, body, answer string, more ...emulate.Param) emulate.Operation {
		o := emulate.Operation{Verb: verb, Path: path, Status: 200, Params: more, Answer: emulate.Success{Known: "typed", Type: answer}}
		if answer == "" {
			o.Status, o.Answer = 204, emulate.Success{Known: "none"}
		}
		if strings.HasPrefix(path, "/rest/v2") && answer != "" {
			o.Answer.Envelope = "data"
		}
		if body != "" {
			o.Body = &emulate.Body{Type: body, Wrapper: "widget"}
		}
		return o
	}
	nested, flat := "/rest/v1.0/projects/{project_id}/widgets", "/rest/v1.1/widgets"
	v2 := "/rest/v2.0/companies/{company_id}/projects/{project_id}/widgets"
	bin := "/rest/v1.0/projects/{project_id}/recycle_bin/widgets"
	made := op("POST", nested, "WidgetInput", "Widget")
	made.Status = 201
	form := op("POST", nested+"/upload", "WidgetInput", "Widget")
	form.Body.Content = "multipart/form-data"
	paged := op("GET", nested, "", "[]Widget")
	paged.Paging = "linked"
	sync := op("PATCH", nested+"/sync", "", "[]Widget")
	sync.Body, sync.Answer.Items, sync.Partial = &emulate.Body{Type: "[]WidgetInput", Wrapper: "updates"}, "entities", true
	gone := op("DELETE", nested+"/bulk_destroy", "", "Outcome")
	gone.Status, gone.Body = 207, &emulate.Body{Type: "[]int", Wrapper: "ids"}
	pdf := op("GET", v2+"/{widget_id}/pdf", "", "")
	pdf.Status, pdf.Download = 202, true
	csv := op("GET", v2+"/csv_exports/{export_id}", "", "")
	csv.Status, csv.Download = 302, true
	replaced := op("PUT", nested+"/{id}", "WidgetInput", "Widget")
	return &emulate.Table{
		Operations: []emulate.Operation{
			paged, made, form, sync, gone, pdf, csv, replaced,
			op("GET", nested+"/{id}", "", "Widget"), op("PATCH", nested+"/{id}", "WidgetInput", "Widget"), op("DELETE", nested+"/{id}", "", ""),
			op("GET", flat, "", "[]Widget", project), op("GET", flat+"/{id}", "", "Widget"), op("POST", flat+"/{widget_id}/parts", "Part", "Part"),
			op("GET", flat+"/{widget_id}/parts", "", "[]Part"), op("GET", v2, "", "[]WidgetV2"), op("GET", v2+"/{widget_id}", "", "WidgetV2"),
			op("GET", bin, "", "[]Widget"), op("GET", bin+"/{id}", "", "Widget"), op("PATCH", bin+"/{id}/restore", "", ""),
			op("GET", nested+"/settings", "", "Settings"), op("PATCH", nested+"/settings", "Settings", "Settings"),
			op("POST", nested+"/{id}/publish", "", "Widget"), op("GET", "/rest/v1.0/companies/{company_id}/widgets", "", "[]Widget"),
			op("GET", "/rest/v1.0/countries/{code}", "", "Country"),
		},
		Types: map[string]emulate.Type{
			"Widget": {Fields: []emulate.Field{
				{Name: "id", Type: "int"}, {Name: "name", Type: "string"}, {Name: "status", Type: "string", Enum: []string{"draft", "published"}},
				{Name: "size", Type: "decimal"}, {Name: "due", Type: "date"}, {Name: "owner", Type: "Owner"}, {Name: "attachments", Type: "[]Attachment"},
			}},
			"WidgetV2":    {Fields: []emulate.Field{{Name: "id", Type: "string"}, {Name: "name", Type: "string"}, {Name: "size", Type: "decimal"}}},
			"WidgetInput": {Fields: []emulate.Field{{Name: "id", Type: "int"}, {Name: "name", Type: "string", Required: true}, {Name: "size", Type: "decimal"}, {Name: "due", Type: "date"}, {Name: "owner_id", Type: "int"}}},
			"Owner":       {Fields: []emulate.Field{{Name: "id", Type: "int"}, {Name: "login", Type: "string"}}},
			"Attachment":  {Fields: []emulate.Field{{Name: "id", Type: "int"}, {Name: "filename", Type: "string"}}},
			"Part":        {Fields: []emulate.Field{{Name: "id", Type: "int"}, {Name: "label", Type: "string"}}},
			"Settings":    {Fields: []emulate.Field{{Name: "on", Type: "bool"}, {Name: "limit", Type: "int"}}},
			"Country":     {Fields: []emulate.Field{{Name: "code", Type: "string"}}},
			"Outcome":     {Fields: []emulate.Field{{Name: "succeeded", Type: "[]int"}, {Name: "failed", Type: "[]Failure"}}},
			"Failure":     {Fields: []emulate.Field{{Name: "id", Type: "int"}, {Name: "code", Type: "int"}, {Name: "message", Type: "string"}}},
		},
	}
}

// A maker of widgets asks a server in plain HTTP.
type maker struct {
	*walker
	t *testing.T
}

func newMaker(t *testing.T) maker {
	w := newWalker(t, widgets())
	t.Cleanup(w.close)
	return maker{w, t}
}

// ask sends a body and wants a status and, in the answer, some texts. The
// path's $P is the project and $C the company.
func (m maker) ask(verb, path, body string, status int, wants ...string) map[string]any {
	m.t.Helper()
	return m.send(verb, path, "application/json", body, status, wants...)
}

func (m maker) send(verb, path, media, body string, status int, wants ...string) map[string]any {
	m.t.Helper()
	path = strings.NewReplacer("$P", fmt.Sprint(m.server.ProjectID), "$C", fmt.Sprint(m.server.CompanyID)).Replace(path)
	request, err := http.NewRequestWithContext(m.t.Context(), verb, m.server.URL+"/rest"+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	request.Header = http.Header{"Authorization": {"Bearer " + m.server.AccessToken}, companyHeader: {fmt.Sprint(m.server.CompanyID)}, "Content-Type": {media}}
	response, err := m.client.Do(request)
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	if response.StatusCode != status {
		m.t.Fatalf("%s %s: status %d, want %d: %s", verb, path, response.StatusCode, status, text)
	}
	for _, want := range wants {
		if not, found := strings.CutPrefix(want, "!"); found == strings.Contains(string(text), not) {
			m.t.Errorf("%s %s: want %s in %s", verb, path, want, text)
		}
	}
	var r map[string]any
	_ = json.Unmarshal(text, &r) // lists and empty answers are no records
	return r
}

// What one version makes, in one scope, the others have too, with ids of their form.
func TestVersionsShareRecords(t *testing.T) {
	m := newMaker(t)
	made := m.ask("POST", "/v1.0/projects/$P/widgets", `{"widget":{"name":"shared","size":1.50,"due":"2026-03-01","owner_id":7}}`, 201,
		`"name":"shared"`, `"size":"1.50"`, `"due":"2026-03-01"`, `"owner":{"id":7,"login":""}`, `"status":"draft"`, `"attachments":[]`)
	id := fmt.Sprintf("%.0f", made["id"])
	m.ask("GET", "/v1.1/widgets?project_id=$P", "", 200, `"id":`+id, "shared", `"id":562950043421313`)
	m.ask("GET", "/v2.0/companies/$C/projects/$P/widgets", "", 200, `{"data":[`, `"id":"`+id+`"`, "shared", `"size":"1.50"`)
	m.ask("GET", "/v2.0/companies/$C/projects/$P/widgets/"+id, "", 200, `"name":"shared"`)
	m.ask("GET", "/v1.1/widgets/"+id, "", 200, `"name":"shared"`) // of no named project
	m.ask("GET", "/v1.0/companies/$C/widgets", "", 200, "!shared")
	m.ask("PATCH", "/v1.0/projects/$P/widgets/"+id, `{"widget":{"size":"2","due":null}}`, 200, `"size":"2"`, `"name":"shared"`, `"due":null`)
	m.ask("PUT", "/v1.0/projects/$P/widgets/"+id, `{"widget":{"name":"replaced"}}`, 200, `"size":"0"`, `"name":"replaced"`, `"id":`+id)
	m.ask("POST", "/v1.0/projects/$P/widgets/"+id+"/publish", "", 200, `"status":"published"`)
	m.ask("POST", "/v1.1/widgets/"+id+"/parts", `{"widget":{"label":"left"}}`, 200, `"label":"left"`)
	m.ask("GET", "/v1.1/widgets/"+id+"/parts", "", 200, "left")
	m.ask("DELETE", "/v1.0/projects/$P/widgets/"+id, "", 204)
	m.ask("GET", "/v1.1/widgets/"+id, "", 404)
	m.ask("GET", "/v1.1/widgets/"+id+"/parts", "", 200) // what is in the bin keeps its parts
}

func TestRecycleBin(t *testing.T) {
	m := newMaker(t)
	m.ask("GET", "/v1.0/projects/$P/recycle_bin/widgets", "", 200, `"id":562950043421315`, "!562950043421314")
	m.ask("GET", "/v1.0/projects/$P/widgets", "", 200, `"id":562950043421314`, "!562950043421315")
	m.ask("GET", "/v1.0/projects/$P/widgets/562950043421315", "", 404)
	m.ask("PATCH", "/v1.0/projects/$P/recycle_bin/widgets/562950043421315/restore", "", 204)
	m.ask("PATCH", "/v1.0/projects/$P/recycle_bin/widgets/562950043421315/restore", "", 404) // it is there no longer
	m.ask("GET", "/v1.0/projects/$P/widgets/562950043421315", "", 200)
	m.ask("GET", "/v1.0/projects/$P/recycle_bin/widgets/562950043421315", "", 404)
	m.ask("DELETE", "/v1.0/projects/$P/widgets/562950043421313", "", 204)
	m.ask("GET", "/v1.0/projects/$P/recycle_bin/widgets/562950043421313", "", 200)
}

func TestManyWidgets(t *testing.T) {
	m := newMaker(t)
	synced := m.ask("PATCH", "/v1.0/projects/$P/widgets/sync", `{"updates":[{"name":"a","origin_id":"o1"},{"origin_id":"o2"},{"id":562950043421313,"name":"b"},{"id":9,"name":"c"}]}`, 200,
		`"name":"a"`, `"name":"b"`, `"errors":{"name":["can't be blank"]}`, `"errors":{"id":["does not exist"]}`)
	if entities, errors := synced["entities"].([]any), synced["errors"].([]any); len(entities) != 2 || len(errors) != 2 {
		t.Errorf("%d entities and %d errors, want 2 and 2", len(entities), len(errors))
	}
	m.ask("PATCH", "/v1.0/projects/$P/widgets/sync", `{"updates":[{"name":"again","origin_id":"o1"}]}`, 200, "again")
	m.ask("GET", "/v1.0/projects/$P/widgets", "", 200, "again", `"name":"b"`, `!"name":"a"`)
	m.ask("DELETE", "/v1.0/projects/$P/widgets/bulk_destroy", `{"ids":[562950043421313,562950043421314,9]}`, 207,
		`"succeeded":[562950043421313,562950043421314]`, `"failed":[{"code":404,"id":9,"message":"record 9 does not exist"}]`)
	m.ask("GET", "/v1.0/projects/$P/widgets", "", 200, "!562950043421313")
}

func TestSettingsAreKept(t *testing.T) {
	m := newMaker(t)
	m.ask("GET", "/v1.0/projects/$P/widgets/settings", "", 200, `"limit":1`)
	m.ask("PATCH", "/v1.0/projects/$P/widgets/settings", `{"widget":{"limit":9}}`, 200, `"limit":9`)
	m.ask("GET", "/v1.0/projects/$P/widgets/settings", "", 200, `"limit":9`)
}

func TestFormsAndFiles(t *testing.T) {
	m := newMaker(t)
	var form strings.Builder
	writer := multipart.NewWriter(&form)
	part, err := writer.CreateFormFile("attachments[]", "plan.pdf")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("%PDF"))
	for name, value := range map[string]string{"widget[name]": "drawn", "widget[owner_id]": "7"} {
		if err := writer.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	m.send("POST", "/v1.0/projects/$P/widgets/upload", writer.FormDataContentType(), form.String(), 200,
		`"name":"drawn"`, `"owner":{"id":7`, `"filename":"plan.pdf"`)
	m.ask("GET", "/v2.0/companies/$C/projects/$P/widgets/562950043421313/pdf", "", 202)
	m.ask("GET", "/v2.0/companies/$C/projects/$P/widgets/562950043421313/pdf", "", 302)
	m.ask("GET", "/v2.0/companies/$C/projects/$P/widgets/9/pdf", "", 404)
}

func TestUntoldRefusals(t *testing.T) {
	m := newMaker(t)
	widgets := "/v1.0/projects/$P/widgets"
	m.ask("POST", widgets, `{"widget":{"size":1}}`, 422, `{"errors":{"name":["can't be blank"]}}`)
	m.ask("POST", widgets, `{"name":"x"}`, 400, "param is missing or the value is empty: widget")
	m.ask("POST", widgets, `{`, 400)
	m.send("POST", widgets, "text/csv", "a,b", 406)
	m.ask("GET", widgets+"/9", "", 404)
	m.ask("GET", widgets+"/99999999999999999999999999", "", 404)
	m.ask("PATCH", widgets+"/9", `{"widget":{}}`, 404)
	m.ask("DELETE", widgets+"/x%2F..%2Fy", "", 404)
	m.ask("PUT", widgets, `{}`, 405)
	m.ask("GET", "/v1.1/widgets", "", 400)
	m.ask("GET", "/v1.0/projects/9/widgets", "", 404)
	m.ask("GET", "/v1.0/companies/9/widgets", "", 404)
	m.ask("GET", "/v1.1/widgets/9/parts", "", 404)
	m.ask("GET", "/v1.0/countries/EE", "", 200, `{"code":"EE"}`) // nobody lists them: every code is there
	m.ask("DELETE", widgets+"/bulk_destroy", `{"ids":7}`, 400)
	m.ask("DELETE", widgets+"/bulk_destroy", `{"ids":[{},[],null,"x"]}`, 207)
	m.ask("PATCH", widgets+"/562950043421313", `{"widget":{"id":5,"name":{"x":[1]},"size":"big","_made":3,"deleted":true,"owner_id":[{}]}}`, 200, `"id":562950043421313`)
	m.ask("GET", widgets+"/562950043421313", "", 200)
}

// Whatever is asked for, the emulator answers, and not with a mistake of its own.
func FuzzUntold(f *testing.F) {
	table := widgets()
	router := newRouter(table)
	for _, seed := range [][3]string{
		{"GET", "/rest/v1.0/projects/562949957421313/widgets", ""},
		{"POST", "/rest/v1.0/projects/562949957421313/widgets", `{"widget":{"name":"x","owner_id":[[[]]]}}`},
		{"PATCH", "/rest/v1.0/projects/562949957421313/widgets/sync", `{"updates":[{"id":{}},{"origin_id":[]}]}`},
		{"DELETE", "/rest/v1.0/projects/562949957421313/widgets/bulk_destroy", `{"ids":[null,{"id":{}}]}`},
		{"PATCH", "/rest/v1.0/projects/562949957421313/widgets/settings", `{"widget":{"on":"maybe","limit":1e999}}`},
		{"GET", "/rest/v2.0/companies/1/projects/%2e%2e/widgets/%00/pdf", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, verb, path, body string) {
		request, err := http.NewRequest(verb, "http://localhost"+path, strings.NewReader(body))
		if err != nil {
			return
		}
		p := newPlatform(table, &Options{Empty: true}, "")
		p.state.Put("projects", projectID(0), record{"id": projectID(0), "company_id": companyID(0)})
		s := newServer(p, &emulate.Server{}, &emulate.Server{})
		request.Header = http.Header{"Authorization": {"Bearer " + s.AccessToken}, companyHeader: {fmt.Sprint(s.CompanyID)}, "Content-Type": {"application/json"}}
		for range 2 {
			call := router.Find(request)
			call.Content = []byte(body)
			if a := p.answer(call); a.Status >= http.StatusInternalServerError {
				t.Errorf("%s %s: status %d: %s", verb, path, a.Status, a.Body)
			}
		}
	})
}

// An export lies in the storage in the format that its path names.
func TestExportsAreWhatTheyAreCalled(t *testing.T) {
	m := newMaker(t)
	request, err := http.NewRequestWithContext(t.Context(), "GET", fmt.Sprintf("%s/rest/v2.0/companies/%d/projects/%d/widgets/csv_exports/9", m.server.URL, m.server.CompanyID, m.server.ProjectID), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Authorization": {"Bearer " + m.server.AccessToken}, companyHeader: {fmt.Sprint(m.server.CompanyID)}}
	there, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = there.Body.Close()
	file, err := http.Get(there.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Body.Close() }()
	if text, _ := io.ReadAll(file.Body); file.Header.Get("Content-Type") != "text/csv" || strings.Contains(string(text), "PDF") {
		t.Errorf("status %d, then %s: %s", there.StatusCode, file.Header.Get("Content-Type"), text)
	}
}
