package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// methodDoc makes a sentence from a method's name, to stand after it.
func (w *writer) methodDoc(s *service, m *method) string {
	one, many := w.ofCompany(m, w.called(m.op.Noun)), w.ofCompany(m, w.called(m.op.Service))
	switch m.op.Method {
	case "List":
		return "returns " + pageOf(m) + "the " + withOwner(many, w.of(m)) + "."
	case "Get":
		return "returns " + article(one) + "."
	case "Create":
		return "creates " + article(one) + "."
	case "Update":
		return "changes " + article(one) + keeps(m) + "."
	case "Replace":
		return "replaces " + article(one) + "."
	case "Delete":
		return "deletes " + article(one) + "."
	case "ListDeleted":
		return "returns " + pageOf(m) + "the deleted " + withOwner(many, w.of(m)) + "."
	case "GetDeleted":
		return "returns " + article("deleted "+one) + "."
	case "Restore":
		return "brings " + article("deleted "+one) + " back."
	case "Sync":
		return "creates and changes many " + many + ", up to 1,000 in a request." + eachByItself + " read the Errors of the result."
	case "CreatePDF":
		return "lets the platform make a PDF file of " + article(one) + fetchedBy(s, "DownloadPDF") + "."
	case "BulkCreate", "BulkUpdate", "BulkDelete":
		verb := map[string]string{"BulkCreate": "creates", "BulkUpdate": "changes", "BulkDelete": "deletes"}[m.op.Method]
		return verb + " many " + many + " at once." + byRecord(m)
	}
	switch {
	case m.op.Method == "DownloadPDF" && m.op.Download:
		return "writes " + article(one) + " to w as a PDF file."
	case m.op.Method == "Export" && m.op.Download:
		return "writes the " + many + w.of(m) + " to w as a file."
	case m.op.Method == "SendUnsent":
		return "sends all " + many + w.of(m) + " that have not been sent yet."
	case unversioned(m.op.Service) == operations.FilterOptions:
		return filterDoc(m)
	}
	return w.derivedDoc(m, one, many)
}

func pageOf(m *method) string {
	if m.kind() == kindPages {
		return "one page of "
	}
	return ""
}

// keeps says of a partial update that it is one.
func keeps(m *method) string {
	if m.op.Verb == "PUT" {
		return ""
	}
	return ": what is not set stays"
}

// fetchedBy names the method that fetches what another one makes.
func fetchedBy(s *service, name string) string {
	if !slices.ContainsFunc(s.methods, func(m method) bool { return m.op.Method == name }) {
		return ""
	}
	return "; [" + s.goType + "." + name + "] fetches it"
}

func byRecord(m *method) string {
	if m.kind() != kindBulk {
		return ""
	}
	return eachByItself + " read what the result says of each."
}

// eachByItself begins what is said of calls for many records.
const eachByItself = " Each record succeeds or fails by itself:"

func filterDoc(m *method) string {
	if operations.Singular(m.op.Method) != m.op.Method {
		return "returns the " + operations.Words(m.op.Method) + " that the list can be filtered by."
	}
	return "returns the values of " + operations.Words(m.op.Method) + " that the list can be filtered by."
}

// readers are words for reading. A read that begins with none of them is
// called after what it returns: NextNumber.
var readers = []string{"calculate", "check", "compare", "count", "download", "export", "find", "preview", "search", "validate", "verify"}

// derivedDoc makes a sentence of the words of a method's name.
func (w *writer) derivedDoc(m *method, one, many string) string {
	first, rest, _ := strings.Cut(operations.Words(m.op.Method), " ")
	says := map[string]string{"list": "returns", "get": "returns", "set": "sets", "create": "creates", "update": "changes", "delete": "deletes"}[first]
	of := w.ofNoun(m, one)
	switch {
	case isPreposition(firstWord(rest)):
		preposition, object, _ := strings.Cut(rest, " ")
		return cmp.Or(says, thirdPerson(first)) + " " + article(one) + " " + preposition + " " + article(object) + "."
	case says != "" && rest != "":
		return says + " " + pageOf(m) + "the " + rest + of + "."
	case m.op.Class == "read" && !slices.Contains(readers, first):
		return "returns the " + operations.Words(m.op.Method) + of + "."
	case rest == "" && m.hasID():
		return thirdPerson(first) + " " + article(one) + "."
	case rest == "":
		return thirdPerson(first) + " the " + many + w.of(m) + "."
	case first == "bulk":
		return thirdPerson(firstWord(rest)) + " many " + many + " at once." + byRecord(m)
	default:
		joint := map[string]string{"add": " to ", "remove": " from "}[first]
		return thirdPerson(first) + " " + object(rest) + strings.Replace(of, " of ", cmp.Or(joint, " of "), 1) + "."
	}
}

func firstWord(words string) string {
	first, _, _ := strings.Cut(words, " ")
	return first
}

func isPreposition(word string) bool {
	return slices.Contains([]string{"as", "by", "for", "from", "in", "into", "of", "on", "to", "with"}, word)
}

// object is a noun with its article: "a change order", "the items".
func object(words string) string {
	if operations.Singular(words) != words {
		return "the " + words
	}
	return article(words)
}

// withOwner says the insurances of a vendor, not the vendor insurances of a
// vendor.
func withOwner(many, of string) string {
	_, owner, _ := strings.Cut(strings.TrimPrefix(of, " of "), " ")
	for owner != "" { // the template items of an inspection template are its items too
		if bare, ok := strings.CutPrefix(many, owner+" "); ok {
			return bare + of
		}
		_, owner, _ = strings.Cut(owner, " ")
	}
	return many + of
}

// of says where a list belongs: to its owner, or to the company, which no
// argument names.
func (w *writer) of(m *method) string {
	owner := w.ofOwner(m)
	if owner == "" && m.inCompany() && !strings.HasPrefix(m.op.Service, "Company") { // CompanyUsers says it already
		return " of the company"
	}
	return owner
}

// inCompany reports whether an operation is about one of Procore's companies.
func (m *method) inCompany() bool {
	return m.table.Platform == "procore" && slices.ContainsFunc(m.op.Params, func(p operations.Param) bool { return p.Name == "company_id" })
}

// ofOwner says where a list belongs: to the owner that its path names last.
func (w *writer) ofOwner(m *method) string {
	for _, a := range slices.Backward(m.args) {
		noun, isID := strings.CutSuffix(a.name, "ID")
		if isID && noun != "" && noun != "project" {
			return " of " + article(w.called(operations.GoName(noun)))
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
	if m.hasID() {
		return " of " + article(one)
	}
	return w.of(m)
}

// hasID reports whether a method is about one record.
func (m *method) hasID() bool {
	return slices.ContainsFunc(m.args, func(a arg) bool { return a.name == "id" })
}

func thirdPerson(verb string) string {
	last := verb[len(verb)-1:]
	switch {
	case last == "y" && !strings.Contains("aeiou", verb[len(verb)-2:len(verb)-1]):
		return verb[:len(verb)-1] + "ies"
	case strings.Contains("hosxz", last):
		return verb + "es"
	default:
		return verb + "s"
	}
}
