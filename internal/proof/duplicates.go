package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore/procoretest"
)

const (
	// writers make the writes of one platform at once.
	writers = 64
	// writeTime is what a write may take while answers come late, and lateness
	// by how much they do.
	writeTime = 300 * time.Millisecond
	lateness  = 2 * writeTime
)

// A mishap is one way in which a write goes wrong.
type mishap struct {
	name  string
	spoil spoil                    // what the proxy does; or
	fault func() procoretest.Fault // what the emulator does
	late  bool                     // answers come too late
	lost  bool                     // nobody can tell what became of a write that meets it
}

// mishaps are all of them. Those that the emulator plays strike before or after
// the work was done, by chance. A 503 that asks to come back later says that
// nothing was done: that is what every client reads from it.
func mishaps(chance *rand.Rand) []mishap {
	either := func(f procoretest.Fault) func() procoretest.Fault {
		return func() procoretest.Fault {
			f := f
			if f.When = procoretest.BeforeWork; chance.IntN(2) == 0 {
				f.When = procoretest.AfterWork
			}
			return f
		}
	}
	all := []mishap{
		{name: "no connection", spoil: refuse},
		{name: "reset before it is sent", spoil: resetBefore},
		{name: "reset after it is sent", spoil: resetAfter, lost: true},
		{name: "reset after it is done", spoil: resetDone, lost: true},
		{name: "truncated answer", fault: either(procoretest.Fault{Cut: 10}), lost: true},
	}
	for _, status := range []int{500, 502, 503, 504} {
		all = append(all, mishap{name: fmt.Sprint(status), fault: either(procoretest.Fault{Status: status}), lost: true})
	}
	return append(all,
		mishap{name: "503 with Retry-After", fault: func() procoretest.Fault {
			return procoretest.Fault{Status: 503, Header: http.Header{"Retry-After": {"1"}}}
		}},
		mishap{name: "timeout", fault: either(procoretest.Fault{Delay: lateness}), late: true, lost: true})
}

// duplicates makes writes that go wrong in every way, and counts at the server
// how often each was done. The usual stack makes the same beside it.
func duplicates(ctx context.Context, s settings, r *report) error {
	number := 1000
	if s.short {
		number = 20
	}
	results := make([]results, len(platforms()))
	errs := make([]error, len(results))
	var running sync.WaitGroup
	for i, open := range platforms() {
		running.Go(func() { errs[i] = results[i].fill(ctx, open, mishaps(s.random(uint64(i))), number) })
	}
	running.Wait()
	for i, err := range errs {
		if err != nil {
			return err
		}
		results[i].report(r)
	}
	return nil
}

// results are those of one platform, by mishap.
type results struct {
	platform     string
	names        []string
	ours, theirs []tally // theirs are the usual stack's
}

func (all *results) fill(ctx context.Context, open func() (*platform, error), mishaps []mishap, number int) error {
	p, err := open()
	if err != nil {
		return err
	}
	defer p.close()
	all.platform = p.name
	for _, m := range mishaps {
		ours, err := p.suffer(ctx, m, number, p.writer)
		if err != nil {
			return err
		}
		theirs, err := p.suffer(ctx, m, number/2, p.usual)
		if err != nil {
			return err
		}
		all.names, all.ours, all.theirs = append(all.names, m.name), append(all.ours, ours), append(all.theirs, theirs)
	}
	return nil
}

func (all *results) report(r *report) {
	var sum, usual tally
	for i, name := range all.names {
		r.tell(all.platform+", "+name, all.ours[i])
		sum.add(all.ours[i])
		usual.add(all.theirs[i])
	}
	exactly(r, all.platform+", duplicates at the server", sum.duplicates, 0)
	exactly(r, all.platform+", writes that ended neither in success nor in a definite error nor in an unknown outcome", sum.other, 0)
	exactly(r, all.platform+", successes that are not there exactly once, or of which nobody can tell", sum.falseSuccess, 0)
	exactly(r, all.platform+", definite errors of writes that were done", sum.falseError, 0)
	for i, name := range all.names {
		r.tell(all.platform+", the usual stack, "+name, fmt.Sprintf("%d writes: duplicates %d", all.theirs[i].calls, all.theirs[i].duplicates))
	}
	r.tell(all.platform+", duplicates of the usual stack", fmt.Sprintf("%d of %d writes", usual.duplicates, usual.calls))
}

// A tally is how writes ended, and what the server has of them.
type tally struct {
	calls, success, definite, unknown, other   int
	done, duplicates, falseSuccess, falseError int
}

func (t tally) String() string {
	return fmt.Sprintf("%d writes: success %d, definite error %d, unknown %d; done at the server %d, duplicates %d",
		t.calls, t.success, t.definite, t.unknown, t.done, t.duplicates)
}

func (t *tally) add(o tally) {
	t.calls += o.calls
	t.success += o.success
	t.definite += o.definite
	t.unknown += o.unknown
	t.other += o.other
	t.done += o.done
	t.duplicates += o.duplicates
	t.falseSuccess += o.falseSuccess
	t.falseError += o.falseError
}

// count adds the end of one write that is found so many times at the server.
// One whose answer was lost cannot be a success.
func (t *tally) count(err error, found int, lost bool) {
	t.calls++
	t.done += min(found, 1)
	t.duplicates += max(found-1, 0)
	e, ours := connector.AsError(err)
	switch {
	case err == nil:
		t.success++
		if found != 1 || lost {
			t.falseSuccess++
		}
	case !ours:
		t.other++
	case e.Kind == connector.UnknownOutcome:
		t.unknown++
	default:
		t.definite++
		if found != 0 {
			t.falseError++
		}
	}
}

// A writer makes one write that creates a record of a name.
type writer func(ctx context.Context, name string) error

// suffer makes so many writes, as many of which meet the mishap, and looks for
// them at the server. With a client that repeats them one write can meet
// several mishaps, and another none.
func (p *platform) suffer(ctx context.Context, m mishap, number int, open func(m mishap) (writer, func(), error)) (tally, error) {
	p.proxy.begin(m.spoil, number)
	if m.fault != nil {
		for range number {
			f := m.fault()
			f.On = p.on
			p.inject(f)
		}
	}
	write, end, err := open(m)
	if err != nil {
		return tally{}, err
	}
	p.round++
	ends := make([]error, number)
	each(number, writers, func(i int) { ends[i] = write(ctx, p.record(i)) })
	end()
	if m.late {
		pause(ctx, lateness+writeTime) // the server may still be at work
	}
	found := map[string]int{}
	for _, name := range p.names() {
		found[name]++
	}
	var t tally
	for i, err := range ends {
		t.count(err, found[p.record(i)], m.lost)
	}
	if left := p.proxy.unspoiled(); left > 0 {
		return t, fmt.Errorf("%s: %d requests of %d were not spoiled", m.name, left, number)
	}
	return t, ctx.Err()
}

// record names the record of write i.
func (p *platform) record(i int) string { return fmt.Sprintf("round %d write %d", p.round, i) }

// each runs do for all numbers below n, so many at once.
func each(n, atOnce int, do func(i int)) {
	next := make(chan int)
	var all sync.WaitGroup
	for range min(n, atOnce) {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// texts are the values of one member of all records.
func texts(records []map[string]any, member string) []string {
	var all []string
	for _, record := range records {
		if text, ok := record[member].(string); ok {
			all = append(all, strings.TrimSpace(text))
		}
	}
	return all
}
