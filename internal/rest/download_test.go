package rest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

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
					kind := connector.Origin
					if code == http.StatusSeeOther && op.Class == connector.Write {
						kind = connector.UnknownOutcome // it leads to the result of what was done
					}
					wantKind(t, err, kind)
					if wantCount(t, server, 1); !errors.Is(err, connector.Origin) {
						t.Errorf("%v hides why", err)
					}
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
