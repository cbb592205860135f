package everymethod

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/value"
)

var rawMessage = reflect.TypeFor[json.RawMessage]()

// A filler makes bodies and queries: by the types of the table, so that it
// knows what each member is.
type filler struct {
	types map[string]operations.Type
	// least leaves out what a body can do without.
	least bool
	// leave says which members stay empty; nil means none.
	leave func(operations.Field) bool
	// choose names the value of a member: a string, an int64, or true for what
	// is to be filled. nil lets the filler make one up, and leave the member out.
	choose func(operations.Field) any
	many   int             // elements of a list
	seen   map[string]bool // records that were filled once; again, they may stay empty
}

// body fills a body of the type ref.
func (f *filler) body(v reflect.Value, ref string) error {
	f.many, f.seen = 1, map[string]bool{}
	return f.fill(v, operations.Field{Type: ref, Required: true})
}

func (f *filler) fill(v reflect.Value, of operations.Field) error {
	if done := f.fillPlain(v, of); done {
		return nil
	}
	if v.Kind() == reflect.Struct {
		return f.fillStruct(v, of.Type)
	}
	if f.seen[operations.Elem(of.Type)] {
		return nil // filled elsewhere: records hold themselves
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return f.fill(v.Elem(), of)
	case reflect.Slice:
		of.Type = strings.TrimPrefix(of.Type, "[]")
		v.Set(reflect.MakeSlice(v.Type(), f.many, f.many))
		for i := range f.many {
			if err := f.fill(v.Index(i), of); err != nil {
				return err
			}
		}
		return nil
	case reflect.Map:
		of.Type = strings.TrimPrefix(of.Type, "map[string]")
		inner := reflect.New(v.Type().Elem()).Elem()
		v.Set(reflect.MakeMap(v.Type()))
		err := f.fill(inner, of)
		v.SetMapIndex(reflect.ValueOf("one"), inner)
		return err
	}
	return fmt.Errorf("no value for %s of the type %s", of.Name, v.Type())
}

func (f *filler) fillStruct(v reflect.Value, name string) error {
	t, known := f.types[name]
	if !known {
		return fmt.Errorf("%s is %q, which is no type of the table", v.Type(), name)
	}
	if err := checkFields(v, t); err != nil {
		return err
	}
	f.seen[name] = true
	empty := true
	for _, of := range t.Fields {
		if f.least && !of.Required && f.choose(of) == nil || f.leave != nil && f.leave(of) {
			continue
		}
		empty = empty && of.Beside
		if err := f.fillField(v, of); err != nil {
			return err
		}
	}
	if f.least && empty && len(t.Fields) > 0 {
		return f.fillField(v, t.Fields[0]) // platforms take an empty record for none
	}
	return nil
}

func (f *filler) fillField(v reflect.Value, of operations.Field) error {
	field, found := fieldOf(v, of.Name)
	if !found {
		return fmt.Errorf("%s has no field for the member %s", v.Type(), of.Name)
	}
	return f.fill(field, of)
}

// checkFields returns an error if a struct has a field that no member is.
func checkFields(v reflect.Value, t operations.Type) error {
	for i := range v.NumField() {
		name := nameOf(v.Type().Field(i))
		known := slices.ContainsFunc(t.Fields, func(f operations.Field) bool {
			return f.Name == name || f.Name == operations.CustomMember && name == "custom_fields"
		})
		if name != "" && !known {
			return fmt.Errorf("%s has a field for %s, which the table does not know", v.Type(), name)
		}
	}
	return nil
}

// fieldOf finds the field of a struct that is written as a member.
func fieldOf(v reflect.Value, member string) (reflect.Value, bool) {
	if member == operations.CustomMember {
		member = "custom_fields"
	}
	for i := range v.NumField() {
		if nameOf(v.Type().Field(i)) == member {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// nameOf is a field's name on the wire; empty if it has none.
func nameOf(f reflect.StructField) string {
	for _, tag := range []string{"json", "beside"} {
		name, _, _ := strings.Cut(f.Tag.Get(tag), ",")
		if name != "" && name != "-" {
			return name
		}
	}
	return ""
}

// fillPlain sets what is no list, no map and no record.
func (f *filler) fillPlain(v reflect.Value, of operations.Field) bool {
	var made any
	if v.Kind() == reflect.Interface {
		v.Set(reflect.ValueOf(map[string]any{"any": 1}))
		return true
	}
	switch v.Interface().(type) {
	case time.Time:
		made = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
	case time.Duration:
		made = 90 * time.Minute
	case value.Date:
		made = value.Date{Year: 2026, Month: time.March, Day: 4}
	case value.Decimal:
		made = value.NewDecimal(1250, 2)
	case value.LocalText:
		made = value.LocalText{"eng": "text"}
	case value.CustomValues:
		made = value.CustomValues{"7": "text"}
	case value.DateRange:
		made = value.DateRange{From: value.Date{Year: 2026, Month: time.March, Day: 4}}
	case value.TimeRange:
		made = value.TimeRange{From: time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)}
	case auth.Secret:
		made = auth.NewSecret("hidden")
	case value.File:
		made = value.File{Name: "file.txt", Content: strings.NewReader(fileText)}
	case json.RawMessage:
		made = json.RawMessage(`{"any":1}`)
	default:
		return f.fillKind(v, of)
	}
	v.Set(reflect.ValueOf(made))
	return true
}

func (f *filler) fillKind(v reflect.Value, of operations.Field) bool {
	chosen := f.chosen(of)
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint(chosen))
	case reflect.Int64:
		n, err := strconv.ParseInt(fmt.Sprint(chosen), 10, 64)
		if err != nil {
			n = 41
		}
		v.SetInt(n)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	default:
		return false
	}
	return true
}

// chosen is the value of a text or a number.
func (f *filler) chosen(of operations.Field) any {
	if f.choose != nil {
		if chosen := f.choose(of); chosen != nil {
			return chosen
		}
	}
	words := of.Enum
	if t, ok := f.types[of.Type]; ok {
		words = t.Enum
	}
	if len(words) > 0 {
		return words[0]
	}
	return "text"
}

// required fills those fields of a query struct that the row demands. Without
// any it stays nil.
func (f *filler) required(v reflect.Value, r row) error {
	f.many = 2
	for _, p := range r.Params {
		if p.In != "query" || !p.Required || p.Form == "" {
			continue
		}
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		for i := range v.Elem().NumField() {
			tag, _, _ := strings.Cut(v.Elem().Type().Field(i).Tag.Get("query"), ",")
			if tag != strings.TrimSuffix(p.Name, "[]") && tag != p.Name {
				continue
			}
			if err := f.fill(v.Elem().Field(i), operations.Field{Name: p.Name, Type: operations.Elem(p.Type), Enum: p.Enum}); err != nil {
				return err
			}
		}
	}
	return nil
}

// query fills every field of a query struct, lists with two elements.
func (f *filler) query(v reflect.Value) error {
	f.many = 2
	v.Set(reflect.New(v.Type().Elem()))
	v = v.Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if err := f.fill(v.Field(i), operations.Field{Name: name}); err != nil {
			return err
		}
	}
	return nil
}
