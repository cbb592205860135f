package securityscorecardtest

import (
	"bytes"
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
	table, err := emulate.SecurityScorecardTable()
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
			if (op.Verb == http.MethodGet) != reads {
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
	t         *testing.T
	server    *Server
	table     *emulate.Table
	client    *http.Client
	close     func()
	domain    string // of a company that has a score
	portfolio string // that can be changed
}

func newWalker(t *testing.T, table *emulate.Table) *walker {
	t.Helper()
	server, err := listen("127.0.0.1:0", Options{}, table)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	w := &walker{
		t: t, server: server, table: table,
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		close: func() {
			transport.CloseIdleConnections()
			if err := server.Close(); err != nil {
				t.Error(err)
			}
		},
	}
	for _, r := range server.Records("portfolios") {
		if r["read_only"] != true && w.portfolio == "" {
			w.portfolio = r["id"].(string)
		}
	}
	for _, r := range server.Records("portfolio_companies") {
		if r["portfolio_id"] == w.portfolio && w.domain == "" {
			w.domain, _ = r["domain"].(string)
		}
	}
	return w
}

// told reports whether an operation has behaviour of its own.
func (w *walker) told(op *emulate.Operation) bool {
	return op.Path == exchangePath || w.server.platform.behaviour[op.Verb+" "+op.Path] != nil
}

func (w *walker) walk(op *emulate.Operation) error {
	if strings.HasPrefix(op.Path, "/reports/files/") {
		return nil // a file is there once a report was made: see TestReport
	}
	path := w.path(op)
	response, body, err := w.call(op, path)
	if err != nil {
		return err
	}
	if response.StatusCode != op.Status {
		return fmt.Errorf("%s: status %d, want %d: %.300s", path, response.StatusCode, op.Status, body)
	}
	switch {
	case op.Download:
		if len(body) == 0 {
			return fmt.Errorf("an empty file")
		}
		return nil
	case op.Answer.Known == "none":
		if len(body) > 0 && !w.told(op) {
			return fmt.Errorf("a body where none is known: %.100s", body)
		}
		return nil
	case !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json"):
		return fmt.Errorf("the media type is %q", response.Header.Get("Content-Type"))
	}
	checker := conform.Checker{Types: w.table.Types, Words: op.Verb == http.MethodGet}
	if w.told(op) {
		checker = conform.Checker{Types: w.table.Types, Loose: true, Less: true, Plain: odd}
	}
	return checker.Answer(op, body)
}

// odd accepts the odd forms that hand-written behaviour shows on purpose:
// booleans and dates as other text.
func odd(typeName string, v any) bool {
	_, isText := v.(string)
	return conform.Plain(typeName, v) || isText && slices.Contains([]string{"bool", "date", "datetime"}, typeName)
}

func (w *walker) call(op *emulate.Operation, path string) (*http.Response, []byte, error) {
	content, media, err := w.content(op)
	if err != nil {
		return nil, nil, err
	}
	request, err := http.NewRequestWithContext(w.t.Context(), op.Verb, w.server.URL+path, bytes.NewReader(content))
	if err != nil {
		return nil, nil, err
	}
	if media != "" {
		request.Header.Set("Content-Type", media)
	}
	if op.Path != exchangePath {
		request.Header.Set("Authorization", "Token "+w.server.Token)
	}
	response, err := w.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return response, body, err
}

// content is a request body of the row's kind.
func (w *walker) content(op *emulate.Operation) (content []byte, media string, err error) {
	checker := conform.Checker{Types: w.table.Types}
	body := checker.Body(op, w.names())
	if body == nil && w.told(op) && op.Verb == http.MethodPost {
		body = w.names() // the table has no type for it
	}
	if body == nil {
		return nil, "", nil
	}
	return conform.Encode(op, body)
}

// names are the values of members that must name something.
func (w *walker) names() map[string]any {
	return map[string]any{
		"client_id": w.server.AppID, "client_secret": w.server.AppSecret, "code": w.server.InstallCode,
		"portfolio_id": w.portfolio, "portfolios": []any{w.portfolio}, "ids": []any{w.portfolio}, "companies": []any{w.domain},
		"domain": w.domain, "scorecard_identifier": w.domain, "metricId": "m", "name": "n",
		"params": map[string]any{"scorecard_identifier": w.domain},
	}
}

// path fills the variables and adds the query that must be there.
func (w *walker) path(op *emulate.Operation) string {
	segments := strings.Split(op.Path, "/")
	for i, segment := range segments {
		before, rest, ok := strings.Cut(segment, "{")
		name, after, closed := strings.Cut(rest, "}")
		if ok && closed {
			segments[i] = before + url.PathEscape(w.id(op, segments[:i], name)) + after
		}
	}
	query := url.Values{}
	for _, p := range op.Params {
		if p.In == "query" && p.Required {
			query.Set(p.Name, w.argument(p))
		}
	}
	return strings.Join(segments, "/") + "?" + query.Encode()
}

// id is a value for the path variable behind some segments.
func (w *walker) id(op *emulate.Operation, before []string, name string) string {
	known := map[string]string{
		"scorecard_identifier": w.domain, "domain": w.domain, "portfolio_id": w.portfolio, "issue_type": "open_port", "type": "open_port",
		"effective_date": "2026-09-01", "industry": "energy", "username": w.server.Username, "facet": "grade", "score": "90", "app_id": w.server.AppID,
	}
	if v, ok := known[name]; ok {
		return v
	}
	if before[len(before)-1] == "portfolios" {
		return w.portfolio
	}
	for _, p := range op.Params {
		if p.Name == name && p.In == "path" {
			if v := w.argument(p); v != "asked" {
				return v
			}
		}
	}
	return w.server.platform.uuid("typed", "1")
}

func (w *walker) argument(p emulate.Param) string {
	typeName := strings.TrimPrefix(p.Type, "[]")
	if words := slices.Concat(p.Enum, w.table.Types[typeName].Enum); len(words) > 0 {
		return words[0]
	}
	samples := map[string]string{"int": "1", "float": "1.5", "bool": "true", "date": "2026-09-01", "datetime": "2026-09-01T00:00:00.000Z"}
	if v, ok := samples[typeName]; ok {
		return v
	}
	return "asked"
}
