package procore_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
)

// Whatever the headers hold, a reading makes sense: no negative time, no state
// of what is no number, and nothing is stated that is not there.
func FuzzLimits(f *testing.F) {
	f.Add(200, "25", "24", "1795345843", "", "Sun, 22 Nov 2026 10:43:53 GMT")
	f.Add(429, "3600", "0", "1795345843", "2", "Sun, 22 Nov 2026 10:43:53 GMT")
	f.Add(503, "", "", "", "Sun, 22 Nov 2026 10:43:56 GMT", "")
	f.Add(429, "-1", "-5", "-7", "-2", "soon")
	f.Add(429, "0", "0", "99999999999999999999", "1e9", "")
	f.Fuzz(func(t *testing.T, status int, limit, remaining, reset, after, date string) {
		h := http.Header{"X-Rate-Limit-Limit": {limit}, "X-Rate-Limit-Remaining": {remaining}, "X-Rate-Limit-Reset": {reset},
			"Retry-After": {after}, "Date": {date}}
		r := procore.Pacing().Read(status, h)
		if r.Pause < 0 || r.Either.Reset < 0 || r.Either.Remaining < -1 || r.Either.Limit < -1 {
			t.Errorf("%v was read as %+v", h, r)
		}
		if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable && r.Pause != 0 {
			t.Errorf("status %d asks for a pause of %v", status, r.Pause)
		}
	})
}

func TestReadingLimits(t *testing.T) {
	const date = "Sun, 22 Nov 2026 10:43:53 GMT"
	at := time.Date(2026, 11, 22, 10, 43, 53, 0, time.UTC)
	unix := func(d time.Duration) string { return strconv.FormatInt(at.Add(d).Unix(), 10) }
	for _, test := range []struct {
		about         string
		status        int
		limit, left   string
		reset, after  string
		pause, resets time.Duration
		stated        bool
	}{
		{"an answer", 200, "25", "24", unix(7 * time.Second), "", 0, 7 * time.Second, true},
		{"the last one", 200, "25", "0", unix(7 * time.Second), "", 0, 7 * time.Second, true},
		{"refused", 429, "25", "0", unix(7 * time.Second), "", 7 * time.Second, 7 * time.Second, true},
		{"refused, the later wait counts", 429, "25", "0", unix(7 * time.Second), "9", 9 * time.Second, 7 * time.Second, true},
		{"refused, the reset is later", 429, "25", "0", unix(7 * time.Second), "2", 7 * time.Second, 7 * time.Second, true},
		{"refused, while something is left", 429, "25", "3", unix(7 * time.Second), "2", 2 * time.Second, 7 * time.Second, true},
		{"heavy load", 503, "25", "20", unix(7 * time.Second), "30", 30 * time.Second, 7 * time.Second, true},
		{"a date", 503, "", "", "", "Sun, 22 Nov 2026 10:44:03 GMT", 10 * time.Second, 0, false},
		{"a reset that has passed", 429, "25", "0", unix(-time.Minute), "", 0, 0, true},
		{"nothing", 429, "", "", "", "", 0, 0, false},
		{"no limit of zero", 200, "0", "0", "", "", 0, 0, false},
	} {
		t.Run(test.about, func(t *testing.T) {
			h := http.Header{}
			for name, value := range map[string]string{"X-Rate-Limit-Limit": test.limit, "X-Rate-Limit-Remaining": test.left,
				"X-Rate-Limit-Reset": test.reset, "Retry-After": test.after, "Date": date} {
				if value != "" {
					h.Set(name, value)
				}
			}
			r := procore.Pacing().Read(test.status, h)
			if r.Pause != test.pause || r.Either.Reset != test.resets || r.Either.Limit > 0 != test.stated {
				t.Errorf("read as %+v", r)
			}
		})
	}
}

// Limits tell what the answers told, for the key of a call with these options.
func TestClientLimits(t *testing.T) {
	server := procoretest.NewServer(t)
	server.SetLimits(procoretest.Limits{Spike: 50, Hour: 3600})
	c, err := procore.New(auth.Static(server.AccessToken), &procore.Options{CompanyID: server.CompanyID,
		Environment: procore.Environment{Name: "test", LoginURL: server.LoginURL, APIURL: server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if l := c.Limits().Windows; len(l) != 2 || l[0].Limit != 20 || l[0].Stated || l[1].Limit != 3600 {
		t.Errorf("before any answer: %+v", l)
	}
	me := connector.Operation{ID: "me", Method: "GET", Path: "/rest/v1.0/me", Class: connector.Read}
	for range 3 {
		if err := c.Do(t.Context(), me, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if l := c.Limits().Windows[0]; l.Limit != 50 || l.Remaining != 47 || !l.Stated || l.Name != "10s" || time.Until(l.Reset) > 12*time.Second {
		t.Errorf("after three answers: %+v", l)
	}
	if l := c.Limits(connector.Account("another")).Windows[0]; l.Limit != 20 || l.Remaining != 20 {
		t.Errorf("another account: %+v", l)
	}
	shy, err := procore.New(auth.Static("t"), &procore.Options{Options: connector.Options{Pacer: faulttest.Unpaced{}}})
	if err != nil {
		t.Fatal(err)
	}
	defer shy.Close()
	if l := shy.Limits(); l.Windows != nil || l.Waiting != 0 {
		t.Errorf("a pacer that cannot tell: %+v", l)
	}
}
