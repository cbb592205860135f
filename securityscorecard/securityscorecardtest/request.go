package securityscorecardtest

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// readJSON reads a request body of any JSON form.
func readJSON(c *emulate.Call) (any, error) {
	if media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, badRequest("the Content-Type of a body must be application/json")
	}
	body, err := emulate.ReadJSON(c.Content)
	if err != nil {
		return nil, badRequest("the body is not JSON: %v", err)
	}
	return body, nil
}

// readRecord reads a request body that is an object.
func readRecord(c *emulate.Call) (record, error) {
	body, err := readJSON(c)
	if err != nil {
		return nil, err
	}
	r, ok := body.(record)
	if !ok {
		return nil, badRequest("the body must be a JSON object")
	}
	return r, nil
}

// readBody reads a request body of the form that the table gives for the
// operation, out of its wrapper.
func (p *platform) readBody(c *emulate.Call) (any, error) {
	body := c.Operation().Body
	if body.Content == "multipart/form-data" {
		return readForm(c)
	}
	v, err := readJSON(c)
	if err != nil {
		return nil, err
	}
	if body.Wrapper == "" {
		return v, p.checkValue(body.Type, "", v)
	}
	r, ok := v.(record)
	if !ok {
		return nil, wrongType("", "object")
	}
	inner, sent := r[body.Wrapper]
	if !sent {
		return nil, missing(body.Wrapper)
	}
	return inner, p.checkValue(body.Type, "."+body.Wrapper, inner)
}

// readForm reads an upload. Its files become records with their names.
func readForm(c *emulate.Call) (any, error) {
	media, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return nil, badRequest("the Content-Type of an upload must be multipart/form-data with a boundary")
	}
	form, err := emulate.ReadForm(c.Content, params["boundary"])
	if err != nil {
		return nil, badRequest("the body is not a form: %v", err)
	}
	return form, nil
}

// readWrapped reads a body that is an object, or an object under a wrapper. If
// the table knows its members, they are checked.
func (p *platform) readWrapped(c *emulate.Call, wrapper string) (record, error) {
	r, err := readRecord(c)
	if err != nil {
		return nil, err
	}
	path := ""
	if wrapper != "" {
		inner, ok := r[wrapper].(record)
		if !ok {
			return nil, missing(wrapper)
		}
		r, path = inner, "."+wrapper
	}
	if op := c.Operation(); op != nil && op.Body != nil {
		err = p.checkValue(op.Body.Type, path, r)
	}
	return r, err
}

// sentRecord reads a body that is an object.
func (p *platform) sentRecord(c *emulate.Call) (record, error) { return p.readWrapped(c, "") }

// checkValue compares a value with a type of the table. path is where it
// stands in the body, such as ".params.date".
func (p *platform) checkValue(typeName, path string, v any) error {
	if of, ok := strings.CutPrefix(typeName, "[]"); ok {
		list, ok := v.([]any)
		if !ok {
			return wrongType(path, "array")
		}
		for i, each := range list {
			if err := p.checkValue(of, fmt.Sprintf("%s[%d]", path, i), each); err != nil {
				return err
			}
		}
		return nil
	}
	if t, ok := p.table.Types[typeName]; ok && len(t.Fields) > 0 {
		return p.checkRecord(t, path, v)
	}
	return checkPlain(typeName, path, v)
}

func (p *platform) checkRecord(t emulate.Type, path string, v any) error {
	r, ok := v.(record)
	if !ok {
		return wrongType(path, "object")
	}
	for _, f := range t.Fields {
		value, sent := r[f.Name]
		if !sent {
			if f.Required {
				return missing(strings.TrimPrefix(path+"."+f.Name, "."))
			}
			continue
		}
		if err := p.checkValue(f.Type, path+"."+f.Name, value); err != nil {
			return err
		}
		words := slices.Concat(f.Enum, p.table.Types[f.Type].Enum)
		if text, isText := value.(string); isText && len(words) > 0 && !knows(words, f.Name, text) {
			return invalid(path+"."+f.Name, "#/enum", fmt.Sprintf("%q is none of %s", text, strings.Join(words, ", ")))
		}
	}
	return nil
}

// knows reports whether a text is one of the words. What a list is sorted by
// may have a minus in front, which turns the order round.
func knows(words []string, name, text string) bool {
	if name == "sort" {
		text = strings.TrimPrefix(text, "-")
	}
	return slices.Contains(words, text)
}

