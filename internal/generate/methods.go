package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// operation writes the variable of an operation.
func (w *writer) operation(m *method) {
	op := m.op
	id := op.Service + "." + op.Method
	if w.pkg != "" {
		id = w.pkg + "." + id
	}
	first := fmt.Sprintf("ID: %q, Method: %q, Path: %q, Class: connector.%s", id, op.Verb, m.path, upperFirst(op.Class))
	var more []string
	add := func(format string, args ...any) { more = append(more, fmt.Sprintf(format, args...)) }
	if op.Host != "" {
		add("Host: %q", op.Host)
	}
	if op.Body != nil && op.Body.Content != "" {
		add("ContentType: %q", op.Body.Content)
	}
	if op.Body != nil && op.Body.Wrapper != "" {
		add("Wrapper: %q", op.Body.Wrapper)
	}
	if len(m.scope) > 0 {
		add("Scope: %#v", m.scope)
	}
	if op.Answer.Envelope != "" {
		add("Envelope: %q", op.Answer.Envelope)
	}
	if op.Answer.Known == "none" && !op.Download || w.table.Platform == "scoro" && op.Class == "write" {
		add("NoAnswer: true")
	}
	if op.Download {
		add("Download: true")
	}
	if paging := w.paging(m); paging != "" {
		add("Paging: %s", paging)
	}
	if op.Key != "" && m.isList() {
		add("Key: %q", op.Key)
	}
	if len(op.Filters) > 0 {
		names := []string{}
		for _, f := range op.Filters {
			names = append(names, f.Name)
		}
		add("Filters: %#v", names)
	}
	if len(more) == 0 {
		w.line("%s = connector.Operation{%s}", m.name, first)
		return
	}
	w.line("%s = connector.Operation{%s,\n%s}", m.name, first, strings.Join(more, ", "))
}

// paging is the paging style of a list. Lists of SecurityScorecard stand in a
// member of the answer, and may go on by a link, even if they come whole.
func (w *writer) paging(m *method) string {
	if !m.isList() {
		return ""
	}
	style := m.op.Paging
	if style != "" && w.pkg != "" {
		style = "procore." + upperFirst(style)
	}
	if style == "" && m.op.Answer.Items == "entries" {
		return "linked"
	}
	return style
}

