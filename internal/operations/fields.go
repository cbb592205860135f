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
	case f.Name == CustomMember:
		return "CustomFields"
	case f.Type == "datetime":
		wire = momentName(wire)
	}
	return plural(GoName(wire), f.Type)
}

// momentName calls a moment modified_at where its wire name ends otherwise.
func momentName(wire string) string {
	for _, ending := range []string{"_date", "_time", "_on"} {
		if rest, ok := strings.CutSuffix(wire, ending); ok {
			return rest + "_at"
		}
	}
	return wire
}

// nameParams gives parameters the names that the overrides give fields.
func (m *merger) nameParams() {
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		for j := range op.Params {
			p := &op.Params[j]
			if given, ok := m.overrides.Fields[inBrackets(p.Name)]; ok && p.In == "query" && p.Go == "" {
				p.Go = plural(given, p.Type)
				m.used["fields "+inBrackets(p.Name)] = true
			}
		}
	}
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

// GoParam returns the Go name of a query parameter: "filters[status]" is
// Status, or Statuses if it takes a list.
func GoParam(p Param) string {
	name := inBrackets(p.Name)
	switch {
	case p.Go != "":
		return p.Go
	case strings.HasSuffix(p.Name, after):
		return GoName(strings.TrimSuffix(name, "_at][gt")) + "After"
	case strings.HasPrefix(p.Type, "[]"):
		return GoName(Plural(name))
	default:
		return GoName(name)
	}
}

// after is how a filter that takes one end of a range ends.
const after = "_at][gt]"

// inBrackets returns status of "filters[status]", "filter[status][]" and
// "status[]", and other names as they are.
func inBrackets(name string) string {
	for _, outer := range []string{"filters[", "filter["} {
		if inner, ok := strings.CutPrefix(name, outer); ok {
			return strings.TrimSuffix(strings.TrimSuffix(inner, "[]"), "]")
		}
	}
	return strings.TrimSuffix(name, "[]")
}
