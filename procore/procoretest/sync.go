package procoretest

import (
	"errors"
	"net/http"

	"github.com/cordage-go/cordage/internal/emulate"
)

// maxUpdates is how many entries one sync takes.
const maxUpdates = 1_000

// sync creates or changes many records at once. It answers 200 whatever
// becomes of the entries; those that failed come back with what was wrong.
func (res *resource) sync(c *call) (emulate.Answer, error) {
	body, err := c.object()
	if err != nil {
		return emulate.Answer{}, err
	}
	updates, ok := body["updates"].([]any)
	if !ok {
		return emulate.Answer{}, missingMember("updates")
	}
	if len(updates) > maxUpdates {
		return emulate.Answer{}, tooManyUpdates(len(updates))
	}
	typeName := elem(c.bodyType("updates"))
	entities, failed := []any{}, []any{}
	for _, update := range updates {
		sent, ok := update.(record)
		if !ok {
			return emulate.Answer{}, badBody(errors.New("updates must be a list of objects"))
		}
		r, err := res.upsert(c, c.p.coerced(sent, typeName))
		if err != nil {
			failed = append(failed, withErrors(sent, err))
			continue
		}
		entities = append(entities, c.form(r, elem(c.Operation().Answer.Type)))
	}
	return emulate.JSON(http.StatusOK, record{"entities": entities, "errors": failed}), nil
}

// upsert finds an entry's record by id, else by origin_id, else creates it. An
// entry with both is found by id and gets the new origin_id.
func (res *resource) upsert(c *call, sent record) (record, error) {
	if id := sent["id"]; !isBlank(id) {
		if _, err := res.find(c, emulate.IDText(id)); err != nil {
			return nil, err
		}
		return res.change(c, id, sent)
	}
	if origin := emulate.IDText(sent["origin_id"]); origin != "" {
		known := res.all(c, func(r record) bool { return alive(r) && emulate.IDText(r["origin_id"]) == origin })
		if len(known) > 0 {
			return res.change(c, known[0]["id"], sent)
		}
	}
	return res.make(c, sent)
}

// withErrors returns the entry as it was sent, with what is wrong with it.
func withErrors(sent record, err error) record {
	out := emulate.Copy(sent)
	out["errors"] = rules{"base": {err.Error()}}
	r, ok := errors.AsType[*refusal](err)
	switch {
	case ok && r.broken != nil:
		out["errors"] = r.broken
	case ok && r.status == http.StatusNotFound:
		out["errors"] = rules{"id": {unknown}}
	}
	return out
}
