package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"
)

// sharedSize is how much a proof of shared limits does.
type sharedSize struct {
	requests []int         // of each process
	steady   time.Duration // until each has its share: who is cut off uses no more than before for a while
	after    time.Duration // what is watched after a process was killed, or the store cut off
}

// sharedCallers are the callers of each process.
var sharedCallers = []int{16, 12, 8, 8}

// sharedWindow lets four processes share the limit of one account: with work of
// different size, while one of them is killed, and while the store is cut off.
func sharedWindow(ctx context.Context, s settings, r *report) error {
	// The work ends in the middle of a window, so that a request too many in one
	// does not count as a whole window.
	size := sharedSize{requests: []int{620, 465, 310, 155}, steady: 5 * time.Second, after: 5 * time.Second}
	parts := []sharedPart{sharedWhole, sharedKill, sharedCut, sharedBeside}
	if s.short {
		size = sharedSize{requests: []int{300, 225, 150, 75}, steady: 3 * time.Second, after: 4 * time.Second}
		// Together, since there is little time: each has a server and an account of its own.
		return atOnce(3, func(i int) error { return parts[i](ctx, s, r, size) })
	}
	for _, part := range parts {
		if err := part(ctx, s, r, size); err != nil {
			return err
		}
	}
	return nil
}

// A sharedPart is one part of the proof.
type sharedPart func(context.Context, settings, *report, sharedSize) error

// What the processes of a run can share their limit by, beside the stores.
const (
	ownPacers  = ""      // nothing: each has a pacer of its own
	usualStack = "usual" // nothing, and none has a pacer
)

// A sharedRun is a server and the processes that call it.
type sharedRun struct {
	server   *limitedServer
	order    sharedOrder
	children []*process
	cut      func() error // cuts the store off
	mend     func() error
	clear    func()
}

// newSharedRun starts a server, and a process for each number of callers, which
// share by a store, or not. It returns when all are ready.
func newSharedRun(ctx context.Context, by string, requests []int) (run *sharedRun, err error) {
	server, err := listenLimited()
	if err != nil {
		return nil, err
	}
	run = &sharedRun{server: server, clear: func() {}}
	run.order = sharedOrder{Server: server.URL, Account: "proof " + rand.Text()}
	switch by {
	case ownPacers:
	case usualStack:
		run.order.Usual = true
	default:
		err = run.place(by)
	}
	if err != nil {
		return nil, errors.Join(err, run.end(ctx))
	}
	for i, callers := range sharedCallers {
		order := run.order
		order.Name, order.Callers = workerName(i), callers
		if requests != nil {
			order.Requests = requests[i]
		}
		child, err := start(ctx, "share", order)
		if err != nil {
			return nil, errors.Join(err, run.end(ctx))
		}
		run.children = append(run.children, child)
	}
	for _, child := range run.children {
		var word string
		if err := child.hear(&word); err != nil {
			return nil, errors.Join(fmt.Errorf("a child did not get ready: %w", err), run.end(ctx))
		}
	}
	return run, nil
}

func workerName(i int) string { return fmt.Sprint("worker-", i+1) }

// place chooses the store, and a way to it that can be cut.
func (run *sharedRun) place(kind string) error {
	where, clear, err := newPlace(kind)
	if err != nil {
		return err
	}
	run.order.Place, run.clear = where, clear
	variable := map[string]string{"redis": redisVariable, "postgres": postgresVariable}[kind]
	if variable == "" {
		run.cut = func() error { return os.Rename(where.Dir, where.Dir+"-away") }
		run.mend = func() error { return os.Rename(where.Dir+"-away", where.Dir) }
		return nil
	}
	address, err := url.Parse(os.Getenv(variable))
	if err != nil || address.Host == "" {
		return fmt.Errorf("%s is not the address of a server", variable)
	}
	way, err := newCut(address.Host)
	if err != nil {
		return err
	}
	address.Host = way.address
	run.order.Variable, run.order.Address = variable, address.String()
	run.cut, run.mend = way.cut, way.mend
	run.clear = func() {
		_ = way.cut() // it may be cut already
		clear()
	}
	return nil
}

// say tells all children something.
func (run *sharedRun) say(word string) (err error) {
	for _, child := range run.children {
		err = errors.Join(err, child.say(word))
	}
	return err
}

// results waits for all children to finish.
func (run *sharedRun) results() (all []sharedResult, err error) {
	for _, child := range run.children {
		var one sharedResult
		if err := child.hear(&one); err != nil {
			return nil, fmt.Errorf("a child did not tell its result: %w", err)
		}
		all = append(all, one)
		if err := child.join(); err != nil {
			return nil, err
		}
	}
	run.children = nil
	return all, nil
}

