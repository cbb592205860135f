// Package conform holds emulators against the operation tables: it makes a
// valid request body from a row, and compares an answer with the row's type,
// member by member. It shares no code with what the emulators answer with.
package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A Checker knows the types of a platform.
type Checker struct {
	Types map[string]emulate.Type
	// Plain reports whether a value has the form of a plain type; nil means
	// [Plain]. Numbers are json.Number.
	Plain func(typeName string, v any) bool
	// Words refuses texts that are none of the known ones.
	Words bool
	// Loose lets records have members that their type does not know, objects
	// and texts stand for lists, and empty lists for objects.
	Loose bool
	// Less lets records lack members of their type.
	Less bool
}

// Body makes a request body: required members, and a text in every other plain
// member of the type, below the wrapper that the row has. with has the values
// of members that must be the names of something. It is nil if the row has none.
func (c *Checker) Body(op *emulate.Operation, with map[string]any) any {
	if op.Body == nil {
		return nil
	}
	out := map[string]any{}
	for _, name := range op.Body.Scope {
		if v, ok := with[name]; ok {
			out[name] = v
		}
	}
	if op.Body.Type == "" {
		return out
	}
	v := c.sent(op.Body.Type, with, 0)
	if op.Body.Wrapper != "" {
		out[op.Body.Wrapper] = v
		c.setBeside(out, v, op.Body.Type)
		return out
	}
	if r, ok := v.(map[string]any); ok {
		maps.Copy(out, r)
		return out
	}
	return v
}

// setBeside takes the members that stand beside the wrapper out of it.
func (c *Checker) setBeside(out map[string]any, v any, typeName string) {
	inner, ok := v.(map[string]any)
	if !ok {
		return
	}
	for _, f := range c.Types[typeName].Fields {
		if v, sent := inner[f.Name]; sent && f.Beside {
			out[f.Name] = v
			delete(inner, f.Name)
		}
	}
}

// samples are values of the plain types that are no text.
var samples = map[string]any{
	"int": 1, "bool": true, "decimal": "1.5", "float": 1.5, "date": "2026-03-01", "datetime": "2026-03-01T08:00:00Z", "duration": "01:30:00",
}

// deepest is how many levels of records a body has.
const deepest = 4

func (c *Checker) sent(typeName string, with map[string]any, level int) any {
	if rest, ok := strings.CutPrefix(typeName, "[]"); ok {
		return []any{c.sent(rest, with, level)}
	}
	if strings.HasPrefix(typeName, "map[") || typeName == "any" || typeName == "customfields" {
		return map[string]any{}
	}
	of, ok := c.Types[typeName]
	if ok && len(of.Enum) == 0 {
		return c.sentRecord(of, with, level)
	}
	if ok {
		return of.Enum[0]
	}
	if v, ok := samples[typeName]; ok {
		return v
	}
	if typeName == "file" {
		return File("plan.pdf")
	}
	if isPlain(typeName) {
		return "sent"
	}
	return with // a record that the table does not describe
}

func (c *Checker) sentRecord(of emulate.Type, with map[string]any, level int) map[string]any {
	out := map[string]any{}
	for _, f := range of.Fields {
		v, ok := with[f.Name]
		switch {
		case ok:
			out[f.Name] = v
		case f.ReadOnly, !f.Required && (level >= deepest || f.Name == "id" || strings.HasSuffix(f.Name, "_id") || strings.HasSuffix(f.Name, "_ids")):
		case len(f.Enum) > 0 && f.Type == "string":
			out[f.Name] = f.Enum[0]
		case f.Required || f.Beside || f.Type == "string" || strings.TrimPrefix(f.Type, "[]") == "file" || f.Type == "bool" || f.Type == "date":
			out[f.Name] = c.sent(f.Type, with, level+1)
		}
	}
	return out
}

// Read reads one JSON value with its numbers as they are.
func Read(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, fmt.Errorf("not JSON: %w in %.200s", err, body)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more than one value in %.200s", body)
	}
	return v, nil
}

// Answer compares a body with what the row says of a success: envelope, items
// and type. Any JSON is right where the type is not known.
func (c *Checker) Answer(op *emulate.Operation, body []byte) error {
	v, err := Read(body)
	if err != nil {
		return err
	}
	for _, name := range []string{op.Answer.Envelope, op.Answer.Items} {
		if name == "" {
			continue
		}
		r, ok := v.(map[string]any)
		if !ok || r[name] == nil {
			return fmt.Errorf("no member %s in %.200s", name, body)
		}
		v = r[name]
	}
	if op.Answer.Known != "typed" {
		return nil
	}
	return c.Value(op.Answer.Type, nil, v)
}

