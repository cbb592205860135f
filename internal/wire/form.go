package wire

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/cordage-go/cordage/value"
)

// Files are the files of a body, by the JSON pointer of where they stand.
type Files map[string]value.File

var errFile = errors.New("a file cannot travel in JSON here")

// EncodeFiles writes a body as [Codec.Encode] does, with null in the place of
// each file. A file without a name or content is an error.
func (c *Codec) EncodeFiles(v any) ([]byte, Files, error) {
	data, err := c.Encode(v)
	files := Files{}
	if !errors.Is(err, errFile) {
		return data, files, err // as nearly always
	}
	collect := json.MarshalToFunc(func(enc *jsontext.Encoder, f value.File) error {
		if f.Name == "" || f.Content == nil {
			return errors.New("a file needs a Name and a Content")
		}
		err := enc.WriteToken(jsontext.Null)
		files[string(enc.StackPointer())] = f
		return err
	})
	data, err = json.Marshal(v, json.WithMarshalers(json.JoinMarshalers(collect, c.writers)), json.Deterministic(true))
	if err != nil {
		return nil, nil, unwritten(err)
	}
	return data, files, nil
}

// Beside returns those fields of v that have a tag beside and are set, by the
// tag's name. They stand next to the wrapper of a body, not in it:
//
//	Attachments []value.File `json:"-" beside:"attachments"`
func (c *Codec) Beside(v any) (map[string]any, error) {
	members := map[string]any{}
	target := reflect.Indirect(reflect.ValueOf(v))
	if target.Kind() != reflect.Struct {
		return members, nil
	}
	p := c.planOf(target.Type(), "beside")
	if p.err != nil {
		return nil, p.err
	}
	for _, f := range p.fields {
		if field := target.FieldByIndex(f.index); !isUnset(field) {
			members[f.name] = field.Interface()
		}
	}
	return members, nil
}

// A Part is one field of a form.
type Part struct {
	Name string
	Text string
	File *value.File // in place of Text
}

// Form takes a JSON object apart into the fields of a form, named as Rails
// reads them: rfi[subject], rfi[ids][], items[][name]. Numbers and booleans
// become text, null and an empty list an empty text: the platform reads it as
// nothing, which is uncertain for fields that are no text.
func Form(body []byte, files Files) ([]Part, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), lenient)
	root, err := readNode(dec, files)
	if err != nil {
		return nil, malformed(body)
	}
	if root.kind != '{' {
		return nil, fmt.Errorf("a form must be made of a JSON object, not of %s", kindName(root.kind))
	}
	return root.parts(nil, "")
}

// A node is one JSON value of a body.
type node struct {
	kind  jsontext.Kind
	text  string      // of a plain value
	file  *value.File // that stands in its place
	names []string    // of an object's members
	items []node      // members or elements
}

func readNode(dec *jsontext.Decoder, files Files) (node, error) {
	token, err := dec.ReadToken()
	if err != nil {
		return node{}, err
	}
	n := node{kind: token.Kind()}
	switch n.kind {
	case '{', '[':
		return n, n.readItems(dec, files)
	case 'n':
		if file, ok := files[string(dec.StackPointer())]; ok {
			n.file = &file
		}
	default:
		n.text = token.String()
	}
	return n, nil
}

func (n *node) readItems(dec *jsontext.Decoder, files Files) error {
	for dec.PeekKind() != ']' && dec.PeekKind() != '}' {
		if n.kind == '{' {
			name, err := dec.ReadToken()
			if err != nil {
				return err
			}
			n.names = append(n.names, name.String())
		}
		item, err := readNode(dec, files)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	_, err := dec.ReadToken()
	return err
}

// parts appends the fields of a value that is called name.
func (n node) parts(parts []Part, name string) ([]Part, error) {
	switch {
	case n.kind == '{':
		return n.memberParts(parts, name)
	case n.kind == '[':
		return n.elementParts(parts, name+"[]")
	default:
		return append(parts, Part{Name: name, Text: n.text, File: n.file}), nil
	}
}

func (n node) memberParts(parts []Part, name string) ([]Part, error) {
	for i, member := range n.names {
		if name != "" {
			member = name + "[" + member + "]"
		}
		var err error
		if parts, err = n.items[i].parts(parts, member); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func (n node) elementParts(parts []Part, name string) ([]Part, error) {
	if len(n.items) == 0 {
		return append(parts, Part{Name: name}), nil
	}
	if err := n.tellApart(name); err != nil {
		return nil, err
	}
	for _, item := range n.items {
		var err error
		if parts, err = item.parts(parts, name); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// tellApart orders the members of a list's records. Rails begins a new record
// when a name comes again, so all records must begin with the same plain one;
// otherwise two of them would become one.
func (n node) tellApart(name string) error {
	if slices.ContainsFunc(n.items, func(i node) bool { return i.kind == '[' }) {
		return fmt.Errorf("a form has no way to write the list of lists %s", name)
	}
	if len(n.items) < 2 || n.items[0].kind != '{' {
		return nil
	}
	for _, first := range n.items[0].names {
		if !slices.ContainsFunc(n.items, func(i node) bool { return !i.hasPlain(first) }) {
			for i := range n.items {
				n.items[i].putFirst(first)
			}
			return nil
		}
	}
	return fmt.Errorf("a form cannot tell the records of %s apart: set one plain field in all of them", name)
}

func (n node) hasPlain(name string) bool {
	at := slices.Index(n.names, name)
	return at >= 0 && n.items[at].kind != '{' && n.items[at].kind != '['
}

func (n *node) putFirst(name string) {
	at := slices.Index(n.names, name)
	item := n.items[at]
	n.names = slices.Insert(slices.Delete(n.names, at, at+1), 0, name)
	n.items = slices.Insert(slices.Delete(n.items, at, at+1), 0, item)
}
