package rest

import (
	"context"
	"log/slog"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/wire"
)

const (
	shortestWait = time.Millisecond // what is less is no wait, but the pacer's own work
	longWait     = 5 * time.Second  // from here on a wait is worth a line in a log that shows no details
)

// announce tells of a call that begins. It returns the context that the call
// goes on with, and when it began, which is zero if nobody wants to know.
func (c *Client) announce(ctx context.Context, call *connector.Call) (context.Context, time.Time) {
	if c.options.OnCall != nil {
		ctx = c.options.OnCall(ctx, call)
	}
	if !c.heard(ctx, slog.LevelDebug) {
		return ctx, time.Time{}
	}
	return ctx, time.Now()
}

// heard reports whether anybody wants to know of an event that is logged at level.
func (c *Client) heard(ctx context.Context, level slog.Level) bool {
	return c.options.OnEvent != nil || c.log.Enabled(ctx, level)
}

// noteWait tells of what the pacer held the next attempt back for.
func (x *exchange) noteWait() {
	level := slog.LevelDebug
	if x.turn.Waited >= longWait {
		level = slog.LevelInfo
	}
	if x.turn.Waited >= shortestWait && x.client.heard(x.ctx, level) {
		x.note(level, connector.Event{Name: connector.EventWait, Took: x.turn.Waited})
	}
}

// noteAttempt tells of the attempt that just ended, if one was sent.
func (x *exchange) noteAttempt() {
	if x.begun.IsZero() || !x.client.heard(x.ctx, slog.LevelDebug) {
		return
	}
	x.note(slog.LevelDebug, connector.Event{
		Name: connector.EventAttempt, Status: x.status, Failure: x.whyFailed(), Took: time.Since(x.begun),
	})
}

// noteRetry tells of the pause before the next attempt.
func (x *exchange) noteRetry() {
	level := slog.LevelWarn
	if x.verdict.file {
		level = slog.LevelInfo
	}
	if x.client.heard(x.ctx, level) {
		x.note(level, connector.Event{Name: connector.EventRetry, Status: x.status, Failure: x.whyFailed(), Took: x.pause})
	}
}

// signInAgain fetches another token after a refusal.
func (x *exchange) signInAgain(source auth.TokenSource) error {
	asked := time.Now()
	err := x.signIn(source)
	if x.client.heard(x.ctx, slog.LevelInfo) {
		x.note(slog.LevelInfo, connector.Event{Name: connector.EventRenewal, Failure: kindOf(err), Took: time.Since(asked)})
	}
	return err
}

// noteDone tells that the call is over. began is what announce returned.
func (x *exchange) noteDone(began time.Time, err error) {
	if began.IsZero() {
		return
	}
	x.note(slog.LevelDebug, connector.Event{
		Name: connector.EventDone, Status: x.status, Failure: kindOf(err), Took: time.Since(began), Err: err,
	})
}

// whyFailed is the kind of failure of the last attempt; empty if it succeeded.
func (x *exchange) whyFailed() connector.Kind {
	if x.failure != nil {
		return x.failure.Kind
	}
	if cause := context.Cause(x.ctx); x.broken != nil && cause != nil {
		return kindOf(x.ended(cause))
	}
	return kindOf(x.broken)
}

// kindOf is the kind of an error; what has none is a network in trouble.
func kindOf(err error) connector.Kind {
	if err == nil {
		return ""
	}
	if e, ok := connector.AsError(err); ok {
		return e.Kind
	}
	return connector.Unavailable
}

// note names an event, logs it and hands it to the program.
func (x *exchange) note(level slog.Level, e connector.Event) {
	c := x.client
	e.Platform, e.Operation, e.Account, e.Attempt = c.platform.Name, x.call.Operation.ID, x.call.Account, x.attempts
	if c.log.Enabled(x.ctx, level) {
		c.log.LogAttrs(x.ctx, level, string(e.Name), attributes(e)...)
	}
	if c.options.OnEvent != nil {
		c.options.OnEvent(x.ctx, e)
	}
}

// attributes are the same for all events; docs/operating.md lists them.
func attributes(e connector.Event) []slog.Attr {
	attrs := append(whose(e.Platform, e.Operation, e.Account), slog.Int("attempt", e.Attempt))
	if e.Status != 0 {
		attrs = append(attrs, slog.Int("status", e.Status))
	}
	if e.Failure != "" {
		attrs = append(attrs, slog.String("failure", string(e.Failure)))
	}
	if e.Name == connector.EventRetry {
		return append(attrs, slog.Duration("pause", e.Took))
	}
	return append(attrs, slog.Duration("took", e.Took))
}

// whose returns the attributes that all records have.
func whose(platform, operation, account string) []slog.Attr {
	attrs := append(make([]slog.Attr, 0, 8), slog.String("platform", platform), slog.String("operation", operation))
	if account != "" {
		attrs = append(attrs, slog.String("account", account))
	}
	return attrs
}

// drifted tells of a value that has another form than documented.
func (c *Client) drifted(ctx context.Context, call *connector.Call, d wire.Drift) {
	if c.log.Enabled(ctx, slog.LevelWarn) {
		attrs := append(whose(c.platform.Name, call.Operation.ID, call.Account),
			slog.String("path", d.Path), slog.String("want", d.Want), slog.String("got", d.Got))
		c.log.LogAttrs(ctx, slog.LevelWarn, "drift", attrs...)
	}
	if c.options.OnDrift != nil {
		c.options.OnDrift(connector.Drift{
			Platform: c.platform.Name, Operation: call.Operation.ID, Account: call.Account, Path: d.Path, Want: d.Want, Got: d.Got,
		})
	}
}
