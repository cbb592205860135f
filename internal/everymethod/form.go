package everymethod

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"strings"
)

const (
	jsonType = "application/json"
	formType = "multipart/form-data"
)

// formJSON turns a form into the JSON that says the same. Names are those of
// Rails: rfi[subject], rfi[ids][], rfi[list][][name]. A list has one element,
// since the filler makes no longer ones; a file is its content.
func formJSON(content []byte, boundary string) (json.RawMessage, error) {
	members := map[string]any{}
	parts := multipart.NewReader(bytes.NewReader(content), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return json.Marshal(members)
		}
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		name := strings.ReplaceAll(part.FormName(), "]", "")
		put(members, strings.Split(name, "["), string(text))
	}
}

// put sets what the rest of a name leads to.
func put(into map[string]any, name []string, text string) {
	switch {
	case len(name) == 1:
		into[name[0]] = text
	case name[1] == "" && len(name) == 2:
		list, _ := into[name[0]].([]any)
		into[name[0]] = append(list, text)
	case name[1] == "":
		list, _ := into[name[0]].([]any)
		if len(list) == 0 {
			list = []any{map[string]any{}}
			into[name[0]] = list
		}
		element, _ := list[0].(map[string]any)
		put(element, name[2:], text)
	default:
		inner, _ := into[name[0]].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			into[name[0]] = inner
		}
		put(inner, name[1:], text)
	}
}
