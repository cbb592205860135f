// Package storetest holds the behaviour that every [store.Store] must show.
// Whoever writes an engine runs it in one test:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { return mystore.New(t.TempDir()) })
//	}
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/store"
)

// Run tests the store that open returns. open is called once for each part and
// must return an empty store each time, or one whose other records have keys
// that do not begin with "storetest/". Run takes a few seconds, since it waits
// for records to expire.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	parts := []struct {
		name string
		test func(t *testing.T, s store.Store)
	}{
		{"PutGetDelete", putGetDelete},
		{"Conflicts", conflicts},
		{"VersionsNeverComeBack", versionsNeverComeBack},
		{"Expiry", expiry},
		{"ExpiredIsAbsent", expiredIsAbsent},
		{"ExpiresIsKept", expiresIsKept},
		{"ListByPrefixInOrder", listByPrefixInOrder},
		{"ListBodyMayWrite", listBodyMayWrite},
		{"SlicesAreCopied", slicesAreCopied},
		{"EndedContext", endedContext},
		{"OddKeys", oddKeys},
		{"BadKeys", badKeys},
		{"Values", values},
		{"OneWinner", oneWinner},
		{"EachVersionWonOnce", eachVersionWonOnce},
		{"CountTogether", countTogether},
		{"ListWhileChanged", listWhileChanged},
		{"LeaseForOne", leaseForOne},
		{"LeaseOfStoppedHolder", leaseOfStoppedHolder},
		{"LeaseTakenOnce", leaseTakenOnce},
	}
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) { part.test(t, open(t)) })
	}
}

func putGetDelete(t *testing.T, s store.Store) {
	ctx := t.Context()
	key := "storetest/one"
	wantError(t, "Get of nothing", get(ctx, s, key), store.ErrNotFound)

	v1 := mustPut(t, s, store.Record{Key: key, Value: []byte("a")})
	if v1 == 0 {
		t.Error("Put returned version zero, which means a key that does not exist")
	}
	wantRecord(t, s, store.Record{Key: key, Value: []byte("a"), Version: v1})

	v2 := mustPut(t, s, store.Record{Key: key, Value: []byte("b"), Version: v1})
	if v2 != v1+1 {
		t.Errorf("version after a change is %d, want %d", v2, v1+1)
	}
	wantRecord(t, s, store.Record{Key: key, Value: []byte("b"), Version: v2})

	if err := s.Delete(ctx, key, v2); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	wantError(t, "Get after Delete", get(ctx, s, key), store.ErrNotFound)
	wantError(t, "second Delete", s.Delete(ctx, key, v2), store.ErrNotFound)
}

func conflicts(t *testing.T, s store.Store) {
	ctx := t.Context()
	key := "storetest/conflict"
	wantError(t, "Put of a version where nothing is", put(ctx, s, store.Record{Key: key, Version: 7}), store.ErrConflict)
	wantError(t, "Get after it", get(ctx, s, key), store.ErrNotFound)

	v1 := mustPut(t, s, store.Record{Key: key, Value: []byte("kept")})
	v2 := mustPut(t, s, store.Record{Key: key, Value: []byte("kept"), Version: v1})
	for _, stale := range []store.Version{0, v1, v2 + 1} {
		name := fmt.Sprintf("of version %d where %d is stored", stale, v2)
		wantError(t, "Put "+name, put(ctx, s, store.Record{Key: key, Value: []byte("lost"), Version: stale}), store.ErrConflict)
		wantError(t, "Delete "+name, s.Delete(ctx, key, stale), store.ErrConflict)
	}
	wantRecord(t, s, store.Record{Key: key, Value: []byte("kept"), Version: v2})
}

