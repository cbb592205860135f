package wire_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/value"
)

type scope struct {
	CompanyID int64 `json:"company_id,omitzero"`
}

type lineInput struct {
	ID    *int64         `json:"id,omitzero"`
	Price *value.Decimal `json:"price,omitzero"`
	Clear []string       `json:"-"`
}

type projectInput struct {
	scope
	Name         *string            `json:"project_name,omitzero"`
	IsPrivate    *bool              `json:"is_private,omitzero"`
	Deadline     *value.Date        `json:"deadline,omitzero"`
	Duration     *time.Duration     `json:"duration,omitzero"`
	Start        *time.Time         `json:"start,omitzero"`
	Budget       *value.Decimal     `json:"budget,omitzero"`
	Users        []int64            `json:"users,omitzero"`
	Lines        []lineInput        `json:"lines,omitzero"`
	Title        value.LocalText    `json:"title,omitzero"`
	Note         string             `json:"note,omitempty"`
	Raw          json.RawMessage    `json:"raw,omitzero"`
	CustomFields value.CustomValues `json:"custom_fields,omitzero"`
	Clear        []string           `json:"-"`
	hidden       string
}

func TestEncode(t *testing.T) {
	site := time.FixedZone("site", 2*3600)
	start := time.Date(2026, 2, 3, 2, 5, 6, 7e6, time.UTC)
	full := &projectInput{
		scope: scope{CompanyID: 5}, Name: new("Bridge"), IsPrivate: new(false), Deadline: &value.Date{Year: 2026, Month: 5, Day: 17},
		Start: &start, Budget: new(value.NewDecimal(1250, 2)), Users: []int64{}, Lines: []lineInput{{ID: new(int64(1)), Clear: []string{"price"}}},
		Title: value.LocalText{"est": "Sild", "eng": "Bridge"}, Raw: json.RawMessage(`{"a": 1}`),
		CustomFields: value.CustomValues{"c_2": true, "c_1": []string{"a"}}, Clear: []string{"note", "duration"}, hidden: "x",
	}
	const head = `{"company_id":5,"project_name":"Bridge","is_private":`
	const middle = `"budget":12.50,"users":[],"lines":[{"id":1,"price":null}],"title":{"eng":"Bridge","est":"Sild"},"raw":{"a":1},`
	const tail = `"note":null,"duration":null}`
	for name, c := range map[string]struct {
		codec *wire.Codec
		want  string
	}{
		"Scoro": {wire.Scoro(site), head + `0,"deadline":"2026-05-17","start":"2026-02-03T04:05:06+02:00",` + middle +
			`"custom_fields":[{"id":"c_1","value":["a"]},{"id":"c_2","value":1}],` + tail},
		"Scoro without a zone": {wire.Scoro(nil), head + `0,"deadline":"2026-05-17","start":"2026-02-03T02:05:06Z",` + middle +
			`"custom_fields":[{"id":"c_1","value":["a"]},{"id":"c_2","value":1}],` + tail},
		"Procore": {wire.Procore(), head + `false,"deadline":"2026-05-17","start":"2026-02-03T02:05:06Z",` + middle +
			`"custom_field_c_1":["a"],"custom_field_c_2":true,` + tail},
		"SecurityScorecard": {wire.SecurityScorecard(), head + `false,"deadline":"2026-05-17","start":"2026-02-03T02:05:06.007Z",` + middle +
			`"custom_fields":{"c_1":["a"],"c_2":true},` + tail},
	} {
		got, err := c.codec.Encode(full)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestEncodePlainValues(t *testing.T) {
	codec := wire.Scoro(time.UTC)
	for want, v := range map[string]any{
		`{}`:                               projectInput{},
		`{"budget":0}`:                     projectInput{Budget: new(value.Decimal)},
		`{"project_name":""}`:              projectInput{Name: new("")},
		`{"duration":"126:30:00"}`:         projectInput{Duration: new(126*time.Hour + 30*time.Minute)},
		`{"duration":"-00:00:02"}`:         projectInput{Duration: new(-1600 * time.Millisecond)},
		`{"duration":"00:00:00"}`:          projectInput{Duration: new(time.Duration(0))},
		`["a.com","b.com"]`:                []string{"a.com", "b.com"},
		`{"a":1,"b":{"c":[0,null]}}`:       map[string]any{"b": map[string]any{"c": []any{false, nil}}, "a": true},
		`{"v":{"from_date":"2026-03-01"}}`: map[string]any{"v": value.SinceDate(value.Date{Year: 2026, Month: 3, Day: 1})},
		`{"x": "y"}`[:5] + `"y"}`:          json.RawMessage(`{"x": "y"}`),
		`{"ID":1,"Name":"a"}`: struct {
			ID   int
			Name string
		}{1, "a"},
		`null`: nil,
	} {
		got, err := codec.Encode(v)
		if err != nil || strings.ReplaceAll(string(got), " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%#v is written as %s, %v; want %s", v, got, err, want)
		}
	}
	procore, err := wire.Procore().Encode(struct {
		Custom value.CustomValues `json:"custom_fields,omitzero"`
	}{value.CustomValues{"custom_field_7": nil, "5": value.Date{Year: 2026, Month: 1, Day: 2}}})
	if err != nil || string(procore) != `{"custom_field_5":"2026-01-02","custom_field_7":null}` {
		t.Errorf("custom fields of Procore: %s, %v", procore, err)
	}
}

// hidden is a text that shows itself to nobody but a platform.
type hidden struct{ text string }

func (h hidden) Reveal() string               { return h.text }
func (h hidden) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// A secret that is set arrives, in JSON as in a form.
func TestEncodeRevealsSecrets(t *testing.T) {
	in := struct {
		Password hidden   `json:"password"`
		Former   *hidden  `json:"former,omitzero"`
		Keys     []hidden `json:"keys,omitzero"`
	}{hidden{"quoted \" secret"}, &hidden{"old"}, []hidden{{"a"}, {"b"}}}
	const want = `{"password":"quoted \" secret","former":"old","keys":["a","b"]}`
	for _, codec := range []*wire.Codec{wire.Scoro(time.UTC), wire.Procore(), wire.SecurityScorecard()} {
		if got, err := codec.Encode(in); err != nil || string(got) != want {
			t.Errorf("written is %s, %v; want %s", got, err, want)
		}
		if got, _, err := codec.EncodeFiles(&in); err != nil || string(got) != want {
			t.Errorf("written for a form is %s, %v; want %s", got, err, want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	scoro, procore := wire.Scoro(time.UTC), wire.Procore()
	for want, run := range map[string]func() ([]byte, error){
		`Clear names "budgets", which wire_test.projectInput does not have: it has company_id, project_name, is_private`: func() ([]byte, error) {
			return scoro.Encode(projectInput{Clear: []string{"budgets"}})
		},
		`"project_name" is both set and named in Clear`: func() ([]byte, error) {
			return scoro.Encode(&projectInput{Name: new("a"), Clear: []string{"project_name"}})
		},
		`"note" is both set and named in Clear`: func() ([]byte, error) {
			return scoro.Encode(&projectInput{Clear: []string{"note", "note"}})
		},
		`Clear names "nope", which wire_test.lineInput`: func() ([]byte, error) {
			return scoro.Encode(&projectInput{Lines: []lineInput{{Clear: []string{"nope"}}}})
		},
		`name it in Clear to empty it`: func() ([]byte, error) { return procore.Encode(&projectInput{Deadline: new(value.Date)}) },
		`the date is not set`:          func() ([]byte, error) { return procore.Encode(&projectInput{Start: new(time.Time)}) },
		`the calendar has no day 2026-02-30`: func() ([]byte, error) {
			return procore.Encode(&projectInput{Deadline: &value.Date{Year: 2026, Month: 2, Day: 30}})
		},
		`no JSON form for a range`:                func() ([]byte, error) { return procore.Encode(map[string]any{"at": value.Since(time.Now())}) },
		`at /duration: no default representation`: func() ([]byte, error) { return procore.Encode(&projectInput{Duration: new(time.Hour)}) },
		`are both "company_id"`: func() ([]byte, error) {
			return procore.Encode(struct {
				scope
				Company int64 `json:"company_id"`
			}{})
		},
		`embed a struct by value`:                            func() ([]byte, error) { return procore.Encode(struct{ *user }{}) },
		`the body cannot be written: unsupported value: NaN`: func() ([]byte, error) { return procore.Encode(math.NaN()) },
		`the body cannot be written at /at: `:                func() ([]byte, error) { return procore.Encode(map[string]any{"at": time.Time{}}) },
	} {
		data, err := run()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %s, %v; want an error with %q", data, err, want)
		}
	}
}

// TestWrittenValuesAreReadBack holds for each platform and each plain type.
func TestWrittenValuesAreReadBack(t *testing.T) {
	type record struct {
		Flag     bool            `json:"flag"`
		Day      value.Date      `json:"day"`
		Birthday value.Date      `json:"birthday"`
		At       time.Time       `json:"at"`
		Sum      value.Decimal   `json:"sum"`
		ID       int64           `json:"id"`
		Share    float64         `json:"share"`
		Text     string          `json:"text"`
		Title    value.LocalText `json:"title"`
		Tags     []string        `json:"tags"`
		Length   time.Duration   `json:"length,omitzero"`
	}
	want := record{
		Flag: true, Day: value.Date{Year: 2026, Month: 12, Day: 31}, Birthday: value.Date{Month: 2, Day: 29},
		At: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC), Sum: value.NewDecimal(-1<<63, 30), ID: math.MinInt64, Share: 0.1,
		Text: "a\"\x00ä\u2028<&>", Title: value.LocalText{"eng": "x"}, Tags: []string{"a", ""},
	}
	for name, codec := range map[string]*wire.Codec{"Scoro": wire.Scoro(time.UTC), "Procore": wire.Procore(), "SecurityScorecard": wire.SecurityScorecard()} {
		in := want
		if name == "Scoro" {
			in.Length = 1000*time.Hour + 59*time.Minute + 59*time.Second
		}
		data, err := codec.Encode(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got record
		mustDecode(t, codec, string(data), &got)
		if diff := cmp.Diff(in, got, exactDecimal); diff != "" {
			t.Errorf("%s: %s (-want +got)\n%s", name, data, diff)
		}
	}
}
