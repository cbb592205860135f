package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A Flow signs tenants of a web app in: [Flow.Login] sends the user's browser
// to the platform, [Flow.Callback] takes the answer, and the new sign-in is in
// the [Registry]. Its attempts are kept in the registry's store, so any replica
// of the app can take the answer.
//
// An answer is accepted once, within ten minutes, and only from the browser
// and the tenant that began the attempt. All others are turned away, and leave
// the attempt as it is.
//
// The browser is known by a cookie that lasts ten minutes. Your app's own
// session cookie must come along when the platform sends the browser back,
// which a cookie with SameSite=Strict does not; SameSite=Lax does.
//
// It is safe for concurrent use.
type Flow struct {
	grant    CodeGrant
	registry *Registry
	tenant   func(*http.Request) (string, error)
	done     string
	failed   func(w http.ResponseWriter, r *http.Request, err error)
	vendor   bool
	redirect *url.URL
	origins  http.CrossOriginProtection
}

// FlowOptions are what may differ between apps.
type FlowOptions struct {
	// Done is the page of the app where the browser goes after success: a path
	// or a complete address. Empty means "/".
	Done string
	// Failed, if set, answers for the flow when it fails: it writes the status
	// and the app's own page, or redirects. err always is a [*connector.Error].
	// Nil means a plain page that says what to do. Neither the code nor the
	// state is in err, but text from the platform may be: escape it.
	Failed func(w http.ResponseWriter, r *http.Request, err error)
	// VendorInitiated takes answers to attempts that were not begun here but on
	// the platform's own pages: installations from SecurityScorecard's
	// marketplace. Anyone can lure a user to such an answer, so its code is not
	// used before the user has confirmed it on a page of the flow's own. The
	// callback must take POST too, then.
	VendorInitiated bool
}

const (
	exchangeTimeout = time.Minute
	// saveTimeout bounds saving a sign-in that was obtained: the user waits.
	saveTimeout = 20 * time.Second
)

// NewFlow returns a flow whose sign-ins go to r. tenant tells from the app's
// own session which tenant a request is for; it is asked at the login and at the
// callback. When it returns an error, nothing is done: Failed is given that
// error if it is a [*connector.Error], else one of kind
// [connector.Unauthorized] that wraps it, and can send the user to the app's
// own login. The options may be nil.
//
// The redirect URL must be https, except on this machine. The error is of kind
// [connector.Invalid], or [connector.Closed] if r was closed.
func NewFlow(g CodeGrant, r *Registry, tenant func(*http.Request) (string, error), o *FlowOptions) (*Flow, error) {
	if o == nil {
		o = &FlowOptions{}
	}
	f := &Flow{grant: g, registry: r, tenant: tenant, done: o.Done, failed: o.Failed, vendor: o.VendorInitiated}
	if f.done == "" {
		f.done = "/"
	}
	if err := f.check(); err != nil {
		return nil, signInError(connector.Invalid, "NewFlow: "+err.Error(), nil, "")
	}
	if err := r.ready(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *Flow) check() error {
	if err := f.grant.check(); err != nil {
		return err
	}
	if f.registry == nil {
		return errors.New("there is no registry; make one with auth.NewRegistry")
	}
	if f.tenant == nil {
		return errors.New("there is no function that tells a request's tenant")
	}
	if err := checkDone(f.done); err != nil {
		return fmt.Errorf("FlowOptions.Done: %w", err)
	}
	redirect, err := checkWebAddress(f.grant.RedirectURL)
	if err != nil {
		return fmt.Errorf("CodeGrant.RedirectURL: %w", err)
	}
	f.redirect = redirect
	return f.origins.AddTrustedOrigin(redirect.Scheme + "://" + redirect.Host)
}

// checkDone accepts a path of this site, or a complete address. Browsers take
// "//" and "/\" for the beginning of another site.
func checkDone(done string) error {
	if strings.ContainsFunc(done, unfitForURL) {
		return errors.New("it holds a character that no address has")
	}
	if strings.HasPrefix(done, "/") && !strings.HasPrefix(done, "//") {
		return nil
	}
	if _, err := checkWebAddress(done); err != nil {
		return errors.New("it must be a path, such as /connections, or a complete https address")
	}
	return nil
}

// Login returns the handler that a link or a button of the app leads to, by
// GET or POST. It begins an attempt and sends the browser to the platform. Each
// call for a known tenant stores a small record for ten minutes: bound how many
// a user may make, as for your other pages that write.
func (f *Flow) Login() http.Handler {
	return f.handler(map[string]func(http.ResponseWriter, *http.Request) error{
		http.MethodGet:  f.login,
		http.MethodPost: f.login,
	})
}

// Callback returns the handler of the redirect URL.
func (f *Flow) Callback() http.Handler {
	methods := map[string]func(http.ResponseWriter, *http.Request) error{http.MethodGet: f.callback}
	if f.vendor {
		methods[http.MethodPost] = f.confirmed
	}
	return f.handler(methods)
}

// handler calls what belongs to the request's method. HEAD is none of them: a
// program that only looks at an address must not use an attempt up.
func (f *Flow) handler(methods map[string]func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keepPrivate(w.Header())
		serve, ok := methods[r.Method]
		if !ok {
			w.Header().Set("Allow", allowed(methods))
			pageNotHere.write(w, http.StatusMethodNotAllowed)
			return
		}
		err := f.registry.ready() // a code must not be used up when nobody can keep the token
		if err == nil {
			err = serve(w, r)
		}
		if err != nil {
			f.fail(w, r, err)
		}
	})
}

