package everymethod

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// checkBody compares a body with the row: scope members, wrapper, and every
// member of the type.
func (w *Wire) checkBody(r row, s Sent, values map[string]string) error {
	content, filter, err := w.Open(s)
	if err != nil {
		return err
	}
	if err := w.checkFilter(r, filter); err != nil {
		return err
	}
	if r.Body == nil || r.Body.Type == "" && len(r.Body.Scope) == 0 {
		if len(content) > 0 && string(content) != "{}" {
			return fmt.Errorf("it sent %s, want no body", content)
		}
		return nil
	}
	of := &shape{types: w.Table.Types, seen: map[string]bool{}, beside: r.Body.Wrapper != "", form: r.Body.Content == formType, left: left(r)}
	if content, err = opened(r, s, content); err != nil {
		return err
	}
	if content, err = withoutPage(s, content); err != nil {
		return err
	}
	if r.Body.Wrapper == "" && len(r.Body.Scope) == 0 {
		return of.check(content, operations.Field{Name: "the body", Type: r.Body.Type})
	}
	return of.checkWrapped(r, content, values)
}

// opened returns a body of the type that the row says as JSON.
func opened(r row, s Sent, content []byte) ([]byte, error) {
	want := cmp.Or(r.Body.Content, jsonType)
	got, params, err := mime.ParseMediaType(s.Header.Get("Content-Type"))
	if err != nil || got != want {
		return nil, fmt.Errorf("the content type is %q, want %s", s.Header.Get("Content-Type"), want)
	}
	if want == formType {
		return formJSON(content, params["boundary"])
	}
	return content, nil
}

// withoutPage takes out what asks for a page, where that travels in the body.
func withoutPage(s Sent, content []byte) ([]byte, error) {
	paging := s.Operation.Paging
	var members map[string]json.RawMessage
	if !paging.Body || json.Unmarshal(content, &members) != nil || members[paging.Size] == nil {
		return content, nil
	}
	if size := string(members[paging.Size]); size != strconv.Itoa(pageSize) {
		return nil, fmt.Errorf("the body asks for %s records, want %d", size, pageSize)
	}
	delete(members, paging.Size)
	delete(members, paging.Page)
	return json.Marshal(members)
}

// hasFile reports whether a type can hold a file.
func (w *Wire) hasFile(ref string, seen map[string]bool) bool {
	name := operations.Elem(ref)
	if name == "file" || seen[name] {
		return name == "file"
	}
	seen[name] = true
	return slices.ContainsFunc(w.Table.Types[name].Fields, func(f operations.Field) bool { return w.hasFile(f.Type, seen) })
}

// checkFilter compares a filter in the body with the row's.
func (w *Wire) checkFilter(r row, filter []byte) error {
	members := map[string]json.RawMessage{}
	if len(filter) > 0 {
		if err := json.Unmarshal(filter, &members); err != nil {
			return fmt.Errorf("the filter %s is no object: %w", filter, err)
		}
	}
	var errs []error
	for _, p := range r.Filters {
		data := members[p.Name]
		first, fits := "{", bytes.HasPrefix(data, []byte("{"))
		switch {
		case strings.HasPrefix(p.Type, "[]"):
			first, fits = "[", bytes.HasPrefix(data, []byte("["))
		case p.Form != "range":
			first, fits = p.Type, len(data) > 0 && new(shape).checkPlain(data, operations.Field{Type: p.Type}) == nil
		}
		if !fits {
			errs = append(errs, fmt.Errorf("the filter %s is %q, want %s", p.Name, data, first))
		}
		delete(members, p.Name)
	}
	return errors.Join(append(errs, unknown("the filter", members))...)
}

// needsFile reports whether a body of the type cannot do without a file.
func (w *Wire) needsFile(ref string) bool {
	return slices.ContainsFunc(w.Table.Types[operations.Elem(ref)].Fields, func(f operations.Field) bool {
		return f.Required && operations.Elem(f.Type) == "file"
	})
}

