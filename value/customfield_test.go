package value_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/value"
)

func customFields(t *testing.T, text string) value.CustomFields {
	t.Helper()
	var fields value.CustomFields
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return fields
}

func TestCustomFieldsReadThreeForms(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want value.CustomFields
	}{
		"list": {
			`[{"id":"c_1","name":"Region","value":"North","type":"text"},{"id":2,"name":null,"value":null}]`,
			value.CustomFields{{ID: "c_1", Name: "Region", Type: "text", Value: json.RawMessage(`"North"`)}, {ID: "2"}},
		},
		"values by id": {
			`{"c_2":12.50,"c_1":["a","b"]}`,
			value.CustomFields{{ID: "c_1", Value: json.RawMessage(`["a","b"]`)}, {ID: "c_2", Value: json.RawMessage(`12.50`)}},
		},
		"typed values by id": {
			`{"custom_field_49417":{"data_type":"decimal","value":2.0},"custom_field_5":{"data_type":"string","value":null}}`,
			value.CustomFields{{ID: "49417", Type: "decimal", Value: json.RawMessage(`2.0`)}, {ID: "5", Type: "string"}},
		},
		"null": {`null`, nil}, "empty list": {`[ ]`, nil}, "empty object": {`{}`, nil}, "empty text": {`""`, nil},
	} {
		got := customFields(t, c.text)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
		data, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, customFields(t, string(data))); diff != "" {
			t.Errorf("%s does not round-trip through %s: %s", name, data, diff)
		}
	}
	for _, text := range []string{`17`, `"x"`, `true`, `[1]`} {
		if err := json.Unmarshal([]byte(text), new(value.CustomFields)); err == nil {
			t.Errorf("%s was read as custom fields", text)
		}
	}
}

func TestCustomFieldsAreFound(t *testing.T) {
	fields := customFields(t, `[{"id":"c_1","name":"Region","value":"North"}]`)
	if f, ok := fields.ByID("c_1"); !ok || f.Name != "Region" {
		t.Errorf("ByID = %v, %v", f, ok)
	}
	if f, ok := fields.ByName("Region"); !ok || f.ID != "c_1" {
		t.Errorf("ByName = %v, %v", f, ok)
	}
	if f, ok := fields.ByName("region"); ok {
		t.Errorf("ByName(region) = %v", f)
	}
	procore := customFields(t, `{"custom_field_7":{"data_type":"boolean","value":true}}`)
	for _, id := range []string{"7", "custom_field_7"} {
		if _, ok := procore.ByID(id); !ok {
			t.Errorf("ByID(%s) finds nothing", id)
		}
	}
}

func TestCustomFieldText(t *testing.T) {
	for text, want := range map[string]string{
		`"North"`: "North", `12.50`: "12.50", `true`: "true", `null`: "", ``: "",
		`{"id":3,"label":"High"}`: "High", `["a","b"]`: "a, b", `[{"label":"x"},{"name":"y"},{}]`: "x, y",
	} {
		if got := (value.CustomField{Value: json.RawMessage(text)}).Text(); got != want {
			t.Errorf("Text of %s = %q, want %q", text, got, want)
		}
	}
}

func TestCustomFieldReaders(t *testing.T) {
	field := func(text string) value.CustomField {
		return value.CustomField{ID: "c_1", Value: json.RawMessage(text)}
	}
	for text, want := range map[string]bool{`true`: true, `1`: true, `"1"`: true, `"true"`: true, `false`: false, `0`: false, `"0"`: false, `"false"`: false, `null`: false, `""`: false} {
		if got, err := field(text).Bool(); err != nil || got != want {
			t.Errorf("Bool of %s = %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{`12.50`: "12.50", `"7"`: "7"} {
		if got, err := field(text).Decimal(); err != nil || got.String() != want {
			t.Errorf("Decimal of %s = %v, %v", text, got, err)
		}
	}
	if got, err := field(`null`).Decimal(); err != nil || got.IsSet() {
		t.Errorf("Decimal of null = %v, %v", got, err)
	}
	want := value.Date{Year: 2026, Month: time.May, Day: 17}
	for _, text := range []string{`"2026-05-17"`, `"2026-05-17T23:59:59Z"`, `"2026-05-17 10:00"`} {
		if got, err := field(text).Date(); err != nil || got != want {
			t.Errorf("Date of %s = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{`{}x`, `"secret words"`, `{"a":1}`, `[1]`, `17.5.2`} {
		for name, read := range map[string]func(value.CustomField) error{
			"Bool":    func(f value.CustomField) error { _, err := f.Bool(); return err },
			"Decimal": func(f value.CustomField) error { _, err := f.Decimal(); return err },
			"Date":    func(f value.CustomField) error { _, err := f.Date(); return err },
		} {
			if err := read(field(text)); err == nil {
				t.Errorf("%s reads %s", name, text)
			}
		}
	}
}

func FuzzCustomFields(f *testing.F) {
	for _, seed := range []string{`[{"id":"c_1","value":1}]`, `{"c_1":[1,{"label":"x"}]}`, `{"custom_field_1":{"data_type":"string","value":"x"}}`, `[]`, `[null]`, `"`, `{"":null}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var fields value.CustomFields
		if json.Unmarshal(data, &fields) != nil {
			return
		}
		for _, field := range fields {
			field.Text()
			field.Bool()
			field.Decimal()
			field.Date()
		}
		written, err := json.Marshal(fields)
		if err != nil {
			t.Fatalf("%s was read and cannot be written: %v", data, err)
		}
		var again value.CustomFields
		if err := json.Unmarshal(written, &again); err != nil || len(again) != len(fields) {
			t.Fatalf("%s -> %s -> %d fields, %v", data, written, len(again), err)
		}
	})
}
