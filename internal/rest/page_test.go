package rest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// numberedList plays a list of n records by page number, with Link headers.
type numberedList struct {
	ids   []int64
	size  int                             // of a page, whatever is asked; 0 is what is asked
	fault map[int]faulttest.Step          // by page number
	edit  func(page int, l *numberedList) // before a page is answered
}

func (l *numberedList) script(_ int, a faulttest.Arrival) faulttest.Step {
	page, _ := strconv.Atoi(a.URL.Query().Get("page"))
	if step, found := l.fault[page]; found {
		return step
	}
	if l.edit != nil {
		l.edit(page, l)
	}
	size := l.size
	if size == 0 {
		size, _ = strconv.Atoi(a.URL.Query().Get("per_page"))
	}
	from, to := min((page-1)*size, len(l.ids)), min(page*size, len(l.ids))
	items := []thing{}
	for _, id := range l.ids[from:to] {
		items = append(items, thing{ID: id, Name: fmt.Sprint("thing ", id)})
	}
	body, _ := json.Marshal(items)
	step := status(200, string(body)).With("Total", strconv.Itoa(len(l.ids)))
	if to < len(l.ids) {
		query := a.URL.Query()
		query.Set("page", strconv.Itoa(page+1))
		step = step.With("Link", fmt.Sprintf(`<%s?page=1>; rel="first", <https://api.fake.example/v1/things?%s>; rel="next"`, a.URL.Path, query.Encode()))
	}
	return step
}

func upTo(n int64) []int64 {
	var ids []int64
	for id := int64(1); id <= n; id++ {
		ids = append(ids, id)
	}
	return ids
}

// walk collects what a walk over records hands out, and its error.
func walk(t *testing.T, c rest.Doer, opts ...connector.CallOption) (ids []int64, failed error) {
	t.Helper()
	for record, err := range rest.All[thing](t.Context(), c, list, nil, opts) {
		if err != nil {
			if failed != nil {
				t.Error("a second error")
			}
			failed = err
			continue
		}
		if failed != nil {
			t.Error("a record after the error")
		}
		ids = append(ids, record.ID)
	}
	return ids, failed
}

func TestWalk(t *testing.T) {
	tests := []struct {
		name     string
		list     numberedList
		arrivals int
	}{
		{"whole pages", numberedList{ids: upTo(9)}, 3},
		{"a short last page", numberedList{ids: upTo(8)}, 3},
		{"one record", numberedList{ids: upTo(1)}, 1},
		{"nothing", numberedList{}, 1},
		{"P4 smaller pages than asked", numberedList{ids: upTo(9), size: 2}, 5},
		{"P4 larger pages than asked", numberedList{ids: upTo(9), size: 7}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onFakeTime(t, test.list.script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				ids, err := walk(t, c)
				if err != nil || !slices.Equal(ids, test.list.ids) {
					t.Errorf("got %v, %v", ids, err)
				}
				wantCount(t, server, test.arrivals)
			})
		})
	}
}

// P1: a next link decides where in the list we go on, never where credentials go.
func TestForeignLinks(t *testing.T) {
	for name, link := range map[string]string{
		"another host": "https://evil.example/v1/things?page=2&token=" + canary, "another scheme": "http://api.fake.example/v1/things?page=2",
		"another port": "https://api.fake.example:444/v1/things?page=2", "a user": "https://api.fake.example@evil.example/v1/things?page=2",
		"a user on our host": "https://u:" + canary + "@api.fake.example/v1/things?page=2", "above the root": "https://api.fake.example/v2/things?page=2",
		"no scheme": "//evil.example/v1/things?page=2", "a longer host": "https://api.fake.example.evil.example/v1/things?page=2", "a script": "javascript:alert(1)",
		"malformed": "https://%zz/",
	} {
		t.Run("P1 "+name, func(t *testing.T) {
			step := status(200, `[{"id":1}]`).With("Link", "<"+link+`>; rel="next"`)
			onFakeTime(t, faulttest.Steps(step), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				_, err := walk(t, c)
				wantKind(t, err, connector.Origin)
				wantCount(t, server, 1)
			})
		})
	}
	for name, link := range map[string]string{
		"relative": "/v1/things?page=2", "query alone": "?page=2", "upper case and port": "https://API.fake.example:443/v1/things?page=2",
		"another path below the root": "https://api.fake.example/v1/other/../things?page=2", "without quotes": "https://api.fake.example/v1/things?page=2",
	} {
		t.Run("good: "+name, func(t *testing.T) {
			first := status(200, `[{"id":1}]`).With("Link", `<https://x.example/?a=",">; title="a, b"; rel="prev", <`+link+`>; REL="last Next"`)
			onFakeTime(t, faulttest.Steps(first, status(200, `[{"id":2}]`)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				ids, err := walk(t, c)
				if err != nil || !slices.Equal(ids, []int64{1, 2}) {
					t.Fatalf("got %v, %v", ids, err)
				}
				if got := server.Arrivals()[1].URL; got.Host != "api.fake.example" || got.Path != "/v1/things" || got.Query().Get("page") != "2" {
					t.Errorf("went on at %s", got)
				}
			})
		})
	}
}

