package main

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/operations"
)

// What a row must say of an operation beside its path: host, headers, form of
// the body, whether it answers a file, and what repeating it does.
func TestScorecardRows(t *testing.T) {
	table := importText(t, "securityscorecard", `{"spec_version": "9", "operations": [
		{"method": "PUT", "path": "/all/beta", "host": "other.example", "headers": [{"name": "version", "value": "beta"}], "request": "object", "params": []},
		{"method": "PUT", "path": "/all/{id}", "params": []},
		{"method": "DELETE", "path": "/all/{id}", "params": []},
		{"method": "POST", "path": "/all/upload", "request": "Upload", "response": "object", "success": 201, "params": []},
		{"method": "GET", "path": "/all/xml", "produces": ["text/xml"], "params": []}],
		"schemas": {"Upload": {"fields": [{"name": "file", "type": "string", "required": true}, {"name": "page-limit", "type": "number"}]}}}`, "securityscorecard")
	rows := map[string]string{}
	for _, op := range table.Operations {
		rows[op.Row()] = fmt.Sprintf("%s certain=%v %s %d download=%v", op.Class, op.Certain, op.Answer.Known, op.Status, op.Download)
	}
	want := map[string]string{
		"PUT /all/beta":    "write certain=false none 200 download=false",
		"PUT /all/{id}":    "set certain=true none 200 download=false",
		"DELETE /all/{id}": "set certain=true none 204 download=false",
		"POST /all/upload": "write certain=true unknown 201 download=false",
		"GET /all/xml":     "read certain=true unknown 200 download=true",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	beta := table.Operations[0]
	header := []operations.Param{{Name: "version", In: "header", Type: "string", Required: true, Enum: []string{"beta"}}}
	if diff := cmp.Diff(header, beta.Params); diff != "" || beta.Host != "https://other.example" || beta.Body.Type != "any" {
		t.Errorf("the operation of another host is %+v", beta)
	}
	if upload := table.Operations[1]; upload.Body.Content != "multipart/form-data" {
		t.Errorf("the upload is %+v", upload.Body)
	}
	fields := []operations.Field{{Name: "file", Type: "file", Required: true}, {Name: "page-limit", Type: "int"}}
	if diff := cmp.Diff(fields, table.Types["Upload"].Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestScorecardPaging(t *testing.T) {
	for _, test := range []struct {
		method, path, request, want string
		params                      []string
	}{
		{"GET", "/all-companies", "", "followed", []string{"page", "page_size"}},
		{"GET", "/v2/scorecards/search", "", "scorecards", []string{"page", "page_size"}},
		{"GET", "/max/v1/breaches", "", "managed", []string{"limit", "page"}},
		{"GET", "/max/partner/breaches", "", "unsized", []string{"page"}},
		{"GET", "/plans", "", "planned", []string{"page", "pageSize"}},
		{"GET", "/footprint/{parentDomain}/assets/ips", "", "assets", []string{"page", "page-size"}},
		{"GET", "/companies/{id}/expanded-risk", "", "risks", []string{"limit", "page"}},
		{"POST", "/parent-domains/{parentDomain}/ips", "Search", "searched", []string{"page", "page_size"}},
		{"POST", "/v1/exposed-credentials/records/{domain}", "Query", "exposed", []string{"page", "size"}},
		{"GET", "/v1/organizations/{id}/portfolios", "", "", []string{"page_size"}},
	} {
		op := scorecardOperation{Method: test.method, Path: test.path, Request: test.request, Paging: &struct{ Params []string }{test.params}}
		if got := scorecardPaging(op); got != test.want {
			t.Errorf("%s %s pages as %q, want %q", test.method, test.path, got, test.want)
		}
	}
}
