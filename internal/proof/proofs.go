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
	return []proof{
		{
			name:   "rotation",
			about:  "processes share one sign-in whose refresh tokens work once: each is presented once, and no call fails",
			stores: []string{"file", "redis", "postgres"},
			run:    rotation,
		},
		{
			name:   "crash",
			about:  "processes are killed or stopped in the middle of a renewal: no token that was obtained is lost",
			stores: []string{"file", "redis", "postgres"},
			timed:  true,
			run:    crash,
		},
		{
			name:  "stampede",
			about: "ten thousand callers find the token expired: one renewal, and none of them waits past its deadline",
			timed: true,
			run:   stampede,
		},
		{
			name:  "tenants",
			about: "ten thousand tenants in one process: memory and goroutines of each while it is idle",
			run:   tenants,
		},
	}
}

// tasks are what a child process can be told to do.
func tasks() map[string]func(context.Context, *boss) error {
	return map[string]func(context.Context, *boss) error{
		"rotation": rotationWorker,
		"crash":    crashWorker,
		"weigh":    weighWorker,
		"answer":   answerWorker,
	}
}
