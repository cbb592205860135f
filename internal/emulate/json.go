package emulate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// MaxDepth is how deep the values of a request body may be nested.
const MaxDepth = 100

// JSON is an answer with a JSON body. Members of maps come in alphabetical
// order, those of structs in theirs, so that equal values are equal bytes.
func JSON(status int, v any) Answer {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		// Emulators answer only with values of their own making.
		panic(fmt.Errorf("emulate: an answer cannot be written as JSON: %w", err))
	}
	return Answer{Status: status, Body: bytes.TrimSuffix(body.Bytes(), []byte("\n"))}.
		With("Content-Type", "application/json; charset=utf-8")
}

// ReadJSON reads a request body strictly: one value, valid UTF-8, no member
// twice, at most [MaxDepth] deep. Objects become [Record], arrays []any, whole
// numbers int64, other numbers json.Number with the digits that were sent.
func ReadJSON(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the body is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	v, err := readValue(dec, 0)
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the body ended early")
	}
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return v, nil
}

func readValue(dec *json.Decoder, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("values are nested deeper than %d", MaxDepth)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return readArray(dec, depth)
		}
		return readObject(dec, depth)
	case json.Number:
		return plainNumber(token), nil
	default:
		return token, nil
	}
}

func readArray(dec *json.Decoder, depth int) (any, error) {
	list := []any{}
	for dec.More() {
		v, err := readValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.Token()
	return list, err
}

func readObject(dec *json.Decoder, depth int) (any, error) {
	record := Record{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name := token.(string) // the decoder lets nothing else through before a colon
		if _, twice := record[name]; twice {
			return nil, fmt.Errorf("member %q is there twice", name)
		}
		if record[name], err = readValue(dec, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return record, err
}

func plainNumber(n json.Number) any {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return i
	}
	return n
}
