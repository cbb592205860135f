package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	penaltySeconds = 3
	// penaltyReach is how soon a stored pause holds everybody.
	penaltyReach = 100 * time.Millisecond
)

// A penaltyRound is one 429 and what came after it.
type penaltyRound struct {
	worker string    // who got it
	asked  time.Time // when the request had arrived that was answered so
}

// penalty answers one request of one process with 429 and a pause, again and
// again, and looks at when all processes stop and go on.
func penalty(ctx context.Context, s settings, r *report) error {
	rounds := 20
	if s.short {
		rounds = 2
	}
	run, err := newSharedRun(ctx, s.store, nil)
	if err != nil {
		return err
	}
	p := &penalties{}
	run.server.mu.Lock()
	run.server.refuse = p.refuse
	run.server.mu.Unlock()
	err = run.say("go")
	chance := s.random(1)
	for range rounds {
		// Most send again by then, and it is not in step with anything.
		if err != nil || !pause(ctx, sharedLength/2+time.Duration(chance.Int64N(int64(sharedLength)))) {
			break
		}
		p.next(workerName(chance.IntN(len(run.children))))
		err = p.wait(ctx)
		pause(ctx, penaltySeconds*time.Second)
	}
	pause(ctx, sharedLength/2)
	results, stopErr := run.stop()
	if err = errors.Join(err, ctx.Err(), stopErr, run.end(ctx)); err != nil {
		return err
	}
	return penaltyFigures(r, p.rounds, run.server.arrivals, results)
}

// penalties are what the server asks for.
type penalties struct {
	mu     sync.Mutex
	due    string // who is to be asked next
	rounds []penaltyRound
}

func (p *penalties) next(worker string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.due = worker
}

// refuse returns the pause that a request is asked for.
func (p *penalties) refuse(worker string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.due != worker {
		return 0
	}
	p.due = ""
	p.rounds = append(p.rounds, penaltyRound{worker, time.Now()})
	return penaltySeconds
}

// wait returns when the next request has been refused.
func (p *penalties) wait(ctx context.Context) error {
	for range 1000 {
		p.mu.Lock()
		due := p.due
		p.mu.Unlock()
		if due == "" {
			return nil
		}
		if !pause(ctx, 5*time.Millisecond) {
			return ctx.Err()
		}
	}
	return errors.New("a process has sent nothing for 5 s")
}

// penaltyFigures compares the arrivals with the pauses. The children tell when
// they had stored each: all run on this machine and have one clock.
func penaltyFigures(r *report, rounds []penaltyRound, arrivals []limitedArrival, results []sharedResult) error {
	var latest, toStore, spread time.Duration
	early, between, quiet := 0, 0, 0
	for _, round := range rounds {
		ends := round.asked.Add(penaltySeconds * time.Second)
		stored, ok := storedAfter(round.asked, results)
		if !ok {
			return fmt.Errorf("no process stored the pause of %v", round.asked)
		}
		toStore = max(toStore, stored.Sub(round.asked))
		first := ends.Add(time.Hour)
		for _, a := range arrivals {
			switch {
			case !a.at.After(round.asked):
			case a.at.Before(ends):
				between++
				latest = max(latest, a.at.Sub(stored))
				if a.at.After(stored.Add(penaltyReach)) {
					early++
				}
			case a.at.Before(first):
				first = a.at
			}
		}
		spread = max(spread, first.Sub(ends))
		if first.Before(ends.Add(time.Hour)) {
			quiet++
		}
	}
	r.tell("pauses of 3 s", len(rounds))
	r.tell("longest from the 429 to the pause being stored", toStore)
	r.tell("requests that all processes sent after a 429, on the average", float64(between)/float64(max(1, len(rounds))))
	atMost(r, "latest request after a pause was stored and before its end", latest, penaltyReach)
	atMost(r, "requests later than that, before the end", early, 0)
	exactly(r, "pauses after which the processes went on", quiet, len(rounds))
	r.tell("longest from the end of a pause to the first request", spread)
	sharedFailures(r, "", results)
	return nil
}

// storedAfter is when a list of pauses was first stored after a moment.
func storedAfter(asked time.Time, results []sharedResult) (first time.Time, ok bool) {
	for _, one := range results {
		for _, at := range one.Stored {
			if at.After(asked) && (!ok || at.Before(first)) {
				first, ok = at, true
			}
		}
	}
	return first, ok
}
