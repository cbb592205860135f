package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
)

// rotationWorker is one child of the rotation proof: goroutines that call
// through one session for each tenant and copies of one client.
func rotationWorker(ctx context.Context, b *boss) error {
	var order rotationOrder
	if err := b.hear(&order); err != nil {
		return err
	}
	shared, end, err := order.Place.open(ctx)
	if err != nil {
		return err
	}
	defer end()
	var sessions []*auth.Session
	for i := range order.Tenants {
		session, err := order.App.session(shared, tenant(i))
		if err != nil {
			return err
		}
		sessions = append(sessions, session)
	}
	client, err := order.App.client(sessions[0])
	if err != nil {
		return err
	}
	var clients []*procore.Client
	for i, session := range sessions {
		clients = append(clients, client.As(session, connector.Account(tenant(i))))
	}
	result := callOften(ctx, order, clients)
	for _, session := range sessions {
		if err := session.Close(); err != nil {
			result.Failures = append(result.Failures, err.Error())
		}
	}
	return errors.Join(client.Close(), b.say(result))
}

// callOften makes the child's calls, at random moments.
func callOften(ctx context.Context, order rotationOrder, clients []*procore.Client) rotationResult {
	var mu sync.Mutex
	var result rotationResult
	note := func(took time.Duration, err error) {
		mu.Lock()
		defer mu.Unlock()
		result.Took = append(result.Took, took)
		if err != nil {
			result.Failures = append(result.Failures, err.Error())
		}
	}
	begun := time.Now()
	var all sync.WaitGroup
	for g := range order.Goroutines {
		chance := rand.New(rand.NewPCG(order.Seed, uint64(order.Part*order.Goroutines+g)))
		client := clients[g%len(clients)]
		all.Go(func() {
			for _, moment := range moments(chance, order.Calls, order.Lasts) {
				if !pause(ctx, time.Until(begun.Add(moment))) {
					return
				}
				began := time.Now()
				err := client.Do(ctx, whoAmI, nil, nil)
				note(time.Since(began), err)
			}
		})
	}
	all.Wait()
	return result
}

// moments are n points of a span of time, in order.
func moments(chance *rand.Rand, n int, span time.Duration) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = time.Duration(chance.Int64N(int64(span)))
	}
	slices.Sort(all)
	return all
}
