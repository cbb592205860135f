package securityscorecardtest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A family is a group of lists that page alike. The platform has many.
type family struct {
	prefix   string // of the path
	suffix   string // of the path
	style    string // of the table, for lists that no prefix names
	first    int    // number of the first page
	size     string // name of the page-size parameter; empty if there is none
	standard int    // page size if none is asked for
	least    int    // a smaller size is refused
	most     int    // a larger size is refused; 0 means no bound
	clip     bool   // a larger size is reduced in silence
	members  string // what the answer has beside its list; "count" is size with the number of all records, "null" is size without a value
	link     bool   // a Link header leads to the next page
}

// families are tried in order; the last fits every path. The bounds are those
// of the platform's description and of what clients met; where neither tells
// what becomes of a page size out of bounds, it is refused.
func families() []family {
	return []family{
		{prefix: "/all-companies", size: "page_size", standard: 20, least: 10, most: 100, members: "page count"},
		{prefix: "/v2/portfolios/", size: "page_size", standard: 20, most: 200, members: "page size"},
		{prefix: "/v2/scorecards/", size: "page_size", standard: 20, most: 200, members: "page size"},
		{prefix: "/v2/organizations/", size: "page_size", standard: 50, most: 200, members: "page size"},
		{prefix: "/vendor-portfolio-automation/ingested-vendors", size: "page_size", standard: 50, most: 200, members: "page size"},
		{prefix: "/vendor-portfolio-automation/", size: "page_size", standard: 20, most: 200, members: "page size"},
		// The text of its documents says that 0 is the first page, although 1 is the default value.
		{prefix: "/audits/api-logs", size: "page_size", standard: 50, most: 200, members: "page size total", link: true},
		{prefix: "/footprint/", size: "page-size", standard: 50, most: 100, clip: true, members: "size total"},
		{prefix: "/vendor-detection/", first: 1, size: "limit", standard: 100, most: 5000, clip: true, members: "page size total", link: true},
		{suffix: "/expanded-risk", first: 1, size: "limit", standard: 100, most: 5000, members: "size total", link: true},
		{prefix: "/plans/", size: "limit", standard: 50, most: 200, members: "page size total"},
		{prefix: "/plans", first: 1, size: "pageSize", standard: 50, most: 200, members: "page size"},
		{suffix: "/notifications/recent", first: 1, size: "page_size", standard: 50, most: 50, clip: true, members: "page size"},
		{prefix: "/subscriptions", first: 1, size: "page-size", standard: 50, most: 50, clip: true, members: "size"},
		{prefix: "/max/v", size: "limit", standard: 100, most: 200, members: "page size total"},
		{prefix: "/max/partner/vendors", standard: 100, members: "page null total"},
		{prefix: "/max/", standard: 50, members: "page null total"},
		{prefix: "/v1/exposed-credentials/", first: 1, size: "size", standard: 100, least: 20, most: 500, members: "page size total"},
		{prefix: "/scorecard-notes/", first: 1, size: "page_size", standard: 50, most: 50, members: "page size"},
		{style: "scorecards", size: "page_size", standard: 20, most: 200, members: "page size"},
		{style: "searched", size: "page_size", standard: 50, members: "page size total"},
		{style: "managed", size: "limit", standard: 50, most: 200, members: "page size total"},
		{style: "assets", size: "page-size", standard: 50, most: 100, clip: true, members: "size total"},
		{style: "planned", first: 1, size: "pageSize", standard: 50, most: 200, members: "page size"},
		{style: "counted", size: "size", standard: 50, members: "page size"},
		{style: "unsized", standard: 50, members: "page null total"},
		{first: 1, size: "size", standard: 50, most: 50, members: "page size total", link: true},
	}
}

func familyOf(c *emulate.Call) family {
	all, path, style := families(), c.Route.Path, ""
	if op := c.Operation(); op != nil {
		style = op.Paging
	}
	for _, f := range all {
		if strings.HasPrefix(path, f.prefix) && strings.HasSuffix(path, f.suffix) && (f.style == "" || f.style == style) {
			return f
		}
	}
	return all[len(all)-1]
}

