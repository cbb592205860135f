package procoretest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/emulate"
	"github.com/cordage-go/cordage/internal/emulate/conform"
)

// Every operation of the table answers a valid request as the table says:
// status, media type, envelope, and each member of the answer's type.
func TestConformity(t *testing.T) {
	table, err := emulate.ProcoreTable()
	if err != nil {
		t.Fatal(err)
	}
	walkTable(t, table)
}

// walkTable calls every operation of a table: first what reads. What an
// earlier call has taken away is there again on a new server.
func walkTable(t *testing.T, table *emulate.Table) {
	w := newWalker(t, table)
	walked := 0
	for _, reads := range []bool{true, false} {
		for i := range table.Operations {
			op := &table.Operations[i]
			if (op.Verb == http.MethodGet) != reads || strings.HasPrefix(op.Path, "/oauth/") {
				continue
			}
			err := w.walk(op)
			if err != nil && !reads {
				w.close()
				w = newWalker(t, table)
				err = w.walk(op)
			}
			if err != nil {
				t.Errorf("%s %s: %v", op.Verb, op.Path, err)
			}
			walked++
		}
	}
	w.close()
	t.Logf("%d operations walked", walked)
}

// A walker calls the operations of one server in plain HTTP.
type walker struct {
	conform.Checker
	t      *testing.T
	server *Server
	client *http.Client
	close  func()
}

func newWalker(t *testing.T, table *emulate.Table) *walker {
	t.Helper()
	server, err := listen("127.0.0.1:0", nil, table)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	return &walker{
		Checker: conform.Checker{Types: table.Types}, t: t, server: server,
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		close: func() {
			transport.CloseIdleConnections()
			if err := server.Close(); err != nil {
				t.Error(err)
			}
		},
	}
}

func (w *walker) walk(op *emulate.Operation) error {
	told := w.server.platform.routes[op.Verb+" "+op.Path] != nil // by hand
	with := w.names(op)
	path := w.path(op, with)
	status, header, body, err := w.call(op, path, with)
	if err != nil {
		return err
	}
	if status != op.Status && op.Status != http.StatusNotModified {
		return fmt.Errorf("%s: status %d, want %d: %.300s", path, status, op.Status, body)
	}
	if op.Download {
		return w.download(op, path, status, header, body)
	}
	if op.Answer.Known == "none" || status == http.StatusNoContent {
		if len(body) > 0 && !told {
			return fmt.Errorf("a body where none is known: %.100s", body)
		}
		return nil
	}
	if media := header.Get("Content-Type"); !strings.HasPrefix(media, "application/json") {
		return fmt.Errorf("the media type is %q", media)
	}
	if status == http.StatusMultiStatus && op.Answer.Envelope != "" {
		if body, err = done(body); err != nil {
			return err
		}
	}
	checker := conform.Checker{Types: w.server.platform.types, Words: op.Verb == http.MethodGet, Loose: told}
	return checker.Answer(op, body)
}

// done turns an answer that tells what succeeded and what failed into one of
// the former alone.
func done(body []byte) ([]byte, error) {
	var answer struct {
		Data struct{ Success, Failed []any }
	}
	err := json.Unmarshal(body, &answer)
	if err != nil || answer.Data.Success == nil || answer.Data.Failed == nil {
		return nil, fmt.Errorf("%.300s does not tell what succeeded and what failed: %w", body, err)
	}
	return json.Marshal(map[string]any{"data": answer.Data.Success})
}

// download follows a file to where it lies. If it is still being made, it is
// there at the second try.
func (w *walker) download(op *emulate.Operation, path string, status int, header http.Header, body []byte) error {
	var err error
	if status == http.StatusAccepted {
		if status, header, body, err = w.call(op, path, nil); err != nil {
			return err
		}
	}
	if status == http.StatusFound {
		response, err := w.client.Get(header.Get("Location"))
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		status = response.StatusCode
		if body, err = io.ReadAll(response.Body); err != nil {
			return err
		}
	}
	if status != http.StatusOK || len(body) == 0 {
		return fmt.Errorf("the file is answered with status %d and %d bytes", status, len(body))
	}
	return nil
}

func (w *walker) call(op *emulate.Operation, path string, with map[string]any) (int, http.Header, []byte, error) {
	request, err := http.NewRequestWithContext(w.t.Context(), op.Verb, w.server.URL+path, http.NoBody)
	if err != nil {
		return 0, nil, nil, err
	}
	if body := w.Body(op, with); body != nil {
		content, media, err := conform.Encode(op, body)
		if err != nil {
			return 0, nil, nil, err
		}
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
		request.Header.Set("Content-Type", media)
	}
	request.Header.Set("Authorization", "Bearer "+w.server.AccessToken)
	request.Header.Set("Procore-Company-Id", fmt.Sprint(w.server.CompanyID))
	response, err := w.client.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, text, err
}

