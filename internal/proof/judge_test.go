package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore/procoretest"
)

// Mistakes of a client must show in the figures: here they are made up.
func TestRotationSeesMistakes(t *testing.T) {
	first := procoretest.Pair{Refresh: "r1", SignIn: 1}
	issued := []procoretest.Pair{first, {Refresh: "r2", SignIn: 1}, {Refresh: "other", SignIn: 2}, {Refresh: "r3", SignIn: 1}}
	use := func(token string, ok bool) procoretest.Presentation {
		return procoretest.Presentation{Token: token, SignIn: 1, OK: ok}
	}
	for name, test := range map[string]struct {
		presented []procoretest.Presentation
		fine      bool
	}{
		"right":          {[]procoretest.Presentation{use("r1", true), use("r2", true)}, true},
		"used twice":     {[]procoretest.Presentation{use("r1", true), use("r1", false), use("r2", true)}, false},
		"newest is used": {[]procoretest.Presentation{use("r1", true), use("r2", true), use("r3", true)}, false},
		"one is lost":    {[]procoretest.Presentation{use("r1", true)}, false},
	} {
		r := &report{out: new(bytes.Buffer)}
		rotationTokens(r, rotationSize{Lasts: 2 * tokenLife}, []procoretest.Pair{first}, issued, test.presented)
		if err := r.verdict(); (err == nil) != test.fine {
			t.Errorf("%s: the verdict is %v\n%s", name, err, r.out)
		}
	}
	r := &report{out: new(bytes.Buffer)}
	rotationTokens(r, rotationSize{Lasts: 3 * tokenLife}, []procoretest.Pair{first}, issued, []procoretest.Presentation{use("r1", true), use("r2", true)})
	if r.verdict() == nil {
		t.Errorf("too few renewals passed\n%s", r.out)
	}
}

func TestRotationSeesFailedCalls(t *testing.T) {
	size := rotationSize{Processes: 1, Goroutines: 1, Calls: 2}
	for name, test := range map[string]struct {
		result rotationResult
		fine   bool
	}{
		"right":  {rotationResult{Took: []time.Duration{1, 2}}, true},
		"failed": {rotationResult{Took: []time.Duration{1, 2}, Failures: []string{"no"}}, false},
		"fewer":  {rotationResult{Took: []time.Duration{1}}, false},
	} {
		r := &report{out: new(bytes.Buffer)}
		rotationCalls(r, size, []rotationResult{test.result})
		if err := r.verdict(); (err == nil) != test.fine {
			t.Errorf("%s: the verdict is %v", name, err)
		}
	}
}

func TestLostPair(t *testing.T) {
	got := func(from role, before, token string) sight {
		return sight{What: sawPair, From: from, Before: before, Token: token}
	}
	saved := func(from role, token string) sight { return sight{What: sawSave, From: from, Token: token} }
	for name, test := range map[string]struct {
		stored string
		fate   fate
		seen   []sight
		want   bool
	}{
		"nothing happened":                   {"r1", killed, nil, false},
		"died with it":                       {"r1", killed, []sight{got(victim, "r1", "r2")}, false},
		"died after it was saved":            {"r1", killed, []sight{got(victim, "r1", "r2"), saved(victim, "r2")}, true},
		"only stopped":                       {"r1", stopped, []sight{got(victim, "r1", "r2")}, true},
		"kept":                               {"r2", stopped, []sight{got(victim, "r1", "r2"), saved(victim, "r2")}, false},
		"another lived on":                   {"r1", killed, []sight{got(firstOther, "r1", "r2")}, true},
		"overwritten by an older one":        {"r2", killed, []sight{got(firstOther, "r2", "r3"), got(victim, "r1", "r2"), saved(firstOther, "r3")}, true},
		"the newest one, heard of too early": {"r3", killed, []sight{got(firstOther, "r2", "r3"), got(victim, "r1", "r2")}, false},
	} {
		if lost := lostPair("r1", test.stored, test.fate, test.seen); lost != test.want {
			t.Errorf("%s: lost is %v", name, lost)
		}
	}
}

func TestCountUses(t *testing.T) {
	shown := func(tokens ...string) (all []procoretest.Presentation) {
		for _, token := range tokens {
			all = append(all, procoretest.Presentation{Token: token, SignIn: 1})
		}
		return append(all, procoretest.Presentation{Token: "foreign", SignIn: 2}, procoretest.Presentation{Token: "foreign", SignIn: 2})
	}
	tried := func(probe bool) sight { return sight{What: sawPresenting, Token: "r1", Probe: probe} }
	for name, test := range map[string]struct {
		presented []procoretest.Presentation
		seen      []sight
		most      int
		unprobed  bool
	}{
		"once":           {shown("r1", "r2"), []sight{tried(false)}, 1, false},
		"probed":         {shown("r1", "r1", "r2"), []sight{tried(false), tried(true)}, 2, false},
		"no probe":       {shown("r1", "r1"), []sight{tried(false), tried(false)}, 2, true},
		"two probes":     {shown("r1", "r1"), []sight{tried(true), tried(true)}, 2, true},
		"three in total": {shown("r1", "r1", "r1"), []sight{tried(false), tried(true)}, 3, false},
	} {
		most, unprobed := countUses(1, test.presented, test.seen)
		if most != test.most || unprobed != test.unprobed {
			t.Errorf("%s: most %d, unprobed %v", name, most, unprobed)
		}
	}
}

