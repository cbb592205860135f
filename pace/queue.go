package pace

import (
	"container/list"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// A queue holds the calls that wait for a key. Its accounts take turns; within
// an account its single calls and each of its walks take turns; and within
// each of these the first come is the first served. So no account starves
// another, and no long walk a single call.
type queue struct {
	accounts turns[string, account]
	waiting  int
}

type account struct {
	flows   turns[any, flow]
	waiting int
}

type flow struct{ waiters list.List }

// A waiter is one call in the queue.
type waiter struct {
	turn  *connector.Turn
	told  chan error    // gets nil when the call may leave, or why it may not
	until time.Duration // how long it would wait, since the pacer began
	ends  bool          // because its context ends then
	place *list.Element // in its flow; nil once it is out of the queue
}

func (q *queue) join(w *waiter) {
	account := q.accounts.get(w.turn.Account)
	w.place = account.flows.get(w.turn.Walk).waiters.PushBack(w)
	account.waiting++
	q.waiting++
}

// next takes out whose turn it is. The queue must not be empty.
func (q *queue) next() *waiter {
	flow := q.accounts.next().flows.next()
	w := flow.waiters.Front().Value.(*waiter)
	q.leave(w)
	return w
}

// leave takes a waiter out.
func (q *queue) leave(w *waiter) {
	account := q.accounts.get(w.turn.Account)
	flow := account.flows.get(w.turn.Walk)
	flow.waiters.Remove(w.place)
	w.place = nil
	account.waiting--
	q.waiting--
	if flow.waiters.Len() == 0 {
		account.flows.drop(w.turn.Walk)
	}
	if account.waiting == 0 {
		q.accounts.drop(w.turn.Account)
	}
}

// ahead is how many of those that wait now would leave before a newcomer, at
// most.
func (q *queue) ahead(t *connector.Turn) int {
	if q.waiting == 0 {
		return 0
	}
	own, flows := 0, 0 // in its flow and in the other flows of its account
	for name, a := range q.accounts.all() {
		if name != t.Account {
			continue
		}
		for walk, f := range a.flows.all() {
			if walk == t.Walk {
				own = f.waiters.Len()
			}
		}
		for walk, f := range a.flows.all() {
			if walk != t.Walk {
				flows += min(f.waiters.Len(), own+1)
			}
		}
	}
	sum := own + flows
	for name, a := range q.accounts.all() {
		if name != t.Account {
			sum += min(a.waiting, own+flows+1)
		}
	}
	return sum
}

// impatient takes out those that would not wait until a time.
func (q *queue) impatient(until time.Duration) []*waiter {
	var out []*waiter
	for _, a := range q.accounts.all() {
		for _, f := range a.flows.all() {
			for place := f.waiters.Front(); place != nil; place = place.Next() {
				if w := place.Value.(*waiter); w.until < until {
					out = append(out, w)
				}
			}
		}
	}
	for _, w := range out {
		q.leave(w)
	}
	return out
}
