package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"sync"
	"time"
)

// isolation shows that one tenant's trouble is not felt by another, that calls
// do not wait for renewals, and that uploads take no memory of their size.
func isolation(ctx context.Context, s settings, r *report) error {
	return errors.Join(neighbours(ctx, s, r), renewals(ctx, s, r), uploads(ctx, s, r))
}

// neighbours lets one tenant's calls go wrong while another one's go on, both
// with copies of one client: the other must feel nothing. Beside it, two programs
// do the same that share a transport of plain net/http.
func neighbours(ctx context.Context, s settings, r *report) error {
	calls := 400
	if s.short {
		calls = 50
	}
	for _, trouble := range []string{"failing", "reset", "cancelled", "throttled"} {
		for _, over := range []string{"HTTP/2", "HTTP/1.1"} {
			http2 := over == "HTTP/2"
			own, err := beside(ctx, trouble, http2, calls, cordageTenants)
			if err != nil {
				return fmt.Errorf("%s over %s: %w", trouble, over, err)
			}
			plain, err := beside(ctx, trouble, http2, calls, plainTenants)
			if err != nil {
				return fmt.Errorf("%s over %s, plain net/http: %w", trouble, over, err)
			}
			name := fmt.Sprintf("beside a tenant whose calls are %s, over %s: ", trouble, over)
			if firstResetCosts(trouble, http2) {
				name = "after the first one, " + name
			}
			atLeast(r, name+"calls that went wrong", own.wrong, 1)
			exactly(r, name+"new connections", own.dials, 0)
			exactly(r, name+"idle connections closed", own.closed, 0)
			exactly(r, name+"failed calls", own.failed, 0)
			atMost(r, name+"longest wait for the pacer", own.waited, time.Millisecond)
			r.tell(name+"new connections, plain net/http", plain.dials)
			r.tell(name+"failed calls, plain net/http", plain.failed)
		}
	}
	return nil
}

// felt is what a tenant noticed of another one's trouble, since both had their
// connections.
type felt struct {
	wrong  int   // the other's calls that failed
	dials  int   // its own calls that had to open a connection
	closed int64 // connections that were closed while idle after a call of its own
	failed int   // its own calls
	waited time.Duration
}

// A tenantCall makes a call and says how long the pacer held it back.
type tenantCall func(ctx context.Context, what string) (waited time.Duration, err error)

// beside lets one tenant suffer, and says what the other felt.
func beside(ctx context.Context, trouble string, http2 bool, calls int, tenants func(*site) (healthy, troubled tenantCall, end func(), err error)) (felt, error) {
	site := newSite(http2)
	defer site.Close()
	healthy, troubled, end, err := tenants(site)
	if err != nil {
		return felt{}, err
	}
	defer end()
	if err := warm(ctx, healthy, troubled); err != nil {
		return felt{}, err
	}
	if firstResetCosts(trouble, http2) {
		_ = goWrong(ctx, troubled, trouble)
		if err := warm(ctx, healthy); err != nil {
			return felt{}, err
		}
	}
	suffering, stop := context.WithCancel(ctx)
	var wrong int
	var group sync.WaitGroup
	group.Go(func() { wrong = suffer(suffering, troubled, trouble) })
	all := feel(ctx, healthy, calls)
	all.closed = site.closed.Load()
	stop()
	group.Wait()
	all.wrong = wrong
	return all, nil
}

// firstResetCosts reports whether an account's first trouble is felt: over
// HTTP/1.1 net/http itself sends a GET whose connection broke off again, on each
// idle connection, and so takes those along.
func firstResetCosts(trouble string, http2 bool) bool { return trouble == "reset" && !http2 }

// warm opens a connection for each of two tenants that call at once.
func warm(ctx context.Context, tenants ...tenantCall) error {
	return atOnce(len(tenants), func(i int) error {
		_, err := tenants[i](ctx, "slow")
		return err
	})
}

// feel makes calls that go well and says what they met with.
func feel(ctx context.Context, call tenantCall, calls int) (all felt) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) {
		if !got.Reused {
			all.dials++
		}
	}})
	for range calls {
		waited, err := call(ctx, "fine")
		if err != nil {
			all.failed++
		}
		all.waited = max(all.waited, waited)
		time.Sleep(time.Millisecond) // so that it is idle when the other's call ends
	}
	return all
}

// suffer makes calls that go wrong until ctx ends, and counts those that did.
func suffer(ctx context.Context, call tenantCall, trouble string) (wrong int) {
	for pause(ctx, time.Millisecond) {
		if err := goWrong(ctx, call, trouble); err != nil && ctx.Err() == nil {
			wrong++
		}
	}
	return wrong
}

func goWrong(ctx context.Context, call tenantCall, trouble string) error {
	patience := 20 * time.Millisecond // too short for a second try
	if trouble == "cancelled" {
		patience = 3 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := call(ctx, trouble)
	return err
}
