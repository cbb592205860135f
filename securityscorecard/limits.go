package securityscorecard

import (
	"net/http"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/pace"
)

// Pacing is how SecurityScorecard limits the requests of one token: 5,000 an
// hour. Answers do not tell what is left, so 500 may leave at once and the rest
// follows at 1.25 a second: no hour holds more than 5,000. Where an operation
// has a limit of its own, the platform says how long to pause.
//
// Change the policy and give it to [pace.New] or [pace.Shared] to leave a
// reserve to other programs, or to share the limit with other processes.
//
// Calls count by Account. What the platform counts by, the token or the
// company, is not documented; set Options.PaceKey to change it.
func Pacing() pace.Policy {
	return pace.Policy{
		Windows: []pace.Window{{Name: "hour", Length: time.Hour, Limit: 5_000, Burst: 500}},
		Read:    readLimits,
	}
}

// Limits returns what is known of the limits that a call with these options
// would count against. It is empty if Options.Pacer is none of package pace's.
func (c *Client) Limits(opts ...connector.CallOption) pace.Limits { return c.rest.Limits(opts...) }

// readLimits reads the only limit header that is documented.
func readLimits(status int, h http.Header) pace.Reading {
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return pace.Reading{}
	}
	return pace.Reading{Pause: rest.RetryAfter(h, time.Now())}
}
