package main

import "context"

// A proof is one claim of the library and the job that shows it.
type proof struct {
	name   string
	about  string
	stores []string // those that it can run on, the usual one first; none if it needs none
	timed  bool     // its limits are times, which only a machine that does nothing else keeps
	run    func(context.Context, settings, *report) error
}

// proofs are all there are, in the order of the list.
func proofs() []proof {
	stores := []string{"file", "redis", "postgres"}
	return []proof{
		{name: "rotation", run: rotation, stores: stores,
			about: "processes share one sign-in whose refresh tokens work once: each is presented once, and no call fails"},
		{name: "crash", run: crash, stores: stores, timed: true,
			about: "processes are killed or stopped in the middle of a renewal: no token that was obtained is lost"},
		{name: "stampede", run: stampede, timed: true,
			about: "ten thousand callers find the token expired: one renewal, and none of them waits past its deadline"},
		{name: "tenants", run: tenants,
			about: "ten thousand tenants in one process: memory and goroutines of each while it is idle"},
		{name: "duplicates", run: duplicates,
			about: "writes that go wrong in every way: none is done twice, and each ends in success, a definite error or an unknown outcome"},
		{name: "overhead", run: overhead, timed: true,
			about: "a call with sign-in, pacing, retries and typed errors beside plain net/http and encoding/json: CPU and allocations"},
		{name: "accounts", run: accounts, timed: true,
			about: "pages of 100 records with all layers on: for how many accounts at their full allowance one core can read them, beside the usual stack"},
		{name: "isolation", run: isolation, timed: true,
			about: "one tenant's trouble beside another's calls, calls beside renewals, and what uploads cost: nobody feels anything of it"},
		{name: "ahead", run: ahead, timed: true,
			about: "a list of 50 pages, page after page and read ahead: the time, the same records, and calls that were not needed"},
		{name: "window", run: window, timed: true,
			about: "16 callers read pages as fast as a window allows: the time beside the least, and answers 429; alone and beside a stranger"},
		{name: "shared-window", run: sharedWindow, stores: stores, timed: true,
			about: "four processes share the limit of one account: little longer than the least time, and no 429; while one is killed, and without the store"},
		{name: "penalty", run: penalty, stores: stores, timed: true,
			about: "one of four processes is asked to pause: the others stop within 100 ms after that was stored, and until the end"},
	}
}

// tasks are what a child process can be told to do.
func tasks() map[string]func(context.Context, *boss) error {
	return map[string]func(context.Context, *boss) error{
		"rotation": rotationWorker,
		"crash":    crashWorker,
		"weigh":    weighWorker,
		"answer":   answerWorker,
		"pages":    pagesWorker,
		"share":    sharedWorker,
	}
}
