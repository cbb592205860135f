package securityscorecard_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/securityscorecard"
)

// The wait is read in both forms that a Retry-After can have, and only where
// the platform refuses.
func FuzzLimits(f *testing.F) {
	f.Add(200, "5", "")
	f.Add(429, "5", "")
	f.Add(429, "Sun, 22 Nov 2026 10:43:58 GMT", "Sun, 22 Nov 2026 10:43:53 GMT")
	f.Add(503, "-5", "soon")
	f.Add(429, "99999999999999999999", "")
	f.Fuzz(func(t *testing.T, status int, after, date string) {
		r := securityscorecard.Pacing().Read(status, http.Header{"Retry-After": {after}, "Date": {date}})
		refused := status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
		if r.Pause < 0 || !refused && r.Pause != 0 {
			t.Errorf("status %d, Retry-After %q, Date %q: a pause of %v", status, after, date, r.Pause)
		}
		if refused && after == "5" && r.Pause != 5*time.Second {
			t.Errorf("five seconds were read as %v", r.Pause)
		}
	})
}

func TestClientLimits(t *testing.T) {
	server := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, `{"entries":[]}`)))
	c, err := securityscorecard.New(auth.Static("token"), &securityscorecard.Options{Options: connector.Options{Transport: server}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Portfolios.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l := c.Limits().Windows; len(l) != 1 || l[0].Limit != 5000 || l[0].Remaining != 4999 || l[0].Stated || l[0].Length != time.Hour {
		t.Errorf("limits %+v", l)
	}
}
