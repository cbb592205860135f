package wire

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/value"
)

// Query writes a struct as query parameters. A field needs a tag with the
// parameter's name and, for lists and structured values, one option:
//
//	Status []string          `query:"filters[status]"`        filters[status]=a&filters[status]=b
//	IDs    []int64           `query:"filters[id],brackets"`   filters[id][]=1&filters[id][]=2
//	Levels []Level           `query:"severity_in,comma"`      severity_in=low,high
//	Custom map[string][]int  `query:"custom_fields,json"`     custom_fields={"12":[3]}
//	More   url.Values        `query:"*"`                      parameters as they are; they replace others of their name
//
// Nil pointers, empty lists and zero values are left out; pointers to zero
// values are sent. Ranges are written a...b with an open end left empty, which
// is uncertain for Procore's date filters. Embedded structs are flattened. A
// nil q is no parameters.
func (c *Codec) Query(q any) (url.Values, error) {
	params := url.Values{}
	err := c.eachSet(q, func(f field, v reflect.Value) error {
		if more, ok := v.Interface().(url.Values); ok && f.name == "*" {
			for name, texts := range more {
				params[name] = texts
			}
			return nil
		}
		return c.addParam(params, f, v)
	})
	if err != nil {
		return nil, err
	}
	return params, nil
}

// Filter writes a struct with query tags as the members of a JSON object, for
// platforms that filter in the body. Lists become arrays and ranges become
// what the platform takes. Options in the tags have no meaning here.
func (c *Codec) Filter(q any) (map[string]json.RawMessage, error) {
	members := map[string]json.RawMessage{}
	err := c.eachSet(q, func(f field, v reflect.Value) error {
		data, err := c.Encode(v.Interface())
		if err != nil {
			return fmt.Errorf("filter %s: %w", f.name, err)
		}
		members[f.name] = data
		return nil
	})
	if err != nil {
		return nil, err
	}
	return members, nil
}

// eachSet calls do for each field of q that is set.
func (c *Codec) eachSet(q any, do func(field, reflect.Value) error) error {
	v := reflect.ValueOf(q)
	if v.Kind() == reflect.Pointer {
		v = v.Elem() // of a nil pointer, no value
	}
	if !v.IsValid() {
		return nil
	}
	if v.Kind() != reflect.Struct {
		return fmt.Errorf("wire: a query must be a struct with query tags, not %s", v.Type())
	}
	p := c.planOf(v.Type(), "query")
	if p.err != nil {
		return fmt.Errorf("wire: %w", p.err)
	}
	for _, f := range p.fields {
		fv := v.FieldByIndex(f.index)
		if isUnset(fv) || fv.Kind() == reflect.Slice && fv.Len() == 0 {
			continue
		}
		if fv.Kind() == reflect.Pointer {
			fv = fv.Elem()
		}
		if err := do(f, fv); err != nil {
			return err
		}
	}
	return nil
}

func (c *Codec) addParam(params url.Values, f field, v reflect.Value) error {
	if f.has("json") {
		data, err := c.Encode(v.Interface())
		if err != nil {
			return fmt.Errorf("wire: parameter %s: %w", f.name, err)
		}
		params.Add(f.name, string(data))
		return nil
	}
	texts, err := c.paramTexts(v)
	if err != nil {
		return fmt.Errorf("wire: parameter %s: %w", f.name, err)
	}
	name := f.name
	if f.has("brackets") {
		name += "[]"
	}
	if f.has("comma") {
		texts = []string{strings.Join(texts, ",")}
	}
	params[name] = append(params[name], texts...)
	return nil
}

func (c *Codec) paramTexts(v reflect.Value) ([]string, error) {
	if v.Kind() != reflect.Slice {
		text, err := c.paramText(v)
		return []string{text}, err
	}
	var texts []string
	for i := range v.Len() {
		text, err := c.paramText(v.Index(i))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func (c *Codec) paramText(v reflect.Value) (string, error) {
	switch v := v.Interface().(type) {
	case time.Time:
		if v.IsZero() {
			return "", errZeroTime
		}
		return c.dialect.formatTime(v), nil
	case time.Duration:
		return formatDuration(v), nil
	case value.Decimal:
		return v.String(), nil
	case value.Date:
		if v.IsZero() {
			return "", errZeroTime
		}
		text, err := v.MarshalText()
		return string(text), err
	case value.DateRange:
		from, errFrom := v.From.MarshalText()
		to, errTo := v.To.MarshalText()
		return string(from) + "..." + string(to), errors.Join(errFrom, errTo)
	case value.TimeRange:
		return c.timeOrOpen(v.From) + "..." + c.timeOrOpen(v.To), nil
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		return string(text), err
	}
	switch {
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.Kind() == reflect.Bool && c.dialect.numericBools:
		return numericBool(v.Bool()).String(), nil
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), nil
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), nil
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'f', -1, 64), nil
	default:
		return "", fmt.Errorf("no way to write %s as text: add the option json", v.Type())
	}
}

func (c *Codec) timeOrOpen(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.dialect.formatTime(t)
}
