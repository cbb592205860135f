package rest

import (
	"bytes"
	"cmp"
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
	"github.com/cordage-go/cordage/internal/wire"
)

const (
	jsonContent = "application/json"
	formContent = "multipart/form-data"
)

// fill writes the body and returns its content type. A reader is sent as it
// is. Anything else is JSON: as the platform wants it, or wrapped as the
// operation says. Files turn it into a form.
func (c *Client) fill(d *draft, call *connector.Call, in any) (kind string, err error) {
	op := call.Operation
	kind = cmp.Or(op.ContentType, jsonContent)
	if source, ok := in.(io.Reader); ok {
		d.stream = newStream(c.hands, source)
		return kind, nil
	}
	if c.platform.Body != nil {
		d.body, err = c.platform.Body(call, in)
		return kind, err
	}
	if op.Class == connector.Read && isNil(in) {
		in = everything(op, in)
	}
	if in == nil && len(op.Scope) == 0 && !op.Paging.Body {
		return kind, nil
	}
	data, files, err := compose(call, in, c.platform.Codec)
	if err == nil && op.Paging.Body {
		data, err = merge(data, bodyPlace(call))
	}
	if err != nil {
		return "", err
	}
	if len(files) == 0 && op.ContentType != formContent {
		d.body = data
		return kind, nil
	}
	if d.form, err = wire.Form(data, files); err != nil {
		return "", err
	}
	return d.fillForm(c.hands)
}

// everything is the body of a search that asks for nothing in particular.
func everything(op connector.Operation, in any) any {
	switch {
	case op.Method == http.MethodGet:
		return nil
	case reflect.TypeOf(in).Kind() == reflect.Slice:
		return json.RawMessage("[]")
	default:
		return json.RawMessage("{}")
	}
}

// Scoped writes in under the operation's wrapper, with its scope beside it.
// Bytes are taken as ready JSON, and nil as an empty object.
func Scoped(call *connector.Call, in any, codec *wire.Codec) (json.RawMessage, error) {
	data, files, err := compose(call, in, codec)
	if len(files) > 0 {
		return nil, errors.New("the platform takes no files in a body")
	}
	return data, err
}

// compose puts a body together: the scope, then in, wrapped or bare, then
// those of its fields that stand beside a wrapper.
func compose(call *connector.Call, in any, codec *wire.Codec) (json.RawMessage, wire.Files, error) {
	scope, err := scopeOf(call)
	if err != nil {
		return nil, nil, err
	}
	own, files, err := encoded(in, codec)
	if err != nil {
		return nil, nil, err
	}
	if wrapper := call.Operation.Wrapper; wrapper != "" {
		own, files = fmt.Appendf(nil, "{%q:%s}", wrapper, own), below(wrapper, files)
	}
	fields, err := codec.Beside(in)
	if err != nil {
		return nil, nil, err
	}
	beside, more, err := codec.EncodeFiles(fields)
	if err != nil {
		return nil, nil, err
	}
	maps.Copy(files, more)
	body, err := merge(scope, own, beside)
	return body, files, err
}

// below moves files under a member of the body.
func below(member string, files wire.Files) wire.Files {
	moved := wire.Files{}
	for at, file := range files {
		moved["/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(member)+at] = file
	}
	return moved
}

// merge makes one JSON object of several. A body that nothing is added to may
// be of any kind.
func merge(objects ...json.RawMessage) (json.RawMessage, error) {
	objects = slices.DeleteFunc(objects, func(o json.RawMessage) bool { return string(bytes.TrimSpace(o)) == "{}" })
	switch len(objects) {
	case 0:
		return json.RawMessage("{}"), nil
	case 1:
		return objects[0], nil
	}
	var out []byte
	for i, object := range objects {
		object = bytes.TrimSpace(object)
		if !bytes.HasPrefix(object, []byte("{")) || !bytes.HasSuffix(object, []byte("}")) {
			return nil, errors.New("the body must be an object, since members are put beside its own")
		}
		out = append(out, "{,"[min(i, 1)])
		out = append(out, object[1:len(object)-1]...)
	}
	return append(out, '}'), nil
}

// scopeOf is an object of the variables that travel in the body.
func scopeOf(call *connector.Call) (json.RawMessage, error) {
	_, rest, err := expand(call)
	if err != nil {
		return nil, err
	}
	members := map[string]json.RawMessage{}
	for _, name := range call.Operation.Scope {
		var text string
		if text, rest, err = valueOf(call, name, rest); err != nil {
			return nil, err
		}
		members[name] = jsonOf(text)
	}
	return json.Marshal(members)
}

// bodyPlace is an object of the members that ask for a page.
func bodyPlace(call *connector.Call) json.RawMessage {
	paging := call.Operation.Paging
	page, size := Place(call)
	members := map[string]any{}
	if paging.Size != "" && size > 0 {
		members[paging.Size] = size
	}
	if paging.Style == connector.Numbered {
		members[paging.Page] = page
	} else if mark := place(call).Get(paging.Page); mark != "" {
		members[paging.Page] = mark
	}
	data, _ := json.Marshal(members) // texts and numbers always have a JSON form
	return data
}

// encoded writes the value itself.
func encoded(in any, codec *wire.Codec) (json.RawMessage, wire.Files, error) {
	switch in := in.(type) {
	case nil:
		return json.RawMessage("{}"), wire.Files{}, nil
	case []byte: // net/http may read it for a moment after an early answer
		return bytes.Clone(in), wire.Files{}, nil
	case json.RawMessage:
		return bytes.Clone(in), wire.Files{}, nil
	}
	if isNil(in) {
		return nil, nil, errors.New("the body is nil; give a value, empty if need be")
	}
	return codec.EncodeFiles(in)
}

// isNil reports whether a typed nil hides in an interface: a forgotten
// &XCreate{…}, which would be sent as null.
func isNil(in any) bool {
	switch v := reflect.ValueOf(in); v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return v.IsNil()
	}
	return false
}

// jsonOf writes a variable as a number where it is one, else as text.
func jsonOf(text string) json.RawMessage {
	if text != "" && strings.Trim(text, "0123456789") == "" && (text[0] != '0' || text == "0") {
		return json.RawMessage(text)
	}
	quoted, _ := json.Marshal(text) // a string always has a JSON form
	return quoted
}
