package connector

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// A Call is one call with its settings, as call options leave it. Platform
// packages read it; programs change it through options.
type Call struct {
	Operation Operation         // what is called
	Named     map[string]string // path variables by name, filled by the client or an option
	Query     any               // a typed query: a struct with query tags, or nil
	Extra     url.Values        // query parameters as they are; they win over Query
	Header    http.Header       // more headers; credentials cannot be set here
	Filter    map[string]any    // filters by name, checked against Operation.Filters
	RawFilter map[string]any    // filters by name, unchecked
	Envelope  map[string]any    // further top-level members of the body, where the platform has an envelope
	Account   string            // names the tenant in pacing, logs and errors
	From      string            // where a list goes on: a kept Page.Next
	PageSize  int               // records a page; 0 means the operation's default
	MaxPages  int               // pages a walk may take; 0 means 10,000
	Ahead     int               // pages that a walk may ask for before it needs them; 0 means none, at most 64
	Repeat    bool              // a write may be repeated after an unknown outcome
	Timeout   time.Duration     // replaces Options.Timeout; 0 keeps it
	MaxWait   time.Duration     // replaces Options.MaxWait; 0 keeps it
	Response  *Response         // filled from the last answer, if not nil
}

// Response is what an answer tells beside its data.
type Response struct {
	Status   int           // the HTTP status; 0 without a whole answer, and after a download
	Header   http.Header   // of the answer; nil where Status is 0
	Attempts int           // how often the request was sent
	Waited   time.Duration // how long pacing and stated pauses took
}

// A CallOption changes one call, or with As all calls of a client's copy.
type CallOption func(*Call)

// Account names the tenant that a call is made for: its pacing is kept apart,
// and its name stands in errors and logs.
func Account(name string) CallOption { return func(c *Call) { c.Account = name } }

// From starts a list at a kept [Page] Next. Filters must be the same as before.
func From(next string) CallOption { return func(c *Call) { c.From = next } }

// PageSize asks for n records a page; the platform's maximum still holds.
func PageSize(n int) CallOption { return func(c *Call) { c.PageSize = n } }

// MaxPages ends a walk with an error after n pages; without it 10,000.
func MaxPages(n int) CallOption { return func(c *Call) { c.MaxPages = n } }

// Repeatable lets a write be repeated after an unknown outcome, because the
// caller knows that doing it twice does no harm.
func Repeatable() CallOption { return func(c *Call) { c.Repeat = true } }

// Param adds a query parameter as it is.
func Param(name string, values ...string) CallOption {
	return func(c *Call) {
		extra := url.Values{} // a copy: another option may have put a shared map here
		maps.Copy(extra, c.Extra)
		extra[name] = slices.Concat(extra[name], values)
		c.Extra = extra
	}
}

// Query gives the call a typed query: a struct whose fields have query tags.
// A nil pointer is no query.
func Query(q any) CallOption { return func(c *Call) { c.Query = q } }

// Header adds a header. Credentials and the platform's own headers cannot be replaced.
func Header(name, value string) CallOption {
	return func(c *Call) {
		header := http.Header{} // a copy, as in Param
		maps.Copy(header, c.Header)
		name := http.CanonicalHeaderKey(name)
		header[name] = slices.Concat(header[name], []string{value})
		c.Header = header
	}
}

// Timeout bounds sending and receiving of this call, retries included.
func Timeout(d time.Duration) CallOption { return func(c *Call) { c.Timeout = d } }

// MaxWait bounds the waiting of this call for pacing and stated pauses.
func MaxWait(d time.Duration) CallOption { return func(c *Call) { c.MaxWait = d } }

// WithResponse fills r from the last answer of the call.
func WithResponse(r *Response) CallOption { return func(c *Call) { c.Response = r } }
