package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
)

// put sends a file as it is.
var put = connector.Operation{ID: "file", Method: http.MethodPut, Path: "/rest/v1.0/file", Class: connector.Set, NoAnswer: true,
	ContentType: "application/octet-stream"}

// uploads shows what sending a file costs, and that a source that cannot be
// rewound is sent as it comes, once.
func uploads(ctx context.Context, s settings, r *report) error {
	number := 500
	if s.short {
		number = 50
	}
	if err := rewindable(ctx, r, number); err != nil {
		return err
	}
	return oneShot(ctx, r)
}

// rewindable uploads a megabyte that can be rewound, again and again: to a
// transport that costs nothing, which shows what the library takes for it, and
// over TLS and HTTP/2, beside plain net/http, to a child whose memory does not
// count.
func rewindable(ctx context.Context, r *report, number int) error {
	own, err := signedInClient(ctx, procore.Options{Options: connector.Options{Transport: procoreAnswer(nil)}})
	if err != nil {
		return err
	}
	alone, err := uploadCost(number, func(file io.Reader) error { return own.Do(ctx, put, file, nil) })
	if err != nil {
		return err
	}
	atMost(r, "bytes allocated for an upload of 1 MB", int(alone.bytes), 8<<10)

	server, at, err := startPages(ctx, pagesOrder{Secure: true})
	if err != nil {
		return err
	}
	client, err := at.signedIn(ctx)
	if err != nil {
		return server.end(err)
	}
	ours, err := uploadCost(number, func(file io.Reader) error { return client.Do(ctx, put, file, nil) })
	if err != nil {
		return server.end(err)
	}
	transport, err := at.transport()
	if err != nil {
		return server.end(err)
	}
	plain, err := uploadCost(number, func(file io.Reader) error { return plainUpload(ctx, transport, at.URL, file) })
	if err != nil {
		return server.end(err)
	}
	r.tell("upload of 1 MB over HTTP/2", ours)
	r.tell("upload of 1 MB over HTTP/2, plain net/http", plain)
	return server.join()
}

// uploadCost is what one of many uploads takes.
func uploadCost(number int, upload func(io.Reader) error) (cost, error) {
	content := make([]byte, 1<<20)
	file := bytes.NewReader(content)
	again := func() error {
		file.Reset(content)
		return upload(file)
	}
	if _, err := measure(number, again); err != nil { // pools fill
		return cost{}, err
	}
	return measure(number, again)
}

func plainUpload(ctx context.Context, transport http.RoundTripper, address string, file io.Reader) error {
	request, err := http.NewRequestWithContext(ctx, put.Method, address+put.Path, file)
	if err != nil {
		return err
	}
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// oneShot uploads from a pipe to a server that fails after it has read all.
func oneShot(ctx context.Context, r *report) error {
	var arrivals atomic.Int64
	arrived := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		arrivals.Add(1)
		first := make([]byte, 1)
		if _, err := io.ReadFull(request.Body, first); err == nil {
			arrived <- struct{}{}
		}
		_, _ = io.Copy(io.Discard, request.Body)
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer server.Close()
	client, err := signedInClient(ctx, procore.Options{Options: connector.Options{BaseURL: server.URL}})
	if err != nil {
		return err
	}
	defer client.Close()
	source, writer := io.Pipe()
	early := make(chan bool, 1)
	go func() {
		_, _ = writer.Write(make([]byte, 64<<10))
		select {
		case <-arrived: // while the source has more
			early <- true
		case <-time.After(2 * time.Second):
			early <- false
		}
		_ = writer.Close()
	}()
	err = client.Do(ctx, put, source, nil, connector.Repeatable())
	if err == nil {
		return errors.New("an upload that the server failed ended well")
	}
	reached := <-early
	r.check("a one-shot upload reaches the server before its source has ended", reached, "true", reached)
	exactly(r, "arrivals of a one-shot upload that failed", arrivals.Load(), 1)
	return nil
}
