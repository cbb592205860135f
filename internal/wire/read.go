package wire

import (
	"bytes"
	"encoding"
	stdjson "encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A reader reads one answer at a time. The codec calls its functions for every
// value; they read what fits, step over the rest and note it.
type reader struct {
	codec     *Codec
	options   json.Options
	parseTime parser[moment]

	key         string // of the records, or empty
	recordDepth int    // of a record's members: 1, or 2 in a list
	drifts      []Drift
	failure     *Error // why reading must stop
	unset       int    // depth at which the last value stayed unset
}

// maxDrifts bounds the memory that a hostile answer takes.
const maxDrifts = 10_000

func newReader(c *Codec) *reader {
	zone := c.dialect.zone
	if zone == nil {
		zone = time.UTC
	}
	r := &reader{codec: c, parseTime: parseTime(zone)}
	// The codec calls a function for exactly the type that it names. The last
	// one takes all others: named types, structs, lists, maps, pointers.
	functions := json.JoinUnmarshalers(
		json.UnmarshalFromFunc(r.readString),
		json.UnmarshalFromFunc(reading(r, "integer", parseInt)),
		json.UnmarshalFromFunc(reading(r, "bool", parseBool)),
		json.UnmarshalFromFunc(r.readTime),
		json.UnmarshalFromFunc(reading(r, "date", parseDate)),
		json.UnmarshalFromFunc(reading(r, "decimal", parseDecimal)),
		json.UnmarshalFromFunc(reading(r, "duration", parseDuration)),
		json.UnmarshalFromFunc(reading(r, "number", parseFloat)),
		json.UnmarshalFromFunc(readRaw),
		json.UnmarshalFromFunc(r.readOther),
	)
	r.options = json.JoinOptions(lenient, json.WithUnmarshalers(functions))
	return r
}

// reading makes a reading function from a parser.
func reading[T any](r *reader, want string, parse parser[T]) func(*jsontext.Decoder, *T) error {
	return func(dec *jsontext.Decoder, out *T) error {
		return read(r, dec, out, want, parse)
	}
}

func read[T any](r *reader, dec *jsontext.Decoder, out *T, want string, parse parser[T]) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	p := plainOf(raw)
	if p.isNone() {
		*out = *new(T)
		return r.none(dec, want, p.kind)
	}
	v, ok := parse(p)
	if !ok {
		*out = *new(T)
		return r.drift(dec, want, p.kind)
	}
	*out = v
	return nil
}

// readString reads a text. In a list, an object stands for its name, as tags
// may come.
func (r *reader) readString(dec *jsontext.Decoder, out *string) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	p := plainOf(raw)
	if p.kind == '{' && inList(dec) {
		p = nameOf(raw)
	}
	text, ok := parseText(p)
	if !ok && !p.isNone() {
		*out = ""
		return r.drift(dec, "text", p.kind)
	}
	*out = text
	if text == "" {
		return r.none(dec, "text", p.kind)
	}
	return nil
}

func inList(dec *jsontext.Decoder) bool {
	kind, _ := dec.StackIndex(dec.StackDepth())
	return kind == '['
}

func nameOf(raw jsontext.Value) plain {
	members, err := Members(raw)
	if name := jsontext.Value(members["name"]); err == nil && len(name) > 0 && name.Kind() == '"' {
		return plainOf(name)
	}
	return plain{kind: '{'}
}

func (r *reader) readTime(dec *jsontext.Decoder, out *time.Time) error {
	var m moment
	if err := read(r, dec, &m, "date-time", r.parseTime); err != nil {
		return err
	}
	*out = m.Time
	if m.zoneless && r.codec.dialect.zone == nil && r.codec.zoneless.CompareAndSwap(false, true) {
		r.note(dec, "date-time with a zone", '"')
	}
	return nil
}

// readRaw keeps a value as it is, in memory of its own.
func readRaw(dec *jsontext.Decoder, out *stdjson.RawMessage) error {
	raw, err := dec.ReadValue()
	*out = append((*out)[:0], raw...)
	return err
}

// readOther reads what no other function takes: out points to a value of any
// type. With skip it leaves a value of the right shape to the codec.
func (r *reader) readOther(dec *jsontext.Decoder, out any) error {
	switch out := out.(type) {
	case stdjson.Unmarshaler:
		return r.readOwn(dec, out, out.UnmarshalJSON)
	case encoding.TextUnmarshaler:
		return r.readOwn(dec, out, func(raw []byte) error { return unmarshalText(raw, out) })
	}
	v := reflect.ValueOf(out).Elem()
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		return r.readShape(dec, v, "object", '{')
	case reflect.Slice:
		return r.readList(dec, v)
	case reflect.Pointer:
		return r.readPointer(dec, v)
	case reflect.Interface:
		return r.readAny(dec, v)
	default:
		return r.readNamed(dec, v)
	}
}

// readNamed reads named types by their kind, such as the open enumerations,
// and the smaller integers.
func (r *reader) readNamed(dec *jsontext.Decoder, v reflect.Value) error {
	switch {
	case v.Kind() == reflect.String:
		var text string
		err := r.readString(dec, &text)
		v.SetString(text)
		return err
	case v.Kind() == reflect.Bool:
		var b bool
		err := read(r, dec, &b, "bool", parseBool)
		v.SetBool(b)
		return err
	case v.CanInt():
		var n int64
		err := read(r, dec, &n, "integer", parseInt)
		if v.OverflowInt(n) {
			return r.drift(dec, "integer", '0')
		}
		v.SetInt(n)
		return err
	case v.CanFloat():
		var f float64
		err := read(r, dec, &f, "number", parseFloat)
		v.SetFloat(f)
		return err
	default:
		return skip
	}
}

