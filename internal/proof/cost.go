package main

import (
	"fmt"
	"runtime"
	"time"
)

// A cost is what one call takes.
type cost struct {
	cpu    float64 // nanoseconds of all threads, garbage collection included
	allocs float64
	bytes  float64 // allocated
}

func (c cost) String() string {
	return fmt.Sprintf("%.0f ns of CPU, %.1f allocations, %.0f bytes", c.cpu, c.allocs, c.bytes)
}

// A portion is a ratio of counts. It does not hang on what else the machine
// does, as a ratio of times does, and is held on a busy one, too.
type portion float64

func (p portion) String() string { return fmt.Sprintf("%.3g", float64(p)) }

// measure makes a call n times.
func measure(n int, call func() error) (cost, error) {
	var before, after runtime.MemStats
	runtime.GC() // each begins with the same heap
	runtime.ReadMemStats(&before)
	began := cpuTime()
	for range n {
		if err := call(); err != nil {
			return cost{}, err
		}
	}
	spent := cpuTime() - began
	runtime.ReadMemStats(&after)
	each := func(sum uint64) float64 { return float64(sum) / float64(n) }
	return cost{each(uint64(spent)), each(after.Mallocs - before.Mallocs), each(after.TotalAlloc - before.TotalAlloc)}, nil
}

// A pair is what two ways to do the same cost.
type pair struct {
	ours, theirs cost // medians
	cpuRatio     float64
}

// compare makes two calls in turns, so that whatever else the machine does hits
// both. Each turn takes about as long as each says.
func compare(turns int, each time.Duration, ours, theirs func() error) (pair, error) {
	n, err := enough(each, ours, theirs)
	if err != nil {
		return pair{}, err
	}
	var own, other []cost
	var ratios []float64
	for range turns {
		a, err := measure(n, ours)
		if err != nil {
			return pair{}, err
		}
		b, err := measure(n, theirs)
		if err != nil {
			return pair{}, err
		}
		own, other, ratios = append(own, a), append(other, b), append(ratios, a.cpu/b.cpu)
	}
	return pair{medianCost(own), medianCost(other), median(ratios)}, nil
}

// enough is how often the slower of the calls must be made to use a CPU for that
// long: a machine that does something else meanwhile must not end it with a few
// calls, most of which fill pools. It warms both up.
func enough(long time.Duration, calls ...func() error) (int, error) {
	for n := 1; ; n *= 2 {
		slow := time.Duration(0)
		for _, call := range calls {
			spent, err := measure(n, call)
			if err != nil {
				return 0, err
			}
			slow = max(slow, time.Duration(spent.cpu*float64(n)))
		}
		if slow >= long/2 {
			return n, nil
		}
	}
}

func medianCost(costs []cost) cost {
	part := func(of func(cost) float64) float64 {
		values := make([]float64, len(costs))
		for i, c := range costs {
			values[i] = of(c)
		}
		return median(values)
	}
	return cost{
		part(func(c cost) float64 { return c.cpu }),
		part(func(c cost) float64 { return c.allocs }),
		part(func(c cost) float64 { return c.bytes }),
	}
}
