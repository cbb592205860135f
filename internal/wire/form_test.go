package wire_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/value"
)

type upload struct {
	Name   string                `json:"name"`
	File   value.File            `json:"file"`
	More   *value.File           `json:"more,omitzero"`
	ByName map[string]value.File `json:"a/b~c,omitzero"`
	Custom value.CustomValues    `json:"custom_fields,omitzero"`
	Side   value.File            `json:"-" beside:"side"`
	Note   *string               `json:"-" beside:"note"`
}

// Files stand in a map by their place, and null stands in theirs.
func TestEncodeFiles(t *testing.T) {
	content := strings.NewReader("x")
	file := func(name string) value.File { return value.File{Name: name, Content: content} }
	codec := wire.Procore()
	in := []*upload{{Name: "one", File: file("1")}, {Name: "two", File: file("2"), More: new(file("3")), ByName: map[string]value.File{"z": file("5"), "a~/": file("4")},
		Custom: value.CustomValues{"7": 1.5}}}
	data, files, err := codec.EncodeFiles(in)
	if want := `[{"name":"one","file":null},{"name":"two","file":null,"more":null,"a/b~c":{"a~/":null,"z":null},"custom_field_7":1.5}]`; err != nil || string(data) != want {
		t.Errorf("got %s, %v", data, err)
	}
	names := map[string]string{}
	for at, f := range files {
		names[at] = f.Name
	}
	if diff := cmp.Diff(map[string]string{"/0/file": "1", "/1/file": "2", "/1/more": "3", "/1/a~1b~0c/a~0~1": "4", "/1/a~1b~0c/z": "5"}, names); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := codec.Encode(in); err == nil || err.Error() != "the body cannot be written at /0/file: a file cannot travel in JSON here" {
		t.Errorf("as JSON: %v", err)
	}
	if _, _, err := codec.EncodeFiles(&upload{}); err == nil || err.Error() != "the body cannot be written at /file: a file needs a Name and a Content" {
		t.Errorf("a required file that is not set: %v", err)
	}
	beside, err := codec.Beside(&upload{File: file("1"), Side: file("2"), Note: new("")})
	if err != nil || len(beside) != 2 || beside["side"] != file("2") || *beside["note"].(*string) != "" {
		t.Errorf("got %v, %v", beside, err)
	}
	for _, none := range []any{nil, 7, []int{1}, &upload{}, (*upload)(nil), json.RawMessage(`{}`)} {
		if beside, err := codec.Beside(none); err != nil || len(beside) > 0 {
			t.Errorf("%#v: got %v, %v", none, beside, err)
		}
	}
}

func TestForm(t *testing.T) {
	for body, want := range map[string][]wire.Part{
		`{}`:                                    nil,
		`{"a":1.50,"b":true,"c":null,"d":"\""}`: {{Name: "a", Text: "1.50"}, {Name: "b", Text: "true"}, {Name: "c"}, {Name: "d", Text: `"`}},
		`{"a":{"b":{"c":[1,2],"d":[],"e":{}}}}`: {{Name: "a[b][c][]", Text: "1"}, {Name: "a[b][c][]", Text: "2"}, {Name: "a[b][d][]"}},
		`{"a":[{"y":1,"x":2},{"x":3}]}`:         {{Name: "a[][x]", Text: "2"}, {Name: "a[][y]", Text: "1"}, {Name: "a[][x]", Text: "3"}},
		`{"a":[{"y":[1],"x":2},{"x":3,"y":[]}]}`: {{Name: "a[][x]", Text: "2"}, {Name: "a[][y][]", Text: "1"},
			{Name: "a[][x]", Text: "3"}, {Name: "a[][y][]"}},
		`{"a":[{"y":1}]}`: {{Name: "a[][y]", Text: "1"}},
	} {
		got, err := wire.Form([]byte(body), nil)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", body, err, diff)
		}
	}
	for _, body := range []string{``, `[1]`, `"a"`, `{"a":`, `{"a":[[1]]}`, `{"a":[{"x":1},{"y":2}]}`, `{"a":[{"x":[1]},{"x":[2]}]}`, `{"a":[{"x":1},2]}`} {
		if got, err := wire.Form([]byte(body), nil); err == nil {
			t.Errorf("%s made a form: %v", body, got)
		}
	}
}

// FuzzForm holds that a form has a part for each plain value of its body.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{`{"a":{"b":[1,"2",null]}}`, `{"a":[{"x":1},{"x":2,"y":[]}]}`, `{"":{"":[]}}`, `{"a":1}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		parts, err := wire.Form([]byte(body), nil)
		if err != nil {
			return
		}
		var tree map[string]any
		decoder := json.NewDecoder(bytes.NewReader([]byte(body)))
		decoder.UseNumber()
		if err := decoder.Decode(&tree); err != nil {
			t.Skip("written in a way that encoding/json does not read")
		}
		if want := leaves(tree); len(parts) < want { // a name that comes twice counts once in the tree
			t.Errorf("%s: %d parts for %d values", body, len(parts), want)
		}
	})
}

func leaves(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			n += leaves(inner)
		}
	case []any:
		for _, inner := range v {
			n += leaves(inner)
		}
	default:
		n = 1
	}
	return n
}