// A shape compares JSON with the types of the table. A record that occurs
// again within one body may lack members there.
type shape struct {
	types  map[string]operations.Type
	seen   map[string]bool
	form   bool                        // plain values are texts
	beside bool                        // members that stand beside the wrapper are not in it
	left   func(operations.Field) bool // members that may be missing
}

// checkWrapped checks what stands beside the wrapper, and what is in it.
func (s *shape) checkWrapped(r row, data json.RawMessage, values map[string]string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("the body %s is no object", data)
	}
	var errs []error
	for _, name := range r.Body.Scope {
		if got := strings.Trim(string(members[name]), `"`); got != values[name] {
			errs = append(errs, fmt.Errorf("the body's %s is %s, want %s", name, members[name], values[name]))
		}
		delete(members, name)
	}
	if r.Body.Wrapper == "" {
		return errors.Join(append(errs, s.checkRecord(members, r.Body.Type))...)
	}
	for _, f := range s.types[r.Body.Type].Fields {
		if f.Beside {
			errs = append(errs, s.member(members, f, !s.left(f)))
		}
	}
	errs = append(errs, s.member(members, operations.Field{Name: r.Body.Wrapper, Type: r.Body.Type}, true), unknown("the body", members))
	return errors.Join(errs...)
}

// member checks one of the members and takes it out.
func (s *shape) member(members map[string]json.RawMessage, f operations.Field, must bool) error {
	at := strings.Replace(f.Name, operations.CustomMember, "custom_field_7", 1)
	data, sent := members[at]
	delete(members, at)
	switch {
	case sent:
		return s.check(data, f)
	case must:
		return fmt.Errorf("it lacks the member %s", at)
	}
	return nil
}

func unknown(what string, members map[string]json.RawMessage) error {
	if len(members) == 0 {
		return nil
	}
	return fmt.Errorf("%s has %q, which the table does not know", what, slices.Sorted(maps.Keys(members)))
}

func (s *shape) check(data json.RawMessage, of operations.Field) error {
	if rest, ok := strings.CutPrefix(of.Type, "[]"); ok {
		var list []json.RawMessage
		if err := json.Unmarshal(data, &list); err != nil || len(list) != 1 {
			return fmt.Errorf("%s is %s, want a list of one", of.Name, data)
		}
		of.Type = rest
		return s.check(list[0], of)
	}
	if rest, ok := strings.CutPrefix(of.Type, "map[string]"); ok {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(data, &members); err != nil || len(members) != 1 {
			return fmt.Errorf("%s is %s, want an object of one member", of.Name, data)
		}
		of.Type = rest
		return s.check(members["one"], of)
	}
	if t, ok := s.types[of.Type]; !ok || len(t.Enum) > 0 {
		return s.checkPlain(data, of)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("%s is %s, want an object", of.Name, data)
	}
	return s.checkRecord(members, of.Type)
}

func (s *shape) checkRecord(members map[string]json.RawMessage, name string) error {
	again := s.seen[name]
	s.seen[name] = true
	var errs []error
	for _, f := range s.types[name].Fields {
		if f.Beside && s.beside {
			continue
		}
		must := !again && !s.seen[operations.Elem(f.Type)] && !s.left(f)
		if err := s.member(members, f, must); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(append(errs, unknown(name, members))...)
}

// firsts are the first bytes of plain types in JSON.
var firsts = map[string]string{
	"int": "-0123456789", "float": "-0123456789", "decimal": "-0123456789\"", "bool": "tf01", "string": `"`, "date": `"`,
	"datetime": `"`, "duration": `"`, "text": `"{`, "secret": `"`, "file": `"`,
}

func (s *shape) checkPlain(data json.RawMessage, of operations.Field) error {
	first, known := firsts[of.Type]
	if s.form {
		first = `"`
	}
	if data = bytes.TrimSpace(data); known && !strings.ContainsRune(first, rune(data[0])) {
		return fmt.Errorf("%s is %s, want %s", of.Name, data, of.Type)
	}
	if of.Type == "secret" && string(data) != `"hidden"` {
		return fmt.Errorf("%s is %s, want the secret's own text", of.Name, data)
	}
	return nil
}