// P2: an error in the middle comes once, behind all that was read, and the walk
// can go on from there.
func TestErrorInWalkAndResume(t *testing.T) {
	l := numberedList{ids: upTo(15), fault: map[int]faulttest.Step{3: status(403, `{}`)}}
	onFakeTime(t, l.script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		ids, err := walk(t, c, connector.PageSize(3))
		e := wantKind(t, err, connector.Forbidden)
		if !slices.Equal(ids, upTo(6)) || e.Next == "" {
			t.Fatalf("got %v and the place %q", ids, e.Next)
		}
		l.fault = nil
		rest, err := walk(t, c, connector.From(e.Next))
		if err != nil || !slices.Equal(append(ids, rest...), upTo(15)) {
			t.Errorf("went on with %v, %v", rest, err)
		}
		wantCount(t, server, 3+3)
	})
}

// P3: records come and go during the walk; no id comes twice.
func TestChangingList(t *testing.T) {
	t.Run("P3 records are added in front", func(t *testing.T) {
		l := numberedList{ids: upTo(12)}
		l.edit = func(page int, l *numberedList) {
			if page == 2 || page == 3 {
				l.ids = append([]int64{int64(100 + page), int64(200 + page)}, l.ids...)
			}
		}
		onFakeTime(t, l.script, func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			ids, err := walk(t, c)
			if err != nil || !slices.Equal(ids, upTo(12)) {
				t.Errorf("got %v, %v", ids, err)
			}
		})
	})
	t.Run("P3 a whole page is added in front", func(t *testing.T) {
		l := numberedList{ids: upTo(9)}
		l.edit = func(page int, l *numberedList) {
			if page == 2 {
				l.ids = append([]int64{101, 102, 103}, l.ids...)
			}
		}
		onFakeTime(t, l.script, func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			ids, err := walk(t, c)
			if err != nil || !slices.Equal(ids, upTo(9)) {
				t.Errorf("got %v, %v", ids, err)
			}
		})
	})
	t.Run("P3 records are removed", func(t *testing.T) {
		l := numberedList{ids: upTo(12)}
		l.edit = func(page int, l *numberedList) {
			if page == 2 {
				l.ids = l.ids[1:]
			}
		}
		onFakeTime(t, l.script, func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			ids, err := walk(t, c)
			seen := map[int64]bool{}
			for _, id := range ids {
				if seen[id] {
					t.Errorf("%d came twice", id)
				}
				seen[id] = true
			}
			if err != nil || len(ids) != 11 { // 4 was shifted over the border of a page, as documented
				t.Errorf("got %v, %v", ids, err)
			}
		})
	})
}

// P5: who leaves the loop asks for nothing more.
func TestBreak(t *testing.T) {
	l := numberedList{ids: upTo(15)}
	onFakeTime(t, l.script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		for range rest.All[thing](t.Context(), c, list, nil, nil) {
			break
		}
		wantCount(t, server, 1)
		pages := 0
		for page, err := range rest.Pages[thing](t.Context(), c, list, nil, nil) {
			if err != nil || page.Total != 15 {
				t.Fatalf("%+v, %v", page, err)
			}
			if pages++; pages == 2 {
				break
			}
		}
		wantCount(t, server, 3)
	})
}

// A platform that leads in circles is left.
func TestCircles(t *testing.T) {
	for name, steps := range map[string]faulttest.Script{
		"the same link again": faulttest.Steps(status(200, `[{"id":1}]`).With("Link", `</v1/things?page=2>; rel="next"`), status(200, `[{"id":2}]`).With("Link", `</v1/things?page=2>; rel="next"`)),
		"the same link with new records": func(n int, _ faulttest.Arrival) faulttest.Step {
			return status(200, fmt.Sprintf(`[{"id":%d}]`, n+1)).With("Link", `</v1/things?page=2>; rel="next"`)
		},
		"the same page for every number": func(n int, _ faulttest.Arrival) faulttest.Step {
			return status(200, `[{"id":1},{"id":2}]`).With("Link", fmt.Sprintf(`</v1/things?page=%d>; rel="next"`, n+2))
		},
	} {
		t.Run(name, func(t *testing.T) {
			onFakeTime(t, steps, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				_, err := walk(t, c)
				wantKind(t, err, connector.PageLimit)
				if server.Count() > 4 {
					t.Errorf("%d requests before the walk was left", server.Count())
				}
			})
		})
	}
}

