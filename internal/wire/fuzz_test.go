package wire_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/value"
)

// fuzzForm holds that any spelling of a value either drifts and leaves its
// field unset, or is read, written and read again as the same value.
func fuzzForm[T any](f *testing.F, normal func(T) T, seeds ...string) {
	type record struct {
		V    T     `json:"v,omitzero"`
		Next int64 `json:"next"`
	}
	for _, seed := range seeds {
		f.Add(seed)
	}
	codec := wire.Scoro(time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		raws := [][]byte{quoted}
		if json.Valid([]byte(text)) {
			raws = append(raws, []byte(text))
		}
		for _, raw := range raws {
			var first, second record
			drifts, err := codec.Decode([]byte(`{"v":`+string(raw)+`,"next":7}`), &first, wire.DecodeOptions{})
			if err != nil || first.Next != 7 {
				t.Fatalf("%s: %v, %v", raw, first, err)
			}
			if len(drifts) > 0 {
				if !reflect.ValueOf(first.V).IsZero() {
					t.Fatalf("%s drifts and is read as %v", raw, first.V)
				}
				continue
			}
			first.V = normal(first.V)
			written, err := codec.Encode(first)
			if err != nil {
				t.Fatalf("%s is read as %v, which cannot be written: %v", raw, first.V, err)
			}
			drifts, err = codec.Decode(written, &second, wire.DecodeOptions{})
			if err != nil || len(drifts) > 0 || !reflect.DeepEqual(first, second) {
				t.Fatalf("%s -> %v -> %s -> %v (%v, %v)", raw, first, written, second, drifts, err)
			}
		}
	})
}

func same[T any](v T) T { return v }

func FuzzBool(f *testing.F) { fuzzForm(f, same[bool], "1", "true", "0", "false", "", "null", "yes") }

func FuzzInteger(f *testing.F) {
	fuzzForm(f, same[int64], "9007199254740993", "-1", "12.0", ".", "1e3", "9223372036854775808")
}

func FuzzText(f *testing.F) { fuzzForm(f, same[string], "a", "17", "\x00", "\xff", `"\ud800"`, "true") }

func FuzzDecimal(f *testing.F) {
	fuzzForm(f, same[value.Decimal], "10.50", ".5", "1e5", "+1", "1,5", "-0")
}

func FuzzDate(f *testing.F) {
	fuzzForm(f, same[value.Date], "2026-05-17", "20260517", "--02-29", "05-17", "0000-00-00", "2026-05-17T10:00:00+0200", "2026-02-30")
}

func FuzzDuration(f *testing.F) {
	fuzzForm(f, same[time.Duration], "126:30:00", "-1:30", "00:60:00", "2562047:47:16", "::")
}

func FuzzTime(f *testing.F) {
	// Scoro writes whole seconds; years below 1 leave the calendar in UTC.
	normal := func(t time.Time) time.Time {
		if t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
			return time.Time{}
		}
		return t.UTC().Truncate(time.Second)
	}
	fuzzForm(f, normal, "2026-02-03T04:05:06+02:00", "2026-02-03 04:05:06", "2026-02-03T04:05:06.123456+0200", "20260203", "0000-00-00", "2026-02-03T24:00:00Z")
}

// FuzzDecode holds that no data makes the codecs panic, that only JSON is
// read, and that an error leaves nothing behind.
func FuzzDecode(f *testing.F) {
	f.Add(projects(2, `,"users":[{"id":{}}],"title":{"eng":"a"},"raw":[1]`))
	for _, seed := range []string{`[]`, `[{}]`, `[null,7]`, `[{"owner":[],"dates":[],"score":"","any":{"a":1e400}}]`, `[{"tags":{"name":1},"manager":""}]`, `{}`, ``, `[`, "[\"\xff\"]", `[{"title":{"a":"b"},"custom_fields":{"custom_field_1":{"data_type":1}}}]`} {
		f.Add([]byte(seed))
	}
	codecs := []*wire.Codec{wire.Scoro(nil), wire.Procore(), wire.SecurityScorecard()}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, codec := range codecs {
			var list []project
			if _, err := codec.Decode(data, &list, wire.DecodeOptions{Key: "project_id"}); err != nil && list != nil {
				t.Fatalf("an error and %d records", len(list))
			}
			var one project
			if _, err := codec.Decode(data, &one, wire.DecodeOptions{}); err != nil && !reflect.ValueOf(one).IsZero() {
				t.Fatal("an error and a record")
			}
			var raw json.RawMessage
			if _, err := codec.Decode(data, &raw, wire.DecodeOptions{}); err == nil && !json.Valid(raw) {
				t.Fatalf("%q was taken for JSON", raw)
			}
		}
	})
}

func FuzzMembers(f *testing.F) {
	for _, seed := range []string{`{"status":"OK","data":[1]}`, `{"a":1,"a":2}`, `{"\ud800":1}`, `{`, `{"a":1}x`, `null`, "\xef\xbb\xbf{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		members, err := wire.Members(data)
		if err != nil {
			return
		}
		for name, member := range members {
			if !json.Valid(member) {
				t.Fatalf("member %q is %q", name, member)
			}
			wire.Int(member)
			wire.Text(member)
			wire.Bool(member)
		}
	})
}
