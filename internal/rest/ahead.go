package rest

import (
	"context"
	"sync"

	"github.com/cordage-go/cordage/connector"
)

// maxAhead bounds how many pages a walk holds that it does not need yet.
const maxAhead = 64

// A pageReader reads the pages of one walk. With [connector.Ahead] it asks for
// pages before the walk gets there, by guesses of their places. What the walk
// says is next decides whether a guess is used, so that the walk asks and judges
// as it does page after page.
type pageReader[T any] struct {
	ctx context.Context // of the walk
	ask func(ctx context.Context, page *listAnswer[T], more ...connector.CallOption) error

	early   []*earlyPage[T] // asked for and not used yet, in the order of the list
	trust   int             // so many pages may be early
	total   int             // that the page before stated
	cancel  context.CancelFunc
	running sync.WaitGroup // the early pages under way, which cancel ends
	ahead   context.Context
}

// An earlyPage was asked for before the walk got there.
type earlyPage[T any] struct {
	place string // a guess
	done  chan struct{}

	page     listAnswer[T]
	err      error
	response connector.Response
	wanted   *connector.Response // what the caller wants it in; nil if nowhere
}

// read returns the page at a place, which may have come already.
func (r *pageReader[T]) read(place string) (*listAnswer[T], error) {
	if len(r.early) > 0 && r.ctx.Err() == nil {
		e := r.early[0]
		r.early = r.early[1:]
		<-e.done
		if !e.refused() {
			return e.use()
		}
		r.running.Wait() // those behind it may stand before it at the pacer
		r.trust = 0
	}
	page := &listAnswer[T]{}
	return page, r.ask(r.ctx, page, connector.From(place))
}

// refused reports that the page found no turn at the pacer, so early. It may
// find one when the walk is there.
func (e *earlyPage[T]) refused() bool {
	failure, ok := connector.AsError(e.err)
	return ok && failure.Kind == connector.RateLimited && failure.Attempts == 0
}

func (e *earlyPage[T]) use() (*listAnswer[T], error) {
	if e.wanted != nil {
		*e.wanted = e.response
	}
	return &e.page, e.err
}

// readAhead asks for pages behind the one that the walk has just taken.
func (r *pageReader[T]) readAhead(w *walk[T], page *listAnswer[T]) {
	if page.Next == "" {
		r.stop()
		return
	}
	r.judge(w, page)
	for n := min(r.trust, w.reach(page)); len(r.early) < n; {
		r.begin(placeAfter(page.Next, page.call.Operation.Paging.Page, len(r.early)))
	}
}

// judge decides how far the list is trusted. One that says how long it is may be
// read to its end at once. Of another as many pages may be early as came, so
// that no more than twice its pages are asked for. So it is again after a
// surprise, which ends all early pages: another next page than was guessed, or
// another total. With that records have come or gone, and an early page that was
// answered before one that stands in front of it may lack what lies between.
func (r *pageReader[T]) judge(w *walk[T], page *listAnswer[T]) {
	first := w.pages == 1
	missed := len(r.early) > 0 && pageOf(r.early[0].place) != pageOf(page.Next)
	switch {
	case first && page.Total >= 0:
		r.trust = maxAhead
	case missed, !first && page.Total != r.total:
		r.stop()
		r.trust = 1
	default:
		r.trust++
	}
	r.total = page.Total
}

// reach is how many pages may be early by what the call allows and by what is
// known of the list's end: its total, or a short page, which may be the last.
func (w *walk[T]) reach(page *listAnswer[T]) int {
	paging := page.call.Operation.Paging
	number, numbered := numberOf(page.Next, paging.Page)
	if paging.Style != connector.Numbered || paging.Unsure || !numbered {
		return 0
	}
	left := mostPages(page.call) - w.pages
	switch {
	case page.Total >= 0:
		last := paging.First + (page.Total-1)/max(w.full, 1)
		left = min(left, max(last-number+1, 1))
	case len(w.last) < w.full:
		left = min(left, 1)
	}
	return min(page.call.Ahead, left)
}

// begin asks for a page ahead.
func (r *pageReader[T]) begin(place string) {
	if r.cancel == nil {
		r.ahead, r.cancel = context.WithCancel(r.ctx)
	}
	e := &earlyPage[T]{place: place, done: make(chan struct{})}
	r.early = append(r.early, e)
	apart := func(call *connector.Call) { // the caller's Response is for the pages that are used
		if e.wanted = call.Response; e.wanted != nil {
			call.Response = &e.response
		}
	}
	r.running.Go(func() {
		defer close(e.done)
		e.err = r.ask(r.ahead, &e.page, connector.From(place), apart)
	})
}

// stop drops the early pages and returns when none is under way any more.
func (r *pageReader[T]) stop() {
	if r.cancel != nil {
		r.cancel()
		r.running.Wait()
	}
	r.early, r.cancel = nil, nil
}
