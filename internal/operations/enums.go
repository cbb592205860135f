package operations

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A word with three known values or more gets a named type with constants, so
// that editors offer them. Two values are named in the field's comment.
const namedFrom = 3

// mostWords has a value at most. A longer one says which values there are:
// "any of the company's units of measure".
const mostWords = 6

// nameEnums makes named types of the known values of fields. Fields of one
// package with the same name share a type if one's values include the other's.
func (m *merger) nameEnums() {
	enums := &enumNaming{m: m, byField: map[string][]string{}, given: map[string]string{}, renamed: map[string]string{}}
	for name, row := range m.overrides.Enums {
		enums.renamed[row.Was] = name
		for _, field := range row.Fields {
			enums.given[field] = name
		}
	}
	for _, name := range slices.SortedFunc(maps.Keys(m.table.Types), byLength) {
		t := m.table.Types[name]
		for i := range t.Fields {
			enums.field(name, &t.Fields[i])
		}
	}
	for _, few := range []bool{false, true} { // few values may be some of a type's
		for _, op := range m.table.Operations {
			enums.params(op, op.Params, few)
			enums.params(op, op.Filters, few)
		}
	}
	for name, row := range m.overrides.Enums {
		if t, ok := m.table.Types[name]; ok && len(t.Enum) > 0 {
			m.used["enums "+name] = true
			t.Doc, t.Words = cmp.Or(row.Doc, t.Doc), row.Words
			m.table.Types[name] = t
		}
	}
}

type enumNaming struct {
	m       *merger
	byField map[string][]string // package.field: the named types for it
	given   map[string]string   // Type.field: the name that an override gives
	renamed map[string]string   // name by the rules: the name that an override gives
}

func (e *enumNaming) field(owner string, f *Field) {
	if len(f.Enum) == 1 && len(splitWords(f.Enum[0])) > mostWords {
		f.Enum = nil
	}
	if Elem(f.Type) != "string" || len(f.Enum) == 0 {
		return
	}
	pkg, base := split(owner)
	given := e.given[owner+"."+f.Name]
	if len(f.Enum) < namedFrom && given == "" {
		return
	}
	name := given
	if name == "" {
		name = e.known(pkg, f.Name, f.Enum)
	}
	if name == "" {
		for _, ending := range []string{"Create", "Update", "Sync", "Input"} {
			base = strings.TrimSuffix(base, ending)
		}
		name = qualify(pkg, base+GoName(strings.TrimPrefix(f.Name, snake(base)+"_")))
		name = cmp.Or(e.renamed[name], name)
	}
	e.add(pkg, f.Name, name, f.Enum)
	f.Type, f.Enum = Around(f.Type)+name, nil
}

func (e *enumNaming) params(op Operation, params []Param, few bool) {
	for i := range params {
		if few == (len(params[i].Enum) < namedFrom) {
			e.param(op, &params[i])
		}
	}
}

// param gives a parameter the named type of the field that it filters by.
func (e *enumNaming) param(op Operation, p *Param) {
	if Elem(p.Type) != "string" || len(p.Enum) == 0 || p.In == "path" {
		return
	}
	field := strings.TrimPrefix(inBrackets(p.Name), "serializer_")
	key := field
	if field == "view" || field == "sort" {
		key = op.Noun + "." + field // means something else for each record
	}
	name := e.known(op.Package, key, p.Enum)
	if name == "" && len(p.Enum) >= namedFrom {
		wire := strings.NewReplacer("[", "_", "]", "").Replace(field)
		name = qualify(op.Package, op.Noun+GoName(strings.TrimPrefix(wire, snake(op.Noun)+"_")))
		name = cmp.Or(e.renamed[name], name)
		if t, taken := e.m.table.Types[name]; taken && len(t.Enum) == 0 {
			name = ""
		}
	}
	if name == "" {
		return
	}
	e.add(op.Package, key, name, p.Enum)
	p.Type, p.Enum = Around(p.Type)+name, nil
}

// known finds the named type of a package for a field whose values include,
// or are included in, these.
func (e *enumNaming) known(pkg, field string, values []string) string {
	for _, name := range e.byField[pkg+"."+field] {
		have := e.m.table.Types[name].Enum
		if includes(have, values) || includes(values, have) {
			return name
		}
	}
	return ""
}

func (e *enumNaming) add(pkg, field, name string, values []string) {
	t := e.m.table.Types[name]
	for _, value := range values {
		plain := strings.TrimPrefix(value, "-") // a list sorted the other way round needs no constant of its own
		if !slices.Contains(t.Enum, value) && (plain == value || !slices.Contains(values, plain)) {
			t.Enum = append(slices.Clip(t.Enum), value)
		}
	}
	e.m.table.Types[name] = t
	key := pkg + "." + field
	if !slices.Contains(e.byField[key], name) {
		e.byField[key] = append(e.byField[key], name)
	}
}

func includes(have, wanted []string) bool {
	for _, value := range wanted {
		if !slices.Contains(have, value) {
			return false
		}
	}
	return true
}

func split(name string) (pkg, base string) {
	at := strings.LastIndex(name, ".")
	if at < 0 {
		return "", name
	}
	return name[:at], name[at+1:]
}

func qualify(pkg, name string) string {
	if pkg == "" {
		return name
	}
	return pkg + "." + name
}
