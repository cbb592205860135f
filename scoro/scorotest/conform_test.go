package scorotest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
	"github.com/cordage-go/cordage/internal/emulate/conform"
)

// Every operation of the table answers a valid request as the table says:
// envelope, media type, and each member of the answer's type.
func TestConformity(t *testing.T) {
	table, err := emulate.ScoroTable()
	if err != nil {
		t.Fatal(err)
	}
	walkTable(t, table)
}

// walkTable calls every operation of a table. What deletes comes last, since
// another operation may want the record.
func walkTable(t *testing.T, table *emulate.Table) {
	s := newServer(table, &Options{})
	var err error
	if s.server, err = emulate.Listen("127.0.0.1:0", s.router, s.answer); err != nil {
		t.Fatal(err)
	}
	s.URL = s.server.URL + root
	transport := &http.Transport{}
	w := walker{t: t, server: s, table: table, client: &http.Client{Transport: transport}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	walked := 0
	for _, last := range []bool{false, true} {
		for i := range table.Operations {
			op := &table.Operations[i]
			if isEnd(op.Path) != last {
				continue
			}
			if err := w.walk(op); err != nil {
				t.Errorf("%s: %v", op.Path, err)
			}
			walked++
		}
	}
	t.Logf("%d operations walked", walked)
}

func isEnd(path string) bool {
	return strings.Contains(path, "/delete") || strings.Contains(path, "/unsubscribe") || strings.Contains(path, "/removeRelation")
}

// A walker calls the operations of one server in plain HTTP.
type walker struct {
	t      *testing.T
	server *Server
	table  *emulate.Table
	client *http.Client
}

func (w *walker) walk(op *emulate.Operation) error {
	body := w.body(op)
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	name, _, _ := strings.Cut(strings.Trim(op.Path, "/"), "/")
	path := strings.ReplaceAll(op.Path, "{id}", fmt.Sprint(w.id(name)))
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+path, strings.NewReader(string(text)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := w.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s with %s: status %d: %.300s", path, text, response.StatusCode, answer)
	}
	if op.Download {
		if len(answer) == 0 {
			return fmt.Errorf("an empty file")
		}
		return nil
	}
	return w.check(op, response.Header.Get("Content-Type"), text, answer)
}

func (w *walker) check(op *emulate.Operation, media string, sent, answer []byte) error {
	if !strings.HasPrefix(media, "application/json") {
		return fmt.Errorf("the media type is %q", media)
	}
	v, err := conform.Read(answer)
	if err != nil {
		return err
	}
	envelope, _ := v.(map[string]any)
	if envelope["status"] != "OK" {
		return fmt.Errorf("%s is answered %.300s", sent, answer)
	}
	data := envelope["data"]
	if op.Answer.Known != "typed" || data == nil && strings.Contains(op.Path, "/modify") {
		return nil
	}
	if r, ok := data.(map[string]any); ok && op.Answer.Items != "" {
		data = r[op.Answer.Items]
	}
	checker := conform.Checker{Types: w.table.Types, Loose: true, Less: true, Plain: odd}
	return checker.Value(op.Answer.Type, nil, data)
}

// body is the envelope of a valid request.
func (w *walker) body(op *emulate.Operation) map[string]any {
	s := w.server
	if op.Path == "/userAuth/modify" {
		return map[string]any{
			"lang": "eng", "company_account_id": s.CompanyAccount, "username": s.Username, "password": s.Password,
			"device_type": "server", "device_name": "walker", "device_id": "walker-1", "request": map[string]any{},
		}
	}
	body := map[string]any{"lang": "eng", "company_account_id": s.CompanyAccount, "user_token": s.UserToken, "detailed_response": true, "return_data": 1}
	if op.Credential == "api_key" {
		delete(body, "user_token")
		body["apiKey"] = s.APIKey
	}
	checker := conform.Checker{Types: w.table.Types}
	body["request"] = checker.Body(op, w.names())
	if special, ok := specials[op.Path]; ok {
		body["request"] = special
	}
	if body["request"] == nil {
		body["request"] = map[string]any{}
	}
	return body
}

// names are the values of members that must name something, or have one of a
// few forms.
func (w *walker) names() map[string]any {
	return map[string]any{
		"company_id": w.id("companies"), "person_id": w.id("persons"), "project_id": w.id("projects"), "event_id": w.id("tasks"), "event_type": "task",
		"user_id": 1, "module": "projects", "object_id": w.id("projects"), "contact_type": "company", "language": "eng", "custom_fields": []any{},
		"url": "http://127.0.0.1:1/hook", "action": "any", "is_deleted": false, "tags": []any{}, "means_of_contact": map[string]any{},
	}
}

// specials are requests that no type of the table describes.
var specials = map[string]any{
	"/persons/modify": map[string]any{"name": "sent"}, "/persons/modify/{id}": map[string]any{"name": "sent"},
	"/comments/list":             map[string]any{"module": "projects", "object_id": 1},
	"/search/list":               map[string]any{"search_phrase": "a"},
	"/webhooks/subscribe":        map[string]any{"module": "projects", "action": "any", "url": "https://example.com/hook"},
	"/relations/modify":          map[string]any{"object_id": 1, "type": "projects", "related_objects": []any{1}},
	"/relations/delete":          map[string]any{"object_id": 1, "type": "projects", "related_objects": []any{1}},
	"/files/modify":              map[string]any{"name": "a.txt", "size": 2, "chunk_no": 1, "chunks_total": 1, "chunk_data": "aGk="},
	"/files/addRelation/{id}":    map[string]any{"rel_type": "projects", "rel_id": 1},
	"/files/removeRelation/{id}": map[string]any{"rel_type": "projects", "rel_id": 1},
}

// id is the id of a module's first record.
func (w *walker) id(module string) int64 {
	m := w.server.modules[module]
	if m == nil {
		return 0
	}
	for _, r := range w.server.Records(module) {
		if id, ok := r[m.key].(int64); ok {
			return id
		}
	}
	return 1
}

var duration = regexp.MustCompile(`^\d{2,}:\d{2}:\d{2}$`)

// odd accepts the forms that Scoro writes values in.
func odd(typeName string, v any) bool {
	text, isText := v.(string)
	if text == "" && isText || conform.Plain(typeName, v) {
		return true
	}
	if list, ok := v.([]any); ok {
		return len(list) == 0 && (typeName == "customfields" || typeName == "text")
	}
	number, isNumber := v.(json.Number)
	if isNumber {
		text = number.String()
	}
	switch typeName {
	case "int":
		return conform.Plain("int", json.Number(text))
	case "bool":
		return text == "0" || text == "1" || text == "true" || text == "false"
	case "duration":
		return duration.MatchString(text)
	case "date":
		return text == "0000-00-00" || strings.HasPrefix(text, "0000-")
	case "datetime":
		_, zoneless := time.Parse(time.DateTime, text)
		_, short := time.Parse("2006-01-02T15:04:05-0700", text)
		return zoneless == nil || short == nil || text == "0000-00-00 00:00:00" || text == "0000-00-00"
	case "string", "secret":
		_, isTag := v.(map[string]any)
		return isNumber || isTag
	}
	return false
}
