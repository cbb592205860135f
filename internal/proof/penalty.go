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

// penalty answers one request of one process with 429 and a pause, again and
// again, and looks at when all processes stop and go on. Beside it does the same
// with processes that are the usual stack: they need few of the machine's means.
func penalty(ctx context.Context, s settings, r *report) error {
	rounds := 20
	if s.short {
		rounds = 2
	}
	ways := []string{s.store, usualStack}
	runs := make([]penaltyRun, len(ways))
	err := atOnce(len(ways), func(i int) (err error) {
		runs[i], err = askToPause(ctx, s, ways[i], rounds)
		return err
	})
	if err != nil {
		return err
	}
	if err := runs[0].report(r); err != nil {
		return err
	}
	runs[1].tellMeanwhile(r, "the usual stack: ")
	return nil
}

// A penaltyRun is what came of processes that are asked to pause.
type penaltyRun struct {
	asked    []time.Time // when each request had arrived that was answered 429
	arrivals []limitedArrival
	results  []sharedResult
}

func askToPause(ctx context.Context, s settings, by string, rounds int) (penaltyRun, error) {
	run, err := newSharedRun(ctx, by, nil)
	if err != nil {
		return penaltyRun{}, err
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
	err = errors.Join(err, ctx.Err(), stopErr, run.end(ctx))
	return penaltyRun{p.asked, run.server.arrivals, results}, err
}

// penalties are what the server asks for.
type penalties struct {
	mu    sync.Mutex
	due   string // who is to be asked next
	asked []time.Time
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
	p.asked = append(p.asked, time.Now())
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

// report compares the arrivals with the pauses. The children tell when they had
// stored each: all run on this machine and have one clock.
func (p penaltyRun) report(r *report) error {
	var latest, toStore, spread time.Duration
	early, quiet := 0, 0
	for _, asked := range p.asked {
		ends := asked.Add(penaltySeconds * time.Second)
		stored, ok := storedAfter(asked, p.results)
		if !ok {
			return fmt.Errorf("no process stored the pause of %v", asked)
		}
		toStore = max(toStore, stored.Sub(asked))
		first := ends.Add(time.Hour)
		for _, a := range p.arrivals {
			switch {
			case !a.at.After(asked):
			case a.at.Before(ends):
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
	r.tell("pauses of 3 s", len(p.asked))
	r.tell("longest from the 429 to the pause being stored", toStore)
	p.tellMeanwhile(r, "")
	atMost(r, "latest request after a pause was stored and before its end", latest, penaltyReach)
	atMost(r, "requests later than that, before the end", early, 0)
	exactly(r, "pauses after which the processes went on", quiet, len(p.asked))
	r.tell("longest from the end of a pause to the first request", spread)
	sharedFailures(r, "", p.results)
	return nil
}

// tellMeanwhile tells what all processes sent after each 429 and before the end
// of the pause.
func (p penaltyRun) tellMeanwhile(r *report, who string) {
	sent, latest := 0, time.Duration(0)
	for _, asked := range p.asked {
		for _, a := range p.arrivals {
			if after := a.at.Sub(asked); after > 0 && after < penaltySeconds*time.Second {
				sent++
				latest = max(latest, after)
			}
		}
	}
	r.tell(who+"requests that all processes sent after a 429 and before the end of its pause, on the average", float64(sent)/float64(max(1, len(p.asked))))
	r.tell(who+"latest of these, after the 429", latest)
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
