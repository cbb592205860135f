package operations

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// checkReferences refuses fields of types that the table lacks: the
// catalogues name some records that nobody has described.
func (m *merger) checkReferences() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(m.table.Types)) {
		for _, f := range m.table.Types[name].Fields {
			_, known := m.table.Types[Elem(f.Type)]
			if !known && !isPlain(Elem(f.Type)) && m.overrides.Types[name].Fields[f.Name].Type == "" {
				errs = append(errs, fmt.Errorf("type %s, field %s: no type %s; give the field another type in the overrides", name, f.Name, Elem(f.Type)))
			}
		}
	}
	return errors.Join(errs...)
}

// mendMoments makes moments of what every record of Procore has: descriptions
// call some of them text.
func (m *merger) mendMoments() {
	if m.table.Platform != "procore" {
		return
	}
	for _, t := range m.table.Types {
		for i, f := range t.Fields {
			if f.Type == "string" && slices.Contains([]string{"created_at", "updated_at", "deleted_at"}, f.Name) {
				t.Fields[i].Type = "datetime"
			}
		}
	}
}

// isPlain reports whether a type reference needs no row in the table.
func isPlain(name string) bool {
	switch name {
	case "int", "string", "bool", "decimal", "float", "date", "datetime", "duration", "text", "customfields", "secret", "file", "any":
		return true
	}
	return false
}

// correctOperations applies the operation rows of the overrides.
func (m *merger) correctOperations() {
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		row, ok := m.overrides.Rows[op.Row()]
		if !ok {
			continue
		}
		before := *op
		correct(op, row)
		changed := !reflect.DeepEqual(before, *op)
		m.used["operations "+op.Row()] = changed || row.Input != "" || row.Record != ""
	}
}

func correct(op *Operation, row OperationRow) {
	if row.Service != "" {
		op.Service, op.Noun = row.Service, Singular(row.Service)
	}
	op.Noun = cmp.Or(row.Noun, op.Noun)
	op.Method = cmp.Or(row.Method, op.Method)
	op.Doc = cmp.Or(row.Doc, op.Doc)
	if row.Class != "" {
		op.Class, op.Certain = row.Class, true
	}
	op.Key = cmp.Or(row.Key, op.Key)
	op.Uncertain = cmp.Or(row.Uncertain, op.Uncertain)
	op.Query = cmp.Or(row.Query, op.Query)
	op.By = cmp.Or(row.By, op.By)
	if row.Paging != nil {
		op.Paging = *row.Paging
	}
	if row.Answer != nil {
		op.Answer = *row.Answer
	}
	if row.Download != nil {
		op.Download = *row.Download
	}
	if row.Scopes != nil {
		op.Scopes = row.Scopes
	}
	op.Body = correctBody(op.Body, row)
	for _, name := range slices.Sorted(maps.Keys(row.Params)) {
		if with := row.Params[name]; with != nil && with.In == "filter" {
			op.Filters = replaceParam(op.Filters, name, with)
			continue
		}
		op.Params = replaceParam(op.Params, name, row.Params[name])
	}
}

// correctBody returns the body that the row asks for; nil is none.
func correctBody(old *Body, row OperationRow) *Body {
	if row.Body == "" && row.Scope == nil && (row.Wrapper == nil || old == nil) {
		return old
	}
	if row.Body == "none" {
		return nil
	}
	var body Body
	if old != nil {
		body = *old
	}
	body.Type = cmp.Or(row.Body, body.Type)
	if row.Scope != nil {
		body.Scope = row.Scope
	}
	if row.Wrapper != nil {
		body.Wrapper = *row.Wrapper
	}
	return &body
}

// replaceParam replaces, adds, or (with nil) removes the parameter.
func replaceParam(params []Param, name string, with *Param) []Param {
	at := slices.IndexFunc(params, func(p Param) bool { return p.Name == name })
	params = slices.Clone(params)
	switch {
	case with == nil && at < 0:
		return params
	case with == nil:
		return slices.Delete(params, at, at+1)
	}
	changed := *with
	changed.Name = cmp.Or(changed.Name, name)
	if at < 0 {
		return append(params, changed)
	}
	params[at] = changed
	return params
}

