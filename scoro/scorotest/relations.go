package scorotest

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A relation is kept for each thing and kind of others: {object_id, type,
// related_objects: {kind: [objects]}}. It is written with a list of ids.

// relate adds relations between a thing and others. Those that were there
// stay: what the platform does with them is not known.
func (s *Server) relate(c *call) emulate.Answer {
	id, kind, others, refused := c.relation()
	if refused != nil {
		return *refused
	}
	r, ok := s.state.Get(c.module.collection, id)
	if !ok {
		fields, _ := c.fields()
		object, _ := plainInt(fields["object_id"])
		r = emulate.Record{"object_id": object, "type": kind, "related_objects": emulate.Record{kind: []any{}}}
	}
	objects := r["related_objects"].(emulate.Record)[kind].([]any)
	for _, other := range others {
		if !slices.ContainsFunc(objects, has(other)) {
			objects = append(objects, emulate.Record{"id": other, "relation": "", "comment": "", "is_default": false})
		}
	}
	r["related_objects"] = emulate.Record{kind: objects}
	s.state.Put(c.module.collection, id, r)
	return c.success(s.show(c, r, true))
}

// unrelate ends relations. Ending what is not there is no mistake.
func (s *Server) unrelate(c *call) emulate.Answer {
	id, kind, others, refused := c.relation()
	if refused != nil {
		return *refused
	}
	r, ok := s.state.Get(c.module.collection, id)
	if !ok {
		return c.done()
	}
	left := r["related_objects"].(emulate.Record)[kind].([]any)
	for _, other := range others {
		left = slices.DeleteFunc(left, has(other))
	}
	if len(left) == 0 {
		s.state.Delete(c.module.collection, id)
		return c.done()
	}
	s.state.Update(c.module.collection, id, func(r emulate.Record) { r["related_objects"] = emulate.Record{kind: left} })
	return c.done()
}

// relation reads a request to relate or unrelate, and where it is kept.
func (c *call) relation() (id, kind string, others []any, refused *emulate.Answer) {
	fields, _ := c.fields()
	object, err := plainInt(fields["object_id"])
	kind, _ = fields["type"].(string)
	list, ok := fields["related_objects"].([]any)
	if err != nil || object == int64(0) || kind == "" || !ok {
		return "", "", nil, refusal(http.StatusBadRequest, messages("object_id, type and a list of related_objects are needed"))
	}
	for _, each := range list {
		other, err := plainInt(each)
		if err != nil {
			return "", "", nil, refusal(http.StatusBadRequest, messages("related_objects must be ids"))
		}
		others = append(others, other)
	}
	return fmt.Sprintf("%d/%s", object, kind), kind, others, nil
}

// has reports whether a related object has the id.
func has(id any) func(any) bool {
	return func(object any) bool { return object.(emulate.Record)["id"] == id }
}
