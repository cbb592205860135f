package rest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// Do calls one operation. This file is the whole way of a call, in this order:
//
//	Do       settings → request → token → attempts, and once more after a 401 → errors → decode
//	attempt  pacer → user's middleware → origin check → credential → transport → pacer hears → whole answer
//
// The token is fetched outside the loop of attempts, so a failed sign-in is
// final. Middleware stands before the credential, so it never sees one.
func (c *Client) Do(ctx context.Context, op connector.Operation, in, out any, opts ...connector.CallOption) error {
	call, err := c.newCall(op, opts)
	if err != nil {
		return c.invalid(call, err)
	}
	if ctx == nil {
		return c.invalid(call, errors.New("the context is nil; give context.Background()"))
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
	ctx, began := c.announce(ctx, call)
	x := c.begin(ctx, call, draft, out)
	defer x.finish()
	err = x.run()
	x.respond(call.Response)
	if err == nil {
		err = x.read(out)
	}
	x.noteDone(began, err)
	return err
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
	if err := x.signInAgain(source); err != nil {
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

// send makes attempts until one is the last; what came of it stands in x.
func (x *exchange) send() {
	for again := true; again; {
		err := x.attempt()
		again = x.afterAttempt(err)
	}
}

// around puts the middleware in order around the last step.
func around(middleware []connector.Middleware) http.RoundTripper {
	var chain http.RoundTripper = roundTripper(guarded)
	for _, wrap := range slices.Backward(middleware) {
		chain = wrap(chain)
	}
	return chain
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

var (
	errNoAnswer  = &timedOut{"no answer came in time, or nothing more of it"}
	errNilAnswer = errors.New("a middleware or transport returned neither an answer nor an error")
)

// attempt sends once and takes the whole answer in.
func (x *exchange) attempt() error {
	x.forget()
	request, err := x.request()
	if err != nil {
		return &connector.Error{Kind: connector.Invalid, Message: "the body cannot be rewound: " + err.Error(), Err: err}
	}
	if err := x.pace(); err != nil {
		return err
	}
	x.attempts++
	response, err := x.pass(request)
	if err != nil {
		return x.settle(err)
	}
	defer response.Body.Close()
	x.answer, err = x.receive(response)
	return x.settle(err)
}

// pass hands a request to the middleware, and tells the pacer what came of it.
func (x *exchange) pass(request *http.Request) (*http.Response, error) {
	chain := x.client.chain
	if x.class == connector.Token {
		chain = roundTripper(guarded) // a sign-in's body and answer hold secrets
	}
	var header http.Header
	defer func() { x.client.pacer.Observe(&x.turn, x.status, header) }() // a middleware may panic, too
	x.begun = time.Now()
	x.expect()
	response, err := chain.RoundTrip(request)
	switch {
	case response == nil && err == nil:
		return nil, errNilAnswer
	case response == nil:
		return nil, err
	case response.Body == nil:
		response.Body = http.NoBody
	}
	if err != nil {
		_ = response.Body.Close()
		return nil, err
	}
	x.status, header = response.StatusCode, response.Header
	return response, nil
}

// request makes the request of one attempt. The first one of a client without
// middleware takes the drafted header itself: nobody is left to change it.
func (x *exchange) request() (*http.Request, error) {
	var ctx context.Context = x.try
	if !x.client.open {
		ctx = x.try.watched(ctx, nil)
	}
	r := x.client.blank.WithContext(ctx)
	r.Method, r.URL, r.Host, r.Header = x.call.Operation.Method, x.draft.url, x.draft.url.Host, x.draft.header
	if x.attempts > 0 || x.client.open { // an earlier attempt may still be writing its own
		r = r.Clone(ctx)
	}
	return r, x.draft.carry(r)
}

// guarded is the last step before the transport, behind all middleware.
func guarded(r *http.Request) (*http.Response, error) {
	t := tryOf(r.Context())
	if t == nil {
		return nil, &connector.Error{Kind: connector.Invalid, Message: "middleware lost the request's context"}
	}
	x := t.x
	if r.URL.Scheme != x.draft.url.Scheme || r.URL.Host != x.draft.url.Host || r.URL.Opaque != "" {
		return nil, originError(r.URL)
	}
	sent := r
	if x.client.open {
		sent = r.Clone(t.bound(r.Context())) // middleware may keep the other, which gets no credential
		sent.Header.Del("Idempotency-Key")
		sent.Header.Del("X-Idempotency-Key") // net/http would repeat a write by itself
	}
	sent.Host = r.URL.Host // behind a shared front a Host header is an address too
	if err := x.client.platform.Authorize(x.call, sent, x.draft.body, t.token); err != nil {
		return nil, &connector.Error{Kind: connector.Invalid, Err: err}
	}
	if err := checkHeader(sent.Header); err != nil {
		return nil, &connector.Error{Kind: connector.Invalid, Err: err}
	}
	response, err := t.roundTrip(sent)
	if response != nil {
		response.Request = r // without the credential: middleware sees the answer
	}
	return response, err
}

// pace waits for the pacer. The call's time limit stands still meanwhile.
func (x *exchange) pace() error {
	x.turn = connector.Turn{Key: x.client.paceKey(x.call), Account: x.call.Account, Walk: walkOf(x.caller), MaxWait: x.waitLeft}
	x.hold()
	err := x.client.pacer.Wait(x.ctx, &x.turn)
	x.goOn(x.turn.Waited)
	x.waited += x.turn.Waited
	x.waitLeft -= x.turn.Waited
	x.noteWait()
	return err
}

// patience is how long an attempt waits for an answer, or for more of it. It leaves time
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
		x.failure = x.fault(x.answer)
	}
	x.noteAttempt()
	if x.broken == nil {
		if x.failure == nil {
			x.succeeded()
			return false
		}
		if x.failure.Status != x.answer.Status { // an error inside a 200: the pacer has not heard of it
			x.client.pacer.Observe(&x.turn, x.failure.Status, x.answer.Header)
		}
	}
	x.verdict = judge(x)
	tries := x.attempts - x.unready // asking for a file that is not ready is no failure
	if !x.verdict.repeat || x.begun.IsZero() || x.ctx.Err() != nil || tries >= x.client.options.MaxAttempts {
		return false
	}
	return x.schedule() && x.rest()
}

func (x *exchange) succeeded() {
	if x.attempts == 1 {
		x.client.budgets.give(x.purse())
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
		x.waitLeft -= x.pause
		x.waited += x.pause
	}
	x.noteRetry()
	x.maybeDone = x.maybeDone || x.verdict.unknown
	return true
}

// rest makes the pause, and reports whether the call still lasts after it. What
// the platform asked for does not count against its time limit.
func (x *exchange) rest() bool {
	stated := x.verdict.stated > 0
	if stated {
		x.hold()
		defer x.goOn(x.pause)
	}
	timer := time.NewTimer(x.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-x.ctx.Done():
		return false
	}
}
