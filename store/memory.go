package store

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memory returns a store that lives as long as the program: for tests, and for
// sign-ins that need not survive a restart.
func Memory() Store { return &memory{records: map[string]Record{}} }

type memory struct {
	mu      sync.Mutex
	records map[string]Record
	sweepAt int // number of records at which expired ones are looked for again
}

func (m *memory) Get(ctx context.Context, key string) (Record, error) {
	if err := begin(ctx, key); err != nil {
		return Record{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.live(key)
	if !ok {
		return Record{}, notFound(key)
	}
	return r.clone(), nil
}

func (m *memory) Put(ctx context.Context, r Record) (Version, error) {
	if err := begin(ctx, r.Key); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	stored, _ := m.live(r.Key)
	if stored.Version != r.Version {
		return 0, conflict(r.Key)
	}
	r = r.clone()
	r.Version = stored.Version.next()
	m.records[r.Key] = r
	m.sweep()
	return r.Version, nil
}

func (m *memory) Delete(ctx context.Context, key string, v Version) error {
	if err := begin(ctx, key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	stored, ok := m.live(key)
	if !ok {
		return notFound(key)
	}
	if stored.Version != v {
		return conflict(key)
	}
	delete(m.records, key)
	return nil
}

func (m *memory) List(ctx context.Context, prefix string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, key := range m.keys(prefix) {
			if err := ctx.Err(); err != nil {
				yield(Record{}, err)
				return
			}
			m.mu.Lock()
			r, ok := m.live(key)
			m.mu.Unlock()
			if ok && !yield(r.clone(), nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Record{}, err)
		}
	}
}

func (m *memory) keys(prefix string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for key := range m.records {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (m *memory) live(key string) (Record, bool) {
	r, ok := m.records[key]
	if !ok || r.expired(time.Now()) {
		return Record{}, false
	}
	return r, true
}

// sweep forgets expired records each time that the number of records has
// doubled, so that its cost per Put stays constant.
func (m *memory) sweep() {
	if len(m.records) < m.sweepAt {
		return
	}
	now := time.Now()
	for key, r := range m.records {
		if r.expired(now) {
			delete(m.records, key)
		}
	}
	m.sweepAt = max(64, 2*len(m.records))
}

// begin makes the checks that every call starts with.
func begin(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return CheckKey(key)
}

func (v Version) next() Version {
	if v == 0 {
		return NewVersion()
	}
	return v + 1
}

func (r Record) clone() Record {
	r.Value = bytes.Clone(r.Value)
	return r
}
