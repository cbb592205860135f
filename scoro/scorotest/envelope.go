package scorotest

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A call is one API call with its envelope read and its sender known.
type call struct {
	*emulate.Call
	module *module
	action string
	id     string // of the path; empty or "0" if it names no record

	body    emulate.Record
	request any
	user    int64 // who asks; 0 for the company key
}

// inside answers what is below the API's root, in the order in which the
// platform seems to look: the form of the request, the app, the credential,
// the path, the right.
func (s *Server) inside(c *emulate.Call, path string) emulate.Answer {
	if c.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, "Only POST is allowed, also for reading and deleting").With("Allow", http.MethodPost)
	}
	body, refused := readBody(c)
	if refused != nil {
		return *refused
	}
	if refused := s.checkApp(c, body); refused != nil {
		return *refused
	}
	if path == "userAuth/modify" {
		return s.signIn(body)
	}
	user, refused := s.checkCredential(body)
	if refused != nil {
		return *refused
	}
	name, rest, _ := strings.Cut(path, "/")
	m := s.modules[name]
	if m == nil {
		return refuse(http.StatusNotFound, messages("Unknown module: "+name+"; the emulator has those that the library has methods for"))
	}
	action, _, _ := strings.Cut(rest, "/")
	if c.Operation() == nil {
		return refuse(http.StatusNotFound, messages("Unknown action, or an id missing or too many: "+path))
	}
	request := &call{Call: c, module: m, action: action, id: c.Values["id"], body: body, request: body["request"], user: user}
	return s.act(request)
}

func readBody(c *emulate.Call) (emulate.Record, *emulate.Answer) {
	if kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, refusal(http.StatusBadRequest, messages("Content-Type must be application/json"))
	}
	value, err := emulate.ReadJSON(c.Content)
	if err != nil {
		return nil, refusal(http.StatusBadRequest, messages("The body is not valid JSON: "+err.Error()))
	}
	body, ok := value.(emulate.Record)
	if !ok {
		return nil, refusal(http.StatusBadRequest, messages("The body must be a JSON object"))
	}
	return body, nil
}

// fields is the request as the object that most actions want. PHP clients send
// an empty list for an empty object, and some calls leave it out.
func (c *call) fields() (emulate.Record, bool) {
	switch request := c.request.(type) {
	case nil:
		return emulate.Record{}, true
	case emulate.Record:
		return request, true
	case []any:
		return emulate.Record{}, len(request) == 0
	default:
		return nil, false
	}
}

// flag reads a switch at the top level of the body.
func (c *call) flag(name string) bool {
	on, _ := boolOf(c.body[name])
	return on
}

// flagAnywhere reads a switch at the top level or inside request: sources
// differ on the place of include_deleted and include_subtasks.
func (c *call) flagAnywhere(name string) bool {
	if c.flag(name) {
		return true
	}
	request, _ := c.request.(emulate.Record)
	on, _ := boolOf(request[name])
	return on
}

// number is the record's id in the path; 0 if there is none.
func (c *call) number() (int64, bool) {
	if c.id == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(c.id, 10, 64)
	return n, err == nil && n >= 0
}

// success is an answer with data. The platform writes statusCode as a number
// and as text: here it is text for the actions that name one record.
func (c *call) success(data any) emulate.Answer {
	envelope := c.envelope()
	envelope["data"] = data
	return emulate.JSON(http.StatusOK, envelope)
}

// done is a success without a data member.
func (c *call) done() emulate.Answer { return emulate.JSON(http.StatusOK, c.envelope()) }

func (c *call) envelope() emulate.Record {
	envelope := emulate.Record{"status": "OK", "statusCode": http.StatusOK, "messages": nil}
	if c.action == "view" || c.action == "delete" {
		envelope["statusCode"] = "200"
	}
	return envelope
}

// messages is one of the forms that error texts come in.
func messages(texts ...string) any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return emulate.Record{"error": list}
}

// refuse is an error with an HTTP status. statusCode is text for 404 and 429.
func refuse(status int, messages any) emulate.Answer {
	return emulate.JSON(status, failure(status, messages))
}

// refuseInside is an error in an answer of HTTP 200.
func refuseInside(status int, messages any) emulate.Answer {
	return emulate.JSON(http.StatusOK, failure(status, messages))
}

func refusal(status int, messages any) *emulate.Answer {
	return new(refuse(status, messages))
}

func failure(status int, messages any) emulate.Record {
	envelope := emulate.Record{"status": "ERROR", "statusCode": status, "messages": messages}
	if status == http.StatusNotFound || status == http.StatusTooManyRequests {
		envelope["statusCode"] = strconv.Itoa(status)
	}
	return envelope
}
