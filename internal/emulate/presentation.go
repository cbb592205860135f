package emulate

import (
	"slices"
	"time"
)

// The kinds of a [Presentation].
const (
	CodeKind    = "code"
	RefreshKind = "refresh"
)

// A Presentation is one use of a one-time code or a refresh token, whether or
// not it was accepted.
type Presentation struct {
	Token   string    // the text that was presented
	Kind    string    // "code" or "refresh"
	Client  string    // the client id that came with it
	Subject string    // whose it was; empty if it was never issued
	SignIn  int       // the sign-in that it belongs to, as in its Pair; 0 for a code that was refused
	Time    time.Time // when it was answered
	OK      bool      // whether it was accepted
	Why     string    // why it was not
	Access  string    // what was issued for it
	Refresh string    // what was issued for it; empty if the sign-in has no refresh tokens
}

// Note keeps a presentation, with what came of it: the pair that was issued
// for it, or the pair that it belonged to and the reason for the refusal.
func (t *Tokens) Note(p Presentation, of Pair, refused error) {
	p.Time, p.OK, p.Subject, p.SignIn = time.Now(), refused == nil, of.Subject, of.SignIn
	if p.OK {
		p.Access, p.Refresh = of.Access, of.Refresh
	} else {
		p.Why = refused.Error()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.noted.add(p)
}

// Presentations are what was noted, oldest first: the newest 50,000 at least.
func (t *Tokens) Presentations() []Presentation {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.noted.kept)
}

// Issued are the pairs that were made good, oldest first: the newest 50,000 at
// least.
func (t *Tokens) Issued() []Pair {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.issued.kept)
}

// newest keeps the last values that were added, and forgets the older half of
// them when there are too many.
type newest[T any] struct{ kept []T }

const keptNewest = 100_000

func (n *newest[T]) add(v T) {
	if len(n.kept) == keptNewest {
		n.kept = slices.Clone(n.kept[keptNewest/2:])
	}
	n.kept = append(n.kept, v)
}
