package rest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

const latency = 100 * time.Millisecond

// late delays every answer of a script.
func late(script faulttest.Script) faulttest.Script {
	return func(n int, a faulttest.Arrival) faulttest.Step {
		step := script(n, a)
		step.Delay = latency
		return step
	}
}

// silent leaves out how long the list is.
func silent(script faulttest.Script) faulttest.Script {
	return func(n int, a faulttest.Arrival) faulttest.Step {
		step := script(n, a)
		step.Header.Del("Total")
		return step
	}
}

// How long a list of so many pages takes, and how many requests.
func TestAheadIsFast(t *testing.T) {
	for _, test := range []struct {
		pages, ahead int
		script       func(faulttest.Script) faulttest.Script
		rounds, most int // round trips, and requests
	}{
		{50, 0, late, 50, 50},
		{50, 1, late, 50, 50}, // the loop takes no time
		{50, 8, late, 8, 50},
		{50, 24, late, 4, 50},
		{50, 64, late, 2, 50},
		{1, 64, late, 1, 1},
		{2, 64, late, 2, 2},
		{50, 8, func(s faulttest.Script) faulttest.Script { return late(silent(s)) }, 10, 57}, // 1, 1, 2, 4, then 8 at a time
		{50, 24, func(s faulttest.Script) faulttest.Script { return late(silent(s)) }, 7, 73},
		{1, 64, func(s faulttest.Script) faulttest.Script { return late(silent(s)) }, 1, 1},
		{3, 64, func(s faulttest.Script) faulttest.Script { return late(silent(s)) }, 3, 4},
	} {
		t.Run(fmt.Sprintf("%d of %d", test.ahead, test.pages), func(t *testing.T) {
			l := numberedList{ids: upTo(int64(3 * test.pages))}
			onFakeTime(t, test.script(l.script), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				begun := time.Now()
				ids, err := walk(t, c, connector.Ahead(test.ahead))
				if err != nil || !slices.Equal(ids, l.ids) {
					t.Errorf("got %v, %v", ids, err)
				}
				if took := time.Since(begun); took != time.Duration(test.rounds)*latency {
					t.Errorf("took %v, want %d times %v", took, test.rounds, latency)
				}
				if n := server.Count(); n > test.most {
					t.Errorf("%d requests, want at most %d", n, test.most)
				}
			})
		})
	}
}

// A list without a word of its length and without links ends with an empty
// page: two requests for one page.
func TestAheadOfOnePage(t *testing.T) {
	op := connector.Operation{ID: "n", Method: "GET", Path: "/things", Class: connector.Read, Key: "id",
		Paging: connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "size", Default: 2}}
	script := func(_ int, a faulttest.Arrival) faulttest.Step {
		if a.URL.Query().Get("page") == "1" {
			return status(200, `[{"id":1},{"id":2}]`)
		}
		return status(200, `[]`)
	}
	onFakeTime(t, late(script), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		items, err := rest.Slice[thing](t.Context(), c, op, nil, []connector.CallOption{connector.Ahead(64)})
		if err != nil || len(items) != 2 {
			t.Errorf("got %v, %v", items, err)
		}
		wantCount(t, server, 2)
	})
}

// MaxPages bounds what is asked for, too.
func TestAheadOfMaxPages(t *testing.T) {
	l := numberedList{ids: upTo(60)}
	onFakeTime(t, late(l.script), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		ids, err := walk(t, c, connector.MaxPages(4), connector.Ahead(16))
		e := wantKind(t, err, connector.PageLimit)
		if len(ids) > 12 {
			t.Errorf("got %v", ids)
		}
		wantCount(t, server, 4)
		if rest, err := walk(t, c, connector.From(e.Next), connector.Ahead(16)); err != nil || len(rest) < 48 {
			t.Errorf("went on with %v, %v", rest, err)
		}
	})
}

