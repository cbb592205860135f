package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A role is a process's part in a round.
type role string

const (
	victim      role = "victim"
	firstOther  role = "first other"
	secondOther role = "second other"
	judge       role = "judge" // the parent, which asks for a token at the end
)

// A journal gathers what the processes of one round saw, in the order in which
// it was heard. It is safe for concurrent use.
type journal struct {
	woken time.Time // when a stopped victim went on; for one goroutine

	mu   sync.Mutex
	seen []sight
	more chan struct{} // closed at the next entry
}

func (j *journal) add(s sight) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seen = append(j.seen, s)
	if j.more != nil {
		close(j.more)
		j.more = nil
	}
}

// all returns what has been seen so far.
func (j *journal) all() []sight {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seen[:len(j.seen):len(j.seen)]
}

// await waits until something like want is seen: of the same kind and role,
// begun no earlier.
func (j *journal) await(ctx context.Context, what string, want sight) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	for next := 0; ; {
		j.mu.Lock()
		for ; next < len(j.seen); next++ {
			s := j.seen[next]
			if s.What == want.What && s.From == want.From && !s.Began.Before(want.Began) {
				j.mu.Unlock()
				return nil
			}
		}
		if j.more == nil {
			j.more = make(chan struct{})
		}
		more := j.more
		j.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
			return fmt.Errorf("the %s did not come to %s in time", want.From, what)
		}
	}
}

// An actor is a child that plays a role in a round.
type actor struct {
	*process
	role  role
	heard chan struct{} // closed when all that it said is in the journal
}

// start begins a child and waits until it is ready.
func (j *journal) start(ctx context.Context, role role, order crashOrder) (*actor, error) {
	child, err := start(ctx, "crash", order)
	if err != nil {
		return nil, err
	}
	a := &actor{process: child, role: role, heard: make(chan struct{})}
	go func() {
		defer close(a.heard)
		for {
			var s sight
			if child.hear(&s) != nil {
				return // it has ended, in the middle of a line perhaps
			}
			s.From = role
			j.add(s)
		}
	}()
	if err := j.await(ctx, "its start", sight{What: sawReady, From: role}); err != nil {
		a.end()
		return nil, err
	}
	return a, nil
}

// end kills the child, if it still runs, and hears the rest of what it said.
func (a *actor) end() {
	_ = a.cmd.Process.Kill() // fails only if it has ended
	<-a.heard
	_ = a.cmd.Wait() // killed is how it ends; a second Wait says that it has
}

// finish lets the child end by itself.
func (a *actor) finish() error {
	_ = a.input.Close() // a child that has ended has closed it
	<-a.heard
	if err := a.cmd.Wait(); err != nil {
		return fmt.Errorf("the %s ended badly: %w", a.role, err)
	}
	return nil
}
