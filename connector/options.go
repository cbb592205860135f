package connector

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// Options are the settings that all platforms share. The zero value is right
// for production use.
type Options struct {
	// BaseURL replaces the platform's own address, for an emulator or a proxy.
	// It must be https, or http to a loopback address.
	BaseURL string
	// Transport sends the requests; nil means one of the client's own, from
	// [NewTransport]. It must not follow redirects or add credentials. Close
	// leaves its connections to the caller.
	Transport http.RoundTripper
	// UserAgent is put in front of the library's own name.
	UserAgent string
	// Logger hears of attempts, waits, retries, renewals and drift; nil means
	// silence. No secret and no body is ever logged. docs/operating.md lists
	// levels and attributes.
	Logger *slog.Logger
	// Middleware wraps each attempt, the first one outermost. It sees the
	// request before the credential is placed, and cannot send it elsewhere.
	// Sign-ins do not pass through it: they consist of secrets.
	Middleware []Middleware
	// Pacer decides when requests may leave; nil means one with the platform's
	// careful defaults.
	Pacer Pacer
	// PaceKey names what the platform counts a call by; nil means the platform's
	// usual, which its package tells. Calls of one key share its limits.
	PaceKey func(*Call) string
	// Account names the tenant in pacing, logs and errors.
	Account string
	// Timeout bounds sending and receiving of one call with all its retries;
	// 0 means 2 minutes. Waits that the platform asked for do not count.
	Timeout time.Duration
	// MaxWait bounds the waiting of one call for the pacer and for the pauses
	// that the platform asks for; 0 means 1 minute. A longer wait fails at once
	// with a RateLimited error that holds it.
	MaxWait time.Duration
	// MaxAttempts bounds how often a call is sent; 0 means 4, at most 10.
	MaxAttempts int
	// MaxBody bounds an answer in bytes; 0 means 64 MiB.
	MaxBody int64
	// OnCall is told that a call begins, before its first wait. The context that
	// it returns, made of the one it gets, goes with the call: to the token source,
	// the logger, Middleware, Transport and OnEvent. A trace begins its span here. It
	// must not change the call. A request that is wrong in itself (kind Invalid)
	// and a write that DryRun shows are no calls.
	OnCall func(ctx context.Context, call *Call) context.Context
	// OnEvent is told what happens to a call; each that OnCall was told of ends
	// with EventDone. The call waits for it, and it may be called from many
	// goroutines at once.
	OnEvent func(ctx context.Context, e Event)
	// OnDrift is told of each value that did not have the documented form.
	// It may be called from many goroutines at once.
	OnDrift func(Drift)
	// DryRun, if set, gets each write as text, without secrets, in place of the
	// platform. The call then ends with an error of kind DryRun.
	DryRun io.Writer
}

// Middleware wraps the sending of one attempt. The request's context carries
// the operation: see [OperationFrom].
type Middleware func(next http.RoundTripper) http.RoundTripper

// A Pacer decides when the next request may leave. It must be safe for
// concurrent use.
type Pacer interface {
	// Wait blocks until the request of t may leave, and sets t.Waited. It fails
	// at once with an [Error] of kind RateLimited or QuotaExhausted if that would
	// take longer than t.MaxWait or than ctx lasts, and with the cause when ctx
	// ends meanwhile.
	Wait(ctx context.Context, t *Turn) error
	// Observe is told how the request of a turn ended, for each turn that Wait
	// let through: by the status and headers of its answer, or by status 0
	// where none came. It is told a second time if the platform refused inside
	// of a success, with the status that it meant.
	Observe(t *Turn, status int, header http.Header)
}

// A Turn is one request as its pacer sees it.
type Turn struct {
	Key     string        // what the platform counts requests by
	Account string        // whose request it is: the accounts of a key take turns
	Walk    any           // identifies the walk over a list that it belongs to; nil for a single call, which long walks let pass
	MaxWait time.Duration // how long it may wait

	Waited time.Duration // set by Wait: how long it did
	Left   time.Time     // set by Wait: when it was let through, by this machine's clock
	Number uint64        // set by Wait: tells turns of one key apart; the pacer's own
}

// Drift is one value of an answer that did not have its documented form. The
// value was left unset, or read as well as possible; its record is intact.
type Drift struct {
	Platform  string // "scoro", "procore" or "securityscorecard"
	Operation string // the operation's ID
	Account   string // the name given with the Account call option; empty without one
	Path      string // where the value stands: "/12/deadline"
	Want      string // the form that was expected: "bool"
	Got       string // what came, by its JSON kind: "object". Never the value itself
}

type operationKey struct{}

// WithOperation returns a context that carries op, which must not change
// afterwards. The clients call it before middleware runs.
func WithOperation(ctx context.Context, op *Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

// OperationFrom returns the operation that a request belongs to: its ID and
// its path template make good labels for metrics. ok is false outside a call.
func OperationFrom(ctx context.Context) (op Operation, ok bool) {
	carried, ok := ctx.Value(operationKey{}).(*Operation)
	if !ok {
		return Operation{}, false
	}
	return *carried, true
}
