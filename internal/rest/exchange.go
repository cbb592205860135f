package rest

import (
	"context"
	"io"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
)

// An exchange is one call under way: what was sent, how often, and what came back.
type exchange struct {
	client *Client
	call   *connector.Call
	class  connector.Class
	draft  *draft
	sink   io.Writer // takes the file of a download
	token  auth.Token

	ctx      context.Context // ends with the caller's, with Close, and when the watch runs out
	caller   context.Context
	watch    *stopwatch
	waitLeft time.Duration // of MaxWait
	waited   time.Duration
	attempts int

	// of the last attempt
	left             atomic.Bool      // it was handed to the transport
	asked, connected atomic.Bool      // a connection was asked for, and found
	answer           *Answer          // complete, or nil
	failure          *connector.Error // what the answer says went wrong
	broken           error            // why there is no answer
	verdict          verdict
	pause            time.Duration // before the next attempt

	maybeDone bool // an earlier attempt may have been carried out
	delivered bool // part of a download has reached the caller
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

func (c *Client) begin(ctx context.Context, call *connector.Call, d *draft, out any) (*exchange, func()) {
	x := &exchange{client: c, call: call, class: call.Operation.Class, draft: d, caller: ctx, waitLeft: call.MaxWait}
	if call.Operation.Download {
		x.sink, _ = out.(io.Writer)
	}
	running, cancel := context.WithCancelCause(ctx)
	unhook := context.AfterFunc(c.closed, func() { cancel(errClosed) })
	if c.closed.Err() != nil {
		cancel(errClosed) // the hook above runs too late for a call that comes after Close
	}
	x.watch = startStopwatch(call.Timeout, cancel)
	running = connector.WithOperation(running, call.Operation)
	x.ctx = context.WithValue(running, exchangeKey{}, x)
	return x, func() {
		x.watch.stop()
		unhook()
		cancel(nil)
	}
}

func (c *Client) source(call *connector.Call) (auth.TokenSource, error) {
	if call.Operation.Class == connector.Token {
		return nil, nil // a sign-in carries its credential in its body
	}
	if c.platform.Tokens != nil {
		return c.platform.Tokens(call)
	}
	return c.tokens, nil
}

// replayable reports whether the body can be sent again.
func (x *exchange) replayable() bool {
	return (x.draft.stream == nil || x.draft.stream.rewinds()) && !x.delivered
}

// trace notes whether a connection was found: without one, nothing was sent.
func (x *exchange) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { x.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { x.connected.Store(true) },
	}
}

// neverSent reports that the last attempt certainly did not leave: it ended
// before the transport, or the transport looked for a connection and found none.
func (x *exchange) neverSent() bool { return !x.left.Load() || x.asked.Load() && !x.connected.Load() }

func (x *exchange) paceKey() string {
	if x.client.platform.PaceKey != nil {
		return x.client.platform.PaceKey(x.call)
	}
	return x.call.Account
}