func versionsNeverComeBack(t *testing.T, s store.Store) {
	ctx := t.Context()
	key := "storetest/reborn"
	seen := map[store.Version]bool{}
	for range 20 {
		v := mustPut(t, s, store.Record{Key: key})
		if seen[v] {
			t.Fatalf("version %d came back after Delete: a writer from before would win", v)
		}
		if v >= 1<<63 {
			t.Fatalf("version %d is not below 1<<63", v)
		}
		seen[v] = true
		if err := s.Delete(ctx, key, v); err != nil {
			t.Fatalf("Delete: %v", err)
		}
	}
}

func expiry(t *testing.T, s store.Store) {
	ctx := t.Context()
	key := "storetest/expiring"
	expires := time.Now().Add(500 * time.Millisecond)
	mustPut(t, s, store.Record{Key: key, Expires: expires})
	if err := get(ctx, s, key); err != nil && time.Now().Before(expires.Add(-200*time.Millisecond)) {
		t.Errorf("Get long before the record expires: %v", err)
	}
	limit := expires.Add(5 * time.Second)
	for !errors.Is(get(ctx, s, key), store.ErrNotFound) {
		if time.Now().After(limit) {
			t.Fatal("the record is still there 5 s after it expired")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if early := time.Until(expires); early > 200*time.Millisecond {
		t.Errorf("the record went %v before it expired", early)
	}
}

func expiredIsAbsent(t *testing.T, s store.Store) {
	ctx := t.Context()
	key := "storetest/past"
	past := time.Now().Add(-time.Minute)
	v1 := mustPut(t, s, store.Record{Key: key, Value: []byte("old"), Expires: past})
	wantError(t, "Get", get(ctx, s, key), store.ErrNotFound)
	wantError(t, "Delete", s.Delete(ctx, key, v1), store.ErrNotFound)
	wantError(t, "Put of its version", put(ctx, s, store.Record{Key: key, Version: v1}), store.ErrConflict)
	if keys := list(t, s, "storetest/past"); len(keys) != 0 {
		t.Errorf("List has it: %q", keys)
	}
	v2 := mustPut(t, s, store.Record{Key: key, Value: []byte("new")})
	wantRecord(t, s, store.Record{Key: key, Value: []byte("new"), Version: v2})
	if v2 == v1 {
		t.Errorf("version %d came back after the record expired: a writer from before would win", v2)
	}
}

func expiresIsKept(t *testing.T, s store.Store) {
	key := "storetest/expires"
	expires := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	v1 := mustPut(t, s, store.Record{Key: key, Expires: expires})
	wantRecord(t, s, store.Record{Key: key, Version: v1, Expires: expires})
	v2 := mustPut(t, s, store.Record{Key: key, Version: v1})
	wantRecord(t, s, store.Record{Key: key, Version: v2})
}

func listByPrefixInOrder(t *testing.T, s store.Store) {
	special := []string{"_", "%", "*", "?", "[", `\`, "^", "."}
	for _, key := range append(special, "2", "10", "B", "ä") {
		mustPut(t, s, store.Record{Key: "storetest/a/" + key})
	}
	for _, key := range []string{"b", "a", "A/1"} {
		mustPut(t, s, store.Record{Key: "storetest/" + key, Value: []byte(key)})
	}
	want := []string{"a/%", "a/*", "a/.", "a/10", "a/2", "a/?", "a/B", "a/[", `a/\`, "a/^", "a/_", "a/ä"}
	if got := list(t, s, "storetest/a/"); !slices.Equal(got, want) {
		t.Errorf("List of a/ is %q, want %q", got, want)
	}
	for _, key := range special {
		if got := list(t, s, "storetest/a/"+key); !slices.Equal(got, []string{"a/" + key}) {
			t.Errorf("List of a/%s is %q: no character of a prefix may be a wildcard", key, got)
		}
	}
	if got := list(t, s, "storetest/nothing"); len(got) != 0 {
		t.Errorf("List of a prefix that no key has is %q", got)
	}
	for r, err := range s.List(t.Context(), "storetest/") {
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		wantRecord(t, s, r)
		break // ends the walk at once
	}
}

func listBodyMayWrite(t *testing.T, s store.Store) {
	ctx := t.Context()
	for i := range 5 {
		mustPut(t, s, store.Record{Key: fmt.Sprintf("storetest/body/%d", i)})
	}
	n := 0
	for r, err := range s.List(ctx, "storetest/body/") {
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		if err := s.Delete(ctx, r.Key, r.Version); err != nil {
			t.Fatalf("Delete inside List: %v", err)
		}
		n++
	}
	if left := list(t, s, "storetest/body/"); n != 5 || len(left) != 0 {
		t.Errorf("the walk saw %d of 5 records and left %q", n, left)
	}
}

func slicesAreCopied(t *testing.T, s store.Store) {
	ctx := t.Context()
	key := "storetest/slices"
	mine := []byte("mine")
	v := mustPut(t, s, store.Record{Key: key, Value: mine})
	mine[0] = 'X'
	want := store.Record{Key: key, Value: []byte("mine"), Version: v}
	wantRecord(t, s, want)

	r, err := s.Get(ctx, key)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	r.Value[0] = 'Y'
	wantRecord(t, s, want)

	for r := range s.List(ctx, key) {
		r.Value[0] = 'Z'
	}
	wantRecord(t, s, want)
}

func endedContext(t *testing.T, s store.Store) {
	key := "storetest/ended"
	v := mustPut(t, s, store.Record{Key: key, Value: []byte("kept")})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, "Get", get(ended, s, key), context.Canceled)
	wantError(t, "Put", put(ended, s, store.Record{Key: key, Version: v}), context.Canceled)
	wantError(t, "Delete", s.Delete(ended, key, v), context.Canceled)
	var last error
	for _, err := range s.List(ended, key) {
		last = err
	}
	wantError(t, "List", last, context.Canceled)
	wantRecord(t, s, store.Record{Key: key, Value: []byte("kept"), Version: v})
}

func oddKeys(t *testing.T, s store.Store) {
	odd := []string{
		"../up", "a/../b", "/", "//", "\\", "C:\\x", "con", "a b", "a\nb", "tab\t", "*?[x]", "%2f", "'; --", `"`, "{}", "#", ":", "~",
		"ä", "a\u0308", "日本", "🪢", "UPPER", "upper", ".", "..", strings.Repeat("k", 512-len("storetest/")),
	}
	versions := map[string]store.Version{}
	for _, key := range odd {
		versions[key] = mustPut(t, s, store.Record{Key: "storetest/" + key, Value: []byte(key)})
	}
	for _, key := range odd {
		wantRecord(t, s, store.Record{Key: "storetest/" + key, Value: []byte(key), Version: versions[key]})
	}
	slices.Sort(odd)
	if got := list(t, s, "storetest/"); !slices.Equal(got, odd) {
		t.Errorf("List is %q,\nwant %q", got, odd)
	}
}

func badKeys(t *testing.T, s store.Store) {
	ctx := t.Context()
	for _, key := range []string{"", "a\x00b", "\xff", strings.Repeat("k", 513)} {
		wantError(t, fmt.Sprintf("Get of %q", key), get(ctx, s, key), store.ErrKey)
		wantError(t, fmt.Sprintf("Put of %q", key), put(ctx, s, store.Record{Key: key}), store.ErrKey)
		wantError(t, fmt.Sprintf("Delete of %q", key), s.Delete(ctx, key, 1), store.ErrKey)
	}
}

func values(t *testing.T, s store.Store) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for name, value := range map[string][]byte{
		"nil": nil, "empty": {}, "every byte": every, "1 MiB": bytes.Repeat(every, 4096),
	} {
		key := "storetest/value/" + name
		v := mustPut(t, s, store.Record{Key: key, Value: value})
		wantRecord(t, s, store.Record{Key: key, Value: value, Version: v})
	}
}
