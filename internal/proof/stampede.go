package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/store"
)

const (
	herd     = 10_000
	herds    = 5                      // one after the other
	hurry    = 50 * time.Millisecond  // what every second caller has left
	slowness = 300 * time.Millisecond // what the platform takes to renew
)

// stampede sends herds of callers at an expired token. Every second one has
// too little time to wait for the renewal. Then it compares what the check of a
// valid token costs.
func stampede(ctx context.Context, s settings, r *report) error {
	server, err := listen(slowness)
	if err != nil {
		return err
	}
	defer server.Close()
	app, records := emulatedBy(server), store.Memory()
	var all stampedeSum
	for i := range herds {
		session, err := app.session(records, tenant(i))
		if err != nil {
			return err
		}
		defer session.Close()
		if err := session.Set(ctx, expired(server.SignIn(tenant(i)))); err != nil {
			return err
		}
		all.bare = append(all.bare, late99(runHerd(ctx, waitForDeadline)))
		all.add(runHerd(ctx, session.Token))
	}
	all.figures(r, server.Presentations())
	session, err := app.session(records, "tenant-0")
	if err != nil {
		return err
	}
	defer session.Close()
	return validToken(ctx, r, s, session)
}

// A stampedeCall is what one caller got.
type stampedeCall struct {
	hurried bool
	late    time.Duration // how long after its deadline a hurried one returned
	access  string
	err     error
}

type asker func(context.Context) (auth.Token, error)

// waitForDeadline does nothing but that. It shows what the machine makes of
// thousands of deadlines at once.
func waitForDeadline(ctx context.Context) (auth.Token, error) {
	if _, hurried := ctx.Deadline(); hurried {
		<-ctx.Done()
	}
	return auth.Token{}, nil
}

// runHerd lets a herd loose on ask.
func runHerd(ctx context.Context, ask asker) []stampedeCall {
	calls := make([]stampedeCall, herd)
	gate := make(chan struct{})
	var all sync.WaitGroup
	for i := range calls {
		call := &calls[i]
		call.hurried = i%2 == 1
		all.Go(func() {
			<-gate
			call.make(ctx, ask)
		})
	}
	close(gate)
	all.Wait()
	return calls
}

func (c *stampedeCall) make(ctx context.Context, ask asker) {
	deadline := time.Now().Add(hurry)
	if c.hurried {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline)
		defer cancel()
	}
	token, err := ask(ctx)
	c.late = time.Since(deadline)
	c.access, c.err = token.Access.Reveal(), err
}

// late99 is how long after their deadlines 99 of 100 hurried callers had
// returned.
func late99(calls []stampedeCall) time.Duration {
	var late []time.Duration
	for _, c := range calls {
		if c.hurried {
			late = append(late, c.late)
		}
	}
	slices.Sort(late)
	return percentile(late, 99)
}

// A stampedeSum is what came of all herds.
type stampedeSum struct {
	served, left, wrong int
	tokens              int             // different ones that the herds got, added up
	late, bare          []time.Duration // the 99th percentile of each herd, and of one that only waits
}

func (s *stampedeSum) add(calls []stampedeCall) {
	tokens := map[string]bool{}
	for _, c := range calls {
		switch {
		case c.hurried && errors.Is(c.err, context.DeadlineExceeded):
			s.left++
		case !c.hurried && c.err == nil:
			s.served++
			tokens[c.access] = true
		default:
			s.wrong++
		}
	}
	s.tokens += len(tokens)
	s.late = append(s.late, late99(calls))
}

// figures prints the sum. Of the herds the middle one counts for time, since a
// machine that stands still for a moment makes all callers of one herd late.
func (s *stampedeSum) figures(r *report, presented []procoretest.Presentation) {
	slices.Sort(s.late)
	slices.Sort(s.bare)
	r.tell("callers at once", herd)
	exactly(r, fmt.Sprintf("renewals for %d such herds", herds), len(presented), herds)
	exactly(r, "patient callers that got the token", s.served, herds*herd/2)
	exactly(r, "different tokens that they got", s.tokens, herds)
	exactly(r, fmt.Sprintf("callers with %v left that returned with their deadline", hurry), s.left, herds*herd/2)
	atMost(r, "callers with another end", s.wrong, 0)
	atMost(r, "99th percentile of their return after the deadline, middle herd", percentile(s.late, 50), 15*time.Millisecond)
	r.tell("the same of the worst herd", percentile(s.late, 100))
	r.tell("the same of callers that wait for nothing but their deadline, middle herd", percentile(s.bare, 50))
}
