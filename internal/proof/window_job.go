package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/rfi"
)

// A windowJob reads pages of a server with a limit.
type windowJob struct {
	name     string
	pages    int
	sliding  bool
	latency  time.Duration
	reader   func(url string) (pageReader, error)
	stranger *stranger
	most     float64 // how much of the least time it may take

	took            time.Duration
	refused, failed int // answers with status 429, and pages that were not read in the end
}

// A pageReader reads one page.
type pageReader func(context.Context) error

func newWindowJob(name string, pages int, sliding bool, latency time.Duration, reader func(string) (pageReader, error)) *windowJob {
	kind := "fixed window"
	if sliding {
		kind = "sliding window"
	}
	return &windowJob{
		name: fmt.Sprintf("%s, %s, latency %v", name, kind, latency), pages: pages, sliding: sliding, latency: latency, reader: reader,
	}
}

// least is the time in which the callers can read the pages at all: all
// windows but the last must pass, and in the last one each caller reads what is
// left one after the other.
//
//	(windows - 1) x length + rounds in the last window x latency
func (j *windowJob) least() time.Duration {
	full := (j.pages - 1) / windowLimit
	rounds := (j.pages - full*windowLimit + windowCallers - 1) / windowCallers
	return time.Duration(full)*windowLength + time.Duration(rounds)*j.latency
}

func (j *windowJob) run(ctx context.Context) error {
	server := newWindowServer(j.sliding, j.latency)
	defer server.Close()
	read, err := j.reader(server.URL)
	if err != nil {
		return err
	}
	if j.stranger != nil {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		go j.stranger.run(ctx, server)
		pause(ctx, windowLength) // it was there before us
	}
	if j.most > 0 { // connections are there before the clock runs, and the window is empty
		j.readAll(ctx, windowCallers, read)
		pause(ctx, windowLength+j.latency)
	}
	began := time.Now()
	j.readAll(ctx, j.pages, read)
	j.took, j.refused = time.Since(began), server.refused
	return ctx.Err()
}

// readAll lets the callers read so many pages.
func (j *windowJob) readAll(ctx context.Context, pages int, read pageReader) {
	var left, failed atomic.Int64
	left.Store(int64(pages))
	var all sync.WaitGroup
	for range windowCallers {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if read(ctx) != nil {
					failed.Add(1)
				}
			}
		})
	}
	all.Wait()
	j.failed += int(failed.Load())
}

// cordagePages reads by a client of ours.
func cordagePages(url string) (pageReader, error) {
	policy := procore.Pacing()
	policy.Windows[0].Length = windowLength
	pacer, err := pace.New(policy)
	if err != nil {
		return nil, err
	}
	client, err := procore.New(auth.Static("token"), &procore.Options{
		CompanyID: companyID, Environment: procore.Environment{Name: "proof", LoginURL: url, APIURL: url},
		Options: connector.Options{Pacer: pacer},
	})
	if err != nil {
		return nil, err
	}
	list := rfi.New(client).RFIs
	return func(ctx context.Context) error { _, err := list.List(ctx, projectID, nil); return err }, nil
}

// hammerPages reads by the usual stack: as fast as it can, backing off after a
// refusal.
func hammerPages(url string) (pageReader, error) {
	client := usualClient()
	return func(ctx context.Context) error { return getPage(ctx, client, url) }, nil
}

// steadyPages does the same behind a limiter that knows the limit.
func steadyPages(url string) (pageReader, error) {
	read, err := hammerPages(url)
	limiter := rate.NewLimiter(rate.Limit(windowLimit/windowLength.Seconds()), 1)
	return func(ctx context.Context) error {
		if err := limiter.Wait(ctx); err != nil {
			return err
		}
		return read(ctx)
	}, err
}

// getPage reads a page by plain net/http.
func getPage(ctx context.Context, client *http.Client, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", response.StatusCode)
	}
	return err
}
