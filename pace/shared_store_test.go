package pace

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/store"
)

// However the store fails, requests go on leaving, each process keeps to a fair
// share, nobody storms the platform, and each says so once. When the store is
// back, the limit is shared again.
func TestSharedWithoutTheStore(t *testing.T) {
	for name, broken := range map[string]func(*checkedStore){
		"fails":     func(s *checkedStore) { s.fail = errStore },
		"hangs":     func(s *checkedStore) { s.hang = true },
		"conflicts": func(s *checkedStore) { s.conflict = true },
		"read only": func(s *checkedStore) { s.readOnly = true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, time.Second, 100)
				var all []*worker
				var told errorList
				var log bytes.Buffer
				for i := range 4 {
					o := &SharedOptions{OnError: told.add}
					if i == 0 {
						o.Logger = slog.New(slog.NewTextHandler(&log, nil))
					}
					p := w.processWith(string(rune('a'+i)), o)
					if i == 0 {
						p.work(16, 0) // it has most of the limit before
					} else {
						p.workEvery(100 * time.Millisecond)
					}
					all = append(all, p)
				}
				time.Sleep(5 * time.Second)
				w.records.set(broken)
				for _, p := range all[1:] {
					p.work(8, 0) // and then all could use it
				}
				time.Sleep(10 * time.Second)
				if n := w.count("", 200, 9*time.Second, 15*time.Second); n < 6*90 {
					t.Errorf("%d requests in 6 s, want 100 a second", n)
				}
				if n := len(told.all()); n != 4 {
					t.Errorf("4 processes told of %d errors: %v", n, told.all())
				}
				w.records.set(func(s *checkedStore) { s.fail, s.hang, s.conflict, s.readOnly = nil, false, false, false })
				time.Sleep(10 * time.Second)
				all[3].end()
				time.Sleep(5 * time.Second)
				if n := w.count("", 200, 26*time.Second, 30*time.Second); n < 350 {
					t.Errorf("after the store was back: %d requests of 3 processes in 4 s, want 100 a second", n)
				}
				for _, p := range all[:3] {
					p.end()
				}
				w.wantRefused(0)
				if warned, again := strings.Count(log.String(), "limits are not shared"), strings.Count(log.String(), "shared again"); warned != 1 || again != 1 {
					t.Errorf("the log has %d warnings and %d words of the end, want one each:\n%s", warned, again, log.String())
				}
			})
		})
	}
}

type errorList struct {
	mu   sync.Mutex
	list []error
}

func (l *errorList) add(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, err)
}

func (l *errorList) all() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.list
}

// A store that does not work from the start leaves each process the part that
// it was told of.
func TestSharedNeverHadAStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		w.records.fail = errStore
		var all []*worker
		for i := range 4 {
			p := w.processWith(string(rune('a'+i)), &SharedOptions{Processes: 4})
			p.work(8, 0)
			all = append(all, p)
		}
		time.Sleep(5 * time.Second)
		for _, p := range all {
			p.stop()
			p.all.Wait()
			if err := p.pacer.Close(); !errors.Is(err, errStore) {
				t.Errorf("Close does not tell that nothing could be given back: %v", err)
			}
		}
		if n := w.count("", 200, time.Second, 4*time.Second); n < 290 {
			t.Errorf("%d requests in 3 s, want 100 a second", n)
		}
		w.wantRefused(0)
	})
}

// A store that loses its records, as a cache does when it is started anew, is
// no reason to use more than the limit.
func TestSharedStoreForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		var all []*worker
		for i := range 4 {
			p := w.process(string(rune('a' + i)))
			p.work(8, 0)
			all = append(all, p)
		}
		for range 10 {
			time.Sleep(2700 * time.Millisecond)
			for r := range w.records.Store.List(t.Context(), "") {
				if err := w.records.Store.Delete(t.Context(), r.Key, r.Version); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, p := range all {
			p.end()
		}
		if n := w.count("", 200, 2*time.Second, 27*time.Second); n < 25*90 {
			t.Errorf("%d requests in 25 s, want nearly 100 a second", n)
		}
		w.wantRefused(0)
	})
}

// Records that this version cannot read are left alone, and said once each.
func TestSharedUnreadableRecords(t *testing.T) {
	for name, value := range map[string]string{
		"newer": `{"format":2,"members":{}}`,
		"other": "lease ABC",
		"empty": "",
		"sums":  `{"format":1,"members":[{"id":"a","share":600000000},{"id":"b","share":600000000}]}`,
		"twice": `{"format":1,"members":[{"id":"a"},{"id":"a"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, time.Second, 100)
				keys := []string{"pace/test/pauses", "pace/test/key/account"}
				if name == "sums" || name == "twice" {
					keys = keys[1:]
				}
				for _, key := range keys {
					if _, err := w.records.Store.Put(t.Context(), store.Record{Key: key, Value: []byte(value)}); err != nil {
						t.Fatal(err)
					}
				}
				var told errorList
				p := w.processWith("a", &SharedOptions{OnError: told.add, Processes: 2})
				p.work(8, 0)
				time.Sleep(5 * time.Second)
				p.stop()
				p.all.Wait()
				if err := p.pacer.Close(); !errors.Is(err, errUnreadable) {
					t.Errorf("Close: %v", err)
				}
				if n := w.count("", 200, time.Second, 4*time.Second); n < 130 || n > 150 {
					t.Errorf("%d requests in 3 s, want half of the limit, which is 50 a second", n)
				}
				if n := len(told.all()); n != len(keys) {
					t.Errorf("told of %d errors, want one of each of %d records: %v", n, len(keys), told.all())
				}
				for _, key := range keys {
					if r, err := w.records.Store.Get(t.Context(), key); err != nil || string(r.Value) != value {
						t.Errorf("%s is %q now, %v", key, r.Value, err)
					}
				}
			})
		})
	}
}

// More processes than the limit has requests do not come to a standstill while
// the store is down.
func TestSharedManyWithoutTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 4)
		w.records.fail = errStore
		all := make([]*worker, 6)
		for i := range all {
			all[i] = w.processWith(string(rune('a'+i)), &SharedOptions{Processes: len(all)})
			all[i].work(1, 0)
		}
		time.Sleep(20 * time.Second)
		for _, p := range all {
			p.stop()
			p.all.Wait()
			if err := p.pacer.Close(); !errors.Is(err, errStore) {
				t.Errorf("Close: %v", err)
			}
		}
		for _, p := range all {
			from, to := 5*time.Second, 20*time.Second
			if n := w.count(p.name, 200, from, to) + w.count(p.name, 429, from, to); n < 10 {
				t.Errorf("%s sent %d requests in 15 s, want one a second", p.name, n)
			}
		}
		if n := w.count("", 200, 5*time.Second, 20*time.Second); n < 45 {
			t.Errorf("%d requests were served in 15 s, want nearly 4 a second", n)
		}
	})
}
