package storetest

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cordage-go/cordage/store"
)

func oneWinner(t *testing.T, s store.Store) {
	ctx := t.Context()
	changed := mustPut(t, s, store.Record{Key: "storetest/race/change"})
	deleted := mustPut(t, s, store.Record{Key: "storetest/race/delete"})
	write := func(key string, version store.Version) func(int) error {
		return func(i int) error {
			return put(ctx, s, store.Record{Key: key, Value: []byte(fmt.Sprint("writer ", i)), Version: version})
		}
	}
	for _, race := range []struct {
		key   string
		try   func(i int) error
		loser []error
	}{
		{"storetest/race/create", write("storetest/race/create", 0), []error{store.ErrConflict}},
		{"storetest/race/change", write("storetest/race/change", changed), []error{store.ErrConflict}},
		{"storetest/race/delete", func(int) error { return s.Delete(ctx, "storetest/race/delete", deleted) },
			[]error{store.ErrConflict, store.ErrNotFound}},
	} {
		won := make([]bool, 16)
		together(len(won), func(i int) {
			err := race.try(i)
			won[i] = err == nil
			if err != nil && !slices.ContainsFunc(race.loser, func(want error) bool { return errors.Is(err, want) }) {
				t.Errorf("%s: a loser got %v, want one of %q", race.key, err, race.loser)
			}
		})
		winner := slices.Index(won, true)
		if winner < 0 || slices.Contains(won[winner+1:], true) {
			t.Fatalf("%s: of 16 that named one version these won: %v, want exactly one", race.key, won)
		}
		r, err := s.Get(ctx, race.key)
		if errors.Is(err, store.ErrNotFound) && race.key == "storetest/race/delete" {
			continue
		}
		if want := fmt.Sprint("writer ", winner); err != nil || string(r.Value) != want {
			t.Errorf("%s: stored is %q (%v), want %q", race.key, r.Value, err, want)
		}
	}
}

// Goroutines that change, delete and make one record anew: whoever succeeds has
// used up the version that it named.
func eachVersionWonOnce(t *testing.T, s store.Store) {
	ctx := t.Context()
	key := "storetest/chain"
	var mu sync.Mutex
	won := map[store.Version]bool{}
	together(8, func(i int) {
		for round := range 12 {
			r, err := s.Get(ctx, key)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				t.Errorf("Get: %v", err)
				return
			}
			runtime.Gosched() // lets others come between, where a call takes no time
			if r.Version != 0 && (i+round)%4 == 0 {
				err = s.Delete(ctx, key, r.Version)
			} else {
				err = put(ctx, s, store.Record{Key: key, Version: r.Version})
			}
			mu.Lock()
			switch {
			case err == nil && r.Version != 0 && won[r.Version]:
				t.Errorf("version %d was won twice", r.Version)
			case err == nil:
				won[r.Version] = true
			case !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound):
				t.Errorf("a loser got %v", err)
			}
			mu.Unlock()
		}
	})
}

func countTogether(t *testing.T, s store.Store) {
	ctx := t.Context()
	key := "storetest/counter"
	mustPut(t, s, store.Record{Key: key})
	together(4, func(int) {
		for added := 0; added < 10; {
			r, err := s.Get(ctx, key)
			if err != nil {
				t.Errorf("Get: %v", err)
				return
			}
			r.Value = append(r.Value, 'x')
			err = put(ctx, s, r)
			if err == nil {
				added++
			} else if !errors.Is(err, store.ErrConflict) {
				t.Errorf("Put: %v", err)
				return
			}
		}
	})
	if r, err := s.Get(ctx, key); err != nil || len(r.Value) != 40 {
		t.Errorf("40 additions by 4 writers left %d (%v)", len(r.Value), err)
	}
}

// Records that nobody touches are in the walk, once and in order, whatever
// comes and goes between them.
func listWhileChanged(t *testing.T, s store.Store) {
	ctx := t.Context()
	var still []string
	for i := range 150 {
		key := fmt.Sprintf("many/%03d", i)
		mustPut(t, s, store.Record{Key: "storetest/" + key, Value: []byte(key)})
		still = append(still, key)
	}
	stop := make(chan struct{})
	var changing sync.WaitGroup
	defer changing.Wait()
	defer close(stop)
	changing.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			key := fmt.Sprintf("storetest/many/%03d/moving", i%150)
			v, err := s.Put(ctx, store.Record{Key: key})
			if err == nil {
				err = s.Delete(ctx, key, v)
			}
			if err != nil {
				t.Errorf("changing %s meanwhile: %v", key, err)
				return
			}
		}
	})
	for range 3 {
		keys := list(t, s, "storetest/many/")
		if !slices.IsSorted(keys) {
			t.Errorf("List is out of order: %q", keys)
		}
		keys = slices.DeleteFunc(keys, func(key string) bool { return strings.HasSuffix(key, "/moving") })
		if !slices.Equal(keys, still) {
			t.Errorf("List has %d of the %d records that nobody touches:\n%q", len(keys), len(still), keys)
		}
	}
}
