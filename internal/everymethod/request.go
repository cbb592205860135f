package everymethod

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/operations"
)

// positional are the variables of a row that a method takes as arguments: of
// the path, of the query, of the body, without those that the client fills.
func positional(r row, filled map[string]string) []string {
	var names []string
	add := func(name string) {
		if _, is := filled[name]; !is && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range operations.Variables(r.Path) {
		add(name)
	}
	for _, p := range r.Params {
		if isArgument(p) {
			add(p.Name)
		}
	}
	if r.Body != nil {
		for _, name := range r.Body.Scope {
			add(name)
		}
	}
	return names
}

// isArgument reports whether a parameter of the query must be given, so that a
// method takes it as an argument.
func isArgument(p operations.Param) bool { return p.In == "query" && p.Required && p.Form == "" }

// variablesOf says which variable each of a method's positional parameters is.
// Those of one name belong together; id is the path's last variable; the
// others keep their order.
func variablesOf(r row, filled map[string]string, params []string) ([]string, error) {
	names := positional(r, filled)
	if len(names) != len(params) {
		return nil, fmt.Errorf("it takes %q, want a value for each of %q", params, names)
	}
	variables := make([]string, len(params))
	take := func(name, param string) {
		at := slices.Index(params, param)
		if at < 0 || variables[at] != "" || !slices.Contains(names, name) {
			return
		}
		variables[at] = name
		names = slices.DeleteFunc(names, func(n string) bool { return n == name })
	}
	for _, name := range slices.Clone(names) {
		take(name, paramName(r, name))
	}
	take(operations.LastVariable(r.Path), "id")
	for i, taken := range variables {
		if taken == "" {
			variables[i], names = names[0], names[1:]
		}
	}
	return variables, nil
}

// paramName is the usual name of a variable's parameter: rfiID of rfi_id.
func paramName(r row, name string) string {
	of := operations.GoName(name)
	for _, p := range r.Params {
		if p.Name == name && p.Go != "" {
			of = p.Go
		}
	}
	first := operations.FirstWord(of)
	return strings.ToLower(first) + of[len(first):]
}

// checkAddress compares verb, host and path with the row.
func (w *Wire) checkAddress(r row, s Sent, values map[string]string) error {
	path := r.Path
	for _, name := range operations.Variables(path) {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(values[name]))
	}
	base := w.BaseURL
	if r.Host != "" {
		base = r.Host
	}
	want := r.Verb + " " + base + "/" + strings.TrimPrefix(path, "/")
	address := *s.URL
	address.RawQuery = ""
	if got := s.Method + " " + address.String(); got != want {
		return fmt.Errorf("it sent %s, want %s", got, want)
	}
	return nil
}

// checkQuery compares the query with the row: required parameters have their
// arguments, all others are set, and nothing else is there. Paging adds its own.
func (w *Wire) checkQuery(r row, s Sent, values map[string]string) error {
	sent := s.URL.Query()
	paging := s.Operation.Paging
	own := []string{}
	if !paging.Body {
		own = append(own, paging.Page, paging.Size)
	}
	var errs []error
	if !paging.Body && paging.Size != "" {
		errs = append(errs, equal(paging.Size, sent[paging.Size], strconv.Itoa(pageSize)))
	}
	if !paging.Body && paging.Style == connector.Numbered {
		errs = append(errs, equal(paging.Page, sent[paging.Page], strconv.Itoa(paging.First)))
	}
	for _, p := range r.Params {
		name := p.Name
		switch {
		case p.In != "query":
		case slices.Contains(own, p.Name):
		case isArgument(p):
			errs = append(errs, equal(p.Name, sent[p.Name], values[p.Name]))
		case w.isOption(p):
			continue
		default:
			if p.Form == "brackets" {
				name = strings.TrimSuffix(name, "[]") + "[]"
			}
			errs = append(errs, w.checkParam(p, sent[name]))
		}
		delete(sent, name)
	}
	for _, name := range own {
		delete(sent, name)
	}
	if len(sent) > 0 {
		errs = append(errs, fmt.Errorf("the query has %q, which the table does not know", slices.Sorted(maps.Keys(sent))))
	}
	return errors.Join(errs...)
}

// checkHeader looks for the headers that the platform demands with one value.
func checkHeader(r row, s Sent) error {
	for _, p := range r.Params {
		if p.In == "header" && p.Required && len(p.Enum) == 1 && s.Header.Get(p.Name) != p.Enum[0] {
			return fmt.Errorf("the header %s is %q, want %q", p.Name, s.Header.Get(p.Name), p.Enum[0])
		}
	}
	return nil
}

// isOption reports whether a parameter is sent by the client, or by an option
// of the call, so that no query struct has it.
func (w *Wire) isOption(p operations.Param) bool {
	_, filled := w.Filled[p.Name]
	return filled || slices.Contains(w.Options, p.Name)
}

func equal(name string, got []string, want string) error {
	if len(got) != 1 || got[0] != want {
		return fmt.Errorf("the parameter %s is %q, want %q", name, got, want)
	}
	return nil
}

// texts are the forms of plain types in a query.
var texts = map[string]*regexp.Regexp{
	"int":      regexp.MustCompile(`^-?\d+$`),
	"float":    regexp.MustCompile(`^-?\d+(\.\d+)?$`),
	"decimal":  regexp.MustCompile(`^-?\d+(\.\d+)?$`),
	"bool":     regexp.MustCompile(`^(true|false)$`),
	"date":     regexp.MustCompile(`^\d{4}-\d\d-\d\d$`),
	"datetime": regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`),
	"json":     regexp.MustCompile(`^[\[{].*[\]}]$`),
}

// checkParam compares the texts of a parameter with its type and form.
func (w *Wire) checkParam(p operations.Param, got []string) error {
	of, want := operations.Elem(p.Type), 1
	parts := got
	switch {
	case p.Form == "json":
		of = "json"
	case p.Form == "range":
		if len(got) == 1 {
			from, to, found := strings.Cut(got[0], "...")
			if !found || to != "" {
				return fmt.Errorf("the parameter %s is %q, want a range that is open at its end", p.Name, got)
			}
			parts = []string{from}
		}
	case p.Form == "comma":
		want = 2
		if len(got) == 1 {
			parts = strings.Split(got[0], ",")
		}
	case strings.HasPrefix(p.Type, "[]"):
		want = 2
	}
	if len(parts) != want {
		return fmt.Errorf("the parameter %s is %q, want %d values in the form %q", p.Name, got, want, p.Form)
	}
	form, known := texts[of]
	if known && slices.ContainsFunc(parts, func(text string) bool { return !form.MatchString(text) }) {
		return fmt.Errorf("the parameter %s is %q, want %s", p.Name, got, of)
	}
	return nil
}