func checkPlain(typeName, path string, v any) error {
	var ok bool
	switch typeName {
	case "string", "text":
		_, ok = v.(string)
		typeName = "string"
	case "bool":
		_, ok = v.(bool)
		typeName = "boolean"
	case "int":
		_, ok = v.(int64)
		typeName = "integer"
	default:
		return nil
	}
	if !ok {
		return wrongType(path, typeName)
	}
	return nil
}

// invalid is the platform's way to refuse a body: a text of several lines that
// names the place in the data and in the schema.
func invalid(path, schema, what string) *refusal {
	return badRequest("invalid request body\n  data path: %s\n  schema path: %s\n  %s", path, schema, what)
}

func missing(name string) *refusal {
	parent := ""
	if at := strings.LastIndexByte(name, '.'); at >= 0 {
		parent, name = "."+name[:at], name[at+1:]
	}
	return invalid(parent, "#/required", "missing property: "+name)
}

func wrongType(path, want string) *refusal { return invalid(path, "#/type", "should be "+want) }

// checkQuery compares the query with the parameters of the table. Names that
// the operation does not have are ignored: so are from and to where the
// operation calls them date_from and date_to.
func (p *platform) checkQuery(c *emulate.Call) error {
	op := c.Operation()
	if op == nil {
		return nil
	}
	query := c.URL.Query()
	for _, param := range op.Params {
		switch param.In {
		case "query":
			if err := p.checkParam(param, query); err != nil {
				return err
			}
		case "path":
			if err := checkText(param.Type, param.Name, c.Values[param.Name]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *platform) checkParam(param emulate.Param, query url.Values) error {
	if !query.Has(param.Name) {
		if param.Required {
			return badRequest("missing query parameter: %s", param.Name)
		}
		return nil
	}
	plain := strings.TrimPrefix(param.Type, "[]")
	words := slices.Concat(param.Enum, p.table.Types[plain].Enum)
	for _, text := range values(param, query) {
		if err := checkText(plain, param.Name, text); err != nil {
			return err
		}
		if len(words) > 0 && !knows(words, param.Name, text) {
			return badRequest("%s: %q is none of %s", param.Name, text, strings.Join(words, ", "))
		}
	}
	return nil
}

// values are those of a list parameter, whether its values came separated by
// commas, as the table says, or under the same name again and again.
func values(param emulate.Param, query url.Values) []string {
	if !strings.HasPrefix(param.Type, "[]") {
		return query[param.Name]
	}
	return several(query, param.Name)
}

// several are the values of a parameter that takes several.
func several(query url.Values, name string) []string {
	var all []string
	for _, text := range query[name] {
		all = append(all, strings.Split(text, ",")...)
	}
	return all
}

// checkText refuses a query value that does not have its type's form.
func checkText(typeName, name, text string) error {
	var err error
	var form string
	switch typeName {
	case "int":
		form = "whole number"
		_, err = strconv.Atoi(text)
	case "float":
		form = "number"
		_, err = strconv.ParseFloat(text, 64)
	case "bool":
		form = "boolean (true or false)"
		if text != "true" && text != "false" {
			err = strconv.ErrSyntax
		}
	case "date":
		form = "date (YYYY-MM-DD)"
		_, err = time.Parse(time.DateOnly, text)
	case "datetime":
		form = "time (2020-01-30T00:00:00.000Z)"
		_, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		return badRequest("%s: %q is not a valid %s", name, text, form)
	}
	return nil
}

// span is a time span of a query; an end that was not sent is open. The values
// have passed checkQuery, unless the operation does not have the parameter:
// then an unreadable one is ignored like all unknown parameters.
type span struct{ from, to time.Time }

func dates(c *emulate.Call, from, to string) span {
	query := c.URL.Query()
	return span{from: moment(query.Get(from)), to: moment(query.Get(to))}
}

func (s span) holds(t time.Time) bool {
	return !t.Before(s.from) && (s.to.IsZero() || !t.After(s.to))
}

func moment(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05.000Z", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)

// checkDomain refuses what is no domain in lower case. The platform wants
// domains in paths to be lower case; what it answers otherwise is not known.
func checkDomain(domain string) error {
	if domainForm.MatchString(domain) {
		return nil
	}
	if domainForm.MatchString(strings.ToLower(domain)) {
		return badRequest("domain %q must be in lower case", domain)
	}
	return badRequest("%q is neither a domain nor the id of a scorecard", domain)
}

// status is the success status of an operation.
func status(c *emulate.Call, otherwise int) int {
	if op := c.Operation(); op != nil && op.Status != 0 {
		return op.Status
	}
	return otherwise
}

func ok(v any) (emulate.Answer, error) { return emulate.JSON(http.StatusOK, v), nil }
