package operations

import (
	"io/fs"
	"strings"
	"testing"
)

var tables = map[string]func() (*Table, error){"scoro": Scoro, "procore": Procore, "securityscorecard": SecurityScorecard}

func TestTablesLoad(t *testing.T) {
	for name, load := range tables {
		t.Run(name, func(t *testing.T) {
			table, err := load()
			if err != nil {
				t.Fatal(err)
			}
			if table.Platform != name || len(table.Operations) == 0 || len(table.Types) == 0 {
				t.Errorf("%s has %d operations and %d types", table.Platform, len(table.Operations), len(table.Types))
			}
		})
	}
}

// The tables are written by the importer: reading one and writing it again
// must change nothing, or every import would be a large change.
func TestTablesAreInTheFormOfFormat(t *testing.T) {
	leaves, err := fs.Glob(files, "procore/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(leaves, "scoro.json", "securityscorecard.json") {
		if strings.HasSuffix(name, ".overrides.json") || name == "procore/leaves.json" {
			continue
		}
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var table Table
		if err := strictJSON(text, &table); err != nil {
			t.Fatal(err)
		}
		again, err := Format(&table)
		if err != nil || string(again) != string(text) {
			t.Errorf("%s is not in the form that Format writes (%v)", name, err)
		}
	}
}

// A table with one project service, in the form of Procore.
const goodTable = `{"platform": "procore", "source": "test", "operations": [
{"verb": "GET", "path": "/rest/v1.0/projects/{project_id}/rfis", "class": "read", "params": [{"name": "project_id", "in": "path", "type": "int"}], "answer": {"known": "typed", "type": "[]RFIListItem"}},
{"verb": "GET", "path": "/rest/v1.0/projects/{project_id}/rfis/{id}", "class": "read", "params": [{"name": "project_id", "in": "path", "type": "int"}, {"name": "id", "in": "path", "type": "int"}], "answer": {"known": "typed", "type": "RFIDetail"}},
{"verb": "PATCH", "path": "/rest/v1.0/projects/{project_id}/rfis/{id}", "class": "write", "params": [{"name": "project_id", "in": "path", "type": "int"}, {"name": "id", "in": "path", "type": "int"}], "body": {"type": "RFIBody", "wrapper": "rfi"}, "answer": {"known": "none"}}
], "types": {
"RFIListItem": {"fields": [{"name": "id", "type": "int"}, {"name": "subject", "type": "string"}]},
"RFIDetail": {"fields": [{"name": "id", "type": "int"}, {"name": "subject", "type": "string"}, {"name": "due_date", "type": "date"}, {"name": "status", "type": "string", "enum": ["open", "closed", "draft"]}]},
"RFIBody": {"fields": [{"name": "subject", "type": "string"}, {"name": "number", "type": "string", "readOnly": true}]}
}}`

func TestMergeMakesOneTypeOfOneThing(t *testing.T) {
	table, err := parse([]byte(goodTable), []byte(`{}`), "rfi")
	if err != nil {
		t.Fatal(err)
	}
	list, get, update := table.Operations[0], table.Operations[1], table.Operations[2]
	if list.Answer.Type != "[]rfi.RFI" || get.Answer.Type != "rfi.RFI" || update.Body.Type != "rfi.RFIUpdate" {
		t.Errorf("list answers %s, get %s, update takes %s", list.Answer.Type, get.Answer.Type, update.Body.Type)
	}
	if list.Key != "id" {
		t.Errorf("the list's key is %q", list.Key)
	}
	if got := len(table.Types["rfi.RFI"].Fields); got != 4 {
		t.Errorf("RFI has %d fields, want the 4 of both types", got)
	}
	if in := table.Types["rfi.RFIUpdate"]; !in.Input || len(in.Fields) != 1 {
		t.Errorf("RFIUpdate is %+v, want an input without the read-only field", in)
	}
	if got := table.Types["rfi.RFIStatus"].Enum; len(got) != 3 {
		t.Errorf("RFIStatus has the values %v", got)
	}
}

