package wire

import (
	"cmp"
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A member is one field of a struct.
type member struct {
	*shape
	index []int
}

func (all shapes) readingObject(t reflect.Type) func(*reader, reflect.Value) bool {
	members := map[string]member{}
	all.collect(members, t, nil)
	return func(r *reader, v reflect.Value) bool {
		if !r.fits(v, "object", '{') {
			return false
		}
		if len(r.path) > 0 {
			v.SetZero() // a member of the same name may have come before
		}
		for r.open(); r.more(); {
			name := r.name()
			m, known := members[string(name)]
			if !known {
				r.value()
				continue
			}
			if r.below(step{name: name}, m.shape, fieldAt(v, m.index)); r.failure != nil {
				return false
			}
		}
		return true
	}
}

// below reads what stands one step further down.
func (r *reader) below(next step, s *shape, v reflect.Value) (set bool) {
	r.path = append(r.path, next)
	set = s.read(r, v)
	if r.failure == nil {
		r.path = r.path[:len(r.path)-1]
	}
	return set
}

// collect finds the members of a struct. Those of embedded structs stand beside
// its own, which come first.
func (all shapes) collect(members map[string]member, t reflect.Type, index []int) {
	var embedded []reflect.StructField
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Tag.Get("json") == "-":
		case f.Anonymous && name == "" && structOf(f.Type) != nil:
			embedded = append(embedded, f)
		case f.IsExported():
			if name = cmp.Or(name, f.Name); members[name].shape == nil {
				members[name] = member{all.of(f.Type), at(index, f)}
			}
		}
	}
	for _, f := range embedded {
		if f.IsExported() || f.Type.Kind() == reflect.Struct {
			all.collect(members, structOf(f.Type), at(index, f))
		}
	}
}

func at(index []int, f reflect.StructField) []int { return append(slices.Clone(index), f.Index...) }

// structOf is the struct that a type is or points to; nil if it is neither.
func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// fieldAt finds a field, and makes the embedded structs on the way to it.
func fieldAt(v reflect.Value, index []int) reflect.Value {
	for i, n := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v
}

func (all shapes) readingMap(t reflect.Type) func(*reader, reflect.Value) bool {
	elem := all.of(t.Elem())
	setKey := settingKey(t.Key())
	if setKey == nil {
		return unfit
	}
	return func(r *reader, v reflect.Value) bool {
		if !r.fits(v, "object", '{') {
			return false
		}
		v.Set(reflect.MakeMap(t))
		for r.open(); r.more(); {
			name := r.name()
			content := reflect.New(t.Elem()).Elem()
			if r.below(step{name: name}, elem, content); r.failure != nil {
				return false
			}
			if key := reflect.New(t.Key()).Elem(); setKey(key, name) {
				v.SetMapIndex(key, content)
			} else {
				r.drift("object with other names", '{')
			}
		}
		return true
	}
}

// settingKey returns what makes a key of a name; nil if keys of this type
// cannot be made of names.
func settingKey(t reflect.Type) func(key reflect.Value, name []byte) bool {
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return func(key reflect.Value, name []byte) bool {
			return key.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(name) == nil
		}
	case t.Kind() == reflect.String:
		return func(key reflect.Value, name []byte) bool {
			key.SetString(string(name))
			return true
		}
	case reflect.Zero(t).CanInt():
		return func(key reflect.Value, name []byte) bool {
			n, err := strconv.ParseInt(string(name), 10, t.Bits())
			key.SetInt(n)
			return err == nil
		}
	}
	return nil
}

func (all shapes) readingList(t reflect.Type) func(*reader, reflect.Value) bool {
	elem, ofTexts := all.of(t.Elem()), t.Elem().Kind() == reflect.String
	return func(r *reader, v reflect.Value) bool {
		if kind := r.kind(); ofTexts && len(r.path) > 0 && (kind == '"' || kind == '0') {
			return r.readLoneText(v)
		}
		if !r.fits(v, "list", '[') {
			return false
		}
		v.Set(reflect.MakeSlice(t, 0, 0))
		begin := r.at
		n := 0
		for r.open(); r.more(); n++ {
			r.makeRoom(v, begin)
			v.SetLen(n + 1)
			if r.below(step{index: n}, elem, v.Index(n)); r.failure != nil {
				return false
			}
		}
		return true
	}
}

// readLoneText reads a single text as a list of one: platforms write some
// fields either way.
func (r *reader) readLoneText(v reflect.Value) bool {
	text, set := r.readText()
	v.SetZero()
	if set {
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		v.Index(0).SetString(text)
	}
	return set
}

// makeRoom makes room for one more element. An answer's own list is the rest of
// the data: how many more there are is guessed by the size of the first one,
// within a bound that a hostile page cannot use.
func (r *reader) makeRoom(v reflect.Value, begin int) {
	const most = 256
	n := v.Len()
	if n < v.Cap() {
		return
	}
	more := 1
	if n > 0 && len(r.path) == 0 {
		more = min(most, 1+(len(r.data)-r.at)*n/(r.at-begin))
	}
	v.Grow(more)
}

// readingArray reads lists of exactly the array's length.
func (all shapes) readingArray(t reflect.Type) func(*reader, reflect.Value) bool {
	list := all.of(reflect.SliceOf(t.Elem()))
	return func(r *reader, v reflect.Value) bool {
		elements := reflect.New(reflect.SliceOf(t.Elem())).Elem()
		if !list.read(r, elements) {
			return false
		}
		if elements.Len() != t.Len() {
			return r.drift("list of "+strconv.Itoa(t.Len()), '[')
		}
		reflect.Copy(v, elements)
		return true
	}
}

// readingPointer leaves the pointer nil where its value stays unset.
func (all shapes) readingPointer(t reflect.Type) func(*reader, reflect.Value) bool {
	elem := all.of(t.Elem())
	return func(r *reader, v reflect.Value) bool {
		v.SetZero()
		if r.kind() == 'n' {
			r.value()
			return false
		}
		target := reflect.New(t.Elem())
		set := elem.read(r, target.Elem())
		if set {
			v.Set(target)
		}
		return set
	}
}
