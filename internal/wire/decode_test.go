package wire_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/value"
)

var exactDecimal = cmp.Comparer(func(a, b value.Decimal) bool { return a == b })

func mustDecimal(t *testing.T, text string) value.Decimal {
	t.Helper()
	d, err := value.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDecodeRecordInLooseForms(t *testing.T) {
	zone := time.FixedZone("site", 3*3600)
	seven := int64(7)
	want := project{
		ID: 9007199254740993, Name: "Bridge", No: "17", IsPrivate: true,
		Deadline:   value.Date{Year: 2026, Month: time.May, Day: 17},
		Duration:   126*time.Hour + 30*time.Minute,
		ModifiedAt: time.Date(2026, 2, 3, 4, 5, 6, 0, zone),
		Sum:        mustDecimal(t, "10.50"),
		Score:      &seven, Share: 0.25,
		Tags: []string{"a", "b"}, Status: "additional8", Grade: 3,
		Title:        value.LocalText{"": "Sild"},
		CustomFields: value.CustomFields{{ID: "c_1", Name: "Region", Value: json.RawMessage(`"North"`)}},
		Owner:        &user{ID: 1, Name: "Ann"},
		Raw:          json.RawMessage(`{"x": [1,2]}`),
		Any:          map[string]any{"n": json.Number("9007199254740993")},
	}
	var got project
	mustDecode(t, wire.Scoro(zone), `{"project_id":"9007199254740993","project_name":"Bridge","no":17,"is_private":"1",
		"deadline":"2026-05-17","duration":"126:30:00","modified_date":"2026-02-03 04:05:06","sum":"10.50","score":"7","share":"0.25",
		"tags":["a",{"id":4,"name":"b"}],"status":"additional8","grade":"3","title":"Sild","custom_fields":[{"id":"c_1","name":"Region","value":"North"}],
		"dates":[],"owner":{"id":1,"full_name":"Ann"},"manager":[],"users":null,"raw":{"x": [1,2]},"any":{"n":9007199254740993},"unknown":[[{}]]}`, &got)
	if diff := cmp.Diff(want, got, exactDecimal); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// form is one spelling of a value and what it means.
type form[T any] struct {
	text string
	want T
}

func testForms[T any](t *testing.T, codec *wire.Codec, good []form[T], bad []string) {
	t.Helper()
	type record struct {
		ID int64 `json:"id"`
		V  T     `json:"v"`
		W  T     `json:"w"`
	}
	for _, f := range good {
		var got record
		mustDecode(t, codec, `{"w":`+f.text+`,"v":`+f.text+`,"id":5}`, &got)
		if !reflect.DeepEqual(got.V, f.want) || got.ID != 5 {
			t.Errorf("%s is read as %v, want %v", f.text, got.V, f.want)
		}
	}
	for _, text := range bad {
		var got record
		drifts, err := codec.Decode([]byte(`{"w":`+good[0].text+`,"v":`+text+`,"id":5}`), &got, wire.DecodeOptions{})
		if err != nil || len(drifts) != 1 || drifts[0].Path != "/v" || drifts[0].Got != wire.Kind([]byte(text)) {
			t.Errorf("%s: drift %v, error %v", text, drifts, err)
		}
		if !reflect.ValueOf(got.V).IsZero() || got.ID != 5 || !reflect.DeepEqual(got.W, good[0].want) {
			t.Errorf("%s harms its record: %v", text, got)
		}
	}
}

func TestDecodeForms(t *testing.T) {
	codec := wire.Scoro(time.UTC)
	t.Run("bool", func(t *testing.T) {
		testForms(t, codec, []form[bool]{
			{`true`, true}, {`1`, true}, {`"1"`, true}, {`"true"`, true}, {`false`, false}, {`0`, false}, {`"0"`, false}, {`"false"`, false}, {`null`, false}, {`""`, false},
		}, []string{`2`, `"yes"`, `{}`, `[]`, `[true]`})
	})
	t.Run("integer", func(t *testing.T) {
		testForms(t, codec, []form[int64]{
			{`9007199254740993`, 9007199254740993}, {`"9007199254740993"`, 9007199254740993}, {`-1`, -1}, {`12.0`, 12}, {`"12.00"`, 12}, {`0`, 0}, {`""`, 0}, {`null`, 0},
		}, []string{`12.5`, `"12a"`, `9223372036854775808`, `1e3`, `true`, `{}`, `[]`, `"."`})
	})
	t.Run("small integer", func(t *testing.T) {
		testForms(t, codec, []form[int8]{{`127`, 127}, {`"-128"`, -128}}, []string{`128`, `"x"`, `[]`})
	})
	t.Run("text", func(t *testing.T) {
		testForms(t, codec, []form[string]{
			{`"a"`, "a"}, {`17`, "17"}, {`1.50`, "1.50"}, {`null`, ""}, {`""`, ""}, {`"\u00e4\n"`, "ä\n"}, {`"\u0000"`, "\x00"},
		}, []string{`true`, `{}`, `[]`, `["a"]`, `{"name":"a"}`})
	})
	t.Run("open enumeration", func(t *testing.T) {
		testForms(t, codec, []form[projectStatus]{{`"new"`, "new"}, {`4`, "4"}, {`null`, ""}}, []string{`false`, `{}`})
	})
	t.Run("number", func(t *testing.T) {
		testForms(t, codec, []form[float64]{{`0.5`, 0.5}, {`"0.5"`, 0.5}, {`""`, 0}}, []string{`"NaN"`, `"Inf"`, `true`, `1e999`, `{}`})
	})
	t.Run("decimal", func(t *testing.T) {
		testForms(t, codec, []form[value.Decimal]{
			{`10.50`, mustDecimal(t, "10.50")}, {`"10.50"`, mustDecimal(t, "10.50")}, {`".5"`, mustDecimal(t, "0.5")},
			{`12345678901234567890.12`, mustDecimal(t, "12345678901234567890.12")}, {`""`, value.Decimal{}}, {`null`, value.Decimal{}},
		}, []string{`"1,50"`, `true`, `{}`, `1e99999`})
	})
	t.Run("date", func(t *testing.T) {
		day := value.Date{Year: 2026, Month: time.May, Day: 17}
		birthday := value.Date{Month: time.May, Day: 17}
		testForms(t, codec, []form[value.Date]{
			{`"2026-05-17"`, day}, {`"20260517"`, day}, {`20260517`, day}, {`"2026-05-17T23:30:00-05:00"`, day}, {`"2026-05-17 23:30:00"`, day},
			{`"05-17"`, birthday}, {`"--05-17"`, birthday}, {`"0000-05-17"`, birthday},
			{`null`, value.Date{}}, {`""`, value.Date{}}, {`"0000-00-00"`, value.Date{}}, {`"0000-00-00 00:00:00"`, value.Date{}},
		}, []string{`"2026-02-30"`, `"17.05.2026"`, `2026`, `"2026-05-17 soon"`, `true`, `{}`, `[]`})
	})
	t.Run("duration", func(t *testing.T) {
		testForms(t, codec, []form[time.Duration]{
			{`"126:30:00"`, 126*time.Hour + 30*time.Minute}, {`"01:02:03"`, time.Hour + 2*time.Minute + 3*time.Second}, {`"1:30"`, 90 * time.Minute},
			{`"-01:30:00"`, -90 * time.Minute}, {`"00:00:00"`, 0}, {`""`, 0}, {`null`, 0},
		}, []string{`"01:60:00"`, `"1"`, `"1:2:3:4"`, `":30"`, `"1:+5"`, `"99999999999:00:00"`, `"--1:00"`, `3600`, `{}`})
	})
	t.Run("list of texts", func(t *testing.T) {
		testForms(t, codec, []form[[]string]{
			{`["a","b"]`, []string{"a", "b"}}, {`"a"`, []string{"a"}}, {`7`, []string{"7"}}, {`[{"id":1,"name":"a"},"b",3]`, []string{"a", "b", "3"}},
			{`""`, nil}, {`null`, nil},
		}, []string{`true`, `{}`, `{"a":1}`})
	})
	t.Run("list of an enumeration", func(t *testing.T) {
		testForms(t, codec, []form[[]projectStatus]{{`["a"]`, []projectStatus{"a"}}, {`"a"`, []projectStatus{"a"}}, {`""`, nil}}, []string{`true`, `{}`})
	})
	t.Run("list of numbers", func(t *testing.T) {
		testForms(t, codec, []form[[]int64]{{`["1",2]`, []int64{1, 2}}, {`null`, nil}, {`""`, nil}}, []string{`1`, `"x"`, `{}`})
	})
	t.Run("map", func(t *testing.T) {
		testForms(t, codec, []form[map[string]int64]{
			{`{"a":"1"}`, map[string]int64{"a": 1}}, {`[]`, nil}, {`[ ]`, nil}, {`""`, nil}, {`null`, nil},
		}, []string{`[1]`, `"x"`, `7`})
	})
	t.Run("pointer", func(t *testing.T) {
		zero, seven := int64(0), int64(7)
		testForms(t, codec, []form[*int64]{{`7`, &seven}, {`"0"`, &zero}, {`0`, &zero}, {`null`, nil}, {`""`, nil}}, []string{`"x"`, `{}`, `[]`})
	})
	t.Run("pointer to a record", func(t *testing.T) {
		testForms(t, codec, []form[*user]{{`{"id":"3"}`, &user{ID: 3}}, {`null`, nil}, {`""`, nil}, {`[]`, nil}}, []string{`7`, `"x"`, `[1]`})
	})
	t.Run("pointer to a date", func(t *testing.T) {
		testForms(t, codec, []form[*value.Date]{{`"2026-05-17"`, &value.Date{Year: 2026, Month: 5, Day: 17}}, {`""`, nil}}, []string{`{}`, `"x"`})
	})
	t.Run("languages", func(t *testing.T) {
		testForms(t, codec, []form[value.LocalText]{{`{"eng":"a"}`, value.LocalText{"eng": "a"}}, {`"a"`, value.LocalText{"": "a"}}, {`[]`, nil}, {`null`, nil}}, []string{`7`, `[1]`})
	})
	t.Run("custom fields", func(t *testing.T) {
		testForms(t, codec, []form[value.CustomFields]{
			{`{"custom_field_7":{"data_type":"decimal","value":2.0}}`, value.CustomFields{{ID: "7", Type: "decimal", Value: json.RawMessage("2.0")}}}, {`[]`, nil}, {`null`, nil},
		}, []string{`7`, `"x"`})
	})
}

func TestDecodeTimes(t *testing.T) {
	site := time.FixedZone("site", 2*3600)
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, site)
	for text, want := range map[string]time.Time{
		`"2026-02-03T04:05:06+02:00"`:   at,
		`"2026-02-03T02:05:06Z"`:        at,
		`"2026-02-03T04:05:06+0200"`:    at,
		`"2026-02-03T04:05:06+02"`:      at,
		`"2026-02-03 04:05:06+02:00"`:   at,
		`"2026-02-03 04:05:06 +0200"`:   at,
		`"2026-02-03T02:05:06.123456Z"`: at.Add(123456 * time.Microsecond),
		`"2026-02-03T02:05:06.000Z"`:    at,
		`"2026-02-03 04:05:06"`:         at,
		`"2026-02-03T04:05:06"`:         at,
		`"2026-02-03T04:05:06.5"`:       at.Add(500 * time.Millisecond),
		`"2026-02-03 04:05"`:            at.Add(-6 * time.Second),
		`"2026-02-03T02:05Z"`:           at.Add(-6 * time.Second),
		`"2026-02-03"`:                  time.Date(2026, 2, 3, 0, 0, 0, 0, site),
		`"20260203"`:                    time.Date(2026, 2, 3, 0, 0, 0, 0, site),
		`20260203`:                      time.Date(2026, 2, 3, 0, 0, 0, 0, site),
		`null`:                          {}, `""`: {}, `"0000-00-00"`: {}, `"0000-00-00 00:00:00"`: {},
	} {
		var got struct {
			At time.Time `json:"at"`
		}
		mustDecode(t, wire.Scoro(site), `{"at":`+text+`}`, &got)
		if !got.At.Equal(want) || got.At.IsZero() != want.IsZero() {
			t.Errorf("%s is read as %v, want %v", text, got.At, want)
		}
	}
	testForms(t, wire.SecurityScorecard(), []form[time.Time]{{`"2026-02-03T04:05:06Z"`, time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)}},
		[]string{`"2026-02-30"`, `"soon"`, `1770091506`, `true`, `{}`, `[]`, `"2026-02-03T04:05:06 CET"`})
}

