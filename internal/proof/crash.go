package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/store"
)

// A fate is what happens to a process that is hit.
type fate string

const (
	killed  fate = "killed"
	stopped fate = "stopped" // for twice the note's time; then it goes on
)

// A round is one sign-in whose victim, one of three processes, is hit once.
type round struct {
	number int
	at     point
	fate   fate
	skip   int           // 0: when the token has expired; 1: at the early renewal of one that still works
	delay  time.Duration // of a hit at random, from the victim's start
	linger time.Duration // how long the others go on after it
}

// plan makes the rounds: every point with every fate, as often as can be.
func plan(s settings, number int) []round {
	chance := s.random(0)
	var rounds []round
	for len(rounds) < number {
		for _, fate := range []fate{killed, stopped} {
			for _, at := range points() {
				r := round{number: len(rounds), at: at, fate: fate, linger: time.Duration(chance.Int64N(int64(500 * time.Millisecond)))}
				if !s.short {
					r.skip = chance.IntN(2)
				}
				r.delay = time.Duration(chance.Int64N(int64(200 * time.Millisecond))) // a renewal takes about half of that
				if r.skip > 0 {                                                       // the first pair comes at once and is renewed after three quarters of its life, or a little later
					r.delay += answerTime + tokenLife*3/4
				}
				rounds = append(rounds, r)
			}
		}
	}
	chance.Shuffle(len(rounds), func(i, j int) { rounds[i], rounds[j] = rounds[j], rounds[i] })
	return rounds[:number]
}

// crash hits processes in the middle of renewals, and looks what became of
// their sign-ins.
func crash(ctx context.Context, s settings, r *report) error {
	number, together := 300, 10
	if s.short {
		number, together = 12, 12
	}
	server, err := listen(answerTime)
	if err != nil {
		return err
	}
	defer server.Close()
	c := &crashRun{server: server, app: emulatedBy(server), kind: s.store}
	if err := c.empty(ctx); err != nil {
		return err // the store cannot be used at all
	}
	defer c.empty(context.WithoutCancel(ctx))

	rounds := plan(s, number)
	results := make([]result, number)
	next := make(chan int)
	var all sync.WaitGroup
	for range together {
		all.Go(func() {
			for i := range next {
				results[i] = c.play(ctx, rounds[i])
			}
		})
	}
	for i := range rounds {
		next <- i
	}
	close(next)
	all.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	crashFigures(r, rounds, results)
	return nil
}

// A crashRun is what all rounds of a run share.
type crashRun struct {
	server *procoretest.Server
	app    emulated
	kind   string // of store
}

func (c *crashRun) empty(ctx context.Context) error {
	where, clear, err := newPlace(c.kind)
	if err != nil {
		return err
	}
	defer clear()
	shared, end, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer end()
	return empty(ctx, shared, c.app.app().Key(""))
}

// play plays one round and judges it.
func (c *crashRun) play(ctx context.Context, r round) result {
	ctx, cancel := context.WithTimeout(ctx, time.Minute) // whatever goes wrong, every child ends
	defer cancel()
	where, clear, err := newPlace(c.kind)
	if err != nil {
		return result{broken: err}
	}
	defer clear()
	shared, end, err := where.open(ctx)
	if err != nil {
		return result{broken: err}
	}
	defer end()
	order := crashOrder{App: c.app, Place: where, Tenant: fmt.Sprint("round-", r.number)}
	pair := c.server.SignIn(order.Tenant)
	log := &journal{}
	if err := c.signIn(ctx, shared, order.Tenant, pair); err != nil {
		return result{broken: err}
	}
	if err := c.hit(ctx, r, order, log); err != nil {
		return result{broken: fmt.Errorf("%s %s: %w", r.fate, r.at, err)}
	}
	return c.judge(ctx, r, shared, order.Tenant, pair, log)
}

func (c *crashRun) signIn(ctx context.Context, shared store.Store, tenant string, pair procoretest.Pair) error {
	session, err := c.app.session(shared, tenant)
	if err != nil {
		return err
	}
	defer session.Close()
	return session.Set(ctx, expired(pair))
}

// hit starts a victim and two others, hits the victim, and lets the others go
// on until they know what became of the sign-in.
func (c *crashRun) hit(ctx context.Context, r round, order crashOrder, log *journal) error {
	armed := order
	if r.at != anywhere {
		armed.At, armed.Skip = r.at, r.skip
	}
	victim, err := log.start(ctx, victim, armed)
	if err != nil {
		return err
	}
	defer victim.end()
	var others []*actor
	for _, role := range []role{firstOther, secondOther} {
		other, err := log.start(ctx, role, order)
		if err != nil {
			return err
		}
		defer other.end()
		others = append(others, other)
	}
	if err := c.strike(ctx, r, victim, others, log); err != nil {
		return err
	}
	struck := time.Now()
	if r.skip > 0 {
		pause(ctx, tokenLife/3) // until the old token has expired too
	}
	pause(ctx, r.linger)
	settled := time.Now()
	for _, other := range others {
		if err := log.await(ctx, "an answer after the hit", sight{What: sawCall, From: other.role, Began: settled}); err != nil {
			return err
		}
	}
	if r.fate == stopped {
		if err := c.wake(ctx, struck, victim, log); err != nil {
			return err
		}
	}
	for _, other := range others {
		if err := other.finish(); err != nil {
			return err
		}
	}
	return nil
}

// strike brings the victim to its point and hits it there.
func (c *crashRun) strike(ctx context.Context, r round, victim *actor, others []*actor, log *journal) error {
	if err := victim.say(begin); err != nil {
		return err
	}
	if r.at == anywhere {
		pause(ctx, min(r.delay, answerTime/5)) // so that the victim is ahead
		if err := tellAll(others, begin); err != nil {
			return err
		}
		pause(ctx, r.delay-answerTime/5)
	} else if err := log.await(ctx, "the point", sight{What: sawPoint, From: victim.role}); err != nil {
		return err
	}
	if r.fate == stopped {
		if err := suspend(victim.cmd.Process); err != nil {
			return err
		}
	} else {
		victim.end()
	}
	if r.at == anywhere {
		return nil
	}
	return tellAll(others, begin)
}

// wake lets a stopped victim go on when it has been still for twice the note's
// time, and waits until it has found its way back.
func (c *crashRun) wake(ctx context.Context, struck time.Time, victim *actor, log *journal) error {
	pause(ctx, time.Until(struck.Add(2*noteTime)))
	log.woken = time.Now()
	if err := resume(victim.cmd.Process); err != nil {
		return err
	}
	if err := victim.say(goOn); err != nil {
		return err
	}
	if err := log.await(ctx, "an answer after the stop", sight{What: sawCall, From: victim.role, Began: log.woken}); err != nil {
		return err
	}
	return victim.finish()
}

func tellAll(actors []*actor, word string) error {
	for _, a := range actors {
		if err := a.say(word); err != nil {
			return err
		}
	}
	return nil
}
