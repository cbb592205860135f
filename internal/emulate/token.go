package emulate

import (
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
)

// A Holder is who a token speaks for.
type Holder struct {
	Client  string // the client id that it was issued to
	Subject string // user, account or whatever the platform knows; empty for a client's own token
}

// A Pair is an access token and its refresh token, if it has one.
type Pair struct {
	Access, Refresh string
	Issued, Expires time.Time // Expires is zero for a token that never does
	Holder          Holder
}

// Tokens is a book of clients, one-time codes, and access and refresh tokens.
// A refresh token is good for one presentation, whatever comes of it. What it
// issues is numbered, so that the same requests give the same tokens. It is
// safe for concurrent use.
type Tokens struct {
	prefix string

	mu      sync.Mutex
	count   int
	clients map[string]string
	codes   map[string]*code
	access  map[string]*access
	refresh map[string]*refresh
}

type code struct {
	holder   Holder
	redirect string
	expires  time.Time
	spent    bool
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

// NewCode issues a one-time code that is bound to a redirect address, which
// may be empty.
func (t *Tokens) NewCode(h Holder, redirect string, life time.Duration) string {
	text := t.text("code")
	t.PutCode(text, h, redirect, life)
	return text
}

// PutCode makes a code of a chosen text good for one use.
func (t *Tokens) PutCode(text string, h Holder, redirect string, life time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.codes[text] = &code{holder: h, redirect: redirect, expires: time.Now().Add(life)}
}

// Redeem spends a code, whether or not it fits, and says who it speaks for.
func (t *Tokens) Redeem(text, client, redirect string) (Holder, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.codes[text]
	if c == nil {
		return Holder{}, ErrUnknown
	}
	spent := c.spent
	c.spent = true
	switch {
	case spent:
		return Holder{}, ErrSpent
	case !time.Now().Before(c.expires):
		return Holder{}, ErrExpired
	case c.holder.Client != client || c.redirect != redirect:
		return Holder{}, ErrForeign
	}
	return c.holder, nil
}

// Issue makes a pair. An access token of life 0 never expires; without
// refreshable the pair has no refresh token.
func (t *Tokens) Issue(h Holder, life time.Duration, refreshable bool) Pair {
	p := Pair{Access: t.text("access"), Holder: h, Issued: time.Now()}
	if refreshable {
		p.Refresh = t.text("refresh")
	}
	if life > 0 {
		p.Expires = p.Issued.Add(life)
	}
	t.Put(p)
	return p
}

// Put makes a pair of chosen tokens good. An empty token is left out.
func (t *Tokens) Put(p Pair) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.Access != "" {
		t.access[p.Access] = &access{pair: p}
	}
	if p.Refresh != "" {
		t.refresh[p.Refresh] = &refresh{pair: p}
	}
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

// Present spends a refresh token, whether or not it fits the client, and says
// whose it was. The caller then issues the next pair.
func (t *Tokens) Present(token, client string) (Holder, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.refresh[token]
	if r == nil {
		return Holder{}, ErrUnknown
	}
	r.presented++
	switch {
	case r.presented > 1:
		return Holder{}, ErrSpent
	case r.revoked:
		return Holder{}, ErrRevoked
	case r.pair.Holder.Client != client:
		return Holder{}, ErrForeign
	}
	return r.pair.Holder, nil
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
