package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/value"
)

// A stuck file gives its first bytes, and then keeps its reader waiting until
// it is let go.
type stuck struct {
	io.ReadSeeker
	waits chan struct{} // hears that somebody waits
	let   chan struct{}
}

func newStuck(t *testing.T, content string) *stuck {
	s := &stuck{text(content), make(chan struct{}, 1), make(chan struct{})}
	t.Cleanup(func() { close(s.let) })
	return s
}

func (s *stuck) Read(p []byte) (int, error) {
	if n, err := s.ReadSeeker.Read(p); err == nil {
		return n, nil
	}
	select {
	case s.waits <- struct{}{}:
	default:
	}
	<-s.let
	return 0, io.EOF
}

// A call ends with its context, although its file keeps it waiting.
func TestStuckUpload(t *testing.T) {
	for name, wrap := range map[string]func(*stuck) io.Reader{
		"rewindable": func(s *stuck) io.Reader { return s },
		"one-shot":   func(s *stuck) io.Reader { return struct{ io.Reader }{s} },
	} {
		for answer, status := range map[string]int{"none": 0, "an early 401": 401} {
			t.Run(name+", answer: "+answer, func(t *testing.T) {
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if status == 0 {
						_, _ = io.Copy(io.Discard, r.Body)
						return
					}
					w.WriteHeader(status)
				}))
				t.Cleanup(server.Close)
				t.Cleanup(server.CloseClientConnections)
				c := newClientOf(t, headed(), (&counted{}).source(), nil, connector.Options{BaseURL: server.URL})
				file := newStuck(t, strings.Repeat("a", 64<<10))
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				ended := make(chan error, 1)
				go func() {
					ended <- c.Do(ctx, addLog.At(7), &logEntry{Logo: &value.File{Name: "a", Content: wrap(file)}}, nil)
				}()
				select {
				case <-file.waits:
				case <-time.After(time.Second): // the refusal came first
				}
				cancel()
				select {
				case err := <-ended:
					if !errors.Is(err, context.Canceled) && !errors.Is(err, connector.Unauthorized) {
						t.Errorf("got %v", err)
					}
				case <-time.After(2 * time.Second):
					t.Error("the call goes on after its context has ended")
				}
			})
		}
	}
}
