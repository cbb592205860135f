package emulate

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"
)

// The reasons why a [Tokens] book refuses a code or token.
var (
	ErrUnknown = errors.New("it was never issued")
	ErrSpent   = errors.New("it was used already")
	ErrExpired = errors.New("it has expired")
	ErrRevoked = errors.New("it was revoked")
	ErrForeign = errors.New("it was issued to another client or address")
	ErrProof   = errors.New("the code_verifier does not fit the code_challenge that it was issued for")
)

// A Holder is who a token speaks for.
type Holder struct {
	Client  string // the client id that it was issued to
	Subject string // user, account or whatever the platform knows; empty for a client's own token
}

// A Pair is an access token and its refresh token, if it has one.
type Pair struct {
	Access, Refresh string
	Holder                    // who it speaks for
	SignIn          int       // tells sign-ins apart: all pairs of one have the same number, from 1; 0 without a refresh token
	Issued, Expires time.Time // Expires is zero for a token that never does
}

// A Code is what a one-time code was issued for.
type Code struct {
	Holder
	Redirect  string        // the redirect address, compared whole; may be empty
	Challenge string        // the S256 code challenge of PKCE; empty if there was none
	Life      time.Duration // how long it is good for
}

// Tokens is a book of clients, one-time codes, and access and refresh tokens.
// A refresh token is good for one presentation, whatever comes of it. What it
// issues is numbered, so that the same requests give the same tokens. It is
// safe for concurrent use.
type Tokens struct {
	prefix string

	mu      sync.Mutex
	count   int
	signIns int
	clients map[string]string
	codes   map[string]*code
	access  map[string]*access
	refresh map[string]*refresh
	issued  newest[Pair]
	noted   newest[Presentation]
}

type code struct {
	Code
	expires time.Time
	spent   bool
}

type access struct {
	pair    Pair
	revoked bool
}

type refresh struct {
	pair      Pair
	presented int
	revoked   bool
}

// NewTokens returns an empty book whose tokens begin with prefix.
func NewTokens(prefix string) *Tokens {
	return &Tokens{
		prefix: prefix, clients: map[string]string{}, codes: map[string]*code{},
		access: map[string]*access{}, refresh: map[string]*refresh{},
	}
}

// PutClient registers a client, or gives it another secret.
func (t *Tokens) PutClient(id, secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clients[id] = secret
}

// KnowsClient reports whether the client exists and has that secret.
func (t *Tokens) KnowsClient(id, secret string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	known, ok := t.clients[id]
	return ok && known == secret
}

// NewCode issues a one-time code.
func (t *Tokens) NewCode(c Code) string {
	text := t.text("code")
	t.PutCode(text, c)
	return text
}

// PutCode makes a code of a chosen text good for one use.
func (t *Tokens) PutCode(text string, c Code) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.codes[text] = &code{Code: c, expires: time.Now().Add(c.Life)}
}

// Redeem spends a code, whether or not it fits. What it returns is without
// tokens, for [Tokens.Issue]; beside an error it only tells whose the code was.
func (t *Tokens) Redeem(text, client, redirect, verifier string) (Pair, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.codes[text]
	if c == nil {
		return Pair{}, ErrUnknown
	}
	spent := c.spent
	c.spent = true
	whose := Pair{Holder: c.Holder}
	switch {
	case spent:
		return whose, ErrSpent
	case !time.Now().Before(c.expires):
		return whose, ErrExpired
	case c.Client != client || c.Redirect != redirect:
		return whose, ErrForeign
	case !proves(verifier, c.Challenge):
		return whose, ErrProof
	}
	return whose, nil
}

// proves reports whether a verifier is the one behind an S256 challenge. A
// verifier for a code without a challenge is refused too: somebody may have
// taken the challenge away on its way.
func proves(verifier, challenge string) bool {
	if verifier == "" || challenge == "" {
		return verifier == challenge
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:]) == challenge
}

// Issue makes the pair after one that was redeemed or presented, or the first
// one of a Pair that has a Holder alone. An access token of life 0 never
// expires; without refreshable the pair has no refresh token.
func (t *Tokens) Issue(after Pair, life time.Duration, refreshable bool) Pair {
	p := Pair{Access: t.text("access"), Holder: after.Holder, SignIn: after.SignIn, Issued: time.Now()}
	if refreshable {
		p.Refresh = t.text("refresh")
	}
	if life > 0 {
		p.Expires = p.Issued.Add(life)
	}
	return t.Put(p)
}

// Put makes a pair of chosen tokens good and returns it; one that has a
// refresh token and no number yet begins a sign-in. An empty token is left out.
func (t *Tokens) Put(p Pair) Pair {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.Refresh != "" && p.SignIn == 0 {
		t.signIns++
		p.SignIn = t.signIns
	}
	if p.Access != "" {
		t.access[p.Access] = &access{pair: p}
	}
	if p.Refresh != "" {
		t.refresh[p.Refresh] = &refresh{pair: p}
	}
	t.issued.add(p)
	return p
}

// Check says whom an access token speaks for, or why it does not.
func (t *Tokens) Check(token string) (Pair, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.access[token]
	switch {
	case a == nil:
		return Pair{}, ErrUnknown
	case a.revoked:
		return Pair{}, ErrRevoked
	case !a.pair.Expires.IsZero() && !time.Now().Before(a.pair.Expires):
		return Pair{}, ErrExpired
	}
	return a.pair, nil
}

// Present spends a refresh token, whether or not it fits the client. What it
// returns is the pair of the token, for [Tokens.Issue]; beside an error it only
// tells whose the token was.
func (t *Tokens) Present(token, client string) (Pair, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.refresh[token]
	if r == nil {
		return Pair{}, ErrUnknown
	}
	r.presented++
	switch {
	case r.presented > 1:
		return r.pair, ErrSpent
	case r.revoked:
		return r.pair, ErrRevoked
	case r.pair.Client != client:
		return r.pair, ErrForeign
	}
	return r.pair, nil
}

// Presented is how often a refresh token arrived: more than once is a
// client's mistake.
func (t *Tokens) Presented(token string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.refresh[token]; r != nil {
		return r.presented
	}
	return 0
}

// Revoke ends a token and the other one of its pair. It reports whether the
// token was known.
func (t *Tokens) Revoke(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	var p Pair
	if a := t.access[token]; a != nil {
		p = a.pair
	} else if r := t.refresh[token]; r != nil {
		p = r.pair
	} else {
		return false
	}
	if a := t.access[p.Access]; a != nil {
		a.revoked = true
	}
	if r := t.refresh[p.Refresh]; r != nil {
		r.revoked = true
	}
	return true
}

// ExpireAll lets the time of all access tokens run out now.
func (t *Tokens) ExpireAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range t.access {
		a.pair.Expires = time.Now()
	}
}

func (t *Tokens) text(kind string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	return fmt.Sprintf("%s-%s-%06d", t.prefix, kind, t.count)
}
