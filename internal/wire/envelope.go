package wire

import (
	"encoding/json"
)

// Members returns the members of the JSON object in data, for envelopes whose
// members are read one by one. The values share data's memory. Of two members
// with one name the last counts. Data that is not one JSON object is an [*Error].
func Members(data []byte) (map[string]json.RawMessage, error) {
	data = trim(data)
	kind := Kind(data)
	if kind != "list" && !valid(data) {
		return nil, malformed(data)
	}
	if kind != "object" {
		return nil, &Error{Reason: WrongShape, Want: "object", Got: kind}
	}
	object := scanner{data: data}
	members := map[string]json.RawMessage{}
	for object.open(); object.more(); {
		name := string(object.name())
		members[name] = object.value()
	}
	return members, nil
}

// Int reads a whole number that a platform writes as a number or as text, such
// as the status code of an envelope. No data, null and "" are 0.
func Int(data []byte) (int64, error) { return envelopeValue(data, "integer", parseInt) }

// Bool reads a boolean in any of its spellings. No data, null and "" are false.
func Bool(data []byte) (bool, error) { return envelopeValue(data, "bool", parseBool) }

// Text reads a text, or a number as text. No data and null are "".
func Text(data []byte) (string, error) { return envelopeValue(data, "text", parseText) }

func envelopeValue[T any](data []byte, want string, parse parser[T]) (T, error) {
	var zero T
	data = trim(data)
	if len(data) == 0 {
		return zero, nil
	}
	if !valid(data) {
		return zero, malformed(data)
	}
	plain := plainOf(data)
	if plain.isNone() {
		return zero, nil
	}
	v, ok := parse(plain)
	if !ok {
		return zero, &Error{Reason: WrongShape, Want: want, Got: kindName(plain.kind)}
	}
	return v, nil
}
