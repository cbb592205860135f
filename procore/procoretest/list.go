package procoretest

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// Page sizes. Procore states none for the first version and recommends at
// most 2,000 there; here more is refused.
const (
	usualPage1 = 100
	mostPage1  = 2_000
	usualPage2 = 10
	mostPage2  = 100
)

// listing answers a list: filtered, sorted, cut to its page and seen through
// its view.
func (c *call) listing(all []record) (emulate.Answer, error) {
	conditions, err := c.filters()
	if err != nil {
		return emulate.Answer{}, err
	}
	kept := []record{}
	for _, r := range all {
		if c.fits(r, conditions) {
			kept = append(kept, r)
		}
	}
	return c.ordered(kept)
}

// fits reports whether a record has what the filters and the search want.
func (c *call) fits(r record, conditions []filter) bool {
	if slices.ContainsFunc(conditions, func(f filter) bool { return !f.keeps(r) }) {
		return false
	}
	search := c.query.Get("search")
	return search == "" || !c.declares("search") || contains(r, search)
}

// ordered answers a list that was filtered.
func (c *call) ordered(kept []record) (emulate.Answer, error) {
	if err := c.sort(kept); err != nil {
		return emulate.Answer{}, err
	}
	view, err := c.view()
	if err != nil {
		return emulate.Answer{}, err
	}
	return c.paged(kept, view)
}

// paged cuts the page in the operation's style.
func (c *call) paged(all []record, view func(record) any) (emulate.Answer, error) {
	switch {
	case c.declares("cursor"):
		return c.cursorPage(all, view)
	case c.declares("start_after"):
		return c.pageAfter("start_after", all, view)
	case c.declares("starting_after"):
		return c.pageAfter("starting_after", all, view)
	case c.declares("page_start"):
		return c.pageFrom(all, view)
	case c.Operation().Paging == "":
		return c.shown(all, view), nil // a list without pages comes whole
	default:
		return c.numberedPage(all, view)
	}
}

func (c *call) numberedPage(all []record, view func(record) any) (emulate.Answer, error) {
	usual, most := usualPage1, mostPage1
	if c.version2 {
		usual, most = usualPage2, mostPage2
	}
	first := 1
	if c.Operation().Paging == "pageOnly" {
		first = 0 // resource planning
	}
	page, err := c.number("page", first, first, 1<<31)
	if err != nil {
		return emulate.Answer{}, err
	}
	size, err := c.number("per_page", usual, 1, most)
	if err != nil {
		return emulate.Answer{}, err
	}
	a := c.shown(emulate.Page(all, page-first, size), view).
		With("Total", strconv.Itoa(len(all))).With("Per-Page", strconv.Itoa(size))
	address := url.URL{Scheme: "http", Host: c.Host, Path: c.URL.Path, RawQuery: c.URL.RawQuery}
	links := turned(emulate.Links(address, "page", page, emulate.Pages(len(all), size), first), page)
	if links == "" && c.version2 {
		return a, nil // of a single page the second version has no header, the first an empty one
	}
	return a.With("Link", links), nil
}

// turned changes the order of the links from page to page: readers must not
// count on one.
func turned(links string, by int) string {
	if links == "" {
		return ""
	}
	parts := strings.Split(links, ", ")
	by %= len(parts)
	return strings.Join(slices.Concat(parts[by:], parts[:by]), ", ")
}

// number reads a whole number of the query.
func (c *call) number(name string, usual, least, most int) (int, error) {
	text := c.query.Get(name)
	if !c.query.Has(name) {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, badParameter(name, "%q is not a whole number from %d to %d", text, least, most)
	}
	return n, nil
}

// cursorPage is the style of workflow instances. Where the next cursor stands
// is not documented: here in a pagination member and in the Link header.
func (c *call) cursorPage(all []record, view func(record) any) (emulate.Answer, error) {
	size, err := c.number("per_page", usualPage2, 1, mostPage2)
	if err != nil {
		return emulate.Answer{}, err
	}
	part, next, err := emulate.Cursor(all, c.query.Get("cursor"), size)
	if err != nil {
		return emulate.Answer{}, badParameter("cursor", "%v", err)
	}
	body := record{"data": c.shownList(part, view), "pagination": record{"next_cursor": nil}}
	if next == "" {
		return emulate.JSON(c.success(), body), nil
	}
	body["pagination"] = record{"next_cursor": next}
	query := c.URL.Query()
	query.Set("cursor", next)
	address := url.URL{Scheme: "http", Host: c.Host, Path: c.URL.Path, RawQuery: query.Encode()}
	return emulate.JSON(c.success(), body).With("Link", "<"+address.String()+`>; rel="next"`), nil
}