func TestMaxPages(t *testing.T) {
	l := numberedList{ids: upTo(15)}
	onFakeTime(t, l.script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		ids, err := walk(t, c, connector.MaxPages(2))
		e := wantKind(t, err, connector.PageLimit)
		wantCount(t, server, 2)
		rest, err := walk(t, c, connector.From(e.Next), connector.MaxPages(0))
		if err != nil || len(ids)+len(rest) < 12 {
			t.Errorf("got %v and then %v, %v", ids, rest, err)
		}
	})
	onFakeTime(t, l.script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		bounded := c.As(auth.Static(canary), connector.MaxPages(2), connector.PageSize(1))
		_, err := walk(t, bounded)
		wantKind(t, err, connector.PageLimit)
		wantCount(t, server, 2)
	})
}

// Cursor and After lists, kept in members of the answer.
func TestOtherStyles(t *testing.T) {
	cursor := connector.Operation{ID: "c", Method: "GET", Path: "/things", Class: connector.Read, Key: "id",
		Paging: connector.Paging{Style: connector.Cursor, Page: "cursor", Size: "limit", Default: 2, Items: "entries", Next: "next", Total: "total"}}
	after := connector.Operation{ID: "a", Method: "GET", Path: "/things", Class: connector.Read, Key: "id",
		Paging: connector.Paging{Style: connector.After, Page: "start_after", Size: "limit", Default: 2, Items: "entries"}}
	script := func(_ int, a faulttest.Arrival) faulttest.Step {
		q := a.URL.Query()
		from, _ := strconv.Atoi(q.Get("cursor") + q.Get("start_after"))
		var items []string
		for id := from + 1; id <= min(from+2, 5); id++ {
			items = append(items, fmt.Sprintf(`{"id":%d}`, id))
		}
		next := ""
		if from+2 < 5 {
			next = strconv.Itoa(from + 2)
		}
		return status(200, fmt.Sprintf(`{"entries":[%s],"next":%q,"total":5}`, strings.Join(items, ","), next))
	}
	for _, op := range []connector.Operation{cursor, after} {
		onFakeTime(t, script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			items, err := rest.Slice[thing](t.Context(), c, op, nil, []connector.CallOption{connector.Param("filter", "x")})
			if err != nil || len(items) != 5 {
				t.Fatalf("%s: got %v, %v", op.ID, items, err)
			}
			for _, a := range server.Arrivals() {
				if a.URL.Query().Get("filter") != "x" || a.URL.Query().Get("limit") != "2" {
					t.Errorf("%s: a page was asked by %s", op.ID, a.URL)
				}
			}
		})
	}
}

// Where it is not certain that a platform obeys page numbers, the same page
// again is the end of the list and not a fault.
func TestUnsurePaging(t *testing.T) {
	op := connector.Operation{ID: "u", Method: "GET", Path: "/things", Class: connector.Read, Key: "id",
		Paging: connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Unsure: true}}
	same := func(int, faulttest.Arrival) faulttest.Step { return status(200, `[{"id":1},{"id":2}]`) }
	onFakeTime(t, same, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		items, err := rest.Slice[thing](t.Context(), c, op, nil, nil)
		if err != nil || len(items) != 2 {
			t.Errorf("got %v, %v", items, err)
		}
		wantCount(t, server, 2)
	})
	numbered := func(n int, _ faulttest.Arrival) faulttest.Step {
		if n == 2 {
			return status(200, `[]`)
		}
		return status(200, fmt.Sprintf(`[{"id":%d}]`, n+1))
	}
	onFakeTime(t, numbered, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		items, err := rest.Slice[thing](t.Context(), c, op, nil, nil)
		if err != nil || len(items) != 2 {
			t.Errorf("got %v, %v", items, err)
		}
		wantCount(t, server, 3)
	})
}

// A place that is not ours does no harm.
func TestOddPlaces(t *testing.T) {
	l := numberedList{ids: upTo(5)}
	for _, place := range []string{"#", "#-1", "page=2#x", "%zz", "page=2;x", "https://evil.example/?page=2", "\x00"} {
		onFakeTime(t, l.script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			_, _ = rest.List[thing](t.Context(), c, list, nil, []connector.CallOption{connector.From(place)})
			for _, a := range server.Arrivals() {
				if a.URL.Host != "api.fake.example" || a.URL.Path != "/v1/things" {
					t.Errorf("%q led to %s", place, a.URL)
				}
			}
		})
	}
}
