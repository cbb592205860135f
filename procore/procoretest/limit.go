package procoretest

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// limits are Procore's two windows. Both count every request.
type limits struct {
	spike, hour *emulate.Window
}

func newLimits(l Limits) *limits {
	window := emulate.NewWindow
	if l.Sliding {
		window = emulate.NewSlidingWindow
	}
	windows := &limits{
		spike: window(0, cmp.Or(l.SpikeLength, 10*time.Second)),
		hour:  window(0, cmp.Or(l.HourLength, time.Hour)),
	}
	windows.set(l)
	return windows
}

func (l *limits) set(to Limits) {
	l.spike.SetLimit(cmp.Or(to.Spike, 10_000))
	l.hour.SetLimit(cmp.Or(to.Hour, 1_000_000))
}

// A quota is the state of the window that is nearer to its end; the platform
// never tells of the other.
type quota struct {
	emulate.Quota
	hourly bool
}

// count counts a request of an app, user and company. Whether Procore counts
// per company is uncertain; its pages have said both.
func (l *limits) count(h emulate.Holder, company string) quota {
	key := h.Client + " " + h.Subject + " " + company
	spike, hour := l.spike.Count(key), l.hour.Count(key)
	if hour.Over || !spike.Over && share(hour) < share(spike) {
		return quota{hour, true}
	}
	return quota{spike, false}
}

func share(q emulate.Quota) float64 { return float64(q.Remaining) / float64(max(q.Limit, 1)) }

// mark writes the window's state on an answer.
func (q quota) mark(a emulate.Answer) emulate.Answer {
	return a.With("X-Rate-Limit-Limit", strconv.Itoa(q.Limit)).
		With("X-Rate-Limit-Remaining", strconv.Itoa(q.Remaining)).
		With("X-Rate-Limit-Reset", strconv.FormatInt(q.resetSeconds(), 10))
}

// resetSeconds rounds up: at that second the window is surely over.
func (q quota) resetSeconds() int64 { return q.Reset.Add(time.Second - 1).Unix() }

// tooMany is plain text and names the hour for both windows, as Procore's does.
// Its pages disagree on Retry-After: here the hourly window has it.
func (q quota) tooMany() emulate.Answer {
	a := q.mark(emulate.Text(http.StatusTooManyRequests, "text/plain; charset=utf-8",
		"You have surpassed the max number of requests for an hour. Please wait until your limit resets."))
	if q.hourly {
		a = a.With("Retry-After", strconv.FormatInt(q.resetSeconds()-time.Now().Unix(), 10))
	}
	return a
}
