package procoretest

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// words are the known values of a parameter, which may stand in its type.
func (p *platform) words(param emulate.Param) []string {
	if of, ok := p.types[elem(param.Type)]; ok {
		return of.Enum
	}
	return param.Enum
}

// render writes a value as the type has it: each member of the type, null or an
// empty list where the record has nothing. The second version's ids are text,
// so its types say so.
func (p *platform) render(v any, typeName string) any {
	if rest, ok := strings.CutPrefix(typeName, "[]"); ok {
		return p.renderList(v, rest)
	}
	switch v := v.(type) {
	case record:
		return p.renderRecord(v, p.types[typeName].Fields)
	case int, int64:
		if typeName == "string" {
			return emulate.IDText(v)
		}
	case string:
		if len(p.types[typeName].Fields) > 0 { // written as text, read as an object
			return p.render(record{"value": v}, typeName)
		}
	}
	return v
}

// renderList leaves what is neither a list nor nothing: an odd form that the
// seed has on purpose.
func (p *platform) renderList(v any, typeName string) any {
	list, ok := v.([]any)
	if v != nil && !ok {
		return v
	}
	out := make([]any, len(list))
	for i, each := range list {
		out[i] = p.render(each, typeName)
	}
	return out
}

func (p *platform) renderRecord(r record, fields []emulate.Field) record {
	out := emulate.Copy(r)
	for _, f := range fields {
		out[f.Name] = p.render(r[f.Name], f.Type)
	}
	return out
}

// renderTop renders a whole record without the members that the emulator keeps
// for itself, which its type does not have.
func (p *platform) renderTop(r record, typeName string) any {
	rendered := p.render(r, typeName)
	fields := p.types[typeName].Fields
	out, ok := rendered.(record)
	if !ok || len(fields) == 0 {
		return rendered
	}
	maps.DeleteFunc(out, func(name string, _ any) bool {
		return !slices.ContainsFunc(fields, func(f emulate.Field) bool { return f.Name == name })
	})
	return out
}

// one answers a record in the operation's shape, or in that of another
// operation if its own is not known.
func (c *call) one(status int, r record, like string) emulate.Answer {
	answer := c.Operation().Answer
	typeName := answer.Type
	if typeName == "" {
		typeName = c.p.typeOf(like)
	}
	return c.envelope(status, c.form(r, typeName))
}

// envelope is {"data": ...} on paths of the second version, and nothing on others.
func (c *call) envelope(status int, v any) emulate.Answer {
	answer := c.Operation().Answer
	if answer.Items != "" {
		v = record{answer.Items: v}
	}
	name := answer.Envelope
	if name == "" && c.version2 && answer.Type == "" {
		name = "data"
	}
	if name != "" {
		v = record{name: v}
	}
	return emulate.JSON(status, v)
}

// done answers a call that gives nothing back.
func (c *call) done() emulate.Answer {
	status := c.success()
	if c.Operation().Answer.Known == "none" || status == http.StatusNoContent {
		return emulate.Empty(status)
	}
	return c.envelope(status, record{})
}

func sorted(texts []string) []string {
	slices.Sort(texts)
	return texts
}

// elem is the type of the members of a list: "RFI" of "[]RFI".
func elem(typeName string) string {
	for strings.HasPrefix(typeName, "[]") {
		typeName = typeName[2:]
	}
	return typeName
}
