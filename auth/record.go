package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/store"
)

// sessionFormat is the form of a session's record.
const sessionFormat = 1

// An entry is what a session's record holds. The renewal's note is the lease
// too: being one record, they cannot tell different stories after a crash.
type entry struct {
	version  store.Version // 0 if there is no record
	token    Token         // empty if nobody has signed in
	obtained time.Time     // when token came
	renewal  *note         // a renewal that was begun and not ended
	failed   *verdict      // why token cannot be renewed any more
}

// A note says, before a token is presented, that it is about to be.
type note struct {
	Of      string    `json:"of"`              // fingerprint of the token
	Holder  string    `json:"holder"`          // names the attempt, at random
	Started time.Time `json:"started"`         // for people; no clock of another machine is relied on
	Probe   bool      `json:"probe,omitempty"` // it presents a token that may have been presented before
}

// A verdict stays until new credentials come.
type verdict struct {
	Since   time.Time `json:"since"`
	Reason  string    `json:"reason"`
	Refused bool      `json:"refused,omitempty"` // the platform refuses the access token, too
}

type entryForm struct {
	Format   int        `json:"format"`
	Token    *tokenForm `json:"token,omitempty"`
	Obtained time.Time  `json:"obtained,omitzero"`
	Renewal  *note      `json:"renewal,omitempty"`
	Failed   *verdict   `json:"failed,omitempty"`
}

func (e entry) record(key string) (store.Record, error) {
	form := entryForm{Format: sessionFormat, Obtained: e.obtained.UTC(), Renewal: e.renewal, Failed: e.failed}
	if !e.token.isZero() {
		form.Token = new(e.token.form())
	}
	value, err := json.Marshal(form)
	if err != nil {
		return store.Record{}, fmt.Errorf("cannot encode the sign-in: %w", err)
	}
	return store.Record{Key: key, Value: value, Version: e.version}, nil
}

// decodeEntry takes the result of a store's Get. A missing record is the empty
// entry, and so is the empty record.
func decodeEntry(r store.Record, err error) (entry, error) {
	if errors.Is(err, store.ErrNotFound) || err == nil && r.Version == 0 {
		return entry{}, nil
	}
	if err != nil {
		return entry{}, err
	}
	form, err := decodeForm[entryForm](r.Value, sessionFormat)
	if err != nil {
		return entry{}, err
	}
	e := entry{version: r.Version, obtained: form.Obtained, renewal: form.Renewal, failed: form.Failed}
	if form.Token == nil {
		return e, nil
	}
	if form.Token.Format > tokenFormat {
		return entry{}, fmt.Errorf("%w: token format %d, and this program knows %d; update it", store.ErrNewer, form.Token.Format, tokenFormat)
	}
	e.token, err = form.Token.token()
	return e, err
}

// underway reports whether a renewal of this very token was begun and not
// ended. A note of another token is no longer of interest.
func (e entry) underway() bool { return e.renewal != nil && e.renewal.Of == e.name() }

// name is a fingerprint that tells e's token from others without telling it:
// of the refresh token, since that is what a renewal uses up, or of the access
// token, if there is no other.
func (e entry) name() string {
	secret := e.token.Refresh
	if secret.IsZero() {
		secret = e.token.Access
	}
	sum := sha256.Sum256([]byte(secret.Reveal()))
	return hex.EncodeToString(sum[:])
}
