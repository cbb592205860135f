package rest

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptrace"
	"slices"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/cordage-go/cordage/connector"
)

// Do calls one operation. This file is the whole way of a call, in this order:
//
//	Do       settings → request → token → attempts, and once more after a 401 → errors → decode
//	attempt  pacer → user's middleware → origin check → credential → transport → pacer hears → whole answer
//
// go-retryablehttp runs the loop around attempt; afterAttempt decides whether
// it goes on. The token is fetched outside the loop, so a failed sign-in is
// final. Middleware stands before the credential, so it never sees one.
func (c *Client) Do(ctx context.Context, op connector.Operation, in, out any, opts ...connector.CallOption) error {
	call, err := c.newCall(op, opts)
	if err != nil {
		return c.invalid(call, err)
	}
	draft, err := c.newDraft(call, in)
	if err != nil {
		return c.invalid(call, err)
	}
	if err := checkOut(out); err != nil {
		return c.invalid(call, err)
	}
	if c.options.DryRun != nil && op.Class != connector.Read && op.Class != connector.Token {
		return c.show(call, draft)
	}
	x, end := c.begin(ctx, call, draft, out)
	defer end()
	err = x.run()
	x.respond(call.Response)
	if err != nil {
		return err
	}
	return x.read(out)
}

// run fetches the token, sends, and after a 401 does both once more.
func (x *exchange) run() error {
	if err := context.Cause(x.ctx); err != nil {
		return x.ended(err)
	}
	if x.call.Operation.Download && x.sink == nil {
		return x.client.invalid(x.call, errors.New("a download needs an io.Writer to write the file to"))
	}
	source, err := x.client.source(x.call)
	if err != nil {
		return x.client.invalid(x.call, err)
	}
	if source == nil {
		x.send()
		return x.outcome()
	}
	if err := x.signIn(source); err != nil {
		return err
	}
	x.send()
	if !x.mayRenew() {
		return x.outcome()
	}
	rejected := x.token
	if source.Invalidate(x.ctx, rejected) != nil || !x.replayable() {
		return x.outcome() // no other token is to be had, or nothing to send again: the platform's refusal says more
	}
	if err := x.signIn(source); err != nil {
		return err
	}
	if x.token.Access.Reveal() != rejected.Access.Reveal() {
		x.send()
	}
	return x.outcome()
}

// mayRenew reports whether the platform refused the token and another may help.
// A refusal means that nothing was done, so writes are repeated too.
func (x *exchange) mayRenew() bool {
	if x.failure == nil || x.failure.Kind != connector.Unauthorized {
		return false
	}
	return x.client.platform.Renewable == nil || x.client.platform.Renewable(x.failure)
}

// send runs the attempts; their outcome stands in x.
func (x *exchange) send() {
	r, err := x.request()
	if err != nil {
		x.broken = &connector.Error{Kind: connector.Invalid, Err: bare(err)}
		return
	}
	loop := &retryablehttp.Client{ // its loop is used, its policies are not
		HTTPClient:   x.client.http,
		RetryMax:     math.MaxInt32, // afterAttempt counts
		CheckRetry:   func(_ context.Context, _ *http.Response, err error) (bool, error) { return x.afterAttempt(err), nil },
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return x.pause },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	answer, err := loop.Do(r) // what came of it stands in x
	if answer != nil {
		answer.Body.Close()
	}
	if err != nil && x.broken == nil && x.failure == nil {
		x.broken = &connector.Error{Kind: connector.Invalid, Message: "the body cannot be rewound: " + err.Error(), Err: err}
	}
}

// request makes what the loop sends, with a body that each attempt reads anew.
func (x *exchange) request() (*retryablehttp.Request, error) {
	var body any
	if x.draft.body != nil {
		body = x.draft.body
	}
	r, err := retryablehttp.NewRequestWithContext(x.ctx, x.call.Operation.Method, x.draft.url.String(), body)
	if err != nil {
		return nil, err
	}
	r.Header = x.draft.header.Clone()
	if x.draft.stream != nil {
		err = x.draft.stream.prepare(r)
	}
	return r, err
}

