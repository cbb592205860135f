package pace_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/securityscorecard"
)

var policies = map[string]func() pace.Policy{"scoro": scoro.Pacing, "procore": procore.Pacing, "securityscorecard": securityscorecard.Pacing}

// answered makes one request that gets an answer at once.
func answered(t *testing.T, p *pace.Pacer, status int, h http.Header) {
	t.Helper()
	turn := &connector.Turn{Key: "a", MaxWait: time.Hour}
	if err := p.Wait(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	p.Observe(turn, status, h)
}

// next is how long the next request must wait.
func next(t *testing.T, p *pace.Pacer) time.Duration {
	t.Helper()
	turn := &connector.Turn{Key: "a", MaxWait: 24 * time.Hour}
	if err := p.Wait(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	return turn.Waited
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func date(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }

// R1, R2, R3, R4: a stated wait is kept to; a value that means nothing gives a
// short pause, and never none.
func TestRetryAfter(t *testing.T) {
	for name, policy := range policies {
		for _, test := range []struct {
			about       string
			status      int
			after       func() string
			least, most time.Duration
		}{
			{"R1", 429, func() string { return "2" }, 2 * time.Second, 2 * time.Second},
			{"R1 on 503", 503, func() string { return "2" }, 2 * time.Second, 2 * time.Second},
			{"R2", 429, func() string { return date(3 * time.Second) }, 3 * time.Second, 3 * time.Second},
			{"R4 negative", 429, func() string { return "-5" }, 200 * time.Millisecond, time.Second},
			{"R4 empty", 429, func() string { return "" }, 200 * time.Millisecond, time.Second},
			{"R4 words", 429, func() string { return "soon" }, 200 * time.Millisecond, time.Second},
			{"R4 fraction", 429, func() string { return "1.5" }, 200 * time.Millisecond, time.Second},
			{"R4 past", 429, func() string { return date(-time.Hour) }, 200 * time.Millisecond, time.Second},
			{"absurd", 429, func() string { return "99999999999999999999" }, 24 * time.Hour, 24 * time.Hour},
		} {
			t.Run(name+" "+test.about, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newPacer(t, policy())
					answered(t, p, test.status, header("Retry-After", test.after(), "Date", date(0)))
					if waited := next(t, p); waited < test.least || waited > test.most {
						t.Errorf("waited %v, want %v to %v", waited, test.least, test.most)
					}
				})
			})
		}
		t.Run(name+" R3", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPacer(t, policy())
				answered(t, p, 429, header("Retry-After", "3600"))
				begun := time.Now()
				err := p.Wait(t.Context(), &connector.Turn{Key: "a", MaxWait: time.Minute})
				if e, ok := connector.AsError(err); !ok || e.Kind != connector.RateLimited || e.RetryAfter != time.Hour || time.Now() != begun {
					t.Errorf("got %+v, want an hour's wait, told at once", err)
				}
			})
		})
		t.Run(name+" R8", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPacer(t, policy())
				answered(t, p, 429, header("Retry-After", "10"))
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				begun := time.Now()
				err := p.Wait(ctx, &connector.Turn{Key: "a", MaxWait: time.Minute})
				if !errors.Is(err, connector.RateLimited) || !errors.Is(err, context.DeadlineExceeded) || time.Now() != begun {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// R7: nothing is left and the reset is 5 s ahead, so the next request waits,
// by the platform's clock and not by ours.
func TestNothingLeft(t *testing.T) {
	for _, offset := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		t.Run(fmt.Sprint("procore ", offset), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPacer(t, procore.Pacing())
				answered(t, p, 200, header("X-Rate-Limit-Limit", "25", "X-Rate-Limit-Remaining", "0", "Date", date(offset),
					"X-Rate-Limit-Reset", fmt.Sprint(time.Now().Add(offset+5*time.Second).Unix())))
				if waited := next(t, p); waited != 5*time.Second {
					t.Errorf("waited %v, want 5s", waited)
				}
			})
		})
	}
	t.Run("scoro", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := newPacer(t, scoro.Pacing())
			answered(t, p, 200, header("X-RateLimit-Limit", "40", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2"))
			if waited := next(t, p); waited != 2*time.Second {
				t.Errorf("waited %v, want 2s", waited)
			}
		})
	})
	t.Run("hour", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := newPacer(t, procore.Pacing())
			answered(t, p, 200, header("X-Rate-Limit-Limit", "3600", "X-Rate-Limit-Remaining", "0", "Date", date(0),
				"X-Rate-Limit-Reset", fmt.Sprint(time.Now().Add(30*time.Minute).Unix())))
			err := p.Wait(t.Context(), &connector.Turn{Key: "a", MaxWait: time.Minute})
			if e, ok := connector.AsError(err); !ok || e.RetryAfter != 30*time.Minute {
				t.Errorf("got %+v, want a wait of 30m", err)
			}
		})
	})
}

