package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// attemptLifetime is how long an attempt can be answered, and how long its
// browser is known by its cookie.
const attemptLifetime = 10 * time.Minute

// attemptFormat is the form of an attempt's record.
const attemptFormat = 1

type attemptForm struct {
	Format      int    `json:"format"`
	Browser     string `json:"browser"`
	Verifier    string `json:"verifier"`
	RedirectURL string `json:"redirect_url"`
	Code        string `json:"code,omitempty"`
}

// A pending attempt waits in the store for its answer, so that any replica can
// take it.
type pending struct {
	Attempt
	key     string
	version store.Version
	browser string // hash of the cookie of the browser that began it
	code    Secret // of an installation that its user has yet to confirm; else empty
}

// attemptsOf is what the keys of a tenant's attempts begin with. prefix is the
// registry's. They stand apart from the sessions, which begin with prefix.
func attemptsOf(prefix, tenant string) string {
	return "sign-in/" + prefix + url.PathEscape(tenant) + "/"
}

// attemptKey binds an attempt to its tenant: another one finds nothing. The
// state is hashed, so that neither a copy of the store's keys nor the time that
// a search takes tells anything about it.
func attemptKey(prefix, tenant, state string) string {
	return attemptsOf(prefix, tenant) + hash(state)
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// keepAttempt stores an attempt that is new.
func keepAttempt(ctx context.Context, s store.Store, p pending) error {
	value, err := json.Marshal(attemptForm{attemptFormat, p.browser, p.Verifier.Reveal(), p.RedirectURL, p.code.Reveal()})
	if err != nil {
		return signInError(connector.Invalid, "the attempt cannot be stored", err, startAgain)
	}
	putCtx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	_, err = s.Put(putCtx, store.Record{Key: p.key, Value: value, Expires: time.Now().Add(attemptLifetime)})
	if err != nil {
		return attemptError(ctx, "the attempt could not be stored", err)
	}
	return nil
}

// findAttempt returns the attempt that an answer belongs to, if it comes from
// the browser that began it. It stays open whatever the answer holds.
func findAttempt(ctx context.Context, s store.Store, key, state, browser string) (pending, error) {
	getCtx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	r, err := s.Get(getCtx, key)
	if errors.Is(err, store.ErrNotFound) {
		return pending{}, rejection("no such sign-in is under way: it was used already, is older than 10 minutes or belongs to another account")
	}
	if err != nil {
		return pending{}, attemptError(ctx, "the attempt cannot be read", err)
	}
	form, err := decodeForm[attemptForm](r.Value, attemptFormat)
	if err != nil {
		return pending{}, attemptError(ctx, "the attempt cannot be read", err)
	}
	if !same(form.Browser, hash(browser)) {
		return pending{}, rejection("the sign-in was begun in another browser, or this one keeps no cookies")
	}
	return pending{
		Attempt: Attempt{State: state, Verifier: NewSecret(form.Verifier), RedirectURL: form.RedirectURL},
		key:     key, version: r.Version, browser: form.Browser, code: NewSecret(form.Code),
	}, nil
}

// useAttempt ends an attempt. Of several who try, one succeeds.
func useAttempt(ctx context.Context, s store.Store, p pending) error {
	deleteCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	err := s.Delete(deleteCtx, p.key, p.version)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		return rejection("the sign-in was used already")
	}
	if err != nil {
		return attemptError(ctx, "the attempt could not be ended, so its code was not used", err)
	}
	return nil
}

func attemptError(ctx context.Context, what string, err error) error {
	if errors.Is(err, store.ErrKey) {
		return signInError(connector.Invalid, fmt.Sprintf("%s: %v", what, err), err, "use shorter names of tenants")
	}
	return newStoreError(ctx, "sign-in", "", what, err)
}