func TestZonelessTimesAreReportedOncePerCodec(t *testing.T) {
	type record struct {
		At time.Time `json:"at"`
	}
	const text = `[{"at":"2026-02-03T04:05:06+02:00"},{"at":"2026-02-03 04:05:06"},{"at":"2026-02-03 04:05:06"}]`
	codec := wire.Scoro(nil)
	for round, want := range [][]wire.Drift{{{Path: "/1/at", Want: "date-time with a zone", Got: "string"}}, nil} {
		var got []record
		drifts, err := codec.Decode([]byte(text), &got, wire.DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, drifts); diff != "" {
			t.Errorf("round %d: (-want +got)\n%s", round, diff)
		}
		if want := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC); !got[1].At.Equal(want) {
			t.Errorf("read as %v, want UTC", got[1].At)
		}
	}
	for name, codec := range map[string]*wire.Codec{"Scoro with a zone": wire.Scoro(time.UTC), "Procore": wire.Procore(), "SecurityScorecard": wire.SecurityScorecard()} {
		if drifts, err := codec.Decode([]byte(text), new([]record), wire.DecodeOptions{}); err != nil || drifts != nil {
			t.Errorf("%s: %v, %v", name, drifts, err)
		}
	}
}

func TestEmptyListForAnObjectIsScorosWay(t *testing.T) {
	for _, codec := range []*wire.Codec{wire.Procore(), wire.SecurityScorecard()} {
		var got project
		drifts, err := codec.Decode([]byte(`{"project_id":1,"manager":[],"dates":[],"owner":[]}`), &got, wire.DecodeOptions{})
		want := []wire.Drift{{"/manager", "object", "list"}, {"/dates", "object", "list"}, {"/owner", "object", "list"}}
		if diff := cmp.Diff(want, drifts); diff != "" || err != nil || got.ID != 1 || got.Owner != nil {
			t.Errorf("%v, %v: (-want +got)\n%s", got, err, diff)
		}
	}
}

