package operations

import (
	"maps"
	"slices"
	"strings"
)

// setVersionsApart puts older versions of an operation into a service of
// their own: RFIsV10. Minors of one major share their records, the newest
// having the plain name; majors share nothing, since ids and bodies differ.
func (m *merger) setVersionsApart() {
	if m.table.Platform != "procore" {
		return
	}
	m.setFlatApart()
	plainMajor := m.plainMajors()
	newest := map[string]string{}
	for _, op := range m.table.Operations {
		version := versionOf(op.Path)
		if version[:1] != plainMajor[op.Service] {
			continue
		}
		newest[op.slot()] = max(newest[op.slot()], version)
	}
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		version := versionOf(op.Path)
		if op.Service == FilterOptions || newest[op.slot()] == version || newest[op.slot()] == "" {
			continue
		}
		if newest[op.slot()] > version {
			op.Newer = op.slot()
		}
		if version[:1] != plainMajor[op.Service] {
			op.Noun += "V" + version
		}
		op.Service += "V" + version
	}
	m.numberIDs(plainMajor)
}

// slot is a method's name without its package: versions of one operation share it.
func (o *Operation) slot() string { return o.Service + "." + o.Method }

// setFlatApart puts the older of two twins of one version into a service of
// its own: TimecardEntriesFlat. It is the one whose path does not name the
// project, or else the company.
func (m *merger) setFlatApart() {
	twins := map[string][]*Operation{}
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		key := op.slot() + versionOf(op.Path)
		twins[key] = append(twins[key], op)
	}
	for _, ops := range twins {
		if len(ops) != 2 || ops[0].Service == FilterOptions || ops[0].Verb != ops[1].Verb {
			continue
		}
		one, two := ops[0], ops[1]
		if one.nesting() > two.nesting() {
			one, two = two, one
		}
		if one.nesting() < two.nesting() {
			one.Newer = two.slot()
			one.Service += "Flat"
		}
	}
}

// nesting counts the owners that the path itself names.
func (o *Operation) nesting() int {
	return strings.Count(o.Path, "{project_id}") + strings.Count(o.Path, "{company_id}")
}

// numberIDs lets operations of version 2 take numbers where the plain line is
// of version 1: there they are numbers, and on the wire both look alike.
func (m *merger) numberIDs(plainMajor map[string]string) {
	numbers := map[string]bool{}
	for _, op := range m.table.Operations {
		if id := op.ownID(); versionOf(op.Path)[:1] == "1" && id != nil && id.Type == "int" {
			numbers[op.Service] = true
		}
	}
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		if versionOf(op.Path)[:1] != "2" || plainMajor[op.Service] != "1" || !numbers[op.Service] {
			continue
		}
		op.Params = slices.Clone(op.Params)
		if id := op.ownID(); id != nil {
			id.Type = "int"
		}
	}
}

// ownID is the last variable of the path, if it is no scope.
func (o *Operation) ownID() *Param {
	name := LastVariable(o.Path)
	at := slices.IndexFunc(o.Params, func(p Param) bool { return p.In == "path" && p.Name == name })
	if at < 0 || name == "project_id" || name == "company_id" {
		return nil
	}
	return &o.Params[at]
}

// plainMajors finds the major that has the plain name in each service: the
// newest, if it can do what the older one can, else the older.
func (m *merger) plainMajors() map[string]string {
	methods := map[string]map[string][]string{}
	for _, op := range m.table.Operations {
		service, major := op.Service, versionOf(op.Path)[:1]
		if methods[service] == nil {
			methods[service] = map[string][]string{}
		}
		methods[service][major] = append(methods[service][major], op.Method)
	}
	plain := map[string]string{}
	for service, majors := range methods {
		all := slices.Sorted(maps.Keys(majors))
		plain[service] = all[len(all)-1]
		if len(all) > 1 && !covers(majors[all[len(all)-1]], majors[all[0]]) {
			plain[service] = all[0]
		}
	}
	return plain
}

// covers reports whether newer has all plain reading and writing of older.
func covers(newer, older []string) bool {
	for _, method := range older {
		switch method {
		case "List", "Get", "Create", "Update", "Delete":
			if !slices.Contains(newer, method) {
				return false
			}
		}
	}
	return true
}

// versionOf returns "10" of /rest/v1.0/…
func versionOf(path string) string {
	parts := versionPrefix.FindStringSubmatch(path)
	if parts == nil {
		return "10"
	}
	return parts[1] + parts[2]
}
