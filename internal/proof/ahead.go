package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/rfi"
)

const aheadPages = 50

// ahead walks a list of many pages at a platform that takes its time for each,
// page after page and with pages ahead, by a client with the usual pacer, which
// learns from the answers that there is room for all.
func ahead(ctx context.Context, s settings, r *report) error {
	size, latency := 100, 100*time.Millisecond
	if s.short {
		size, latency = 10, 15*time.Millisecond
	}
	server := newRFIServer(size, latency)
	defer server.Close()
	client, err := procore.New(auth.Static("a"), &procore.Options{CompanyID: 1, Environment: server.environment()})
	if err != nil {
		return err
	}
	defer client.Close()
	walk := func(opts ...connector.CallOption) ([]*rfi.RFI, error) {
		opts = append([]connector.CallOption{connector.PageSize(size)}, opts...)
		return connector.Collect(rfi.New(client).RFIs.All(ctx, 1, nil, opts...))
	}
	want, err := walk()
	if err != nil {
		return err
	}
	exactly(r, "records of the list", len(want), aheadPages*size)
	if err := aheadTimes(ctx, r, server, walk, want); err != nil {
		return err
	}
	return aheadCalls(r, server, walk)
}

type rfiWalk func(opts ...connector.CallOption) ([]*rfi.RFI, error)

// aheadTimes compares the ways to read the list, which take turns.
func aheadTimes(ctx context.Context, r *report, server *rfiServer, walk rfiWalk, want []*rfi.RFI) error {
	pages := []int{0, 8, 24}
	took := make([][]float64, len(pages)) // seconds
	plain, usual := &handReader{client: server.Client()}, &handReader{client: usualClient()}
	same := 0
	for range 3 {
		for i, n := range pages {
			began := time.Now()
			got, err := walk(connector.Ahead(n))
			took[i] = append(took[i], time.Since(began).Seconds())
			if err != nil {
				return err
			}
			if reflect.DeepEqual(got, want) {
				same++
			}
		}
		if err := errors.Join(plain.read(ctx, server), usual.read(ctx, server)); err != nil {
			return err
		}
	}
	exactly(r, "walks with the same records in the same order", same, 3*len(pages))
	slow := median(took[0])
	r.tell(fmt.Sprintf("%d pages at %v, page after page, seconds", aheadPages, server.latency), slow)
	r.tell("the same by plain net/http and encoding/json, seconds", median(plain.took))
	r.tell("the same by the usual stack, seconds", median(usual.took))
	eight, more := slow/median(took[1]), slow/median(took[2])
	r.check("Ahead(8) is faster by a factor of", eight, "at least 4.5", eight >= 4.5)
	r.check("Ahead(24) is faster by a factor of", more, "at least 7", more >= 7)
	return nil
}

// aheadCalls counts what a list costs that has many pages, and one.
func aheadCalls(r *report, server *rfiServer, walk rfiWalk) error {
	for _, list := range []struct {
		name  string
		pages int
		most  int64
	}{{"many pages", aheadPages, aheadPages}, {"one page", 1, 2}} {
		before := server.calls.Load()
		server.pages.Store(int64(list.pages))
		if _, err := walk(connector.Ahead(24)); err != nil {
			return err
		}
		atMost(r, fmt.Sprintf("calls for a list of %s with Ahead(24)", list.name), server.calls.Load()-before, list.most)
	}
	return nil
}

// A handReader reads the list as one does with net/http: page after page.
type handReader struct {
	client *http.Client
	took   []float64 // seconds of each time
}

func (h *handReader) read(ctx context.Context, s *rfiServer) error {
	began, records := time.Now(), 0
	for page := 1; ; page++ {
		url := fmt.Sprintf("%s/rest/v1.0/projects/1/rfis?per_page=%d&page=%d", s.URL, s.size, page)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		more, n, err := h.readPage(request)
		if err != nil {
			return err
		}
		if records += n; !more {
			break
		}
	}
	if records != aheadPages*s.size {
		return fmt.Errorf("%d records came by hand", records)
	}
	h.took = append(h.took, time.Since(began).Seconds())
	return nil
}

func (h *handReader) readPage(request *http.Request) (more bool, records int, err error) {
	response, err := h.client.Do(request)
	if err != nil {
		return false, 0, err
	}
	defer response.Body.Close()
	var page []rfi.RFI
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil {
		return false, 0, fmt.Errorf("%s: %w", response.Status, err)
	}
	return response.Header.Get("Link") != "", len(page), nil
}