func upperFirst(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// method writes the Go of one operation.
func (w *writer) method(s *service, m *method) {
	receiver := "func (s *" + s.name + ") "
	at := m.name
	if len(m.args) > 0 {
		at += ".At(" + strings.Join(m.values(), ", ") + ")"
	}
	params, query := m.signature(w)
	elem := w.goType(operations.Elem(m.op.Answer.Type))
	w.methodComment(s, m)
	switch m.kind() {
	case kindPages:
		w.pages(s, m, receiver, at, params, query, elem)
	case kindSlice:
		w.line("%s%s(%s) ([]%s, error) {", receiver, m.op.Method, params, elem)
		w.line("return rest.Slice[%s](ctx, s.client, %s, %s, opts)\n}\n", elem, at, query)
	case kindGet:
		w.line("%s%s(%s) (*%s, error) {", receiver, m.op.Method, params, w.goType(m.op.Answer.Type))
		w.line("return rest.Get[%s](ctx, s.client, %s, %s, opts)\n}\n", w.goType(m.op.Answer.Type), at, query)
	case kindDownload:
		w.line("%s%s(%s) error {", receiver, m.op.Method, params)
		w.line("return rest.Download(ctx, s.client, %s, %s, w, opts)\n}\n", at, query)
	default:
		w.send(m, receiver, at, params)
	}
}

// pages writes a list that comes in pages: List, Pages and All, or ListDeleted,
// DeletedPages and AllDeleted.
func (w *writer) pages(s *service, m *method, receiver, at, params, query, elem string) {
	list := fmt.Sprintf("[%s.%s]", s.name, m.op.Method)
	pages, all := m.walks()
	w.line("%s%s(%s) (*connector.Page[%s], error) {", receiver, m.op.Method, params, elem)
	w.line("return rest.List[%s](ctx, s.client, %s, %s, opts)\n}\n", elem, at, query)
	w.comment("", pages+" walks the pages that "+list+" returns one of.")
	w.line("%s%s(%s) iter.Seq2[*connector.Page[%s], error] {", receiver, pages, params, elem)
	w.line("return rest.Pages[%s](ctx, s.client, %s, %s, opts)\n}\n", elem, at, query)
	w.comment("", all+" walks the records of all pages of "+list+". The next page is fetched when it is needed.")
	w.line("%s%s(%s) iter.Seq2[*%s, error] {", receiver, all, params, elem)
	w.line("return rest.All[%s](ctx, s.client, %s, %s, opts)\n}\n", elem, at, query)
}

// send writes what has a body, or changes something.
func (w *writer) send(m *method, receiver, at, params string) {
	body, opts := "nil", "opts"
	if m.hasBody() {
		body = "in"
	}
	if m.query != nil {
		opts = "rest.WithQuery(q, opts)"
	}
	switch m.kind() {
	case kindNothing:
		w.line("%s%s(%s) error {", receiver, m.op.Method, params)
		w.line("return s.client.Do(ctx, %s, %s, nil, %s...)\n}\n", at, body, opts)
	case kindRaw:
		w.line("%s%s(%s) (json.RawMessage, error) {", receiver, m.op.Method, params)
		w.line("return rest.Raw(ctx, s.client, %s, %s, %s)\n}\n", at, body, opts)
	case kindSync:
		result := "procore.SyncResult[" + w.goType(operations.Elem(m.op.Answer.Type)) + "]"
		w.line("%s%s(%s) (*%s, error) {", receiver, m.op.Method, params, result)
		w.line("return rest.Send[%s](ctx, s.client, %s, %s, %s)\n}\n", result, at, body, opts)
	default:
		w.sendTyped(m, receiver, at, params, body, opts)
	}
}

// sendTyped writes a write with an answer; a list is returned as a slice.
func (w *writer) sendTyped(m *method, receiver, at, params, body, opts string) {
	result := w.goType(m.op.Answer.Type)
	if !strings.HasPrefix(result, "[]") {
		w.line("%s%s(%s) (*%s, error) {", receiver, m.op.Method, params, result)
		w.line("return rest.Send[%s](ctx, s.client, %s, %s, %s)\n}\n", result, at, body, opts)
		return
	}
	w.line("%s%s(%s) (%s, error) {", receiver, m.op.Method, params, result)
	w.line("out, err := rest.Send[%s](ctx, s.client, %s, %s, %s)", result, at, body, opts)
	w.line("if err != nil {\nreturn nil, err\n}\nreturn *out, nil\n}\n")
}

// values are the arguments of At: the path's variables in order, then those of
// the scope.
func (m *method) values() []string {
	var values []string
	for _, variable := range pathVariable.FindAllStringSubmatch(m.path, -1) {
		values = append(values, variable[1])
	}
	values = append(values, m.scope...)
	var names []string
	for _, variable := range values {
		if m.table.Platform == "procore" && variable == "company_id" {
			continue
		}
		names = append(names, m.argName(variable))
	}
	return names
}

// signature returns a method's parameters and what it passes as its query.
func (m *method) signature(w *writer) (params, query string) {
	parts := []string{"ctx context.Context"}
	for i, a := range m.args {
		if slices.Contains(m.args[:i], a) {
			continue // in the path and in the body: one argument
		}
		if i+1 < len(m.args) && m.args[i+1].goType == a.goType {
			parts = append(parts, a.name)
			continue
		}
		parts = append(parts, a.name+" "+a.goType)
	}
	if m.hasBody() {
		parts = append(parts, "in "+w.inType(m.op.Body.Type))
	}
	query = "nil"
	if m.query != nil {
		parts = append(parts, "q *"+m.query.name)
		query = "q"
	}
	if m.kind() == kindDownload {
		parts = append(parts, "w io.Writer")
	}
	return strings.Join(append(parts, "opts ...connector.CallOption"), ", "), query
}

// inType is a body's type as an argument: records by pointer, lists as they are.
func (w *writer) inType(ref string) string {
	if strings.HasPrefix(ref, "[]") {
		return w.goType(ref)
	}
	return "*" + w.goType(ref)
}
