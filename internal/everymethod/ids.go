package everymethod

import (
	"bytes"
	"context"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// values finds a value for each variable of a row: one that is given, by its
// collection, or one that the test knows, or an id that a list names, or that
// of a record which is created for it.
func (s *smoke) values(ctx context.Context, m Method, r row, given map[string]any) (map[string]any, error) {
	values, found := map[string]any{}, map[string]any{}
	maps.Copy(found, given)
	for _, name := range positional(r, s.Filled) {
		collection, inPath := s.collectionOf(r, name)
		known := s.known(m, name)
		if isDelete(r) && name == operations.LastVariable(r.Path) && s.tells(collection) {
			known = s.Known[m.String()+" "+name] // what all methods may need is not deleted
		}
		switch {
		case inPath && found[collection] != nil:
			values[name] = found[collection]
		case known != nil:
			values[name] = known
		case !inPath || isWord(r, name):
			values[name] = s.plain(r, name)
		default:
			id, err := s.id(ctx, r, name, found)
			if err != nil {
				return nil, fmt.Errorf("no id for %s: %w", name, err)
			}
			values[name] = id
		}
		if inPath {
			found[collection] = values[name]
		}
	}
	return values, nil
}

// collectionOf names what a variable is an id of.
func (s *smoke) collectionOf(r row, name string) (string, bool) {
	before, _, inPath := strings.Cut(r.Path, "/{"+name+"}")
	return s.Collection(before), inPath
}

// isWord reports whether a variable of a path is no id: a day, or one of a few words.
func isWord(r row, name string) bool {
	return slices.ContainsFunc(r.Params, func(p operations.Param) bool {
		return p.Name == name && p.In == "path" && (p.Type == "date" || p.Type == "bool" || len(p.Enum) > 0)
	})
}

// plain is a value for what is no id.
func (s *smoke) plain(r row, name string) any {
	for _, p := range r.Params {
		switch {
		case p.Name != name:
		case len(p.Enum) > 0:
			return p.Enum[0]
		case p.Type == "int":
			return int64(1)
		case p.Type == "date":
			return "2026-03-04"
		}
	}
	if strings.HasSuffix(name, "_id") {
		return int64(1)
	}
	return "text"
}

// A wish is an id that a call needs.
type wish struct {
	of         row
	name       string         // of its variable
	collection string         // of the record that it names
	given      map[string]any // ids that are known, by their collections
	deletes    bool           // the record will be deleted
}

// id finds the id of a record that a method can be about. What is deleted is
// created for it where that is possible, so that no other method misses it.
func (s *smoke) id(ctx context.Context, r row, name string, given map[string]any) (any, error) {
	collection, _ := s.collectionOf(r, name)
	w := wish{of: r, name: name, collection: collection, given: given, deletes: isDelete(r) && name == operations.LastVariable(r.Path)}
	if w.deletes {
		if id, err := s.fresh(ctx, w); id != nil && err == nil {
			return id, nil
		}
	}
	if many := operations.Plural(collection); !s.tells(collection) && s.tells(many) {
		w.collection = many // one attachment of what is listed as attachments
	}
	id, err := s.listed(ctx, w)
	switch {
	case id != nil:
		return id, nil
	case strings.Contains(collection, bin):
		return s.deleted(ctx, w)
	}
	id, failed := s.fresh(ctx, w)
	if err = errors.Join(err, failed); id == nil && err == nil {
		return int64(1), nil // an emulator has any record of what no answer names
	}
	return id, err
}

// listed returns the id of the first record of a collection, or of the last
// one if it will be deleted; nil if no list names one.
func (s *smoke) listed(ctx context.Context, w wish) (any, error) {
	return s.ask(ctx, w, s.lists[w.collection])
}

// fresh creates a record and returns its id, nil if no answer tells it.
func (s *smoke) fresh(ctx context.Context, w wish) (any, error) {
	return s.ask(ctx, w, s.creates[w.collection])
}

// ask calls methods until one answers an id.
func (s *smoke) ask(ctx context.Context, w wish, methods []Method) (any, error) {
	var errs []error
	for _, m := range s.nearest(methods, w.of) {
		got, err := s.call(ctx, m, s.rows.methods[m.String()], w.given)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if id, ok := w.pick(got, s.key(w.collection)); ok {
			return id, nil
		}
	}
	return nil, errors.Join(errs...)
}

// deleted creates a record, deletes it, and returns its id.
func (s *smoke) deleted(ctx context.Context, w wish) (any, error) {
	w.collection = strings.Replace(w.collection, bin, "/", 1)
	id, err := s.fresh(ctx, w)
	if id == nil || err != nil {
		return nil, errors.Join(fmt.Errorf("nothing creates one of %q", w.collection), err)
	}
	given := map[string]any{w.collection: id}
	maps.Copy(given, w.given)
	for _, m := range s.nearest(s.deletes[w.collection], w.of) {
		if _, err = s.call(ctx, m, s.rows.methods[m.String()], given); err == nil {
			return id, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("nothing deletes one of %q", w.collection), err)
}

// bin stands in the paths of deleted records.
const bin = "/recycle_bin/"

// tells reports whether any method tells of ids in a collection.
func (s *smoke) tells(collection string) bool {
	return len(s.lists[collection])+len(s.creates[collection]) > 0
}

// own is the id of a record for the body of a method: one of those that the
// path ends with. It is nil if no list names one.
func (s *smoke) own(ctx context.Context, r row) any {
	for path := r.Path; strings.Contains(path, "/"); path = path[:strings.LastIndex(path, "/")] {
		if id, _ := s.listed(ctx, wish{of: r, name: "id", collection: s.Collection(path)}); id != nil {
			return id
		}
	}
	return nil
}

// nearest returns the methods that can be called, those first that want the
// same scope, then those that list pages, then those whose paths begin as the
// row's does: they are of the same version.
func (s *smoke) nearest(methods []Method, r row) []Method {
	far := func(m Method) int {
		other := s.rows.methods[m.String()]
		switch {
		case s.scope(other) != s.scope(r):
			return 1 << 20
		case !m.isPage():
			return 1 << 10
		}
		return -common(other.Path, r.Path)
	}
	sorted := slices.DeleteFunc(slices.Clone(methods), func(m Method) bool { return s.calling[m.String()] })
	slices.SortStableFunc(sorted, func(a, b Method) int { return far(a) - far(b) })
	return sorted
}

// scope names what a row's records belong to, as far as the test knows it.
func (s *smoke) scope(r row) string {
	names := positional(r, s.Filled)
	return fmt.Sprint(slices.DeleteFunc(names, func(name string) bool { return s.Known[name] == nil }))
}

// common is how many bytes two paths begin with in common.
func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// key is the name of the ids in a collection, as its lists have it.
func (s *smoke) key(collection string) string {
	for _, list := range s.lists[collection] {
		if key := s.rows.methods[list.String()].Key; key != "" {
			return key
		}
	}
	return ""
}

// fits reports whether an id can be a value of the variable: any text, or a number.
func (w wish) fits(id any) bool {
	isInt := slices.ContainsFunc(w.of.Params, func(p operations.Param) bool { return p.In == "path" && p.Name == w.name && p.Type == "int" })
	_, err := strconv.ParseInt(fmt.Sprint(id), 10, 64)
	return id != "" && id != json.Number("0") && (err == nil || !isInt)
}

// pick takes the id of the first or the last record of an answer. The records
// may stand in groups, or in members of an answer of unknown form.
func (w wish) pick(got result, key string) (any, bool) {
	var all []any
	if !got.list && got.value.IsValid() {
		all = append(all, got.value.Interface())
	}
	for _, r := range got.records {
		all = append(all, r.Interface())
	}
	data, err := json.Marshal(all)
	if err != nil {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var tree any
	if decoder.Decode(&tree) != nil {
		return nil, false
	}
	return w.find(tree, w.name, key, "id", "uuid", "key")
}

// find looks for an id under the names, in a record or in the lists that it has.
func (w wish) find(tree any, names ...string) (any, bool) {
	switch tree := tree.(type) {
	case []any:
		if len(tree) == 0 {
			return nil, false
		}
		if w.deletes {
			return w.find(tree[len(tree)-1], names...)
		}
		return w.find(tree[0], names...)
	case map[string]any:
		for _, name := range names {
			if id, has := tree[name]; has && isScalar(id) && w.fits(id) {
				return id, true
			}
		}
		for _, name := range slices.Sorted(maps.Keys(tree)) {
			if inner, ok := tree[name].([]any); ok {
				if id, ok := w.find(inner, names...); ok {
					return id, true
				}
			}
		}
		return nil, false
	}
	return tree, isScalar(tree) && w.fits(tree)
}

func isScalar(v any) bool {
	switch v.(type) {
	case string, json.Number:
		return true
	}
	return false
}

// set sets a positional argument to an id or a text.
func set(v reflect.Value, to any) error {
	if to == nil {
		return errors.New("no value is known")
	}
	text := fmt.Sprint(to)
	if read, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return read.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
		return err
	case reflect.String:
		v.SetString(text)
		return nil
	case reflect.Bool:
		v.SetBool(true)
		return nil
	}
	return fmt.Errorf("no value for the type %s", v.Type())
}