// pageAfter is the style of resource planning: limit, and the id of the last
// record seen.
func (c *call) pageAfter(param string, all []record, view func(record) any) (emulate.Answer, error) {
	size, err := c.number("limit", usualPage1, 1, mostPage1)
	if err != nil {
		return emulate.Answer{}, err
	}
	key := cmp.Or(c.Operation().Key, "id")
	part, ok := emulate.After(all, key, c.query.Get(param), size)
	if !ok {
		return emulate.Answer{}, badParameter(param, "no record has the id %q", c.query.Get(param))
	}
	pagination := record{"next_" + param: nil, "total_possible": len(all)}
	if len(part) > 0 && emulate.IDText(part[len(part)-1][key]) != emulate.IDText(all[len(all)-1][key]) {
		pagination["next_"+param] = emulate.IDText(part[len(part)-1][key])
	}
	return emulate.JSON(c.success(), record{"data": c.shownList(part, view), "pagination": pagination}), nil
}

// pageFrom is the style of webhook deliveries: page_start is the last id of the
// page before. That the id of the event is meant is a guess: no other is shown.
func (c *call) pageFrom(all []record, view func(record) any) (emulate.Answer, error) {
	size, err := c.number("page_size", usualPage1, 1, mostPage1)
	if err != nil {
		return emulate.Answer{}, err
	}
	part, ok := emulate.After(all, "event_id", c.query.Get("page_start"), size)
	if !ok {
		return emulate.Answer{}, badParameter("page_start", "no delivery has the event %q", c.query.Get("page_start"))
	}
	return c.shown(part, view), nil
}

func (c *call) shown(part []record, view func(record) any) emulate.Answer {
	return c.envelope(c.success(), c.shownList(part, view))
}

func (c *call) shownList(part []record, view func(record) any) []any {
	typeName := elem(c.Operation().Answer.Type)
	out := make([]any, len(part))
	for i, r := range part {
		out[i] = c.form(r, typeName)
		if shown, ok := out[i].(record); ok && view != nil {
			out[i] = view(shown)
		}
	}
	return out
}

// view reads view or serializer_view. The small views leave members out.
func (c *call) view() (func(record) any, error) {
	for _, param := range c.Operation().Params {
		if param.Name != "view" && param.Name != "serializer_view" {
			continue
		}
		name := c.query.Get(param.Name)
		switch name {
		case "ids", "ids_only", "only_ids":
			return only("id"), nil
		case "compact", "minimal", "short", "name", "list":
			return only("id", "name", "number", "subject", "title", "display_name", "active", "is_active"), nil
		case "", "default", "normal", "extended":
			return nil, nil
		}
		if words := c.p.words(param); !slices.Contains(words, name) {
			return nil, badParameter(param.Name, "%q is not a view of this list; it has %s", name, strings.Join(words, ", "))
		}
	}
	return nil, nil
}

func only(names ...string) func(record) any {
	return func(r record) any {
		out := record{}
		for _, name := range names {
			if v, ok := r[name]; ok {
				out[name] = v
			}
		}
		return out
	}
}

// sort orders a list by sort=a,-b, or by the two parameters of RFIs.
func (c *call) sort(all []record) error {
	if c.declares("sort[attribute]") {
		if c.query.Has("sort") {
			return badParameter("sort", "this list sorts by sort[attribute] and sort[direction]")
		}
		direction := cmp.Or(c.query.Get("sort[direction]"), "asc")
		if direction != "asc" && direction != "desc" {
			return badParameter("sort[direction]", "%q is neither asc nor desc", direction)
		}
		sortBy(all, c.query.Get("sort[attribute]"), direction == "desc")
		return nil
	}
	keys := strings.Split(c.query.Get("sort"), ",")
	for _, key := range slices.Backward(keys) { // the sort is stable: the last key first
		name, down := strings.CutPrefix(strings.TrimSpace(key), "-")
		if err := c.checkSort(name); err != nil {
			return err
		}
		sortBy(all, name, down)
	}
	return nil
}

func (c *call) checkSort(name string) error {
	if name == "" {
		return nil
	}
	for _, param := range c.Operation().Params {
		words := c.p.words(param)
		if param.Name == "sort" && len(words) > 0 && !slices.Contains(words, name) {
			return badParameter("sort", "%q is not one of %s", name, strings.Join(words, ", "))
		}
	}
	return nil
}

func sortBy(all []record, name string, down bool) {
	if name == "" {
		return
	}
	slices.SortStableFunc(all, func(a, b record) int {
		order := compare(sortable(a, name), sortable(b, name))
		if down {
			return -order
		}
		return order
	})
}

func sortable(r record, name string) any {
	v, ok := r[name]
	if base, found := strings.CutSuffix(name, "_name"); found && !ok {
		v = r[base]
	}
	if of, isRecord := v.(record); isRecord {
		return of["name"]
	}
	return v
}

// compare puts nothing first, numbers by size and texts by their letters.
func compare(a, b any) int {
	x, xErr := strconv.ParseFloat(emulate.IDText(a), 64)
	y, yErr := strconv.ParseFloat(emulate.IDText(b), 64)
	if xErr == nil && yErr == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(strings.ToLower(emulate.IDText(a)), strings.ToLower(emulate.IDText(b)))
}
