package procore

import (
	"net/http"
	"strconv"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/pace"
)

// Pacing is how Procore limits the requests of one account and company: so many
// in 10 seconds and so many in an hour. Both differ from app to app, and each
// answer tells of the one that is nearer to its end. Until the first answer it
// is assumed that 20 requests fit into 10 seconds, where Procore's own example
// is 25, and 3,600 into an hour; some apps are said to get 600.
//
// Change the policy and give it to [pace.New] or [pace.Shared] to leave a
// reserve to other programs, or to share the limits with other processes.
//
// Whether Procore counts by company is uncertain, since its pages have said
// both. Set Options.PaceKey if your app's companies share one limit.
func Pacing() pace.Policy {
	return pace.Policy{
		Windows: []pace.Window{
			{Name: "10s", Length: 10 * time.Second, Limit: 20},
			{Name: "hour", Length: time.Hour, Limit: 3_600},
		},
		Read: readLimits,
	}
}

// Limits returns what is known of the limits that a call with these options
// would count against. It is empty if Options.Pacer is none of package pace's.
func (c *Client) Limits(opts ...connector.CallOption) pace.Limits { return c.rest.Limits(opts...) }

// paceKey names what Procore counts by: the account that the token is for, and
// the company.
func paceKey(call *connector.Call) string {
	company := call.Named[companyVariable]
	if call.Account == "" {
		return company
	}
	return call.Account + "/" + company
}

// readLimits reads Procore's limit headers. They tell of whichever of the two
// windows is nearer to its end, with a reset in Unix time. Retry-After is
// promised by some of Procore's pages and not by others: the longer wait counts.
func readLimits(status int, h http.Header) pace.Reading {
	state := pace.State{
		Limit:     rest.HeaderCount(h, "X-Rate-Limit-Limit"),
		Remaining: rest.HeaderCount(h, "X-Rate-Limit-Remaining"),
		Reset:     untilReset(h),
	}
	r := pace.Reading{Either: state}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		r.Pause = rest.RetryAfter(h, time.Now())
		if state.Remaining == 0 {
			r.Pause = max(r.Pause, state.Reset)
		}
	}
	return r
}

// untilReset is how far the reset is, by the answer's own Date. That is cut to
// a whole second, so the time is up to a second too long, and never too short.
func untilReset(h http.Header) time.Duration {
	text := rest.HeaderText(h, "X-Rate-Limit-Reset")
	if text == "" {
		return 0
	}
	reset, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	now, told := rest.Date(h)
	if !told {
		now = time.Now()
	}
	return max(0, time.Unix(reset, 0).Sub(now))
}
