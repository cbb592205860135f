package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/store"
)

// A result is what became of one round's sign-in.
type result struct {
	broken     error         // the round could not be played
	unreadable error         // the store does not parse
	lost       bool          // the newest pair that was obtained is not the stored one
	most       int           // presentations of one refresh token
	unprobed   bool          // a second presentation that was no probe
	end        string        // the state of the sign-in at the end
	waited     time.Duration // the longest call of Session.Token
	strange    []string      // what calls came to that may come to nothing else than a token or a new sign-in
}

// judge looks at what a round left behind.
func (c *crashRun) judge(ctx context.Context, r round, shared store.Store, tenant string, first procoretest.Pair, log *journal) result {
	var out result
	stored, err := shared.Get(ctx, c.app.app().Key(tenant))
	out.unreadable = errors.Join(err, parses(ctx, shared, c.app.app().Key("")))
	out.lost = lostPair(first.Refresh, readSession(stored.Value).Token.Refresh, r.fate, log.all())
	out.end = c.endState(ctx, shared, tenant, log)
	out.most, out.unprobed = countUses(first.SignIn, c.server.Presentations(), log.all())
	for _, s := range log.all() {
		if s.What != sawCall {
			continue
		}
		if s.From == victim && s.Began.Before(log.woken) {
			continue // it cannot help the time that it was stopped for, and may have run out of it
		}
		out.waited = max(out.waited, s.Waited)
		if s.State != works && s.State != signInAgain {
			out.strange = append(out.strange, s.State)
		}
	}
	return out
}

// parses reads all of a store's records.
func parses(ctx context.Context, shared store.Store, prefix string) error {
	for r, err := range shared.List(ctx, prefix) {
		if err != nil {
			return err
		}
		if readSession(r.Value).Token.Refresh == "" {
			return fmt.Errorf("the record of %s holds no token", r.Key)
		}
	}
	return nil
}

// endState asks a session that knows nothing for a token, and the platform
// whether that works.
func (c *crashRun) endState(ctx context.Context, shared store.Store, tenant string, log *journal) string {
	w := &wire{tell: func(s sight) { s.From = judge; log.add(s) }}
	session, err := w.session(c.app, shared, tenant)
	if err != nil {
		return err.Error()
	}
	defer session.Close()
	began := time.Now()
	token, err := session.Token(ctx)
	w.tell(sight{What: sawCall, Began: began, Waited: time.Since(began), State: stateOf(err)})
	if err != nil {
		return stateOf(err)
	}
	if _, err := c.app.app().TokenInfo(ctx, token); err != nil {
		return "the token does not work: " + err.Error()
	}
	return works
}

// lostPair reports whether a pair was obtained after the stored one, by a
// process that lived on or had saved it.
func lostPair(first, stored string, f fate, seen []sight) bool {
	age := map[string]int{first: 0} // how many renewals after the first pair
	for range seen {                // pairs of several processes may be heard in another order
		grown := false
		for _, s := range seen {
			if before, known := age[s.Before]; known && s.What == sawPair && age[s.Token] == 0 && s.Token != first {
				age[s.Token], grown = before+1, true
			}
		}
		if !grown {
			break
		}
	}
	newest := 0
	for _, s := range seen {
		lived := s.From != victim || f == stopped
		if s.What == sawSave || s.What == sawPair && lived {
			newest = max(newest, age[s.Token])
		}
	}
	return age[stored] < newest
}

// countUses counts how often the platform was shown one refresh token, and
// reports whether a second time was anything but one probe.
func countUses(signIn int, presented []procoretest.Presentation, seen []sight) (most int, unprobed bool) {
	uses := map[string]int{}
	for _, p := range presented {
		if p.SignIn == signIn {
			uses[p.Token]++
		}
	}
	for token, n := range uses {
		most = max(most, n)
		probes := 0
		for _, s := range seen {
			if s.What == sawPresenting && s.Token == token && s.Probe {
				probes++
			}
		}
		if n > 1 && probes != 1 {
			unprobed = true
		}
	}
	return most, unprobed
}

// allowed are the states in which a round may end. A process that dies with
// the answer on its way, or in its hands, takes the only living pair with it;
// one that is only stopped has a pair that it still saves. It may also find the
// time for the answer gone when it goes on.
func (r round) allowed() []string {
	switch {
	case r.at == anywhere, r.at == requestLeft && r.fate == stopped:
		return []string{works, signInAgain}
	case r.fate == killed && (r.at == requestLeft || r.at == afterAnswer):
		return []string{signInAgain}
	}
	return []string{works}
}
