package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/store"
)

// rotationSize is how much a rotation proof does.
type rotationSize struct {
	Tenants    int // each with a sign-in of its own, shared by all processes
	Processes  int
	Goroutines int           // of each process
	Calls      int           // of each goroutine
	Lasts      time.Duration // the calls are spread over that time
}

// rotationOrder is what a rotation child must know.
type rotationOrder struct {
	rotationSize
	App   emulated
	Place place
	Seed  uint64
	Part  int // which child it is
}

// rotationResult is what a child tells at its end.
type rotationResult struct {
	Took     []time.Duration // one per call, the waiting for a token included
	Failures []string        // what failed calls said
}

// rotation lets processes share sign-ins while their tokens expire again and
// again. Every call asks the shared session for a token.
func rotation(ctx context.Context, s settings, r *report) error {
	size := rotationSize{Tenants: 4, Processes: 8, Goroutines: 50, Calls: 40, Lasts: 45 * time.Second}
	if s.short {
		size = rotationSize{Tenants: 2, Processes: 4, Goroutines: 20, Calls: 20, Lasts: 6 * time.Second}
	}
	server, err := listen(answerTime)
	if err != nil {
		return err
	}
	defer server.Close()
	where, clear, err := newPlace(s.store)
	if err != nil {
		return err
	}
	defer clear()
	order := rotationOrder{rotationSize: size, App: emulatedBy(server), Place: where, Seed: s.seed}
	shared, end, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer end()
	defer empty(context.WithoutCancel(ctx), shared, order.App.app().Key(""))

	pairs := make([]procoretest.Pair, size.Tenants)
	for i := range pairs {
		pairs[i] = server.SignIn(tenant(i))
		session, err := order.App.session(shared, tenant(i))
		if err != nil {
			return err
		}
		if err := errors.Join(session.Set(ctx, expired(pairs[i])), session.Close()); err != nil {
			return err
		}
	}
	results, err := rotationChildren(ctx, order)
	if err != nil {
		return err
	}
	rotationCalls(r, size, results)
	rotationTokens(r, size, pairs, server.Issued(), server.Presentations())
	return rotationKept(ctx, r, order, shared, server)
}

func tenant(i int) string { return fmt.Sprint("tenant-", i+1) }

// rotationChildren runs the children side by side.
func rotationChildren(ctx context.Context, order rotationOrder) ([]rotationResult, error) {
	results := make([]rotationResult, order.Processes)
	err := atOnce(order.Processes, func(i int) error {
		own := order
		own.Part = i
		return rotationChild(ctx, own, &results[i])
	})
	return results, err
}

func rotationChild(ctx context.Context, order rotationOrder, result *rotationResult) error {
	child, err := start(ctx, "rotation", order)
	if err != nil {
		return err
	}
	if err := child.hear(result); err != nil {
		return child.end(fmt.Errorf("child %d did not tell its result: %w", order.Part, err))
	}
	return child.join()
}

// rotationCalls prints how the calls went.
func rotationCalls(r *report, size rotationSize, results []rotationResult) {
	var took []time.Duration
	var failures []string
	for _, result := range results {
		took = append(took, result.Took...)
		failures = append(failures, result.Failures...)
	}
	r.tell("processes", size.Processes)
	r.tell("goroutines each", size.Goroutines)
	exactly(r, "calls", len(took), size.Processes*size.Goroutines*size.Calls)
	atMost(r, "calls that failed", len(failures), 0)
	for i, failure := range failures[:min(3, len(failures))] {
		r.tell(fmt.Sprint("failure ", i+1), failure)
	}
	slices.Sort(took)
	r.tell("median of a call", percentile(took, 50))
	r.tell("99 % of the calls took at most", percentile(took, 99))
	r.tell("longest call", percentile(took, 100))
}

// rotationTokens prints what the platform saw of each sign-in's refresh tokens.
func rotationTokens(r *report, size rotationSize, first []procoretest.Pair, issued []procoretest.Pair, presented []procoretest.Presentation) {
	uses := map[string]int{}
	refused := 0
	for _, p := range presented {
		uses[p.Token]++
		if !p.OK {
			refused++
		}
	}
	most := 0
	for i, pair := range first {
		got, used := 0, 0
		for _, p := range issued {
			if p.SignIn == pair.SignIn {
				got, used, most = got+1, used+uses[p.Refresh], max(most, uses[p.Refresh])
			}
		}
		r.tell(tenant(i)+": refresh tokens issued", got)
		exactly(r, tenant(i)+": refresh tokens presented", used, got-1)
		lives := int(size.Lasts / tokenLife)
		r.check(tenant(i)+": lifetimes", got-1, fmt.Sprint("at least ", lives), got-1 >= lives)
	}
	atMost(r, "presentations of one refresh token", most, 1)
	atMost(r, "presentations that were refused", refused, 0)
}

// rotationKept looks whether the store holds the newest pair of each sign-in,
// and whether it works.
func rotationKept(ctx context.Context, r *report, order rotationOrder, shared store.Store, server *procoretest.Server) error {
	kept := 0
	for i := range order.Tenants {
		session, err := order.App.session(shared, tenant(i))
		if err != nil {
			return err
		}
		token, err := session.Token(ctx)
		if err == nil {
			_, err = order.App.app().TokenInfo(ctx, token)
		}
		if err == nil && server.Presented(token.Refresh.Reveal()) == 0 {
			kept++
		}
		if err := errors.Join(err, session.Close()); err != nil {
			return err
		}
	}
	exactly(r, "sign-ins whose newest pair is stored and works", kept, order.Tenants)
	return nil
}

// percentile returns the value that p of 100 do not pass. The values are sorted.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}
