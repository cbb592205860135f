package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// A TokenSource gives out tokens. It is safe for concurrent use.
type TokenSource interface {
	// Token returns a token to use now, renewed if need be.
	Token(ctx context.Context) (Token, error)
	// Invalidate says that the platform refused this token: the next Token call
	// gives another one. It does nothing if the source has moved on already.
	// An error of kind [connector.Unauthorized] says that the source has no
	// other to give, so that repeating the request is useless.
	Invalidate(ctx context.Context, rejected Token) error
}

// Static returns a source of one token that never changes, such as an API key.
// White space around it, such as the line break at the end of a file, is cut off.
func Static(secret string) TokenSource { return static{NewSecret(strings.TrimSpace(secret))} }

// Check reports what is wrong with a source, as far as that can be told
// without asking anybody: a [Static] token that cannot be one, a [Session]
// that was closed or has no store. The platforms' clients call it when they
// are made.
func Check(source TokenSource) error {
	switch source := source.(type) {
	case nil:
		return errors.New("there is no token source")
	case static:
		return source.check()
	case *Session:
		if source == nil {
			return errors.New("the session is nil")
		}
		return source.ready()
	}
	return nil
}

type static struct{ secret Secret }

// check refuses what is no token. No platform's token has a space in it, but a
// token that was copied together with the word before it has.
func (s static) check() error {
	if s.secret.IsZero() {
		return errors.New("the token is empty; give the one that the platform issued")
	}
	if strings.ContainsFunc(s.secret.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("the token has a space, line break or foreign letter in it; give the bare token, without a word such as Bearer")
	}
	return nil
}

func (s static) Token(context.Context) (Token, error) {
	if err := s.check(); err != nil {
		return Token{}, &connector.Error{
			Platform: "auth", Operation: "token", Kind: connector.Invalid,
			Message: err.Error(), Remedy: "check what auth.Static was given",
		}
	}
	return Token{Access: s.secret}, nil
}

func (s static) Invalidate(context.Context, Token) error {
	return &connector.Error{
		Platform: "auth", Operation: "token", Kind: connector.Unauthorized,
		Message: "the platform refused the token, and a static one cannot be renewed",
		Remedy:  "check that the token is complete, not revoked, and meant for this environment",
	}
}

// Nobody returns the source of a client that sends nothing by itself: the
// client of an app whose tenants each have a copy, made by As. The copies share
// its connections and its pace. A call with the client itself fails with
// [connector.Invalid], and nothing is sent.
//
//	base, err := procore.New(auth.Nobody(), nil)
//	client := base.As(connections.Session(tenant), connector.Account(tenant))
func Nobody() TokenSource { return nobody{} }

type nobody struct{}

func (nobody) Token(context.Context) (Token, error) {
	return Token{}, &connector.Error{
		Platform: "auth", Operation: "token", Kind: connector.Invalid,
		Message: "this client acts for nobody", Remedy: "make a copy with the tenant's own token source, by As, and call that",
	}
}

func (nobody) Invalidate(context.Context, Token) error { return nil }

const askTimeout = 30 * time.Second

// Func returns a source that asks the function for a token, from a vault or a
// file for instance, and keeps it until it is about to expire or was refused.
// However many callers wait, the function runs once for all of them, in a
// goroutine of its own whose context ends after 30 seconds. A failure is given
// to all who waited and not remembered.
func Func(ask func(ctx context.Context) (Token, error)) TokenSource {
	return &funcSource{ask: ask}
}

type funcSource struct {
	ask func(ctx context.Context) (Token, error)

	mu      sync.Mutex
	current *held
	flight  *flight
}

func (s *funcSource) Token(ctx context.Context) (Token, error) {
	if ctx.Err() != nil {
		return Token{}, canceled(ctx)
	}
	s.mu.Lock()
	if h := s.current; h.fresh() {
		s.mu.Unlock()
		return h.token, nil
	}
	if s.flight == nil {
		s.start(ctx)
	}
	f := s.flight
	s.mu.Unlock()
	return f.wait(ctx)
}

func (s *funcSource) Invalidate(_ context.Context, rejected Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && s.current.token.Access.Reveal() == rejected.Access.Reveal() {
		s.current = nil
	}
	return nil
}

// start begins a flight. The caller holds the lock.
func (s *funcSource) start(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	f := &flight{done: make(chan struct{}), cancel: cancel}
	s.flight = f
	go func() {
		defer cancel()
		defer s.land(f)
		f.err = &connector.Error{
			Platform: "auth", Operation: "token", Kind: connector.Unexpected,
			Message: "the function given to auth.Func did not return", Remedy: unfinished,
		}
		f.token, f.err = s.fetch(ctx)
	}()
}

// land gives the flight's result to those who wait for it, however it ended.
func (s *funcSource) land(f *flight) {
	s.mu.Lock()
	s.flight = nil
	if f.err == nil {
		now := time.Now()
		s.current = newHeld(now, f.token, now)
	}
	s.mu.Unlock()
	close(f.done)
}

func (s *funcSource) fetch(ctx context.Context) (Token, error) {
	token, err := s.ask(ctx)
	if err != nil {
		return Token{}, fmt.Errorf("auth: asking for a token: %w", err)
	}
	if token.Access.IsZero() {
		return Token{}, &connector.Error{
			Platform: "auth", Operation: "token", Kind: connector.Invalid,
			Message: "the function given to auth.Func returned an empty token",
			Remedy:  "let it return an error when it has none",
		}
	}
	return token, nil
}