// Value compares a value with a type expression; words are the known values of
// a text, if it has any.
func (c *Checker) Value(typeName string, words []string, v any) error {
	if of, ok := strings.CutPrefix(typeName, "[]"); ok {
		return c.list(of, words, v)
	}
	if of, ok := strings.CutPrefix(typeName, "map[string]"); ok {
		return c.members(of, words, v)
	}
	of, ok := c.Types[typeName]
	if ok && len(of.Enum) == 0 {
		return c.record(typeName, of, v)
	}
	words = slices.Concat(words, of.Enum)
	if text, isText := v.(string); c.Words && len(words) > 0 && isText && !slices.Contains(words, text) {
		return fmt.Errorf("%q is none of %q", text, words)
	}
	if ok {
		typeName = "string"
	}
	if !isPlain(typeName) {
		return nil // the table does not describe it
	}
	plain := c.Plain
	if plain == nil {
		plain = Plain
	}
	if !plain(typeName, v) {
		return fmt.Errorf("%v (%T) is no %s", v, v, typeName)
	}
	return nil
}

func (c *Checker) list(of string, words []string, v any) error {
	list, ok := v.([]any)
	_, isRecord := v.(map[string]any)
	_, isText := v.(string)
	if !ok && !(c.Loose && (isRecord || isText)) {
		return fmt.Errorf("[]%s is %T", of, v)
	}
	for i, each := range list {
		if each == nil {
			return fmt.Errorf("[%d] is null", i)
		}
		if err := c.Value(of, words, each); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return nil
}

func (c *Checker) members(of string, words []string, v any) error {
	r, ok := v.(map[string]any)
	if !ok && !c.isEmptyList(v) {
		return fmt.Errorf("map[string]%s is %T", of, v)
	}
	for name, each := range r {
		if err := c.Value(of, words, each); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (c *Checker) record(name string, of emulate.Type, v any) error {
	if c.isEmptyList(v) {
		return nil
	}
	r, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%s is %T", name, v)
	}
	known := map[string]bool{}
	for _, f := range of.Fields {
		known[f.Name] = true
		each, has := r[f.Name]
		if !has && !c.Less {
			return fmt.Errorf("%s lacks the member %s", name, f.Name)
		}
		if each == nil {
			continue
		}
		if err := c.Value(f.Type, f.Enum, each); err != nil {
			return fmt.Errorf("%s.%s: %w", name, f.Name, err)
		}
	}
	for member := range r {
		if !c.Loose && len(known) > 0 && !known[member] {
			return fmt.Errorf("%s does not know the member %s", name, member)
		}
	}
	return nil
}

// isPlain reports whether a type is none of the table's.
func isPlain(typeName string) bool {
	return strings.ToLower(typeName) == typeName
}

// isEmptyList reports whether a value is a list in the place of an empty object.
func (c *Checker) isEmptyList(v any) bool {
	list, ok := v.([]any)
	return c.Loose && ok && len(list) == 0
}

var (
	decimal  = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	whole    = regexp.MustCompile(`^-?\d+$`)
	duration = regexp.MustCompile(`^\d{2,}:\d{2}:\d{2}$`)
)

// Plain reports whether a value has the form that plain types have on most
// platforms: amounts may be text.
func Plain(typeName string, v any) bool {
	number, isNumber := v.(json.Number)
	text, isText := v.(string)
	switch typeName {
	case "any":
		return true
	case "int":
		return isNumber && whole.MatchString(number.String())
	case "float":
		return isNumber
	case "decimal":
		return isNumber || isText && decimal.MatchString(text)
	case "bool":
		_, ok := v.(bool)
		return ok
	case "date":
		_, err := time.Parse(time.DateOnly, text)
		return isText && err == nil
	case "datetime":
		_, err := time.Parse(time.RFC3339, text)
		return isText && err == nil
	case "duration":
		return isText && duration.MatchString(text)
	case "customfields":
		_, record := v.(map[string]any)
		_, list := v.([]any)
		return record || list
	case "text":
		_, record := v.(map[string]any)
		return record || isText
	default:
		return isText
	}
}
