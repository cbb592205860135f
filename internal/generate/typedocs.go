package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

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
			return "is " + article(w.ofCompany(&m, w.called(base))) + form(base) + "."
		}
		if operations.Elem(m.op.Answer.Type) == name {
			answers = append(answers, "["+s.goType+"."+m.op.Method+"]")
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
		return "is one entry of the " + withOwner(what, " of "+of) + "."
	case strings.HasPrefix(f.Type, "[]"):
		return "is one of the " + withOwner(what, " of "+of) + "."
	case many:
		return "holds the " + withOwner(what, " of "+of) + "."
	default:
		return "is the " + withOwner(what, " of "+of) + "."
	}
}

// record is what a type is about, in words: an RFICreate is about an RFI.
func (w *writer) record(name string) string {
	name = w.local(name)
	for _, ending := range []string{"Create", "Update", "Sync", "Input"} {
		name = strings.TrimSuffix(name, ending)
	}
	words := operations.Words(unversioned(name))
	if w.table.Platform == "procore" { // a CompanyVendor is a vendor still
		words = strings.TrimPrefix(words, "company ")
	}
	return words
}

// An owner is the type that holds another, and the field.
type owner struct {
	name  string
	field operations.Field
	named bool // the field is called as the type that it holds
}

// owner returns the first type, by name, that holds another, and the field. A
// field of the other's own name goes before.
func (w *writer) owner(name string) (string, operations.Field) {
	if w.owners == nil {
		w.owners = owners(w.table.Types)
	}
	return w.owners[name].name, w.owners[name].field
}

func owners(types map[string]operations.Type) map[string]owner {
	found := map[string]owner{}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		for _, f := range types[name].Fields {
			held := operations.Elem(f.Type)
			first, taken := found[held]
			named := operations.Singular(f.Go) == held[strings.LastIndex(held, ".")+1:]
			if held != name && (!taken || named && !first.named) {
				found[held] = owner{name, f, named}
			}
		}
	}
	return found
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
		return "is the " + withOwner(operations.Words(operations.GoName(f.Name)), " of "+article(w.record(owner))) + "."
	default:
		return "is a word that a query takes."
	}
}

func (w *writer) bodyDoc(s *service, m method) string {
	one := w.ofCompany(&m, w.called(m.op.Noun))
	switch {
	case m.op.Method == "Create" && strings.HasSuffix(m.op.Body.Type, "Create"):
		return "is " + article("new "+one) + "."
	case m.op.Method == "Update" && strings.HasSuffix(m.op.Body.Type, "Update"):
		return "changes " + article(one) + ": what is not set stays."
	case m.op.Method == "Create", m.op.Method == "Update":
		return "creates " + article(one) + ", or changes one: then what is not set stays."
	case m.op.Method == "Sync":
		return "is one record for [" + s.goType + ".Sync]: it changes the one with its ID or OriginID, or else creates one."
	default:
		return "is the body of " + listed(s.methodsWithBody(m.op.Body.Type), "and") + "."
	}
}

// methodsWithBody are the methods that take a body, as links.
func (s *service) methodsWithBody(ref string) []string {
	var methods []string
	for _, m := range s.methods {
		if m.op.Body != nil && operations.Elem(m.op.Body.Type) == operations.Elem(ref) {
			methods = append(methods, "["+s.goType+"."+m.op.Method+"]")
		}
	}
	return methods
}
