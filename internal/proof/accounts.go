package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/rfi"
)

// allowance is how many requests an hour Procore allows to one account, where
// nothing else was agreed on.
const allowance = 3_600

// accounts finds out for how many accounts of Procore one core can read pages
// as fast as each account's allowance lets it, with all layers on, beside the
// usual stack. The server is a child on the loopback, over HTTP/1.1 without TLS
// and without compression, which cost both clients the same.
func accounts(ctx context.Context, s settings, r *report) error {
	turns, each := 15, 500*time.Millisecond
	if s.short {
		turns, each = 7, 150*time.Millisecond
	}
	server, at, err := startPages(ctx, pagesOrder{Records: 100})
	if err != nil {
		return err
	}
	ours, theirs, err := pageReaders(ctx, at)
	if err != nil {
		return server.end(err)
	}
	pair, err := compare(turns, each, ours, theirs)
	if err != nil {
		return server.end(err)
	}
	r.tell("page of 100 RFIs", pair.ours)
	r.tell("page of 100 RFIs, usual stack", pair.theirs)
	r.tell("accounts that one core serves", int(accountsPerCore(pair.ours)))
	r.tell("accounts that one core serves, usual stack", int(accountsPerCore(pair.theirs)))
	atLeast(r, "ratio of the two", 1/pair.cpuRatio, 2)
	plain := &http.Client{Transport: connector.NewTransport()}
	fetch := func() error { return getPage(ctx, plain, at.URL+"/rest/v1.0"+rfisPath+"?page=1&per_page=100") }
	fetched, err := compare(turns, each, fetch, theirs)
	if err != nil {
		return server.end(err)
	}
	fourTimes(r, pair, fetched.ours)
	return server.join()
}

// fourTimes tells what it would take to serve four times the accounts of the
// usual stack. A page that plain net/http fetches and drops costs the least that
// any client on net/http can take: what comes on top, which is nearly all
// decoding, would have to become as cheap as the last figure says.
func fourTimes(r *report, now pair, fetched cost) {
	r.tell("page of 100 RFIs, fetched by plain net/http and dropped", fetched)
	above := func(page float64) time.Duration { return time.Duration(page - fetched.cpu) }
	r.tell("CPU of our page above that", above(now.ours.cpu))
	r.tell("CPU of our page above that, for a ratio of 4", above(now.theirs.cpu/4))
}

// accountsPerCore is how many accounts use up one core, at so many pages an hour each.
func accountsPerCore(page cost) float64 {
	return float64(time.Hour) / (page.cpu * allowance)
}

// pageReaders return what reads a page with the library, and what does so with
// the usual stack: x/oauth2, go-retryablehttp and encoding/json.
func pageReaders(ctx context.Context, at pagesAddress) (ours, theirs func() error, err error) {
	client, err := at.signedIn(ctx)
	if err != nil {
		return nil, nil, err
	}
	rfis := rfi.New(client).RFIs
	ours = func() error { return hundred(rfis.List(ctx, projectID, nil)) }

	usual := usualRetries()
	theirs = func() error { return usualPage(ctx, usual, at.URL+"/rest/v1.0"+rfisPath+"?page=1&per_page=100") }
	return ours, theirs, nil
}

func usualPage(ctx context.Context, client *retryablehttp.Client, address string) error {
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Procore-Company-Id", fmt.Sprint(companyID))
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var page []rfi.RFI
	if err := json.NewDecoder(answer.Body).Decode(&page); err != nil {
		return err
	}
	if len(page) != 100 {
		return fmt.Errorf("a page of %d records", len(page))
	}
	return nil
}

// pagesOrder is what a child that answers with pages must know.
type pagesOrder struct {
	Records int
	Secure  bool // over TLS and HTTP/2, as the platforms
}

// pagesAddress is where it can be reached.
type pagesAddress struct {
	URL       string
	Authority []byte // the certificate to trust, if it is secure
}

// startPages starts the child. End it with join.
func startPages(ctx context.Context, order pagesOrder) (server *process, at pagesAddress, err error) {
	if server, err = start(ctx, "pages", order); err != nil {
		return nil, at, err
	}
	if err = server.hear(&at); err != nil {
		return nil, at, server.end(err)
	}
	return server, at, nil
}

// signedIn is a client of it with all layers on.
func (a pagesAddress) signedIn(ctx context.Context) (*procore.Client, error) {
	transport, err := a.transport()
	if err != nil {
		return nil, err
	}
	o := procore.Options{Environment: procore.Environment{Name: "proof", LoginURL: a.URL, APIURL: a.URL}}
	o.Transport = transport
	return signedInClient(ctx, o)
}

// transport trusts it.
func (a pagesAddress) transport() (*http.Transport, error) {
	transport := connector.NewTransport()
	if a.Authority == nil {
		return transport, nil
	}
	certificate, err := x509.ParseCertificate(a.Authority)
	if err != nil {
		return nil, err
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	transport.TLSClientConfig.RootCAs.AddCert(certificate)
	return transport, nil
}

// pagesWorker is a child that answers every call with one page.
func pagesWorker(ctx context.Context, b *boss) error {
	var order pagesOrder
	if err := b.hear(&order); err != nil {
		return err
	}
	server := httptest.NewUnstartedServer(procoreAnswer(rfiPage(order.Records)))
	at := pagesAddress{}
	if order.Secure {
		server.EnableHTTP2 = true
		server.StartTLS()
		at.Authority = server.Certificate().Raw
	} else {
		server.Start()
	}
	defer server.Close()
	at.URL = server.URL
	if err := b.say(at); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
