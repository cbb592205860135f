package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

func TestStatic(t *testing.T) {
	s := Static("key")
	token := wantToken(t, s, "key")
	wantKind(t, s.Invalidate(t.Context(), token), connector.Unauthorized)
	_, err := Static("").Token(t.Context())
	wantKind(t, err, connector.Invalid)
}

// A client may be made with it, and its copies know better whom they act for.
func TestNobody(t *testing.T) {
	if err := Check(Nobody()); err != nil {
		t.Error(err)
	}
	_, err := Nobody().Token(t.Context())
	wantKind(t, err, connector.Invalid)
	if !strings.Contains(err.Error(), "by As") {
		t.Errorf("the error does not say what to do: %v", err)
	}
	if err := Nobody().Invalidate(t.Context(), Token{}); err != nil {
		t.Error(err)
	}
}

// A token is often read from a file, or copied with a word too many.
func TestStaticTexts(t *testing.T) {
	wantToken(t, Static(" key\r\n"), "key")
	for text, says := range map[string]string{
		" \n": "empty", "Bearer key": "without a word such as Bearer", "ke\ny": "line break", "\ufeffkey": "foreign letter", "k\x00y": "foreign letter",
	} {
		_, err := Static(text).Token(t.Context())
		wantKind(t, err, connector.Invalid)
		if strings.Contains(err.Error(), "key") || !strings.Contains(err.Error(), says) {
			t.Errorf("%q gave %v", text, err)
		}
		if check := Check(Static(text)); check == nil || !strings.Contains(err.Error(), check.Error()) {
			t.Errorf("%q is checked as %v", text, check)
		}
	}
}

func TestCheck(t *testing.T) {
	session := NewSession(store.Memory(), "key", Grant{Renew: func(context.Context, Token) (Token, error) { return Token{}, nil }})
	for _, good := range []TokenSource{Static("key"), session, Func(nil)} {
		if err := Check(good); err != nil {
			t.Error(err)
		}
	}
	session.Close()
	for _, bad := range []TokenSource{nil, (*Session)(nil), session, NewSession(nil, "key", Grant{})} {
		if Check(bad) == nil {
			t.Errorf("%v was found good", bad)
		}
	}
}

func TestFunc(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		s := Func(func(context.Context) (Token, error) {
			time.Sleep(time.Second)
			asked++
			return Token{Access: NewSecret(fmt.Sprint("token-", asked)), Expiry: time.Now().Add(time.Hour)}, nil
		})
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { wantToken(t, s, "token-1") })
		}
		all.Wait()
		old := wantToken(t, s, "token-1")
		time.Sleep(time.Hour - time.Minute) // as a session does, it renews a little early
		wantToken(t, s, "token-2")
		if err := s.Invalidate(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		current := wantToken(t, s, "token-2") // another one was refused
		if err := s.Invalidate(t.Context(), current); err != nil {
			t.Fatal(err)
		}
		wantToken(t, s, "token-3")
	})
}

func TestFuncFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		sealed := errors.New("the vault is sealed")
		s := Func(func(context.Context) (Token, error) {
			time.Sleep(time.Second)
			asked++
			if asked == 1 {
				return Token{}, sealed
			}
			if asked == 2 {
				return Token{}, nil
			}
			return Token{Access: NewSecret("token")}, nil
		})
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if _, err := s.Token(t.Context()); !errors.Is(err, sealed) {
					t.Errorf("error %v, want the function's", err)
				}
			})
		}
		all.Wait()
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Invalid)
		wantToken(t, s, "token")
		if asked != 3 {
			t.Errorf("the function ran %d times, want 3", asked)
		}
	})
}

func TestFuncWaiterLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Func(func(ctx context.Context) (Token, error) {
			select {
			case <-time.After(10 * time.Second):
				return Token{Access: NewSecret("token")}, nil
			case <-ctx.Done():
				return Token{}, ctx.Err()
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.Token(ctx)
		wantKind(t, err, connector.Canceled)
		wantToken(t, s, "token") // from the same flight
		_, err = s.Token(ctx)
		wantKind(t, err, connector.Canceled)
	})
}

func TestToOAuth2(t *testing.T) {
	expiry := time.Now().Add(time.Hour)
	source := Func(func(context.Context) (Token, error) {
		return Token{Access: NewSecret("a"), Refresh: NewSecret("r"), Type: "bearer", Expiry: expiry}, nil
	})
	got, err := ToOAuth2(t.Context(), source).Token()
	if err != nil || got.AccessToken != "a" || got.Type() != "Bearer" || !got.Expiry.Equal(expiry) {
		t.Errorf("token is %v (%v)", got, err)
	}
	if got.RefreshToken != "" {
		t.Error("the refresh token was handed out")
	}
	_, err = ToOAuth2(t.Context(), Static("")).Token()
	wantKind(t, err, connector.Invalid)
}

type oauth2Func func() (*oauth2.Token, error)

func (f oauth2Func) Token() (*oauth2.Token, error) { return f() }

func TestFromOAuth2(t *testing.T) {
	asked := 0
	s := FromOAuth2(oauth2Func(func() (*oauth2.Token, error) {
		asked++
		return &oauth2.Token{AccessToken: fmt.Sprint("token-", asked), RefreshToken: "r", TokenType: "bearer"}, nil
	}))
	token := wantToken(t, s, "token-1")
	if token.Refresh.Reveal() != "r" || token.Type != "bearer" {
		t.Errorf("token is %+v", token)
	}
	if err := s.Invalidate(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	wantToken(t, s, "token-2")
}

func TestFromOAuth2Errors(t *testing.T) {
	answer := func(status int, code string) error {
		response := &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(""))}
		return &oauth2.RetrieveError{Response: response, Body: []byte(canary), ErrorCode: code}
	}
	for _, test := range []struct {
		err  error
		want connector.Kind
	}{
		{answer(400, "invalid_grant"), connector.Reauthorize},
		{answer(401, "invalid_client"), connector.Unauthorized},
		{answer(500, ""), connector.Unavailable},
		{&url.Error{Op: "Post", URL: "https://login/?secret=" + canary, Err: io.ErrUnexpectedEOF}, connector.Unavailable},
	} {
		_, err := FromOAuth2(oauth2Func(func() (*oauth2.Token, error) { return nil, test.err })).Token(t.Context())
		wantKind(t, err, test.want)
		for e := err; e != nil; e = errors.Unwrap(e) {
			wantNoCanary(t, "the error", fmt.Sprintf("%v %+v", e, e))
		}
	}
}
