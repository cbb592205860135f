package rest

import (
	"context"
	"errors"
	"io"
	"strings"
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

	life
	caller   context.Context
	turn     connector.Turn // of the last attempt, at the pacer
	waitLeft time.Duration  // of MaxWait
	waited   time.Duration
	attempts int
	unready  int // attempts that found a file still being made

	// of the last attempt
	try     *try
	first   try       // most calls need no other
	begun   time.Time // when it was sent; zero if it was not
	status  int       // of its answer, complete or not; 0 if none came
	memory  *memory   // what the answer was read into; nil if nothing was read
	whole   Answer
	answer  *Answer          // whole, or nil
	failure *connector.Error // what the answer says went wrong
	broken  error            // why there is no answer
	verdict verdict
	pause   time.Duration // before the next attempt
	stopped error         // why there is no next attempt, although the verdict allows one

	maybeDone bool // an earlier attempt may have been carried out
	delivered bool // part of a download has reached the caller
}

func (c *Client) begin(ctx context.Context, call *connector.Call, d *draft, out any) *exchange {
	x := &exchange{client: c, call: call, class: call.Operation.Class, draft: d, caller: ctx, waitLeft: call.MaxWait}
	if call.Operation.Download {
		x.sink, _ = out.(io.Writer)
	}
	x.live(ctx)
	return x
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
	x.begun, x.status = time.Time{}, 0
	if x.try = &x.first; x.attempts > 0 {
		x.try = &try{}
	}
	x.try.Context, x.try.x, x.try.token = x.ctx, x, x.token
}

// replayable reports whether the body can be sent again.
func (x *exchange) replayable() bool {
	return (x.draft.stream == nil || x.draft.stream.rewinds()) && !x.delivered
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
