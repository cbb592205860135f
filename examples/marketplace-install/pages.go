package main

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
)

//go:embed pages
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{"when": when}).ParseFS(files, "pages/*.html"))

func when(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// A page is what the templates show.
type page struct {
	Title  string
	Tenant string // empty: nobody is signed in
	Body   any
}

// A card is the state of one platform for one tenant.
type card struct {
	*platform
	As      string // whose sign-in it is; empty if unknown
	State   auth.State
	Outcome outcome
}

// Lost reports whether a person must sign in again.
func (c card) Lost() bool { return c.State.SignedIn && !c.State.Reauthorize.IsZero() }

// An outcome is what came of a visitor's click.
type outcome struct {
	Answer  string
	Problem *problem
}

// A problem is an error in a visitor's words.
type problem struct{ What, Remedy string }

func problemOf(err error) *problem {
	if err == nil {
		return nil
	}
	if e, ok := connector.AsError(err); ok {
		what := e.Message
		if what == "" {
			what = string(e.Kind)
		}
		return &problem{What: what, Remedy: e.Remedy}
	}
	return &problem{What: err.Error()}
}

// statusOf is the status of a page that shows an error: 503 for what may pass
// by itself, 422 for what the visitor has to change.
func statusOf(err error) int {
	for _, passing := range []connector.Kind{connector.Storage, connector.Closed, connector.Unavailable, connector.TimedOut} {
		if errors.Is(err, passing) {
			return http.StatusServiceUnavailable
		}
	}
	return http.StatusUnprocessableEntity
}

// showCards shows the connections of a tenant; the outcome belongs to of.
func (s *server) showCards(w http.ResponseWriter, r *http.Request, tenant string, of *platform, o outcome) {
	var cards []card
	for _, p := range s.platforms {
		state, err := p.tenants.Session(tenant).State(r.Context())
		c := card{p, state.Extra[labelExtra], state, outcome{Problem: problemOf(err)}}
		if p == of {
			c.Outcome = o
		}
		cards = append(cards, c)
	}
	s.show(w, http.StatusOK, "connections.html", page{Title: "Connections", Tenant: tenant, Body: cards})
}

// failed is what a visitor sees of an error outside a card: of a sign-in that
// came to nothing, for instance.
func (s *server) failed(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errSignedOut) {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	}
	tenant, _ := s.visitors.tenant(r)
	s.log.Warn("a request failed", "path", r.URL.Path, "tenant", tenant, "error", err)
	s.show(w, statusOf(err), "failed.html", page{Title: "That did not work", Tenant: tenant, Body: problemOf(err)})
}

func (s *server) show(w http.ResponseWriter, status int, name string, p page) {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, p); err != nil {
		s.log.Error("a page cannot be shown", "page", name, "error", err)
		http.Error(w, "this page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w)
}

func style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "pages/style.css")
}
