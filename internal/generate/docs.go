package main

import (
	"maps"
	"slices"
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
	if s.name == "FilterOptions" {
		return "are the values that lists can be filtered by, for menus."
	}
	verb := "are the "
	if singularName(s.name) {
		verb = "is the "
	}
	return verb + operations.Words(unversioned(s.name)) + " of " + w.whole(s) + "." + version(s.name)
}

func qualified(pkg, name string) string {
	if pkg == "" {
		return name
	}
	return pkg + "." + name
}

// unversioned is the name of a service or noun without the mark of an older version.
func unversioned(name string) string {
	base, number, found := strings.Cut(name, "V")
	if found && strings.Trim(number, "0123456789") == "" && number != "" {
		return base
	}
	return name
}

func version(name string) string {
	number, older := strings.CutPrefix(name, unversioned(name)+"V")
	if !older {
		return ""
	}
	pronoun := " They speak"
	if singularName(name) {
		pronoun = " It speaks"
	}
	return pronoun + " version " + number[:1] + "." + number[1:] + " of the API."
}

// form says of a record of an older version which one it is.
func form(name string) string {
	number, older := strings.CutPrefix(name, unversioned(name)+"V")
	if !older {
		return ""
	}
	return ", in the form of version " + number[:1] + "." + number[1:]
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
	doc := m.op.Doc
	if doc == "" {
		doc = w.methodDoc(s, m)
	}
	text := m.op.Method + " " + doc + "\n\n" + m.op.Verb + " " + m.op.Path + ": " + classDoc(m)
	if m.op.Uncertain != "" {
		text += " " + m.op.Uncertain
	}
	if m.op.Deprecated {
		text += "\n\nDeprecated: Procore will remove this operation."
	}
	w.comment("", text)
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

// methodDoc makes a sentence from a method's name.
func (w *writer) methodDoc(s *service, m *method) string {
	one, many := w.ofCompany(m, operations.Words(unversioned(m.op.Noun))), w.ofCompany(m, operations.Words(unversioned(m.op.Service)))
	switch m.op.Method {
	case "List":
		if m.kind() == kindSlice || m.op.Paging == "" && m.kind() != kindPages {
			return "returns the " + many + w.of(m) + "."
		}
		return "returns one page of the " + many + w.of(m) + "."
	case "Get":
		return "returns " + article(one) + "."
	case "Create":
		return "creates " + article(one) + "."
	case "Update":
		return "changes " + article(one) + ": what is not set stays."
	case "Replace":
		return "replaces " + article(one) + "."
	case "Delete":
		return "deletes " + article(one) + "."
	case "ListDeleted":
		return "returns one page of the deleted " + many + w.of(m) + "."
	case "GetDeleted":
		return "returns " + article("deleted "+one) + "."
	case "Restore":
		return "brings " + article("deleted "+one) + " back."
	case "Sync":
		return "creates and changes up to 1,000 " + many + " at once. Success is by record: read the Errors of the result."
	case "DownloadPDF":
		return "writes " + article(one) + " to w as a PDF file."
	case "Export":
		return "writes the " + many + w.of(m) + " to w as a file."
	case "BulkCreate":
		return "creates many " + many + " at once."
	case "BulkUpdate":
		return "changes many " + many + " at once."
	case "BulkDelete":
		return "deletes many " + many + " at once."
	default:
		return w.derivedDoc(m, one)
	}
}

// derivedDoc makes a sentence of the words of a method's name.
func (w *writer) derivedDoc(m *method, one string) string {
	if m.op.Service == "FilterOptions" && operations.Singular(m.op.Method) != m.op.Method {
		return "returns the " + operations.Words(m.op.Method) + " that the list can be filtered by."
	}
	if m.op.Service == "FilterOptions" {
		return "returns the values of " + operations.Words(m.op.Method) + " that the list can be filtered by."
	}
	for _, form := range []struct{ start, says string }{{"List", "returns the "}, {"Get", "returns the "}, {"Set", "sets the "}, {"Create", "creates the "}, {"Update", "changes the "}, {"Delete", "deletes the "}} {
		if rest, ok := strings.CutPrefix(m.op.Method, form.start); ok {
			return form.says + operations.Words(rest) + w.ofNoun(m, one) + "."
		}
	}
	first, rest, _ := strings.Cut(operations.Words(m.op.Method), " ")
	return strings.TrimSpace(thirdPerson(first)+" "+rest) + w.ofNoun(m, one) + "."
}

// ofCompany says users of the company where a service is called CompanyUsers,
// and plain insurances where they belong to something nearer.
func (w *writer) ofCompany(m *method, words string) string {
	rest, ok := strings.CutPrefix(words, "company ")
	switch {
	case !ok || w.table.Platform != "procore":
		return words
	case w.of(m) != "":
		return rest
	default:
		return rest + " of the company"
	}
}

// of says where a list belongs.
func (w *writer) of(m *method) string {
	for _, a := range m.args {
		if a.name == "projectID" || a.name == "id" {
			continue
		}
		if noun, ok := strings.CutSuffix(a.name, "ID"); ok && noun != "" {
			return " of " + article(operations.Words(operations.GoName(noun)))
		}
	}
	if len(m.args) > 0 && m.args[0].name == "projectID" {
		return " of a project"
	}
	if len(m.args) > 0 && m.args[0].name == "company" {
		return " of a company"
	}
	return ""
}

// ofNoun says which record a method is about.
func (w *writer) ofNoun(m *method, one string) string {
	for _, a := range m.args {
		if a.name == "id" {
			return " of " + article(one)
		}
	}
	return w.of(m)
}

func thirdPerson(verb string) string {
	if strings.HasSuffix(verb, "h") || strings.HasSuffix(verb, "s") {
		return verb + "es"
	}
	return verb + "s"
}

// article puts a or an before words.
func article(words string) string {
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

// typeDoc is the sentence about a type, after its name.
func (w *writer) typeDoc(s *service, name string, t operations.Type) string {
	if t.Doc != "" {
		return t.Doc
	}
	base := w.local(name)
	for _, m := range s.methods {
		if m.op.Body != nil && operations.Elem(m.op.Body.Type) == name {
			return w.bodyDoc(s, m)
		}
	}
	var answers []string
	for _, m := range s.methods {
		if base == m.op.Noun {
			return "is " + article(operations.Words(unversioned(base))) + form(base) + "."
		}
		if operations.Elem(m.op.Answer.Type) == name {
			answers = append(answers, "["+s.name+"."+m.op.Method+"]")
		}
	}
	if len(answers) > 0 {
		return "is what " + listed(answers, "and") + " " + verbFor(answers) + "."
	}
	return w.partDoc(name)
}

func verbFor(methods []string) string {
	if len(methods) > 1 {
		return "return"
	}
	return "returns"
}

// partDoc says of a nested type where it stands.
func (w *writer) partDoc(name string) string {
	owner, f := w.owner(name)
	what, of := operations.Words(operations.GoName(f.Name)), article(w.record(owner))
	many := operations.Singular(f.Name) != f.Name
	by, isWho := strings.CutSuffix(what, " by")
	switch {
	case isWho:
		return "is who " + by + " " + of + "."
	case what == w.record(owner):
		return "is the " + what + " itself."
	case strings.HasPrefix(f.Type, "[]") && !many:
		return "is one entry of the " + what + " of " + of + "."
	case strings.HasPrefix(f.Type, "[]"):
		return "is one of the " + what + " of " + of + "."
	case many:
		return "holds the " + what + " of " + of + "."
	default:
		return "is the " + what + " of " + of + "."
	}
}

// record is what a type is about, in words: an RFICreate is about an RFI.
func (w *writer) record(name string) string {
	name = w.local(name)
	for _, ending := range []string{"Create", "Update", "Sync", "Input"} {
		name = strings.TrimSuffix(name, ending)
	}
	return operations.Words(unversioned(name))
}

// owner is the first type, by name, that holds another, and the field. A field
// of the other's own name goes before.
func (w *writer) owner(name string) (owner string, field operations.Field) {
	for _, other := range slices.Sorted(maps.Keys(w.table.Types)) {
		for _, f := range w.table.Types[other].Fields {
			if other == name || operations.Elem(f.Type) != name {
				continue
			}
			if operations.Singular(f.Go) == w.local(name) {
				return other, f
			}
			if owner == "" {
				owner, field = other, f
			}
		}
	}
	return owner, field
}

// wordsDoc says what a set of words is about.
func (w *writer) wordsDoc(name string) string {
	base := w.local(name)
	switch owner, f := w.owner(name); {
	case strings.HasSuffix(base, "View"):
		return "says which fields an answer has."
	case strings.HasSuffix(base, "Sort"):
		return "says what a list is sorted by. A minus in front turns the order round."
	case owner != "":
		return "is the " + operations.Words(operations.GoName(f.Name)) + " of " + article(w.record(owner)) + "."
	default:
		return "is one of the words that a list can be narrowed by."
	}
}

func (w *writer) bodyDoc(s *service, m method) string {
	one := operations.Words(unversioned(m.op.Noun))
	switch {
	case m.op.Method == "Create" && strings.HasSuffix(m.op.Body.Type, "Create"):
		return "is a new " + one + "."
	case m.op.Method == "Update" && strings.HasSuffix(m.op.Body.Type, "Update"):
		return "changes " + article(one) + ": what is not set stays."
	case m.op.Method == "Create", m.op.Method == "Update":
		return "creates " + article(one) + ", or changes one: then what is not set stays."
	case m.op.Method == "Sync":
		return "is one record for [" + s.name + ".Sync]: it changes the one with its ID or OriginID, or else creates one."
	default:
		return "is the body of " + listed(s.methodsWithBody(m.op.Body.Type), "and") + "."
	}
}

// methodsWithBody are the methods that take a body, as links.
func (s *service) methodsWithBody(ref string) []string {
	var methods []string
	for _, m := range s.methods {
		if m.op.Body != nil && operations.Elem(m.op.Body.Type) == operations.Elem(ref) {
			methods = append(methods, "["+s.name+"."+m.op.Method+"]")
		}
	}
	return methods
}
