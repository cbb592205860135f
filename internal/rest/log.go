package rest

import (
	"log/slog"
	"time"

	"github.com/cordage-go/cordage/connector"
)

func (x *exchange) logger() *slog.Logger {
	return x.client.log.With("platform", x.client.platform.Name, "operation", x.call.Operation.ID, "account", x.call.Account)
}

func (c *Client) logAttempt(x *exchange, status int, took time.Duration, err error) {
	if !c.log.Enabled(x.ctx, slog.LevelDebug) {
		return
	}
	x.logger().DebugContext(x.ctx, "answered", "attempt", x.attempts, "status", status, "took", took, "complete", err == nil)
}

func (c *Client) logRetry(x *exchange) {
	why := "no answer"
	if x.failure != nil {
		why = string(x.failure.Kind)
	}
	x.logger().WarnContext(x.ctx, "trying again", "attempt", x.attempts, "why", why, "pause", x.pause)
}

// respond fills the caller's Response.
func (x *exchange) respond(r *connector.Response) {
	if r == nil {
		return
	}
	*r = connector.Response{Attempts: x.attempts, Waited: x.waited}
	if x.answer != nil {
		r.Status, r.Header = x.answer.Status, x.answer.Header.Clone()
	}
}
