package auth

import (
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// cookie marks the browser that begins an attempt; the attempt keeps a hash of
// it. One value serves all attempts of a browser, so that tabs do not disturb
// each other and the cookies do not pile up.
func (f *Flow) cookie(value string) *http.Cookie {
	return &http.Cookie{
		Name: f.cookieName(), Value: value, Path: "/", MaxAge: int(attemptLifetime.Seconds()),
		HttpOnly: true, Secure: f.secure(), SameSite: http.SameSiteLaxMode,
	}
}

// cookieName has the prefix that keeps other sites of the same domain from
// setting the cookie.
func (f *Flow) cookieName() string {
	if f.secure() {
		return "__Host-cordage-sign-in"
	}
	return "cordage-sign-in"
}

// secure reports whether browsers reach the app by https. The request cannot
// tell: a proxy in front may have ended it.
func (f *Flow) secure() bool { return f.redirect.Scheme == "https" }

// browser returns the cookie's value, or nothing if there is none that was made here.
func (f *Flow) browser(r *http.Request) string {
	c, err := r.Cookie(f.cookieName())
	if err != nil || !isRandomText(c.Value) {
		return ""
	}
	return c.Value
}

func isRandomText(text string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(b) == 32
}

// redirect sends the browser on by GET, whatever the method was.
func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

func allowed[F any](methods map[string]F) string {
	return strings.Join(slices.Sorted(maps.Keys(methods)), ", ")
}
