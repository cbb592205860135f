package main

import (
	"errors"
	"fmt"
	"go/format"
	"go/scanner"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A writer writes the files of one package.
type writer struct {
	table  *operations.Table
	pkg    string           // leaf below procore, or empty
	owners map[string]owner // of the types, made once
	out    strings.Builder
}

const module = "github.com/cordage-go/cordage"

// imports that generated code may need, by the name that it uses.
var imports = []struct{ use, path string }{
	{"context.", "context"}, {"json.", "encoding/json"}, {"io.", "io"}, {"iter.", "iter"}, {"time.", "time"},
	{"auth.", module + "/auth"}, {"connector.", module + "/connector"}, {"rest.", module + "/internal/rest"},
	{"procore.", module + "/procore"}, {"value.", module + "/value"},
}

// folder is where the package's files go.
func (w *writer) folder() string {
	if w.pkg == "" {
		return w.table.Platform + "/"
	}
	return w.table.Platform + "/" + w.pkg + "/"
}

func (w *writer) packageName() string {
	if w.pkg == "" {
		return w.table.Platform
	}
	return w.pkg
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.out, format+"\n", args...) }

// comment writes text as a comment, wrapped, its paragraphs kept.
func (w *writer) comment(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			w.line("//")
		}
		if strings.HasPrefix(paragraph, "\t") {
			for line := range strings.SplitSeq(paragraph, "\n") {
				w.line("//%s", line)
			}
			continue
		}
		for _, line := range wrap(words(paragraph), 96) {
			w.line("// %s", line)
		}
	}
}

// words splits a paragraph. A verb and its path stay together, so that they can
// be searched for.
func words(paragraph string) []string {
	words := strings.Fields(paragraph)
	if len(words) > 1 && strings.HasPrefix(words[1], "/") {
		words[1] = words[0] + " " + words[1]
		words = words[1:]
	}
	return words
}

func wrap(words []string, width int) []string {
	var lines []string
	line := ""
	for _, word := range words {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// file ends a file: header, package clause and the imports that it uses.
func (w *writer) file(name, packageDoc string, files map[string][]byte) error {
	body := w.out.String()
	w.out.Reset()
	w.out.WriteString(header + "\n")
	if packageDoc != "" {
		w.comment(packageDoc)
	}
	w.line("package %s\n", w.packageName())
	w.line("import (")
	local := false
	for _, imported := range imports {
		if !uses(body, imported.use) {
			continue
		}
		if strings.HasPrefix(imported.path, module) && !local {
			local = true
			w.line("")
		}
		w.line("%q", imported.path)
	}
	w.line(")\n")
	w.out.WriteString(body)
	code := strings.Replace(w.out.String(), "import (\n)\n", "", 1)
	w.out.Reset()
	text, err := format.Source([]byte(code))
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, lineOf(code, err))
	}
	files[w.folder()+name] = text
	return nil
}

// lineOf is the line of code that an error of the parser is about.
func lineOf(code string, err error) string {
	list, ok := errors.AsType[scanner.ErrorList](err)
	if !ok {
		return ""
	}
	return strings.TrimSpace(strings.Split(code, "\n")[list[0].Pos.Line-1])
}

// uses reports whether code, comments aside, uses an import.
func uses(body, name string) bool {
	for line := range strings.SplitSeq(body, "\n") {
		code, _, _ := strings.Cut(line, "//")
		at := strings.Index(code, name)
		for at >= 0 {
			if at == 0 || !strings.ContainsAny(code[at-1:at], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.\"") {
				return true
			}
			next := strings.Index(code[at+1:], name)
			if next < 0 {
				break
			}
			at += 1 + next
		}
	}
	return false
}

// packageFile writes what holds the services together: services.go, or for a
// package of Procore client.go.
func (w *writer) packageFile(services []*service, files map[string][]byte) error {
	if w.pkg != "" {
		return w.leafFile(services, files)
	}
	stable, unstable := apart(services)
	w.comment("services are the fields by which a Client reaches its operations.")
	w.line("type services struct {")
	w.fields(stable)
	if len(unstable) > 0 {
		w.line("\nUnstable Unstable // what the vendor may change or drop")
	}
	w.line("}\n")
	w.comment(sharedDoc)
	w.line("type service struct{ client *Client }\n")
	w.line("func newServices(s *service) services {\nreturn services{")
	w.values(stable)
	if len(unstable) > 0 {
		w.line("Unstable: Unstable{")
		w.values(unstable)
		w.line("},")
	}
	w.line("}\n}")
	if len(unstable) > 0 {
		w.line("")
		w.comment(unstableDoc)
		w.line("type Unstable struct {")
		w.fields(unstable)
		w.line("}")
	}
	return w.file("services.go", "", files)
}

