package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// A Reason says why an answer cannot be read at all. It is an error itself, so
// that errors.Is(err, wire.Truncated) works through wraps.
type Reason string

// The reasons.
const (
	Empty      Reason = "empty"               // nothing, or white space alone
	Truncated  Reason = "cut short"           // valid up to its end; a new try may bring all of it
	NotJSON    Reason = "not JSON"            // a page of HTML, a plain text, a broken value
	Trailing   Reason = "data after the JSON" // more than one value
	TooDeep    Reason = "nested too deeply"   // more than 10,000 levels
	WrongShape Reason = "of another shape"    // an object for a list, null, a malformed id
)

// Error returns the reason's text.
func (r Reason) Error() string { return string(r) }

// Error is an answer that cannot be read. It never holds a value of the answer.
type Error struct {
	Path   string // where it went wrong, as a JSON pointer: "/12/project_id"; empty for the whole
	Reason Reason
	Want   string // with WrongShape: what was expected, such as "list"
	Got    string // with WrongShape: what came, such as "object"
}

// Error returns a text such as "answer of another shape at /12/id: want integer, got object".
func (e *Error) Error() string {
	text := "answer " + string(e.Reason)
	if e.Path != "" {
		text += " at " + e.Path
	}
	if e.Want != "" {
		text += ": want " + e.Want + ", got " + e.Got
	}
	return text
}

// Is reports whether target is the error's reason.
func (e *Error) Is(target error) bool {
	reason, ok := target.(Reason)
	return ok && reason == e.Reason
}

// Drift is one value inside a record that did not have the expected form and
// stayed unset.
type Drift struct {
	Path string // as a JSON pointer from the start of the data: "/12/deadline"
	Want string // such as "bool" or "date"
	Got  string // the JSON kind as [Kind] names it, never the value
}

// Kind names what data holds by its first byte: "null", "bool", "string",
// "number", "object" or "list"; "nothing" if data is empty and "no JSON" if no
// value can begin so.
func Kind(data []byte) string {
	data = trim(data)
	if len(data) == 0 {
		return "nothing"
	}
	return kindName(jsontext.Value(data).Kind())
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "bool"
	case '"':
		return "string"
	case '0':
		return "number"
	case '{':
		return "object"
	case '[':
		return "list"
	default:
		return "no JSON"
	}
}

// byteOrderMark may stand in front of a text that some proxies rewrote.
var byteOrderMark = []byte("\xef\xbb\xbf")

func trim(data []byte) []byte {
	return bytes.Trim(bytes.TrimPrefix(data, byteOrderMark), " \t\r\n")
}

// malformed finds out why the codec could not read data. It reads again, so
// that the reason does not hang on where the first reading stopped.
func malformed(data []byte) *Error {
	dec := jsontext.NewDecoder(bytes.NewReader(data), lenient)
	err := dec.SkipValue()
	if err == nil {
		return &Error{Reason: Trailing}
	}
	found := &Error{Reason: NotJSON}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		found.Path = shortPath(string(syntax.JSONPointer))
	}
	switch {
	case err == io.EOF:
		found.Reason = Empty
	case errors.Is(err, io.ErrUnexpectedEOF):
		found.Reason = Truncated
	case tooDeep(data):
		found.Reason = TooDeep
	}
	return found
}

// maxDepth is the codec's own bound.
const maxDepth = 10_000

func tooDeep(data []byte) bool {
	depth, inString, escaped := 0, false, false
	for _, b := range data {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped = b == '\\'
			inString = b != '"'
		case b == '"':
			inString = true
		case b == '[' || b == '{':
			depth++
		case b == ']' || b == '}':
			depth--
		}
		if depth > maxDepth {
			return true
		}
	}
	return false
}

// shortPath keeps a path readable and in one line: an answer may be nested
// without end, and have names as long as it likes of any characters. It leaves
// out whole names: whoever looks for a secret in it would not find half of one.
func shortPath(path string) string {
	const most = 200
	if len(path) > most {
		path = path[:strings.LastIndexByte(path[:most+1], '/')] + "/…"
	}
	return strings.Map(graphic, path)
}

// graphic puts a mark in place of what is not seen, or steers a terminal.
func graphic(r rune) rune {
	if unicode.IsGraphic(r) {
		return r
	}
	return unicode.ReplacementChar
}
