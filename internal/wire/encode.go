package wire

import (
	"encoding"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/cordage-go/cordage/value"
)

// Encode writes a body. Fields are named by their json tags; those with
// omitzero are left out while they are nil or zero, and pointers to zero
// values are sent. Map keys are sorted.
//
// A struct may have a field Clear []string with the tag json:"-". Each name in
// it, a JSON name of the same struct, is written as null; a name that the
// struct does not have, or that is set too, is an error. A zero [value.Date] or
// time.Time that is to be written is an error, since Clear is the way to empty
// a field. A [value.CustomValues] is written in the platform's own form.
func (c *Codec) Encode(v any) ([]byte, error) {
	data, err := json.Marshal(v, json.WithMarshalers(c.writers), json.Deterministic(true))
	if err != nil {
		return nil, unwritten(err)
	}
	return data, nil
}

// unwritten says why a body cannot be written, and where. It takes the cause
// out of the codec's own error, whose text speaks of Go's insides.
func unwritten(err error) error {
	semantic, ok := errors.AsType[*json.SemanticError](err)
	switch {
	case !ok || semantic.Err == nil:
		return fmt.Errorf("the body cannot be written: %w", err)
	case semantic.JSONPointer == "":
		return fmt.Errorf("the body cannot be written: %w", semantic.Err)
	default:
		return fmt.Errorf("the body cannot be written at %s: %w", semantic.JSONPointer, semantic.Err)
	}
}

func (c *Codec) newWriters() *json.Marshalers {
	d := c.dialect
	writers := []*json.Marshalers{
		json.MarshalToFunc(func(enc *jsontext.Encoder, s secret) error {
			return enc.WriteToken(jsontext.String(s.Reveal()))
		}),
		json.MarshalToFunc(func(enc *jsontext.Encoder, t time.Time) error {
			if t.IsZero() {
				return errZeroTime
			}
			return enc.WriteToken(jsontext.String(d.formatTime(t)))
		}),
		json.MarshalToFunc(func(enc *jsontext.Encoder, date value.Date) error {
			if date.IsZero() {
				return errZeroTime
			}
			return skip
		}),
		json.MarshalToFunc(func(enc *jsontext.Encoder, number value.Decimal) error {
			return enc.WriteValue(jsontext.Value(number.String()))
		}),
		json.MarshalToFunc(func(enc *jsontext.Encoder, _ value.File) error { return errFile }),
	}
	if d.numericBools {
		writers = append(writers, json.MarshalToFunc(func(enc *jsontext.Encoder, b bool) error {
			return enc.WriteToken(numericBool(b))
		}))
	}
	if d.clockDurations {
		writers = append(writers, json.MarshalToFunc(func(enc *jsontext.Encoder, duration time.Duration) error {
			return enc.WriteToken(jsontext.String(formatDuration(duration)))
		}))
	}
	writers = append(writers,
		json.MarshalToFunc(c.writeDateRange),
		json.MarshalToFunc(c.writeTimeRange),
		json.MarshalToFunc(c.writeStruct),
	)
	return json.JoinMarshalers(writers...)
}

// A secret hides its text from all that prints and encodes it. In a body the
// text travels: a password that is set must arrive.
type secret interface{ Reveal() string }

var errZeroTime = errors.New("the date is not set: leave the field nil to keep what is stored, or name it in Clear to empty it")

func numericBool(b bool) jsontext.Token {
	if b {
		return jsontext.Int(1)
	}
	return jsontext.Int(0)
}

// formatDuration writes HH:mm:ss, rounded to the second, with as many hours as
// it takes. Scoro itself rounds to minutes.
func formatDuration(d time.Duration) string {
	sign := ""
	if d = d.Round(time.Second); d < 0 {
		sign, d = "-", -d
	}
	seconds := int64(d / time.Second)
	return fmt.Sprintf("%s%02d:%02d:%02d", sign, seconds/3600, seconds/60%60, seconds%60)
}

