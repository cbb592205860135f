package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// An ending is how rounds of one kind ended.
type ending struct {
	fate  fate
	at    point
	state string
}

// crashFigures prints the sum of all rounds.
func crashFigures(r *report, rounds []round, results []result) {
	ends := map[ending]int{}
	var broken, faulty, unreadable, lost, unprobed, wrong, strange, most int
	var waited time.Duration
	for i, result := range results {
		if faults := result.faults(rounds[i]); len(faults) > 0 {
			tellFaults(r, faulty, rounds[i], faults)
			faulty++
		}
		if result.broken != nil {
			broken++
			continue
		}
		ends[rounds[i].ending(result)]++
		most, waited = max(most, result.most), max(waited, result.waited)
		strange += len(result.strange)
		unreadable += count(result.unreadable != nil)
		lost += count(result.lost)
		unprobed += count(result.unprobed)
		wrong += count(!slices.Contains(rounds[i].allowed(), result.end))
	}
	tellEnds(r, ends)
	r.tell("rounds with faults", faulty)
	exactly(r, "rounds", len(rounds)-broken, len(rounds))
	atMost(r, "stores that do not parse", unreadable, 0)
	atMost(r, "pairs lost that were obtained", lost, 0)
	atMost(r, "presentations of one refresh token", most, 2)
	atMost(r, "second presentations that were no single probe", unprobed, 0)
	atMost(r, "end states that the point does not allow", wrong, 0)
	atMost(r, "calls that ended in another error", strange, 0)
	atMost(r, "longest wait for a token", waited, noteTime+time.Second)
}

// ending sorts a result into one of three states.
func (r round) ending(out result) ending {
	state := out.end
	if state != works && state != signInAgain {
		state = neither
	}
	return ending{r.fate, r.at, state}
}

const neither = "neither"

// tellEnds prints the histogram of the end states.
func tellEnds(r *report, ends map[ending]int) {
	for _, fate := range []fate{killed, stopped} {
		for _, at := range points() {
			var counts []string
			for _, state := range []string{works, signInAgain, neither} {
				counts = append(counts, fmt.Sprint(state, " ", ends[ending{fate, at, state}]))
			}
			r.tell(fmt.Sprint(fate, " ", at), strings.Join(counts, ", "))
		}
	}
}

// tellFaults prints what was wrong in a round, for the first ten such rounds.
func tellFaults(r *report, before int, round round, faults []string) {
	if before < 10 {
		r.tell(fmt.Sprintf("round %d (%s %s, renewal %d)", round.number, round.fate, round.at, round.skip+1), strings.Join(faults, "; "))
	}
}

// faults says in words what is wrong with a result.
func (out result) faults(r round) []string {
	if out.broken != nil {
		return []string{"could not be played: " + out.broken.Error()}
	}
	var all []string
	if out.unreadable != nil {
		all = append(all, "the store does not parse: "+out.unreadable.Error())
	}
	if out.lost {
		all = append(all, "a pair that was obtained is lost")
	}
	if out.unprobed || out.most > 2 {
		all = append(all, fmt.Sprintf("a refresh token was presented %d times, and not by one probe alone", out.most))
	}
	if !slices.Contains(r.allowed(), out.end) {
		all = append(all, "it ended as: "+out.end)
	}
	if out.waited > noteTime+time.Second {
		all = append(all, fmt.Sprintf("a call waited %v", out.waited))
	}
	strange := slices.Compact(slices.Sorted(slices.Values(out.strange)))
	return append(all, strange...)
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
