package rest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// Downloads: from the platform itself, and by redirect from a storage host,
// which learns nothing of us.
func TestDownload(t *testing.T) {
	const content = "the file"
	t.Run("direct", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(faulttest.Step{Body: content}), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			var out bytes.Buffer
			if err := rest.Download(t.Context(), c, file, nil, &out, nil); err != nil || out.String() != content {
				t.Errorf("got %q, %v", out.String(), err)
			}
		})
	})
	t.Run("still being made, then there", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(202, `{}`), faulttest.Step{Body: content}), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			var out bytes.Buffer
			if err := rest.Download(t.Context(), c, file, nil, &out, nil); err != nil || out.String() != content {
				t.Errorf("got %q, %v", out.String(), err)
			}
			wantCount(t, server, 2)
		})
	})
	t.Run("still being made for long", func(t *testing.T) {
		onFakeTime(t, func(int, faulttest.Arrival) faulttest.Step { return status(202, "") }, func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			var out bytes.Buffer
			err := rest.Download(t.Context(), c, file, nil, &out, nil)
			if e := wantKind(t, err, connector.NotReady); e.Status != 202 || out.Len() != 0 {
				t.Errorf("got %v and %q", e, out.String())
			}
		})
	})
	t.Run("still being made, with pauses that grow", func(t *testing.T) {
		script := func(n int, _ faulttest.Arrival) faulttest.Step {
			switch {
			case n == 1:
				return status(202, "").With("Retry-After", "3")
			case n < 6:
				return status(202, "the file is being made")
			default:
				return faulttest.Step{Body: content}
			}
		}
		onFakeTime(t, script, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			var out bytes.Buffer
			var response connector.Response
			err := rest.Download(t.Context(), c, file, nil, &out, []connector.CallOption{connector.WithResponse(&response), connector.Timeout(time.Second)})
			if err != nil || out.String() != content {
				t.Errorf("got %q, %v", out.String(), err)
			}
			var pauses []time.Duration
			for i, a := range server.Arrivals()[1:] {
				pauses = append(pauses, a.At.Sub(server.Arrivals()[i].At))
			}
			want := []time.Duration{time.Second, 3 * time.Second, 4 * time.Second, 8 * time.Second, 10 * time.Second, 10 * time.Second}
			if !slices.Equal(pauses, want) || response.Waited != 36*time.Second {
				t.Errorf("pauses were %v, together %v", pauses, response.Waited)
			}
		})
	})
	t.Run("still being made when the deadline comes", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(202, "").With("Retry-After", "30")), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			begun := time.Now()
			err := rest.Download(ctx, c, file, nil, io.Discard, nil)
			if e := wantKind(t, err, connector.NotReady); e.RetryAfter != 30*time.Second || !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 0 {
				t.Errorf("got %v after %v", err, time.Since(begun))
			}
			wantCount(t, server, 1)
		})
	})
	t.Run("a write that answers 202 is not repeated", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(202, ""), faulttest.Step{Body: content}), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			op := connector.Operation{ID: "files.make", Method: "POST", Path: "/files", Download: true}
			wantKind(t, c.Do(t.Context(), op, nil, io.Discard), connector.NotReady)
			wantCount(t, server, 1)
		})
	})
	t.Run("another success than a file", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(faulttest.Step{Status: 204}), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			wantKind(t, rest.Download(t.Context(), c, file, nil, io.Discard, nil), connector.Unexpected)
			wantCount(t, server, 1)
		})
	})
	t.Run("D1 from a storage host", func(t *testing.T) {
		onFakeTime(t, func(n int, a faulttest.Arrival) faulttest.Step {
			if a.Host == "storage.example" {
				return faulttest.Step{Body: content}
			}
			return faulttest.Step{Status: 302}.With("Location", "https://storage.example/f?signature="+canary).With("Set-Cookie", "a=b")
		}, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			var out bytes.Buffer
			err := rest.Download(t.Context(), c, file, nil, &out, []connector.CallOption{connector.Header("X-Own", canary)})
			if err != nil || out.String() != content {
				t.Fatalf("got %q, %v", out.String(), err)
			}
			a := server.Arrivals()[1]
			if a.Method != "GET" || len(a.Body) != 0 || len(a.Header) != 1 || a.Header.Get("User-Agent") == "" {
				t.Errorf("the storage host got %s %v %q", a.Method, a.Header, a.Body)
			}
		})
	})
	for name, location := range map[string]string{
		"plain http": "http://storage.example/f?signature=" + canary, "with a user": "https://u:" + canary + "@storage.example/f", "another scheme": "file:///etc/passwd", "malformed": "https://%zz/" + canary,
	} {
		t.Run("D1 to "+name, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(faulttest.Step{Status: 302}.With("Location", location)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				wantKind(t, rest.Download(t.Context(), c, file, nil, io.Discard, nil), connector.Origin)
				wantCount(t, server, 1)
			})
		})
	}
	t.Run("D2 a loop", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(faulttest.Step{Status: 307}.With("Location", "https://storage.example/f?signature="+canary)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			wantKind(t, rest.Download(t.Context(), c, file, nil, io.Discard, nil), connector.Origin)
			wantCount(t, server, 4)
		})
	})
	t.Run("the storage host refuses", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(faulttest.Step{Status: 302}.With("Location", "https://storage.example/f?signature="+canary), faulttest.Step{Status: 403, Body: canary}), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			wantKind(t, rest.Download(t.Context(), c, file, nil, io.Discard, nil), connector.Forbidden)
		})
	})
	t.Run("the storage host is in trouble for a moment", func(t *testing.T) {
		redirect := faulttest.Step{Status: 302}.With("Location", "https://storage.example/f?signature="+canary)
		onFakeTime(t, faulttest.Steps(redirect, status(503, "<html>"), redirect, faulttest.Step{Body: content}), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			var out bytes.Buffer
			if err := rest.Download(t.Context(), c, file, nil, &out, nil); err != nil || out.String() != content {
				t.Errorf("got %q, %v", out.String(), err)
			}
			wantCount(t, server, 4)
		})
	})
	t.Run("an expired token", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(404, `{"message":"no file"}`)), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			var out bytes.Buffer
			wantKind(t, rest.Download(t.Context(), c, file, nil, &out, nil), connector.NotFound)
			if out.Len() != 0 {
				t.Errorf("%q was delivered", out.String())
			}
		})
	})
	t.Run("cut after some bytes is never begun again", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(faulttest.Step{Body: content, Fault: faulttest.Cut, At: 3}, faulttest.Step{Body: content}), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			var out bytes.Buffer
			wantKind(t, rest.Download(t.Context(), c, file, nil, &out, nil), connector.Decode)
			if out.String() != "the" {
				t.Errorf("delivered %q", out.String())
			}
			wantCount(t, server, 1)
		})
	})
	t.Run("cut before the first byte is begun again", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(faulttest.Step{Body: content, Fault: faulttest.Cut, At: 0}, faulttest.Step{Body: content}), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			var out bytes.Buffer
			if err := rest.Download(t.Context(), c, file, nil, &out, nil); err != nil || out.String() != content {
				t.Errorf("got %q, %v", out.String(), err)
			}
			wantCount(t, server, 2)
		})
	})
}

