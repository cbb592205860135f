package connector

import "time"

// An Event is something that happened to a call: what metrics count and traces
// show. [Options.OnEvent] is told of it. It holds no secret. Its texts are few
// enough to be labels of a metric, but for Account, which is one for each tenant.
type Event struct {
	Name      EventName
	Platform  string // "scoro", "procore" or "securityscorecard"
	Operation string // the operation's ID, such as "rfi.RFIs.List"
	Account   string // the name given with the Account call option; empty without one

	Attempt int           // how often the request had been sent by then; 1 for the first attempt
	Status  int           // the HTTP status of the last attempt; 0 if no answer came, and of waits and renewals
	Failure Kind          // what went wrong; empty if nothing did
	Took    time.Duration // how long it took; of EventRetry, how long the pause will be
	Err     error         // of EventDone: what the call returned
}

// An EventName tells events apart. It is also the message of the log record
// that goes with the event.
type EventName string

// The events of a call, in the order in which they may come.
const (
	// EventWait: the pacer held an attempt back for a millisecond or more, until
	// it could leave or the caller left.
	EventWait EventName = "wait"
	// EventAttempt: an attempt has ended, with a complete answer or without. Took
	// runs from sending to the last byte, without waits.
	EventAttempt EventName = "attempt"
	// EventRetry: the attempt that just ended will be repeated after a pause, because of
	// Failure. A file that is not ready yet counts as one, of kind NotReady.
	EventRetry EventName = "retry"
	// EventRenewal: the platform refused the token, and the call asked its
	// source for another. Failure and Took are those of the asking. Renewals
	// that need no refusal are told by the session: see auth.Grant.OnRenewal.
	EventRenewal EventName = "renewal"
	// EventDone: the call has ended. Took is the whole of it, waits included.
	EventDone EventName = "done"
)
