package cases

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
)

// network is N1 to N9, X1 and X2.
func (s *suite) network(t *testing.T) {
	t.Run("N1, N2 no connection", s.noConnection)
	t.Run("N3 certificates", s.certificates)
	t.Run("N4 reset", func(t *testing.T) { s.lost(t, faulttest.Step{Fault: faulttest.Reset}) })
	t.Run("N5 silence", func(t *testing.T) { s.lost(t, faulttest.Step{Fault: faulttest.Silence}) })
	t.Run("N6 stall", s.stall)
	t.Run("N7 cut", s.cut)
	t.Run("N8 idle connection", s.idle)
	t.Run("N9 slow", s.slow)
	t.Run("X1 a thousand failures", s.manyFailures)
	t.Run("X2 a huge header", s.hugeHeader)
}

func (s *suite) noConnection(t *testing.T) {
	for tries, works := range map[int]bool{2: true, 99: false} {
		synctest.Test(t, func(t *testing.T) {
			server := faulttest.NewTransport(faulttest.Steps(s.good()))
			server.Refusing(func(try int) bool { return try%100 < tries })
			c := s.client(t, connector.Options{Transport: server})
			err := c.Write(t.Context())
			if works {
				if err != nil {
					t.Error(err)
				}
				count(t, server, 1)
				return
			}
			if e := s.want(t, err, connector.Unavailable); !strings.Contains(e.Message, "not sent") || e.Attempts != 4 {
				t.Errorf("got %v", err)
			}
			s.want(t, c.Read(t.Context()), connector.Unavailable)
			count(t, server, 0)
		})
	}
}

func (s *suite) certificates(t *testing.T) {
	made := faulttest.NewCertificates(t)
	for name, test := range map[string]struct {
		certificate tls.Certificate
		roots       *x509.CertPool
	}{
		"unknown": {made.Good, x509.NewCertPool()}, "expired": {made.Expired, made.Roots}, "wrong name": {made.WrongName, made.Roots},
	} {
		t.Run(name, func(t *testing.T) {
			server := faulttest.NewTLSServer(t, test.certificate, faulttest.Steps(s.good()))
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: test.roots, MinVersion: tls.VersionTLS12}}
			c := s.client(t, connector.Options{Transport: transport, BaseURL: server.URL, Pacer: faulttest.Unpaced{}})
			if e := s.want(t, c.Read(t.Context()), connector.Unavailable); e.Attempts != 1 {
				t.Errorf("%d attempts, want 1", e.Attempts)
			}
			count(t, server, 0)
		})
	}
}

// lost loses the first answer: a read gets another, a write is never sent twice.
func (s *suite) lost(t *testing.T, step faulttest.Step) {
	c, server := s.onSocket(t, faulttest.Steps(step, s.good()), connector.Options{Timeout: 4 * time.Second})
	if err := c.Read(t.Context()); err != nil {
		t.Error(err)
	}
	count(t, server, 2)
	c, server = s.onSocket(t, faulttest.Steps(step, s.good()), connector.Options{Timeout: time.Second})
	s.want(t, c.Write(t.Context()), connector.UnknownOutcome)
	count(t, server, 1)
	c, server = s.onSocket(t, faulttest.Steps(step, s.good()), connector.Options{Timeout: time.Second})
	s.want(t, c.Delete(t.Context()), connector.UnknownOutcome)
	count(t, server, 1)
	s.onFakeTime(t, faulttest.Steps(step, s.Refuse(http.StatusNotFound, "no such thing")), func(t *testing.T, c Client, server *faulttest.Transport) {
		s.want(t, c.Delete(t.Context(), connector.Repeatable()), connector.AlreadyGone)
		count(t, server, 2)
	})
}

// stall stops in the middle of the answer: a read gets another in time, and no
// call outlives its time.
func (s *suite) stall(t *testing.T) {
	step := s.good()
	step.Fault, step.At = faulttest.Stall, 5
	c, server := s.onSocket(t, faulttest.Steps(step, s.good()), connector.Options{Timeout: 4 * time.Second})
	if err := c.Read(t.Context()); err != nil {
		t.Error(err)
	}
	count(t, server, 2)
	s.onFakeTime(t, faulttest.Steps(step), func(t *testing.T, c Client, server *faulttest.Transport) {
		begun := time.Now()
		s.want(t, c.Read(t.Context()), connector.TimedOut)
		s.want(t, c.Write(t.Context()), connector.UnknownOutcome)
		if took := time.Since(begun).Round(time.Second); took != 4*time.Minute {
			t.Errorf("two calls of two minutes each took %v", took)
		}
		count(t, server, 4+1)
	})
}

func (s *suite) cut(t *testing.T) {
	whole := s.good()
	c, _ := s.onSocket(t, func(n int, _ faulttest.Arrival) faulttest.Step {
		step := whole
		step.Fault, step.At = faulttest.Cut, n
		return step
	}, connector.Options{MaxAttempts: 1})
	for n := range len(whole.Body) {
		if err := c.Read(t.Context()); err == nil {
			t.Errorf("%d of %d bytes were taken for an answer", n, len(whole.Body))
		} else {
			s.want(t, err, connector.Decode)
		}
	}
	if err := c.Read(t.Context()); err != nil {
		t.Errorf("the whole answer: %v", err)
	}
}