const sharedDoc = "service is what all of them are made of. A client has one, so that each of many copies is small."

const unstableDoc = "Unstable reaches the operations that the vendor serves but leaves out of its published index. " +
	"They may change or vanish without notice, and the names here may follow them: they are no part of what this library keeps stable."

// apart splits the services at the vendor's published index.
func apart(services []*service) (stable, unstable []*service) {
	for _, s := range services {
		if s.unstable() {
			unstable = append(unstable, s)
			continue
		}
		stable = append(stable, s)
	}
	return stable, unstable
}

func (s *service) unstable() bool {
	return slices.ContainsFunc(s.methods, func(m method) bool { return m.op.Unstable })
}

// field is the name by which its client, or the client's Unstable, reaches a service.
func (s *service) field() string {
	if s.unstable() {
		return strings.TrimPrefix(s.name, "Unstable")
	}
	return s.name
}

// fields and values write the services as members of a struct.
func (w *writer) fields(services []*service) {
	for _, s := range services {
		w.line("%s *%s%s", s.field(), s.goType, trailing(s.superseded()))
	}
}

func (w *writer) values(services []*service) {
	for _, s := range services {
		w.line("%s: (*%s)(s),", s.field(), s.goType)
	}
}

func (w *writer) leafFile(services []*service, files map[string][]byte) error {
	w.comment("A Client reaches the operations of this package with the connection of a [procore.Client]. It is safe for concurrent use.")
	w.line("type Client struct {")
	w.fields(services)
	w.line("}\n")
	w.comment(sharedDoc)
	w.line("type service struct{ client *procore.Client }\n")
	w.comment("New returns a Client that calls through c.")
	w.line("func New(c *procore.Client) *Client {\ns := &service{c}\nreturn &Client{")
	w.values(services)
	w.line("}\n}")
	return w.file("client.go", w.table.Packages[w.pkg].Doc, files)
}

// serviceFile writes a service, its methods, and its types.
func (w *writer) serviceFile(s *service, files map[string][]byte) error {
	w.comment(paragraphs(s.goType+" "+w.serviceDoc(s), s.superseded()))
	client := "*Client"
	if w.pkg != "" {
		client = "*procore.Client"
	}
	w.line("type %s struct{ client %s }\n", s.goType, client)
	w.line("var (")
	for i := range s.methods {
		w.operation(&s.methods[i])
	}
	w.line(")\n")
	for i := range s.methods {
		w.method(s, &s.methods[i])
	}
	var errs []error
	for _, q := range s.queries {
		errs = append(errs, w.query(s, q))
	}
	for _, name := range s.types {
		w.typeDecl(s, name)
	}
	return errors.Join(append(errs, w.file(fileName(s.name), "", files))...)
}

// fileName is the service's name in snake case: "company_users.go".
func fileName(service string) string {
	words := strings.Fields(operations.Words(service))
	name := strings.ToLower(strings.Join(words, "_"))
	if slices.Contains([]string{"test", "linux", "windows", "darwin", "js"}, words[len(words)-1]) {
		name += "_service"
	}
	return name + ".go"
}

// local is a type name as the package itself writes it.
func (w *writer) local(name string) string { return strings.TrimPrefix(name, w.pkg+".") }

// goType is the Go of a type reference in a record, an input or a query.
func (w *writer) goType(ref string) string {
	elem := operations.Elem(ref)
	plain, ok := plainTypes[elem]
	if !ok {
		plain = w.local(elem)
	}
	return operations.Around(ref) + plain
}

var plainTypes = map[string]string{
	"int": "int64", "string": "string", "bool": "bool", "decimal": "value.Decimal", "float": "float64", "date": "value.Date",
	"datetime": "time.Time", "file": "value.File", "duration": "time.Duration", "text": "value.LocalText", "customfields": "value.CustomFields",
	"secret": "auth.Secret", "any": "json.RawMessage",
}