func TestDecodeOuterShapes(t *testing.T) {
	codec := wire.Scoro(time.UTC)
	for name, out := range map[string]any{"record": new(project), "list": new([]project), "texts": new([]string), "map": new(map[string]string), "any": new(any), "number": new(int64), "text": new(string), "bool": new(bool), "time": new(time.Time)} {
		for _, text := range []string{"", " \n", "null"} {
			_, err := codec.Decode([]byte(text), out, wire.DecodeOptions{})
			if want := map[string]wire.Reason{"": wire.Empty, " \n": wire.Empty, "null": wire.WrongShape}[text]; name != "any" && !errors.Is(err, want) {
				t.Errorf("%q for a %s: %v", text, name, err)
			}
		}
	}
	for _, c := range []struct {
		text string
		out  any
		want string
	}{
		{`[]`, new(project), "answer of another shape: want object, got list"},
		{`{}`, new([]project), "answer of another shape: want list, got object"},
		{`"x"`, new([]project), "answer of another shape: want list, got string"},
		{`"x"`, new([]string), "answer of another shape: want list, got string"},
		{`"x"`, new(project), "answer of another shape: want object, got string"},
		{`""`, new(project), "answer of another shape: want object, got string"},
		{`7`, new(project), "answer of another shape: want object, got number"},
		{`{}`, new(int64), "answer of another shape: want integer, got object"},
		{`{}`, new(string), "answer of another shape: want text, got object"},
		{`[]`, new(map[string]string), "answer of another shape: want object, got list"},
		{`{}`, new(projectStatus), "answer of another shape: want text, got object"},
	} {
		_, err := codec.Decode([]byte(c.text), c.out, wire.DecodeOptions{})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s into %T: %v, want %s", c.text, c.out, err, c.want)
		}
	}
	var number int64
	mustDecode(t, codec, `"17"`, &number)
	var texts []string
	mustDecode(t, codec, `["a"]`, &texts)
	var raw json.RawMessage
	mustDecode(t, codec, "\n{\"a\": null} ", &raw)
	if number != 17 || len(texts) != 1 || string(raw) != `{"a": null}` {
		t.Errorf("read %v, %v, %s", number, texts, raw)
	}
	for _, out := range []any{nil, project{}, (*project)(nil)} {
		if _, err := codec.Decode([]byte(`{}`), out, wire.DecodeOptions{}); err == nil {
			t.Errorf("decoding into %T is no error", out)
		}
	}
}

