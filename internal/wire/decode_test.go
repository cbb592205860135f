package wire_test

import (
	"encoding/json"
	"errors"
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
