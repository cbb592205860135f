package pace_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
	"github.com/cordage-go/cordage/procore"
)

// hour is what Procore tells of an hour of 20 requests.
func hour(remaining int, reset time.Duration) http.Header {
	return header("X-Rate-Limit-Limit", "20", "X-Rate-Limit-Remaining", strconv.Itoa(remaining), "Date", date(0),
		"X-Rate-Limit-Reset", fmt.Sprint(time.Now().Add(reset).Unix()))
}

// useUpTheHour leaves nothing of an hour that ends in 10 minutes.
func useUpTheHour(t *testing.T, p *pace.Pacer) {
	for i := range 20 {
		answered(t, p, http.StatusOK, hour(19-i, 10*time.Minute))
	}
}

// The first request after the hour's reset finds out whether the platform
// counts anew. If it finds out nothing, the next one does.
func TestTrialThatTellsNothing(t *testing.T) {
	for name, trial := range map[string]func(*testing.T, *connector.Turn, *pace.Pacer){
		"no answer":  func(_ *testing.T, turn *connector.Turn, p *pace.Pacer) { p.Observe(turn, 0, nil) },
		"no headers": func(_ *testing.T, turn *connector.Turn, p *pace.Pacer) { p.Observe(turn, 502, nil) },
		"never":      func(*testing.T, *connector.Turn, *pace.Pacer) { time.Sleep(11 * time.Second) },
		"late": func(_ *testing.T, turn *connector.Turn, p *pace.Pacer) {
			time.Sleep(11 * time.Second)
			p.Observe(turn, 200, hour(19, time.Hour))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPacer(t, procore.Pacing())
				useUpTheHour(t, p)
				turn := &connector.Turn{Key: "a", MaxWait: time.Hour}
				if err := p.Wait(t.Context(), turn); err != nil || turn.Waited > 10*time.Minute {
					t.Fatalf("the trial waited %v, %v", turn.Waited, err)
				}
				trial(t, turn, p)
				if waited := next(t, p); waited > 11*time.Second {
					t.Errorf("the next request waited %v, want a new trial soon", waited)
				}
			})
		})
	}
}

// A trial that is given back, since its caller had enough at that very moment,
// was none.
func TestTrialThatNeverLeft(t *testing.T) {
	for range 20 { // in most of them the turn comes too late for the caller
		synctest.Test(t, func(t *testing.T) {
			p := newPacer(t, procore.Pacing())
			useUpTheHour(t, p)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(10*time.Minute, cancel)
			turn := &connector.Turn{Key: "a", MaxWait: time.Hour}
			if err := p.Wait(ctx, turn); err == nil {
				p.Observe(turn, 0, nil)
			}
			if waited := next(t, p); waited > 11*time.Second {
				t.Errorf("the next request waited %v, want a trial soon", waited)
			}
		})
	}
}