func TestOwnIDMustBeRight(t *testing.T) {
	codec := wire.Scoro(time.UTC)
	key := wire.DecodeOptions{Key: "project_id"}
	for _, bad := range []string{`null`, `""`, `"x"`, `{}`, `[]`, `true`, `1.5`} {
		list := []project{{Name: "old"}}
		_, err := codec.Decode([]byte(`[{"project_id":1},{"project_name":"b","project_id":`+bad+`}]`), &list, key)
		var found *wire.Error
		if !errors.As(err, &found) || found.Path != "/1/project_id" || !errors.Is(err, wire.WrongShape) || list != nil {
			t.Errorf("id %s in a list: %v, %v", bad, err, list)
		}
		var one project
		_, err = codec.Decode([]byte(`{"project_name":"b","project_id":`+bad+`}`), &one, key)
		if !errors.As(err, &found) || found.Path != "/project_id" || one.Name != "" {
			t.Errorf("id %s in a record: %v, %v", bad, err, one)
		}
	}
	type named struct {
		ID    string   `json:"id"`
		Owner *named   `json:"owner"`
		Tags  []string `json:"tags"`
	}
	for _, bad := range []string{`null`, `""`, `{}`, `false`} {
		if _, err := codec.Decode([]byte(`[{"id":`+bad+`}]`), new([]named), wire.DecodeOptions{Key: "id"}); !errors.Is(err, wire.WrongShape) {
			t.Errorf("id %s: %v", bad, err)
		}
	}
	var list []named
	drifts, err := codec.Decode([]byte(`[{"id":"a","owner":{"id":{}}},{"owner":{"id":null}},{"id":5}]`), &list, wire.DecodeOptions{Key: "id"})
	if diff := cmp.Diff([]wire.Drift{{"/0/owner/id", "text", "object"}}, drifts); err != nil || diff != "" {
		t.Errorf("ids of others are not as strict: %v %s", err, diff)
	}
	if len(list) != 3 || list[0].ID != "a" || list[2].ID != "5" {
		t.Errorf("read %v", list)
	}
}

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