// asked are the parameters of a call: those of the query and, of a search by
// POST, the plain members of the body.
func asked(c *emulate.Call) url.Values {
	query := c.URL.Query()
	body, err := emulate.ReadJSON(c.Content)
	r, ok := body.(record)
	if err != nil || !ok {
		return query
	}
	for name, v := range r {
		switch v.(type) {
		case string, int64:
			query.Set(name, emulate.IDText(v))
		}
	}
	return query
}

// cursorPage is the style of the search over the attack surface. That the next
// cursor stands in a member of that name is not confirmed.
func (p *platform) cursorPage(c *emulate.Call, member string, all []record) (emulate.Answer, error) {
	values := asked(c)
	cursor := values.Get("cursor")
	if cursor == "initial" {
		cursor = ""
	}
	size, err := family{size: "size", standard: 1000}.pageSize(values.Get("size"))
	if err != nil {
		return emulate.Answer{}, err
	}
	part, next, err := emulate.Cursor(all, cursor, size)
	if err != nil {
		return emulate.Answer{}, badRequest("cursor: %v", err)
	}
	body := record{member: part, "total": len(all), "cursor": nil}
	if next != "" {
		body["cursor"] = next
	}
	return emulate.JSON(status(c, http.StatusOK), body), nil
}

// list answers a list: whole, or one page if the operation pages.
func (p *platform) list(c *emulate.Call, member string, all []record) (emulate.Answer, error) {
	if op := c.Operation(); op != nil && op.Paging == "cursored" {
		return p.cursorPage(c, member, all)
	}
	f := familyOf(c)
	if !f.pages(c) {
		return emulate.JSON(status(c, http.StatusOK), record{member: all}), nil
	}
	query := asked(c)
	page, err := strconv.Atoi(cmp.Or(query.Get("page"), strconv.Itoa(f.first)))
	if err != nil || page < f.first {
		return emulate.Answer{}, badRequest("page: %q is not a page; the first one is %d", query.Get("page"), f.first)
	}
	size, err := f.pageSize(query.Get(f.size))
	if err != nil {
		return emulate.Answer{}, err
	}
	body := record{member: emulate.Page(all, page-f.first, size)}
	for name := range strings.FieldsSeq(f.members) {
		switch name {
		case "page":
			body["page"] = page
		case "size":
			body["size"] = size
		case "count":
			body["size"] = len(all)
		case "null":
			body["size"] = nil
		case "total":
			body["total"] = len(all)
		}
	}
	a := emulate.JSON(status(c, http.StatusOK), body)
	if f.link && page-f.first+1 < emulate.Pages(len(all), size) {
		query.Set("page", strconv.Itoa(page+1))
		a = a.With("Link", fmt.Sprintf("<%s%s?%s>; rel=\"next\"", origin(c), c.URL.EscapedPath(), query.Encode()))
	}
	return a, nil
}

// pages reports whether the operation pages: whether the table has a parameter
// for it. What the table does not have, and yet calls for a page, does.
func (f family) pages(c *emulate.Call) bool {
	op := c.Operation()
	if op == nil || f.style == "searched" {
		return true
	}
	for _, param := range op.Params {
		if param.In == "query" && (param.Name == "page" || param.Name == f.size) {
			return true
		}
	}
	return false
}

func (f family) pageSize(text string) (int, error) {
	if text == "" || f.size == "" {
		return f.standard, nil
	}
	size, err := strconv.Atoi(text)
	least := max(f.least, 1)
	switch {
	case err != nil || size < least:
		return 0, badRequest("%s: %q is not a page size; the smallest is %d", f.size, text, least)
	case f.most > 0 && size > f.most && f.clip:
		return f.most, nil
	case f.most > 0 && size > f.most:
		return 0, badRequest("%s: %d is too large; the largest is %d", f.size, size, f.most)
	}
	return size, nil
}