// Marks and doubtful numbers are not read ahead.
func TestNotAhead(t *testing.T) {
	unsure := connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "size", Default: 2, Items: "entries", Unsure: true}
	cursor := connector.Paging{Style: connector.Cursor, Page: "cursor", Size: "limit", Default: 2, Items: "entries", Next: "next"}
	after := connector.Paging{Style: connector.After, Page: "start_after", Size: "limit", Default: 2, Items: "entries"}
	for name, paging := range map[string]connector.Paging{"unsure": unsure, "cursor": cursor, "after": after} {
		t.Run(name, func(t *testing.T) {
			op := connector.Operation{ID: "n", Method: "GET", Path: "/things", Class: connector.Read, Key: "id", Paging: paging}
			onFakeTime(t, late(pagesOf(paging)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				for page, err := range rest.Pages[thing](t.Context(), c, op, nil, []connector.CallOption{connector.Ahead(8)}) {
					if err != nil || len(page.Items) > 2 {
						t.Fatalf("got %v, %v", page, err)
					}
					before := server.Count()
					time.Sleep(time.Second)
					wantCount(t, server, before)
				}
			})
		})
	}
}

// P5: whoever leaves the loop, at whatever page and in whatever way, ends all
// requests under way and begins none.
func TestAheadLeft(t *testing.T) {
	leave := map[string]func() bool{"break": func() bool { return false }, "panic": func() bool { panic("in the body") }}
	for name, end := range leave {
		for at := range 12 {
			t.Run(fmt.Sprintf("P5 %s at page %d", name, at+1), func(t *testing.T) {
				l := numberedList{ids: upTo(36)}
				onFakeTime(t, late(l.script), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
					pages := 0
					func() {
						defer func() { _ = recover() }()
						for range rest.Pages[thing](t.Context(), c, list, nil, []connector.CallOption{connector.Ahead(4)}) {
							if pages++; pages == at+1 && !end() {
								break
							}
						}
					}()
					arrived := server.Count() // all goroutines have ended: synctest would wait for them, and goleak find them
					if most := min(at+1+4, 12); arrived > most {
						t.Errorf("%d requests for %d pages", arrived, at+1)
					}
					time.Sleep(time.Minute)
					wantCount(t, server, arrived)
				})
			})
		}
	}
}

// P2: an error on a page comes once, behind all pages before it, and the walk
// can go on from there.
func TestAheadError(t *testing.T) {
	for at := 1; at <= 8; at++ {
		t.Run(fmt.Sprint("P2 page ", at), func(t *testing.T) {
			l := numberedList{ids: upTo(24), fault: map[int]faulttest.Step{at: status(403, `{}`)}}
			onFakeTime(t, late(l.script), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				ids, err := walk(t, c, connector.Ahead(6))
				e := wantKind(t, err, connector.Forbidden)
				if !slices.Equal(ids, upTo(int64(3*(at-1)))) {
					t.Fatalf("got %v", ids)
				}
				arrived := server.Count()
				time.Sleep(time.Minute)
				wantCount(t, server, arrived)
				l.fault = nil
				rest, err := walk(t, c, connector.From(e.Next), connector.Ahead(6))
				if err != nil || !slices.Equal(append(ids, rest...), l.ids) {
					t.Errorf("went on from %q with %v, %v", e.Next, rest, err)
				}
			})
		})
	}
}

// P3: records are added while pages ahead are read, which come in any order. No
// id comes twice and none is lost, since the total tells.
func TestAheadOfChangingList(t *testing.T) {
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			l := numberedList{ids: upTo(60)}
			server := faulttest.NewTransport(func(n int, a faulttest.Arrival) faulttest.Step {
				if random.IntN(9) == 0 {
					l.ids = slices.Insert(l.ids, random.IntN(len(l.ids)), int64(1000+n))
				}
				return l.script(n, a)
			})
			shuffled := tripper(func(r *http.Request) (*http.Response, error) {
				time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond) // on the way there
				return server.RoundTrip(r)
			})
			ids, err := walk(t, newClient(t, shuffled, connector.Options{}), connector.Ahead(5))
			old := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id >= 1000 })
			if err != nil || !slices.Equal(old, upTo(60)) || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
				t.Errorf("P3 seed %d: got %v, %v", seed, ids, err)
			}
		})
	}
}

// A platform that names another next page than was guessed is followed, and
// guesses become few.
func TestWrongGuess(t *testing.T) {
	script := func(_ int, a faulttest.Arrival) faulttest.Step { // leads over every second page
		page, _ := strconv.Atoi(a.URL.Query().Get("page"))
		step := status(200, fmt.Sprintf(`[{"id":%d}]`, page)).With("Total", "20")
		if page < 19 {
			step = step.With("Link", fmt.Sprintf(`<?page=%d>; rel="next"`, page+2))
		}
		return step
	}
	onFakeTime(t, late(script), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		ids, err := walk(t, c, connector.Ahead(4))
		if err != nil || !slices.Equal(ids, []int64{1, 3, 5, 7, 9, 11, 13, 15, 17, 19}) {
			t.Errorf("got %v, %v", ids, err)
		}
		if n := server.Count(); n > 10+3+5 {
			t.Errorf("%d requests for 10 pages", n)
		}
	})
}

