package wire_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/wire"
)

func TestMalformedRecordsKeepTheirPlace(t *testing.T) {
	var got []project
	drifts, err := wire.Scoro(time.UTC).Decode([]byte(`[{"project_id":1},null,7,{"project_id":4},"x",[{"project_id":6}]]`), &got, wire.DecodeOptions{Key: "project_id"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, p := range got {
		ids = append(ids, p.ID)
	}
	if diff := cmp.Diff([]int64{1, 0, 0, 4, 0, 0}, ids); diff != "" {
		t.Error(diff)
	}
	want := []wire.Drift{{"/1", "object", "null"}, {"/2", "object", "number"}, {"/4", "object", "string"}, {"/5", "object", "list"}}
	if diff := cmp.Diff(want, drifts); diff != "" {
		t.Error(diff)
	}
}

func TestDriftNamesThePlaceAndNeverTheValue(t *testing.T) {
	const text = `{"project_id":1,"project_name":{"secret":"s3cret"},"is_private":"s3cret","users":[{"id":2},{"id":"s3cret","full_name":"b"}],
		"custom_fields":"s3cret","title":[5],"any":1,"dates":{"s3":{}},"owner":"s3cret","manager":{"id":3,"full_name":["s3cret"]},"raw":1}`
	var got project
	drifts, err := wire.Procore().Decode([]byte(text), &got, wire.DecodeOptions{Key: "project_id"})
	want := []wire.Drift{
		{"/project_name", "text", "object"}, {"/is_private", "bool", "string"}, {"/users/1/id", "integer", "string"},
		{"/custom_fields", "CustomFields", "string"}, {"/title", "LocalText", "list"}, {"/dates/s3", "text", "object"},
		{"/owner", "object", "string"}, {"/manager/full_name", "text", "list"},
	}
	if diff := cmp.Diff(want, drifts); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if got.ID != 1 || len(got.Users) != 2 || got.Users[1].Name != "b" || got.Manager.ID != 3 || got.Owner != nil || string(got.Raw) != "1" {
		t.Errorf("the rest of the record suffered: %+v", got)
	}
}

// A path is one line of whole names, whatever an answer calls its members.
func TestPathsAreReadable(t *testing.T) {
	long := strings.Repeat("x", 190)
	for data, want := range map[string]string{
		`{"a b":{"c/~"`:                     "/a b/c~1~0",
		`{"a\r\n\u001b[2J\u202e"`:           "/a\ufffd\ufffd\ufffd[2J\ufffd",
		`{"` + long + `":{"a":{"secret"`:    "/" + long + "/a/secret",
		`{"` + long + `":{"ab":{"a secret"`: "/" + long + "/ab/…",
		`{"` + long + long + `"`:            "/…",
		`{"a":{"` + long + long + `":{"b"`:  "/a/…",
	} {
		_, err := wire.Procore().Decode([]byte(data), new(map[string]any), wire.DecodeOptions{})
		if e, ok := errors.AsType[*wire.Error](err); !ok || e.Path != want {
			t.Errorf("%s: got %q, want the path %q", data, err, want)
		}
	}
}

func TestBrokenData(t *testing.T) {
	codec := wire.Scoro(time.UTC)
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	allowed := strings.Repeat("[", 9_998) + strings.Repeat("]", 9_998)
	for text, want := range map[string]wire.Reason{
		`<html>`:                          wire.NotJSON,
		`Access denied`:                   wire.NotJSON,
		`[{"project_id":1},]`:             wire.NotJSON,
		`[{"project_id" 1}]`:              wire.NotJSON,
		`[{"project_id":01}]`:             wire.NotJSON,
		`[{"project_id":1}`:               wire.Truncated,
		`[{"project_name":"abc`:           wire.Truncated,
		`[{"project_id":1}]]`:             wire.Trailing,
		`[{"project_id":1}] [2]`:          wire.Trailing,
		`[{"project_id":1}]<!-- x -->`:    wire.Trailing,
		`[{"unknown":` + deep + `}]`:      wire.TooDeep,
		`[{"raw":` + deep + `}]`:          wire.TooDeep,
		`[{"project_name":` + deep + `}]`: wire.TooDeep,
		deep:                              wire.TooDeep,
	} {
		got := []project{{ID: 9}}
		_, err := codec.Decode([]byte(text), &got, wire.DecodeOptions{Key: "project_id"})
		if !errors.Is(err, want) || got != nil {
			t.Errorf("%.40s: %v, want %v; out %v", text, err, want, got)
		}
	}
	var got []project
	mustDecode(t, codec, `[{"unknown":`+allowed+`,"project_id":1}]`, &got)
}

func TestCutAtEveryByte(t *testing.T) {
	whole := string(projects(2, `,"users":[{"id":1}],"title":{"eng":"a"},"custom_fields":[{"id":"c_1","value":"\u00e4"}],"any":[1.5]`))
	codec := wire.Scoro(time.UTC)
	for n := range len(whole) {
		_, err := codec.Decode([]byte(whole[:n]), new([]project), wire.DecodeOptions{Key: "project_id"})
		if want := wire.Truncated; !errors.Is(err, want) && !(n == 0 && errors.Is(err, wire.Empty)) {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
	}
	mustDecode(t, codec, whole, new([]project))
}

func TestOddTextIsReplaced(t *testing.T) {
	codec := wire.Scoro(time.UTC)
	for text, want := range map[string]string{
		"\xef\xbb\xbf{\"id\":1,\"full_name\":\"a\"}": "a",
		"{\"id\":1,\"full_name\":\"a\xffb\"}":        "a\ufffdb",
		`{"id":1,"full_name":"a\ud800b"}`:            "a\ufffdb",
		`{"id":1,"full_name":"a\u0000b"}`:            "a\x00b",
		`{"id":1,"full_name":"a\ud83d\ude00"}`:       "a😀",
	} {
		var got user
		mustDecode(t, codec, text, &got)
		if got.ID != 1 || got.Name != want {
			t.Errorf("%q is read as %+q, want %+q", text, got.Name, want)
		}
	}
}

func TestOfTwoMembersWithOneNameTheLastCounts(t *testing.T) {
	var got user
	mustDecode(t, wire.Procore(), `{"id":1,"full_name":"a","id":2}`, &got)
	if got.ID != 2 || got.Name != "a" {
		t.Errorf("read %+v", got)
	}
	var one project
	mustDecode(t, wire.Procore(), `{"project_id":1,"manager":{"id":1},"dates":{"a":"1"},"tags":["a","b"],"owner":{"id":1},
		"manager":{"full_name":"b"},"dates":{"b":"2"},"tags":["c"],"owner":null}`, &one)
	want := project{ID: 1, Manager: user{Name: "b"}, Dates: map[string]string{"b": "2"}, Tags: []string{"c"}}
	if diff := cmp.Diff(want, one, exactDecimal); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestHostilePage bounds the work by what it allocates: time would depend on
// the machine, and a second pass over the page would at least double this.
func TestHostilePage(t *testing.T) {
	codec := wire.Scoro(time.UTC)
	const n = 2000
	clean := projects(n, `,"users":[{"id":1,"full_name":"a"}]`)
	hostile := projects(n, `,"users":[{"id":{"a":[1,2]},"full_name":"a"}]`)
	if len(hostile) < 1<<20 {
		t.Fatalf("the page has %d bytes, want 1 MB", len(hostile))
	}
	decode := func(data []byte) (got []project, drifts []wire.Drift) {
		drifts, err := codec.Decode(data, &got, wire.DecodeOptions{Key: "project_id"})
		if err != nil {
			t.Fatal(err)
		}
		return got, drifts
	}
	got, drifts := decode(hostile)
	if len(drifts) != n || drifts[n-1].Path != "/1999/users/0/id" {
		t.Errorf("%d drifts, the last %v", len(drifts), drifts[len(drifts)-1])
	}
	for i, p := range got {
		if p.ID != int64(i+1) || p.Users[0].Name != "a" || p.Status != "inprogress" || !p.IsPrivate {
			t.Fatalf("record %d suffered: %+v", i, p)
		}
	}
	cleanWork := testing.AllocsPerRun(3, func() { decode(clean) })
	hostileWork := testing.AllocsPerRun(3, func() { decode(hostile) })
	if hostileWork > 1.5*cleanWork {
		t.Errorf("%v allocations for the hostile page, %v for the clean one", hostileWork, cleanWork)
	}
}

func TestDriftIsBounded(t *testing.T) {
	data := `[` + strings.Repeat(`{"id":{}},`, 20_000) + `{"id":1}]`
	var got []user
	drifts, err := wire.Scoro(time.UTC).Decode([]byte(data), &got, wire.DecodeOptions{})
	if err != nil || len(drifts) != 10_000 || len(got) != 20_001 {
		t.Errorf("%d drifts, %d records, %v", len(drifts), len(got), err)
	}
}
