package everymethod

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/emulate"
	"github.com/cordage-go/cordage/internal/operations"
)

// An Emulator is one platform with records in it, and what a test knows of them.
type Emulator struct {
	Table  *operations.Table
	Filled map[string]string // variables that the client fills: company_id
	// Known are values of arguments and of members of bodies by their name on
	// the wire: "project_id". They are int64 or string; of members that are
	// records or lists, true. Members that are known are sent even if they need
	// not be. A name with a method's name before it is for that one alone:
	// "rfi.RFIs.Create name".
	Known map[string]any
	// Collection names what the records below a path belong to, so that a list
	// can be found that has the ids which another path wants. Paths that name
	// the same records have the same collection.
	Collection func(path string) string
	// Size is how many records a page is to have; 0 means 3, so that most lists
	// have several pages. Sizes are those of lists that need another one, by method.
	Size  int
	Sizes map[string]int
	// Last are the methods that are called after all others, since they end
	// what those need.
	Last []string
	// Others are methods that may be asked for ids, too.
	Others []Method
	// Requests returns what reached the emulator.
	Requests func() []emulate.Request
	// MayBeEmpty reports whether a list may have no records; nil means that
	// none may. Methods are named as in "rfi.FilterOptions.Statuses".
	MayBeEmpty func(method string) bool
}

// A Count is what Smoke has called.
type Count struct{ Calls, Operations int }

// Smoke calls each method once, lists first and deletes last, and returns what
// failed. All ways to walk a list must bring the same records.
func (e *Emulator) Smoke(ctx context.Context, methods []Method) (Count, []error) {
	s := &smoke{
		Emulator: e, rows: rowsOf(e.Table), walks: map[string][]reflect.Value{}, calling: map[string]bool{},
		lists: map[string][]Method{}, creates: map[string][]Method{}, deletes: map[string][]Method{},
	}
	s.index(slices.Concat(methods, e.Others))
	methods = slices.Clone(methods)
	slices.SortStableFunc(methods, func(a, b Method) int { return cmp.Compare(s.rank(a), s.rank(b)) })
	var errs []error
	called := map[string]bool{}
	for _, m := range methods {
		r, found := s.rows.of(m)
		if !found {
			errs = append(errs, fmt.Errorf("%s: the table has no such operation", m))
			continue
		}
		if err := s.try(ctx, m, r); err != nil {
			errs = append(errs, fmt.Errorf("%s (%s): %w", m, r.Row(), err))
			continue
		}
		called[r.Row()] = true
	}
	reached := map[string]bool{}
	for _, r := range e.Requests() {
		reached[r.Operation] = reached[r.Operation] || r.Status < http.StatusBadRequest
	}
	for _, address := range slices.Sorted(maps.Keys(called)) {
		if !reached[address] {
			errs = append(errs, fmt.Errorf("%s was called, and the emulator took the call for another one", address))
		}
	}
	return Count{len(methods), len(called)}, errs
}

type smoke struct {
	*Emulator
	rows    rows
	lists   map[string][]Method        // by what they list
	creates map[string][]Method        // by what they create
	deletes map[string][]Method        // by what they delete
	walks   map[string][]reflect.Value // records of a list, by its method
	calling map[string]bool            // methods whose arguments are being found: they cannot help to find them
}

// index finds the methods that tell of ids.
func (s *smoke) index(methods []Method) {
	for _, m := range methods {
		r, found := s.rows.methods[m.String()]
		collection := s.Collection(r.Path)
		switch {
		case !found:
		case r.Class == "read" && (m.isPage() || strings.HasPrefix(r.Answer.Type, "[]") || r.Answer.Known == "unknown"):
			s.lists[collection] = append(s.lists[collection], m)
		case r.Verb == "POST" && r.Class == "write":
			s.creates[collection] = append(s.creates[collection], m)
		case r.Verb == "DELETE":
			collection = s.Collection(strings.TrimSuffix(r.Path, "/{"+operations.LastVariable(r.Path)+"}"))
			s.deletes[collection] = append(s.deletes[collection], m)
		}
	}
}

