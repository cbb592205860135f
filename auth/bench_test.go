package auth

import (
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/cordage-go/cordage/store"
)

// A valid token is what nearly every call asks for.
func BenchmarkValidToken(b *testing.B) {
	p := &platform{lifetime: time.Hour}
	s := NewSession(store.Memory(), key, Grant{Renew: p.renew})
	defer s.Close()
	if _, err := s.Token(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Token(b.Context()); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkValidTokenOAuth2(b *testing.B) {
	s := oauth2.ReuseTokenSource(&oauth2.Token{AccessToken: "a", Expiry: time.Now().Add(time.Hour)}, nil)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Token(); err != nil {
				b.Error(err)
			}
		}
	})
}
