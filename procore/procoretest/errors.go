package procoretest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A refusal is an error before it has the shape of its API version. The first
// version has many shapes, so each cause brings its own; the second has one.
type refusal struct {
	status  int
	code    string // the word of the second version
	message string
	v1      any             // body on paths of the first version
	broken  rules           // by member, of a body that breaks rules
	whole   *emulate.Answer // if set, the answer on both
}

func (r *refusal) Error() string { return r.message }

// refuse turns an error into an answer. Other errors than refusals are
// mistakes of the emulator and say so.
func (c *call) refuse(err error) emulate.Answer {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		r = &refusal{status: http.StatusInternalServerError, code: "INTERNAL_SERVER_ERROR", message: err.Error(),
			v1: record{"message": err.Error(), "exception": "procoretest"}}
	}
	a := r.answer(c.version2)
	if r.status == http.StatusUnauthorized {
		a = a.With("WWW-Authenticate", `Bearer realm="Procore API", error="invalid_token"`)
	}
	if len(c.Allowed) > 0 {
		a = a.With("Allow", strings.Join(c.Allowed, ", "))
	}
	return a
}

func (r *refusal) answer(version2 bool) emulate.Answer {
	if r.whole != nil {
		return *r.whole
	}
	if !version2 {
		return emulate.JSON(r.status, r.v1)
	}
	said := record{"code": r.code, "message": r.message}
	switch r.status {
	case http.StatusNotFound, http.StatusMethodNotAllowed: // these come without details
	case http.StatusForbidden: // and this calls its word otherwise
		said["details"] = []any{record{"code": r.code, "message": r.message, "source": "company"}}
	default:
		said["details"] = []any{record{"reason_code": r.code, "message": r.message, "source": "request"}}
	}
	return emulate.JSON(r.status, record{"error": said})
}

// numbered is the first version's usual shape.
func numbered(status int, message, fields, reason string) record {
	return record{"code": status, "message": message, "fields": fields, "reason": reason, "error": nil}
}

func noRoute(c *emulate.Call) error {
	if len(c.Allowed) > 0 {
		message := fmt.Sprintf("%s is not a verb of this path; it takes %s", c.Method, strings.Join(c.Allowed, ", "))
		return &refusal{status: http.StatusMethodNotAllowed, code: "METHOD_NOT_ALLOWED", message: message,
			v1: record{"message": message, "error": "Method Not Allowed"}}
	}
	message := "no operation has the path " + c.URL.Path + "; check the version, or whether the library has a method for it: the emulator has no others"
	return &refusal{status: http.StatusNotFound, code: "NOT_FOUND", message: message,
		v1: record{"message": message, "error": "Not Found"}}
}

func unauthorized(why error) error {
	message := "The access token is invalid"
	return &refusal{status: http.StatusUnauthorized, code: "INVALID_TOKEN", message: message,
		v1: numbered(http.StatusUnauthorized, message, "", why.Error())}
}

func missingCompany() error {
	a := emulate.Text(http.StatusBadRequest, "text/plain; charset=utf-8",
		"Missing Procore-Company-Id header! Send the id of the company that the request is about in the header Procore-Company-Id, "+
			"so that it can be routed to the company's region.\n")
	return &refusal{status: http.StatusBadRequest, message: "missing header", whole: &a}
}

func notConnected() error {
	a := emulate.JSON(http.StatusForbidden, record{"errors": []any{"App is not connected to this company."}})
	return &refusal{status: http.StatusForbidden, message: "app not connected", whole: &a}
}

func forbidden(message string) error {
	return &refusal{status: http.StatusForbidden, code: "ACCESS_DENIED", message: message, v1: record{"error": message}}
}

func notFound(what string, id any) error {
	message := fmt.Sprintf("%s %v does not exist, or this user may not read it", what, id)
	return &refusal{status: http.StatusNotFound, code: "NOT_FOUND", message: message,
		v1: numbered(http.StatusNotFound, message, "", "record not found")}
}

// badParameter is a query parameter that is missing or makes no sense.
func badParameter(name, format string, args ...any) error {
	message := name + ": " + fmt.Sprintf(format, args...)
	return &refusal{status: http.StatusBadRequest, code: "INVALID_PROPERTY", message: message,
		v1: numbered(http.StatusBadRequest, message, name, "invalid parameter")}
}

func badBody(err error) error {
	message := "the request body cannot be read: " + err.Error()
	return &refusal{status: http.StatusBadRequest, code: "INVALID_PROPERTY", message: message,
		v1: record{"message": message, "exception": "ActionDispatch::Http::Parameters::ParseError"}}
}

// missingMember is a body without its wrapper.
func missingMember(name string) error {
	message := "param is missing or the value is empty: " + name
	return &refusal{status: http.StatusBadRequest, code: "INVALID_PROPERTY", message: message, v1: record{"errors": message}}
}

func badContent(contentType string) error {
	message := fmt.Sprintf("the content type %q is not taken here; send application/json", contentType)
	return &refusal{status: http.StatusNotAcceptable, code: "NOT_ACCEPTABLE", message: message, v1: record{"error": message}}
}

// invalid is a body whose members break rules, by member.
func invalid(broken rules) error {
	var all []string
	for name, messages := range broken {
		all = append(all, name+" "+strings.Join(messages, ", "))
	}
	message := strings.Join(sorted(all), "; ")
	return &refusal{status: http.StatusUnprocessableEntity, code: "INVALID_PROPERTY", message: message, broken: broken, v1: record{"errors": broken}}
}

func duplicate(member string, value any) error {
	message := fmt.Sprintf("%s %v is taken already", member, value)
	return &refusal{status: http.StatusConflict, code: "CONFLICT", message: message,
		v1: record{"errors": []any{record{"field": member, "message": message}}}}
}

func tooManyUpdates(n int) error {
	message := fmt.Sprintf("updates has %d entries; at most %d are taken at once", n, maxUpdates)
	return &refusal{status: http.StatusRequestEntityTooLarge, code: "PAYLOAD_TOO_LARGE", message: message, v1: []any{message}}
}
