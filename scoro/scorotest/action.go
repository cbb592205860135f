package scorotest

import (
	"net/http"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// act carries out one action of a module.
func (s *Server) act(c *call) emulate.Answer {
	if answer, is := s.odd(c); is {
		return answer
	}
	switch c.action {
	case "list", "":
		return s.list(c)
	case "view":
		return s.view(c)
	case "modify":
		return s.modify(c)
	case "batchModify":
		return s.batchModify(c)
	case "delete", "unsubscribe":
		return s.remove(c)
	case "setDone":
		return s.setDone(c)
	case "pdf":
		return s.pdf(c)
	case "getRelatedObjects":
		return s.relatedObjects(c)
	case "settings":
		return s.userSettings(c)
	case "subscribe":
		return s.subscribe(c)
	default:
		return c.success(s.typed.Value(c.Operation().Answer.Type, 1))
	}
}

func (s *Server) view(c *call) emulate.Answer {
	id, _ := c.number()
	r, ok := s.live(c.module, id)
	if !ok {
		return c.unknown()
	}
	return c.success(s.show(c, r, true))
}

// unknown refuses an id: as an HTTP 404 for view and modify, inside an HTTP
// 200 for the actions that answer no data.
func (c *call) unknown() emulate.Answer {
	text := emulate.Record{"error": c.module.name + ": no record has the id " + c.id}
	switch c.action {
	case "delete", "setDone", "unsubscribe":
		return refuseInside(http.StatusNotFound, text)
	default:
		return refuse(http.StatusNotFound, text)
	}
}

func (s *Server) userSettings(c *call) emulate.Answer {
	id, _ := c.number()
	if _, ok := s.live(c.module, id); !ok {
		return c.unknown()
	}
	return c.success(s.settings(id, 1))
}

// relatedObjects answers a block for each module, with what names the record.
func (s *Server) relatedObjects(c *call) emulate.Answer {
	id, _ := c.number()
	if _, ok := s.live(c.module, id); !ok {
		return c.unknown()
	}
	by := "project_id"
	if c.module.collection == "contacts" {
		by = "company_id"
	}
	blocks := emulate.Record{}
	for _, name := range []string{"projects", "tasks", "calendar", "invoices", "quotes"} {
		other := s.modules[name]
		if other == nil || name == c.module.name {
			continue
		}
		items := []any{}
		for _, r := range s.rows(other, func(r emulate.Record) bool { return r[by] == id && !isDeleted(r) }) {
			items = append(items, emulate.Record{"id": r[other.key]})
		}
		blocks[name] = emulate.Record{"items": items, "totals": []any{}}
	}
	return c.success(blocks)
}

// setDone completes a task or a time entry.
func (s *Server) setDone(c *call) emulate.Answer {
	id, _ := c.number()
	if _, ok := s.live(c.module, id); !ok {
		return c.unknown()
	}
	fields, ok := c.fields()
	if !ok {
		return refuse(http.StatusBadRequest, messages("request must be an object"))
	}
	at, err := plainDatetime(fields["completed_datetime"])
	if err != nil {
		return refuse(http.StatusBadRequest, emulate.Record{"error": emulate.Record{"completed_datetime": err.Error()}})
	}
	now := datetime(s.state.Now())
	if at == "" {
		at = now
	}
	s.state.Update(c.module.collection, id, func(r emulate.Record) {
		r["is_completed"] = true
		r["modified_date"] = now
		for _, name := range []string{"datetime_completed", "completed_datetime"} {
			if _, known := c.module.fields[name]; known {
				r[name] = at
			}
		}
	})
	return c.done()
}

// remove marks a record as deleted; subscriptions are gone at once.
func (s *Server) remove(c *call) emulate.Answer {
	id, _ := c.number()
	if _, ok := s.live(c.module, id); !ok {
		return c.unknown()
	}
	if c.action == "unsubscribe" {
		s.state.Delete(c.module.collection, id)
		return c.done()
	}
	now := datetime(s.state.Now())
	s.state.Update(c.module.collection, id, func(r emulate.Record) {
		r["is_deleted"] = true
		r["deleted_date"] = now
		r["modified_date"] = now
	})
	return c.done()
}

// stripped is a comment's text without its markup.
func stripped(html string) string {
	var text strings.Builder
	inside := false
	for _, r := range html {
		switch {
		case r == '<':
			inside = true
		case r == '>' && inside:
			inside = false
		case !inside:
			text.WriteRune(r)
		}
	}
	return text.String()
}
