package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	windowLength  = time.Second
	windowLimit   = 100
	windowCallers = 16
)

// window lets 16 callers read pages as fast as a window allows, by a real client
// with all its layers. The platform is a bare server on loopback with Procore's
// headers, since the emulator's own work would be most of the latency. Procore's
// 10-second window is a second long here.
func window(ctx context.Context, s settings, r *report) error {
	pages := 1000
	if s.short {
		pages = 500
	}
	r.tell("pages, callers, window", fmt.Sprintf("%d, %d, %d in %v", pages, windowCallers, windowLimit, windowLength))
	alone, beside := aloneJobs(pages), pages
	together := 1
	if s.short { // there is little time
		beside, together = 200, len(alone)
	}
	groups := slices.Collect(slices.Chunk(alone, together))
	strange, others := strangerJobs(s, beside), otherJobs(beside)
	groups = append(groups, slices.Concat(strange, others))
	for _, jobs := range groups {
		if err := runTogether(ctx, jobs); err != nil {
			return err
		}
	}
	for _, job := range alone {
		ratio := float64(job.took) / float64(job.least())
		r.tell(job.name+": time", job.took)
		atMost(r, fmt.Sprintf("%s: time as a part of the least, %v", job.name, job.least()), ratio, job.most)
		exactly(r, job.name+": answers 429", job.refused, 0)
		exactly(r, job.name+": failed pages", job.failed, 0)
	}
	for _, job := range strange {
		r.tell(job.name+": time", job.took)
		if s.short { // too few to say: whoever meets the stranger first is refused once for each caller
			r.tell(job.name+": answers 429", job.refused)
		} else {
			atMost(r, job.name+": answers 429", job.refused, pages/50)
		}
		exactly(r, job.name+": failed pages", job.failed, 0)
	}
	for _, job := range others {
		r.tell(job.name+": time", job.took)
		r.tell(job.name+": answers 429", job.refused)
		r.tell(job.name+": failed pages", job.failed)
	}
	return nil
}

// aloneJobs have the window for themselves.
func aloneJobs(pages int) []*windowJob {
	var jobs []*windowJob
	for _, sliding := range []bool{false, true} {
		for _, limit := range []struct {
			latency time.Duration
			most    float64
		}{{windowLength / 200, 1.02}, {windowLength / 50, 1.04}, {windowLength / 10, 1.12}} {
			job := newWindowJob("alone", pages, sliding, limit.latency, cordagePages)
			job.most = limit.most
			jobs = append(jobs, job)
		}
	}
	return jobs
}

// strangerJobs share it with somebody who uses 30 % of it.
func strangerJobs(s settings, pages int) []*windowJob {
	var jobs []*windowJob
	for part, sliding := range []bool{false, true} {
		for _, bursts := range []bool{false, true} {
			name := "beside a stranger"
			if bursts {
				name = "beside bursts of a stranger"
			}
			job := newWindowJob(name, pages, sliding, windowLength/50, cordagePages)
			job.stranger = &stranger{bursts: bursts, random: s.random(uint64(part))}
			jobs = append(jobs, job)
		}
	}
	return jobs
}

// otherJobs are what else people do about limits, alone on the window.
func otherJobs(pages int) []*windowJob {
	var jobs []*windowJob
	for _, sliding := range []bool{false, true} {
		jobs = append(jobs,
			newWindowJob("oauth2 and retryablehttp", pages, sliding, windowLength/50, hammerPages),
			newWindowJob("a steady 100 a second by x/time/rate", pages, sliding, windowLength/50, steadyPages))
	}
	return jobs
}

// runTogether spreads the jobs over a window's length, so that not all of them
// use the machine at once.
func runTogether(ctx context.Context, jobs []*windowJob) error {
	return atOnce(len(jobs), func(i int) error {
		pause(ctx, windowLength*time.Duration(i)/time.Duration(len(jobs)))
		return jobs[i].run(ctx)
	})
}