// Who cancels gets the error next, once, and nothing behind it; who closes too.
func TestAheadEnded(t *testing.T) {
	for kind, end := range map[connector.Kind]func(context.CancelFunc, *rest.Client){
		connector.Canceled: func(cancel context.CancelFunc, _ *rest.Client) { cancel() },
		connector.Closed:   func(_ context.CancelFunc, c *rest.Client) { c.Close() },
	} {
		t.Run(string(kind), func(t *testing.T) {
			l := numberedList{ids: upTo(90)}
			onFakeTime(t, late(l.script), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				time.AfterFunc(latency+latency/2, func() { end(cancel, c) })
				pages, errs := 0, 0
				for _, err := range rest.Pages[thing](ctx, c, list, nil, []connector.CallOption{connector.Ahead(8)}) {
					if pages++; err != nil {
						errs++
						wantKind(t, err, kind)
					}
				}
				if pages != 2 || errs != 1 {
					t.Errorf("%d pages and errors came, %d errors, want 2 and 1", pages, errs)
				}
			})
		})
	}
}

// The bound and the ways to set it: a call wins over a copy, a copy over what it
// is a copy of.
func TestAheadOption(t *testing.T) {
	for _, n := range []int{-1, 65} {
		onFakeTime(t, nil, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			_, err := walk(t, c, connector.Ahead(n))
			wantKind(t, err, connector.Invalid)
			wantCount(t, server, 0)
		})
	}
	l := numberedList{ids: upTo(30)}
	took := func(t *testing.T, c *rest.Client, opts ...connector.CallOption) time.Duration {
		begun := time.Now()
		if ids, err := walk(t, c, opts...); err != nil || len(ids) != 30 {
			t.Errorf("got %v, %v", ids, err)
		}
		return time.Since(begun)
	}
	synctest.Test(t, func(t *testing.T) {
		alone := newClient(t, faulttest.NewTransport(late(l.script)), connector.Options{Account: "tenant-17"})
		c := alone.As(auth.Static(canary), connector.Ahead(3))
		one := c.As(auth.Static(canary), connector.Ahead(9))
		for i, got := range []time.Duration{took(t, c), took(t, one), took(t, one, connector.Ahead(0)), took(t, c, connector.Ahead(0)), took(t, alone)} {
			if want := []time.Duration{4, 2, 10, 10, 10}[i] * latency; got != want {
				t.Errorf("case %d took %v, want %v", i, got, want)
			}
		}
		if _, err := rest.List[thing](t.Context(), c, list, nil, nil); err != nil {
			t.Error(err)
		}
	})
}

// On real sockets: pages come in any order, and the walk hands them over in theirs.
func TestAheadOnSocket(t *testing.T) {
	l := numberedList{ids: upTo(300)}
	server := faulttest.NewServer(t, func(n int, a faulttest.Arrival) faulttest.Step {
		step := l.script(n, a)
		step.Delay = time.Duration(n%7) * time.Millisecond
		if link := step.Header.Get("Link"); link != "" {
			step = step.With("Link", strings.ReplaceAll(link, "https://api.fake.example/v1", ""))
		}
		return step
	})
	c := onSocket(t, server, connector.Options{})
	for range 3 {
		ids, err := walkOn(t.Context(), c, connector.Ahead(16))
		if err != nil || !slices.Equal(ids, l.ids) {
			t.Fatalf("got %v, %v", ids, err)
		}
	}
	wantCount(t, server, 300)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	for range 100 {
		if _, err := walkOn(ctx, c, connector.Ahead(16)); err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			return
		}
	}
	t.Error("no walk was canceled")
}

func walkOn(ctx context.Context, c *rest.Client, opts ...connector.CallOption) (ids []int64, err error) {
	for record, err := range rest.All[thing](ctx, c, list, nil, opts) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, record.ID)
	}
	return ids, nil
}