// readOwn lets a type read itself.
func (r *reader) readOwn(dec *jsontext.Decoder, out any, unmarshal func([]byte) error) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	v := reflect.ValueOf(out).Elem()
	if raw.Kind() == 'n' {
		v.SetZero()
		return r.none(dec, v.Type().Name(), 'n')
	}
	if unmarshal(raw) != nil {
		v.SetZero()
		return r.drift(dec, v.Type().Name(), raw.Kind())
	}
	return nil
}

func unmarshalText(raw jsontext.Value, out encoding.TextUnmarshaler) error {
	p := plainOf(raw)
	if p.text == nil {
		return errNotText
	}
	return out.UnmarshalText(p.text)
}

var errNotText = errors.New("neither a text nor a number")

// readShape leaves an object to the codec and steps over all else.
func (r *reader) readShape(dec *jsontext.Decoder, v reflect.Value, want string, kind jsontext.Kind) error {
	got := dec.PeekKind()
	if got == kind || got == jsontext.KindInvalid {
		return skip
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	v.SetZero()
	nothing := plainOf(raw).isNone() || got == '[' && r.codec.dialect.emptyLists && isEmptyList(raw)
	if nothing && !r.isRecord(dec) {
		return r.none(dec, want, got)
	}
	return r.drift(dec, want, got)
}

// isRecord reports whether the value just read is an element of the answer's
// list. There, nothing is not a way to say that there is no record.
func (r *reader) isRecord(dec *jsontext.Decoder) bool {
	return r.recordDepth == 2 && dec.StackDepth() == 1
}

func isEmptyList(raw jsontext.Value) bool {
	return len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
}

// readList reads a single text as a list of one where texts are listed:
// platforms write some fields either way.
func (r *reader) readList(dec *jsontext.Decoder, v reflect.Value) error {
	kind := dec.PeekKind()
	single := kind == '"' || kind == '0'
	if !single || v.Type().Elem().Kind() != reflect.String || dec.StackDepth() == 0 {
		return r.readShape(dec, v, "list", '[')
	}
	var text string
	err := r.readString(dec, &text)
	v.SetZero()
	if text != "" {
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		v.Index(0).SetString(text)
	}
	return err
}

// readPointer leaves the pointer nil where its value stays unset.
func (r *reader) readPointer(dec *jsontext.Decoder, v reflect.Value) error {
	kind := dec.PeekKind()
	record := v.Type().Elem().Kind() == reflect.Struct && v.Type().NumMethod() == 0
	if kind == 'n' || kind == jsontext.KindInvalid || record && kind == '{' {
		return skip
	}
	r.unset = -1
	target := reflect.New(v.Type().Elem())
	if err := json.UnmarshalDecode(dec, target.Interface()); err != nil {
		return err
	}
	if r.unset == dec.StackDepth() {
		v.SetZero()
		return nil
	}
	v.Set(target)
	return nil
}

// readAny reads values of unknown shape. Numbers become json.Number of the
// standard library, so that they keep their digits.
func (r *reader) readAny(dec *jsontext.Decoder, v reflect.Value) error {
	if v.NumMethod() > 0 {
		return skip
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	std := stdjson.NewDecoder(bytes.NewReader(raw))
	std.UseNumber()
	var content any
	if std.Decode(&content) != nil {
		return r.drift(dec, "any value", raw.Kind())
	}
	v.Set(reflect.ValueOf(&content).Elem())
	return nil
}

// none notes that the platform gave no value. Only a record's own id and the
// whole answer must not be missing.
func (r *reader) none(dec *jsontext.Decoder, want string, got jsontext.Kind) error {
	r.unset = dec.StackDepth()
	if r.isVital(dec) {
		return r.fail(dec, want, got)
	}
	return nil
}

// drift notes a value that did not fit.
func (r *reader) drift(dec *jsontext.Decoder, want string, got jsontext.Kind) error {
	r.unset = dec.StackDepth()
	if r.isVital(dec) {
		return r.fail(dec, want, got)
	}
	r.note(dec, want, got)
	return nil
}

func (r *reader) note(dec *jsontext.Decoder, want string, got jsontext.Kind) {
	if len(r.drifts) < maxDrifts {
		r.drifts = append(r.drifts, Drift{shortPath(string(dec.StackPointer())), want, kindName(got)})
	}
}

// isVital reports whether the value just read is the whole answer or a
// record's own id.
func (r *reader) isVital(dec *jsontext.Decoder) bool {
	depth := dec.StackDepth()
	if depth == 0 {
		return true
	}
	return r.key != "" && depth == r.recordDepth && !inList(dec) && dec.StackPointer().LastToken() == r.key
}

func (r *reader) fail(dec *jsontext.Decoder, want string, got jsontext.Kind) error {
	r.failure = &Error{
		Path:   shortPath(string(dec.StackPointer())),
		Reason: WrongShape,
		Want:   want,
		Got:    kindName(got),
	}
	return r.failure
}
