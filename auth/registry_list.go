package auth

import (
	"context"
	"iter"
)

// A Connection is a tenant's sign-in and what is known of it.
type Connection struct {
	Tenant string
	State
}

// All walks the tenants that have a record, in the order of their keys, and
// asks nobody but the store. A record that a session cannot read gives an error
// together with its tenant, and the walk goes on. Any other error comes last:
// a store names there what it cannot read itself, such as files of a lost key.
func (r *Registry) All(ctx context.Context) iter.Seq2[Connection, error] {
	return func(yield func(Connection, error) bool) {
		if err := r.ready(); err != nil {
			yield(Connection{}, err)
			return
		}
		for record, err := range r.store.List(ctx, r.prefix) {
			if err != nil {
				yield(Connection{}, r.storeError(ctx, r.prefix, "the sign-ins cannot be listed", err))
				return
			}
			tenant := r.tenant(record.Key)
			if tenant == "" {
				continue
			}
			e, err := decodeEntry(record, nil)
			if err != nil {
				err = r.storeError(ctx, record.Key, "the sign-in cannot be read", err)
			}
			if !yield(Connection{tenant, r.state(tenant, e)}, err) {
				return
			}
		}
	}
}

// Lost walks the tenants of whom a person must sign in again; Reauthorize and
// Reason tell since when and why. It lists what some process has found out: a
// sign-in that nobody used since it was lost is not among them. Errors are
// those of All.
func (r *Registry) Lost(ctx context.Context) iter.Seq2[Connection, error] {
	return func(yield func(Connection, error) bool) {
		for c, err := range r.All(ctx) {
			if err == nil && c.Reauthorize.IsZero() {
				continue
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// state adds to the record what a session in memory knows better.
func (r *Registry) state(tenant string, e entry) State {
	r.mu.Lock()
	s := r.sessions[tenant]
	r.mu.Unlock()
	if s == nil {
		return e.state()
	}
	state, _ := s.stateOf(e)
	return state
}
