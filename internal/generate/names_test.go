package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// Every public name of the generated code is held to the rules of this file.
// What breaks one is named with the row of the overrides that mends it.
func TestNames(t *testing.T) {
	packages, err := operations.ProcoreLeaves()
	if err != nil {
		t.Fatal(err)
	}
	excused := map[string]bool{}
	for _, name := range append(packages, "scoro", "securityscorecard") {
		t.Run(name, func(t *testing.T) {
			table, err := loadPackage(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range lint(table) {
				if exceptions[o.name] != "" {
					excused[o.name] = true
					continue
				}
				t.Errorf("%s: %s; mend %s", o.name, o.what, o.row)
			}
		})
	}
	if t.Failed() {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(exceptions)) {
		if !excused[name] {
			t.Errorf("the exception %s excuses nothing; remove it", name)
		}
	}
}

// An offence is a name that breaks a rule.
type offence struct{ name, what, row string }

// A linter finds the offences of one package.
type linter struct {
	table    *operations.Table
	pkg      string // leaf of Procore, or the platform
	services []*service
	plain    map[string]*service
	found    []offence
}

// lint returns the offences of all packages of a table.
func lint(table *operations.Table) []offence {
	packages := map[string][]*service{}
	for _, s := range services(table) {
		packages[s.pkg] = append(packages[s.pkg], s)
	}
	var found []offence
	for _, pkg := range slices.Sorted(maps.Keys(packages)) {
		l := &linter{table: table, pkg: pkg, services: packages[pkg], plain: map[string]*service{}}
		plan(table, l.services)
		if l.pkg == "" {
			l.pkg = table.Platform
		}
		for _, s := range l.services {
			l.plain[s.name] = s
		}
		l.run()
		found = append(found, l.found...)
	}
	return found
}

func (l *linter) run() {
	for _, s := range l.services {
		l.service(s)
		for i := range s.methods {
			l.method(s, &s.methods[i])
		}
		for _, q := range s.queries {
			l.typeName(q.name, "the operations of "+listed(q.of, "and"))
		}
		for _, name := range s.types {
			base := name[strings.LastIndex(name, ".")+1:]
			l.typeName(base, fmt.Sprintf("the types row %q, or an operation's record or input", name))
			for _, f := range l.table.Types[name].Fields {
				l.spelling(base+"."+f.Go, f.Go, fmt.Sprintf("the types row %q, field %s", name, f.Name))
			}
			for _, value := range l.table.Types[name].Enum {
				name := constant(base, l.table.Types[name], value)
				l.capitals(name, name, fmt.Sprintf("the words of the enums row %q, value %q", base, value))
			}
		}
	}
	l.twins()
	l.collections()
}

func (l *linter) fail(name, row, what string, args ...any) {
	l.found = append(l.found, offence{name: l.pkg + "." + name, what: fmt.Sprintf(what, args...), row: row})
}

func operationRow(m *method) string {
	return "the operations row \"" + m.op.Verb + " " + m.op.Path + "\""
}

// service holds a service's name to the rules.
func (l *linter) service(s *service) {
	row := operationRow(&s.methods[0]) + " or its nouns row"
	name := unversioned(s.name)
	l.words(s.name, name, 4, row)
	l.spelling(s.name, name, row)
	l.twice(s.name, name, row)
	l.marks(s.name, name, row)
	l.plurals(s.name, name, row)
	if l.repeatsPackage(name) && l.plain[l.withoutPackage(name)] == nil {
		l.fail(s.name, row, "it repeats the package's name; call it %s", l.withoutPackage(name))
	}
	if rest, ok := strings.CutPrefix(name, "Company"); ok && rest != "" && l.table.Platform == "procore" && l.plain[rest] == nil {
		l.fail(s.name, row, "there is no service %s that it must be told apart from; call it that", rest)
	}
	lists := slices.ContainsFunc(s.methods, func(m method) bool { return m.op.Method == "List" })
	if lists && !plural(name) {
		l.fail(s.name, row, "it has a List and is called in the singular")
	}
	if name != s.name {
		l.older(s, row)
	}
}

// older holds that a service of an older version is needed: the plain one
// exists, and has each method in another form.
func (l *linter) older(s *service, row string) {
	plain := l.plain[unversioned(s.name)]
	if plain == nil {
		l.fail(s.name, row, "it has the mark of a version, and there is no plain one")
		return
	}
	for _, m := range s.methods {
		same := func(other method) bool {
			return other.op.Method == m.op.Method || major(other.op.Path) != major(m.op.Path)
		}
		if !slices.ContainsFunc(plain.methods, same) {
			l.fail(s.name+"."+m.op.Method, operationRow(&m), "nothing in %s is called so; move it there", plain.name)
		}
	}
}

// major is the version's first number: /rest/v1 of /rest/v1.0/projects.
func major(path string) string {
	before, _, _ := strings.Cut(path, ".")
	return before
}

// method holds a method's name to the rules.
func (l *linter) method(s *service, m *method) {
	name, row := s.name+"."+m.op.Method, operationRow(m)
	l.words(name, m.op.Method, 5, row)
	l.spelling(name, m.op.Method, row)
	l.twice(name, m.op.Method, row)
	l.marks(name, m.op.Method, row)
	l.plurals(name, m.op.Method, row)
	first, rest := operations.FirstWord(m.op.Method), strings.TrimPrefix(m.op.Method, operations.FirstWord(m.op.Method))
	if noun := unversioned(s.name); rest != "" && operations.Singular(rest) == operations.Singular(noun) {
		l.fail(name, row, "it repeats the service's name; call it %s", first)
	}
	if plainVerbs[strings.ToLower(first)] && rest != "" && verbs[strings.ToLower(operations.FirstWord(rest))] {
		l.fail(name, row, "it has two verbs")
	}
	isList := strings.HasPrefix(m.op.Answer.Type, "[]")
	switch {
	case m.kind() == kindRaw || m.kind() == kindDownload:
	case first == "List" && !isList:
		l.fail(name, row, "it is called List and answers one thing")
	case first == "Get" && isList:
		l.fail(name, row, "it is called Get and answers a list")
	case first == "List" && !listsMany(rest):
		l.fail(name, row, "what it lists is called in the singular")
	}
}

// listsMany reports whether what follows List names many: Users, Deleted,
// InProject, AttachmentsWithMarkup.
func listsMany(rest string) bool {
	noun := ""
	for _, word := range strings.Fields(operations.Words(rest)) {
		if prepositions[word] {
			break
		}
		noun = word
	}
	return noun == "" || strings.HasSuffix(noun, "ed") || adjectives[noun] || plural(noun)
}

// typeName holds the name of a type or a query to the rules.
func (l *linter) typeName(name, row string) {
	bare := name
	for _, s := range l.services {
		if mark := strings.TrimPrefix(s.name, unversioned(s.name)); mark != "" {
			bare = strings.Replace(bare, mark, "", 1)
		}
	}
	l.words(name, bare, 5, row)
	l.spelling(name, bare, row)
	l.twice(name, bare, row)
	l.marks(name, bare, row)
	l.plurals(name, bare, row)
	if l.repeatsPackage(bare) && !l.isNoun(strings.TrimSuffix(bare, l.withoutPackage(bare))) {
		l.fail(name, row, "it repeats the package's name; call it %s", l.withoutPackage(bare))
	}
}

// isNoun reports whether a service's records are called so. What belongs to
// them may have that in its name: SubmittalApprover.
func (l *linter) isNoun(name string) bool {
	return slices.ContainsFunc(l.services, func(s *service) bool { return s.methods[0].op.Noun == name })
}

func (l *linter) words(name, part string, most int, row string) {
	if n := len(strings.Fields(operations.Words(part))); n > most {
		l.fail(name, row, "%d words, where %d are allowed", n, most)
	}
}

// spelling finds initialisms that are not in capitals, and capitals that are
// no known initialism.
func (l *linter) spelling(name, part, row string) {
	l.capitals(name, part, row)
	for _, word := range nameWords(part) {
		switch {
		case len(word) == 1 && !strings.Contains("AXYZ", word):
			l.fail(name, row, "%s is a lone letter: an initialism that operations/words.go does not know?", word)
		case len(word) > 1 && !strings.ContainsAny(strings.ToLower(word), "aeiouy0123456789") && !inCapitals.MatchString(word):
			l.fail(name, row, "%s looks like an initialism that operations/words.go does not know", word)
		}
	}
}

func (l *linter) capitals(name, part, row string) {
	for _, word := range nameWords(part) {
		if want := operations.GoName(strings.ToLower(word)); want != word && !inCapitals.MatchString(word) {
			l.fail(name, row, "%s is written %s", word, want)
		}
	}
}

// twice finds words that are said twice.
func (l *linter) twice(name, part, row string) {
	before := ""
	for _, word := range nameWords(part) {
		if word == before {
			l.fail(name, row, "%s stands twice", word)
		}
		before = word
	}
}

// nameWords splits a Go name and keeps its capitals.
func nameWords(name string) []string {
	var all []string
	for name != "" {
		word := operations.FirstWord(name)
		all = append(all, word)
		name = name[len(word):]
	}
	return all
}

var (
	inCapitals    = regexp.MustCompile(`^[A-Z]{2}`) // an initialism that operations/words.go knows: it would be split otherwise
	versionMark   = regexp.MustCompile(`V\d+`)
	numericSuffix = regexp.MustCompile(`[a-z]\d+$`)
)

func (l *linter) marks(name, part, row string) {
	switch {
	case versionMark.MatchString(part):
		l.fail(name, row, "it carries a version, which only a service may that is told apart by it, and its types")
	case strings.Contains(part, "Inline"):
		l.fail(name, row, "Inline says nothing")
	case numericSuffix.MatchString(part):
		l.fail(name, row, "its number says nothing")
	}
}

var wrongPlural = regexp.MustCompile(`(tuss|sss|[^aeiou]ys|[^i]xs|chs|shs)$`)

func (l *linter) plurals(name, part, row string) {
	for _, word := range nameWords(part) {
		lower := strings.ToLower(word)
		if one, many := strings.CutSuffix(lower, "s"); wrongPlural.MatchString(lower) || many && noPlural[one] {
			l.fail(name, row, "%s is no plural", word)
		}
	}
}

// plural reports whether a name's last word names many, or has no plural.
func plural(name string) bool {
	all := strings.Fields(operations.Words(name))
	last := all[len(all)-1]
	return noPlural[last] || operations.Singular(last) != last
}

// repeatsPackage reports whether a name begins with the package's.
func (l *linter) repeatsPackage(name string) bool {
	return l.withoutPackage(name) != name
}

func (l *linter) withoutPackage(name string) string {
	for _, pkg := range []string{l.pkg, operations.Singular(l.pkg)} {
		if len(name) <= len(pkg) || !strings.EqualFold(name[:len(pkg)], pkg) {
			continue
		}
		if rest := name[len(pkg):]; strings.ToUpper(rest[:1]) == rest[:1] {
			return rest
		}
	}
	return name
}

// twins finds services that differ in nothing but singular and plural.
func (l *linter) twins() {
	first := map[string]*service{}
	for _, s := range l.services {
		one := operations.Singular(unversioned(s.name))
		if other := first[one]; other != nil && unversioned(other.name) != unversioned(s.name) {
			l.fail(s.name, operationRow(&s.methods[0])+" or its nouns row", "%s is there too; make them one", other.name)
		}
		first[one] = s
	}
}

// collections finds plain reading and writing of one collection in two
// services. Versions of it, and those of the company, have the same name.
func (l *linter) collections() {
	first := map[string]*service{}
	for _, s := range l.services {
		for _, m := range s.methods {
			if !slices.Contains([]string{"List", "Get", "Create", "Update", "Replace", "Delete"}, m.op.Method) {
				continue
			}
			at := collection(m.op.Path)
			other := first[at]
			if other != nil && bareService(other) != bareService(s) {
				l.fail(s.name+"."+m.op.Method, operationRow(&m), "%s has %s too; make them one service", other.name, at)
			}
			first[at] = s
		}
	}
}

func bareService(s *service) string { return strings.TrimPrefix(unversioned(s.name), "Company") }

var variable = regexp.MustCompile(`\{[^}]+\}`)

var outside = regexp.MustCompile(`^(?:/rest)?/v\d+(?:\.\d+)?(?:/companies/\{company_id\})?(?:/projects?/\{project_id\})?`)

// collection is a path without version, scope, and the names of its variables.
func collection(path string) string {
	path = outside.ReplaceAllString(path, "")
	path = variable.ReplaceAllString(path, "{}")
	return strings.TrimSuffix(path, "/{}")
}
