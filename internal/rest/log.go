package rest

import (
	"log/slog"
	"time"

	"github.com/cordage-go/cordage/connector"
)

func (c *Client) logger(call *connector.Call) *slog.Logger {
	return c.log.With("platform", c.platform.Name, "operation", call.Operation.ID, "account", call.Account)
}

func (c *Client) logAttempt(x *exchange, status int, took time.Duration, err error) {
	if !c.log.Enabled(x.ctx, slog.LevelDebug) {
		return
	}
	c.logger(x.call).DebugContext(x.ctx, "answered", "attempt", x.attempts, "status", status, "took", took, "complete", err == nil)
}

func (c *Client) logRetry(x *exchange) {
	why, level := "no answer", slog.LevelWarn
	if x.failure != nil {
		why = string(x.failure.Kind)
	}
	if x.verdict.file {
		level = slog.LevelInfo
	}
	c.logger(x.call).Log(x.ctx, level, "trying again", "attempt", x.attempts, "why", why, "pause", x.pause)
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
