package wire

import (
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
	// Checked says that data is part of what [Members] has returned, and so need
	// not be looked through for mistakes again.
	Checked bool
}

// lenient is which data is valid. Of two members with one name the last
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
	data = trim(data)
	if !o.Checked && !valid(data) {
		target.Elem().SetZero()
		return nil, malformed(data)
	}
	if c.dialect.loneRecords && target.Elem().Kind() == reflect.Struct {
		data = lone(data)
	}
	r := &reader{scanner: scanner{data: data}, codec: c, key: o.Key, recordDepth: 1}
	r.path = r.steps[:0]
	if target.Elem().Kind() == reflect.Slice {
		r.recordDepth = 2
	}
	c.shapeOf(target.Elem().Type()).read(r, target.Elem())
	if r.failure != nil {
		target.Elem().SetZero()
		return nil, r.failure
	}
	return r.drifts, nil
}

// lone returns the element of a list of one, and other data as it is.
func lone(data []byte) []byte {
	list := scanner{data: data}
	if list.kind() != '[' {
		return data
	}
	if list.open(); !list.more() {
		return data
	}
	element := list.value()
	if list.more() {
		return data
	}
	return element
}
