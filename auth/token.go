package auth

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/store"
)

// A Token is what a platform accepts in place of a sign-in. It can be printed
// and logged: its secrets show as [redacted].
type Token struct {
	Access  Secret            // sent with each request
	Refresh Secret            // presented to renew the token; empty if it cannot be renewed so
	Type    string            // how Access is sent, such as "Bearer"; empty means the platform's usual way
	Expiry  time.Time         // when Access ends; zero if the platform does not say
	Account string            // the tenant that the sign-in turned out to be for; empty if unknown
	Extra   map[string]string // what else the platform said and is no secret; not to be changed
}

// tokenFormat is the form of an encoded token.
const tokenFormat = 1

type tokenForm struct {
	Format  int               `json:"format"`
	Access  string            `json:"access,omitempty"`
	Refresh string            `json:"refresh,omitempty"`
	Type    string            `json:"type,omitempty"`
	Expiry  time.Time         `json:"expiry,omitzero"`
	Account string            `json:"account,omitempty"`
	Extra   map[string]string `json:"extra,omitempty"`
}

// EncodeToken returns the token in a form to store, with its secrets in the
// clear. Keep it where only the program can read it.
func EncodeToken(t Token) ([]byte, error) {
	data, err := json.Marshal(t.form())
	if err != nil {
		return nil, fmt.Errorf("auth: cannot encode the token: %w", err)
	}
	return data, nil
}

// DecodeToken reads what EncodeToken wrote. Its error wraps [store.ErrCorrupt]
// if data is something else, and [store.ErrNewer] if a newer version of this
// library wrote it. It holds nothing of data.
func DecodeToken(data []byte) (Token, error) {
	form, err := decodeForm[tokenForm](data, tokenFormat)
	if err != nil {
		return Token{}, fmt.Errorf("auth: token: %w", err)
	}
	return form.token()
}

func (t Token) form() tokenForm {
	return tokenForm{tokenFormat, t.Access.Reveal(), t.Refresh.Reveal(), t.Type, t.Expiry.UTC(), t.Account, t.Extra}
}

func (f tokenForm) token() (Token, error) {
	if f.Access == "" && f.Refresh == "" {
		return Token{}, fmt.Errorf("auth: token: %w: it holds no secret", store.ErrCorrupt)
	}
	return Token{NewSecret(f.Access), NewSecret(f.Refresh), f.Type, f.Expiry, f.Account, f.Extra}, nil
}

func (t Token) isZero() bool { return t.Access.IsZero() && t.Refresh.IsZero() }

// decodeForm reads JSON that begins with a format number. The number is read
// alone first, since nothing else is known of a newer form. The decoder's own
// errors are left out, because they may quote a secret.
func decodeForm[T any](data []byte, newest int) (T, error) {
	var head struct{ Format int }
	var form T
	if json.Unmarshal(data, &head) != nil || head.Format < 1 {
		return form, fmt.Errorf("%w: not in the form that this library writes", store.ErrCorrupt)
	}
	if head.Format > newest {
		return form, fmt.Errorf("%w: format %d, and this program knows %d; update it", store.ErrNewer, head.Format, newest)
	}
	if json.Unmarshal(data, &form) != nil {
		return form, fmt.Errorf("%w: not in the form that this library writes", store.ErrCorrupt)
	}
	return form, nil
}
