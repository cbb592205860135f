package rest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/wire"
)

// maxPages bounds a walk where the caller does not.
const maxPages = 10_000

// A walk remembers what bounds it: pages taken, places and records seen. It
// alone judges pages, one after the other, whenever they were read.
type walk[T any] struct {
	op     connector.Operation
	place  string
	pages  int
	stale  int // pages in a row that brought nothing new
	places map[string]bool
	ids    map[any]bool
	key    int // index of the id's field; -1 if T has none
	last   []T // the records of the page before, all of them
	full   int // records of the largest page
}

func newWalk[T any](op connector.Operation, opts []connector.CallOption) *walk[T] {
	call := &connector.Call{}
	for _, set := range opts {
		set(call)
	}
	return &walk[T]{op: op, place: call.From, places: map[string]bool{}, ids: map[any]bool{}, key: fieldOf[T](op.Key)}
}

// fieldOf finds the field that holds a record's id.
func fieldOf[T any](key string) int {
	t := reflect.TypeFor[T]()
	if key == "" || t.Kind() != reflect.Struct {
		return -1
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == key && t.Field(i).Type.Comparable() {
			return i
		}
	}
	return -1
}

// take finds where the walk goes on behind the page at its place, checks that
// it may, and drops the records that it has seen.
func (w *walk[T]) take(page *listAnswer[T]) error {
	fresh := w.fresh(page.Items)
	page.Next = page.next(w.place, fresh)
	if len(page.Items) > 0 && fresh == 0 {
		w.stale++
	} else {
		w.stale = 0
	}
	w.last = slices.Clone(page.Items)
	w.full = max(w.full, len(page.Items))
	page.Items = slices.DeleteFunc(page.Items, w.seen)
	w.remember(page.Items)
	w.pages++
	w.places[pageOf(w.place)] = true
	switch {
	case page.Next == "":
		return nil
	case w.stale > 0 && w.op.Paging.Unsure && !w.atSecondFirst():
		page.Next = ""
		return nil
	case w.places[pageOf(page.Next)]:
		return w.stopped(page, "the platform named a page a second time")
	case w.stale > 1: // one such page may be due to records that came in before it
		return w.stopped(page, "the platform answers pages that it had given before")
	case w.pages >= mostPages(page.call):
		return w.stopped(page, fmt.Sprintf("%d pages were read and the list goes on", w.pages))
	}
	w.place = page.Next
	return nil
}

// mostPages is how many pages a walk may take.
func mostPages(call *connector.Call) int { return cmp.Or(call.MaxPages, maxPages) }

// atSecondFirst reports whether the first page may have come twice: where we
// count from 0 and the platform from 1, it may take 0 for 1.
func (w *walk[T]) atSecondFirst() bool {
	return w.pages == 2 && w.op.Paging.Style == connector.Numbered && w.op.Paging.First == 0
}

// fresh counts the records that no earlier page brought.
func (w *walk[T]) fresh(items []T) int {
	if reflect.DeepEqual(w.last, items) {
		return 0
	}
	n := 0
	for _, record := range items {
		if !w.seen(record) {
			n++
		}
	}
	return n
}

// seen reports whether an earlier page brought the record. One without an id
// is never known again.
func (w *walk[T]) seen(record T) bool {
	return w.key >= 0 && w.ids[reflect.ValueOf(record).Field(w.key).Interface()]
}

// remember keeps the ids of a page, at its end: within a page one id may stand
// for more than one record.
func (w *walk[T]) remember(items []T) {
	if w.key < 0 {
		return
	}
	for _, record := range items {
		if id := reflect.ValueOf(record).Field(w.key); !id.IsZero() {
			w.ids[id.Interface()] = true
		}
	}
}

func (w *walk[T]) stopped(page *listAnswer[T], why string) error {
	e := &connector.Error{Kind: connector.PageLimit, Message: why, Next: page.Next}
	return page.client.named(page.call, e)
}

// broken tells the caller of a failed page where the walk can go on.
func (w *walk[T]) broken(err error) error {
	if e, ok := connector.AsError(err); ok && e.Next == "" {
		e.Next = w.place
	}
	return err
}

// A listReader is the out value of a list: it reads the answer by itself,
// since only it knows the type of the records.
type listReader interface {
	read(x *exchange, data json.RawMessage) error
}

// A listAnswer is one page as it was read. Where the list goes on is found
// later: that hangs on what earlier pages brought.
type listAnswer[T any] struct {
	connector.Page[T]
	client *Client
	call   *connector.Call
	link   url.Values // the query of the Link header's next page; nil without one
	mark   string     // the cursor or id behind which the list goes on; empty without one
}

