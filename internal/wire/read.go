package wire

import (
	"bytes"
	"encoding"
	stdjson "encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// A reader reads one answer. Its functions read what fits, step over the rest
// and note it, all in one pass: the time does not depend on how much of that
// there is. Those that read a value report whether it was set.
type reader struct {
	scanner
	codec *Codec

	key         string  // of the records, or empty
	recordDepth int     // of a record's members: 1, or 2 in a list
	path        []step  // to the value that is read
	steps       [4]step // room for most paths
	texts       *texts  // of a list; else nil
	drifts      []Drift
	failure     *Error // why reading must stop
}

// A step leads to a member, or to an element of a list.
type step struct {
	name  []byte // nil for an element
	index int
}

// maxDrifts bounds the memory that a hostile answer takes.
const maxDrifts = 10_000

// readPlain reads a value without structure.
func readPlain[T any](r *reader, want string, parse func(*reader, plain) (T, bool)) (v T, set bool) {
	p := r.content()
	if p.isNone() {
		return v, r.none(want, p.kind)
	}
	parsed, ok := parse(r, p)
	if !ok {
		return v, r.drift(want, p.kind)
	}
	return parsed, true
}

// readText reads a text. In a list, an object stands for its name, as tags
// may come.
func (r *reader) readText() (text string, set bool) {
	begin := r.at
	p := r.content()
	if p.kind == '{' && r.inList() {
		p = nameOf(r.data[begin:r.at])
	}
	switch {
	case p.isNone():
		return "", r.none("text", p.kind)
	case !p.isText():
		return "", r.drift("text", p.kind)
	}
	if r.texts == nil && r.recordDepth == 2 {
		r.texts = &texts{}
	}
	return r.texts.of(p.text), true
}

func (r *reader) inList() bool { return len(r.path) > 0 && r.path[len(r.path)-1].name == nil }

func nameOf(raw []byte) plain {
	found := plain{kind: '{'}
	object := scanner{data: raw}
	for object.open(); object.more(); {
		name, value := object.name(), object.value()
		if string(name) == "name" {
			found = plain{kind: '{'}
			if value[0] == '"' {
				found = plainOf(value)
			}
		}
	}
	return found
}

func (r *reader) parseTime(p plain) (time.Time, bool) {
	zone := r.codec.dialect.zone
	if zone == nil {
		zone = time.UTC
	}
	t, zoneless, ok := parseTime(p, zone)
	if ok && zoneless && r.codec.dialect.zone == nil && r.codec.zoneless.CompareAndSwap(false, true) {
		r.note("date-time with a zone", '"')
	}
	return t, ok
}

// readOwn lets a type read itself. out points to the value v.
func (r *reader) readOwn(v reflect.Value, unmarshal func(raw []byte, out any) error) bool {
	raw := r.value()
	if raw[0] == 'n' {
		v.SetZero()
		return r.none(v.Type().Name(), 'n')
	}
	if unmarshal(raw, v.Addr().Interface()) != nil {
		v.SetZero()
		return r.drift(v.Type().Name(), kindOf(raw[0]))
	}
	return true
}

func unmarshalJSON(raw []byte, out any) error { return out.(stdjson.Unmarshaler).UnmarshalJSON(raw) }

func unmarshalText(raw []byte, out any) error {
	p := plainOf(raw)
	if p.text == nil {
		return WrongShape
	}
	return out.(encoding.TextUnmarshaler).UnmarshalText(p.text)
}

// fits reports whether a value of this kind stands next. It steps over all else.
func (r *reader) fits(v reflect.Value, want string, kind jsontext.Kind) bool {
	got := r.kind()
	if got == kind {
		return true
	}
	raw := r.value()
	v.SetZero()
	nothing := plainOf(raw).isNone() || got == '[' && r.codec.dialect.emptyLists && isEmptyList(raw)
	if nothing && !r.isRecord() {
		return r.none(want, got)
	}
	return r.drift(want, got)
}

// isRecord reports whether the value just read is an element of the answer's
// list. There, nothing is not a way to say that there is no record.
func (r *reader) isRecord() bool { return r.recordDepth == 2 && len(r.path) == 1 }

func isEmptyList(raw []byte) bool { return len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0 }

// readAny reads values of unknown shape. Numbers become json.Number of the
// standard library, so that they keep their digits.
func (r *reader) readAny(v reflect.Value) bool {
	raw := r.value()
	std := stdjson.NewDecoder(bytes.NewReader(raw))
	std.UseNumber()
	var content any
	if std.Decode(&content) != nil {
		return r.drift("any value", kindOf(raw[0]))
	}
	v.Set(reflect.ValueOf(&content).Elem())
	return true
}

// none notes that the platform gave no value. Only a record's own id and the
// whole answer must not be missing. It returns false, as drift does.
func (r *reader) none(want string, got jsontext.Kind) bool {
	if r.isVital() {
		r.fail(want, got)
	}
	return false
}

// drift notes a value that did not fit.
func (r *reader) drift(want string, got jsontext.Kind) bool {
	if r.isVital() {
		r.fail(want, got)
	} else {
		r.note(want, got)
	}
	return false
}

func (r *reader) note(want string, got jsontext.Kind) {
	if len(r.drifts) < maxDrifts {
		r.drifts = append(r.drifts, Drift{r.pointer(), want, kindName(got)})
	}
}

// isVital reports whether the value just read is the whole answer or a
// record's own id.
func (r *reader) isVital() bool {
	depth := len(r.path)
	return depth == 0 || r.key != "" && depth == r.recordDepth && string(r.path[depth-1].name) == r.key
}

func (r *reader) fail(want string, got jsontext.Kind) {
	r.failure = &Error{Path: r.pointer(), Reason: WrongShape, Want: want, Got: kindName(got)}
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// pointer is the path as a JSON pointer.
func (r *reader) pointer() string {
	var text strings.Builder
	for _, s := range r.path {
		text.WriteByte('/')
		if s.name == nil {
			text.WriteString(strconv.Itoa(s.index))
		} else {
			text.WriteString(pointerEscape.Replace(string(s.name)))
		}
	}
	return shortPath(text.String())
}
