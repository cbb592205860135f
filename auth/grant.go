package auth

import (
	"context"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// A Grant is how a platform renews a token. The platform packages make them.
type Grant struct {
	// Renew asks the platform for a new token by presenting previous, which is
	// empty if there is none: a grant that needs no sign-in (client
	// credentials) starts from nothing, others return an error of kind
	// [connector.Reauthorize], and so do they when the platform refuses
	// previous for good. What the answer leaves out is kept: the refresh
	// token, the account, Extra. Renew ends soon after ctx does, since nothing
	// else can end it and Close waits for it.
	Renew func(ctx context.Context, previous Token) (Token, error)
	// OneTime says that a refresh token may be presented once only. The session
	// then writes down that it is about to, and does not present it again after
	// an error that leaves open whether it was used up. These kinds do not leave
	// it open: a definite refusal ([connector.Unauthorized],
	// [connector.Forbidden], [connector.NotFound], [connector.Conflict],
	// [connector.Invalid], [connector.RateLimited],
	// [connector.QuotaExhausted]), and [connector.Unavailable] without a
	// Status, which means that the platform was never reached.
	//
	// A token that came without a refresh token is not renewed under such a
	// grant: when it ends, a person must sign in again.
	OneTime bool
	// Probe allows one more try with a OneTime token that may have been used
	// up, since on this platform a try can do no harm.
	Probe bool
	// Lasting says that a refusal stands in the record, so that no process
	// presents the same again, even if no refresh token was refused but
	// something that the program was given: a wrong password, presented again
	// and again, locks its user out. [Session.Set] and [Session.Retry] end that.
	// Without it such a refusal is kept by the session alone.
	Lasting bool
	// Timeout bounds one Renew; 0 means 30 seconds. The context of the caller
	// who happened to start it does not. It also sets how long a renewal that
	// was cut off holds others up: a quarter more than Timeout.
	Timeout time.Duration
	// Remedy says in one sentence how a person signs in again. It ends the
	// errors of kind [connector.Reauthorize]; empty means general words.
	Remedy string
	// OnError, if set, is told of failures that no caller gets to see: a token
	// that works but could not be saved, an early renewal that failed while the
	// old token is still good. It must not call the session.
	OnError func(error)
	// OnRenewal, if set, is told of each time that Renew was asked for a new
	// token, after that was saved: for metrics and logs. Callers may be waiting for
	// it. It must not call the session.
	OnRenewal func(Renewal)
}

// A Renewal is one asking of the platform for a new token. It holds no secret.
type Renewal struct {
	Key   string        // the session's
	Cause RenewalCause  // why it was asked for
	Took  time.Duration // how long Renew took
	Err   error         // what Renew returned; nil for a new token
}

// A RenewalCause says why a token was renewed.
type RenewalCause string

// The causes of renewals.
const (
	// RenewedAhead: the token was near its end, and works until then. No call waits.
	RenewedAhead RenewalCause = "ahead"
	// RenewedLate: there was no token that works. Calls wait.
	RenewedLate RenewalCause = "late"
	// RenewedRefused: the platform refused a token that should have worked.
	RenewedRefused RenewalCause = "refused"
	// RenewedInterrupted: an earlier renewal was cut off; this is the one probe
	// that [Grant.Probe] allows.
	RenewedInterrupted RenewalCause = "interrupted"
)

// Unrenewable returns the grant of tokens that work until they end or are
// revoked, and that nothing but a new sign-in replaces. When the platform
// refuses such a token, or its time is over, the session remembers that in its
// record, and every process that shares it fails with [connector.Reauthorize]
// and the remedy, until [Session.Set] brings another token. One refusal is
// enough: after an incident at the platform call [Session.Retry] for those whom
// [Registry.Lost] lists.
func Unrenewable(remedy string) Grant {
	return Grant{
		Renew: func(context.Context, Token) (Token, error) {
			return Token{}, &connector.Error{
				Platform: "auth", Operation: "session", Kind: connector.Reauthorize,
				Message: "the token cannot be renewed", Remedy: remedy,
			}
		},
		OneTime: true,
		Remedy:  remedy,
	}
}

const (
	defaultTimeout = 30 * time.Second
	storeTimeout   = 10 * time.Second
	// forcedSpacing keeps a platform that refuses every token it issues from
	// being asked for a new one with each call.
	forcedSpacing = 30 * time.Second
	// retrySpacing is for what is tried again while a token is still usable:
	// an early renewal, a save.
	retrySpacing = time.Second
	// longestTalk is what a caller waits longer than a renewal that was cut off
	// holds it up: time to present the token and to save the answer.
	longestTalk = time.Second
)

// noteTime is how long a renewal's note must stay unchanged to be taken for
// abandoned: longer than any Renew may last.
func (g Grant) noteTime() time.Duration { return g.Timeout + g.Timeout/4 }

// cannotRenew reports whether nothing but a new sign-in can replace the token.
func (g Grant) cannotRenew(t Token) bool { return g.OneTime && t.Refresh.IsZero() }
