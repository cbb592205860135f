package scoro

import (
	"net/http"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/pace"
)

const day = 24 * time.Hour

// Pacing is how Scoro limits the requests to one site: so many in 2 seconds, 25
// to 80 by the plan as people report, and so many in a day of UTC. Answers are
// known to tell of both. Until the first one it is assumed that 20 requests fit
// into 2 seconds. A day that is used up is not waited for: calls fail at once
// with kind [connector.QuotaExhausted].
//
// Change the policy and give it to [pace.New] or [pace.Shared] to leave a
// reserve to other programs, or to share the limits with other processes.
//
// What Scoro counts by is not documented. It is taken to be the site and the
// company account; set Options.PaceKey if your site shows otherwise.
func Pacing() pace.Policy {
	return pace.Policy{
		Windows: []pace.Window{
			{Name: "2s", Length: 2 * time.Second, Limit: 20},
			{Name: "day", Length: day, Quota: true},
		},
		Read: readLimits,
	}
}

// Limits returns what is known of the limits that a call with these options
// would count against, the 2 seconds first and then the day. It is empty if
// Options.Pacer is none of package pace's.
func (c *Client) Limits(opts ...connector.CallOption) pace.Limits {
	pipeline, err := c.pipeline()
	if err != nil {
		return pace.Limits{}
	}
	return pipeline.Limits(opts...)
}

// paceKey names what Scoro is taken to count by. A tenant's own name does not
// matter: two of one company account share its limits, and take turns.
func paceKey(at site, cred Credential) string { return at.host() + "/" + cred.CompanyAccount }

// readLimits reads Scoro's limit headers. Their resets are seconds from now.
func readLimits(status int, h http.Header) pace.Reading {
	var r pace.Reading
	r.States[0] = pace.State{
		Limit:     rest.HeaderCount(h, "X-Ratelimit-Limit"),
		Remaining: rest.HeaderCount(h, "X-Ratelimit-Remaining"),
		Reset:     rest.HeaderSeconds(h, "X-Ratelimit-Reset"),
	}
	r.States[1] = pace.State{
		Limit:     rest.HeaderCount(h, "X-Daily-Requests-Limit"),
		Remaining: rest.HeaderCount(h, "X-Daily-Requests-Remaining"),
		Reset:     untilMidnight(h),
	}
	switch status {
	case http.StatusTooManyRequests:
		r.Pause = max(time.Second, r.States[0].Reset, rest.RetryAfter(h, time.Now()))
	case http.StatusServiceUnavailable:
		r.Pause = rest.RetryAfter(h, time.Now())
	}
	return r
}

// untilMidnight is how long the day lasts: as Scoro says, else until midnight
// UTC.
func untilMidnight(h http.Header) time.Duration {
	if stated := rest.HeaderSeconds(h, "X-Daily-Requests-Reset"); stated > 0 {
		return stated
	}
	if rest.HeaderText(h, "X-Daily-Requests-Remaining") == "" {
		return 0
	}
	now := rest.ServerTime(h, time.Now())
	return now.Truncate(day).Add(day).Sub(now)
}
