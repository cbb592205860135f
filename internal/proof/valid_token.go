package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/cordage-go/cordage/auth"
)

// validToken compares what the check of a valid token costs with what
// oauth2.ReuseTokenSource takes for it. They run in turns, so that whatever
// else the machine does hits both.
func validToken(ctx context.Context, r *report, s settings, session *auth.Session) error {
	expiry := time.Now().Add(time.Hour)
	if err := session.Set(ctx, auth.Token{Access: auth.NewSecret("a"), Expiry: expiry}); err != nil {
		return err
	}
	if _, err := session.Token(ctx); err != nil { // reads it from the store
		return err
	}
	reuse := oauth2.ReuseTokenSource(&oauth2.Token{AccessToken: "a", Expiry: expiry}, nil)
	turns, each := 9, 500*time.Millisecond
	if s.short {
		turns, each = 5, 100*time.Millisecond
	}
	testing.Init()
	if err := flag.Set("test.benchtime", each.String()); err != nil {
		return err
	}
	var ours, theirs []float64 // nanoseconds
	var allocations int64
	for range turns {
		own := inParallel(func() error { _, err := session.Token(ctx); return err })
		other := inParallel(func() error { _, err := reuse.Token(); return err })
		if own.N == 0 || other.N == 0 {
			return fmt.Errorf("a token source failed while it was measured")
		}
		ours, theirs = append(ours, perCall(own)), append(theirs, perCall(other))
		allocations = max(allocations, own.AllocsPerOp())
	}
	r.tell("check of a valid token in parallel, nanoseconds", median(ours))
	r.tell("the same by oauth2.ReuseTokenSource, nanoseconds", median(theirs))
	atMost(r, "ratio of the two", median(ours)/median(theirs), 0.25)
	atMost(r, "allocations of the check", allocations, 0)
	return nil
}

// inParallel measures a call that all processors make at once. A call that
// fails leaves the result without runs.
func inParallel(call func() error) testing.BenchmarkResult {
	return testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

func perCall(result testing.BenchmarkResult) float64 {
	return float64(result.T.Nanoseconds()) / float64(result.N)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
