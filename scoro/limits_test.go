package scoro_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
)

// Whatever the headers hold, a reading makes sense, and a 429 never means that
// there is no need to wait.
func FuzzLimits(f *testing.F) {
	f.Add(200, "25", "24", "2", "500", "499", "3600", "")
	f.Add(429, "25", "0", "2", "500", "0", "3600", "7")
	f.Add(429, "-1", "-5", "-7", "x", "", "99999999999999999999", "-2")
	f.Add(503, "0", "0", "0", "0", "0", "0", "Sun, 22 Nov 2026 10:43:53 GMT")
	f.Fuzz(func(t *testing.T, status int, limit, left, reset, day, dayLeft, dayReset, after string) {
		h := http.Header{"X-Ratelimit-Limit": {limit}, "X-Ratelimit-Remaining": {left}, "X-Ratelimit-Reset": {reset}, "X-Daily-Requests-Limit": {day},
			"X-Daily-Requests-Remaining": {dayLeft}, "X-Daily-Requests-Reset": {dayReset}, "Retry-After": {after}}
		r := scoro.Pacing().Read(status, h)
		for _, s := range r.States {
			if s.Reset < 0 || s.Remaining < -1 || s.Limit < -1 {
				t.Errorf("%v was read as %+v", h, r)
			}
		}
		limited := status == http.StatusTooManyRequests
		if r.Pause < 0 || limited && r.Pause < time.Second || !limited && status != http.StatusServiceUnavailable && r.Pause != 0 {
			t.Errorf("status %d asks for a pause of %v", status, r.Pause)
		}
	})
}

// The day is told, and a day that is used up is not asked again.
func TestClientLimits(t *testing.T) {
	server := scorotest.NewServer(t)
	server.SetLimits(scorotest.Limits{Short: 40, Day: 3})
	c, err := scoro.New(server.Site, scoro.UserToken(server.UserToken, server.CompanyAccount),
		&scoro.Options{Options: connector.Options{BaseURL: server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 {
		if _, err := c.Projects.List(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	l := c.Limits().Windows
	if len(l) != 2 || l[0].Name != "2s" || l[0].Limit != 40 || l[1].Name != "day" || l[1].Limit != 3 || l[1].Remaining != 0 || !l[1].Stated {
		t.Errorf("limits %+v", l)
	}
	_, err = c.Projects.List(t.Context(), nil)
	e, ok := connector.AsError(err)
	if !ok || e.Kind != connector.QuotaExhausted || e.RetryAfter <= 0 || e.RetryAfter > 24*time.Hour {
		t.Errorf("got %+v, want the day used up", err)
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d requests arrived, want 3", n)
	}
}
