package wire

import (
	"encoding"
	"encoding/base64"
	stdjson "encoding/json"
	"reflect"
	"time"

	"github.com/cordage-go/cordage/value"
)

// A shape reads values of one Go type. It is made once for each type.
type shape struct {
	read func(r *reader, v reflect.Value) (set bool)
}

// shapeOf returns the shape of a type.
func (c *Codec) shapeOf(t reflect.Type) *shape {
	if known, ok := c.shapes.Load(t); ok {
		return known.(*shape)
	}
	known, _ := c.shapes.LoadOrStore(t, shapes{}.of(t))
	return known.(*shape)
}

// shapes are those of a type and of all that is in it, itself perhaps.
type shapes map[reflect.Type]*shape

func (all shapes) of(t reflect.Type) *shape {
	if known := all[t]; known != nil {
		return known
	}
	s := &shape{}
	all[t] = s
	s.read = all.reading(t)
	return s
}

// reading picks the function for a type: by the type itself, by its own way of
// reading, by its kind.
func (all shapes) reading(t reflect.Type) func(*reader, reflect.Value) bool {
	switch t {
	case reflect.TypeFor[time.Time]():
		return plainly("date-time", (*reader).parseTime)
	case reflect.TypeFor[value.Date]():
		return plainly("date", alone(parseDate))
	case reflect.TypeFor[value.Decimal]():
		return plainly("decimal", alone(parseDecimal))
	case reflect.TypeFor[time.Duration]():
		return plainly("duration", alone(parseDuration))
	case reflect.TypeFor[[]byte]():
		return plainly("base64", alone(parseBase64))
	case reflect.TypeFor[stdjson.RawMessage]():
		return readRaw
	}
	switch pointer := reflect.PointerTo(t); {
	case pointer.Implements(reflect.TypeFor[stdjson.Unmarshaler]()):
		return func(r *reader, v reflect.Value) bool { return r.readOwn(v, unmarshalJSON) }
	case pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return func(r *reader, v reflect.Value) bool { return r.readOwn(v, unmarshalText) }
	}
	switch t.Kind() {
	case reflect.String:
		return readString
	case reflect.Bool:
		return readBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return readInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return readUint
	case reflect.Float32, reflect.Float64:
		return readFloat
	case reflect.Struct:
		return all.readingObject(t)
	case reflect.Map:
		return all.readingMap(t)
	case reflect.Slice:
		return all.readingList(t)
	case reflect.Array:
		return all.readingArray(t)
	case reflect.Pointer:
		return all.readingPointer(t)
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return (*reader).readAny
		}
	}
	return unfit
}

// unfit is for Go types that nothing can be read into.
func unfit(r *reader, v reflect.Value) bool {
	r.fail("a value for "+v.Type().String(), r.kind())
	return false
}

// plainly reads values without structure into exactly the type T.
func plainly[T any](want string, parse func(*reader, plain) (T, bool)) func(*reader, reflect.Value) bool {
	return func(r *reader, v reflect.Value) (set bool) {
		out := v.Addr().Interface().(*T)
		*out, set = readPlain(r, want, parse)
		return set
	}
}

// alone is a parser that needs nothing but the value.
func alone[T any](parse parser[T]) func(*reader, plain) (T, bool) {
	return func(_ *reader, p plain) (T, bool) { return parse(p) }
}

// readRaw keeps a value as it is, in memory of its own.
func readRaw(r *reader, v reflect.Value) bool {
	v.SetBytes(append([]byte(nil), r.value()...))
	return true
}

func parseBase64(p plain) ([]byte, bool) {
	data, err := base64.StdEncoding.DecodeString(string(p.text))
	return data, err == nil
}

func readString(r *reader, v reflect.Value) bool {
	text, set := r.readText()
	v.SetString(text)
	return set
}

func readBool(r *reader, v reflect.Value) bool {
	b, set := readPlain(r, "bool", alone(parseBool))
	v.SetBool(b)
	return set
}

func readInt(r *reader, v reflect.Value) bool {
	n, set := readPlain(r, "integer", alone(parseInt))
	if v.OverflowInt(n) {
		v.SetZero()
		return r.drift("integer", '0')
	}
	v.SetInt(n)
	return set
}

func readUint(r *reader, v reflect.Value) bool {
	n, set := readPlain(r, "integer", alone(parseInt))
	if n < 0 || v.OverflowUint(uint64(n)) {
		v.SetZero()
		return r.drift("integer", '0')
	}
	v.SetUint(uint64(n))
	return set
}

func readFloat(r *reader, v reflect.Value) bool {
	f, set := readPlain(r, "number", alone(parseFloat))
	v.SetFloat(f)
	return set
}
