package auth

import (
	"errors"
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// A Secret is a text that must not be seen: a token, a key, a password. It
// prints as [redacted] in every format and encoding; an empty one prints as
// nothing. [Secret.Reveal] is the only way to the text, and [EncodeToken] the
// only way to store it. Only the body of a call to a platform carries the text,
// as the password of a new user must. The zero Secret is empty.
type Secret struct {
	// A closure, because printers and dumpers that walk through unexported
	// fields by reflection find nothing behind a function.
	reveal func() string
}

// NewSecret returns a Secret that holds text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{reveal: func() string { return text }}
}

// Reveal returns the text itself.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.reveal == nil }

// String returns [redacted], or nothing for an empty secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// GoString returns what String returns.
func (s Secret) GoString() string { return s.String() }

// Format prints what String returns, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue returns what String returns.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns what String returns, so that a dump holds no secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a secret, from a configuration for instance. It refuses
// the text [redacted]: a dump cannot be loaded as if it held secrets.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == redacted {
		return errors.New("auth: a redacted secret cannot be read back; use EncodeToken to store a token")
	}
	*s = NewSecret(string(text))
	return nil
}
