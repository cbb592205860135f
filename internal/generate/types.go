package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/cordage-go/cordage/internal/operations"
)

// query writes the struct of a method's optional parameters.
func (w *writer) query(s *service, q *query) error {
	var methods []string
	for _, name := range q.of {
		methods = append(methods, "["+name+"]")
	}
	says := " narrows "
	if slices.ContainsFunc(q.of, func(name string) bool { return !strings.Contains(name, ".List") }) {
		says = " holds the optional parameters of "
	}
	w.comment(q.name + says + someOf(methods) + ". Zero fields are left out.")
	w.line("type %s struct {", q.name)
	var errs []error
	wire := map[string]string{}
	for _, p := range q.params {
		name := w.paramName(s, p)
		if other, taken := wire[name]; taken {
			errs = append(errs, fmt.Errorf("the parameters %s and %s of %s are both %s in Go; name one of them in the overrides", other, p.Name, listed(q.of, "and"), name))
		}
		wire[name] = p.Name
		w.line("%s %s `query:%q`%s", name, w.paramType(p), queryTag(p), trailing(known(p.Enum)))
	}
	w.line("}\n")
	return errors.Join(errs...)
}

// queryTag is a parameter's name on the wire, and how a list is written.
func queryTag(p operations.Param) string {
	name, brackets := strings.CutSuffix(p.Name, "[]")
	switch {
	case p.Form == "comma", p.Form == "json":
		return p.Name + "," + p.Form
	case brackets, p.Form == "brackets":
		return name + ",brackets"
	default:
		return name
	}
}

// paramName is a filter's Go name: that of the record's field which it names.
func (w *writer) paramName(s *service, p operations.Param) string {
	for _, m := range s.methods {
		for _, f := range w.table.Types[operations.Elem(m.op.Answer.Type)].Fields {
			if f.Name == p.Name && p.In == "filter" && strings.HasPrefix(p.Type, "[]") {
				return operations.Plural(f.Go)
			}
			if f.Name == p.Name && p.In == "filter" {
				return f.Go
			}
		}
	}
	return operations.GoParam(p)
}

func (w *writer) paramType(p operations.Param) string {
	switch {
	case p.Form == "range" && p.Type == "date":
		return "value.DateRange"
	case p.Form == "range":
		return "value.TimeRange"
	case p.Type == "bool":
		return "*bool"
	case p.Form == "json":
		return strings.ReplaceAll(w.goType(p.Type), "json.RawMessage", "any")
	default:
		return w.goType(p.Type)
	}
}

// typeDecl writes a record, an input or a set of words.
func (w *writer) typeDecl(s *service, name string) {
	t := w.table.Types[name]
	if len(t.Enum) > 0 {
		w.words(name, t)
		return
	}
	w.comment(w.local(name) + " " + w.typeDoc(s, name, t))
	w.line("type %s struct {", w.local(name))
	for _, f := range t.Fields {
		w.field(name, t, f)
	}
	if t.Input && clears(name, s) {
		w.line("")
		w.line("Clear []string `json:\"-\"` // JSON names of fields to empty")
	}
	w.line("}\n")
	w.inputOf(name, t)
}

// clears reports whether an input changes what exists, so that it may empty
// fields.
func clears(name string, s *service) bool {
	for _, m := range s.methods {
		if m.op.Body != nil && operations.Elem(m.op.Body.Type) == name && m.op.Method == "Update" && m.op.Verb != "PUT" {
			return true
		}
	}
	return false
}

func (w *writer) field(owner string, t operations.Type, f operations.Field) {
	goType := w.goType(f.Type)
	tag := fmt.Sprintf("json:%q", f.Name)
	switch {
	case f.Name == operations.CustomMember, t.Input && f.Type == "customfields":
		goType, tag = "value.CustomValues", `json:"custom_fields,omitzero"`
	case t.Input && !f.Required:
		tag = fmt.Sprintf("json:%q", f.Name+",omitzero")
		if w.needsPointer(f.Type) {
			goType = "*" + goType
		}
	case f.Nullable, w.holdsItself(owner, f.Type):
		goType = "*" + goType
	}
	if f.Beside {
		tag = fmt.Sprintf("json:\"-\" beside:%q", f.Name)
	}
	w.line("%s %s `%s`%s", f.Go, goType, tag, trailing(join(f.Doc, known(f.Enum))))
}

