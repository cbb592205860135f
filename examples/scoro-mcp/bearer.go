package main

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/cordage-go/cordage/auth"
)

// A bearer sends requests with the token of a session, to one origin alone.
// When the server refuses the token, it asks for another once.
type bearer struct {
	scheme, host string
	tokens       auth.TokenSource
	next         *http.Transport
}

func newBearer(address string, tokens auth.TokenSource) (*bearer, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	next := http.DefaultTransport.(*http.Transport).Clone()
	return &bearer{scheme: u.Scheme, host: u.Host, tokens: tokens, next: next}, nil
}

var errOrigin = errors.New("a request to another server than the one of the sign-in was not sent")

// RoundTrip sends the request, and a second time if the token was refused and
// another is to be had. A refusal means that nothing was done.
func (b *bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if r.URL.Scheme != b.scheme || r.URL.Host != b.host {
		return nil, errOrigin
	}
	token, err := b.tokens.Token(r.Context())
	if err != nil {
		return nil, err
	}
	answer, err := b.send(r, token)
	if err != nil || answer.StatusCode != http.StatusUnauthorized || r.Body != nil && r.GetBody == nil {
		return answer, err
	}
	if b.tokens.Invalidate(r.Context(), token) != nil {
		return answer, nil // the server's refusal says more
	}
	renewed, err := b.tokens.Token(r.Context())
	if err != nil {
		answer.Body.Close()
		return nil, err
	}
	if renewed.Access.Reveal() == token.Access.Reveal() {
		return answer, nil
	}
	answer.Body.Close()
	return b.send(r, renewed)
}

// send works on a copy with a body of its own, since a RoundTripper leaves the
// caller's request alone.
func (b *bearer) send(r *http.Request, token auth.Token) (*http.Response, error) {
	sent := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		sent.Body = body
	}
	sent.Header.Set("Authorization", "Bearer "+token.Access.Reveal())
	return b.next.RoundTrip(sent)
}
