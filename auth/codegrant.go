package auth

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/cordage-go/cordage/connector"
)

// A CodeGrant is how a platform trades a user's consent for a token: OAuth's
// authorization code, or the code of an app's installation. The platform
// packages make them; [Flow] and [Loopback] use them.
type CodeGrant struct {
	// RedirectURL is where the platform sends users back to, exactly as it is
	// registered there. Empty lets [Loopback] choose; [Flow] needs one.
	RedirectURL string
	// Issuer, if set, is the one who must have sent the answer: the answer's
	// iss must be there and equal it (RFC 9207).
	Issuer string
	// AuthorizeURL returns the page where the user agrees.
	AuthorizeURL func(a Attempt) string
	// Exchange trades the code for a token. It is called once per code, since a
	// code works once.
	Exchange func(ctx context.Context, code string, a Attempt) (Token, error)
}

// An Attempt is one try of one user to sign in.
type Attempt struct {
	// State is what the platform hands back with its answer: 32 random bytes as
	// text. Whoever knows it can answer the attempt, so it is not for logs.
	State string
	// Verifier is the PKCE code verifier (RFC 7636): 32 random bytes as text.
	// There always is one; the grants of platforms with PKCE use it.
	Verifier Secret
	// RedirectURL is where this attempt's answer goes.
	RedirectURL string
}

// NewAttempt returns an attempt with a fresh state and verifier.
func NewAttempt(redirectURL string) Attempt {
	return Attempt{State: randomText(), Verifier: NewSecret(randomText()), RedirectURL: redirectURL}
}

// randomText returns 32 random bytes as 43 letters that need no escaping in a
// URL or a cookie.
func randomText() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program before
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (g CodeGrant) check() error {
	if g.AuthorizeURL == nil || g.Exchange == nil {
		return errors.New("the CodeGrant is empty; take one from a platform package, such as procore.App.SignIn")
	}
	return nil
}

// page returns the address where the user agrees. It may have come from a
// server's own description of itself, and it is given to a browser, sometimes
// by way of a command line: nothing but a plain web address goes there.
func (g CodeGrant) page(a Attempt) (string, error) {
	page := g.AuthorizeURL(a)
	_, err := checkWebAddress(page)
	if err == nil && strings.ContainsFunc(page, unfitForURL) {
		err = errors.New("it holds a character that no address has")
	}
	if err != nil {
		return "", signInError(connector.Invalid, "the address of the sign-in page cannot be used: "+err.Error(), nil,
			"check the app's settings and the address of the platform")
	}
	return page, nil
}

func unfitForURL(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'<>\\^`{|}", r) }

// checkWebAddress refuses what is no https address, or http on this machine.
// Its errors do not quote the address, which may hold a secret.
func checkWebAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return nil, errors.New("it is no complete address, such as https://app.example.com/callback")
	case u.User != nil:
		return nil, errors.New("it holds a user name")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return nil, errors.New("it must begin with https, or name this machine (http://localhost)")
	}
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// exchange trades the code. What a grant returns instead of a token becomes a
// connector.Error that does not quote the code.
func (g CodeGrant) exchange(ctx context.Context, code string, a Attempt) (Token, error) {
	token, err := g.Exchange(ctx, code, a)
	if err == nil && token.isZero() {
		err = signInError(connector.Decode, "the answer holds no token", nil, "report this to the platform")
	}
	if err != nil {
		return Token{}, hush(hush(typed(err), code), url.QueryEscape(code))
	}
	return token, nil
}

// typed returns the connector.Error in err, or makes one of it, without the
// address that was asked.
func typed(err error) *connector.Error {
	if e, ok := connector.AsError(err); ok {
		return e
	}
	kind := connector.Unexpected
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		kind = connector.TimedOut
	case errors.Is(err, context.Canceled):
		kind = connector.Canceled
	}
	err = withoutURL(err)
	return signInError(kind, fmt.Sprintf("the sign-in failed: %v", err), err, startAgain)
}

// hush takes a text that must not be seen out of an error, should a platform
// or a program have quoted it.
func hush(e *connector.Error, secret string) *connector.Error {
	quiet := *e
	quiet.Message = strings.ReplaceAll(e.Message, secret, redacted)
	if bytes.Contains(e.Body, []byte(secret)) {
		quiet.Body = nil
	}
	if e.Err != nil && strings.Contains(e.Err.Error(), secret) {
		quiet.Err = nil
	}
	return &quiet
}

const startAgain = "start the sign-in again"

func signInError(kind connector.Kind, message string, cause error, remedy string) *connector.Error {
	return newError("sign-in", "", kind, message, cause, remedy)
}
