package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/value"
)

// What a write of unknown outcome was about is told with the error.
func TestKeys(t *testing.T) {
	long := strings.Repeat("ä", 500)
	var many strings.Builder
	for i := range 30 {
		fmt.Fprintf(&many, `"a%02d_id":%d,`, i, i)
	}
	wrapped := connector.Operation{ID: "rfis.create", Method: "POST", Path: "/projects/{project_id}/rfis?company_id={company_id}", Wrapper: "rfi", Scope: []string{"scope_id"}}.At(7, 42, 9)
	synced := connector.Operation{ID: "parts.sync", Method: "PATCH", Path: "/parts/sync", Wrapper: "updates"}
	tests := []struct {
		name   string
		op     connector.Operation
		in     any
		opts   []connector.CallOption
		want   map[string]string
		remedy string
	}{
		{"path, query, scope and wrapper", wrapped, json.RawMessage(`{"subject":"Door","origin_id":"erp-1","body":"long text","private":true,"assignee_id":5}`), nil,
			map[string]string{"project_id": "7", "company_id": "42", "scope_id": "9", "subject": "Door", "origin_id": "erp-1", "assignee_id": "5"}, `look for origin_id "erp-1"`},
		{"a parameter", create, json.RawMessage(`{}`), []connector.CallOption{connector.Param("view_id", "3"), connector.Param("sort", "name")},
			map[string]string{"view_id": "3"}, "look whether it was done"},
		{"no body", connector.Operation{ID: "x", Method: "DELETE", Path: "/things/{id}", Class: connector.Set, NoAnswer: true}.At("a/b"), nil, nil,
			map[string]string{"id": "a/b"}, "look whether it was done"},
		{"Scoro's request", create, json.RawMessage(`{"lang":"eng","request":{"no":"17","company_name":"Acme","lines":[{"id":1}]}}`), nil,
			map[string]string{"no": "17", "company_name": "Acme"}, "look whether it was done"},
		{"one record of a sync", synced, []thing{{ID: 3, Name: "bolt"}}, nil, map[string]string{"id": "3", "name": "bolt"}, "look whether it was done"},
		{"several records", synced, []thing{{ID: 3}, {ID: 4}}, nil, map[string]string{}, "look whether it was done"},
		{"the path wins", connector.Operation{ID: "x", Method: "PATCH", Path: "/things/{id}"}.At(7), json.RawMessage(`{"id":8}`), nil, map[string]string{"id": "7"}, "look whether it was done"},
		{"not plain", create, json.RawMessage(`{"name":{"eng":"Bolt"},"id":null,"title":"","email":["a@b.example"]}`), nil, map[string]string{}, "look whether it was done"},
		{"secrets", create, json.RawMessage(`{"name":"it is ` + canary + `","password":"p","api_key":"k","token":"t","client_secret":"s"}`), nil,
			map[string]string{"name": "it is [redacted]"}, "look whether it was done"},
		{"text of terminals", create, json.RawMessage(`{"name":"a\u001b[31m\nb"}`), nil, map[string]string{"name": "a [31m b"}, "look whether it was done"},
		{"long", create, json.RawMessage(`{"name":"` + long + `"}`), nil, map[string]string{"name": strings.Repeat("ä", 120) + "…"}, "look whether it was done"},
		{"a form", create, struct {
			Number string     `json:"number"`
			File   value.File `json:"file"`
		}{"D-1", value.File{Name: "plan.pdf", Content: strings.NewReader("x")}}, nil, map[string]string{"number": "D-1", "file": "plan.pdf"}, "look whether it was done"},
		{"no JSON", create, json.RawMessage(`"text"`), nil, map[string]string{}, "look whether it was done"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(faulttest.Step{Fault: faulttest.Reset}), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
				e := wantKind(t, c.Do(t.Context(), test.op, test.in, nil, test.opts...), connector.UnknownOutcome)
				if diff := cmp.Diff(test.want, e.Keys); diff != "" {
					t.Error(diff)
				}
				if !strings.HasPrefix(e.Remedy, test.remedy) || !strings.Contains(e.Remedy, "before sending it again") {
					t.Errorf("the remedy is %q", e.Remedy)
				}
			})
		})
	}
	t.Run("a dozen at most", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(500, `{}`)), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			e := wantKind(t, c.Do(t.Context(), wrapped, json.RawMessage(`{`+many.String()+`"origin_id":"erp-1"}`), nil), connector.UnknownOutcome)
			if len(e.Keys) != 12 || e.Keys["origin_id"] != "erp-1" || e.Keys["project_id"] != "7" {
				t.Errorf("%d keys: %v", len(e.Keys), e.Keys)
			}
		})
	})
}

// Other errors have no keys, and a sign-in, which consists of secrets, has none
// either.
func TestNoKeys(t *testing.T) {
	for name, test := range map[string]struct {
		op   connector.Operation
		step faulttest.Step
	}{
		"a refusal": {create, status(422, `{}`)},
		"a read":    {find, status(500, `{}`)},
		"a sign-in": {signIn, status(500, `{}`)},
	} {
		t.Run(name, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(test.step), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
				e, _ := connector.AsError(c.Do(t.Context(), test.op, map[string]string{"name": "bolt", "id": "1"}, nil))
				if e == nil || len(e.Keys) > 0 {
					t.Errorf("got %+v with keys %v", e, maps.Collect(maps.All(e.Keys)))
				}
			})
		})
	}
}
