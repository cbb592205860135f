package storetest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/cordage-go/cordage/store"
)

// together runs n functions at once and waits for all.
func together(n int, run func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			run(i)
		})
	}
	close(start)
	all.Wait()
}

func get(ctx context.Context, s store.Store, key string) error {
	_, err := s.Get(ctx, key)
	return err
}

func put(ctx context.Context, s store.Store, r store.Record) error {
	_, err := s.Put(ctx, r)
	return err
}

func mustPut(t *testing.T, s store.Store, r store.Record) store.Version {
	t.Helper()
	v, err := s.Put(t.Context(), r)
	if err != nil {
		t.Fatalf("Put %.40q: %v", r.Key, err)
	}
	return v
}

func list(t *testing.T, s store.Store, prefix string) []string {
	t.Helper()
	var keys []string
	for r, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatalf("List %q: %v", prefix, err)
		}
		keys = append(keys, strings.TrimPrefix(r.Key, "storetest/"))
	}
	return keys
}

func wantRecord(t *testing.T, s store.Store, want store.Record) {
	t.Helper()
	got, err := s.Get(t.Context(), want.Key)
	if err != nil {
		t.Errorf("Get %.40q: %v", want.Key, err)
		return
	}
	if got.Key != want.Key || got.Version != want.Version || !got.Expires.Equal(want.Expires) || !bytes.Equal(got.Value, want.Value) {
		t.Errorf("Get %.40q: key %.40q, version %d, expires %v, %d bytes %.40q; want version %d, expires %v, %d bytes %.40q",
			want.Key, got.Key, got.Version, got.Expires, len(got.Value), got.Value, want.Version, want.Expires, len(want.Value), want.Value)
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}