// D1: anything but a download follows no redirect at all.
func TestRedirectsAreRefused(t *testing.T) {
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, target := range []string{"https://evil.example/x?token=" + canary, "/elsewhere", "http://api.fake.example/v1"} {
			for _, op := range []connector.Operation{find, create, signIn} {
				onFakeTime(t, faulttest.Steps(faulttest.Step{Status: code}.With("Location", target)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
					_, err := rest.Send[thing](t.Context(), c, op, thing{}, nil)
					wantKind(t, err, connector.Origin)
					wantCount(t, server, 1)
				})
			}
		}
	}
	t.Run("on sockets", func(t *testing.T) {
		other := faulttest.NewServer(t, faulttest.Steps(status(200, ok)))
		server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Status: http.StatusTemporaryRedirect}.With("Location", other.URL)))
		_, err := rest.Send[thing](t.Context(), onSocket(t, server, connector.Options{}), create, thing{}, nil)
		wantKind(t, err, connector.Origin)
		if other.Opened() != 0 {
			t.Error("the other host was called")
		}
	})
}

// The whole way of an export through real sockets: it is being made, then
// there, on another origin, which gets no credential.
func TestExportOnSockets(t *testing.T) {
	storage := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Body: "the file"}))
	server := faulttest.NewServer(t, faulttest.Steps(
		status(202, `{"data":{}}`).With("Retry-After", "1"), faulttest.Step{Status: 302}.With("Location", storage.URL+"/f?signature=s")))
	var out bytes.Buffer
	if err := rest.Download(t.Context(), onSocket(t, server, connector.Options{}), file, nil, &out, nil); err != nil || out.String() != "the file" {
		t.Fatalf("got %q, %v", out.String(), err)
	}
	wantCount(t, server, 2)
	wantCount(t, storage, 1)
	if a := storage.Arrivals()[0]; a.URL.String() != "/f?signature=s" || a.Header.Get("Authorization") != "" {
		t.Errorf("the storage host got %s %v", a.URL, a.Header)
	}
	if a := server.Arrivals(); a[0].Header.Get("Authorization") != "Bearer "+canary || a[1].At.Sub(a[0].At) < time.Second {
		t.Errorf("asked with %v and again after %v", a[0].Header, a[1].At.Sub(a[0].At))
	}
}
