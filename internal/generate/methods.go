package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// operation writes the variable of an operation.
func (w *writer) operation(m *method) {
	op := m.op
	first := fmt.Sprintf("ID: %q, Method: %q, Path: %q, Class: connector.%s", op.ID(), op.Verb, m.path, upperFirst(op.Class))
	more := w.seldomMembers(m)
	if len(more) == 0 {
		w.line("%s = connector.Operation{%s}", m.name, first)
		return
	}
	w.line("%s = connector.Operation{%s,\n%s}", m.name, first, strings.Join(more, ", "))
}

// seldomMembers are the members that not every operation has.
func (w *writer) seldomMembers(m *method) []string {
	var members []string
	add := func(name, value string) {
		if value != "" && value != `""` && value != "false" {
			members = append(members, name+": "+value)
		}
	}
	body := cmp.Or(m.op.Body, &operations.Body{})
	var filters []string
	for _, f := range m.op.Filters {
		filters = append(filters, f.Name)
	}
	empty := m.op.Answer.Known == "none" && !m.op.Download || w.table.Platform == "scoro" && m.op.Class == "write"
	add("Host", strconv.Quote(m.op.Host))
	add("Header", m.header())
	add("ContentType", strconv.Quote(body.Content))
	add("Wrapper", strconv.Quote(body.Wrapper))
	add("Scope", goStrings(m.scope))
	add("Envelope", strconv.Quote(m.envelope()))
	add("NoAnswer", strconv.FormatBool(empty))
	add("Download", strconv.FormatBool(m.op.Download))
	add("Paging", w.paging(m))
	if m.isList() {
		add("Key", strconv.Quote(m.op.Key))
	}
	add("Filters", goStrings(filters))
	return members
}

// goStrings is the Go of a list of texts; empty for an empty one.
func goStrings(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return fmt.Sprintf("%#v", texts)
}

// paging is the paging style of a list. Lists of SecurityScorecard stand in a
// member of the answer, and may go on by a link, even if they come whole. Those
// of Procore that stand in a member and come whole need no style.
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
	if style == "" && m.op.Answer.Items != "" && m.kind() != kindSend {
		return fmt.Sprintf("connector.Paging{Items: %q}", m.op.Answer.Items)
	}
	return style
}

// envelope is the member of the answer that holds the value: also of a list
// that no paging opens. A SyncResult has the member's name itself.
func (m *method) envelope() string {
	if m.op.Answer.Envelope == "" && m.kind() == kindSend {
		return m.op.Answer.Items
	}
	return m.op.Answer.Envelope
}

// header is the Go of the headers that the platform demands, each of which has
// one known value.
func (m *method) header() string {
	var headers []string
	for _, p := range m.op.Params {
		if p.In == "header" && p.Required && len(p.Enum) == 1 {
			headers = append(headers, fmt.Sprintf("%q: %q", p.Name, p.Enum[0]))
		}
	}
	if len(headers) == 0 {
		return ""
	}
	return "map[string]string{" + strings.Join(headers, ", ") + "}"
}

func upperFirst(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// method writes the Go of one operation.
func (w *writer) method(s *service, m *method) {
	receiver := "func (s *" + s.goType + ") "
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
		w.line("%s\n}\n", m.download(at, query))
	default:
		w.send(m, receiver, at, params)
	}
}

// pages writes a list that comes in pages: List, Pages and All, or ListDeleted,
// DeletedPages and AllDeleted.
func (w *writer) pages(s *service, m *method, receiver, at, params, query, elem string) {
	list := fmt.Sprintf("[%s.%s]", s.goType, m.op.Method)
	pages, all := m.walks()
	names, rest := [3]string{"List", "Pages", "All"}, query+", opts"
	if m.hasBody() {
		names, rest = [3]string{"Search", "SearchPages", "SearchAll"}, "in, opts"
	}
	if m.hasBody() && m.query != nil {
		rest = "in, rest.WithQuery(q, opts)"
	}
	w.line("%s%s(%s) (*connector.Page[%s], error) {", receiver, m.op.Method, params, elem)
	w.line("return rest.%s[%s](ctx, s.client, %s, %s)\n}\n", names[0], elem, at, rest)
	w.comment(pages + " walks the pages that " + list + " returns one of.")
	w.line("%s%s(%s) iter.Seq2[*connector.Page[%s], error] {", receiver, pages, params, elem)
	w.line("return rest.%s[%s](ctx, s.client, %s, %s)\n}\n", names[1], elem, at, rest)
	w.comment(all + " walks the records of all pages of " + list + ". The next page is fetched when it is needed.")
	w.line("%s%s(%s) iter.Seq2[*%s, error] {", receiver, all, params, elem)
	w.line("return rest.%s[%s](ctx, s.client, %s, %s)\n}\n", names[2], elem, at, rest)
}

// download is the statement that fetches a file, asked for with a body or without.
func (m *method) download(at, query string) string {
	switch {
	case !m.hasBody():
		return "return rest.Download(ctx, s.client, " + at + ", " + query + ", w, opts)"
	case m.query == nil:
		return "return s.client.Do(ctx, " + at + ", in, w, opts...)"
	default:
		return "return s.client.Do(ctx, " + at + ", in, w, rest.WithQuery(q, opts)...)"
	}
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
	case kindSync, kindBulk:
		w.sendMany(m, receiver, at, params, body, opts)
	default:
		w.sendTyped(m, receiver, at, params, body, opts)
	}
}

// sendMany writes a call with many records, whose success is by record. The
// records of a Sync are sent in slices, unless the body has more than them.
func (w *writer) sendMany(m *method, receiver, at, params, body, opts string) {
	elem := w.goType(operations.Elem(m.op.Answer.Type))
	name := map[kind]string{kindSync: "Sync", kindBulk: "Bulk"}[m.kind()]
	result := "procore." + name + "Result[" + elem + "]"
	w.line("%s%s(%s) (*%s, error) {", receiver, m.op.Method, params, result)
	if m.kind() == kindSync && !strings.HasPrefix(m.op.Body.Type, "[]") {
		w.line("return rest.Send[%s](ctx, s.client, %s, %s, %s)\n}\n", result, at, body, opts)
		return
	}
	w.line("return procore.%s[%s](ctx, s.client, %s, %s, %s...)\n}\n", name, elem, at, body, opts)
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
	var names []string
	for _, variable := range slices.Concat(operations.Variables(m.path), m.scope) {
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

// inType is a body's type as an argument: records by pointer, lists as they
// are, and anything where the form is not known.
func (w *writer) inType(ref string) string {
	if ref == "any" {
		return "any"
	}
	if strings.HasPrefix(ref, "[]") {
		return w.goType(ref)
	}
	return "*" + w.goType(ref)
}
