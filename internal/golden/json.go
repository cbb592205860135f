package golden

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// readJSON reads one JSON value, with numbers as their text. It refuses an
// object that has a member twice: what that means, nobody knows.
func readJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := readValue(d)
	if err != nil {
		return nil, fmt.Errorf("is not JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("is not JSON: something follows the value")
	}
	return v, nil
}

func readValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		return readList(d)
	case json.Delim('{'):
		return readObject(d)
	}
	return token, nil
}

func readList(d *json.Decoder) (any, error) {
	list := []any{}
	for d.More() {
		v, err := readValue(d)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func readObject(d *json.Decoder) (any, error) {
	object := map[string]any{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		key := name.(string) // the decoder takes nothing else here
		if _, twice := object[key]; twice {
			return nil, fmt.Errorf("the member %q comes twice", key)
		}
		if object[key], err = readValue(d); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

// A comparer lists where two values differ.
type comparer struct {
	any []string // paths of values that may be any
}

func (c comparer) compare(path string, got, want any) error {
	if slices.Contains(c.any, path) {
		return nil
	}
	switch want := want.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			return c.objects(path, got, want)
		}
	case []any:
		if got, ok := got.([]any); ok && len(got) == len(want) {
			return c.lists(path, got, want)
		}
	default:
		if got == want {
			return nil
		}
	}
	return fmt.Errorf("%s is %s, want %s", path, show(got), show(want))
}

func (c comparer) objects(path string, got, want map[string]any) error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(want)) {
		v, ok := got[name]
		if !ok {
			wrong = append(wrong, fmt.Errorf("%s.%s is missing, want %s", path, name, show(want[name])))
			continue
		}
		wrong = append(wrong, c.compare(path+"."+name, v, want[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			wrong = append(wrong, fmt.Errorf("%s.%s is %s, want none", path, name, show(got[name])))
		}
	}
	return errors.Join(wrong...)
}

func (c comparer) lists(path string, got, want []any) error {
	var wrong []error
	for i := range want {
		wrong = append(wrong, c.compare(fmt.Sprintf("%s[%d]", path, i), got[i], want[i]))
	}
	return errors.Join(wrong...)
}

func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
