package storetest_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/storetest"
)

// Each engine here has one fault, and Run must find it in the part named.
var defects = []struct {
	name, part string
	wrap       func(s store.Store) store.Store
}{
	{"Put ignores versions", "Conflicts", func(s store.Store) store.Store { return ignoresVersions{s} }},
	{"Put checks and writes in two steps", "OneWinner", func(s store.Store) store.Store { return twoSteps{s} }},
	{"Put has two winners", "EachVersionWonOnce", func(s store.Store) store.Store { return everybodyWins{s} }},
	{"Delete does nothing", "PutGetDelete", func(s store.Store) store.Store { return losesDeletes{s} }},
	{"Delete succeeds twice", "OneWinner", func(s store.Store) store.Store { return deletesTwice{s} }},
	{"versions begin with one", "VersionsNeverComeBack", func(s store.Store) store.Store { return &countsFromOne{Store: s} }},
	{"records never expire", "ExpiredIsAbsent", func(s store.Store) store.Store { return neverExpires{s} }},
	{"values are cut", "Values", func(s store.Store) store.Store { return cutsValues{s} }},
	{"ended contexts are ignored", "EndedContext", func(s store.Store) store.Store { return ignoresContext{s} }},
	{"List has no order", "ListByPrefixInOrder", func(s store.Store) store.Store { return listsBackwards{s} }},
	{"List misses a record", "ListWhileChanged", func(s store.Store) store.Store { return listsOneLess{s} }},
	{"a stopped holder saves late", "LeaseOfStoppedHolder", func(s store.Store) store.Store { return ignoresVersions{s} }},
	{"two take one lease", "LeaseForOne", func(s store.Store) store.Store { return twoSteps{s} }},
}

// runDefect names the defect that a child process runs.
const runDefect = "CORDAGE_STORETEST_DEFECT"

func TestRunFindsDefects(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, defect := range defects {
		t.Run(defect.name, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), program, "-test.run", "^TestDefect$/^"+defect.part+"$", "-test.timeout", "1m")
			child.Env = append(os.Environ(), runDefect+"="+defect.name)
			out, err := child.CombinedOutput()
			if _, failed := errors.AsType[*exec.ExitError](err); !failed || !strings.Contains(string(out), "--- FAIL: TestDefect/"+defect.part) {
				t.Errorf("%s did not find it (%v):\n%s", defect.part, err, out)
			}
		})
	}
}

func TestDefect(t *testing.T) {
	name := os.Getenv(runDefect)
	if name == "" {
		t.Skip("TestRunFindsDefects runs it in a process of its own")
	}
	for _, defect := range defects {
		if defect.name == name {
			storetest.Run(t, func(*testing.T) store.Store { return defect.wrap(store.Memory()) })
		}
	}
}

type ignoresVersions struct{ store.Store }

func (s ignoresVersions) Put(ctx context.Context, r store.Record) (store.Version, error) {
	for {
		stored, err := s.Get(ctx, r.Key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, err
		}
		r.Version = stored.Version
		v, err := s.Store.Put(ctx, r)
		if !errors.Is(err, store.ErrConflict) {
			return v, err
		}
	}
}

type twoSteps struct{ store.Store }

func (s twoSteps) Put(ctx context.Context, r store.Record) (store.Version, error) {
	stored, err := s.Get(ctx, r.Key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	if stored.Version != r.Version {
		return 0, store.ErrConflict
	}
	time.Sleep(time.Millisecond)
	return ignoresVersions(s).Put(ctx, r)
}

type everybodyWins struct{ store.Store }

func (s everybodyWins) Put(ctx context.Context, r store.Record) (store.Version, error) {
	v, err := s.Store.Put(ctx, r)
	if errors.Is(err, store.ErrConflict) {
		return r.Version + 1, nil
	}
	return v, err
}

type losesDeletes struct{ store.Store }

func (s losesDeletes) Delete(ctx context.Context, key string, v store.Version) error {
	_, err := s.Get(ctx, key)
	return err
}

type deletesTwice struct{ store.Store }

func (s deletesTwice) Delete(ctx context.Context, key string, v store.Version) error {
	err := s.Store.Delete(ctx, key, v)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// countsFromOne shows versions less their random start.
type countsFromOne struct {
	store.Store
	mu    sync.Mutex
	start map[string]store.Version
}

func (s *countsFromOne) Put(ctx context.Context, r store.Record) (store.Version, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Version != 0 {
		r.Version += s.start[r.Key]
	}
	v, err := s.Store.Put(ctx, r)
	if err == nil && r.Version == 0 {
		s.start = map[string]store.Version{r.Key: v - 1}
	}
	return v - s.start[r.Key], err
}

func (s *countsFromOne) Delete(ctx context.Context, key string, v store.Version) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.Delete(ctx, key, v+s.start[key])
}

type neverExpires struct{ store.Store }

func (s neverExpires) Put(ctx context.Context, r store.Record) (store.Version, error) {
	r.Expires = time.Time{}
	return s.Store.Put(ctx, r)
}

type cutsValues struct{ store.Store }

func (s cutsValues) Put(ctx context.Context, r store.Record) (store.Version, error) {
	r.Value = r.Value[:min(len(r.Value), 1<<16)]
	return s.Store.Put(ctx, r)
}

type ignoresContext struct{ store.Store }

func (s ignoresContext) Put(ctx context.Context, r store.Record) (store.Version, error) {
	return s.Store.Put(context.WithoutCancel(ctx), r)
}

type listsBackwards struct{ store.Store }

func (s listsBackwards) List(ctx context.Context, prefix string) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		var all []store.Record
		for r := range s.Store.List(ctx, prefix) {
			all = append(all, r)
		}
		for _, r := range slices.Backward(all) {
			if !yield(r, nil) {
				return
			}
		}
	}
}

type listsOneLess struct{ store.Store }

func (s listsOneLess) List(ctx context.Context, prefix string) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		n := 0
		for r, err := range s.Store.List(ctx, prefix) {
			if n++; n == 100 {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