// Every fault of a round counts, and so does a round that could not be played.
func TestCrashSeesFaults(t *testing.T) {
	rounds := []round{{at: afterSave, fate: killed}}
	for name, test := range map[string]struct {
		result result
		fine   bool
	}{
		"right":      {result{end: works, most: 2, waited: noteTime}, true},
		"broken":     {result{broken: errors.New("made up")}, false},
		"unreadable": {result{end: works, unreadable: errors.New("made up")}, false},
		"lost":       {result{end: works, lost: true}, false},
		"thrice":     {result{end: works, most: 3}, false},
		"unprobed":   {result{end: works, unprobed: true}, false},
		"wrong end":  {result{end: signInAgain}, false},
		"slow":       {result{end: works, waited: noteTime + time.Second + 1}, false},
		"strange":    {result{end: works, strange: []string{"what"}}, false},
	} {
		r := &report{out: new(bytes.Buffer)}
		crashFigures(r, rounds, []result{test.result})
		if err := r.verdict(); (err == nil) != test.fine {
			t.Errorf("%s: the verdict is %v\n%s", name, err, r.out)
		}
	}
}

func TestDuplicatesSeesMistakes(t *testing.T) {
	unknown, definite := &connector.Error{Kind: connector.UnknownOutcome}, &connector.Error{Kind: connector.Conflict}
	for name, test := range map[string]struct {
		err   error
		found int
		lost  bool
		fine  bool
	}{
		"right":                       {nil, 1, false, true},
		"unknown and done":            {unknown, 1, true, true},
		"unknown and not done":        {unknown, 0, true, true},
		"refused":                     {definite, 0, false, true},
		"done twice":                  {nil, 2, false, false},
		"unknown and done twice":      {unknown, 2, true, false},
		"not done":                    {nil, 0, false, false},
		"refused and done":            {definite, 1, false, false},
		"success, and its answer was": {nil, 1, true, false},
		"no error of ours":            {errors.New("made up"), 0, false, false},
	} {
		r := &report{out: new(bytes.Buffer)}
		all := results{names: []string{"made up"}, ours: make([]tally, 1), theirs: make([]tally, 1)}
		all.ours[0].count(test.err, test.found, test.lost)
		all.report(r)
		if err := r.verdict(); (err == nil) != test.fine {
			t.Errorf("%s: the verdict is %v\n%s", name, err, r.out)
		}
	}
}

func TestPenaltySeesMistakes(t *testing.T) {
	asked := time.Now()
	at := func(after time.Duration) limitedArrival { return limitedArrival{at: asked.Add(after)} }
	stored := asked.Add(20 * time.Millisecond)
	for name, test := range map[string]struct {
		arrivals []limitedArrival
		fine     bool
	}{
		"right":                     {[]limitedArrival{at(0), at(50 * time.Millisecond), at(3 * time.Second)}, true},
		"one later than 100 ms":     {[]limitedArrival{at(130 * time.Millisecond), at(3 * time.Second)}, false},
		"one just before the end":   {[]limitedArrival{at(2990 * time.Millisecond), at(3 * time.Second)}, false},
		"nobody goes on afterwards": {[]limitedArrival{at(50 * time.Millisecond)}, false},
	} {
		r := &report{out: new(bytes.Buffer)}
		p := penaltyRun{[]time.Time{asked}, test.arrivals, []sharedResult{{Stored: []time.Time{stored}}}}
		if err := p.report(r); err != nil {
			t.Fatal(err)
		}
		if err := r.verdict(); (err == nil) != test.fine {
			t.Errorf("%s: the verdict is %v\n%s", name, err, r.out)
		}
	}
	if (penaltyRun{asked: []time.Time{asked}}).report(&report{out: new(bytes.Buffer)}) == nil {
		t.Error("a pause that nobody stored is no error")
	}
}

// What is sent while a pause lasts counts, and nothing before or after.
func TestMeanwhile(t *testing.T) {
	asked := time.Now()
	p := penaltyRun{asked: []time.Time{asked, asked.Add(time.Minute)}}
	for _, after := range []time.Duration{-time.Millisecond, 0, 50 * time.Millisecond, 2900 * time.Millisecond, 3 * time.Second, time.Minute + time.Second} {
		p.arrivals = append(p.arrivals, limitedArrival{at: asked.Add(after)})
	}
	var out bytes.Buffer
	p.tellMeanwhile(&report{out: &out}, "")
	if text := out.String(); !strings.Contains(text, "average: 1.5\n") || !strings.Contains(text, "429: 2.9s\n") {
		t.Error(text)
	}
}

// A full window begins where the others have the allowance, and not before.
func TestFullFrom(t *testing.T) {
	killed := time.Now()
	s := &limitedServer{}
	for i := range 3 * sharedLimit { // three quarters of the allowance for a window and a half, then all
		at := time.Duration(i) * sharedLength / sharedLimit
		if at > 3*sharedLength/2 || i%4 > 0 {
			s.arrivals = append(s.arrivals, limitedArrival{at: killed.Add(at), worker: "other"})
		}
		s.arrivals = append(s.arrivals, limitedArrival{at: killed.Add(at), worker: "victim"})
	}
	after, ok := s.fullFrom(killed, "victim")
	if !ok || after < 5*sharedLength/4 || after > 3*sharedLength/2 {
		t.Errorf("full from %v, %v", after, ok)
	}
	if _, ok := s.fullFrom(killed, "other"); !ok {
		t.Error("the victim alone had all of it")
	}
}

// Ratios of counts are held on a busy machine, too.
func TestPortionsAreHeld(t *testing.T) {
	r := &report{out: new(bytes.Buffer), busy: true}
	atMost(r, "ratio of allocations", portion(1.6), portion(1.5))
	if r.verdict() == nil {
		t.Errorf("a ratio of counts passed its limit unseen:\n%s", r.out)
	}
}