func TestBadRowsAreNamed(t *testing.T) {
	for name, test := range map[string]struct{ old, new, overrides, want string }{
		"member that does not exist":     {old: `"source"`, new: `"sorce"`, want: "sorce"},
		"row twice":                      {old: `"verb": "PATCH"`, new: `"verb": "GET"`, want: "GET /rest/v1.0/projects/{project_id}/rfis/{id}: stands in the table twice"},
		"path variable not declared":     {old: `, {"name": "id", "in": "path", "type": "int"}]`, new: `]`, want: "the path variable id"},
		"class":                          {old: `"class": "write"`, new: `"class": "wirte"`, want: `the class is "wirte"`},
		"answer":                         {old: `{"known": "none"}`, new: `{"known": "nothing"}`, want: `the answer is "nothing"`},
		"type of an answer":              {old: `"type": "RFIDetail"`, new: `"type": "RFIDetails"`, want: `the answer has the type "RFIDetails"`},
		"type of a body":                 {old: `"type": "RFIBody"`, new: `"type": "RFIBodies"`, want: `the body has the type "RFIBodies"`},
		"type of a parameter":            {old: `"in": "path", "type": "int"}], "answer"`, new: `"in": "path", "type": "integer"}], "answer"`, want: "parameter project_id"},
		"type of a field":                {old: `"type": "date"`, new: `"type": "day"`, want: "type RFIDetail, field due_date: no type day"},
		"fields with the same Go name":   {old: `{"name": "due_date", "type": "date"}`, new: `{"name": "due_date", "type": "date"}, {"name": "dueDate", "type": "date"}`, want: "are both DueDate in Go"},
		"method twice":                   {overrides: `{"operations": {"PATCH /rest/v1.0/projects/{project_id}/rfis/{id}": {"method": "Get"}}}`, want: "is also the method of"},
		"name that is no Go name":        {overrides: `{"operations": {"PATCH /rest/v1.0/projects/{project_id}/rfis/{id}": {"method": "update it"}}}`, want: `"update it" is no exported Go name`},
		"service and type alike":         {overrides: `{"types": {"RFIDetail": {"go": "RFIs"}, "RFIListItem": {"go": "RFIsService"}}}`, want: "RFIsService is a service and a type"},
		"operation row without use":      {overrides: `{"operations": {"GET /nowhere": {"method": "Get"}}}`, want: `operations row "GET /nowhere" changes nothing`},
		"operation row without effect":   {overrides: `{"operations": {"GET /rest/v1.0/projects/{project_id}/rfis": {"method": "List"}}}`, want: "changes nothing"},
		"noun row without use":           {overrides: `{"nouns": {"questions": {"service": "Questions"}}}`, want: `nouns row "questions" changes nothing`},
		"service row without use":        {overrides: `{"services": {"Replies": {"doc": "are replies."}}}`, want: `services row "rfi.Replies" changes nothing`},
		"type row without use":           {overrides: `{"types": {"Reply": {"go": "Answer"}}}`, want: `types row "rfi.Reply" changes nothing`},
		"enum row without use":           {overrides: `{"enums": {"Colour": {"was": "RFIColour"}}}`, want: `enums row "rfi.Colour" changes nothing`},
		"path parameter removed":         {overrides: `{"operations": {"GET /rest/v1.0/projects/{project_id}/rfis/{id}": {"params": {"id": null}}}}`, want: "the path variable id"},
		"kept type without an input":     {overrides: `{"types": {"RFIDetail": {"kept": true}}}`, want: "there is no type rfi.RFIInput"},
		"correction of no field":         {overrides: `{"types": {"RFIBody": {"fields": {"title": {"go": "Title"}}}}}`, want: "no field title to correct"},
		"known values named as a record": {old: `{"name": "due_date", "type": "date"}`, new: `{"name": "state", "type": "string", "enum": ["a", "b", "c"]}`, overrides: `{"enums": {"RFI": {"was": "RFIState"}}}`, want: "has fields, and it is the name of known values"},
		"override member does not exist": {overrides: `{"operation": {}}`, want: `unknown field "operation"`},
	} {
		t.Run(name, func(t *testing.T) {
			text := goodTable
			if test.old != "" {
				text = strings.Replace(goodTable, test.old, test.new, 1)
				if text == goodTable {
					t.Fatalf("the good table does not hold %s", test.old)
				}
			}
			overrides := test.overrides
			if overrides == "" {
				overrides = `{}`
			}
			_, err := parse([]byte(text), []byte(overrides), "rfi")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestOverridesWin(t *testing.T) {
	table, err := parse([]byte(goodTable), []byte(`{
		"nouns": {"rfis": {"service": "Requests"}},
		"operations": {"PATCH /rest/v1.0/projects/{project_id}/rfis/{id}": {"method": "Change", "class": "set", "input": "Correction", "params": {"view": {"in": "query", "type": "string"}}}},
		"types": {"Correction": {"doc": "corrects a request.", "fields": {"subject": {"required": true}, "note": {"type": "string", "go": "Remark"}}}},
		"enums": {"State": {"was": "RequestStatus", "doc": "says how far a request is."}}
	}`), "rfi")
	if err != nil {
		t.Fatal(err)
	}
	op := table.Operations[2]
	if op.Service != "Requests" || op.Noun != "Request" || op.Method != "Change" || op.Class != "set" || !op.Certain || op.Body.Type != "rfi.Correction" {
		t.Errorf("the operation is %+v with body %+v", op, op.Body)
	}
	if len(op.Params) != 3 || op.Params[2].Name != "view" {
		t.Errorf("the parameters are %+v", op.Params)
	}
	in := table.Types["rfi.Correction"]
	if len(in.Fields) != 2 || !in.Fields[0].Required || in.Fields[1].Go != "Remark" || in.Doc == "" {
		t.Errorf("the input is %+v", in)
	}
	if state := table.Types["rfi.State"]; len(state.Enum) != 3 || state.Doc == "" {
		t.Errorf("the enum is %+v", state)
	}
}

// A list that shows something else than Get has a type of its own.
func TestUnlikeRecordsKeepToThemselves(t *testing.T) {
	text := strings.Replace(goodTable, `"RFIListItem": {"fields": [{"name": "id", "type": "int"}, {"name": "subject", "type": "string"}]}`,
		`"RFIListItem": {"fields": [{"name": "label", "type": "string"}]}`, 1)
	table, err := parse([]byte(text), []byte(`{}`), "rfi")
	if err != nil {
		t.Fatal(err)
	}
	if list, get := table.Operations[0].Answer.Type, table.Operations[1].Answer.Type; list != "[]rfi.RFISummary" || get != "rfi.RFI" {
		t.Errorf("list answers %s, get %s", list, get)
	}
}

// One body serves creating and changing: what creating needs must not be sent
// empty by a change.
func TestUpdatesHaveNoRequiredFields(t *testing.T) {
	text := strings.Replace(goodTable, `{"verb": "PATCH"`, `{"verb": "POST", "path": "/rest/v1.0/projects/{project_id}/rfis", "class": "write", "params": [{"name": "project_id", "in": "path", "type": "int"}], "body": {"type": "RFIBody", "wrapper": "rfi"}, "answer": {"known": "none"}},
{"verb": "PATCH"`, 1)
	text = strings.Replace(text, `"RFIBody": {"fields": [{"name": "subject", "type": "string"}`, `"RFIBody": {"fields": [{"name": "subject", "type": "string", "required": true}`, 1)
	table, err := parse([]byte(text), []byte(`{}`), "rfi")
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range table.Operations {
		if op.Body != nil && op.Body.Type != "rfi.RFIInput" {
			t.Errorf("%s takes %s, want one input for both", op.Method, op.Body.Type)
		}
	}
	if f := table.Types["rfi.RFIInput"].Fields[0]; f.Required || f.Doc != "needed to create" {
		t.Errorf("the subject is %+v", f)
	}
}

// The description may say so of creating alone: the one input tells it, too.
func TestWhatCreatingNeedsIsSaid(t *testing.T) {
	text := strings.Replace(goodTable, `{"verb": "PATCH"`, `{"verb": "POST", "path": "/rest/v1.0/projects/{project_id}/rfis", "class": "write", "params": [{"name": "project_id", "in": "path", "type": "int"}], "body": {"type": "RFINew", "wrapper": "rfi"}, "answer": {"known": "none"}},
{"verb": "PATCH"`, 1)
	text = strings.Replace(text, `"RFIBody": {`, `"RFINew": {"fields": [{"name": "subject", "type": "string", "required": true}, {"name": "number", "type": "string", "readOnly": true}]},
"RFIBody": {`, 1)
	table, err := parse([]byte(text), []byte(`{}`), "rfi")
	if err != nil {
		t.Fatal(err)
	}
	if fields := table.Types["rfi.RFIInput"].Fields; len(fields) != 1 || fields[0].Required || fields[0].Doc != "needed to create" {
		t.Errorf("the input has %+v", fields)
	}
}

// A user that one list shortens to id and name is still a shared UserRef, and
// a field that has more than that does not change the others.
func TestSharedRecordsStayShared(t *testing.T) {
	text := strings.NewReplacer(
		`{"name": "subject", "type": "string"}]},
"RFIDetail"`, `{"name": "subject", "type": "string"}, {"name": "author", "type": "Short"}, {"name": "reader", "type": "Long"}]},
"Short": {"fields": [{"name": "id", "type": "int"}, {"name": "name", "type": "string"}]},
"Long": {"fields": [{"name": "id", "type": "int"}, {"name": "login", "type": "string"}, {"name": "name", "type": "string"}]},
"More": {"fields": [{"name": "id", "type": "int"}, {"name": "login", "type": "string"}, {"name": "name", "type": "string"}, {"name": "locale", "type": "string"}]},
"RFIDetail"`,
		`{"name": "due_date", "type": "date"}`, `{"name": "due_date", "type": "date"}, {"name": "author", "type": "Long"}, {"name": "reader", "type": "More"}`,
	).Replace(goodTable)
	table, err := parse([]byte(text), []byte(`{}`), "rfi")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range table.Types["rfi.RFI"].Fields {
		got[f.Name] = f.Type
	}
	if got["author"] != "procore.UserRef" || got["reader"] != "rfi.Reader" {
		t.Errorf("author is %s, reader is %s", got["author"], got["reader"])
	}
}

func TestMomentsAreMended(t *testing.T) {
	for platform, want := range map[string]string{"procore": "datetime", "scoro": "string"} {
		fields := []Field{{Name: "updated_at", Type: "string"}, {Name: "looked_at", Type: "string"}}
		m := &merger{table: &Table{Platform: platform, Types: map[string]Type{"Plan": {Fields: fields}}}}
		m.mendMoments()
		if fields[0].Type != want || fields[1].Type != "string" {
			t.Errorf("%s: updated_at is %s and looked_at %s, want %s and string", platform, fields[0].Type, fields[1].Type, want)
		}
	}
}
