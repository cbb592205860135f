package emulate

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
)

// ReadForm reads a body whose members are names such as rfi[question][body]
// and ids[]: a multipart form if it has a boundary, else an encoded one. The
// values are text. A file becomes a record with its filename, name and size.
func ReadForm(body []byte, boundary string) (Record, error) {
	if boundary == "" {
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		return nest(values, nil)
	}
	form, err := multipart.NewReader(bytes.NewReader(body), boundary).ReadForm(MaxBody)
	if err != nil {
		return nil, err
	}
	files := map[string][]any{}
	for name, parts := range form.File {
		for _, part := range parts {
			files[name] = append(files[name], Record{"filename": part.Filename, "name": part.Filename, "size": part.Size})
		}
	}
	return nest(form.Value, files)
}

// nest builds a record from the names of a form.
func nest(values map[string][]string, files map[string][]any) (Record, error) {
	out := Record{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var all []any
		for _, v := range values[name] {
			all = append(all, v)
		}
		if err := insert(out, name, all); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := insert(out, name, files[name]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// insert puts the values of a name such as a[b][c][] in their place. Without
// the last brackets only the last value counts. Of a list of records, such as
// items[][name], each gets one of the values.
func insert(into Record, name string, values []any) error {
	head, rest, nested := strings.Cut(name, "[")
	keys := []string{head}
	if nested {
		inner, ok := strings.CutSuffix(rest, "]")
		if !ok {
			return fmt.Errorf("the name %q has unpaired brackets", name)
		}
		keys = append(keys, strings.Split(inner, "][")...)
	}
	if len(keys) > MaxDepth {
		return fmt.Errorf("names are nested deeper than %d", MaxDepth)
	}
	put(into, keys, values)
	return nil
}

func put(into Record, keys []string, values []any) {
	key, below := keys[0], keys[1:]
	switch {
	case len(below) == 0:
		into[key] = values[len(values)-1]
	case below[0] == "" && len(below) == 1:
		into[key] = values
	case below[0] == "":
		list, _ := into[key].([]any)
		for i, v := range values {
			if i == len(list) {
				list = append(list, Record{})
			}
			if r, ok := list[i].(Record); ok {
				put(r, below[1:], []any{v})
			}
		}
		into[key] = list
	default:
		child, ok := into[key].(Record)
		if !ok {
			child = Record{}
			into[key] = child
		}
		put(child, below, values)
	}
}
