package emulate

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// maxLevels is how deep made-up records hold other records.
const maxLevels = 3

// Value is the n-th made-up value of a type expression of the table, such as
// "date", "[]string" or the name of a record. Records within records end at
// the third level.
func (t *Typed) Value(typeName string, n int) any {
	return t.value(Field{Name: "value", Type: typeName}, n, 0)
}

func (t *Typed) value(f Field, n, level int) any {
	if rest, ok := strings.CutPrefix(f.Type, "[]"); ok {
		if level >= maxLevels || rest == "any" {
			return []any{}
		}
		f.Type = rest
		return []any{t.value(f, n, level)}
	}
	if rest, ok := strings.CutPrefix(f.Type, "map[string]"); ok {
		if level >= maxLevels || rest == "any" {
			return Record{}
		}
		f.Type = rest
		return Record{"one": t.value(f, n, level)}
	}
	if of, ok := t.types[f.Type]; ok {
		if len(of.Enum) == 0 {
			return t.record(of, n, level+1)
		}
		f.Enum = of.Enum
	}
	if len(f.Enum) > 0 {
		return f.Enum[n%len(f.Enum)]
	}
	return t.plain(f, n)
}

func (t *Typed) plain(f Field, n int) any {
	at := time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
	switch f.Type {
	case "int":
		return n
	case "bool":
		return n%2 == 0 || f.Name == "success"
	case "decimal":
		return fmt.Sprintf("%d.50", n)
	case "float":
		return json.Number(fmt.Sprintf("%d.5", n))
	case "date":
		return at.Format(time.DateOnly)
	case "datetime":
		return t.time(at)
	case "duration":
		return fmt.Sprintf("%02d:30:00", n%100)
	case "text":
		return Record{"eng": sentence(f.Name, n)}
	case "customfields":
		return t.noCustomFields()
	case "any":
		if f.Name == "key" || f.Name == "id" {
			return n
		}
		return nil
	default:
		return sentence(f.Name, n)
	}
}

func sentence(name string, n int) string {
	return fmt.Sprintf("%s %d", strings.ReplaceAll(name, "_", " "), n)
}

func (t *Typed) record(of Type, n, level int) any {
	if level > maxLevels {
		return nil
	}
	r := Record{}
	for _, f := range of.Fields {
		r[f.Name] = t.value(f, n, level)
	}
	return r
}

// zero is what a member is that nobody has written: "", 0, false, an empty
// list, the first of its known words, null for what has no other. Secrets are
// made up.
func (t *Typed) zero(f Field) any {
	switch {
	case f.Nullable:
		return nil
	case strings.HasPrefix(f.Type, "[]"):
		return []any{}
	case strings.HasPrefix(f.Type, "map["):
		return Record{}
	case len(t.types[f.Type].Enum) > 0:
		return t.types[f.Type].Enum[0]
	case len(f.Enum) > 0:
		return f.Enum[0]
	}
	switch f.Type {
	case "int", "float":
		return 0
	case "bool":
		return f.Name == "success" // what was answered has succeeded
	case "decimal":
		return "0"
	case "secret":
		return sentence(f.Name, 1) // only the platform can have made it
	case "string", "text":
		return ""
	case "duration":
		return "00:00:00"
	case "customfields":
		return t.noCustomFields()
	default:
		return nil
	}
}

func (t *Typed) noCustomFields() any {
	if t.CustomFieldList {
		return []any{}
	}
	return Record{}
}

func (t *Typed) time(at time.Time) string {
	if t.Time != nil {
		return t.Time(at)
	}
	return at.UTC().Format(time.RFC3339)
}
