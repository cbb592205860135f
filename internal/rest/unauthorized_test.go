package rest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// H3, H4, A8: a 401 renews the token once and repeats once.
func TestUnauthorized(t *testing.T) {
	for _, op := range []connector.Operation{find, create, replace} {
		t.Run("H3 "+op.Class.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(status(401, `{}`), status(200, ok)))
				tokens := &counted{}
				c := newClientOf(t, headed(), tokens.source(), server, connector.Options{})
				if _, err := rest.Send[thing](t.Context(), c, op, thing{}, nil); err != nil {
					t.Fatal(err)
				}
				arrivals := server.Arrivals()
				if len(arrivals) != 2 || tokens.asked.Load() != 2 {
					t.Fatalf("%d requests and %d tokens, want 2 and 2", len(arrivals), tokens.asked.Load())
				}
				for i, a := range arrivals {
					if want := fmt.Sprint("Bearer ", canary, "-", i+1); a.Header.Get("Authorization") != want {
						t.Errorf("request %d does not carry token %d", i, i+1)
					}
				}
			})
		})
		t.Run("H4 "+op.Class.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(status(401, `{"message":"bad token"}`)))
				tokens := &counted{}
				c := newClientOf(t, headed(), tokens.source(), server, connector.Options{})
				_, err := rest.Send[thing](t.Context(), c, op, thing{}, nil)
				if e := wantKind(t, err, connector.Unauthorized); e.Status != 401 || e.Message != "bad token" {
					t.Errorf("got %v", err)
				}
				wantCount(t, server, 2)
				if tokens.asked.Load() != 2 {
					t.Errorf("%d tokens, want 2", tokens.asked.Load())
				}
			})
		})
	}
	t.Run("a static token is not sent twice", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(401, `{"message":"bad token"}`)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			_, err := get(t.Context(), c)
			if e := wantKind(t, err, connector.Unauthorized); e.Status != 401 || e.Message != "bad token" {
				t.Errorf("the platform's words are lost: %v", err)
			}
			wantCount(t, server, 1)
		})
	})
	t.Run("the same token is not sent twice", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := faulttest.NewTransport(faulttest.Steps(status(401, `{}`)))
			c := newClientOf(t, headed(), stubborn{}, server, connector.Options{})
			_, err := get(t.Context(), c)
			wantKind(t, err, connector.Unauthorized)
			wantCount(t, server, 1)
		})
	})
	t.Run("after an outage", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := faulttest.NewTransport(faulttest.Steps(status(500, `{}`), status(401, `{}`), status(500, `{}`), status(200, ok)))
			c := newClientOf(t, headed(), (&counted{}).source(), server, connector.Options{})
			if _, err := get(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("the credential in the body", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := faulttest.NewTransport(faulttest.Steps(status(200, `{"statusCode":401}`), status(200, ok)))
			c := newClientOf(t, bodied(), (&counted{}).source(), server, connector.Options{})
			if _, err := rest.Send[thing](t.Context(), c, find, thing{Name: "bolt"}, nil); err != nil {
				t.Fatal(err)
			}
			for i, a := range server.Arrivals() {
				if want := fmt.Sprintf(`"token":"%s-%d"}`, canary, i+1); !strings.HasSuffix(string(a.Body), want) || !strings.Contains(string(a.Body), "bolt") {
					t.Errorf("request %d has the body %s", i, a.Body)
				}
			}
		})
	})
}

// A failed sign-in is final, and nothing is sent.
func TestNoToken(t *testing.T) {
	refused := &connector.Error{Platform: "auth", Kind: connector.Reauthorize, Message: "sign in again", Remedy: "do"}
	for name, test := range map[string]struct {
		err  error
		kind connector.Kind
	}{
		"typed": {fmt.Errorf("wrapped: %w", refused), connector.Reauthorize},
		"plain": {errors.New("the vault is closed"), connector.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
				c := newClientOf(t, headed(), failing{test.err}, server, connector.Options{})
				_, err := get(t.Context(), c)
				if e := wantKind(t, err, test.kind); !errors.Is(err, test.err) || !strings.HasPrefix(e.Message, "no token") {
					t.Errorf("got %v", err)
				}
				wantCount(t, server, 0)
			})
		})
	}
}

// counted gives out numbered tokens.
type counted struct{ asked atomic.Int32 }

func (c *counted) source() auth.TokenSource {
	return &numbered{counter: c}
}

type numbered struct {
	counter *counted
	token   auth.Token
}

func (n *numbered) Token(ctx context.Context) (auth.Token, error) {
	if n.token.Access.IsZero() {
		n.token = auth.Token{Access: auth.NewSecret(fmt.Sprint(canary, "-", n.counter.asked.Add(1)))}
	}
	return n.token, nil
}

func (n *numbered) Invalidate(_ context.Context, rejected auth.Token) error {
	n.token = auth.Token{}
	return nil
}

// stubborn has one token and does not say so.
type stubborn struct{}

func (stubborn) Token(context.Context) (auth.Token, error) {
	return auth.Token{Access: auth.NewSecret(canary)}, nil
}

func (stubborn) Invalidate(context.Context, auth.Token) error { return nil }

type failing struct{ err error }

func (f failing) Token(context.Context) (auth.Token, error) { return auth.Token{}, f.err }

func (failing) Invalidate(context.Context, auth.Token) error { return nil }
