package scorotest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// The sizes of pages: larger wishes are cut without a word.
const (
	defaultSize  = 50
	maxSize      = 100
	maxSizeShown = 25 // with detailed_response
)

func (s *Server) list(c *call) emulate.Answer {
	page, size, err := c.page()
	if err != nil {
		return refuse(http.StatusBadRequest, messages(err.Error()))
	}
	filter, err := c.conditions()
	if err != nil {
		return refuse(http.StatusBadRequest, messages(err.Error()))
	}
	if _, ok := c.fields(); !ok {
		return refuse(http.StatusBadRequest, messages("request must be an object"))
	}
	scope, refused := s.scope(c)
	if refused != nil {
		return *refused
	}
	all := s.rows(c.module, func(r emulate.Record) bool {
		return scope(r) && c.matches(r, filter)
	})
	rows := []any{}
	for _, r := range emulate.Page(all, page-1, size) {
		rows = append(rows, s.row(c, r))
	}
	return c.success(rows)
}

// row is one record in a list.
func (s *Server) row(c *call, r emulate.Record) emulate.Record {
	out := s.show(c, r, c.flag("detailed_response"))
	if c.module.name == "comments" && c.plainComments() {
		text, _ := out["comment"].(string)
		out["comment"] = stripped(text)
	}
	if c.module.basic == nil || !c.flag("basic_data") {
		return out
	}
	short := emulate.Record{}
	for _, name := range c.module.basic {
		short[name] = out[name]
	}
	return short
}

func (c *call) plainComments() bool {
	request, _ := c.fields()
	html, sent := request["html"]
	on, _ := boolOf(html)
	return sent && !on
}

// page reads page and per_page, which may be numeric text. Page 0 is page 1.
func (c *call) page() (page, size int, err error) {
	page, size = 1, defaultSize
	for name, into := range map[string]*int{"page": &page, "per_page": &size} {
		v, sent := c.body[name]
		if !sent {
			continue
		}
		n, err := plainInt(v)
		if err != nil || n.(int64) < 0 {
			return 0, 0, fmt.Errorf("%s must be a positive whole number", name)
		}
		*into = int(min(n.(int64), 1<<30))
	}
	if size == 0 {
		size = defaultSize
	}
	most := maxSize
	if c.flag("detailed_response") {
		most = maxSizeShown
	}
	return max(page, 1), min(size, most), nil
}

// conditions reads the filter and leaves out what the platform does not obey.
func (c *call) conditions() (emulate.Record, error) {
	obeyed := emulate.Record{}
	switch filter := c.body["filter"].(type) {
	case nil:
	case []any:
		if len(filter) > 0 {
			return nil, fmt.Errorf("filter must be an object")
		}
	case emulate.Record:
		for name, want := range filter {
			if c.module.filters[name] {
				obeyed[name] = want
			}
		}
	default:
		return nil, fmt.Errorf("filter must be an object")
	}
	for name, want := range obeyed {
		if err := checkRange(name, want); err != nil {
			return nil, err
		}
	}
	return obeyed, nil
}

func checkRange(name string, want any) error {
	limits, _ := want.(emulate.Record)
	for _, end := range []string{"from_date", "to_date"} {
		v, sent := limits[end]
		if !sent {
			continue
		}
		text, _ := v.(string)
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return fmt.Errorf("filter %s: %s must be a date such as 2026-03-31", name, end)
		}
	}
	return nil
}

