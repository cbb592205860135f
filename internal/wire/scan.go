package wire

import (
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// valid reports whether data is exactly one JSON value. It looks at each byte
// once and remembers nothing, which takes a small part of the time of reading;
// a scanner need not doubt anything afterwards.
func valid(data []byte) bool { return jsontext.Value(data).IsValid(lenient) }

// A scanner walks over JSON that is valid.
type scanner struct {
	data  []byte
	at    int
	ascii bool // the string just stepped over is ASCII without escapes
}

func (s *scanner) space() {
	for s.at < len(s.data) && isSpace(s.data[s.at]) {
		s.at++
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\r' || b == '\t' }

// kind says what stands next.
func (s *scanner) kind() jsontext.Kind {
	s.space()
	return kindOf(s.data[s.at])
}

// kindOf tells the kind of a value by its first byte.
func kindOf(first byte) jsontext.Kind {
	if first == '-' || first >= '0' && first <= '9' {
		return '0'
	}
	return jsontext.Kind(first)
}

// value steps over the next value and returns it.
func (s *scanner) value() []byte {
	kind := s.kind()
	begin := s.at
	switch kind {
	case '"':
		s.text()
	case '{', '[':
		s.nested()
	default:
		for s.at < len(s.data) && !endsWord(s.data[s.at]) {
			s.at++
		}
	}
	return s.data[begin:s.at:s.at]
}

// text steps over a string.
func (s *scanner) text() {
	at := s.at + 1
	s.ascii = true
	for ; s.data[at] != '"'; at++ {
		switch b := s.data[at]; {
		case b == '\\':
			s.ascii = false
			at++
		case b >= utf8.RuneSelf:
			s.ascii = false
		}
	}
	s.at = at + 1
}

// content steps over a value and returns it without its quotes.
func (s *scanner) content() plain {
	raw := s.value()
	if raw[0] == '"' && s.ascii {
		return plain{'"', raw[1 : len(raw)-1]}
	}
	return plainOf(raw)
}

// nested steps over an object or a list, and all that is in it.
func (s *scanner) nested() {
	for depth := 0; ; {
		switch s.data[s.at] {
		case '"':
			s.text()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.at++
		if depth == 0 {
			return
		}
	}
}

// endsWord reports whether a number, true, false or null ends before b.
func endsWord(b byte) bool { return b == ',' || b == '}' || b == ']' || isSpace(b) }

// open steps into an object or a list.
func (s *scanner) open() {
	s.space()
	s.at++
}

// more steps to the next member or element and reports true; after the last one
// it steps out.
func (s *scanner) more() bool {
	s.space()
	switch s.data[s.at] {
	case '}', ']':
		s.at++
		return false
	case ',':
		s.at++
	}
	return true
}

// name steps over the name of a member and its colon.
func (s *scanner) name() []byte {
	name := s.content().text
	s.space()
	s.at++
	return name
}
