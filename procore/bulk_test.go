package procore_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/procore"
)

var (
	deleteParts = connector.Operation{ID: "parts.bulk", Method: "DELETE", Path: "/rest/v1.0/parts/bulk_destroy", Class: connector.Set, Wrapper: "part_ids"}
	changeParts = connector.Operation{ID: "parts.change", Method: "PATCH", Path: "/rest/v2.0/parts/bulk", Wrapper: "parts", Envelope: "data"}
)

// The forms in which bulk operations answer, and what was asked for and not
// answered.
func TestBulk(t *testing.T) {
	type result = procore.BulkResult[part]
	raw := func(text string) json.RawMessage { return json.RawMessage(text) }
	for name, test := range map[string]struct {
		op     connector.Operation
		in     any
		answer string
		want   result
	}{
		"success and failed in data": {changeParts, []part{{ID: 1}, {ID: 2}, {ID: 3}, {OriginID: "new"}},
			`{"data":{"success":[{"id":"1"}],"failed":[{"id":"2","code":404,"message":"no such part"}]}}`,
			result{Succeeded: []part{{ID: 1}}, Unaccounted: []string{"3"},
				Failed: []procore.BulkFailure{{ID: "2", Code: "404", Message: "no such part", Record: raw(`{"id":"2","code":404,"message":"no such part"}`)}}}},
		"a bare list": {changeParts, []part{{OriginID: "a"}}, `{"data":[{"id":1,"origin_id":"a"}]}`, result{Succeeded: []part{{ID: 1, OriginID: "a"}}}},
		"success alone": {deleteParts, raw(`[1,2]`), `{"success":[{"id":1}]}`,
			result{Succeeded: []part{{ID: 1}}, Unaccounted: []string{"2"}}},
		"successes, and failures as texts": {deleteParts, []string{"1", "2"}, `{"successes":[{"id":1}],"failures":["2 is in use"]}`,
			result{Succeeded: []part{{ID: 1}}, Failed: []procore.BulkFailure{{Message: "2 is in use", Record: raw(`"2 is in use"`)}}}},
		"failures alone": {deleteParts, []int64{5}, `{"successes":null,"failures":[{"id":5,"error":"in use"}]}`,
			result{Unaccounted: []string{}, Failed: []procore.BulkFailure{{ID: "5", Message: "in use", Record: raw(`{"id":5,"error":"in use"}`)}}}},
		"nothing known": {deleteParts, []int64{5, 6}, `{"successes":[],"failures":[]}`, result{Unaccounted: []string{"5", "6"}, Succeeded: []part{}}},
		"errors by field": {deleteParts, []int64{5}, `{"successes":[],"failures":[{"id":5,"errors":{"name":["is missing"]}},{"errors":"no"}]}`,
			result{Succeeded: []part{}, Failed: []procore.BulkFailure{
				{ID: "5", Fields: map[string][]string{"name": {"is missing"}}, Record: raw(`{"id":5,"errors":{"name":["is missing"]}}`)},
				{Message: "no", Record: raw(`{"errors":"no"}`)}}}},
		"failures under another name": {deleteParts, map[string]any{"ids": []int64{5, 6}}, `{"success":[{"id":5}],"errors":[{"id":6,"message":"no"}]}`,
			result{Succeeded: []part{{ID: 5}}, Failed: []procore.BulkFailure{{ID: "6", Message: "no", Record: raw(`{"id":6,"message":"no"}`)}}}},
		"a failure that is no list": {deleteParts, map[string]any{"ids": []int64{5}}, `{"success":[],"failed":"all of them"}`,
			result{Succeeded: []part{}, Failed: []procore.BulkFailure{{Message: "all of them", Record: raw(`"all of them"`)}}}},
		"records without ids": {deleteParts, []int64{5}, `{"successes":[{"origin_id":"x"}]}`, result{Succeeded: []part{{OriginID: "x"}}}},
		"a request that is no list": {deleteParts, map[string]any{"list_id": 9, "ids": []int64{1}}, `{"successes":[{"id":3}],"failures":[]}`,
			result{Succeeded: []part{{ID: 3}}}},
	} {
		t.Run(name, func(t *testing.T) {
			server := faulttest.NewServer(t, faulttest.Steps(faulttest.JSON(207, test.answer)))
			got, err := procore.Bulk[part](t.Context(), on(t, server, procore.Options{CompanyID: 42}), test.op, test.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	server := faulttest.NewServer(t, faulttest.Steps(faulttest.JSON(200, `{"successes":["1",2],"failures":[]}`)))
	ids, err := procore.Bulk[int64](t.Context(), on(t, server, procore.Options{CompanyID: 42}), deleteParts, []int64{1, 2, 3})
	if err != nil || !slices.Equal(ids.Succeeded, []int64{1, 2}) || !slices.Equal(ids.Unaccounted, []string{"3"}) {
		t.Errorf("got %+v, %v", ids, err)
	}
	if a := server.Arrivals()[0]; a.Method != "DELETE" || string(a.Body) != `{"part_ids":[1,2,3]}` {
		t.Errorf("the server got %s %s", a.Method, a.Body)
	}
}

// An answer of another shape is an error that says that the request was taken.
func TestBulkOfAnotherShape(t *testing.T) {
	for name, step := range map[string]faulttest.Step{
		"neither list": faulttest.JSON(207, `{"entities":[]}`), "no JSON": faulttest.JSON(207, `<html>`), "a text": faulttest.JSON(207, `"done"`),
		"a list of another kind": faulttest.JSON(207, `{"success":{"id":1}}`),
	} {
		server := faulttest.NewServer(t, faulttest.Steps(step))
		_, err := procore.Bulk[part](t.Context(), on(t, server, procore.Options{CompanyID: 42}), deleteParts, []int64{1})
		e, ok := connector.AsError(err)
		if !ok || e.Kind != connector.Decode || e.Operation != "parts.bulk" || e.Remedy != "the platform took the request: look whether it was done before sending it again" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	server := faulttest.NewServer(t, faulttest.Steps(faulttest.JSON(403, `{}`)))
	if _, err := procore.Bulk[part](t.Context(), on(t, server, procore.Options{CompanyID: 42}), deleteParts, []int64{1}); !errors.Is(err, connector.Forbidden) {
		t.Errorf("got %v", err)
	}
}

// A raw answer can be read later.
func TestDecode(t *testing.T) {
	server := faulttest.NewServer(t, faulttest.Steps(faulttest.JSON(200, `{"id":"7","origin_id":"x","new":[]}`)))
	c := on(t, server, procore.Options{CompanyID: 42})
	var raw json.RawMessage
	if err := c.Do(t.Context(), weather, nil, &raw); err != nil {
		t.Fatal(err)
	}
	var got part
	if err := c.Decode(raw, &got); err != nil || got != (part{7, "x"}) {
		t.Errorf("got %+v, %v", got, err)
	}
	var list []part
	if err := c.Decode(raw, &list); !errors.Is(err, connector.Decode) || err.Error() != "procore Decode: unreadable answer: answer of another shape: want list, got object; read it into a type of its shape" {
		t.Errorf("got %v", err)
	}
}