func (f *Flow) login(w http.ResponseWriter, r *http.Request) error {
	tenant, err := f.tenantOf(r)
	if err != nil {
		return err
	}
	a := NewAttempt(f.grant.RedirectURL)
	page, err := f.grant.page(a)
	if err != nil {
		return err
	}
	if err := f.keep(w, r, tenant, pending{Attempt: a}); err != nil {
		return err
	}
	redirect(w, page)
	return nil
}

func (f *Flow) callback(w http.ResponseWriter, r *http.Request) error {
	tenant, err := f.tenantOf(r)
	if err != nil {
		return err
	}
	a, err := readAnswer(r.URL.RawQuery)
	if err != nil {
		return err
	}
	if f.vendor && a.state == "" && a.code != "" {
		return f.askFirst(w, r, tenant, a)
	}
	p, err := f.find(r, tenant, a.state)
	if err != nil {
		return err
	}
	if !p.code.IsZero() {
		return rejection("an installation is confirmed on its own page")
	}
	if err := a.check(f.grant.Issuer); err != nil {
		return err
	}
	if err := useAttempt(r.Context(), f.registry.store, p); err != nil {
		return err
	}
	if err := a.problem(); err != nil {
		return err
	}
	return f.finish(w, r, tenant, a.code, p.Attempt)
}

// tenantOf asks the app whom the request is for.
func (f *Flow) tenantOf(r *http.Request) (string, error) {
	tenant, err := f.tenant(r)
	if err == nil && tenant == "" {
		err = errors.New("it is nobody's")
	}
	if err == nil {
		return tenant, nil
	}
	if e, ok := connector.AsError(err); ok {
		return "", e
	}
	return "", signInError(connector.Unauthorized, fmt.Sprintf("the app does not know whose request this is: %v", err), err,
		"let the user sign in to the app first")
}

// keep stores a new attempt, bound to the tenant and to the browser.
func (f *Flow) keep(w http.ResponseWriter, r *http.Request, tenant string, p pending) error {
	browser := f.browser(r)
	if browser == "" {
		browser = randomText()
	}
	p.key, p.browser = attemptKey(f.registry.prefix, tenant, p.State), hash(browser)
	if err := keepAttempt(r.Context(), f.registry.store, p); err != nil {
		return err
	}
	http.SetCookie(w, f.cookie(browser))
	return nil
}

// find returns the attempt of a state. What cannot be a state of ours is not
// looked for.
func (f *Flow) find(r *http.Request, tenant, state string) (pending, error) {
	browser := f.browser(r)
	switch {
	case state == "":
		return pending{}, rejection("the answer has no state, so it does not belong to a sign-in that was begun here")
	case !isRandomText(state):
		return pending{}, rejection("the answer's state was not made here")
	case browser == "":
		return pending{}, rejection("the sign-in was begun in another browser, or this one keeps no cookies")
	}
	return findAttempt(r.Context(), f.registry.store, attemptKey(f.registry.prefix, tenant, state), state, browser)
}

// finish trades the code and saves the token. It goes on when the browser
// leaves, because the code is used up by it.
func (f *Flow) finish(w http.ResponseWriter, r *http.Request, tenant, code string, a Attempt) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), exchangeTimeout)
	defer cancel()
	session := f.registry.Session(tenant) // a Purge that comes meanwhile closes it, and is not undone
	token, err := f.grant.exchange(ctx, code, a)
	if err != nil {
		return err
	}
	if err := saveSignIn(r.Context(), session, token); err != nil {
		return err
	}
	redirect(w, f.done)
	return nil
}

// saveSignIn gives the token to the session. A store that fails is asked again for
// a while: without it the user would have to start again.
func saveSignIn(ctx context.Context, s *Session, token Token) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := s.Set(ctx, token)
		if err == nil {
			return nil
		}
		if !mayPass(err) {
			return notKept(err)
		}
		select {
		case <-ctx.Done():
			return notKept(err)
		case <-time.After(wait):
		}
	}
}

// mayPass reports whether a store may take later what it refuses now.
func mayPass(err error) bool {
	return errors.Is(err, connector.Storage) && !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewer)
}

func notKept(err error) error {
	kind := connector.Storage
	if errors.Is(err, connector.Closed) {
		kind = connector.Closed
	}
	return signInError(kind, fmt.Sprintf("the user agreed, but the sign-in could not be saved: %v", err), err,
		"see to the store, then let the user start again")
}

// fail answers with the app's page or our own.
func (f *Flow) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := typed(err)
	if f.failed != nil {
		f.failed(w, r, e)
		return
	}
	p, status := pageOf(e)
	p.Back = f.done
	p.write(w, status)
}