// path fills the variables and adds the query that must be there.
func (w *walker) path(op *emulate.Operation, with map[string]any) string {
	segments := strings.Split(op.Path, "/")
	for i, segment := range segments {
		before, rest, ok := strings.Cut(segment, "{")
		name, after, closed := strings.Cut(rest, "}")
		if ok && closed {
			segments[i] = before + fmt.Sprint(w.id(op, segments[:i], name, with)) + after
		}
	}
	query := url.Values{}
	for _, p := range op.Params {
		if v, ok := with[p.Name]; ok && p.In == "query" {
			query.Set(p.Name, fmt.Sprint(v))
		} else if p.In == "query" && p.Required {
			query.Set(p.Name, fmt.Sprint(w.argument(p)))
		}
	}
	if strings.HasPrefix(op.Path, "/rest/v1.0/webhooks") {
		query.Del("company_id") // exactly one of the two is sent
		if op.Body != nil {
			query.Del("project_id")
		}
	}
	return strings.Join(segments, "/") + "?" + query.Encode()
}

func (w *walker) argument(p emulate.Param) any {
	typeName := strings.TrimPrefix(p.Type, "[]")
	words := slices.Concat(p.Enum, w.Types[typeName].Enum)
	if len(words) > 0 {
		return words[0]
	}
	if p.Form == "range" {
		return "2026-01-01...2026-12-31"
	}
	samples := map[string]any{"int": 1, "bool": true, "date": "2026-03-01", "datetime": "2026-03-01T08:00:00Z"}
	if v, ok := samples[typeName]; ok {
		return v
	}
	return "asked"
}

// names are the values of members and parameters that must name something.
func (w *walker) names(op *emulate.Operation) map[string]any {
	with := map[string]any{
		"company_id": w.server.CompanyID, "project_id": w.server.ProjectID, "assignee_ids": []any{w.server.UserID}, "rfi_manager_id": w.server.UserID,
		"type_id": w.first("observation_types", nil), "email_address": "new@example.com", "destination_url": "https://example.com/hook",
		"standard_cost_code_list_id": 1,
		"namespace":                  "my-app", "event_type": "update", "payload_version": "v4.0", "time_zone": "US/Pacific",
	}
	if strings.HasPrefix(op.Path, "/rest/v1.0/webhooks") {
		delete(with, "company_id")
		trigger := map[string]any{"resource_name": "RFIs", "event_type": "update"}
		with["trigger"], with["triggers"] = trigger, []any{trigger}
	}
	if op.Path == rfiPath {
		with["id"] = w.first("rfis", nil)
	}
	if strings.Contains(op.Path, "/users/bulk_") {
		with["user_id"] = w.server.UserID
	}
	return with
}

// id is a value for the path variable behind some segments: a seeded record's
// where the records have behaviour of their own, else that of one of those that
// every other collection begins with.
func (w *walker) id(op *emulate.Operation, before []string, name string, with map[string]any) any {
	if name == "company_id" || name == "project_id" {
		return with[name]
	}
	noun := before[len(before)-1]
	inBin := strings.Contains(op.Path, "recycle_bin") || strings.HasSuffix(op.Path, "/retrieve")
	switch {
	case noun == "projects" || noun == "project":
		return w.server.ProjectID
	case noun == "companies":
		return w.server.CompanyID
	case noun == "inactive":
		return w.first(before[len(before)-2], func(r record) bool { return r["is_active"] == false && memberOf(r, fmt.Sprint(w.server.ProjectID)) })
	case noun == "items" && before[len(before)-2] == "observations":
		return w.first("observations", func(r record) bool { return deleted(r) == inBin })
	case noun == "hooks":
		return w.hook(op)
	case noun == "triggers" && name == "id":
		hook := w.hook(op)
		return w.first("triggers", func(r record) bool { return r["hook_id"] == hook })
	case noun == "replies":
		return w.first(noun, func(r record) bool { return r["rfi_id"] == w.first("rfis", nil) })
	case slices.Contains([]string{"users", "vendors", "rfis", "submittals", "observation_types"}, noun) && !strings.Contains(op.Path, "workforce"):
		return w.first(noun, func(r record) bool { return deleted(r) == inBin && r["is_active"] != false })
	case inBin:
		return typedID(3)
	}
	return typedID(1)
}

// first is the id of the first record of the walker's project, or company,
// that fits.
func (w *walker) first(collection string, fits func(record) bool) any {
	for _, r := range w.server.Records(collection) {
		if r["company_id"] != w.server.CompanyID || r["project_id"] != nil && r["project_id"] != w.server.ProjectID {
			continue
		}
		if fits == nil || fits(r) {
			return r["id"]
		}
	}
	return 0
}

func (w *walker) hook(op *emulate.Operation) any {
	company := strings.HasPrefix(op.Path, "/rest/v2.0") && !strings.Contains(op.Path, "{project_id}")
	return w.first("hooks", func(r record) bool { return (r["project_id"] == nil) == company })
}