func (l *listAnswer[T]) read(x *exchange, data json.RawMessage) error {
	l.client, l.call = x.client, x.call
	paging := x.call.Operation.Paging
	members := map[string]json.RawMessage{}
	at := ""
	if paging.Items != "" {
		var err error
		if members, err = wire.Members(data); err != nil {
			return x.unreadable("", err)
		}
		var found bool
		if data, found = members[paging.Items]; !found {
			return x.unreadable("", fmt.Errorf("no member %q", paging.Items))
		}
		at = "/" + paging.Items
	}
	if data != nil {
		if err := x.decode(at, data, &l.Items); err != nil {
			return err
		}
	}
	l.Total = x.total(members)
	var err error
	if l.link, err = x.linked(); err == nil && l.link == nil && !paging.Links && len(l.Items) > 0 {
		l.mark, err = l.marked(x, members)
	}
	return err
}

// total reads how many records the whole list has, -1 if nothing says so.
func (x *exchange) total(members map[string]json.RawMessage) int {
	total := -1
	if n, err := strconv.Atoi(x.answer.Header.Get("Total")); err == nil && n >= 0 {
		total = n
	}
	member := members[x.call.Operation.Paging.Total]
	if n, err := wire.Int(member); err == nil && len(member) > 0 && string(member) != "null" {
		total = int(n)
	}
	return total
}

// marked reads the mark that the following page is asked for by.
func (l *listAnswer[T]) marked(x *exchange, members map[string]json.RawMessage) (string, error) {
	paging := x.call.Operation.Paging
	switch paging.Style {
	case connector.Cursor:
		cursor, err := wire.Text(members[paging.Next])
		if err != nil {
			return "", x.unreadable("/"+paging.Next, err)
		}
		return cursor, nil
	case connector.After:
		key := cmp.Or(paging.Next, x.call.Operation.Key)
		id := idOf(l.Items[len(l.Items)-1], key)
		if id == "" {
			return "", x.unreadable("", fmt.Errorf("the last record has no %s, by which the list goes on", key))
		}
		return id, nil
	}
	return "", nil
}

// next is the place of the following page, empty behind the last one. This
// page stands at place and brought fresh new records.
func (l *listAnswer[T]) next(place string, fresh int) string {
	paging, here := l.call.Operation.Paging, readPlace(place)
	switch {
	case l.link != nil:
		return here.linked(l.link, fresh)
	case paging.Links || len(l.Items) == 0:
		return ""
	case l.mark != "":
		return here.at(paging.Page, l.mark, fresh)
	case paging.Style == connector.Numbered && !here.marked(paging.Page):
		return nextNumber(l.call, here, len(l.Items), fresh, l.Total)
	}
	return ""
}

// idOf is the record's id as text, empty if it has none.
func idOf[T any](record T, key string) string {
	field := fieldOf[T](key)
	if field < 0 || reflect.ValueOf(record).Field(field).IsZero() {
		return ""
	}
	return fmt.Sprint(reflect.ValueOf(record).Field(field).Interface())
}

// linked returns the query of the Link header's next page, nil without one.
// Only the query is taken over, onto our own address: a link decides where in
// the list we go on, never where our credentials go.
func (x *exchange) linked() (url.Values, error) {
	target := nextLink(x.answer.Header)
	if target == "" {
		return nil, nil
	}
	link, err := x.draft.url.Parse(target)
	if err != nil || !x.client.owns(link) {
		return nil, x.complete(originError(link))
	}
	return link.Query(), nil
}

// owns reports whether a link stays on the platform: the same origin or one of
// its fixed further hosts, below the API root.
func (c *Client) owns(link *url.URL) bool {
	if !strings.HasPrefix(link.EscapedPath(), c.base.EscapedPath()+"/") || link.User != nil {
		return false
	}
	return origin(link) == origin(c.base) || slices.Contains(c.platform.Origins, link.Scheme+"://"+link.Host)
}

// origin is scheme, host and port in one spelling.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" && u.Scheme == "https" {
		port = "443"
	} else if port == "" {
		port = "80"
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// nextLink finds the target with rel="next" in Link headers (RFC 8288).
func nextLink(h http.Header) string {
	for _, line := range h.Values("Link") {
		for line != "" {
			_, rest, found := strings.Cut(line, "<")
			if !found {
				break
			}
			target, params, found := strings.Cut(rest, ">")
			if !found {
				break
			}
			params, line = cutLink(params)
			if hasNext(params) {
				return strings.TrimSpace(target)
			}
		}
	}
	return ""
}

// cutLink splits at the comma that ends a link, which stands outside quotes.
func cutLink(s string) (params, rest string) {
	quoted := false
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func hasNext(params string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		rels := strings.Fields(strings.Trim(strings.TrimSpace(value), `"`))
		return slices.ContainsFunc(rels, func(r string) bool { return strings.EqualFold(r, "next") })
	}
	return false
}
