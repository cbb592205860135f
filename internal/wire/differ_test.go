package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/cordage-go/cordage/internal/wire"
)

// FuzzAgainstLibrary holds that the codec sees in any data what the JSON
// library's own tokens say: the same is valid, and texts, whole numbers, lists,
// objects and what is kept as it came have the same content.
func FuzzAgainstLibrary(f *testing.F) {
	for _, seed := range []string{
		`{"text":"a","list":["b",1],"map":{"c":1},"raw":{"d":[null]},"own":{"text":"e"}}`,
		`{"te\u0078t":"\ud83d\ude00\\\"","text":null}`, `{"text":"a","text":7}`, `{"raw": [ 1 , {"a" : "]}"} ] }`,
		`{"own":{"own":{"text":"x","raw":-0.0e+1}}}`, "{\"text\":\"\xff\",\"map\":{\"\xff\":1,\"\":2}}",
		`{"map":{"a":1,"a":null}}`, `{"list":"lone"}`, `{"list":[]}`, `{"own":[],"list":{}}`, " \t\r\n{ } ", `{"raw":"\"}"}`, `{"number":12.0}`, `{"number":"9223372036854775808"}`,
		"\f{}", "{}\u00a0",
	} {
		f.Add([]byte(seed))
	}
	codec := wire.Procore()
	f.Fuzz(func(t *testing.T, data []byte) {
		var got tree
		_, err := codec.Decode(data, &got, wire.DecodeOptions{})
		want, valid := treeOf(data)
		if valid != (err == nil) {
			t.Fatalf("%q: valid %v, but the error is %v", data, valid, err)
		}
		if valid && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is read as\n%s, want\n%s", data, show(got), show(want))
		}
	})
}

type tree struct {
	Text   string           `json:"text"`
	Number int64            `json:"number"`
	List   []string         `json:"list"`
	Map    map[string]int64 `json:"map"`
	Raw    json.RawMessage  `json:"raw"`
	Own    *tree            `json:"own"`
}

func show(v any) string { return fmt.Sprintf("%+v", v) }

// treeOf reads slowly: value by value, each through the library's decoder.
func treeOf(data []byte) (tree, bool) {
	data = bytes.Trim(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n") // no other white space is JSON's
	if !jsontext.Value(data).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) || data[0] != '{' {
		return tree{}, false
	}
	return branch(data), true
}

func branch(data []byte) (out tree) {
	each(data, func(name string, raw jsontext.Value) {
		switch name {
		case "text":
			out.Text = textOf(raw)
		case "number":
			out.Number = numberOf(raw)
		case "raw":
			out.Raw = bytes.Clone(raw)
		case "own":
			if out.Own = nil; raw.Kind() == '{' {
				inner := branch(raw)
				out.Own = &inner
			}
		case "map":
			if out.Map = nil; raw.Kind() == '{' {
				out.Map = map[string]int64{}
				each(raw, func(name string, raw jsontext.Value) { out.Map[name] = numberOf(raw) })
			}
		case "list":
			out.List = listOf(raw)
		}
	})
	return out
}

func listOf(raw jsontext.Value) []string {
	switch raw.Kind() {
	case '[':
		list := []string{}
		each(raw, func(_ string, raw jsontext.Value) {
			text := textOf(raw)
			if raw.Kind() == '{' {
				each(raw, func(name string, raw jsontext.Value) {
					if name == "name" {
						if text = ""; raw.Kind() == '"' {
							text = textOf(raw)
						}
					}
				})
			}
			list = append(list, text)
		})
		return list
	case '"', '0':
		if text := textOf(raw); text != "" {
			return []string{text}
		}
	}
	return nil
}

func textOf(raw jsontext.Value) string {
	switch raw.Kind() {
	case '"':
		text, _ := jsontext.AppendUnquote(nil, raw)
		return string(text)
	case '0':
		return string(raw)
	}
	return ""
}

// numberOf trusts the codec with the spelling of a plain number alone.
func numberOf(raw jsontext.Value) int64 {
	var n int64
	_, _ = wire.Procore().Decode(raw, &n, wire.DecodeOptions{})
	return n
}

func each(data []byte, visit func(name string, raw jsontext.Value)) {
	dec := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	first, _ := dec.ReadToken()
	object := first.Kind() == '{'
	for dec.PeekKind() != '}' && dec.PeekKind() != ']' {
		var name string
		if object {
			token, _ := dec.ReadToken()
			name = token.String()
		}
		raw, err := dec.ReadValue()
		if err != nil {
			panic(err)
		}
		visit(name, raw)
	}
}