func TestCodecIsSafeForConcurrentUse(t *testing.T) {
	codec := wire.Scoro(time.UTC)
	data := projects(20, `,"users":[{"id":{}}]`)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				var got []project
				drifts, err := codec.Decode(data, &got, wire.DecodeOptions{Key: "project_id"})
				if err != nil || len(drifts) != 20 || len(got) != 20 {
					t.Errorf("%d drifts, %d records, %v", len(drifts), len(got), err)
				}
				if _, err := codec.Encode(got[0]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

// Scoro answers its company account as a record or as a list of one.
func TestDecodeListOfOneRecord(t *testing.T) {
	var p project
	if _, err := wire.Scoro(nil).Decode([]byte(` [{"project_id":7}]`), &p, wire.DecodeOptions{}); err != nil || p.ID != 7 {
		t.Errorf("record %+v, error %v", p, err)
	}
	for _, text := range []string{`[]`, `[{"project_id":7},{"project_id":8}]`, `[7]`} {
		if _, err := wire.Scoro(nil).Decode([]byte(text), &p, wire.DecodeOptions{}); !errors.Is(err, wire.WrongShape) {
			t.Errorf("%s: error %v", text, err)
		}
	}
	if _, err := wire.Procore().Decode([]byte(`[{"project_id":7}]`), &p, wire.DecodeOptions{}); !errors.Is(err, wire.WrongShape) {
		t.Errorf("another platform: error %v", err)
	}
}