// rank puts lists first, so that all ways to walk one meet the same records,
// and deletes last: what lies deepest before what it lies in.
func (s *smoke) rank(m Method) int {
	r, _ := s.rows.of(m)
	switch {
	case slices.Contains(s.Last, m.String()):
		return 1000
	case m.isPage(), m.isWalk():
		return 0
	case r.Class == "read":
		return 1
	case !isDelete(r):
		return 2
	}
	return 100 - strings.Count(r.Path, "/")
}

func isDelete(r row) bool {
	return r.Verb == "DELETE" || strings.HasPrefix(r.Method, "Delete") || strings.HasPrefix(r.Method, "BulkDelete")
}

func (s *smoke) try(ctx context.Context, m Method, r row) error {
	got, err := s.call(ctx, m, r, nil)
	if err != nil {
		return err
	}
	if !got.list || r.Class != "read" {
		return nil
	}
	list := r.name()
	if len(got.records) == 0 && (s.MayBeEmpty == nil || !s.MayBeEmpty(list)) {
		return errors.New("the list is empty")
	}
	return s.compareWalks(m, list, got.records)
}

// compareWalks compares the records of one walk of a list with those of the
// others. List has the first page of what the others have.
func (s *smoke) compareWalks(m Method, list string, records []reflect.Value) error {
	before, known := s.walks[list]
	if m.isPage() {
		if known && !same(records, before[:min(len(records), len(before))]) {
			return errors.New("its records are not the first of those that the walks bring")
		}
		return nil
	}
	if known && !same(records, before) {
		return fmt.Errorf("it brings %d records, and another walk of the list %d, or others", len(records), len(before))
	}
	s.walks[list] = records
	return nil
}

// same compares records by their JSON, since no two secrets are equal in Go.
func same(a, b []reflect.Value) bool {
	return slices.EqualFunc(a, b, func(x, y reflect.Value) bool {
		one, err := json.Marshal(x.Interface())
		two, failed := json.Marshal(y.Interface())
		return err == nil && failed == nil && bytes.Equal(one, two)
	})
}

// call calls a method with arguments that exist, those ids among them that are
// given, by their collection.
func (s *smoke) call(ctx context.Context, m Method, r row, given map[string]any) (result, error) {
	s.calling[m.String()] = true
	defer delete(s.calling, m.String())
	params, positional, err := m.takes()
	if err != nil {
		return result{}, err
	}
	variables, err := variablesOf(r, s.Filled, positional)
	if err != nil {
		return result{}, err
	}
	values, err := s.values(ctx, m, r, given)
	if err != nil {
		return result{}, err
	}
	var args []reflect.Value
	for _, p := range params {
		v := reflect.New(p.of).Elem()
		args = append(args, v)
		switch {
		case p.of == reflect.TypeFor[io.Writer]():
			v.Set(reflect.ValueOf(io.Discard))
		case p.name == "q":
			err = s.filler(ctx, m, r).required(v, r)
		case p.name == "in":
			err = s.filler(ctx, m, r).body(v, r.Body.Type)
		default:
			err = set(v, values[variables[0]])
			variables = variables[1:]
		}
		if err != nil {
			return result{}, fmt.Errorf("argument %s: %w", p.name, err)
		}
	}
	size := cmp.Or(s.Sizes[r.name()], s.Size, pageSize)
	return m.call(ctx, append(args, reflect.ValueOf(connector.PageSize(size))))
}

func (s *smoke) filler(ctx context.Context, m Method, r row) *filler {
	return &filler{types: s.Table.Types, least: true, choose: func(f operations.Field) any {
		if known := s.known(m, f.Name); known != nil || f.Name != "id" && f.Name != "ids" {
			return known
		}
		return s.own(ctx, r)
	}}
}

// known is what the test knows of a name.
func (s *smoke) known(m Method, name string) any {
	if v, ok := s.Known[m.String()+" "+name]; ok {
		return v
	}
	return s.Known[name]
}