// writeStruct writes structs field by field. It takes every value there is,
// and leaves all that is not a plain struct to the codec.
func (c *Codec) writeStruct(enc *jsontext.Encoder, pointer any) error {
	v := reflect.ValueOf(pointer).Elem()
	if v.Kind() != reflect.Struct || writesItself(pointer) {
		return skip
	}
	p := c.planOf(v.Type(), "json")
	if p.err != nil {
		return p.err
	}
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	written := map[string]bool{}
	for _, f := range p.fields {
		fv := v.FieldByIndex(f.index)
		if f.isLeftOut(fv) {
			continue
		}
		written[f.name] = true
		if err := c.writeField(enc, f, fv); err != nil {
			return err
		}
	}
	if err := writeCleared(enc, p, v, written); err != nil {
		return err
	}
	return enc.WriteToken(jsontext.EndObject)
}

func writesItself(pointer any) bool {
	switch pointer.(type) {
	case json.MarshalerTo, stdjson.Marshaler, encoding.TextMarshaler:
		return true
	}
	return false
}

func (f field) isLeftOut(v reflect.Value) bool {
	if f.has("omitzero") && isUnset(v) {
		return true
	}
	if !f.has("omitempty") {
		return false
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	}
	return isUnset(v)
}

func (c *Codec) writeField(enc *jsontext.Encoder, f field, v reflect.Value) error {
	if custom, ok := v.Interface().(value.CustomValues); ok && c.dialect.custom == customMembers {
		return writeCustomMembers(enc, custom)
	}
	if err := enc.WriteToken(jsontext.String(f.name)); err != nil {
		return err
	}
	if custom, ok := v.Interface().(value.CustomValues); ok && c.dialect.custom == customList {
		return writeCustomList(enc, custom)
	}
	return json.MarshalEncode(enc, v.Addr().Interface())
}

// writeCleared writes null for each name in the struct's field Clear.
func writeCleared(enc *jsontext.Encoder, p *plan, v reflect.Value, written map[string]bool) error {
	if p.clear == nil {
		return nil
	}
	for _, name := range v.FieldByIndex(p.clear).Interface().([]string) {
		if p.find(name) < 0 {
			return fmt.Errorf("field Clear names %q, which %s does not have: it has %s", name, v.Type(), p.names())
		}
		if written[name] {
			return fmt.Errorf("%q is both set and named in Clear: do one of them", name)
		}
		written[name] = true
		if err := enc.WriteToken(jsontext.String(name)); err != nil {
			return err
		}
		if err := enc.WriteToken(jsontext.Null); err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) names() string {
	names := make([]string, 0, len(p.fields))
	for _, f := range p.fields {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

// customMember is what stands before the id of a custom field on Procore.
const customMember = "custom_field_"

func writeCustomMembers(enc *jsontext.Encoder, values value.CustomValues) error {
	for _, id := range slices.Sorted(maps.Keys(values)) {
		name := customMember + strings.TrimPrefix(id, customMember)
		if err := enc.WriteToken(jsontext.String(name)); err != nil {
			return err
		}
		if err := json.MarshalEncode(enc, values[id]); err != nil {
			return err
		}
	}
	return nil
}

// A customEntry is one custom field as Scoro takes it.
type customEntry struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}

func writeCustomList(enc *jsontext.Encoder, values value.CustomValues) error {
	list := []customEntry{}
	for _, id := range slices.Sorted(maps.Keys(values)) {
		list = append(list, customEntry{id, values[id]})
	}
	return json.MarshalEncode(enc, list)
}

// A dayRange is a range as Scoro's filters take it.
type dayRange struct {
	From value.Date `json:"from_date,omitzero"`
	To   value.Date `json:"to_date,omitzero"`
}

func (c *Codec) writeDateRange(enc *jsontext.Encoder, r value.DateRange) error {
	if !c.dialect.rangeObjects {
		return errNoRange
	}
	return json.MarshalEncode(enc, dayRange(r))
}

// writeTimeRange widens the range to whole days in the site's zone, because
// the ends of Scoro's filters are calendar days.
func (c *Codec) writeTimeRange(enc *jsontext.Encoder, r value.TimeRange) error {
	if !c.dialect.rangeObjects {
		return errNoRange
	}
	return json.MarshalEncode(enc, dayRange{c.dayOf(r.From), c.dayOf(r.To)})
}

func (c *Codec) dayOf(t time.Time) value.Date {
	if t.IsZero() {
		return value.Date{}
	}
	if c.dialect.zone != nil {
		t = t.In(c.dialect.zone)
	}
	return value.DateOf(t)
}

var errNoRange = errors.New("the platform has no JSON form for a range: use it in a query")
