package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// platform issues tokens as one with one-time refresh tokens does: presenting
// one kills it, whatever comes back.
type platform struct {
	mu        sync.Mutex
	lifetime  time.Duration // of access tokens; 0 means that none is told
	delay     time.Duration // how long a renewal takes
	answers   []error       // taken in turn by the next renewals; nil means a token
	keep      bool          // answers leave the refresh token out
	issued    int
	presented []string // every refresh token that arrived
	events    []string // what happened, in order, together with the store's Puts
}

// lost is an answer that never came: the platform has renewed all the same.
var lost = &connector.Error{Platform: "test", Kind: connector.UnknownOutcome, Message: "connection reset"}

// refused is a refresh token that the platform does not know any more.
var refused = &connector.Error{Platform: "test", Kind: connector.Reauthorize, Status: 400, Code: "invalid_grant"}

// unreachable is a connection that was never made.
var unreachable = &connector.Error{Platform: "test", Kind: connector.Unavailable, Message: "connection refused"}

func (p *platform) renew(ctx context.Context, previous Token) (Token, error) {
	p.mu.Lock()
	p.presented = append(p.presented, previous.Refresh.Reveal())
	p.events = append(p.events, "presented "+previous.Refresh.Reveal())
	var answer error
	if len(p.answers) > 0 {
		answer, p.answers = p.answers[0], p.answers[1:]
	}
	delay := p.delay
	p.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return Token{}, ctx.Err()
		}
	}
	if answer != nil {
		return Token{}, answer
	}
	return p.issue(), nil
}

// issue returns the pair of a new sign-in or renewal.
func (p *platform) issue() Token {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.issued++
	t := Token{Access: NewSecret(fmt.Sprint("access-", p.issued)), Type: "Bearer"}
	if !p.keep {
		t.Refresh = NewSecret(fmt.Sprint("refresh-", p.issued))
	}
	if p.lifetime > 0 {
		t.Expiry = time.Now().Add(p.lifetime)
	}
	return t
}

func (p *platform) wantPresented(t *testing.T, want ...string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Equal(p.presented, want) {
		t.Errorf("refresh tokens presented: %q, want %q", p.presented, want)
	}
}

// spy is a store that can fail, and that tells the platform's log of each Put.
type spy struct {
	store.Store
	platform *platform

	mu      sync.Mutex
	failPut error
	failGet error
	skip    int // Puts that succeed before failPut is returned
}

func (s *spy) fail(get, put error, skip int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failGet, s.failPut, s.skip = get, put, skip
}

func (s *spy) Get(ctx context.Context, key string) (store.Record, error) {
	s.mu.Lock()
	err := s.failGet
	s.mu.Unlock()
	if err != nil {
		return store.Record{}, err
	}
	return s.Store.Get(ctx, key)
}

func (s *spy) Put(ctx context.Context, r store.Record) (store.Version, error) {
	s.mu.Lock()
	err := s.failPut
	if s.skip > 0 {
		s.skip--
		err = nil
	}
	s.mu.Unlock()
	if err != nil {
		return 0, err
	}
	v, err := s.Store.Put(ctx, r)
	r.Version = v
	if e, decodeErr := decodeEntry(r, nil); err == nil && decodeErr == nil {
		s.platform.mu.Lock()
		s.platform.events = append(s.platform.events, fmt.Sprintf("saved %s note=%v", e.token.Refresh.Reveal(), e.underway()))
		s.platform.mu.Unlock()
	}
	return v, err
}

var errDisk = errors.New("disk full")

const key = "test/one"

// signedIn returns a session whose token was obtained at once and has ended.
func signedIn(t *testing.T, p *platform, s store.Store, g Grant) *Session {
	t.Helper()
	if g.Renew == nil {
		g.Renew = p.renew
	}
	session := NewSession(s, key, g)
	t.Cleanup(func() { _ = session.Close() })
	token := p.issue()
	token.Expiry = time.Now().Add(-time.Minute)
	if err := session.Set(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	return session
}

func wantToken(t *testing.T, s TokenSource, want string) Token {
	t.Helper()
	got, err := s.Token(t.Context())
	if err != nil {
		t.Fatalf("Token: %v", err)
	}
	if got.Access.Reveal() != want {
		t.Fatalf("Token is %q, want %q", got.Access.Reveal(), want)
	}
	return got
}

func wantKind(t *testing.T, err error, want connector.Kind) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v, want kind %q", err, want)
	}
}
