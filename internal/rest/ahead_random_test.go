package rest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// An oddList is a list as a platform may have it. What a page answers hangs on
// its number and size alone, so that it can be read in any order.
type oddList struct {
	paging  connector.Paging
	ids     []int64
	most    int // records that the platform gives at most, in silence; 0 for as many as asked
	halves  int // from this page on it gives half as many
	repeats int // from this page on it gives this page again
	fails   int // this page is refused
	total   int // what is added to the true total
	silent  bool
	latency []time.Duration // by page number
}

func newOddList(r *rand.Rand) oddList {
	const never = 1 << 30
	paging := connector.Paging{Style: connector.Numbered, Page: "page", First: r.IntN(2), Size: "size", Default: 1 + r.IntN(9), Items: "entries",
		Links: r.IntN(3) == 0, Short: r.IntN(3) == 0, Body: r.IntN(3) == 0, Unsure: r.IntN(8) == 0}
	l := oddList{paging: paging, halves: never, repeats: never, fails: -1, silent: r.IntN(3) == 0}
	if !l.silent && !paging.Links {
		l.paging.Total = "total"
	}
	l.ids = make([]int64, r.IntN(60))
	for i := range l.ids {
		l.ids[i] = int64(i + 1)
		if r.IntN(12) == 0 {
			l.ids[i] = int64(r.IntN(i + 1)) // shifted, or without an id
		}
	}
	for _, oddity := range []func(){
		func() { l.most = 1 + r.IntN(8) },
		func() { l.halves = r.IntN(8) },
		func() { l.repeats = r.IntN(8) },
		func() { l.fails = r.IntN(8) },
		func() { l.total = r.IntN(40) - 20 },
	} {
		if r.IntN(5) == 0 {
			oddity()
		}
	}
	for range 20 {
		l.latency = append(l.latency, time.Duration(r.IntN(100))*time.Millisecond)
	}
	return l
}

func (l oddList) script(_ int, a faulttest.Arrival) faulttest.Step {
	asked := map[string]any{}
	if l.paging.Body {
		_ = json.Unmarshal(a.Body, &asked)
	}
	for name, values := range a.URL.Query() {
		asked[name] = values[0]
	}
	page, _ := strconv.Atoi(fmt.Sprint(asked[l.paging.Page]))
	size, _ := strconv.Atoi(fmt.Sprint(asked[l.paging.Size]))
	step := l.answer(page, size)
	step.Delay = l.latency[page%len(l.latency)]
	return step
}

func (l oddList) answer(page, size int) faulttest.Step {
	if page == l.fails {
		return status(403, `{}`)
	}
	if l.most > 0 {
		size = min(size, l.most)
	}
	shown := max(min(page, l.repeats), l.paging.First)
	from := min((shown-l.paging.First)*size, len(l.ids))
	if page >= l.halves {
		size = (size + 1) / 2
	}
	to := min(from+size, len(l.ids))
	var items []string
	for _, id := range l.ids[from:to] {
		items = append(items, fmt.Sprintf(`{"id":%d}`, id))
	}
	total := max(len(l.ids)+l.total, 0)
	step := status(200, fmt.Sprintf(`{"entries":[%s],"total":%d}`, strings.Join(items, ","), total))
	if l.paging.Links && to < len(l.ids) {
		step = step.With("Link", fmt.Sprintf(`</v1/things?page=%d&size=%d>; rel="next"`, page+1, size))
	}
	if l.paging.Links && !l.silent {
		step = step.With("Total", strconv.Itoa(total))
	}
	return step
}

// A course is what a walk hands to its loop, and how many requests it took.
type course struct {
	pages []string
	err   string
	asked int
}

func (l oddList) course(t *testing.T, opts ...connector.CallOption) course {
	t.Helper()
	var got course
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(l.script)
		c := newClient(t, server, connector.Options{})
		op := connector.Operation{ID: "things.odd", Method: "POST", Path: "/things", Class: connector.Read, Key: "id", Paging: l.paging}
		var last connector.Response
		opts := append(opts, connector.WithResponse(&last))
		for page, err := range rest.SearchPages[thing](t.Context(), c, op, map[string]string{}, opts) {
			if err != nil {
				e, _ := connector.AsError(err)
				got.err = fmt.Sprintf("%v, next %q, last answer %d", err, e.Next, last.Status)
				continue
			}
			if got.err != "" {
				t.Error("a page behind the error")
			}
			got.pages = append(got.pages, fmt.Sprintf("%v next %q of %d, answer %d", page.Items, page.Next, page.Total, last.Status))
		}
		got.asked = server.Count()
	})
	return got
}

// Ahead changes nothing but the time: on thousands of odd lists the walk hands
// over the same pages, places and errors as page after page.
func TestAheadIsTheSameWalk(t *testing.T) {
	lists := uint64(400)
	if testing.Short() {
		lists = 100
	}
	for seed := range lists {
		r := rand.New(rand.NewPCG(seed, 5))
		l := newOddList(r)
		var opts []connector.CallOption
		if r.IntN(4) == 0 {
			opts = append(opts, connector.MaxPages(1+r.IntN(6)))
		}
		if r.IntN(4) == 0 {
			opts = append(opts, connector.From(fmt.Sprintf("page=%d&size=%d#%d", r.IntN(6), l.paging.Default, r.IntN(20))))
		}
		want := l.course(t, opts...)
		for _, n := range []int{1, 2, 1 + r.IntN(64)} {
			got := l.course(t, slices.Concat(opts, []connector.CallOption{connector.Ahead(n)})...)
			if !slices.Equal(got.pages, want.pages) || got.err != want.err {
				t.Fatalf("seed %d, %d ahead of %+v\ngot  %q %s\nwant %q %s", seed, n, l, got.pages, got.err, want.pages, want.err)
			}
			if got.asked > 2*want.asked+n || l.told() && got.asked > want.asked || l.paging.Unsure && got.asked != want.asked || l.silent && got.asked > 2*want.asked {
				t.Fatalf("seed %d, %d ahead of %+v: %d requests, and %d page after page", seed, n, l, got.asked, want.asked)
			}
		}
	}
}

// told reports whether the list says honestly how long it is, and is all there.
func (l oddList) told() bool {
	honest := oddList{paging: l.paging, ids: l.ids, most: l.most, halves: 1 << 30, repeats: 1 << 30, fails: -1, latency: l.latency}
	distinct := slices.Compact(slices.Sorted(slices.Values(l.ids)))
	return !l.silent && len(distinct) == len(l.ids) && fmt.Sprintf("%+v", l) == fmt.Sprintf("%+v", honest)
}
