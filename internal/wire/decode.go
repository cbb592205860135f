package wire

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// DecodeOptions say what must hold in the data.
type DecodeOptions struct {
	// Key is the JSON name of a record's own id. If it is there, it must be
	// right, because paging and de-duplication hang on it. Empty means none.
	Key string
}

// lenient is how all data is read. Of two members with one name the last
// counts, as in PHP, Ruby and JavaScript, which write and read these answers;
// broken UTF-8 becomes U+FFFD. Neither may cost a page.
var lenient = json.JoinOptions(
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
)

// Decode reads data into out, a pointer to a record, to a slice of records, to
// a plain value, or to a json.RawMessage. Unknown members are ignored.
//
// Inside a record, null and the empty string leave a value unset; any other
// value that does not fit stays unset too and is returned as drift. An
// element of a list that is not a record stays in its place as a zero record,
// so that the length of a page tells the truth. At most 10,000 drifts are
// returned.
//
// Data that is empty, null, cut short, not JSON, followed by more, nested more
// than 10,000 levels deep or of another outer shape than out is an [*Error],
// and so is a record whose own id is malformed. Then out is zero.
func (c *Codec) Decode(data []byte, out any, o DecodeOptions) ([]Drift, error) {
	target := reflect.ValueOf(out)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return nil, errors.New("wire: decode into a pointer that is not nil")
	}
	r := c.readers.Get().(*reader)
	defer c.readers.Put(r)
	data = trim(data)
	if c.dialect.loneRecords && target.Elem().Kind() == reflect.Struct {
		data = lone(data)
	}
	drifts, err := r.decode(data, out, o.Key)
	if err != nil {
		target.Elem().SetZero()
		return nil, err
	}
	return drifts, nil
}

// lone returns the element of a list of one, and other data as it is.
func lone(data []byte) []byte {
	var list []stdjson.RawMessage
	if !bytes.HasPrefix(data, []byte("[")) || stdjson.Unmarshal(data, &list) != nil || len(list) != 1 {
		return data
	}
	return list[0]
}

// decode reads data in one pass. The reading functions step over what does not
// fit, so that the time does not depend on how much of that there is.
func (r *reader) decode(data []byte, out any, key string) ([]Drift, error) {
	r.key, r.recordDepth = key, 1
	if reflect.TypeOf(out).Elem().Kind() == reflect.Slice {
		r.recordDepth = 2
	}
	r.drifts, r.failure = nil, nil
	err := json.Unmarshal(data, out, r.options)
	drifts := r.drifts
	r.drifts = nil // they are the caller's now
	if err == nil {
		return drifts, nil
	}
	if r.failure != nil {
		return nil, r.failure
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return nil, unfit(semantic)
	}
	return nil, malformed(data)
}

// unfit is a Go type that the codec has no way to read into. The message of
// the codec's own error may hold the value, so only the place is taken.
func unfit(err *json.SemanticError) *Error {
	want := "a readable Go type"
	if err.GoType != nil {
		want = "a value for " + err.GoType.String()
	}
	return &Error{
		Path:   shortPath(string(err.JSONPointer)),
		Reason: WrongShape,
		Want:   want,
		Got:    kindName(err.JSONKind),
	}
}
