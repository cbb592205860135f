package wire_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/wire"
)

func TestMembers(t *testing.T) {
	got, err := wire.Members([]byte("\xef\xbb\xbf {\"status\" : \"OK\", \"data\":[ 1 ,2], \"st\\u0061tus\":null, \"\": {} } \n"))
	want := map[string]json.RawMessage{"status": json.RawMessage("null"), "data": json.RawMessage("[ 1 ,2]"), "": json.RawMessage("{}")}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	for text, want := range map[string]wire.Reason{
		"": wire.Empty, " ": wire.Empty, "null": wire.WrongShape, "[]": wire.WrongShape, `"x"`: wire.WrongShape, "<html>": wire.NotJSON,
		"{": wire.Truncated, `{"a":1`: wire.Truncated, `{"a"`: wire.Truncated, `{"a":1}x`: wire.Trailing, `{"a":1}{}`: wire.Trailing, `{"a" 1}`: wire.NotJSON,
		`{"a":1,}`: wire.NotJSON, `{1:2}`: wire.NotJSON, `[`: wire.WrongShape,
	} {
		if got, err := wire.Members([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestMembersCannotGrowIntoEachOther(t *testing.T) {
	data := []byte(`{"a":1,"b":2}`)
	members, err := wire.Members(data)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(members["a"], "xxxx"...)
	if string(data) != `{"a":1,"b":2}` {
		t.Errorf("appending to a member changed the data: %s", data)
	}
}

func TestEnvelopeValues(t *testing.T) {
	for text, want := range map[string]int64{`200`: 200, `"200"`: 200, `null`: 0, ``: 0, `""`: 0} {
		if got, err := wire.Int([]byte(text)); err != nil || got != want {
			t.Errorf("Int(%s) = %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{`"OK"`: "OK", `7`: "7", `null`: "", ``: ""} {
		if got, err := wire.Text([]byte(text)); err != nil || got != want {
			t.Errorf("Text(%s) = %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]bool{`"1"`: true, `true`: true, `0`: false, ``: false} {
		if got, err := wire.Bool([]byte(text)); err != nil || got != want {
			t.Errorf("Bool(%s) = %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]wire.Reason{`{}`: wire.WrongShape, `[1]`: wire.WrongShape, `"x"`: wire.WrongShape, `1 2`: wire.Trailing, `"`: wire.Truncated, `x`: wire.NotJSON} {
		if got, err := wire.Int([]byte(text)); !errors.Is(err, want) {
			t.Errorf("Int(%s) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestKind(t *testing.T) {
	for text, want := range map[string]string{
		"": "nothing", " ": "nothing", "null": "null", "true": "bool", "false": "bool", "-1": "number", "\t7": "number",
		`"x"`: "string", "{": "object", " [": "list", "<html>": "no JSON", "\xef\xbb\xbf{}": "object", "}": "no JSON",
	} {
		if got := wire.Kind([]byte(text)); got != want {
			t.Errorf("Kind(%q) = %s, want %s", text, got, want)
		}
	}
}
