package main

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// serviceDoc is the sentence about a service, after its name.
func (w *writer) serviceDoc(s *service) string {
	for _, name := range []string{qualified(w.pkg, s.name), qualified(w.pkg, unversioned(s.name))} {
		if doc := w.table.Services[name]; doc != "" {
			return doc + version(s.name)
		}
	}
	if s.name == operations.FilterOptions {
		return "are the values that lists can be filtered by, for menus."
	}
	verb := "are the "
	if singularName(s.name) {
		verb = "is the "
	}
	words := operations.Words(unversioned(s.name))
	if w.table.Platform == "procore" {
		words = strings.TrimPrefix(words, "company ")
	}
	return verb + words + " of " + w.whole(s) + "." + version(s.name)
}

func qualified(pkg, name string) string {
	if pkg == "" {
		return name
	}
	return pkg + "." + name
}

func singularName(name string) bool { return !strings.HasSuffix(unversioned(name), "s") }

// whole is what the service's things belong to.
func (w *writer) whole(s *service) string {
	for _, m := range s.methods {
		if len(m.args) > 0 && m.args[0].name == "projectID" {
			return "a project"
		}
	}
	if w.table.Platform == "procore" {
		return "the company"
	}
	return "the platform"
}

// methodComment writes what a method does, its address, and what may happen
// to it when the connection breaks.
func (w *writer) methodComment(s *service, m *method) {
	doc := asPage(m, m.op.Doc)
	if doc == "" {
		doc = w.methodDoc(s, m)
	}
	text := m.op.Method + " " + doc + "\n\n" + m.op.Verb + " " + m.op.Path + ": " + classDoc(m)
	if m.op.Uncertain != "" {
		text += " " + m.op.Uncertain
	}
	if m.kind() == kindRaw {
		text += "\n\nIts answer is JSON of a form that is not documented. [" + w.client() + ".Decode] reads it into a type of your own."
	}
	if m.op.OnePage && m.kind() != kindPages {
		text += "\n\nIt comes in pages, of which this is the first: [connector.Param] asks for another, as in connector.Param(\"page\", \"2\")."
	}
	switch {
	case m.op.Deprecated && m.op.Newer != "":
		text += "\n\nDeprecated: the platform will remove this operation. Use [" + m.newer() + "]."
	case m.op.Deprecated:
		text += "\n\nDeprecated: the platform will remove this operation."
	case m.op.Newer != "":
		text += " [" + m.newer() + "] is newer."
	}
	w.comment(text)
}

// asPage lets the sentence of a method that answers a page say so.
func asPage(m *method, doc string) string {
	what, ok := strings.CutPrefix(doc, "returns ")
	if !ok || m.kind() != kindPages || strings.Contains(doc, "one page") {
		return doc
	}
	return "returns one page of " + what
}

// client is the platform's client, as comments of the package call it.
func (w *writer) client() string {
	if w.pkg != "" {
		return "procore.Client"
	}
	return "Client"
}

func classDoc(m *method) string {
	switch m.op.Class {
	case "read":
		return "a read, safe to repeat."
	case "set":
		return "repeated only with [connector.Repeatable]."
	default:
		return "a write, never repeated blindly."
	}
}

// called is what sentences call a service or a noun: what its package says, or
// the words of its name.
func (w *writer) called(name string) string {
	words := operations.Words(unversioned(name))
	short := strings.TrimPrefix(words, "company ")
	return strings.TrimSuffix(words, short) + cmp.Or(w.table.Packages[w.pkg].Words[short], short)
}

// ofCompany says users of the company where a service is called CompanyUsers,
// and plain insurances where they belong to something nearer.
func (w *writer) ofCompany(m *method, words string) string {
	rest, ok := strings.CutPrefix(words, "company ")
	switch {
	case !ok || w.table.Platform != "procore":
		return words
	case w.ofOwner(m) != "":
		return rest
	default:
		return rest + " of the company"
	}
}

// uncounted ends the names of things that have no article.
var uncounted = regexp.MustCompile(`(^| )(data|equipment|information|metadata)( of .*)?$`)

// article puts a or an before words.
func article(words string) string {
	if uncounted.MatchString(words) {
		return words
	}
	first := words[:1]
	vowel := strings.Contains("aeiou", first)
	if len(words) > 1 && strings.ToUpper(words[:2]) == words[:2] { // spelt out: an RFI
		vowel = strings.Contains("AEFHILMNORSX", first)
	}
	if strings.HasPrefix(words, "use") || strings.HasPrefix(words, "uni") {
		vowel = false
	}
	if vowel {
		return "an " + words
	}
	return "a " + words
}
