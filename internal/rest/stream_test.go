package rest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

var upload = connector.Operation{ID: "files.upload", Method: "POST", Path: "/files", Class: connector.Write, ContentType: "application/octet-stream", NoAnswer: true}

// oneShot is a reader that cannot be rewound and minds being closed.
type oneShot struct {
	io.Reader
	closed bool
}

func (o *oneShot) Read(p []byte) (int, error) {
	if o.closed {
		return 0, errors.New("read after close")
	}
	return o.Reader.Read(p)
}

func (o *oneShot) Close() error { o.closed = true; return nil }

// A one-shot body is sent once, whatever happens, and stays the caller's.
func TestOneShotBody(t *testing.T) {
	for _, test := range []struct {
		name string
		step faulttest.Step
		kind connector.Kind
	}{
		{"success", faulttest.Step{Status: 204}, ""},
		{"429", status(429, `{}`).With("Retry-After", "1"), connector.RateLimited},
		{"503", status(503, `{}`).With("Retry-After", "1"), connector.Unavailable},
		{"401", status(401, `{}`), connector.Unauthorized},
		{"reset", faulttest.Step{Fault: faulttest.Reset}, connector.UnknownOutcome},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(test.step, faulttest.Step{Status: 204}))
				tokens := &counted{}
				c := newClientOf(t, headed(), tokens.source(), server, connector.Options{})
				body := &oneShot{Reader: strings.NewReader("the whole file")}
				err := c.Do(t.Context(), upload, body, nil, connector.Repeatable())
				if test.kind == "" && err != nil {
					t.Fatal(err)
				}
				if test.kind != "" {
					wantKind(t, err, test.kind)
				}
				wantCount(t, server, 1)
				if a := server.Arrivals()[0]; string(a.Body) != "the whole file" || a.Header.Get("Content-Type") != "application/octet-stream" {
					t.Errorf("the server got %q as %s", a.Body, a.Header.Get("Content-Type"))
				}
				if body.closed {
					t.Error("the caller's reader was closed")
				}
				if test.name != "401" {
					return
				}
				if err := c.Do(t.Context(), upload, strings.NewReader("x"), nil); err != nil || tokens.asked.Load() != 2 {
					t.Errorf("the refused token was kept: %v", err)
				}
			})
		})
	}
}

// A body that can be rewound is sent again whole, from where it stood.
func TestRewoundBody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("skip:content"), 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	for name, body := range map[string]io.ReadSeeker{
		"strings.Reader": strings.NewReader("skip:content"),
		"bytes.Reader":   bytes.NewReader([]byte("skip:content")),
		"os.File":        opened,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(
					status(429, `{}`).With("Retry-After", "1"), status(401, `{}`), status(503, `{}`).With("Retry-After", "1"), faulttest.Step{Status: 204}))
				c := newClientOf(t, headed(), (&counted{}).source(), server, connector.Options{})
				if _, err := body.Seek(5, io.SeekStart); err != nil {
					t.Fatal(err)
				}
				if err := c.Do(t.Context(), upload, body, nil); err != nil {
					t.Fatal(err)
				}
				wantCount(t, server, 4)
				for i, a := range server.Arrivals() {
					if string(a.Body) != "content" || a.Length != int64(len("content")) {
						t.Errorf("request %d carried %q and a length of %d", i, a.Body, a.Length)
					}
				}
			})
		})
	}
	if _, err := opened.Seek(0, io.SeekStart); err != nil {
		t.Errorf("the file was closed: %v", err)
	}
}

type badSeeker struct {
	*strings.Reader
	failed bool
}

func (b *badSeeker) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekStart {
		b.failed = true
		return 0, errors.New("the tape is torn")
	}
	return b.Reader.Seek(offset, whence)
}

// A body that cannot be rewound after all is an error, not a silent success.
func TestBodyThatFailsToRewind(t *testing.T) {
	onFakeTime(t, faulttest.Steps(faulttest.Step{Status: 204}), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		err := c.Do(t.Context(), upload, &badSeeker{Reader: strings.NewReader("x")}, nil)
		if wantKind(t, err, connector.Invalid); !strings.Contains(err.Error(), "the tape is torn") {
			t.Errorf("got %v", err)
		}
		wantCount(t, server, 0)
	})
}

// An answer may come while the body is still being sent: the next attempt must
// not share the reader with the old one. The race detector watches.
func TestEarlyAnswerToUpload(t *testing.T) {
	whole := strings.Repeat("0123456789", 400_000)
	server := faulttest.NewServer(t, func(n int, _ faulttest.Arrival) faulttest.Step {
		if n < 2 {
			return status(429, `{}`)
		}
		return faulttest.Step{Status: 204}
	})
	server.Reading(func(n int) int {
		if n < 2 {
			return 100
		}
		return -1
	})
	c := onSocket(t, server, connector.Options{})
	err := c.Do(t.Context(), upload, strings.NewReader(whole), nil)
	arrivals := server.Arrivals()
	switch last := arrivals[len(arrivals)-1]; {
	case err == nil && string(last.Body) != whole:
		t.Errorf("%d of %d bytes arrived", len(last.Body), len(whole))
	case err != nil: // the socket broke before the 429 was read
		wantKind(t, err, connector.UnknownOutcome)
	}
}

