package everymethod

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A sample makes answers in which every member of every record has a value,
// and looks whether all of it was read. A record that occurs again within one
// answer is left out there, since records hold themselves.
type sample struct {
	types map[string]operations.Type
	// custom is how the platform writes custom fields in answers.
	custom json.RawMessage
	seen   map[string]bool
}

// of returns the JSON of a value of the type ref.
func (s *sample) of(ref string) json.RawMessage {
	s.seen = map[string]bool{}
	data, err := json.Marshal(s.value(operations.Field{Type: ref}))
	if err != nil {
		panic(err) // made of texts, numbers, lists and maps alone
	}
	return data
}

// plainSamples are values of the plain types.
var plainSamples = map[string]any{
	"int": 41, "string": "text", "bool": true, "float": 1.5, "decimal": "12.50", "date": "2026-03-04",
	"datetime": "2026-03-04T05:06:07Z", "duration": "01:30:00", "text": map[string]any{"eng": "text"},
	"secret": "hidden", "any": map[string]any{"any": 1},
}

func (s *sample) value(of operations.Field) any {
	if rest, ok := strings.CutPrefix(of.Type, "[]"); ok {
		of.Type = rest
		return []any{s.value(of)}
	}
	if rest, ok := strings.CutPrefix(of.Type, "map[string]"); ok {
		of.Type = rest
		return map[string]any{"one": s.value(of)}
	}
	switch t, known := s.types[of.Type]; {
	case len(t.Fields) > 0:
		return s.record(of.Type, t)
	case len(t.Enum) > 0:
		return t.Enum[0]
	case known: // a record that nothing is known of
		return plainSamples["any"]
	}
	if of.Type == "customfields" {
		return s.custom
	}
	if len(of.Enum) > 0 && of.Type == "string" {
		return of.Enum[0]
	}
	return plainSamples[of.Type]
}

func (s *sample) record(name string, t operations.Type) any {
	if s.seen[name] {
		return nil
	}
	s.seen[name] = true
	record := map[string]any{}
	for _, f := range t.Fields {
		record[f.Name] = s.value(f)
	}
	return record
}

// check returns an error if a member of what of made was not read into v.
func (s *sample) check(v reflect.Value, ref string) error {
	s.seen = map[string]bool{}
	return s.checkValue(v, operations.Field{Type: ref})
}

func (s *sample) checkValue(v reflect.Value, of operations.Field) error {
	t := s.types[operations.Elem(of.Type)]
	isRecord := len(t.Fields) > 0
	if isRecord && s.seen[operations.Elem(of.Type)] {
		return nil
	}
	if v.IsZero() && (!isRecord || v.Kind() != reflect.Struct) { // all that a record holds may have been read elsewhere
		return fmt.Errorf("%s was not read", of.Name)
	}
	if v.Kind() == reflect.Pointer {
		return s.checkValue(v.Elem(), of)
	}
	for _, outer := range []string{"[]", "map[string]"} {
		if inner, ok := strings.CutPrefix(of.Type, outer); ok {
			of.Type = inner
			return s.checkInner(v, of)
		}
	}
	if !isRecord {
		return nil
	}
	return s.checkRecord(v, of.Type, t)
}

// checkInner checks the one element of a list or a map.
func (s *sample) checkInner(v reflect.Value, of operations.Field) error {
	if v.Len() != 1 {
		return fmt.Errorf("%s has %d elements, want 1", of.Name, v.Len())
	}
	if v.Kind() == reflect.Map {
		return s.checkValue(v.MapIndex(reflect.ValueOf("one")), of)
	}
	return s.checkValue(v.Index(0), of)
}

func (s *sample) checkRecord(v reflect.Value, name string, t operations.Type) error {
	s.seen[name] = true
	if operations.IsShared(name) {
		return nil // written by hand, perhaps with other fields than the wire has
	}
	if v.Kind() != reflect.Struct {
		return fmt.Errorf("%s is read into %s", name, v.Type())
	}
	if err := checkFields(v, t); err != nil {
		return err
	}
	for _, f := range t.Fields {
		field, found := fieldOf(v, f.Name)
		if !found {
			return fmt.Errorf("%s has no field for the member %s", v.Type(), f.Name)
		}
		if err := s.checkValue(field, f); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
