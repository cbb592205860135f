package operations

import (
	"errors"
	"fmt"
	"go/token"
	"maps"
	"slices"
)

// validate returns an error for each row that the generator could not use.
func validate(t *Table) error {
	v := &validator{table: t, rows: map[string]bool{}, methods: map[string]string{}}
	for _, op := range t.Operations {
		v.operation(op)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Types)) {
		v.record(name, t.Types[name])
	}
	return errors.Join(v.errs...)
}

type validator struct {
	table   *Table
	rows    map[string]bool
	methods map[string]string
	errs    []error
}

func (v *validator) fail(row, format string, args ...any) {
	v.errs = append(v.errs, fmt.Errorf("%s: %w", row, fmt.Errorf(format, args...)))
}

func (v *validator) operation(op Operation) {
	row := op.Row()
	if v.rows[row] {
		v.fail(row, "stands in the table twice")
	}
	v.rows[row] = true
	for _, variable := range Variables(op.Path) {
		if !slices.ContainsFunc(op.Params, func(p Param) bool { return p.In == "path" && p.Name == variable }) {
			v.fail(row, "the path variable %s is not among the parameters", variable)
		}
	}
	for _, p := range slices.Concat(op.Params, op.Filters) {
		v.reference(row, "parameter "+p.Name, p.Type)
	}
	if !slices.Contains([]string{"read", "set", "write", "token"}, op.Class) {
		v.fail(row, "the class is %q; it must be read, set, write or token", op.Class)
	}
	if op.Method == "none" {
		return
	}
	v.shape(row, op)
	v.names(row, op)
}

func (v *validator) shape(row string, op Operation) {
	switch op.Answer.Known {
	case "typed":
		v.reference(row, "answer", op.Answer.Type)
	case "unknown", "none":
	default:
		v.fail(row, "the answer is %q; it must be typed, unknown or none", op.Answer.Known)
	}
	if op.Body != nil && op.Body.Type != "" {
		v.reference(row, "body", op.Body.Type)
	}
}

func (v *validator) names(row string, op Operation) {
	for _, name := range []string{op.Service, op.Method} {
		if !token.IsIdentifier(name) || !token.IsExported(name) {
			v.fail(row, "%q is no exported Go name; give the operation a service and a method in the overrides", name)
			return
		}
	}
	method := op.Package + "." + op.Service + "." + op.Method
	if other, taken := v.methods[method]; taken {
		v.fail(row, "%s is also the method of %s; name one of them in the overrides", method, other)
	}
	v.methods[method] = row
	name := v.table.ServiceType(op)
	if _, taken := v.table.Types[qualify(op.Package, name)]; taken && name != op.Service {
		v.fail(row, "%s is a service and a type; give the type another name in the overrides", name)
	}
}

func (v *validator) reference(row, what, ref string) {
	if _, known := v.table.Types[Elem(ref)]; !known && !isPlain(Elem(ref)) {
		v.fail(row, "the %s has the type %q, which is not in the table", what, ref)
	}
}

func (v *validator) record(name string, t Type) {
	row := "type " + name
	if len(t.Fields) > 0 && len(t.Enum) > 0 {
		v.fail(row, "it has fields, and it is the name of known values; name the values in the enums of the overrides")
	}
	names := map[string]string{}
	for _, f := range t.Fields {
		v.reference(row, "field "+f.Name, f.Type)
		if !token.IsIdentifier(f.Go) || !token.IsExported(f.Go) {
			v.fail(row, "field %s: %q is no exported Go name", f.Name, f.Go)
		}
		if other, taken := names[f.Go]; taken {
			v.fail(row, "the fields %s and %s are both %s in Go", other, f.Name, f.Go)
		}
		names[f.Go] = f.Name
	}
	v.kept(row, name, t)
}

// kept checks that what was read can be written again, field by field.
func (v *validator) kept(row, name string, t Type) {
	if !t.Kept {
		return
	}
	in := v.table.Types[name+"Input"]
	if len(in.Fields) == 0 {
		v.fail(row, "it is kept, and there is no type %sInput to write it", name)
	}
	for _, f := range in.Fields {
		at := slices.IndexFunc(t.Fields, func(g Field) bool { return f.Name == g.Name })
		if at < 0 || f.Type != t.Fields[at].Type && !v.table.Types[Elem(t.Fields[at].Type)].Kept {
			v.fail(row, "it is kept, and its field %s cannot be written from what was read", f.Name)
		}
	}
}
