package procoretest

import (
	"cmp"
	"encoding/json"
	"errors"
	"mime"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// errContent is a media type that is not taken.
var errContent = errors.New("the content type is not taken; send application/json")

// parseBody reads a body of any kind that Procore takes: JSON, a form, or a
// multipart form with names such as rfi[question][body] and ids[].
func parseBody(c *emulate.Call) (any, error) {
	if len(c.Content) == 0 {
		return nil, nil
	}
	mediaType, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return nil, errContent
	}
	switch mediaType {
	case "application/json", "application/merge-patch+json":
		return emulate.ReadJSON(c.Content)
	case "application/x-www-form-urlencoded":
		return emulate.ReadForm(c.Content, "")
	case "multipart/form-data":
		return emulate.ReadForm(c.Content, cmp.Or(params["boundary"], "missing"))
	default:
		return nil, errContent
	}
}

// readBody parses the body of an API call. A few that only read have one.
func (c *call) readBody() error {
	if (c.Method == "GET" || c.Method == "HEAD") && c.Operation().Body == nil {
		return nil
	}
	sent, err := parseBody(c.Call)
	if errors.Is(err, errContent) {
		return badContent(c.Header.Get("Content-Type"))
	}
	if err != nil {
		return badBody(err)
	}
	c.sent = sent
	return nil
}

// object is the body as an object; an absent body is an empty one.
func (c *call) object() (record, error) {
	if c.sent == nil {
		return record{}, nil
	}
	r, ok := c.sent.(record)
	if !ok {
		return nil, badBody(errors.New("a JSON object is expected"))
	}
	return r, nil
}

// wrapped is the record below its wrapper, such as {"rfi": {...}}, as a new
// record in the forms of the table's type.
func (c *call) wrapped(wrapper string) (record, error) {
	whole, err := c.object()
	if err != nil {
		return nil, err
	}
	if wrapper == "" {
		return c.p.coerced(whole, c.bodyType("")), nil
	}
	inner, ok := whole[wrapper].(record)
	if !ok {
		return nil, missingMember(wrapper)
	}
	inner = c.p.coerced(inner, c.bodyType(wrapper))
	for name, v := range whole { // such as attachments
		if _, known := inner[name]; !known && name != wrapper && name != "company_id" && name != "project_id" {
			inner[name] = v
		}
	}
	return inner, nil
}

// bodyType is the table's type of what stands below the wrapper.
func (c *call) bodyType(wrapper string) string {
	body := c.Operation().Body
	if body == nil {
		return ""
	}
	if wrapper == "" || body.Wrapper == wrapper {
		return body.Type
	}
	for _, f := range c.p.types[body.Type].Fields { // the type has the wrapper inside
		if f.Name == wrapper {
			return f.Type
		}
	}
	return ""
}

// coerced returns a copy of what was sent with the members that the type knows
// in its forms: numbers from text, as forms have them, and null for dates that
// are none, which Procore stores without a word.
func (p *platform) coerced(sent record, typeName string) record {
	out := emulate.Copy(sent)
	for _, f := range p.types[typeName].Fields {
		if v, ok := out[f.Name]; ok {
			out[f.Name] = p.coerce(v, f.Type)
		}
	}
	return out
}

func (p *platform) coerce(v any, typeName string) any {
	if rest, ok := strings.CutPrefix(typeName, "[]"); ok {
		list, _ := v.([]any)
		out := make([]any, len(list))
		for i, each := range list {
			out[i] = p.coerce(each, rest)
		}
		return out
	}
	if inner, ok := v.(record); ok {
		return p.coerced(inner, typeName)
	}
	switch text, isText := v.(string); typeName {
	case "int":
		if n, err := strconv.ParseInt(text, 10, 64); isText && err == nil {
			return n
		}
	case "bool":
		if b, err := strconv.ParseBool(text); isText && err == nil {
			return b
		}
	case "decimal":
		if v != nil {
			return emulate.IDText(v)
		}
	case "float":
		if _, err := strconv.ParseFloat(text, 64); isText && err == nil {
			return json.Number(text)
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return nil
		}
	case "datetime":
		return readMoment(text)
	}
	return v
}

// readMoment writes a date-time in UTC, or null.
func readMoment(text string) any {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	return at.UTC().Format(time.RFC3339)
}
