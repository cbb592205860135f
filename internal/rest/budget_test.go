package rest_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// R6: fifty callers in an outage, held by the budget.
func TestBudgetBoundsRetries(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(500, `{}`)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				_, err := get(t.Context(), c)
				wantKindOf(t, err, connector.Unavailable)
			})
		}
		all.Wait()
		wantCount(t, server, 50+10)
		for range 200 {
			_, err := get(t.Context(), c)
			if e := wantKind(t, err, connector.Unavailable); !strings.Contains(e.Message, "retry budget") {
				t.Fatalf("%v does not say why it was not tried again", err)
			}
		}
		wantCount(t, server, 50+10+200)
	})
}

// What a retry costs: the budget is drawn empty by retries after one fault, and
// the number of them tells.
func TestBudgetCosts(t *testing.T) {
	for name, test := range map[string]struct {
		step    faulttest.Step
		retries int
	}{
		"a failure": {status(502, `{}`), 10},
		"a reset":   {faulttest.Step{Fault: faulttest.Reset}, 10},
		"a timeout": {faulttest.Step{Fault: faulttest.Silence}, 5},
		"a refusal": {status(429, `{}`), 20},
	} {
		t.Run(name, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(test.step), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				for range 20 {
					if _, err := get(t.Context(), c); err == nil {
						t.Fatal("no error")
					}
				}
				wantCount(t, server, 20+test.retries)
			})
		})
	}
}

// One tenant's outage leaves the retries of another alone, and so does one
// host's.
func TestBudgetIsTheAccountsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outage := true
		server := faulttest.NewTransport(func(_ int, a faulttest.Arrival) faulttest.Step {
			if outage || strings.HasSuffix(a.Header.Get("Authorization"), "-a") {
				return status(500, `{}`)
			}
			return status(200, ok)
		})
		c := newClient(t, server, connector.Options{})
		tenant := func(name string) *rest.Client { return c.As(auth.Static(canary+"-"+name), connector.Account(name)) }
		a, b := tenant("a"), tenant("b")
		for range 20 {
			_, err := get(t.Context(), a)
			wantKind(t, err, connector.Unavailable)
		}
		wantCount(t, server, 20+10)
		_, err := get(t.Context(), b)
		if e := wantKind(t, err, connector.Unavailable); e.Attempts != 4 {
			t.Errorf("the other tenant had %d attempts, want 4", e.Attempts)
		}
		elsewhere := find
		elsewhere.Host = "https://files.fake.example"
		_, err = rest.Send[thing](t.Context(), a, elsewhere, thing{}, nil)
		if e := wantKind(t, err, connector.Unavailable); e.Attempts != 4 {
			t.Errorf("at another host the tenant had %d attempts, want 4", e.Attempts)
		}
		outage = false
		for range 10 {
			if _, err := get(t.Context(), b); err != nil {
				t.Error(err)
			}
		}
	})
}

// In an outage that lasts, retries add a tenth to the load where one call in
// two gets through, and next to nothing where none does.
func TestBudgetInALongOutage(t *testing.T) {
	const calls = 5000
	for name, test := range map[string]struct {
		step func(n int) faulttest.Step
		most float64
	}{
		"total": {func(int) faulttest.Step { return status(500, `{}`) }, 0.01},
		"half":  {func(n int) faulttest.Step { return status(200+300*(n%2), ok) }, 0.1},
	} {
		t.Run(name, func(t *testing.T) {
			onFakeTime(t, func(n int, _ faulttest.Arrival) faulttest.Step { return test.step(n) }, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				for range calls {
					_, _ = get(t.Context(), c)
				}
				if extra := float64(server.Count()-calls) / calls; extra > test.most || server.Count() < calls+10 {
					t.Errorf("%d requests for %d calls", server.Count(), calls)
				}
			})
		})
	}
}

// Each success at the first try pays one back, so that ten allow one more retry.
func TestBudgetIsPaidBack(t *testing.T) {
	failing := true
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(func(int, faulttest.Arrival) faulttest.Step {
			if failing {
				return status(500, `{}`)
			}
			return status(200, ok)
		})
		c := newClient(t, server, connector.Options{})
		fail := func(times int) (sent int) {
			failing = true
			before := server.Count()
			for range times {
				_, err := get(t.Context(), c)
				wantKind(t, err, connector.Unavailable)
			}
			return server.Count() - before
		}
		fail(20)
		for _, successes := range []int{9, 1, 10, 1000} {
			failing = false
			for range successes {
				if _, err := get(t.Context(), c); err != nil {
					t.Fatal(err)
				}
			}
			want := map[int]int{9: 20, 1: 21, 10: 21, 1000: 30}[successes]
			if sent := fail(20); sent != want {
				t.Errorf("after %d successes 20 failing calls sent %d requests, want %d", successes, sent, want)
			}
		}
	})
}

// Budgets of ever new tenants do not pile up, and nobody's calls are blocked.
func TestBudgetsOfManyTenants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(status(500, `{}`)))
		c := newClient(t, server, connector.Options{MaxAttempts: 2})
		for i := range 11_000 {
			_, err := get(t.Context(), c, connector.Account(fmt.Sprint("tenant-", i)))
			if e := wantKind(t, err, connector.Unavailable); e.Attempts != 2 {
				t.Fatalf("tenant %d had %d attempts, want 2", i, e.Attempts)
			}
		}
		if kept := rest.KeptBudgets(c); kept != 10_000 {
			t.Errorf("%d budgets are kept", kept)
		}
	})
}

// A success of one whose budget is full leaves nothing behind.
func TestFullBudgetsAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		steps := []faulttest.Step{status(500, `{}`)}
		for range 11 {
			steps = append(steps, status(200, ok))
		}
		c := newClient(t, faulttest.NewTransport(faulttest.Steps(steps...)), connector.Options{})
		for n := range 12 {
			if _, err := get(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if kept, want := rest.KeptBudgets(c), map[bool]int{true: 1}[n < 10]; kept != want {
				t.Errorf("after %d calls %d budgets are kept, want %d", n+1, kept, want)
			}
			time.Sleep(time.Millisecond)
		}
	})
}
