package procore

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

// failure reads an error out of an answer. Procore writes errors in more than a
// dozen shapes; see refusal.
func failure(call *connector.Call, a *rest.Answer) *connector.Error {
	if a.Status < 400 {
		return nil
	}
	e := &connector.Error{Status: a.Status, Kind: rest.KindOf(a.Status)}
	r := &refusal{fields: map[string][]string{}}
	r.read(a.Body)
	e.Code, e.Message = r.code, strings.Join(slices.Compact(r.texts), "; ")
	if len(r.fields) > 0 {
		e.Fields = r.fields
	}
	e.Remedy = remedy(call, e)
	return e
}

func remedy(call *connector.Call, e *connector.Error) string {
	company := call.Named[companyVariable]
	switch {
	case e.Status == http.StatusForbidden && strings.Contains(e.Message, "not connected to this company"):
		return "install the app in company " + company + ": an administrator does so in Procore's app marketplace"
	case strings.Contains(e.Message, "Missing Procore-Company-Id"):
		return "set Options.CompanyID, or procore.Company for one call"
	case e.Status == http.StatusForbidden:
		return "check the permissions of the user or service account, that the tool is on in the project, and that company " + company + " is right"
	case e.Status == http.StatusUnauthorized:
		return "check the token and that it belongs to this environment, or sign in again"
	case e.Status == http.StatusNotFound && company != "":
		return "check the ids and company " + company + "; Procore hides what a user may not see in the same way"
	case e.Status == http.StatusRequestTimeout:
		return "narrow the query with filters or a smaller page: it was too slow for Procore"
	}
	return ""
}

// A refusal gathers what an error body says, whatever its shape:
//
//	{"code", "message", "fields", "reason", "error"}     {"error": {"code", "message", "details": [{…}]}}
//	{"errors": "text" | ["text"] | [{…}] | {"field": ["text"]}}     {"error": "text"}     ["text"]     plain text
type refusal struct {
	code   string
	texts  []string
	fields map[string][]string
	depth  int
}

func (r *refusal) read(body []byte) {
	body = bytes.TrimSpace(body)
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil {
		r.list(list)
		return
	}
	members, err := wire.Members(body)
	if err != nil {
		if !bytes.HasPrefix(body, []byte("<")) {
			r.add(string(body))
		}
		return
	}
	r.object(members)
}

// object reads a body, an error member, or one of its details.
func (r *refusal) object(members map[string]json.RawMessage) {
	for _, key := range []string{"code", "reason_code"} {
		if code, err := wire.Text(members[key]); err == nil && r.code == "" {
			r.code = code
		}
	}
	for _, key := range []string{"message", "reason", "base", "error_description"} {
		r.value(members[key])
	}
	r.value(members["error"])
	r.fieldsOf(members["errors"])
	r.fieldsOf(members["fields"])
	r.value(members["details"])
}

// deepest is how deep a refusal is read: each level is read anew.
const deepest = 8

// value reads text, a list, or an object like a body.
func (r *refusal) value(raw json.RawMessage) {
	if r.depth == deepest {
		return
	}
	r.depth++
	defer func() { r.depth-- }()
	var list []json.RawMessage
	switch wire.Kind(raw) {
	case "string", "number":
		text, _ := wire.Text(raw)
		r.add(text)
	case "list":
		if json.Unmarshal(raw, &list) == nil {
			r.list(list)
		}
	case "object":
		if members, err := wire.Members(raw); err == nil {
			r.object(members)
		}
	}
}

func (r *refusal) list(list []json.RawMessage) {
	for _, item := range list {
		r.value(item)
	}
}

// fieldsOf reads a member whose object is keyed by field.
func (r *refusal) fieldsOf(raw json.RawMessage) {
	if wire.Kind(raw) != "object" {
		r.value(raw)
		return
	}
	members, err := wire.Members(raw)
	if err != nil {
		return
	}
	for _, field := range slices.Sorted(maps.Keys(members)) {
		inner := &refusal{fields: map[string][]string{}, depth: r.depth}
		inner.value(members[field])
		if len(inner.texts) == 0 {
			continue
		}
		r.fields[field] = append(r.fields[field], inner.texts...)
		r.add(field + ": " + strings.Join(inner.texts, ", "))
	}
}

func (r *refusal) add(text string) {
	if text = strings.TrimSpace(text); text != "" {
		r.texts = append(r.texts, text)
	}
}
