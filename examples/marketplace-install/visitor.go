package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// visitors knows who is at the browser. The demo asks only for the name of a
// tenant and believes it: YOUR OWN LOGIN BELONGS HERE. What the rest of the
// program needs of it is tenant: from whom a request comes, out of something
// that the visitor cannot forge. A tenant is never taken from a URL or a form,
// and only one that exists is let in: its sessions stay in memory.
type visitors struct {
	key    key
	secure bool // the browser comes over https
}

// demoLogin keeps the server on this machine; see config.checkURL. Make it false
// when visitors have to prove who they are.
const demoLogin = true

var errSignedOut = errors.New("nobody is signed in")

const visit = 12 * time.Hour

// tenantName is what may stand in the cookie, too: it has no dot.
var tenantName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// tenant returns the tenant of the visitor who sent a request, or errSignedOut.
func (v visitors) tenant(r *http.Request) (string, error) {
	cookie, err := r.Cookie(v.cookie().Name)
	if err != nil {
		return "", errSignedOut
	}
	parts := strings.Split(cookie.Value, ".")
	if len(parts) != 3 || !hmac.Equal([]byte(parts[2]), []byte(v.sign(parts[0]+"."+parts[1]))) {
		return "", errSignedOut
	}
	until, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || time.Now().Unix() >= until {
		return "", errSignedOut
	}
	return parts[0], nil
}

func (v visitors) signIn(w http.ResponseWriter, tenant string) {
	text := tenant + "." + strconv.FormatInt(time.Now().Add(visit).Unix(), 10)
	cookie := v.cookie()
	cookie.Value = text + "." + v.sign(text)
	cookie.MaxAge = int(visit / time.Second)
	http.SetCookie(w, cookie)
}

func (v visitors) signOut(w http.ResponseWriter) {
	cookie := v.cookie()
	cookie.MaxAge = -1
	http.SetCookie(w, cookie)
}

// cookie is Lax, because the platforms send visitors back from their own site.
func (v visitors) cookie() *http.Cookie {
	name := "marketplace-visitor"
	if v.secure {
		name = "__Host-" + name // no neighbouring host can set it
	}
	return &http.Cookie{Name: name, Path: "/", HttpOnly: true, Secure: v.secure, SameSite: http.SameSiteLaxMode}
}

func (v visitors) sign(text string) string {
	mac := hmac.New(sha256.New, v.key.cookies)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
