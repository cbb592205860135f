package rest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// pageFromOne is a server that counts its pages of two from 1, and takes 0 for 1.
func pageFromOne(n int64, total string) faulttest.Script {
	return func(_ int, a faulttest.Arrival) faulttest.Step {
		page, _ := strconv.Atoi(a.URL.Query().Get("page"))
		from := min(2*(max(page, 1)-1), int(n))
		items := []thing{}
		for _, id := range upTo(n)[from:min(from+2, int(n))] {
			items = append(items, thing{ID: id})
		}
		body, _ := json.Marshal(map[string]any{"entries": items, "total": json.RawMessage(total)})
		return status(200, string(body))
	}
}

// A list that we count from 0 and the platform from 1 loses and doubles nothing.
func TestFirstPageTwice(t *testing.T) {
	sure := connector.Paging{Style: connector.Numbered, Page: "page", Items: "entries", Total: "total"}
	unsure := sure
	unsure.Unsure = true
	for name, paging := range map[string]connector.Paging{"sure": sure, "unsure": unsure} {
		for _, n := range []int64{0, 1, 2, 3, 4, 5, 6, 9} {
			for _, total := range []string{"null", strconv.FormatInt(n, 10)} {
				t.Run(fmt.Sprint(name, " ", n, " of ", total), func(t *testing.T) {
					op := connector.Operation{ID: "l", Method: "GET", Path: "/things", Class: connector.Read, Key: "id", Paging: paging}
					onFakeTime(t, pageFromOne(n, total), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
						items, err := rest.Slice[thing](t.Context(), c, op, nil, nil)
						ids := []int64{}
						for _, item := range items {
							ids = append(ids, item.ID)
						}
						if err != nil || !slices.Equal(ids, upTo(n)) {
							t.Errorf("got %v, %v", ids, err)
						}
					})
				})
			}
		}
	}
}

// A total that is smaller than what came is no reason to stop.
func TestTotalThatLies(t *testing.T) {
	op := connector.Operation{ID: "l", Method: "GET", Path: "/things", Class: connector.Read, Key: "id",
		Paging: connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Items: "entries", Total: "total"}}
	for _, total := range []string{"0", "1", "-1", `"0"`, "99", "true", `"many"`} {
		onFakeTime(t, pageFromOne(5, total), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			items, err := rest.Slice[thing](t.Context(), c, op, nil, nil)
			if err != nil || len(items) != 5 {
				t.Errorf("a total of %s gave %v, %v", total, items, err)
			}
			wantCount(t, server, 4)
		})
	}
}

// A walk leaves out what an earlier page had. Within a page the platform must
// know what it says: an id there may stand for more than one record.
func TestSameIDInOnePage(t *testing.T) {
	script := faulttest.Steps(status(200, `[{"id":1,"name":"a"},{"id":1,"name":"b"}]`).With("Link", `<?page=2>; rel="next"`), status(200, `[{"id":1,"name":"b"},{"id":2}]`))
	onFakeTime(t, script, func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
		if ids, err := walk(t, c); err != nil || !slices.Equal(ids, []int64{1, 1, 2}) {
			t.Errorf("got %v, %v", ids, err)
		}
	})
}

// Where links with a mark of their own led on, a page without one is the last.
func TestLinksInNumberedList(t *testing.T) {
	op := connector.Operation{ID: "l", Method: "GET", Path: "/things", Class: connector.Read, Key: "id",
		Paging: connector.Paging{Style: connector.Numbered, Page: "page", First: 1}}
	script := func(_ int, a faulttest.Arrival) faulttest.Step {
		if a.URL.Query().Get("mark") == "b" {
			return status(200, `[{"id":2}]`)
		}
		return status(200, `[{"id":1}]`).With("Link", `<?mark=b>; rel="next"`)
	}
	onFakeTime(t, script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		items, err := rest.Slice[thing](t.Context(), c, op, nil, nil)
		if err != nil || len(items) != 2 {
			t.Errorf("got %v, %v", items, err)
		}
		wantCount(t, server, 2)
	})
}

// A list that goes on by the last record's id cannot do so without one.
func TestNoIDToGoOnBy(t *testing.T) {
	op := connector.Operation{ID: "l", Method: "GET", Path: "/things", Class: connector.Read, Key: "id",
		Paging: connector.Paging{Style: connector.After, Page: "after", Next: "name"}}
	onFakeTime(t, faulttest.Steps(status(200, `[{"id":1,"name":"a"},{"id":2}]`)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		_, err := rest.Slice[thing](t.Context(), c, op, nil, nil)
		if e := wantKind(t, err, connector.Decode); !strings.Contains(e.Message, "name") {
			t.Errorf("the error says %q", e.Message)
		}
		wantCount(t, server, 1)
	})
}

// Lists of another shape than declared fail; none is taken for the end.
func TestListsOfAnotherShape(t *testing.T) {
	numbered := connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Items: "entries"}
	cursor := connector.Paging{Style: connector.Cursor, Page: "cursor", Items: "entries", Next: "next"}
	for _, paging := range []connector.Paging{numbered, cursor} {
		op := connector.Operation{ID: "l", Method: "GET", Path: "/things", Class: connector.Read, Key: "id", Paging: paging}
		for _, body := range []string{`[{"id":1}]`, `{"entries":{"id":1}}`, `{"entries":"x"}`, `{}`, `null`, `7`, `{"items":[]}`, `<html>`, `{"entries":[{"id":1}],"next":{}`} {
			onFakeTime(t, faulttest.Steps(status(200, body)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				_, err := rest.Slice[thing](t.Context(), c, op, nil, nil)
				wantKind(t, err, connector.Decode)
				wantCount(t, server, 1)
			})
		}
	}
}

// Cursors without end, and those that point back, are left.
func TestCursorsWithoutEnd(t *testing.T) {
	for _, body := range []bool{false, true} {
		op := connector.Operation{ID: "l", Method: "POST", Path: "/things", Class: connector.Read, Key: "id",
			Paging: connector.Paging{Style: connector.Cursor, Page: "cursor", Start: "initial", Items: "entries", Next: "next", Body: body}}
		for name, next := range map[string]string{"its own": `"initial"`, "the same": `"x"`, "a number": `7`} {
			script := func(n int, _ faulttest.Arrival) faulttest.Step {
				return status(200, fmt.Sprintf(`{"entries":[{"id":%d}],"next":%s}`, n+1, next))
			}
			onFakeTime(t, script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				_, err := rest.SearchSlice[thing](t.Context(), c, op, nil, nil)
				if e, ok := connector.AsError(err); !ok || e.Kind != connector.PageLimit || server.Count() > 2 {
					t.Errorf("%s, body %v: %v after %d pages", name, body, err, server.Count())
				}
			})
		}
	}
}