// scope is what a list shows before any filter: no deleted rows and no
// subtasks unless asked for, the comments of one object, what a bookmark holds.
func (s *Server) scope(c *call) (func(emulate.Record) bool, *emulate.Answer) {
	keep := []func(emulate.Record) bool{}
	if !c.flagAnywhere("include_deleted") {
		keep = append(keep, func(r emulate.Record) bool { return !isDeleted(r) })
	}
	if c.module.name == "tasks" && !c.flagAnywhere("include_subtasks") {
		keep = append(keep, func(r emulate.Record) bool { return !isSubtask(r) })
	}
	if c.module.name == "comments" {
		request, _ := c.fields()
		module, _ := request["module"].(string)
		object, err := plainInt(request["object_id"])
		if module == "" || err != nil || object == int64(0) {
			return nil, refusal(http.StatusBadRequest, messages("request.module and request.object_id are needed"))
		}
		keep = append(keep, func(r emulate.Record) bool { return r["module"] == module && r["object_id"] == object })
	}
	if bookmark, sent := c.body["bookmark"]; sent {
		saved, refused := c.bookmark(bookmark)
		if refused != nil {
			return nil, refused
		}
		keep = append(keep, saved)
	}
	return func(r emulate.Record) bool {
		return !slices.ContainsFunc(keep, func(accepts func(emulate.Record) bool) bool { return !accepts(r) })
	}, nil
}

func isSubtask(r emulate.Record) bool {
	parent, _ := r["parent_id"].(int64)
	return parent != 0
}

// bookmark is the only saved view that the site has: projects in progress.
func (c *call) bookmark(v any) (func(emulate.Record) bool, *emulate.Answer) {
	if c.user == 0 {
		return nil, refusal(http.StatusForbidden, []any{"Bookmarks belong to users: use a user_token"})
	}
	record, _ := v.(emulate.Record)
	id, err := plainInt(record["bookmark_id"])
	if err != nil || id != int64(1) || c.module.name != "projects" {
		return nil, refusal(http.StatusNotFound, messages("There is no such bookmark"))
	}
	return func(r emulate.Record) bool { return r["status"] == "inprogress" }, nil
}

// matches reports whether a record fulfils all conditions.
func (c *call) matches(r emulate.Record, filter emulate.Record) bool {
	for name, want := range filter {
		if !matchValue(c.filtered(r, name), want) {
			return false
		}
	}
	return true
}

// filtered is the value that a condition looks at.
func (c *call) filtered(r emulate.Record, name string) any {
	switch {
	case c.module.name == "tasks" && (name == "user_id" || name == "doer_id"):
		return r["related_users"]
	case c.module.name == "timeEntries" && name == "task_id":
		if r["event_type"] != "task" {
			return nil
		}
		return r["event_id"]
	case c.module.name == "timeOffs" && name == "date":
		return daysOff(r)
	case r[name] == nil && c.module.fields[name].Type == "bool":
		return false
	default:
		return r[name]
	}
}

func matchValue(v, want any) bool {
	if list, ok := v.([]any); ok {
		return slices.ContainsFunc(list, func(each any) bool { return matchValue(each, want) })
	}
	switch want := want.(type) {
	case []any:
		return slices.ContainsFunc(want, func(each any) bool { return matchValue(v, each) })
	case emulate.Record:
		return matchObject(v, want)
	case string:
		if strings.Contains(want, "%") {
			return matchWildcard(emulate.IDText(v), want)
		}
	}
	if on, ok := v.(bool); ok {
		wanted, known := boolOf(want)
		return known && on == wanted
	}
	return strings.EqualFold(emulate.IDText(v), emulate.IDText(want))
}

// matchObject compares with a range of dates, both ends inclusive, or with the
// members of an object.
func matchObject(v any, want emulate.Record) bool {
	from, hasFrom := want["from_date"].(string)
	to, hasTo := want["to_date"].(string)
	if hasFrom || hasTo {
		text, _ := v.(string)
		day := text[:min(len(text), len(time.DateOnly))] // moments are kept in the site's zone
		return day != "" && (!hasFrom || day >= from) && (!hasTo || day <= to)
	}
	record, ok := v.(emulate.Record)
	if !ok {
		return false
	}
	for name, each := range want {
		if !matchValue(record[name], each) {
			return false
		}
	}
	return true
}

// matchWildcard compares without regard to case; % stands for any text.
func matchWildcard(text, pattern string) bool {
	parts := strings.Split(pattern, "%")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile("(?is)^" + strings.Join(parts, ".*") + "$").MatchString(text)
}
