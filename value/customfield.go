package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A CustomField is a field that a customer added to a record. What Type says
// is up to the platform; Value is the JSON that came.
type CustomField struct {
	ID    string          `json:"id"`            // "c_17" on Scoro, "49417" on Procore
	Name  string          `json:"name,omitzero"` // "" where the platform sends none
	Type  string          `json:"type,omitzero"` // "" if the platform does not say
	Value json.RawMessage `json:"value"`         // nil if there is none
}

// CustomFields are the custom fields of a record that was read. They can be
// read by id, and by name where the platform sends names.
type CustomFields []CustomField

// CustomValues are custom fields to write, by id: text, numbers, bool, [Date],
// [Decimal], [time.Time], or slices of these for fields with several choices.
// A nil value empties the field.
type CustomValues map[string]any

// memberPrefix stands before the id in the names that Procore gives to members.
const memberPrefix = "custom_field_"

// ByID returns the field with the id. On Procore "49417" and
// "custom_field_49417" are the same.
func (f CustomFields) ByID(id string) (CustomField, bool) {
	id = strings.TrimPrefix(id, memberPrefix)
	return f.find(func(field CustomField) bool { return field.ID == id })
}

// ByName returns the first field with the name. Procore sends no names.
func (f CustomFields) ByName(name string) (CustomField, bool) {
	return f.find(func(field CustomField) bool { return field.Name == name })
}

func (f CustomFields) find(match func(CustomField) bool) (CustomField, bool) {
	if i := slices.IndexFunc(f, match); i >= 0 {
		return f[i], true
	}
	return CustomField{}, false
}

// UnmarshalJSON reads the three forms in which platforms send custom fields: a
// list of {id, name, type, value}, an object of values by id, and an object of
// {data_type, value} by id. Objects are sorted by id. Null, an empty text, an
// empty list and an empty object leave f nil.
func (f *CustomFields) UnmarshalJSON(data []byte) error {
	*f = nil
	if isEmpty(data) {
		return nil
	}
	var list []map[string]json.RawMessage
	if json.Unmarshal(data, &list) == nil {
		for _, members := range list {
			*f = append(*f, CustomField{
				ID:    plainText(members["id"]),
				Name:  plainText(members["name"]),
				Type:  plainText(members["type"]),
				Value: notNull(members["value"]),
			})
		}
		return nil
	}
	var byID map[string]json.RawMessage
	if json.Unmarshal(data, &byID) != nil {
		return errors.New("value: custom fields are neither a list nor an object")
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		*f = append(*f, fieldOf(id, byID[id]))
	}
	return nil
}

// fieldOf reads a member of an object of custom fields.
func fieldOf(id string, data json.RawMessage) CustomField {
	field := CustomField{ID: strings.TrimPrefix(id, memberPrefix)}
	var typed map[string]json.RawMessage
	if json.Unmarshal(data, &typed) == nil && typed["data_type"] != nil {
		field.Type = plainText(typed["data_type"])
		data = typed["value"]
	}
	field.Value = notNull(data)
	return field
}

// Text returns the value for people to read: a text as it is, numbers and
// booleans as JSON writes them, the label or name of a choice, and several
// choices with commas between. No value is the empty string.
func (f CustomField) Text() string {
	return strings.Join(texts(f.Value), ", ")
}

// Bool reads true, 1, "1" and "true", and their opposites. No value is false.
func (f CustomField) Bool() (bool, error) {
	if isEmpty(f.Value) {
		return false, nil
	}
	switch plainText(f.Value) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	default:
		return false, f.mismatch("a bool")
	}
}

// Decimal reads a number, or a text that holds one. No value is a Decimal that
// is not set.
func (f CustomField) Decimal() (Decimal, error) {
	if isEmpty(f.Value) {
		return Decimal{}, nil
	}
	number, err := ParseDecimal(plainText(f.Value))
	if err != nil {
		return Decimal{}, f.mismatch("a number")
	}
	return number, nil
}

// Date reads a date, or the day of a date-time as it is written. No value is
// the zero Date.
func (f CustomField) Date() (Date, error) {
	if isEmpty(f.Value) {
		return Date{}, nil
	}
	text := plainText(f.Value)
	if len(text) > len("2006-01-02") && strings.ContainsRune("T ", rune(text[len("2006-01-02")])) {
		text = text[:len("2006-01-02")]
	}
	date, err := ParseDate(text)
	if err != nil {
		return Date{}, f.mismatch("a date")
	}
	return date, nil
}

// mismatch leaves the value out of its message: it may be anybody's data.
func (f CustomField) mismatch(want string) error {
	return fmt.Errorf("value: custom field %q does not hold %s: read CustomField.Value", f.ID, want)
}

// texts returns the readable parts of a value.
func texts(data json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil {
		var all []string
		for _, element := range list {
			all = append(all, texts(element)...)
		}
		return all
	}
	var choice map[string]json.RawMessage
	if json.Unmarshal(data, &choice) == nil {
		for _, name := range []string{"label", "name", "value"} {
			if text := plainText(choice[name]); text != "" {
				return []string{text}
			}
		}
		return nil
	}
	if text := plainText(data); text != "" {
		return []string{text}
	}
	return nil
}

// plainText returns a JSON text without quotes, numbers and booleans as they
// are, and nothing for the rest.
func plainText(data json.RawMessage) string {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] == '{' || data[0] == '[' || data[0] == 'n' {
		return ""
	}
	var text string
	if json.Unmarshal(data, &text) == nil {
		return text
	}
	return string(data)
}

func notNull(data json.RawMessage) json.RawMessage {
	if string(data) == "null" {
		return nil
	}
	return data
}

// isEmpty reports whether data is one of the ways to say that there is
// nothing. An empty PHP array is a list even where an object belongs.
func isEmpty(data []byte) bool {
	data = bytes.TrimSpace(data)
	switch string(data) {
	case "", "null", `""`, "[]", "{}":
		return true
	}
	return len(data) > 1 && (data[0] == '[' || data[0] == '{') && len(bytes.TrimSpace(data[1:len(data)-1])) == 0
}