func (s *suite) idle(t *testing.T) {
	closing := s.good()
	closing.Close = true
	c, server := s.onSocket(t, faulttest.Steps(closing), connector.Options{})
	for n := range 10 {
		if err := c.Read(t.Context()); err != nil {
			t.Fatalf("read %d: %v", n, err)
		}
		before := server.Count()
		if err := c.Write(t.Context()); err != nil {
			s.want(t, err, connector.UnknownOutcome)
		}
		if arrived := server.Count() - before; arrived > 1 {
			t.Fatalf("a write arrived %d times", arrived)
		}
	}
}

// slow sends a byte every 10 ms, in memory and on a socket.
func (s *suite) slow(t *testing.T) {
	step := s.good()
	step.Trickle = 10 * time.Millisecond
	s.onFakeTime(t, faulttest.Steps(step), func(t *testing.T, c Client, server *faulttest.Transport) {
		if err := errors.Join(c.Read(t.Context()), c.Write(t.Context())); err != nil {
			t.Error(err)
		}
		count(t, server, 2)
	})
	step.Trickle = time.Millisecond
	c, server := s.onSocket(t, faulttest.Steps(step), connector.Options{})
	if err := c.Read(t.Context()); err != nil {
		t.Error(err)
	}
	count(t, server, 1)
}

// answers is H1 to H8, at the platform's own pace.
func (s *suite) answers(t *testing.T) {
	for _, status := range []int{500, 502, 504} {
		t.Run(fmt.Sprint("H1 ", status), func(t *testing.T) { s.outage(t, status) })
	}
	kinds := map[int]connector.Kind{400: connector.Invalid, 403: connector.Forbidden, 404: connector.NotFound, 409: connector.Conflict, 422: connector.Invalid}
	for status, kind := range kinds {
		t.Run(fmt.Sprint("H2 ", status), func(t *testing.T) { s.refused(t, s.Refuse(status, "no, no"), status, kind) })
		if s.RefuseInside != nil {
			t.Run(fmt.Sprint("H8 ", status), func(t *testing.T) { s.refused(t, s.RefuseInside(status, "no, no"), status, kind) })
		}
	}
	t.Run("H3, H4 401", s.unauthorized)
	t.Run("H5 a web page", func(t *testing.T) {
		s.unreadable(t, faulttest.Step{Header: http.Header{"Content-Type": {"text/html"}}, Body: "<!doctype html><title>Sign in</title>"})
	})
	t.Run("H6 no body", func(t *testing.T) {
		s.onFakeTime(t, faulttest.Steps(faulttest.Step{Status: 204}), func(t *testing.T, c Client, server *faulttest.Transport) {
			s.want(t, c.Read(t.Context()), connector.Decode)
			if err := c.Delete(t.Context()); err != nil {
				t.Errorf("a delete needs no answer: %v", err)
			}
		})
	})
	for _, status := range []int{299, 418, 599} {
		t.Run(fmt.Sprint("H7 ", status), func(t *testing.T) {
			s.onFakeTime(t, faulttest.Steps(faulttest.JSON(status, s.One(s.Record(7)))), func(t *testing.T, c Client, _ *faulttest.Transport) {
				err := c.Read(t.Context())
				if (status < 300) != (err == nil) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func (s *suite) outage(t *testing.T, status int) {
	s.onFakeTime(t, faulttest.Steps(s.Refuse(status, "down"), s.good()), func(t *testing.T, c Client, server *faulttest.Transport) {
		if err := c.Read(t.Context()); err != nil {
			t.Error(err)
		}
		count(t, server, 2)
	})
	s.onFakeTime(t, faulttest.Steps(s.Refuse(status, "down"), s.good()), func(t *testing.T, c Client, server *faulttest.Transport) {
		s.want(t, c.Write(t.Context()), connector.UnknownOutcome)
		count(t, server, 1)
	})
}

// refused checks a definite refusal: told once, with what the platform said.
func (s *suite) refused(t *testing.T, step faulttest.Step, status int, kind connector.Kind) {
	s.onFakeTime(t, faulttest.Steps(step.With("X-Request-Id", "r-1")), func(t *testing.T, c Client, server *faulttest.Transport) {
		for _, call := range []error{c.Read(t.Context()), c.Write(t.Context()), c.Delete(t.Context(), connector.Repeatable())} {
			e := s.want(t, call, kind)
			if e.Status != status || e.RequestID != "r-1" || !strings.Contains(e.Message, "no, no") || e.Attempts != 1 {
				t.Errorf("got %+v", *e)
			}
		}
		count(t, server, 3)
	})
}

func (s *suite) unauthorized(t *testing.T) {
	for name, lasts := range map[string]bool{"H3 a new token helps": false, "H4 for ever": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(func(n int, a faulttest.Arrival) faulttest.Step {
					if lasts || s.Carries(a, Canary+"-1") {
						return s.Refuse(401, "who are you?")
					}
					return s.good()
				})
				tokens := &numbered{}
				c := s.clientOf(t, tokens, connector.Options{Transport: server})
				err := c.Write(t.Context())
				if lasts {
					s.want(t, err, connector.Unauthorized)
				} else if err != nil {
					t.Error(err)
				}
				count(t, server, 2)
				if asked := tokens.asked.Load(); asked != 2 {
					t.Errorf("%d tokens were asked for, want 2", asked)
				}
			})
		})
	}
}
