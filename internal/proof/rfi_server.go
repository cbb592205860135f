package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cordage-go/cordage/procore"
)

// An rfiServer is the list of one project's RFIs as Procore has it, on a real
// socket, without anything else of Procore: it costs next to nothing beside the
// client, which the emulator does not.
type rfiServer struct {
	*httptest.Server
	size    int // records of a page
	latency time.Duration
	full    []string // each page as JSON
	pages   atomic.Int64
	calls   atomic.Int64
}

func newRFIServer(size int, latency time.Duration) *rfiServer {
	s := &rfiServer{size: size, latency: latency}
	s.pages.Store(aheadPages)
	for page := range aheadPages {
		records := make([]string, size)
		for i := range records {
			records[i] = rfiJSON(page*size + i)
		}
		s.full = append(s.full, "["+strings.Join(records, ",")+"]")
	}
	s.Server = httptest.NewServer(s)
	return s
}

func (s *rfiServer) environment() procore.Environment {
	return procore.Environment{Name: "proof", LoginURL: s.URL, APIURL: s.URL}
}

// ServeHTTP answers a page.
func (s *rfiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	time.Sleep(s.latency)
	pages := int(s.pages.Load())
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || page < 1 {
		http.Error(w, `{"errors":"page"}`, http.StatusBadRequest)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Total", strconv.Itoa(pages*s.size))
	h.Set("X-Rate-Limit-Limit", "100000")
	h.Set("X-Rate-Limit-Remaining", "99999")
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(time.Now().Add(10*time.Second).Unix(), 10))
	if page < pages {
		h.Set("Link", fmt.Sprintf(`<%s%s?page=%d&per_page=%d>; rel="next"`, s.URL, r.URL.Path, page+1, s.size))
	}
	if page > pages {
		_, _ = w.Write([]byte("[]"))
		return
	}
	_, _ = w.Write([]byte(s.full[page-1]))
}