// correctTypes applies the type rows whose type exists under the row's name.
// It runs twice: before types get their Go names, and after.
func (m *merger) correctTypes() error {
	for _, name := range slices.Sorted(maps.Keys(m.overrides.Types)) {
		t, ok := m.table.Types[name]
		if m.overrides.Types[name].New {
			ok = true
		}
		if !ok || m.used["types "+name] {
			continue
		}
		m.used["types "+name] = true
		row := m.overrides.Types[name]
		t.Doc = cmp.Or(row.Doc, t.Doc)
		t.Kept = t.Kept || row.Kept
		for _, field := range slices.Sorted(maps.Keys(row.Fields)) {
			changed, err := correctField(t.Fields, field, row.Fields[field])
			if err != nil {
				return fmt.Errorf("overrides: types %s: %w", name, err)
			}
			t.Fields = changed
		}
		m.table.Types[name] = t
	}
	return nil
}

func correctField(fields []Field, name string, row FieldRow) ([]Field, error) {
	fields = slices.Clone(fields)
	at := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	switch {
	case at < 0 && row.Type == "":
		return nil, fmt.Errorf("no field %s to correct; give it a type to add it", name)
	case at < 0:
		at = len(fields)
		if row.Go == "ID" || name == "id" {
			at = 0
		}
		fields = slices.Insert(fields, at, Field{Name: name})
	case row.Remove:
		return slices.Delete(fields, at, at+1), nil
	}
	f := &fields[at]
	f.Go = cmp.Or(row.Go, f.Go)
	f.Type = cmp.Or(row.Type, f.Type)
	f.Nullable = f.Nullable || row.Nullable
	if row.Doc != nil {
		f.Doc = *row.Doc
	}
	if row.ReadOnly != nil {
		f.ReadOnly = *row.ReadOnly
	}
	if row.Required != nil {
		f.Required = *row.Required
	}
	return fields, nil
}

// findKeys finds the id of each list's records.
func (m *merger) findKeys() {
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		if !strings.HasPrefix(op.Answer.Type, "[]") || op.Key != "" {
			continue
		}
		for _, f := range m.table.Types[Elem(op.Answer.Type)].Fields {
			if f.Go == "ID" {
				op.Key = f.Name
				break
			}
		}
	}
}

// describeServices takes the sentences about services over. An operation of
// either scope has a service for each.
func (m *merger) describeServices() {
	m.table.Services = map[string]string{}
	for _, op := range m.table.Operations {
		for _, service := range []string{op.Service, "Company" + op.Service} {
			name := qualify(op.Package, service)
			if row, ok := m.overrides.Services[name]; ok && (service == op.Service || len(op.Scopes) > 0) {
				m.table.Services[name] = row.Doc
				m.used["services "+name] = true
			}
		}
	}
}

// unused returns an error for each override that changed nothing.
func (m *merger) unused() error {
	var unused []error
	check := func(kind string, keys []string) {
		for _, key := range keys {
			if !m.used[kind+" "+key] {
				unused = append(unused, fmt.Errorf("overrides: %s row %q changes nothing; correct or remove it", kind, key))
			}
		}
	}
	check("services", slices.Sorted(maps.Keys(m.overrides.Services)))
	check("nouns", slices.Sorted(maps.Keys(m.overrides.Nouns)))
	check("operations", slices.Sorted(maps.Keys(m.overrides.Rows)))
	check("types", slices.Sorted(maps.Keys(m.overrides.Types)))
	if m.leaf == "" { // the leaves share their names of fields, and few have all
		check("fields", slices.Sorted(maps.Keys(m.overrides.Fields)))
	}
	check("enums", slices.Sorted(maps.Keys(m.overrides.Enums)))
	return errors.Join(unused...)
}
