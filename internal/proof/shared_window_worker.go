package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/store"
)

// sharedOrder is what a process that shares limits must know.
type sharedOrder struct {
	Name     string // tells it apart at the server
	Server   string
	Usual    bool   // it is the usual stack, which knows of no limit,
	Place    place  // or its pacer's store; the kind is empty if it has a pacer of its own
	Variable string // of the store's address, if it has one,
	Address  string // and what it is for this process
	Account  string // what the pacer knows the account by: new for each proof
	Callers  int
	Requests int // 0: until it is told to stop
}

// sharedResult is what it tells at its end.
type sharedResult struct {
	Calls    int
	Failures []string
	Troubles []string    // what its pacer said of the store
	Stored   []time.Time // when each list of pauses was stored
}

// sharedWorker is one process of those that share a limit: callers of a
// procore client with all its layers.
func sharedWorker(ctx context.Context, b *boss) error {
	var order sharedOrder
	if err := b.hear(&order); err != nil {
		return err
	}
	redis.SetLogger(quietRedis{})
	w := &sharedWork{}
	call, end, err := w.caller(ctx, order)
	if err != nil {
		return err
	}
	if err := b.say("ready"); err != nil {
		return err
	}
	var word string
	if err := b.hear(&word); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_ = b.hear(&word) // "stop", or the parent's end
		cancel()
	}()
	w.work(ctx, call, order)
	if err := end(); err != nil {
		w.fail(err.Error())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return b.say(w.result)
}

// quietRedis drops what the driver says of a server that was cut off.
type quietRedis struct{}

func (quietRedis) Printf(context.Context, string, ...any) {}

type sharedWork struct {
	mu     sync.Mutex
	result sharedResult
}

func (w *sharedWork) fail(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.result.Failures = append(w.result.Failures, text)
}

// A sharedCall makes one call.
type sharedCall func(context.Context) error

// caller returns how the process calls, and what ends it.
func (w *sharedWork) caller(ctx context.Context, order sharedOrder) (sharedCall, func() error, error) {
	if order.Usual {
		return order.usual(), func() error { return nil }, nil
	}
	pacer, end, err := w.pacer(ctx, order)
	if err != nil {
		return nil, nil, err
	}
	client, err := order.client(pacer)
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	call := func(ctx context.Context) error { return client.Do(ctx, whoAmI, nil, nil) }
	return call, func() error { return errors.Join(client.Close(), end()) }, nil
}

// usual calls by the usual stack.
func (order sharedOrder) usual() sharedCall {
	client := usualClient()
	return func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, order.Server+whoAmI.Path, nil)
		if err != nil {
			return err
		}
		r.Header.Set("User-Agent", order.Name)
		answer, err := client.Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
}

// policy is Procore's, with a window in which a proof has time for many.
func (order sharedOrder) policy() pace.Policy {
	p := procore.Pacing()
	p.Windows[0].Length = sharedLength
	return p
}

// pacer returns the pacer of the process, and what ends it.
func (w *sharedWork) pacer(ctx context.Context, order sharedOrder) (connector.Pacer, func() error, error) {
	if order.Place.Kind == "" {
		p, err := pace.New(order.policy())
		return p, func() error { return nil }, err
	}
	if order.Variable != "" {
		if err := os.Setenv(order.Variable, order.Address); err != nil {
			return nil, nil, err
		}
	}
	records, end, err := order.Place.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	trouble := func(err error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.result.Troubles = append(w.result.Troubles, err.Error())
	}
	p, err := pace.Shared(&notedStore{records, w}, order.Account, order.policy(), &pace.SharedOptions{OnError: trouble})
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	return p, func() error { return errors.Join(p.Close(), end()) }, nil
}

func (order sharedOrder) client(pacer connector.Pacer) (*procore.Client, error) {
	return procore.New(auth.Static("access-token-of-a-proof"), &procore.Options{
		CompanyID:   1,
		Environment: procore.Environment{Name: "proof", LoginURL: order.Server, APIURL: order.Server},
		Options:     connector.Options{Pacer: pacer, UserAgent: order.Name},
	})
}

// work makes the process's calls.
func (w *sharedWork) work(ctx context.Context, call sharedCall, order sharedOrder) {
	var left, made atomic.Int64
	left.Store(int64(order.Requests))
	var all sync.WaitGroup
	for range order.Callers {
		all.Go(func() {
			for order.Requests == 0 || left.Add(-1) >= 0 {
				err := call(ctx)
				if ctx.Err() != nil {
					return
				}
				made.Add(1)
				if err != nil {
					w.fail(fmt.Sprint(order.Name, ": ", err))
				}
			}
		})
	}
	all.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.result.Calls = int(made.Load())
}

// A notedStore notes when a list of pauses has been stored.
type notedStore struct {
	store.Store
	work *sharedWork
}

func (s *notedStore) Put(ctx context.Context, r store.Record) (store.Version, error) {
	version, err := s.Store.Put(ctx, r)
	if now := time.Now(); err == nil && isPauses(r.Key) {
		s.work.mu.Lock()
		defer s.work.mu.Unlock()
		s.work.result.Stored = append(s.work.result.Stored, now)
	}
	return version, err
}
