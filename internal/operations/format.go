package operations

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Format writes a table as its file has it: one operation and one field a
// line, sorted, so that a change of one shows as a change of one line.
func Format(t *Table) ([]byte, error) {
	w := &tableWriter{}
	w.line("{")
	w.value(`"platform": `, t.Platform, ",")
	w.value(`"source": `, t.Source, ",")
	w.line(`"operations": [`)
	for i, op := range t.Operations {
		w.value("", op, comma(i, len(t.Operations)))
	}
	w.line("],")
	w.line(`"types": {`)
	names := slices.Sorted(maps.Keys(t.Types))
	for i, name := range names {
		w.record(name, t.Types[name], comma(i, len(names)))
	}
	w.line("}")
	w.line("}")
	return w.text.Bytes(), w.err
}

type tableWriter struct {
	text bytes.Buffer
	err  error
}

func (w *tableWriter) line(text string) { w.text.WriteString(text + "\n") }

func (w *tableWriter) value(before string, v any, after string) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		w.err = cmp.Or(w.err, err)
	}
	w.line(before + strings.TrimSpace(text.String()) + after)
}

func (w *tableWriter) record(name string, t Type, after string) {
	if len(t.Fields) == 0 {
		w.value(`"`+name+`": `, t, after)
		return
	}
	w.line(`"` + name + `": {"fields": [`)
	for i, f := range t.Fields {
		w.value("  ", f, comma(i, len(t.Fields)))
	}
	w.line("]}" + after)
}

func comma(i, n int) string {
	if i == n-1 {
		return ""
	}
	return ","
}

// ByPath orders operations by path, then verb.
func ByPath(a, b Operation) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Verb, b.Verb))
}

// Elem returns the name in a type reference, without [] and map[string].
func Elem(ref string) string {
	for {
		switch {
		case strings.HasPrefix(ref, "[]"):
			ref = ref[2:]
		case strings.HasPrefix(ref, "map[string]"):
			ref = ref[len("map[string]"):]
		default:
			return ref
		}
	}
}

// Around returns what Elem removes: "[]" of "[]RFI".
func Around(ref string) string { return strings.TrimSuffix(ref, Elem(ref)) }