// Headers that flip between two windows are told apart, whatever the clock
// says; when the hour is used up, its reset is waited for.
func TestFlippingHeaders(t *testing.T) {
	for _, offset := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		for _, kind := range kinds {
			t.Run(fmt.Sprint(kind.name, " ", offset), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := &platform{windows: []*counter{kind.make(25, 10*time.Second), kind.make(100, time.Hour)}, offset: offset}
					pacer := newPacer(t, procore.Pacing())
					took := p.run(t, pacer, 100, 8, steady(50*time.Millisecond))
					if p.refused > 0 || took > 31*time.Second {
						t.Errorf("took %v, and %d were refused", took, p.refused)
					}
					l := pacer.Limits("a")
					if len(l.Windows) != 2 || l.Windows[0].Limit != 25 || l.Windows[1].Limit != 100 || l.Windows[1].Remaining != 0 || !l.Windows[1].Stated {
						t.Errorf("limits %+v", l)
					}
					err := pacer.Wait(t.Context(), &connector.Turn{Key: "a", MaxWait: time.Minute})
					if e, ok := connector.AsError(err); !ok || e.RetryAfter < 59*time.Minute || e.RetryAfter > 61*time.Minute {
						t.Errorf("got %+v, want a wait of an hour", err)
					}
					if took := p.run(t, pacer, 100, 8, steady(50*time.Millisecond)); took > time.Hour+32*time.Second || p.refused > 0 {
						t.Errorf("the next hundred took %v, and %d were refused", took, p.refused)
					}
				})
			})
		}
	}
}

// Where an hour began before our first request, its end is when the platform
// says, not an hour after our requests.
func TestHourThatBeganEarlier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{windows: []*counter{fixed(25, 10*time.Second), fixed(100, time.Hour)}}
		p.intrude(1)
		time.Sleep(50 * time.Minute)
		pacer := newPacer(t, procore.Pacing())
		p.run(t, pacer, 99, 8, steady(50*time.Millisecond))
		if took := p.run(t, pacer, 20, 8, steady(50*time.Millisecond)); took > 11*time.Minute || p.refused > 0 {
			t.Errorf("the next 20 took %v, and %d were refused", took, p.refused)
		}
	})
}

// SecurityScorecard tells nothing: no hour holds more than it allows, and no
// more than a little is left unused.
func TestHourThatNobodyTellsOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{windows: []*counter{sliding(5_000, time.Hour)}, silent: true}
		pacer := newPacer(t, securityscorecard.Pacing())
		begun := time.Now()
		p.run(t, pacer, 500, 16, steady(50*time.Millisecond))
		if took := time.Since(begun); took > 4*time.Second {
			t.Errorf("the first 500 took %v", took)
		}
		p.run(t, pacer, 13_500, 16, steady(50*time.Millisecond))
		if took := time.Since(begun); p.refused > 0 || took > 3*time.Hour+2*time.Minute {
			t.Errorf("14,000 took %v, and %d were refused", took, p.refused)
		}
	})
}

// A day that is used up is not waited for. Nothing is sent until it is over.
func TestDayUsedUp(t *testing.T) {
	for name, reset := range map[string][]string{
		"stated":     {"X-Daily-Requests-Reset", "3600"},
		"not stated": nil, // the day ends at midnight UTC
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(23 * time.Hour) // the bubble's clock starts at midnight UTC
				p := newPacer(t, scoro.Pacing())
				answered(t, p, 200, header(append(reset, "X-Daily-Requests-Limit", "500", "X-Daily-Requests-Remaining", "1")...))
				answered(t, p, 200, header(append(reset, "X-Daily-Requests-Limit", "500", "X-Daily-Requests-Remaining", "0")...))
				if l := p.Limits("a").Windows[1]; l.Name != "day" || l.Limit != 500 || l.Remaining != 0 || time.Until(l.Reset) != time.Hour {
					t.Errorf("limits %+v", l)
				}
				begun := time.Now()
				err := p.Wait(t.Context(), &connector.Turn{Key: "a", MaxWait: 24 * time.Hour})
				e, ok := connector.AsError(err)
				if !ok || e.Kind != connector.QuotaExhausted || e.RetryAfter != time.Hour || time.Now() != begun {
					t.Errorf("got %+v, want to be told at once", err)
				}
				time.Sleep(time.Hour)
				if waited := next(t, p); waited != 0 {
					t.Errorf("the first request of the next day waited %v", waited)
				}
			})
		})
	}
}

// Those that would be one too many for the day are told at once; those that
// wait when it ends are told then.
func TestRestOfADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(t, scoro.Pacing())
		answered(t, p, 200, header("X-RateLimit-Limit", "1", "X-RateLimit-Remaining", "0", "X-Daily-Requests-Limit", "500", "X-Daily-Requests-Remaining", "3"))
		results := make(chan error, 5)
		for range 5 {
			go func() { results <- p.Wait(t.Context(), &connector.Turn{Key: "a", MaxWait: time.Minute}) }()
		}
		synctest.Wait()
		if n := len(results); n != 2 {
			t.Errorf("%d were told at once, want 2", n)
		}
		for range 2 {
			if err := <-results; !errors.Is(err, connector.QuotaExhausted) {
				t.Errorf("got %v", err)
			}
		}
		p.Observe(of("a"), 200, nil)
		for range 3 {
			if err := <-results; err != nil {
				t.Errorf("got %v", err)
			}
		}
	})
}

// An answer that takes minutes, such as that of an upload, holds no place of a
// short window.
func TestSlowAnswersHoldNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{windows: []*counter{fixed(100, time.Second)}}
		pacer := newPacer(t, short())
		p.run(t, pacer, 100, 16, steady(5*time.Millisecond))
		time.Sleep(2 * time.Second)
		for range 50 { // these are never answered
			if err := pacer.Wait(t.Context(), &connector.Turn{Key: "a"}); err != nil {
				t.Fatal(err)
			}
			p.serve()
		}
		time.Sleep(2100 * time.Millisecond)
		if took := p.run(t, pacer, 1000, 16, steady(5*time.Millisecond)); took > 9200*time.Millisecond || p.refused > 0 {
			t.Errorf("took %v, and %d were refused", took, p.refused)
		}
	})
}
