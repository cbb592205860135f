package auth

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// A desk waits for one answer on ports of this machine.
type desk struct {
	redirectURL string
	host, path  string // what a request must say, letter by letter
	listeners   []net.Listener
}

// ask opens the page and waits for the answer. Nothing is left of it when it
// returns: no port, no connection.
func (d *desk) ask(ctx context.Context, g CodeGrant, a Attempt, open func(url string) error) (answer, error) {
	r := &receiver{desk: d, state: a.State, issuer: g.Issuer, came: make(chan answer, 1)}
	server := &http.Server{
		Handler:                      r,
		ReadHeaderTimeout:            5 * time.Second,
		ReadTimeout:                  10 * time.Second,
		WriteTimeout:                 10 * time.Second,
		MaxHeaderBytes:               2 * longestAnswer,
		ErrorLog:                     log.New(io.Discard, "", 0), // it would quote requests
		DisableGeneralOptionsHandler: true,
	}
	server.SetKeepAlivesEnabled(false)
	var serving sync.WaitGroup
	for _, l := range d.listeners {
		serving.Go(func() { _ = server.Serve(l) })
	}
	defer serving.Wait()
	defer server.Close()

	page, err := g.page(a)
	if err != nil {
		return answer{}, err
	}
	if err := open(page); err != nil {
		e := signInError(connector.Unavailable, fmt.Sprintf("the sign-in page could not be opened: %v", err), err,
			"let LoopbackOptions.Open print the address instead, for the user to open it by hand")
		return answer{}, hush(e, a.State)
	}
	select {
	case came := <-r.came:
		return came, came.problem()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// A receiver takes the first right answer. Whatever else comes, from port
// scans to web pages that guess, is turned away and changes nothing.
type receiver struct {
	*desk
	state, issuer string
	answered      atomic.Bool
	came          chan answer // holds one
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	switch {
	case !sameHost(request.Host, r.host): // a name of somebody else's that leads here (DNS rebinding)
		pageNotHere.write(w, http.StatusMisdirectedRequest)
		return
	case request.URL.EscapedPath() != r.path:
		pageNotHere.write(w, http.StatusNotFound)
		return
	case request.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		pageNotHere.write(w, http.StatusMethodNotAllowed)
		return
	}
	a, err := readAnswer(request.URL.RawQuery)
	if err != nil || !same(a.state, r.state) || a.check(r.issuer) != nil {
		pageNotOurs.write(w, http.StatusBadRequest)
		return
	}
	if !r.answered.CompareAndSwap(false, true) {
		pageNotOurs.write(w, http.StatusGone)
		return
	}
	pageReceived.write(w, http.StatusOK)
	_ = http.NewResponseController(w).Flush() // the page is on its way before the server closes
	r.came <- a
}

// same compares in a time that tells nothing about the texts.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// sameHost compares Host headers. Browsers leave http's own port out.
func sameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, ":80"), strings.TrimSuffix(b, ":80"))
}
