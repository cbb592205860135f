package auth

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/store"
)

const canary = "canary-3f9a"

// No way of printing any type of this package shows a secret.
func TestNothingPrintsSecrets(t *testing.T) {
	token := Token{Access: NewSecret(canary), Refresh: NewSecret(canary), Type: "Bearer", Expiry: time.Now().Add(time.Hour)}
	session := NewSession(store.Memory(), "key", Grant{Renew: (&platform{}).renew})
	defer session.Close()
	if err := session.Set(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if _, err := session.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := session.Invalidate(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	state, err := session.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fromFunc := FromOAuth2(ToOAuth2(t.Context(), Static(canary)))
	if _, err := fromFunc.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := entry{token: token}
	for _, value := range []any{
		token.Access, &token.Access, token, &token, []Token{token}, map[string]Token{"t": token}, struct{ hidden Token }{token},
		Static(canary), fromFunc, ToOAuth2(t.Context(), Static(canary)), session, state, session.grant, e, &held{token: token},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p", "%w"} {
			wantNoCanary(t, fmt.Sprintf("%T by %s", value, verb), fmt.Sprintf(verb, value))
		}
		var logged bytes.Buffer
		slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "value", value)
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "value", value)
		wantNoCanary(t, fmt.Sprintf("%T by slog", value), logged.String())
		if data, err := json.Marshal(value); err == nil {
			wantNoCanary(t, fmt.Sprintf("%T by json", value), string(data))
		}
		if data, err := xml.Marshal(value); err == nil {
			wantNoCanary(t, fmt.Sprintf("%T by xml", value), string(data))
		}
	}
	if got := fmt.Sprintf("%v %+v %#v %q %x %s", token.Access, token.Access, token.Access, token.Access, token.Access, token.Refresh); got != strings.TrimSpace(strings.Repeat("[redacted] ", 6)) {
		t.Errorf("a secret prints as %q", got)
	}
}

func wantNoCanary(t *testing.T, what, text string) {
	t.Helper()
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("%d", []byte(canary))} {
		if strings.Contains(text, form) {
			t.Errorf("%s shows the secret: %s", what, text)
		}
	}
}

func TestRedactedCannotBeLoaded(t *testing.T) {
	dump, err := json.Marshal(Token{Access: NewSecret(canary)})
	if err != nil {
		t.Fatal(err)
	}
	var token Token
	if err := json.Unmarshal(dump, &token); err == nil {
		t.Errorf("the dump %s was loaded as a token", dump)
	}
	var config struct{ Key Secret }
	if err := json.Unmarshal([]byte(`{"Key":"abc"}`), &config); err != nil || config.Key.Reveal() != "abc" {
		t.Errorf("a secret in a configuration reads as %q (%v)", config.Key.Reveal(), err)
	}
	if !NewSecret("").IsZero() || NewSecret("").String() != "" || NewSecret("x").IsZero() {
		t.Error("the empty secret is not empty")
	}
}

func TestEncodeToken(t *testing.T) {
	want := Token{
		Access: NewSecret("a"), Refresh: NewSecret("r"), Type: "Bearer", Expiry: time.Now().Round(0),
		Account: "acme", Extra: map[string]string{"region": "eu"},
	}
	data, err := EncodeToken(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeToken(data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Access.Reveal() != "a" || got.Refresh.Reveal() != "r" || got.Type != want.Type || !got.Expiry.Equal(want.Expiry) ||
		got.Account != want.Account || got.Extra["region"] != "eu" {
		t.Errorf("after encoding and decoding %+v is %+v", want, got)
	}
	for text, want := range map[string]error{
		"":                         store.ErrCorrupt,
		"null":                     store.ErrCorrupt,
		"[]":                       store.ErrCorrupt,
		`{"format":1}`:             store.ErrCorrupt,
		`{"access":"a"}`:           store.ErrCorrupt,
		string(data[:len(data)-1]): store.ErrCorrupt,
		string(data) + "x":         store.ErrCorrupt,
		`{"format":2,"new":[]}`:    store.ErrNewer,
		`{"format":1,"expiry":"` + canary + `","access":"a"}`: store.ErrCorrupt,
	} {
		_, err := DecodeToken([]byte(text))
		if !errors.Is(err, want) {
			t.Errorf("DecodeToken(%q): %v, want %v", text, err, want)
		}
		wantNoCanary(t, "the error", fmt.Sprint(err))
	}
	if _, err := EncodeToken(Token{Access: NewSecret("a"), Expiry: time.Unix(1<<60, 0)}); err == nil {
		t.Error("a time that cannot be written was encoded")
	}
}

func FuzzDecodeToken(f *testing.F) {
	f.Add([]byte(`{"format":1,"access":"a","refresh":"r","expiry":"2026-11-01T12:00:00Z","extra":{"k":"v"}}`))
	f.Add([]byte(`{"format":1,"access":"a"`))
	f.Add([]byte(`{"format":9}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		token, err := DecodeToken(data)
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewer) {
				t.Errorf("untyped error %v", err)
			}
			return
		}
		again, err := EncodeToken(token)
		if err != nil {
			t.Fatalf("what was decoded cannot be encoded: %v", err)
		}
		twice, err := DecodeToken(again)
		if err != nil || twice.Access.Reveal() != token.Access.Reveal() || twice.Refresh.Reveal() != token.Refresh.Reveal() {
			t.Errorf("%s does not survive: %v", again, err)
		}
	})
}

func FuzzDecodeEntry(f *testing.F) {
	f.Add([]byte(`{"format":1,"token":{"format":1,"access":"a"},"renewal":{"of":"x","holder":"h"},"failed":{"since":"2026-11-01T12:00:00Z","reason":"r"}}`))
	f.Add([]byte(`{"format":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := decodeEntry(store.Record{Key: key, Value: data, Version: 1}, nil)
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewer) {
				t.Errorf("untyped error %v", err)
			}
			return
		}
		if _, err := e.record(key); err != nil {
			t.Errorf("what was decoded cannot be encoded: %v", err)
		}
	})
}
