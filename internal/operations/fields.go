package operations

import (
	"maps"
	"slices"
	"strings"
)

// nameFields gives each field of the merged types its Go name.
func (m *merger) nameFields() {
	for _, name := range slices.Sorted(maps.Keys(m.table.Types)) {
		t := m.table.Types[name]
		for i := range t.Fields {
			f := &t.Fields[i]
			if f.Go == "" {
				f.Go = m.fieldName(name, *f, t.Fields)
			}
		}
	}
}

func (m *merger) fieldName(owner string, f Field, all []Field) string {
	if given, ok := m.overrides.Fields[f.Name]; ok {
		m.used["fields "+f.Name] = true
		return given
	}
	wire := f.Name
	if m.table.Platform == "scoro" {
		wire = withoutNoun(wire, owner, all)
	}
	switch {
	case f.Name == "custom_field_%":
		return "CustomFields"
	case f.Type == "datetime" && strings.HasSuffix(wire, "_date"):
		wire = strings.TrimSuffix(wire, "_date") + "_at"
	}
	return plural(GoName(wire), f.Type)
}

// plural says of a list of ids that it is one: status_id=1,2 is StatusIDs.
func plural(name, ref string) string {
	if strings.HasPrefix(ref, "[]") && strings.HasSuffix(name, "ID") {
		return name + "s"
	}
	return name
}

// withoutNoun cuts the record's own name off: project_name of a project is its
// Name.
func withoutNoun(wire, owner string, all []Field) string {
	for _, ending := range []string{"Create", "Update", "Input"} {
		owner = strings.TrimSuffix(owner, ending)
	}
	rest, ok := strings.CutPrefix(wire, snake(owner)+"_")
	if !ok || slices.ContainsFunc(all, func(f Field) bool { return f.Name == rest }) {
		return wire
	}
	return rest
}

// GoParam returns the Go name of a query parameter: "filters[status_id]" is
// StatusID, or StatusIDs if it takes a list.
func GoParam(p Param) string { return plural(GoName(inBrackets(p.Name)), p.Type) }

// inBrackets returns status of "filters[status]" and "filter[status][]", and
// other names as they are.
func inBrackets(name string) string {
	for _, outer := range []string{"filters[", "filter["} {
		if inner, ok := strings.CutPrefix(name, outer); ok {
			return strings.TrimSuffix(strings.TrimSuffix(inner, "[]"), "]")
		}
	}
	return name
}