// An attempt that is over reads nothing more: neither while the next one sends,
// nor when the call has ended and the body is the caller's again.
func TestOldAttemptsReadNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := strings.NewReader("content")
		var old []io.Reader
		early := tripper(func(r *http.Request) (*http.Response, error) {
			for _, body := range old {
				if data, err := io.ReadAll(body); len(data) != 0 || err == nil {
					t.Errorf("an old attempt read %q, %v", data, err)
				}
			}
			half := make([]byte, 3)
			if n, err := io.ReadFull(r.Body, half); err != nil || string(half) != "con" {
				t.Errorf("attempt %d began with %q, %v", len(old), half[:n], err)
			}
			old = append(old, r.Body) // as if it were still being sent
			return &http.Response{StatusCode: 429, Header: http.Header{}, Body: http.NoBody}, nil
		})
		c := newClient(t, early, connector.Options{})
		wantKind(t, c.Do(t.Context(), upload, source, nil), connector.RateLimited)
		if len(old) != 4 {
			t.Errorf("%d attempts, want 4", len(old))
		}
		if data, err := io.ReadAll(old[3]); len(data) != 0 || err == nil || source.Len() != 4 {
			t.Errorf("after the call the last attempt read %q, %v", data, err)
		}
	})
}

// net/http repeats by itself what it can get a body for. It must get one only
// for bodies that can be rewound.
func TestBodyForTransport(t *testing.T) {
	for name, body := range map[string]any{"one-shot": &oneShot{Reader: strings.NewReader("content")}, "rewound": strings.NewReader("content"), "bytes": []byte(`{"a":1}`)} {
		asks := tripper(func(r *http.Request) (*http.Response, error) {
			if (r.GetBody == nil) != (name == "one-shot") {
				t.Errorf("%s: the transport may ask for another body: %v", name, r.GetBody != nil)
			}
			if r.GetBody != nil {
				_, _ = io.CopyN(io.Discard, r.Body, 3)
				again, err := r.GetBody()
				if err != nil {
					t.Fatal(err)
				}
				if data, err := io.ReadAll(again); err != nil || len(data) != 7 {
					t.Errorf("%s: the other body is %q, %v", name, data, err)
				}
			}
			return &http.Response{StatusCode: 204, Header: http.Header{}}, nil
		})
		if err := newClient(t, asks, connector.Options{}).Do(t.Context(), upload, body, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An upload may take longer than a quarter of Timeout.
func TestSlowUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(faulttest.Step{Status: 204}))
		c := newClient(t, server, connector.Options{Timeout: 20 * time.Second})
		slow := readerFunc(func(p []byte) (int, error) {
			time.Sleep(15 * time.Second)
			return 0, io.EOF
		})
		if err := c.Do(t.Context(), upload, slow, nil); err != nil {
			t.Error(err)
		}
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A busy source is one that tells whether it is being read.
type busy struct {
	*bytes.Reader
	reading atomic.Bool
}

func (b *busy) Read(p []byte) (int, error) {
	b.reading.Store(true)
	defer b.reading.Store(false)
	time.Sleep(time.Millisecond)
	return b.Reader.Read(p[:min(len(p), 1000)])
}

// An answer may come before the body has been sent. Who can rewind the source
// may use it again at once.
func TestSourceAfterAnEarlyAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex() // else it reads the body before it answers
		w.WriteHeader(http.StatusUnprocessableEntity)
	}))
	defer server.Close()
	c := newClient(t, nil, connector.Options{BaseURL: server.URL})
	for range 3 {
		source := &busy{Reader: bytes.NewReader(make([]byte, 4<<20))}
		if err := c.Do(t.Context(), upload, source, nil); err == nil {
			t.Error("no error")
		}
		if source.reading.Load() {
			t.Fatal("the source was still read after the call")
		}
	}
}

// A source that keeps its reader waiting does not keep the call.
func TestSourceThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, faulttest.NewTransport(faulttest.Steps(faulttest.Step{Status: 204})), connector.Options{Timeout: time.Second})
		source := &hanging{Reader: strings.NewReader("x"), release: make(chan struct{})}
		begun := time.Now()
		if err := c.Do(t.Context(), upload, source, nil); err == nil {
			t.Error("no error")
		}
		if took := time.Since(begun); took > 1100*time.Millisecond {
			t.Errorf("the call took %v", took)
		}
		close(source.release)
	})
}

type hanging struct {
	*strings.Reader
	release chan struct{}
}

func (h *hanging) Read([]byte) (int, error) { <-h.release; return 0, io.EOF }
