package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A weight is what the program holds, or what it holds more than before.
type weight struct {
	Heap       int // bytes
	Stack      int // bytes, those that the runtime keeps for the next goroutine included
	Goroutines int
}

func weigh() weight {
	runtime.GC()
	runtime.GC() // what pools and finalizers kept
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return weight{int(stats.HeapAlloc), int(stats.StackInuse), runtime.NumGoroutine()}
}

func (w weight) since(before weight) weight {
	return weight{w.Heap - before.Heap, w.Stack - before.Stack, w.Goroutines - before.Goroutines}
}

// idle is how long a client takes to come to rest: sessions look at the clock a
// second after they were used.
const idle = 1500 * time.Millisecond

// warmUp is how many clients are made and used before the weighing begins.
const warmUp = 100

// weighOrder is what a weighing child must know.
type weighOrder struct {
	Kind    string // of client
	Address string // of a server that answers everything
	Number  int    // of tenants
}

// weighResult is what all clients of a kind weigh together.
type weighResult struct {
	Made weight // when nothing was asked of them yet
	Used weight // when each has made one call, some time ago
}

// weighWorker is a child that keeps a client for each of many tenants.
func weighWorker(ctx context.Context, b *boss) error {
	var order weighOrder
	if err := b.hear(&order); err != nil {
		return err
	}
	i := slices.IndexFunc(kinds(), func(k kind) bool { return k.name == order.Kind })
	if i < 0 {
		return fmt.Errorf("no client of the kind %q", order.Kind)
	}
	create, use, err := kinds()[i].open(ctx, order)
	if err != nil {
		return err
	}
	clients := make([]any, warmUp+order.Number)
	// The first ones open the connection that all may share, and whatever else
	// is made once.
	if err := errors.Join(createAll(create, clients, 0, warmUp), useAll(ctx, use, clients[:warmUp])); err != nil {
		return err
	}
	before := weigh()
	if err := createAll(create, clients, warmUp, len(clients)); err != nil {
		return err
	}
	made := weigh().since(before)
	if err := useAll(ctx, use, clients[warmUp:]); err != nil {
		return err
	}
	pause(ctx, idle)
	used := weigh().since(before)
	runtime.KeepAlive(clients)
	return b.say(weighResult{made, used})
}

func createAll(create maker, clients []any, from, to int) error {
	for i := from; i < to; i++ {
		var err error
		if clients[i], err = create(i); err != nil {
			return err
		}
	}
	return nil
}

func useAll(ctx context.Context, use user, clients []any) error {
	for _, client := range clients {
		if err := use(ctx, client); err != nil {
			return err
		}
	}
	return nil
}
