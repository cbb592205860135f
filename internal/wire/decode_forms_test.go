package wire_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/value"
)

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
