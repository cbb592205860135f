package main

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/cordage-go/cordage/store"
)

// A server is the content of the web site: who visits, and the platforms' cards.
type server struct {
	url       string // what browsers know it by
	records   store.Store
	visitors  visitors
	platforms []*platform
	log       *slog.Logger
}

func newServer(url string, a apps, records store.Store, k key, log *slog.Logger) (*server, error) {
	s := &server{
		url: url, records: records, log: log,
		visitors: visitors{key: k, secure: strings.HasPrefix(url, "https:")},
	}
	errs := []error{s.addScoro(a.scoro, a.scoroHint)}
	if a.procore.ClientID != "" {
		errs = append(errs, s.addProcore(a.procore))
	}
	if a.securityscorecard.ID != "" {
		errs = append(errs, s.addSecurityScorecard(a.securityscorecard))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// close ends the clients, and the sign-ins after renewals under way are saved.
func (s *server) close() error {
	var errs []error
	for _, p := range s.platforms {
		errs = append(errs, p.close(), p.tenants.Close())
	}
	return errors.Join(errs...)
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /style.css", style)
	mux.HandleFunc("GET /sign-in", s.signInPage)
	mux.HandleFunc("POST /sign-in", s.signIn)
	mux.HandleFunc("POST /sign-out", s.signOut)
	mux.Handle("GET /{$}", s.visited(s.connections))
	for _, p := range s.platforms {
		for pattern, handler := range p.routes {
			mux.Handle(pattern, handler)
		}
		mux.Handle("POST /"+p.Name+"/test", s.visited(s.test(p)))
		mux.Handle("POST /"+p.Name+"/disconnect", s.visited(s.disconnect(p)))
	}
	// Another site's page cannot make a visitor's browser change anything here.
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return http.MaxBytesHandler(withHeaders(guarded), 64<<10)
}

// withHeaders sets what every answer has; auth.Flow is stricter on its pages.
func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// A visitedFunc answers a visitor who is signed in.
type visitedFunc func(w http.ResponseWriter, r *http.Request, tenant string)

// visited sends those who are not signed in to the sign-in page.
func (s *server) visited(answer visitedFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant, err := s.visitors.tenant(r)
		if err != nil {
			s.failed(w, r, err)
			return
		}
		answer(w, r, tenant)
	})
}

func (s *server) signInPage(w http.ResponseWriter, _ *http.Request) {
	s.show(w, http.StatusOK, "sign-in.html", page{Title: "Sign in"})
}

func (s *server) signIn(w http.ResponseWriter, r *http.Request) {
	tenant := strings.ToLower(strings.TrimSpace(r.PostFormValue("tenant")))
	if !tenantName.MatchString(tenant) {
		s.show(w, http.StatusUnprocessableEntity, "sign-in.html", page{Title: "Sign in",
			Body: &problem{What: "A name has letters, digits and hyphens, and at most 40 of them."}})
		return
	}
	s.visitors.signIn(w, tenant)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *server) signOut(w http.ResponseWriter, r *http.Request) {
	s.visitors.signOut(w)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

func (s *server) connections(w http.ResponseWriter, r *http.Request, tenant string) {
	s.showCards(w, r, tenant, nil, outcome{})
}

func (s *server) test(p *platform) visitedFunc {
	return func(w http.ResponseWriter, r *http.Request, tenant string) {
		// State reads the record, so that what another replica has changed is known.
		_, err := p.tenants.Session(tenant).State(r.Context())
		var answer string
		if err == nil {
			answer, err = p.test(r.Context(), tenant)
		}
		s.showCards(w, r, tenant, p, outcome{Answer: answer, Problem: problemOf(err)})
	}
}

func (s *server) disconnect(p *platform) visitedFunc {
	return func(w http.ResponseWriter, r *http.Request, tenant string) {
		if err := p.disconnect(r.Context(), tenant); err != nil {
			s.showCards(w, r, tenant, p, outcome{Problem: problemOf(err)})
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}
