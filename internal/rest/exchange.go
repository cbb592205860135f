package rest

import (
	"context"
	"errors"
	"io"
	"net/http/httptrace"
	"strings"
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
	turn     connector.Turn // of the last attempt, at the pacer
	waitLeft time.Duration  // of MaxWait
	waited   time.Duration
	attempts int
	unready  int // attempts that found a file still being made

	// of the last attempt
	left             atomic.Bool      // it was handed to the transport
	asked, connected atomic.Bool      // a connection was asked for, and found
	answer           *Answer          // complete, or nil
	failure          *connector.Error // what the answer says went wrong
	broken           error            // why there is no answer
	verdict          verdict
	pause            time.Duration // before the next attempt
	stopped          error         // why there is no next attempt, although the verdict allows one

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
	c.running.begin(x, cancel)
	x.watch = startStopwatch(call.Timeout, cancel)
	running = connector.WithOperation(running, call.Operation)
	x.ctx = context.WithValue(running, exchangeKey{}, x)
	return x, func() {
		x.watch.stop()
		c.running.forget(x)
		cancel(nil)
		if d.stream != nil {
			d.stream.end()
		}
	}
}

func (c *Client) source(call *connector.Call) (auth.TokenSource, error) {
	if call.Operation.Class == connector.Token {
		return nil, nil // a sign-in carries its credential in its body
	}
	if c.platform.Tokens != nil {
		return c.platform.Tokens(call)
	}
	if c.tokens == nil {
		return nil, errors.New("there is no token source; give one to New or As")
	}
	return c.tokens, nil
}

// signIn fetches the token that the call goes out with.
func (x *exchange) signIn(source auth.TokenSource) error {
	token, err := source.Token(x.ctx)
	if err == nil {
		err = checkToken(token.Access.Reveal())
	}
	if err != nil {
		return x.unsigned(err)
	}
	x.token = token
	return nil
}

// checkToken refuses what no platform would accept, before it is sent.
func checkToken(token string) error {
	switch {
	case token == "":
		return &connector.Error{Kind: connector.Invalid, Message: "the token source gave an empty one", Remedy: "let it return an error when it has none"}
	case hasControl(token), strings.TrimSpace(token) != token:
		return &connector.Error{Kind: connector.Invalid, Message: "white space around the token, or a control character in it",
			Remedy: "a token read from a file may end in a line break: trim it"}
	}
	return nil
}

// forget makes room for one more attempt.
func (x *exchange) forget() {
	x.answer, x.failure, x.broken, x.verdict, x.stopped = nil, nil, nil, verdict{}, nil
	x.left.Store(false)
	x.asked.Store(false)
	x.connected.Store(false)
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
	if x.client.options.PaceKey != nil {
		return x.client.options.PaceKey(x.call)
	}
	if x.client.platform.PaceKey != nil {
		return x.client.platform.PaceKey(x.call)
	}
	return x.call.Account
}
