package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// LoopbackOptions are how [Loopback] reaches the user.
type LoopbackOptions struct {
	// Open shows the user the sign-in page: it starts a browser, or prints the
	// address. It must return soon and not wait for the browser to end. Give
	// the address to a program as one argument, never through a shell.
	Open func(url string) error
	// Timeout is how long the user has; 0 means 5 minutes.
	Timeout time.Duration
}

const loopbackTimeout = 5 * time.Minute

// Loopback signs a user in to a program on a desk (RFC 8252): it shows the
// platform's page and receives the answer on a port that other machines cannot
// reach and that is open only meanwhile. Put the token into a
// session with [Session.Set].
//
// Without a CodeGrant.RedirectURL it chooses port and path. One that is given
// must be http on localhost, 127.0.0.1 or [::1]; its path is kept, its port
// too if it names one.
//
// Requests that are not the answer to this attempt change nothing. The kinds
// of errors are [connector.Forbidden] when the user said no,
// [connector.TimedOut] when nobody answered in time, [connector.Canceled] when
// ctx ended, [connector.Invalid] for options that cannot work and
// [connector.Unavailable] for a port that is taken or a page that does not
// open. Whatever Exchange returned keeps its kind.
func Loopback(ctx context.Context, g CodeGrant, o *LoopbackOptions) (Token, error) {
	if err := checkLoopback(g, o); err != nil {
		return Token{}, err
	}
	if ctx.Err() != nil {
		return Token{}, loopbackEnded(ctx)
	}
	desk, err := listenLoopback(ctx, g.RedirectURL)
	if err != nil {
		return Token{}, err
	}
	waiting, cancel := context.WithTimeout(ctx, o.timeout())
	defer cancel()
	a := NewAttempt(desk.redirectURL)
	came, err := desk.ask(waiting, g, a, o.Open)
	switch {
	case ctx.Err() != nil:
		return Token{}, loopbackEnded(ctx)
	case waiting.Err() != nil && errors.Is(err, waiting.Err()):
		return Token{}, signInError(connector.TimedOut, fmt.Sprintf("nobody signed in within %v", o.timeout()), err,
			startAgain+"; if the browser showed an error of the platform, compare the app's id and redirect URL with those registered there")
	case err != nil:
		return Token{}, err
	}
	return g.exchange(ctx, came.code, a)
}

func checkLoopback(g CodeGrant, o *LoopbackOptions) error {
	if err := g.check(); err != nil {
		return signInError(connector.Invalid, err.Error(), nil, "")
	}
	if o == nil || o.Open == nil {
		return signInError(connector.Invalid, "there is no LoopbackOptions.Open", nil,
			"give a function that starts the browser or prints the address")
	}
	return nil
}

func (o *LoopbackOptions) timeout() time.Duration {
	if o.Timeout <= 0 {
		return loopbackTimeout
	}
	return o.Timeout
}

func loopbackEnded(ctx context.Context) error {
	return signInError(connector.Canceled, "", ctx.Err(), startAgain)
}
