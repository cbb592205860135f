package connector_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
)

var errOdd = errors.New("odd")

// slow squares a number in as many milliseconds; odd ones fail too.
func slow(ctx context.Context, n int) (int, error) {
	select {
	case <-time.After(time.Duration(n) * time.Millisecond):
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	if n%2 == 1 {
		return n * n, errOdd
	}
	return n * n, nil
}

// then walks numbers and ends with an error, if there is one.
func then(last error, numbers ...int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for _, n := range numbers {
			if !yield(n, nil) {
				return
			}
		}
		if last != nil {
			yield(0, last)
		}
	}
}

// collected runs a loop to its end.
func collected(loop iter.Seq2[connector.Result[int, int], error]) (results []connector.Result[int, int], errs []error) {
	for r, err := range loop {
		results, errs = append(results, r), append(errs, err)
	}
	return results, errs
}

// Each parent gets its result or its error, as they finish.
func TestFanOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		got, errs := collected(connector.FanOut(t.Context(), connector.Each([]int{40, 10, 31, 20}), 3, slow))
		want := []connector.Result[int, int]{{10, 100}, {20, 400}, {31, 961}, {40, 1600}}
		if !slices.Equal(got, want) || !slices.Equal(errs, []error{nil, nil, errOdd, nil}) {
			t.Errorf("got %v, %v", got, errs)
		}
		if took := time.Since(begun); took != 40*time.Millisecond {
			t.Errorf("three at a time took %v", took)
		}
	})
}

// No more than n run at a time, and no more than n results are held.
func TestFanOutIsBounded(t *testing.T) {
	for _, n := range []int{1, 2, 7} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			running, most, begun, handed := 0, 0, 0, 0
			note := func(more int) {
				mu.Lock()
				defer mu.Unlock()
				running += more
				most, begun = max(most, running), begun+max(more, 0)
			}
			count := func(ctx context.Context, p int) (int, error) {
				note(1)
				defer note(-1)
				return slow(ctx, 2)
			}
			for _, err := range connector.FanOut(t.Context(), connector.Each(make([]int, 40)), n, count) {
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second) // a slow loop
				synctest.Wait()
				mu.Lock()
				handed++
				ahead := begun - handed
				mu.Unlock()
				if ahead >= n {
					t.Fatalf("%d parents were begun that the loop had not got, want fewer than %d", ahead, n)
				}
			}
			if most != n || handed != 40 {
				t.Errorf("%d ran at a time and %d came, want %d and 40", most, handed, n)
			}
		})
	}
}

// A broken walk over the parents is told last, once, behind all results.
func TestFanOutOfBrokenWalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("page 3 is lost")
		got, errs := collected(connector.FanOut(t.Context(), then(broken, 4, 2), 8, slow))
		if !slices.Equal(got, []connector.Result[int, int]{{2, 4}, {4, 16}, {}}) || !slices.Equal(errs, []error{nil, nil, broken}) {
			t.Errorf("got %v, %v", got, errs)
		}
	})
}

// Who leaves the loop ends the calls under way, and no other begins.
func TestFanOutLeft(t *testing.T) {
	leave := map[string]func(){"break": func() {}, "panic": func() { panic("in the body") }}
	for name, end := range leave {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var begun, ended atomic.Int64
				get := func(ctx context.Context, n int) (int, error) {
					begun.Add(1)
					defer ended.Add(1)
					return slow(ctx, n)
				}
				func() {
					defer func() { _ = recover() }()
					for range connector.FanOut(t.Context(), connector.Each([]int{100, 2, 100, 100, 100}), 3, get) {
						end()
						break
					}
				}()
				if begun.Load() != 3 || ended.Load() != 3 {
					t.Errorf("%d calls were begun and %d had ended, want 3", begun.Load(), ended.Load())
				}
			})
		})
	}
}

// The end of the context is told for each parent under way, and once for those
// that were left.
func TestFanOutCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("enough")
		time.AfterFunc(5*time.Millisecond, func() { cancel(stop) })
		got, errs := collected(connector.FanOut(ctx, connector.Each([]int{2, 50, 60, 70, 80}), 2, slow))
		if len(got) < 3 || got[0] != (connector.Result[int, int]{Parent: 2, Value: 4}) || errs[0] != nil || errs[len(errs)-1] != stop || got[len(got)-1].Parent != 0 {
			t.Fatalf("got %v, %v", got, errs)
		}
		for i, err := range errs[1:] {
			if !errors.Is(err, stop) {
				t.Errorf("result %d has %v", i+1, err)
			}
		}
	})
}

func TestFanOutOfNothing(t *testing.T) {
	if got, _ := collected(connector.FanOut(t.Context(), connector.Each[int](nil), 4, slow)); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	for _, n := range []int{0, -1} {
		_, errs := collected(connector.FanOut(t.Context(), connector.Each([]int{1}), n, slow))
		if e, ok := connector.AsError(errors.Join(errs...)); len(errs) != 1 || !ok || e.Kind != connector.Invalid {
			t.Errorf("%d at a time: got %v", n, errs)
		}
	}
}

func TestCollect(t *testing.T) {
	if got, err := connector.Collect(then(nil, 1, 2, 3)); err != nil || !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := connector.Collect(then(errOdd, 1, 2)); err != errOdd || !slices.Equal(got, []int{1, 2}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func ExampleFanOut() {
	square := func(_ context.Context, n int) (int, error) { return n * n, nil }
	sum := 0
	for r, err := range connector.FanOut(context.Background(), connector.Each([]int{1, 2, 3}), 2, square) {
		if err != nil {
			fmt.Println(r.Parent, err) // the others go on
			continue
		}
		sum += r.Value
	}
	fmt.Println(sum)
	// Output: 14
}
