package auth

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// What people get wrong on their first day is answered with what to do.
func TestAdvice(t *testing.T) {
	registry := func(prefix string) *Registry { return NewRegistry(store.Memory(), prefix, unrenewed, nil) }
	grant := (&consent{}).grant("https://app.example.com/callback")
	_, relativeDone := NewFlow(grant, registry("test/"), tenantCookie, &FlowOptions{Done: "connections"})
	_, wrongAtPlatform := Loopback(t.Context(), (&consent{}).grant(""),
		&LoopbackOptions{Open: func(string) error { return nil }, Timeout: time.Millisecond})
	for want, err := range map[string]error{
		"such as /connections":            relativeDone,
		"a prefix that ends with a slash": registry("test").Set(t.Context(), "tenant-17", Token{Access: NewSecret("a")}),
		"redirect URL with those":         wrongAtPlatform,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// A long refusal is told once.
func TestLongRefusal(t *testing.T) {
	refused := &connector.Error{Platform: "procore", Kind: connector.Reauthorize, Message: "the token is revoked", Remedy: strings.Repeat("sign in again ", 40)}
	session := NewSession(store.Memory(), key, Grant{OneTime: true, Renew: func(context.Context, Token) (Token, error) { return Token{}, refused }})
	defer session.Close()
	if err := session.Set(t.Context(), Token{Refresh: NewSecret("r1")}); err != nil {
		t.Fatal(err)
	}
	_, err := session.Token(t.Context())
	if e, ok := connector.AsError(err); !ok || e.Message != refused.Message {
		t.Errorf("got %v", err)
	}
}
