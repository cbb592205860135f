package emulate

import (
	"net/http"
	"strings"
)

// A Result is what [Typed.Do] made of a call.
type Result struct {
	Found bool     // false: the path names a record that does not exist
	List  []Record // of a list operation, whole: the emulator cuts its pages
	One   any      // of any other operation: a record, or a made-up value
}

// Do carries out a call whose meaning is in its verb and path, as on Procore
// and SecurityScorecard: a path that ends in a variable is one record, and
// what stands before it is the collection's path, filled in. GET lists or
// reads, POST creates, PATCH and PUT change, DELETE deletes; any other
// operation is answered with a made-up value of its type. sent is the record
// of the request, without its wrapper.
func (t *Typed) Do(c *Call, sent Record) Result {
	op := c.Operation()
	typeName := op.Answer.Type
	key := op.Key
	if key == "" {
		key = "id"
	}
	path := c.filled()
	if segments := split(op.Path); isVariable(segments[len(segments)-1]) {
		end := strings.LastIndexByte(path, '/')
		return t.item(c.Method, path[:end], key, typeName, path[end+1:], sent)
	}
	switch {
	case c.Route.Verb == http.MethodGet && isList(op.Answer.Type, op.Answer.Items):
		return Result{Found: true, List: t.List(path, key, typeName)}
	case c.Method == http.MethodPost && t.isRecord(typeName):
		return Result{Found: true, One: t.Create(path, key, typeName, sent)}
	default:
		return Result{Found: true, One: t.Value(typeName, 1)}
	}
}

func (t *Typed) item(verb, collection, key, typeName, id string, sent Record) Result {
	var r Record
	var found bool
	switch verb {
	case http.MethodDelete:
		return Result{Found: t.Delete(collection, key, typeName, id)}
	case http.MethodPatch, http.MethodPut:
		r, found = t.Update(collection, key, typeName, id, sent)
	default:
		r, found = t.Read(collection, key, typeName, id)
	}
	return Result{Found: found, One: r}
}

func (t *Typed) isRecord(typeName string) bool {
	return len(t.types[typeName].Fields) > 0
}

func isList(typeName, items string) bool {
	return strings.HasPrefix(typeName, "[]") || items != ""
}

func isVariable(segment string) bool {
	before, _, after, ok := cutVariable(segment)
	return ok && before == "" && after == ""
}