// newHTTP puts the inner steps in order around one attempt.
func newHTTP(middleware []connector.Middleware) *http.Client {
	var chain http.RoundTripper = roundTripper(guarded)
	for _, wrap := range slices.Backward(middleware) {
		chain = wrap(chain)
	}
	return &http.Client{
		Transport:     roundTripper(func(r *http.Request) (*http.Response, error) { return attempt(chain, r) }),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

var (
	errNoAnswer  = errors.New("no answer began in time")
	errNilAnswer = errors.New("a middleware or transport returned neither an answer nor an error")
)

// attempt sends once and takes the whole answer in.
func attempt(chain http.RoundTripper, r *http.Request) (*http.Response, error) {
	x := exchangeOf(r.Context())
	x.forget()
	if err := x.pace(); err != nil {
		return nil, err
	}
	x.attempts++
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	patience := time.AfterFunc(x.patience(), func() { cancel(errNoAnswer) })
	if x.class == connector.Token {
		chain = roundTripper(guarded) // a sign-in's body and answer hold secrets
	}
	begun := time.Now()
	response, err := chain.RoundTrip(r.Clone(httptrace.WithClientTrace(ctx, x.trace()))) // a copy: middleware may change it
	patience.Stop()
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		x.client.pacer.Observe(&x.turn, 0, nil)
		return nil, err
	}
	if response == nil {
		x.client.pacer.Observe(&x.turn, 0, nil)
		return nil, errNilAnswer
	}
	if response.Body == nil {
		response.Body = http.NoBody
	}
	defer response.Body.Close()
	x.client.pacer.Observe(&x.turn, response.StatusCode, response.Header)
	x.answer, err = x.receive(response)
	x.client.logAttempt(x, response.StatusCode, time.Since(begun), err)
	if err != nil {
		return nil, err
	}
	response.Body = http.NoBody
	return response, nil
}

// guarded is the last step before the transport, behind all middleware.
func guarded(r *http.Request) (*http.Response, error) {
	x := exchangeOf(r.Context())
	if x == nil {
		return nil, &connector.Error{Kind: connector.Invalid, Message: "middleware lost the request's context"}
	}
	if r.URL.Scheme != x.draft.url.Scheme || r.URL.Host != x.draft.url.Host || r.URL.Opaque != "" {
		return nil, originError(r.URL)
	}
	sent := r.Clone(r.Context())
	sent.Host = r.URL.Host // behind a shared front a Host header is an address too
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		sent.Header.Del(name) // net/http would repeat a write by itself
	}
	if err := x.client.platform.Authorize(x.call, sent, x.draft.body, x.token); err != nil {
		return nil, &connector.Error{Kind: connector.Invalid, Err: err}
	}
	if err := checkHeader(sent.Header); err != nil {
		return nil, &connector.Error{Kind: connector.Invalid, Err: err}
	}
	x.left.Store(true)
	response, err := x.client.transport.RoundTrip(sent)
	if response != nil {
		response.Request = r // without the credential: middleware sees the answer
	}
	return response, err
}

// pace waits for the pacer. The call's time limit stands still meanwhile.
func (x *exchange) pace() error {
	x.watch.pause()
	defer x.watch.resume()
	x.turn = connector.Turn{Key: x.paceKey(), Account: x.call.Account, Walk: walkOf(x.caller), MaxWait: x.waitLeft}
	err := x.client.pacer.Wait(x.ctx, &x.turn)
	x.waited += x.turn.Waited
	x.waitLeft -= x.turn.Waited
	return err
}

// patience is how long an attempt waits for an answer to begin. It leaves time
// for another where there may be another: a write that is given up early is
// only one more unknown outcome. An upload may take as long as the call itself.
func (x *exchange) patience() time.Duration {
	if x.draft.stream == nil && x.mayDouble() {
		return x.call.Timeout / 4
	}
	return x.call.Timeout
}

// afterAttempt judges the attempt that just ended and reports whether another follows.
func (x *exchange) afterAttempt(err error) bool {
	if x.broken = bare(err); x.broken == nil {
		if x.failure = x.fault(x.answer); x.failure == nil {
			x.succeeded()
			return false
		}
		if x.failure.Status != x.answer.Status { // an error inside a 200: the pacer has not heard of it
			x.client.pacer.Observe(&x.turn, x.failure.Status, x.answer.Header)
		}
	}
	x.verdict = judge(x)
	tries := x.attempts - x.unready // asking for a file that is not ready is no failure
	if !x.verdict.repeat || x.ctx.Err() != nil || tries >= x.client.options.MaxAttempts {
		return false
	}
	return x.schedule()
}

func (x *exchange) succeeded() {
	if x.attempts == 1 {
		x.client.budget.give()
	}
}

// schedule sets the pause before the next attempt, or reports false if there
// must not be one.
func (x *exchange) schedule() bool {
	x.pause = backoff(x.attempts, x.verdict.stated)
	if x.verdict.file {
		x.pause = x.verdict.stated
	}
	stated := x.verdict.stated > 0
	if x.stopped = x.hindrance(stated); x.stopped != nil {
		return false
	}
	if stated {
		x.watch.pause() // until the next attempt
		x.waitLeft -= x.pause
		x.waited += x.pause
	}
	x.client.logRetry(x)
	x.maybeDone = x.maybeDone || x.verdict.unknown
	return true
}
