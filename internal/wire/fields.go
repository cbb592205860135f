package wire

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// A field is one field of a Go struct as a tag describes it.
type field struct {
	name    string // on the wire
	goName  string
	index   []int
	options []string // what follows the name in the tag
}

func (f field) has(option string) bool { return slices.Contains(f.options, option) }

// A plan is what a struct type looks like on the wire.
type plan struct {
	fields []field
	clear  []int // index of a field Clear []string `json:"-"`, or nil
	err    error // why the type cannot be written
}

type planKey struct {
	of  reflect.Type
	tag string
}

// planOf returns the plan of a struct type by its tags of the given key.
func (c *Codec) planOf(t reflect.Type, tag string) *plan {
	key := planKey{t, tag}
	if known, ok := c.plans.Load(key); ok {
		return known.(*plan)
	}
	made := &plan{}
	made.collect(t, tag, nil)
	known, _ := c.plans.LoadOrStore(key, made)
	return known.(*plan)
}

// collect adds the fields of t. Those of embedded structs stand beside them.
func (p *plan) collect(t reflect.Type, tag string, index []int) {
	for sf := range t.Fields() {
		at := append(slices.Clone(index), sf.Index...)
		text, tagged := sf.Tag.Lookup(tag)
		parts := strings.Split(text, ",")
		switch {
		case text == "-":
			if sf.Name == "Clear" && sf.Type == reflect.TypeFor[[]string]() {
				p.clear = at
			}
		case sf.Anonymous && parts[0] == "" && sf.Type.Kind() == reflect.Struct:
			p.collect(sf.Type, tag, at)
		case sf.Anonymous && parts[0] == "":
			p.fail("%s embeds %s: embed a struct by value", t, sf.Type)
		case !sf.IsExported(), !tagged && tag == "beside":
		case !tagged && tag == "query":
			p.fail("field %s of %s has no query tag", sf.Name, t)
		default:
			p.add(t, tag, field{name: cmp.Or(parts[0], sf.Name), goName: sf.Name, index: at, options: parts[1:]})
		}
	}
}

func (p *plan) add(t reflect.Type, tag string, f field) {
	if i := p.find(f.name); i >= 0 {
		p.fail("fields %s and %s of %s are both %q", p.fields[i].goName, f.goName, t, f.name)
	}
	if tag == "query" && len(f.options) > 0 && !slices.Contains(queryOptions, f.options[0]) {
		p.fail("field %s of %s has the unknown query option %q: use one of %q", f.goName, t, f.options[0], queryOptions)
	}
	p.fields = append(p.fields, f)
}

// queryOptions are what may follow the name in a query tag. Lists are repeated
// without an option too.
var queryOptions = []string{"repeat", "brackets", "comma", "json"}

func (p *plan) find(name string) int {
	return slices.IndexFunc(p.fields, func(f field) bool { return f.name == name })
}

func (p *plan) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// isUnset reports whether a field says nothing: a nil pointer, list, map or
// interface, a value that calls itself zero, or Go's zero value. A pointer to
// a zero value says something.
func isUnset(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	}
	if z, ok := v.Interface().(interface{ IsZero() bool }); ok {
		return z.IsZero()
	}
	return v.IsZero()
}
