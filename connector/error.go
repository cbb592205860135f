package connector

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Kind says what sort of failure an [Error] is, alike on every platform. It
// is an error itself, so that errors.Is(err, connector.NotFound) works through
// any number of wraps.
type Kind string

// The kinds of failure. The comment says what the caller can do.
const (
	// Unauthorized: the platform refused the credential, also after one renewal.
	// Check the credential.
	Unauthorized Kind = "unauthorized"
	// Reauthorize: the sign-in cannot be renewed any more. A person must sign in again.
	Reauthorize Kind = "sign-in needed"
	// Forbidden: the credential is good but may not do this. Ask for the right.
	Forbidden Kind = "forbidden"
	// NotFound: no such thing, or this credential may not see it.
	NotFound Kind = "not found"
	// AlreadyGone: a delete that was repeated found nothing. The first try most
	// likely succeeded.
	AlreadyGone Kind = "already gone"
	// Conflict: the thing exists already or has changed meanwhile.
	Conflict Kind = "conflict"
	// Invalid: the request is wrong; nothing was done. Correct it.
	Invalid Kind = "invalid request"
	// RateLimited: too many requests in a short window. Wait Error.RetryAfter.
	RateLimited Kind = "rate limited"
	// QuotaExhausted: the allowance of a long window (a day) is used up.
	QuotaExhausted Kind = "quota exhausted"
	// UnknownOutcome: a write was sent and its answer never came. It may or may
	// not have been done: look before sending it again; Error.Keys name it.
	UnknownOutcome Kind = "outcome unknown"
	// Origin: an answer pointed at another host, and credentials stay at home.
	Origin Kind = "foreign origin"
	// TooLarge: the answer is larger than Options.MaxBody.
	TooLarge Kind = "answer too large"
	// Decode: the answer is not what the platform promises: cut short, no JSON,
	// or of another shape.
	Decode Kind = "unreadable answer"
	// Unavailable: the platform could not be reached or is failing. Try later.
	// Where the time limit left no room for another try, errors.Is also finds
	// context.DeadlineExceeded: allow more time with Timeout.
	Unavailable Kind = "unavailable"
	// NotReady: the file that was asked for is still being made, and MaxWait is
	// over or too near. Call again after Error.RetryAfter.
	NotReady Kind = "not ready"
	// Unexpected: a status that the platform's documents do not explain.
	Unexpected Kind = "unexpected answer"
	// TimedOut: the call's own time limit passed. errors.Is also finds context.DeadlineExceeded.
	TimedOut Kind = "timed out"
	// Canceled: the caller's context ended. errors.Is also finds context.Canceled
	// or context.DeadlineExceeded.
	Canceled Kind = "canceled"
	// PageLimit: a walk took as many pages as MaxPages allows, or met the same
	// page twice. Error.Next is where it stopped.
	PageLimit Kind = "page limit"
	// Closed: the client or session was closed.
	Closed Kind = "closed"
	// Storage: the store behind a session failed. A token that was obtained but
	// not saved works until the process ends, and saving is tried again.
	Storage Kind = "storage failed"
	// DryRun: the write was shown and not sent, as Options.DryRun asked.
	DryRun Kind = "dry run"
)

// Error returns the kind's name.
func (k Kind) Error() string { return string(k) }

// Error is every failure of a call. Its message begins with the platform and
// the operation and ends with what the caller can do. It never holds a secret.
type Error struct {
	Platform  string // "scoro", "procore" or "securityscorecard"; "auth" where a session or a flow failed, "connector" at FanOut
	Operation string // the operation's ID, such as "Projects.List"; outside a call what was done in place of it: "New", "sign-in"
	Account   string // the name given with the Account call option, or the key of a session that failed; empty without one
	Kind      Kind   // what sort of failure it is

	Status     int                 // the HTTP status, or the one that a platform puts into its answer; 0 if none came
	Code       string              // the platform's own code; empty if it gives none
	Message    string              // the platform's text, or ours, cut to a sensible length
	Fields     map[string][]string // what is wrong, by field, where the platform says so
	RequestID  string              // the platform's id of the request, worth giving to its support
	RetryAfter time.Duration       // how long to wait before asking again; 0 if unknown
	Attempts   int                 // how often the request was sent or tried
	Next       string              // where a broken walk over pages can go on, for the From option
	Body       []byte              // the beginning of the answer, secrets removed; at most 512 bytes

	// Keys name what an UnknownOutcome was about, to look whether it was done:
	// the variables of the path, and fields of the query and the body that tell
	// one thing from another (id, origin_id, name, number, email and the like),
	// a dozen at most. They hold no secret, but perhaps people's names, and so
	// the message shows none of them but an id of the caller's own.
	Keys map[string]string

	Remedy string // what the caller can do, in one sentence
	Err    error  // the cause below, if there is one
}

// Error returns "platform operation: message (details); remedy".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Platform)
	if e.Operation != "" {
		b.WriteString(" " + e.Operation)
	}
	if e.Account != "" {
		fmt.Fprintf(&b, " [%s]", e.Account)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(string(e.Kind))
	if text := e.cause(); text != "" {
		b.WriteString(": " + text)
	}
	if details := e.details(); details != "" {
		b.WriteString(" (" + details + ")")
	}
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

func (e *Error) cause() string {
	if e.Message != "" {
		return e.Message
	}
	if e.Err != nil {
		return e.Err.Error()
	}
	return ""
}

func (e *Error) details() string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("status %d", e.Status))
	}
	if e.Code != "" {
		parts = append(parts, "code "+e.Code)
	}
	if e.RequestID != "" {
		parts = append(parts, "request "+e.RequestID)
	}
	if e.RetryAfter > 0 {
		parts = append(parts, fmt.Sprintf("retry after %v", e.RetryAfter.Round(time.Millisecond)))
	}
	if e.Attempts > 1 {
		parts = append(parts, fmt.Sprintf("%d attempts", e.Attempts))
	}
	return strings.Join(parts, ", ")
}

// Is reports whether target is the error's kind.
func (e *Error) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && kind == e.Kind
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// AsError finds the first [Error] that err wraps.
func AsError(err error) (*Error, bool) { return errors.AsType[*Error](err) }
