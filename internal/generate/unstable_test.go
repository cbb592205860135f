package main

import (
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// Services outside the published index are reached behind Unstable, headers
// that the platform demands stand in the operation, a list that no paging opens
// in its envelope, and a body of no known form is any.
func TestUnstableServices(t *testing.T) {
	version := operations.Param{Name: "version", In: "header", Type: "string", Required: true, Enum: []string{"beta"}}
	table := &operations.Table{Platform: "securityscorecard", Operations: []operations.Operation{
		{Verb: "PUT", Path: "/tags", Service: "Tags", Noun: "Tag", Method: "Replace", Class: "write", Params: []operations.Param{version},
			Body: &operations.Body{Type: "any"}, Answer: operations.Answer{Known: "typed", Type: "[]string", Items: "entries"}},
		{Verb: "POST", Path: "/tags/export", Service: "UnstableTags", Noun: "Tag", Method: "Export", Class: "read", Unstable: true, Download: true,
			Body: &operations.Body{Type: "any"}, Answer: operations.Answer{Known: "none"}},
	}}
	files := map[string][]byte{}
	if err := platformFiles(table, files); err != nil {
		t.Fatal(err)
	}
	text := string(files["securityscorecard/services.go"]) + string(files["securityscorecard/tags.go"]) + string(files["securityscorecard/unstable_tags.go"])
	for _, want := range []string{
		"Tags *Tags\n", "Unstable Unstable //", "Unstable: Unstable{\n\t\t\tTags: (*UnstableTags)(s),", "type Unstable struct {\n\tTags *UnstableTags\n}",
		`ID: "Tags.Replace"`, `Header: map[string]string{"version": "beta"}`, `Envelope: "entries"`, "Replace(ctx context.Context, in any,",
		`ID: "Unstable.Tags.Export"`, "return s.client.Do(ctx, exportUnstableTag, in, w, opts...)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the output lacks %q:\n%s", want, text)
		}
	}
}