// needsPointer reports whether an optional field needs a pointer to tell zero
// from unset. Lists, maps, dates, times and decimals have an unset of their own.
func (w *writer) needsPointer(ref string) bool {
	switch ref {
	case "date", "datetime", "decimal", "any", "secret", "text":
		return false
	}
	return operations.Around(ref) == ""
}

// holdsItself reports whether a field leads back to its own type by value.
func (w *writer) holdsItself(owner, ref string) bool {
	if operations.Around(ref) != "" {
		return false
	}
	seen := map[string]bool{}
	var leads func(name string) bool
	leads = func(name string) bool {
		if name == owner {
			return true
		}
		if seen[name] {
			return false
		}
		seen[name] = true
		return slices.ContainsFunc(w.table.Types[name].Fields, func(f operations.Field) bool {
			return operations.Around(f.Type) == "" && leads(f.Type)
		})
	}
	return leads(ref)
}

// words writes an open set of words: a string type and its known values.
func (w *writer) words(name string, t operations.Type) {
	base := w.local(name)
	doc := t.Doc
	if doc == "" {
		doc = w.wordsDoc(name)
	}
	w.comment(base + " " + doc)
	w.line("type %s string\n", base)
	w.comment("The values of " + base + " that are known. The platform may have others.")
	w.line("const (")
	for _, value := range t.Enum {
		w.line("%s %s = %q", constant(base, t, value), base, value)
	}
	w.line(")\n")
}

// constant is the Go name of a known value.
func constant(base string, t operations.Type, value string) string {
	return base + cmp.Or(t.Words[value], wordName(base, value))
}

// wordName is what a known value adds to its type's name. It does not repeat
// the end of that name: size_1_to_10 of a CompanySize is CompanySize1To10.
func wordName(base, value string) string {
	if value == "?" {
		return "Unknown"
	}
	name := operations.GoName(value)
	for at, r := range base {
		rest, repeats := strings.CutPrefix(name, base[at:])
		if repeats && unicode.IsUpper(r) && rest != "" && !unicode.IsLower(rune(rest[0])) {
			return rest
		}
	}
	return name
}

// inputOf writes a method that turns a record that was read into one to write,
// for collections that the platform replaces whole.
func (w *writer) inputOf(name string, t operations.Type) {
	if !t.Kept {
		return
	}
	base := w.local(name)
	w.comment("Input returns the " + lastWord(base) + " as it can be written back, to keep it while others change.")
	w.line("func (r %s) Input() %sInput {\nreturn %sInput{", base, base, base)
	for _, f := range w.table.Types[name+"Input"].Fields {
		w.line("%s: %s,", f.Go, w.copied(t, f))
	}
	w.line("}\n}\n")
}

// copied is the expression that takes a field of an input from the record r.
func (w *writer) copied(t operations.Type, f operations.Field) string {
	at := slices.IndexFunc(t.Fields, func(g operations.Field) bool { return g.Name == f.Name })
	read := "r." + t.Fields[at].Go
	switch {
	case f.Type == "customfields":
		return "customValues(" + read + ")"
	case f.Type != t.Fields[at].Type:
		return fmt.Sprintf("inputs(%s, %s.Input)", read, operations.Elem(t.Fields[at].Type))
	case !f.Required && w.needsPointer(f.Type):
		return "&" + read
	default:
		return read
	}
}

func lastWord(name string) string {
	words := strings.Fields(operations.Words(name))
	return words[len(words)-1]
}

func known(values []string) string {
	if len(values) == 0 {
		return ""
	}
	var quoted []string
	for _, value := range values {
		quoted = append(quoted, fmt.Sprintf("%q", value))
	}
	return listed(quoted, "or")
}

// someOf lists methods, or of many the first few.
func someOf(methods []string) string {
	if len(methods) <= 6 {
		return listed(methods, "and")
	}
	return fmt.Sprintf("%s and %d methods more", strings.Join(methods[:3], ", "), len(methods)-3)
}

func listed(parts []string, word string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " " + word + " " + parts[len(parts)-1]
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")
}

// paragraphs joins those that are not empty.
func paragraphs(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n\n")
}

func trailing(text string) string {
	if text == "" {
		return ""
	}
	return " // " + text
}
