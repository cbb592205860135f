package auth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
)

const (
	modelTimeout  = 4 * time.Second
	modelNote     = modelTimeout + modelTimeout/4
	modelLifetime = 15 * time.Second
	modelLength   = 2 * time.Minute
)

// Whatever goes wrong, in whatever order: no refresh token is presented a third
// time, nor a second time but for a probe; a pair that a living process got is
// not lost; nobody waits long; a sign-in that was replaced or removed does not
// come back; and the end is a session that works, or one that says why not.
func TestModel(t *testing.T) {
	total := map[connector.Kind]int{}
	works, ends := 0, map[string]int{}
	for seed := range uint64(400) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(seed)
			g := Grant{OneTime: true, Probe: seed%4 != 0, Timeout: modelTimeout}
			w.run(t.Context(), g, rand.New(rand.NewPCG(seed, 1)))
			ends[w.judge(t.Context(), g)]++
			for _, mistake := range w.mistakes {
				t.Errorf("seed %d: %s", seed, mistake)
			}
			works += w.works
			for kind, n := range w.failures {
				total[kind] += n
			}
		})
		if t.Failed() {
			break
		}
	}
	t.Logf("%d calls got a token; others failed: %v; in the end: %v", works, total, ends)
	if works == 0 || ends["works"] == 0 || ends["sign in again"] == 0 || ends["forgotten"] == 0 {
		t.Error("the schedules did not show every end")
	}
}

// run lets some processes work and throws things at them.
func (w *world) run(whole context.Context, g Grant, dice *rand.Rand) {
	w.signIn(whole, g)
	ctx, cancel := context.WithTimeout(whole, modelLength)
	defer cancel()
	var all sync.WaitGroup
	launch := func() *process {
		p := w.start(g)
		for range 3 {
			pause := time.Duration(dice.Int64N(int64(3 * time.Second)))
			all.Go(func() {
				for ctx.Err() == nil && p.alive() {
					p.call(ctx)
					time.Sleep(pause + time.Millisecond)
				}
			})
		}
		return p
	}
	running := []*process{launch(), launch(), launch()}
	for ctx.Err() == nil {
		time.Sleep(time.Duration(dice.Int64N(int64(2 * modelNote))))
		i := dice.IntN(len(running))
		p := running[i]
		switch dice.IntN(12) {
		case 0, 1:
			p.kill()
			running[i] = launch()
		case 2, 3, 4:
			p.stop()
			time.AfterFunc(time.Duration(dice.Int64N(int64(3*modelNote))), p.proceed)
		case 5, 6:
			if h := p.session.current.Load(); h != nil && p.alive() {
				_ = p.session.Invalidate(ctx, h.token)
			}
		case 7:
			w.signIn(whole, g)
		case 8:
			if dice.IntN(4) == 0 {
				w.forget(whole, g)
			}
		}
	}
	w.mu.Lock()
	w.calm = true
	w.mu.Unlock()
	for _, p := range w.processes {
		p.proceed()
	}
	all.Wait()
	time.Sleep(4 * storeTimeout) // what is on the way arrives
}

// signIn is a person who signs in, at a program without troubles.
func (w *world) signIn(ctx context.Context, g Grant) {
	w.mu.Lock()
	token, p := w.issue(0)
	p.holder = &process{}
	w.mu.Unlock()
	w.admin(g, func(s *Session) error { return s.Set(ctx, token) })
}

func (w *world) forget(ctx context.Context, g Grant) {
	w.mu.Lock()
	w.newest = nil
	w.mu.Unlock()
	w.admin(g, func(s *Session) error { return s.Forget(ctx) })
}

func (w *world) admin(g Grant, do func(s *Session) error) {
	g.Renew = func(context.Context, Token) (Token, error) { return Token{}, errors.New("not here") }
	s := NewSession(w.records, key, g)
	defer s.Close()
	if err := do(s); err != nil {
		w.mistake("the person's program failed: %v", err)
	}
}

// judge tells how it ended.
func (w *world) judge(ctx context.Context, g Grant) string {
	for _, p := range w.processes {
		if !p.alive() {
			continue
		}
		if err := p.session.Close(); err != nil {
			w.mistake("Close: %v", err)
		}
	}
	last := w.start(g)
	defer last.session.Close()
	token, err := last.session.Token(ctx)
	if err == nil { // does its refresh token live, too?
		_ = last.session.Invalidate(ctx, token)
		token, err = last.session.Token(ctx)
	}
	w.mu.Lock()
	newest := w.newest
	w.mu.Unlock()
	switch {
	case newest == nil:
		if err == nil || !errors.Is(err, connector.Reauthorize) {
			w.mistake("a forgotten sign-in gave %q, %v", token.Access.Reveal(), err)
		}
		return "forgotten"
	case err == nil:
		if want := fmt.Sprintf("access-%d-%d", newest.chain, newest.number); token.Access.Reveal() != want {
			w.mistake("the token is %q, want %q", token.Access.Reveal(), want)
		}
		return "works"
	case !errors.Is(err, connector.Reauthorize):
		w.mistake("the end is %v", err)
		return "strange"
	}
	name := entry{token: Token{Refresh: NewSecret(fmt.Sprint("refresh-", newest.number))}}.name()
	interrupted := w.probed[name] || !g.Probe && w.noted[name]
	if newest.holder != nil && newest.holder.alive() && !interrupted {
		w.mistake("pair %d was got and is lost: %v", newest.number, err)
	}
	return "sign in again"
}
