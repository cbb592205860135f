package auth

import (
	"net/http"

	"github.com/cordage-go/cordage/connector"
)

// longestForm bounds the body of the confirmation, in bytes.
const longestForm = 4 << 10

// askFirst answers an installation that was begun at the vendor. Somebody else
// may have begun it and lured the user here, to tie a stranger's account to
// the user's. So the code waits, and the user is asked on a page whose button
// works once, in this browser, for this tenant.
func (f *Flow) askFirst(w http.ResponseWriter, r *http.Request, tenant string, a answer) error {
	if err := a.check(f.grant.Issuer); err != nil {
		return err
	}
	p := pending{Attempt: NewAttempt(f.grant.RedirectURL), code: NewSecret(a.code)}
	if err := f.keep(w, r, tenant, p); err != nil {
		return err
	}
	page := pageConfirm
	page.Confirm = &confirmation{Action: f.redirect.EscapedPath(), State: p.State}
	page.write(w, http.StatusOK)
	return nil
}

// confirmed is the button of that page.
func (f *Flow) confirmed(w http.ResponseWriter, r *http.Request) error {
	tenant, err := f.tenantOf(r)
	if err != nil {
		return err
	}
	if err := f.origins.Check(r); err != nil {
		return signInError(connector.Invalid, "the confirmation comes from another site", nil, startAgain)
	}
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	if err := r.ParseForm(); err != nil {
		return rejection("the confirmation cannot be read")
	}
	p, err := f.find(r, tenant, r.PostForm.Get("state"))
	if err != nil {
		return err
	}
	if p.code.IsZero() {
		return rejection("there is nothing to confirm")
	}
	if err := useAttempt(r.Context(), f.registry.store, p); err != nil {
		return err
	}
	return f.finish(w, r, tenant, p.code.Reveal(), p.Attempt)
}
