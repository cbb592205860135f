package auth

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A Registry keeps the sessions of many tenants of one app. They share a store
// and a grant; what a tenant costs while nothing is asked of it is a few
// hundred bytes and no goroutine. It is safe for concurrent use.
//
// Errors are a [connector.Error]: of kind [connector.Invalid] for a tenant that
// is empty or too long for the store's keys, [connector.Closed] after Close,
// and otherwise those of a [Session].
type Registry struct {
	*shared
	prefix string

	mu       sync.Mutex
	sessions map[string]*Session // by tenant
	closed   bool
}

// RegistryOptions may be left out. The functions run in the goroutine of a
// renewal, perhaps several at once, and callers wait for them: they return soon,
// and must not call Token or Close.
type RegistryOptions struct {
	// OnReauthorize is told that a person of the tenant must sign in again, and
	// since when and why. Of all the processes that share the store only the
	// one that found out tells, once per loss, unless the store fails.
	OnReauthorize func(tenant string, s State)
	// OnError is told what [Grant.OnError] is told, in place of it.
	OnError func(tenant string, err error)
	// OnRenewal is told what [Grant.OnRenewal] is told, in place of it.
	OnRenewal func(tenant string, renewed Renewal)
}

// NewRegistry returns a registry whose records stand in s, under prefix and the
// tenant. The prefix names platform, environment and client id and ends with a
// slash; the platforms' apps give it: procore.App.Key("").
func NewRegistry(s store.Store, prefix string, g Grant, o *RegistryOptions) *Registry {
	r := &Registry{shared: newShared(s, g), prefix: prefix, sessions: map[string]*Session{}}
	if o == nil {
		return r
	}
	if tell := o.OnError; tell != nil {
		r.onError = func(s *Session, err error) { tell(r.tenant(s.key), err) }
	}
	if tell := o.OnRenewal; tell != nil {
		r.onRenewal = func(s *Session, renewed Renewal) { tell(r.tenant(s.key), renewed) }
	}
	if tell := o.OnReauthorize; tell != nil {
		r.onLost = func(s *Session, state State) { tell(r.tenant(s.key), state) }
	}
	return r
}

// Session returns the tenant's session, always the same one. Nothing is read
// before its first call; its errors tell what is wrong with the tenant. Each
// tenant that was ever named is kept until [Registry.Purge], so name only those
// that exist. Closing sessions is the registry's matter.
func (r *Registry) Session(tenant string) *Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.sessions[tenant]
	if s == nil {
		s = &Session{shared: r.shared, key: r.key(tenant), closed: r.closed}
		r.sessions[tenant] = s
	}
	return s
}

// Set stores the token of a tenant's new sign-in in place of whatever was there.
func (r *Registry) Set(ctx context.Context, tenant string, token Token) error {
	return r.Session(tenant).Set(ctx, token)
}

// Import stores a token that was obtained elsewhere. The error is of kind
// [connector.Conflict] if the tenant has a sign-in already.
func (r *Registry) Import(ctx context.Context, tenant string, token Token) error {
	return r.Session(tenant).setFirst(ctx, token)
}

// Purge removes what the store and this process know of a tenant: its sign-in,
// even one that a session cannot read, and sign-ins that were begun in a [Flow]
// and not ended. A file of a lost key cannot be told from others: see
// [store.ErrEncryption]. Its session is closed; clients that use it must be made anew. The
// platform is not told: revoke the token there, too. After an error call Purge
// again.
func (r *Registry) Purge(ctx context.Context, tenant string) error {
	s := r.Session(tenant)
	attemptsErr := r.removeAttempts(ctx, s, tenant) // first, so that none is answered after the rest is gone
	if err := s.Forget(ctx); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.sessions, tenant)
	s.shut() // together, so that Close does not overlook a session that still works
	return attemptsErr
}

func (r *Registry) removeAttempts(ctx context.Context, s *Session, tenant string) error {
	if err := s.ready(); err != nil {
		return err
	}
	for record, err := range r.store.List(ctx, attemptsOf(r.prefix, tenant)) {
		if err == nil {
			err = r.store.Delete(ctx, record.Key, record.Version)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return r.storeError(ctx, s.key, "the unfinished sign-ins could not be removed", err)
		}
	}
	return nil
}

// Close closes every session, as [Session.Close] does, and waits for what is
// under way: a renewal ends within Grant.Timeout and some seconds. Tokens that
// could not be saved get ten seconds more in all; the error names their
// sessions, and calling Close again tries those again.
func (r *Registry) Close() error {
	sessions := r.shut()
	r.flights.Wait() // those of purged sessions, too
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	var all []error
	for _, s := range sessions {
		all = append(all, s.settle(ctx))
	}
	return errors.Join(all...)
}

// shut ends all waits, and lets nothing new begin.
func (r *Registry) shut() []*Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	sessions := make([]*Session, 0, len(r.sessions))
	for _, s := range r.sessions {
		s.shut()
		sessions = append(sessions, s)
	}
	return sessions
}

// ready reports why the registry cannot work, if it cannot.
func (r *Registry) ready() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return r.newError(connector.Closed, "the registry was closed", "make a new one with auth.NewRegistry")
	}
	if r.store == nil || r.grant.Renew == nil || !strings.HasSuffix(r.prefix, "/") {
		return r.newError(connector.Invalid, "the registry has no store, no Grant.Renew, or a prefix that does not end with a slash",
			"give all three to auth.NewRegistry; the apps' Key method gives the prefix")
	}
	return nil
}

func (r *Registry) newError(kind connector.Kind, message, remedy string) error {
	return newError("registry", r.prefix, kind, message, nil, remedy)
}

func (r *Registry) storeError(ctx context.Context, key, what string, err error) error {
	return newStoreError(ctx, "registry", key, what, err)
}

// key is empty, and so no key, for what must not have one.
func (r *Registry) key(tenant string) string {
	if tenant == "" || !strings.HasSuffix(r.prefix, "/") {
		return ""
	}
	return r.prefix + url.PathEscape(tenant)
}

// tenant returns whose key it is, or nothing if it is no tenant's: other
// records may stand below the prefix.
func (r *Registry) tenant(key string) string {
	escaped := strings.TrimPrefix(key, r.prefix)
	tenant, err := url.PathUnescape(escaped)
	if err != nil || url.PathEscape(tenant) != escaped {
		return ""
	}
	return tenant
}
