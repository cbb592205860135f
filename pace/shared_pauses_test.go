package pace

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A pause that one process met holds all within 100 ms after it was stored, and
// until its end.
func TestSharedPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		var all []*worker
		for i := range 4 {
			p := w.process(string(rune('a' + i)))
			p.work(4, 0)
			all = append(all, p)
		}
		for range 5 {
			time.Sleep(2*time.Second + rand.N(time.Second))
			w.mu.Lock()
			w.refuseIn = 3 * time.Second
			before := len(w.arrivals)
			w.mu.Unlock()
			time.Sleep(3*time.Second + rand.N(500*time.Millisecond))
			w.mu.Lock()
			var asked time.Time
			for _, a := range w.arrivals[before:] {
				since := a.at.Sub(asked)
				switch {
				case a.status == http.StatusTooManyRequests:
					asked = a.at
				case !asked.IsZero() && since < 3*time.Second && since > 120*time.Millisecond: // 10 for the answer, 10 to store it
					t.Errorf("process %s sent %v after the 429", a.process, since)
				}
			}
			w.mu.Unlock()
		}
		time.Sleep(3 * time.Second)
		for _, p := range all {
			p.end()
		}
		w.wantRefused(5)
	})
}

// One that begins in the middle of a pause keeps it, one that begins later does
// not, and nothing of it is left in the store.
func TestSharedPauseMetByNewcomers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		a := w.process("a")
		w.refuseIn = 30 * time.Second
		done := a.work(1, 1)
		time.Sleep(20 * time.Second)
		b := w.process("b")
		begun := time.Now()
		if err := b.call("account"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 10*time.Second || took > 13*time.Second {
			t.Errorf("a newcomer waited %v, and 10 s were left", took)
		}
		begun = time.Now()
		if err := b.call("another"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("another key waited %v", took)
		}
		<-done
		time.Sleep(5 * time.Second)
		for r := range w.records.Store.List(t.Context(), "pace/test/pauses") {
			if string(r.Value) != `{"format":1,"pauses":null}` {
				t.Errorf("left: %s", r.Value)
			}
		}
		c := w.process("c")
		begun = time.Now()
		if err := c.call("account"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("after the pause a newcomer waited %v", took)
		}
		for _, p := range []*worker{a, b, c} {
			p.end()
		}
	})
}

// Learning is idempotent, never ends a pause early, and takes no pause for new
// that is over.
func TestPauses(t *testing.T) {
	now := time.Now()
	p := pauses{}
	stored := pauseList{Format: 1, Pauses: []pauseLeft{{"k", "1", 3000}}}
	if longer := p.learn(stored, now); len(longer) != 1 || p["k"].ends != now.Add(3*time.Second) {
		t.Errorf("learned %v, %v", longer, p)
	}
	if longer := p.learn(stored, now.Add(time.Second)); len(longer) != 0 || p["k"].ends != now.Add(3*time.Second) {
		t.Errorf("the same list again: %v, %v", longer, p)
	}
	p.forget(stored, now.Add(4*time.Second))
	if longer := p.learn(stored, now.Add(4*time.Second)); len(longer) != 0 {
		t.Errorf("a pause that is over began again: %v", p)
	}
	if !p.differs(stored, now.Add(4*time.Second)) {
		t.Error("a list with a pause that is over is not written anew")
	}
	shorter := pauseList{Format: 1, Pauses: []pauseLeft{{"k", "1", 500}}}
	p.learn(shorter, now.Add(time.Second))
	if p["k"].ends != now.Add(1500*time.Millisecond) {
		t.Errorf("a better word of the same pause was not believed: %v", p)
	}
	p.learn(pauseList{Pauses: []pauseLeft{{"k", "2", 100}}}, now.Add(time.Second))
	if p["k"].ends != now.Add(1500*time.Millisecond) {
		t.Errorf("a shorter pause ended the longer one: %v", p)
	}
	p.learn(pauseList{Pauses: []pauseLeft{{"z", "3", 1 << 60}}}, now)
	if p["z"].ends.Sub(now) != longestPause {
		t.Errorf("an absurd pause: %v", p["z"].ends.Sub(now))
	}
}

// However many keys are paused, the record stays small, and the longest pauses
// are in it.
func TestPausesAreBounded(t *testing.T) {
	now := time.Now()
	p := pauses{}
	for i := range 1000 {
		p[fmt.Sprint("key ", i)] = pause{fmt.Sprint(i), now.Add(time.Duration(i+1) * time.Second)}
	}
	l := p.list(now)
	if len(l.Pauses) != mostPauses || l.Pauses[0].Key != "key 999" || l.Pauses[mostPauses-1].Key != fmt.Sprint("key ", 1000-mostPauses) {
		t.Errorf("%d pauses, from %v to %v", len(l.Pauses), l.Pauses[0], l.Pauses[len(l.Pauses)-1])
	}
	value, longest := l.value()
	if longest < 1000*time.Second || len(value) > 64<<10 {
		t.Errorf("%d bytes, longest %v", len(value), longest)
	}
	if back, err := readPauses(value); err != nil || len(back.Pauses) != mostPauses {
		t.Errorf("it cannot be read: %v", err)
	}
	if p.differs(l, now) {
		t.Error("a full list is written again and again")
	}
}

// A store that lost its records is told of the pauses again.
func TestSharedPauseOfALostStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		a, b := w.process("a"), w.process("b")
		w.refuseIn = 20 * time.Second
		a.work(1, 1)
		time.Sleep(time.Second)
		r, err := w.records.Store.Get(t.Context(), "pace/test/pauses")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.records.Store.Delete(t.Context(), r.Key, r.Version); err != nil { // the store was started anew
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		begun := time.Now()
		if err := b.call("account"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 17*time.Second {
			t.Errorf("the other process waited %v, and 18 s were left", took)
		}
		a.end()
		b.end()
	})
}

func FuzzReadPauses(f *testing.F) {
	f.Add([]byte(`{"format":1,"pauses":[{"key":"a","id":"b","left":3000}]}`))
	f.Add([]byte(`{"format":1,"pauses":[{"key":"a","left":-9223372036854775808},{"key":"a","left":9223372036854775807}]}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		l, err := readPauses(value)
		if err != nil {
			return
		}
		now := time.Now()
		p := pauses{}
		p.learn(l, now)
		for key, one := range p {
			if left := one.ends.Sub(now); left < 0 || left > longestPause {
				t.Errorf("%q is paused for %v", key, left)
			}
		}
		again, _ := p.list(now).value()
		if _, err := readPauses(again); err != nil {
			t.Errorf("what it makes of %q cannot be read: %v", value, err)
		}
	})
}