// end ends what still runs, and leaves nothing in the store.
func (run *sharedRun) end(ctx context.Context) error {
	for _, child := range run.children {
		_ = child.end(nil)
	}
	run.server.Close()
	defer run.clear()
	if run.order.Place.Kind == "" {
		return nil
	}
	records, end, err := run.order.Place.open(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	return errors.Join(empty(context.WithoutCancel(ctx), records, "pace/"+url.PathEscape(run.order.Account)), end())
}

// sharedWhole is the time that work of uneven size takes.
func sharedWhole(ctx context.Context, s settings, r *report, size sharedSize) error {
	run, err := newSharedRun(ctx, s.store, size.requests)
	if err != nil {
		return err
	}
	took, results, err := run.work()
	if err = errors.Join(err, run.end(ctx)); err != nil {
		return err
	}
	sum := 0
	for _, n := range size.requests {
		sum += n
	}
	r.tell("requests of each process", size.requests)
	r.tell("time for them", took)
	least := leastTime(sum)
	r.tell("least time for them", least)
	atMost(r, "time, times the least", took.Seconds()/least.Seconds(), 1.08)
	passed, refused := run.server.between(time.Time{}, time.Now(), "")
	exactly(r, "requests that passed", passed, sum)
	atMost(r, "requests answered 429", refused, sum/1000)
	sharedFailures(r, "", results)
	return nil
}

// work lets the children do their work and returns the time from the word to
// the last answer.
func (run *sharedRun) work() (time.Duration, []sharedResult, error) {
	began := time.Now()
	if err := run.say("go"); err != nil {
		return 0, nil, err
	}
	results, err := run.results()
	run.server.mu.Lock()
	defer run.server.mu.Unlock()
	return run.server.ended.Sub(began), results, err
}

// leastTime is the time in which all callers of all processes can make n
// requests: all windows but the last have passed, and in the last one each
// caller makes its share, one after the other.
func leastTime(n int) time.Duration {
	callers := 0
	for _, c := range sharedCallers {
		callers += c
	}
	windows := (n+sharedLimit-1)/sharedLimit - 1
	last := n - windows*sharedLimit
	rounds := (last + callers - 1) / callers
	return time.Duration(windows)*sharedLength + time.Duration(rounds)*sharedLatency
}

func sharedFailures(r *report, when string, results []sharedResult) {
	failed, troubles := 0, 0
	for _, one := range results {
		failed += len(one.Failures)
		troubles += len(one.Troubles)
		for i, text := range one.Failures[:min(2, len(one.Failures))] {
			r.tell(fmt.Sprint(when, "failure ", i+1), text)
		}
	}
	atMost(r, when+"calls that failed", failed, 0)
	r.tell(when+"times that a process said it cannot share", troubles)
}

// sharedKill kills a process in the middle of its work.
func sharedKill(ctx context.Context, s settings, r *report, size sharedSize) error {
	run, err := newSharedRun(ctx, s.store, nil)
	if err != nil {
		return err
	}
	victim := s.random(1).IntN(len(run.children))
	err = run.say("go")
	if err == nil && pause(ctx, size.steady+time.Duration(s.random(2).Int64N(int64(sharedLength)))) {
		_ = run.children[victim].end(nil)
	}
	killed := time.Now()
	run.children = append(run.children[:victim:victim], run.children[victim+1:]...)
	pause(ctx, size.after)
	results, stopErr := run.stop()
	if err = errors.Join(err, ctx.Err(), stopErr, run.end(ctx)); err != nil {
		return err
	}
	name := workerName(victim)
	r.tell("killed in the middle", name)
	after, ok := run.server.fullFrom(killed, name)
	r.check("time until the others run at the full allowance", after, sharedLength.String(), ok && after <= sharedLength)
	passed, refused := run.server.between(time.Time{}, time.Now(), "")
	r.tell("with a process killed: requests", passed)
	atMost(r, "with a process killed: requests answered 429", refused, passed/1000)
	sharedFailures(r, "with a process killed: ", results)
	return nil
}

// stop tells the children to stop, and waits for them.
func (run *sharedRun) stop() ([]sharedResult, error) {
	if err := run.say("stop"); err != nil {
		return nil, err
	}
	return run.results()
}

// sharedCut cuts the store off for a while.
func sharedCut(ctx context.Context, s settings, r *report, size sharedSize) error {
	run, err := newSharedRun(ctx, s.store, nil)
	if err != nil {
		return err
	}
	err = run.say("go")
	var cut, mended time.Time
	if err == nil && pause(ctx, size.steady) {
		cut, err = time.Now(), run.cut()
	}
	if err == nil && pause(ctx, size.after) {
		mended, err = time.Now(), run.mend()
	}
	pause(ctx, size.after)
	stopped := time.Now()
	results, stopErr := run.stop()
	if err = errors.Join(err, ctx.Err(), stopErr, run.end(ctx)); err != nil {
		return err
	}
	for _, span := range []struct {
		name     string
		from, to time.Time
	}{{"store cut off: ", cut, mended}, {"store back: ", mended, stopped}} {
		passed, refused := run.server.between(span.from, span.to, "")
		part := float64(passed) / (span.to.Sub(span.from).Seconds() / sharedLength.Seconds() * sharedLimit)
		r.check(span.name+"part of the allowance used", part, "at least 0.7", part >= 0.7)
		r.tell(span.name+"requests answered 429", refused)
		atMost(r, span.name+"part of the requests answered 429", portion(refused)/portion(max(1, passed+refused)), 0.02)
	}
	sharedFailures(r, "store cut off and back: ", results)
	return nil
}

// sharedBeside is the same work by processes that share nothing.
func sharedBeside(ctx context.Context, _ settings, r *report, size sharedSize) error {
	for _, way := range []struct{ by, name string }{
		{ownPacers, "beside, each process with a pacer of its own: "},
		{usualStack, "beside, each process by the usual stack: "},
	} {
		run, err := newSharedRun(ctx, way.by, size.requests)
		if err != nil {
			return err
		}
		took, results, err := run.work()
		if err = errors.Join(err, run.end(ctx)); err != nil {
			return err
		}
		failed := 0
		for _, one := range results {
			failed += len(one.Failures)
		}
		_, refused := run.server.between(time.Time{}, time.Now(), "")
		r.tell(way.name+"time", took)
		r.tell(way.name+"requests answered 429", refused)
		r.tell(way.name+"calls that failed", failed)
	}
	return nil
}

func isPauses(key string) bool { return strings.HasSuffix(key, "/pauses") }
