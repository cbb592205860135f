package rest

import (
	"maps"
	"net/url"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/connector"
)

// A position is where a list goes on. As text, in Page.Next, it is the query
// parameters of the page, and behind a "#" the number of different records before it.
type position struct {
	params url.Values
	before int
}

func readPlace(text string) position {
	query, count, _ := strings.Cut(text, "#")
	params, _ := url.ParseQuery(query)
	before, _ := strconv.Atoi(count)
	return position{params: params, before: max(before, 0)}
}

// isPlace reports whether a text may be a place: a caller may mistake a page's
// number for one. The empty text is the first page.
func isPlace(text string) bool {
	if text == "" {
		return true
	}
	query, _, _ := strings.Cut(text, "#")
	_, err := url.ParseQuery(query)
	return err == nil && strings.Contains(query, "=")
}

func (p position) String() string { return p.params.Encode() + "#" + strconv.Itoa(p.before) }

// pageOf is the part of a place that names the page. The count behind it grows
// even where a platform leads in circles.
func pageOf(place string) string {
	page, _, _ := strings.Cut(place, "#")
	return page
}

// numberOf is the page number of a place; ok is false if it has none.
func numberOf(place, param string) (n int, ok bool) {
	n, err := strconv.Atoi(readPlace(place).params.Get(param))
	return n, err == nil
}

// placeAfter is the place n pages behind a numbered one. How many records come
// before is left out: nobody knows.
func placeAfter(place, param string, n int) string {
	number, _ := numberOf(place, param)
	params := readPlace(place).params
	params.Set(param, strconv.Itoa(number+n))
	return params.Encode()
}

// place returns the parameters that ask for the page of a call.
func place(call *connector.Call) url.Values {
	paging := call.Operation.Paging
	params := readPlace(call.From).params
	if size := sizeOf(call); size > 0 && paging.Size != "" && !params.Has(paging.Size) {
		params.Set(paging.Size, strconv.Itoa(size))
	}
	switch {
	case params.Has(paging.Page):
	case paging.Style == connector.Numbered:
		params.Set(paging.Page, strconv.Itoa(paging.First))
	case paging.Style == connector.Cursor && paging.Start != "":
		params.Set(paging.Page, paging.Start)
	}
	return params
}

// Place returns page and size of a call whose paging travels in the body.
func Place(call *connector.Call) (page, size int) {
	paging := call.Operation.Paging
	params := readPlace(call.From).params
	page, size = paging.First, sizeOf(call)
	if n, err := strconv.Atoi(params.Get(paging.Page)); err == nil {
		page = max(n, paging.First)
	}
	if n, err := strconv.Atoi(params.Get(paging.Size)); err == nil && n > 0 && n <= size {
		size = n
	}
	return page, size
}

// sizeOf is the page size in force: the caller's wish within the platform's bound.
func sizeOf(call *connector.Call) int {
	paging := call.Operation.Paging
	size := call.PageSize
	if size <= 0 {
		size = paging.Default
	}
	if paging.Max > 0 {
		size = min(size, paging.Max)
	}
	return size
}

// marked reports whether a link named this page by a mark of its own, so that
// it has no number to count on from.
func (p position) marked(page string) bool { return len(p.params) > 0 && !p.params.Has(page) }

// linked is the place that a Link header names.
func (p position) linked(query url.Values, n int) string {
	return position{params: query, before: p.before + n}.String()
}

// at is the place behind a cursor or a record's id; none if value is empty.
func (p position) at(param, value string, n int) string {
	if value == "" {
		return ""
	}
	params := maps.Clone(p.params)
	params.Set(param, value)
	return position{params: params, before: p.before + n}.String()
}

// nextNumber is the place of the page after the one here, which brought n
// records, fresh of them new; none if the list has ended. A platform that
// states the total is believed when as many have come, but not that there are
// fewer than came; else a short page is the last one where the platform's pages
// are known to be full. But a round number of records may be a smaller page size
// than ours, which the platform imposed in silence, so then the next page is
// asked for: one request too many loses nothing.
func nextNumber(call *connector.Call, here position, n, fresh, total int) string {
	paging := call.Operation.Paging
	page, size := Place(call)
	short := paging.Short && n < size && n%5 != 0
	if short || here.before+fresh == total {
		return ""
	}
	if paging.Size != "" && size > 0 {
		here.params.Set(paging.Size, strconv.Itoa(size))
	}
	return here.at(paging.Page, strconv.Itoa(page+1), fresh)
}
