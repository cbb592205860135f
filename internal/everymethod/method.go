package everymethod

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// A Method is one method of one service of a client.
type Method struct {
	Package string // below procore: "rfi"; empty elsewhere
	Service string // "RFIs"
	Name    string // "AllDeleted"

	fn     reflect.Value
	params []string // names of its parameters, ctx and opts aside
}

// String returns "rfi.RFIs.AllDeleted".
func (m Method) String() string { return named(m.Package, m.Service, m.Name) }

func named(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(parts, ".")
}

// Methods returns the methods of all services that can be reached from the
// clients by exported fields. The source of the clients' packages must be
// there, below the folder of the module: it tells the parameters' names.
func (s *Sources) Methods(clients ...any) ([]Method, error) {
	var all []Method
	for _, client := range clients {
		v := reflect.Indirect(reflect.ValueOf(client))
		pkg, err := s.of(v.Type().PkgPath())
		if err != nil {
			return nil, err
		}
		eachService(v, "", func(name string, service reflect.Value) {
			all = append(all, pkg.methods(name, service)...)
		})
	}
	return all, nil
}

// eachService visits the services in the fields of v, and in the groups of
// services there, whose names come first: Unstable.MAX is UnstableMAX.
func eachService(v reflect.Value, group string, visit func(name string, service reflect.Value)) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		switch {
		case field.Anonymous && field.Type.Kind() == reflect.Struct:
			eachService(value, group, visit)
		case !field.IsExported():
		case field.Type.Kind() == reflect.Struct:
			eachService(value, group+field.Name, visit)
		case field.Type.Kind() == reflect.Pointer && value.NumMethod() > 0:
			visit(group+field.Name, value)
		}
	}
}

func (p source) methods(name string, service reflect.Value) []Method {
	var methods []Method
	of := service.Type().Elem().Name()
	for i := range service.NumMethod() {
		method := service.Type().Method(i).Name
		methods = append(methods, Method{Package: p.leaf, Service: name, Name: method, fn: service.Method(i), params: p.params[of+"."+method]})
	}
	return methods
}

// A param is what a method takes, its context and options aside.
type param struct {
	name string
	of   reflect.Type
}

// isPositional reports whether a parameter is a value that stands alone: an
// id, a name, a day.
func (p param) isPositional() bool {
	return p.name != "q" && p.name != "in" && p.of != reflect.TypeFor[io.Writer]()
}

// takes returns what the method takes, and the names of its positional parameters.
func (m Method) takes() (params []param, positional []string, err error) {
	of := m.fn.Type()
	if !of.IsVariadic() || of.NumIn() < 2 || of.In(0) != reflect.TypeFor[context.Context]() {
		return nil, nil, errors.New("it does not take a context first and options last")
	}
	if of.NumIn()-2 != len(m.params) {
		return nil, nil, fmt.Errorf("it takes %d values, and its source names %q", of.NumIn()-2, m.params)
	}
	for i, name := range m.params {
		p := param{name, of.In(i + 1)}
		params = append(params, p)
		if p.isPositional() {
			positional = append(positional, name)
		}
	}
	return params, positional, nil
}

// isWalk reports whether the method returns an iterator.
func (m Method) isWalk() bool { return m.fn.Type().Out(0).Kind() == reflect.Func }

// isPage reports whether the method returns one page of a list.
func (m Method) isPage() bool { return isPage(m.fn.Type().Out(0)) }

func isPage(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && strings.HasPrefix(t.Elem().Name(), "Page[")
}

// isOutcome reports whether a method returns what became of many records. The
// first field has those that went well.
func isOutcome(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && (strings.HasPrefix(t.Elem().Name(), "SyncResult[") || strings.HasPrefix(t.Elem().Name(), "BulkResult["))
}

// A result is what a method brought.
type result struct {
	value   reflect.Value   // what it returned; of a walk and of a method without an answer, no value
	records []reflect.Value // of a list
	list    bool
}

// call calls the method. A walk is walked to its end.
func (m Method) call(ctx context.Context, args []reflect.Value) (result, error) {
	out := m.fn.Call(slices.Concat([]reflect.Value{reflect.ValueOf(ctx)}, args))
	if m.isWalk() {
		return walked(out[0])
	}
	if err, _ := out[len(out)-1].Interface().(error); err != nil {
		return result{}, err
	}
	if len(out) == 1 {
		return result{}, nil
	}
	r := result{value: out[0]}
	switch v := out[0]; {
	case isPage(v.Type()):
		r.take(v.Elem().FieldByName("Items"))
	case isOutcome(v.Type()):
		r.take(v.Elem().Field(0))
	case v.Kind() == reflect.Slice && v.Type() != rawMessage:
		r.take(v)
	}
	return r, nil
}

func walked(walk reflect.Value) (result, error) {
	r := result{list: true}
	for v, failed := range walk.Seq2() {
		if err, _ := failed.Interface().(error); err != nil {
			return r, err
		}
		if isPage(v.Type()) {
			r.take(v.Elem().FieldByName("Items"))
		} else {
			r.records = append(r.records, v.Elem())
		}
	}
	return r, nil
}

func (r *result) take(items reflect.Value) {
	r.list = true
	for i := range items.Len() {
		r.records = append(r.records, items.Index(i))
	}
}
