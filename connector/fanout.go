package connector

import (
	"context"
	"fmt"
	"iter"
	"sync"
)

// A Result is what [FanOut] got for one parent.
type Result[P, V any] struct {
	Parent P // zero where the walk over the parents failed
	Value  V // what the function returned, also beside an error
}

// FanOut calls get for each parent, at most n at a time, and hands over the
// results as they come, in no certain order:
//
//	projects := project.New(client).Projects.All(ctx, nil)
//	for open, err := range connector.FanOut(ctx, projects, 8, openRFIs) {
//		if err != nil {
//			failed = append(failed, err) // of open.Parent; the others go on
//			continue
//		}
//		show(open.Parent, open.Value)
//	}
//
// parents is any walk of the clients; [Each] makes one of a slice. It goes on
// in the goroutine of the loop, as far as get is free to take more, so that no
// more than n parents and results are held.
//
// An error of get belongs to its parent and ends nothing. An error of the walk
// over the parents comes last, with a zero Parent, and so does the end of ctx,
// if parents were left. Leaving the loop ends the context of the calls under
// way and waits for them. n is at least 1; less is an error of kind [Invalid].
func FanOut[P, V any](ctx context.Context, parents iter.Seq2[P, error], n int, get func(context.Context, P) (V, error)) iter.Seq2[Result[P, V], error] {
	return func(yield func(Result[P, V], error) bool) {
		if n < 1 {
			yield(Result[P, V]{}, &Error{
				Platform: "connector", Operation: "FanOut", Kind: Invalid,
				Message: fmt.Sprintf("%d calls at a time are not possible", n), Remedy: "give 1 or more",
			})
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		f := &fan[P, V]{get: get, yield: yield, outcomes: make(chan outcome[P, V], n)}
		defer f.calls.Wait()
		defer cancel()
		f.run(ctx, parents, n)
	}
}

// A fan is one loop over a FanOut.
type fan[P, V any] struct {
	get      func(context.Context, P) (V, error)
	yield    func(Result[P, V], error) bool
	calls    sync.WaitGroup
	outcomes chan outcome[P, V] // has room for all that run
	running  int                // calls whose outcome the loop has not got
}

type outcome[P, V any] struct {
	result Result[P, V]
	err    error
}

func (f *fan[P, V]) run(ctx context.Context, parents iter.Seq2[P, error], n int) {
	var broken error // the walk over the parents
	for parent, err := range parents {
		if broken = err; broken == nil {
			broken = context.Cause(ctx)
		}
		if broken != nil {
			break
		}
		f.start(ctx, parent)
		for f.running == n || len(f.outcomes) > 0 {
			if !f.hand() {
				return
			}
		}
	}
	for f.running > 0 {
		if !f.hand() {
			return
		}
	}
	if broken != nil {
		f.yield(Result[P, V]{}, broken)
	}
}

func (f *fan[P, V]) start(ctx context.Context, parent P) {
	f.running++
	f.calls.Go(func() {
		value, err := f.get(ctx, parent)
		f.outcomes <- outcome[P, V]{Result[P, V]{parent, value}, err}
	})
}

// hand gives the next outcome to the loop and reports whether that goes on.
func (f *fan[P, V]) hand() bool {
	o := <-f.outcomes
	f.running--
	return f.yield(o.result, o.err)
}

// Each walks a slice as clients walk their lists.
func Each[P any](items []P) iter.Seq2[P, error] {
	return func(yield func(P, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// Collect reads a walk to its end. An error comes with the records before it.
func Collect[T any](walk iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for item, err := range walk {
		if err != nil {
			return all, err
		}
		all = append(all, item)
	}
	return all, nil
}
