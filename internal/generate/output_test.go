package main

import (
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// Each kind of operation is written as a person would write it.
func TestOutput(t *testing.T) {
	record := operations.Answer{Known: "typed", Type: "logs.Entry"}
	list := operations.Answer{Known: "typed", Type: "[]logs.Entry", Items: "entities"}
	body := func(ref string) *operations.Body { return &operations.Body{Type: ref, Wrapper: "entry"} }
	op := func(verb, path, method, class string) operations.Operation {
		return operations.Operation{Verb: verb, Path: path, Package: "logs", Service: "Entries", Noun: "Entry", Method: method, Class: class,
			Params: []operations.Param{{Name: "id", In: "path", Type: "int"}}}
	}
	sync, bulk, raw, send, search, file, old := op("PATCH", "/entries/sync", "Sync", "write"), op("POST", "/entries/bulk", "BulkCreate", "write"),
		op("GET", "/entries/{id}/raw", "Raw", "read"), op("POST", "/entries", "Create", "write"), op("POST", "/entries/search", "Search", "read"),
		op("GET", "/entries/{id}/pdf", "DownloadPDF", "read"), op("DELETE", "/entries/{id}", "Delete", "set")
	sync.Answer, sync.Body, sync.Partial = list, body("[]logs.EntryInput"), true
	bulk.Answer, bulk.Body, bulk.Partial = list, body("[]logs.EntryInput"), true
	raw.Answer = operations.Answer{Known: "unknown"}
	send.Answer, send.Body = record, body("logs.EntryInput")
	send.Body.Content, send.Body.Scope = "multipart/form-data", []string{"project_id"}
	send.Path = "/projects/{project_id}/entries"
	search.Answer, search.Body, search.Paging = list, body("logs.EntryInput"), "linked"
	file.Answer, file.Download = operations.Answer{Known: "none"}, true
	old.Answer, old.Newer, old.Service = operations.Answer{Known: "none"}, "Entries.Delete", "EntriesV10"
	table := &operations.Table{Platform: "procore", Operations: []operations.Operation{sync, bulk, raw, send, search, file, old}, Types: map[string]operations.Type{
		"logs.Entry": {Fields: []operations.Field{{Name: "id", Go: "ID", Type: "int"}}},
		"logs.EntryInput": {Input: true, Fields: []operations.Field{
			{Name: "title", Go: "Title", Type: "string"}, {Name: "photo", Go: "Photo", Type: "file"}, {Name: "attachments", Go: "Attachments", Type: "[]file", Beside: true},
		}},
	}}
	files := map[string][]byte{}
	if err := platformFiles(table, files); err != nil {
		t.Fatal(err)
	}
	text := string(files["procore/logs/entries.go"]) + string(files["procore/logs/entries_v10.go"]) + string(files["procore/logs/client.go"])
	for _, want := range []string{
		"Sync(ctx context.Context, in []EntryInput, opts ...connector.CallOption) (*procore.SyncResult[Entry], error) {\n\treturn procore.Sync[Entry](ctx, s.client, syncEntry, in, opts...)",
		"BulkCreate(ctx context.Context, in []EntryInput, opts ...connector.CallOption) (*procore.BulkResult[Entry], error) {\n\treturn procore.Bulk[Entry](ctx, s.client, bulkCreateEntries, in, opts...)",
		"Raw(ctx context.Context, id int64, opts ...connector.CallOption) (json.RawMessage, error) {\n\treturn rest.Raw(ctx, s.client, rawOfEntry.At(id), nil, opts)",
		"// Its answer is JSON of a form that is not documented. [procore.Client.Decode] reads it",
		"Search(ctx context.Context, in *EntryInput, opts ...connector.CallOption) (*connector.Page[Entry], error) {\n\treturn rest.Search[Entry](ctx, s.client, searchEntry, in, opts)",
		"All(ctx context.Context, in *EntryInput, opts ...connector.CallOption) iter.Seq2[*Entry, error] {\n\treturn rest.SearchAll[Entry]",
		"DownloadPDF(ctx context.Context, id int64, w io.Writer, opts ...connector.CallOption) error {\n\treturn rest.Download(ctx, s.client, downloadPDFOfEntry.At(id), nil, w, opts)",
		"Create(ctx context.Context, projectID int64, in *EntryInput, opts ...connector.CallOption) (*Entry, error) {\n\treturn rest.Send[Entry](ctx, s.client, createEntry.At(projectID, projectID), in, opts)",
		`ContentType: "multipart/form-data", Wrapper: "entry"`,
		"Title       *string      `json:\"title,omitzero\"`",
		"Photo       *value.File  `json:\"photo,omitzero\"`",
		"Attachments []value.File `json:\"-\" beside:\"attachments\"`",
		"// Deprecated: [Entries] is newer.\ntype EntriesV10 struct",
		"EntriesV10 *EntriesV10 // Deprecated: [Entries] is newer.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	if strings.Contains(text, `Envelope: "entities"`) {
		t.Error("a SyncResult is looked for inside its own member")
	}
	if t.Failed() {
		t.Log(text)
	}
}
