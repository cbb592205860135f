package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/wire"
)

// KindOf maps an HTTP status to a kind, for platforms that mean no other by it.
func KindOf(status int) connector.Kind {
	switch status {
	case http.StatusUnauthorized:
		return connector.Unauthorized
	case http.StatusForbidden:
		return connector.Forbidden
	case http.StatusNotFound, http.StatusGone:
		return connector.NotFound
	case http.StatusConflict:
		return connector.Conflict
	case http.StatusTooManyRequests:
		return connector.RateLimited
	case http.StatusRequestTimeout:
		return connector.Unavailable
	case http.StatusNotImplemented:
		return connector.Unexpected
	}
	switch {
	case status >= 500:
		return connector.Unavailable
	case status >= 400 && status != http.StatusTeapot:
		return connector.Invalid
	}
	return connector.Unexpected
}

// RefusedSignIn makes a definite no to a sign-in a matter for a person, who is
// told the remedy. A network or a platform in trouble is no such answer.
func RefusedSignIn(e *connector.Error, remedy string) {
	switch e.Kind {
	case connector.Unauthorized, connector.Forbidden, connector.NotFound, connector.Conflict, connector.Invalid:
		e.Err, e.Kind, e.Remedy = e.Kind, connector.Reauthorize, remedy
	}
}

// remedy says what the caller can do where the platform's own reader knows
// nothing better.
func remedy(k connector.Kind) string {
	switch k {
	case connector.Unauthorized:
		return "check the credential"
	case connector.Forbidden:
		return "ask an administrator of the account for the right to do this"
	case connector.NotFound:
		return "check the id, and that this credential may see it"
	case connector.AlreadyGone:
		return "an earlier try of this call most likely deleted it; nothing is left to do"
	case connector.Conflict:
		return "read the current state and decide again"
	case connector.Invalid:
		return "correct the request; nothing was done"
	case connector.RateLimited:
		return "wait, or allow longer waits with MaxWait"
	case connector.UnknownOutcome:
		return "look whether it was done before sending it again"
	case connector.Origin:
		return "nothing was sent there; check BaseURL if the address is yours"
	case connector.TooLarge:
		return "ask for less at once, or raise Options.MaxBody"
	case connector.Decode:
		return "check that BaseURL is the platform's API; if it is, the platform is in trouble or has changed"
	case connector.Unavailable:
		return "try again later"
	case connector.NotReady:
		return "call again in a while, or allow longer waits with MaxWait"
	case connector.TimedOut:
		return "try again, or allow more time with Timeout"
	case connector.Closed:
		return "make a new client"
	case connector.PageLimit:
		return "go on from Error.Next, or allow more with MaxPages"
	case connector.Unexpected:
		return "check the request; if it is right, report the request id to the platform"
	}
	return ""
}

// complete fills in what the pipeline knows and the maker of e did not.
func (x *exchange) complete(e *connector.Error) *connector.Error {
	e.Attempts = x.attempts
	if x.answer != nil && e.RequestID == "" {
		e.RequestID = requestID(x.answer.Header)
	}
	if x.stopped != nil {
		if x.stopped == errNoTime && e.Remedy == "" {
			e.Remedy = "try again later, or allow more time with Timeout"
		}
		e.Message = strings.TrimPrefix(e.Message+"; not tried again: "+x.stopped.Error(), "; ")
		e.Err = both(e.Err, x.stopped)
	}
	if e.Kind == connector.UnknownOutcome {
		e.Keys = x.keys()
		e.Remedy = lookFor(e.Keys)
	}
	return x.client.named(x.call, e)
}

// both keeps what went wrong findable, and why there was no other try.
func both(err, stopped error) error {
	if err == nil {
		return stopped
	}
	return fmt.Errorf("%w; not tried again: %w", err, stopped)
}

// named puts platform, operation, account and the usual remedy on e.
func (c *Client) named(call *connector.Call, e *connector.Error) *connector.Error {
	e.Platform, e.Operation, e.Account = c.platform.Name, call.Operation.ID, call.Account
	if e.Remedy == "" {
		e.Remedy = remedy(e.Kind)
	}
	return e
}

func requestID(h http.Header) string {
	id := h.Get("X-Request-Id")
	if len(id) > 100 || hasControl(id) {
		return ""
	}
	return id
}

// invalid reports a mistake in the call itself; nothing was sent.
func (c *Client) invalid(call *connector.Call, err error) error {
	return c.named(call, &connector.Error{Kind: connector.Invalid, Err: err})
}

// unsigned reports that there is no token to send with.
func (x *exchange) unsigned(err error) error {
	if cause := context.Cause(x.ctx); cause != nil {
		return x.ended(cause)
	}
	e := &connector.Error{Kind: connector.Unavailable, Message: "no token: " + err.Error(), Err: err, Remedy: "check the token source"}
	if inner, ok := connector.AsError(err); ok {
		e.Kind, e.Status, e.Code, e.RetryAfter = inner.Kind, inner.Status, inner.Code, inner.RetryAfter
		e.Message, e.Remedy = "no token: "+inner.Message, inner.Remedy
	}
	return x.complete(e)
}

// outcome turns what the last attempt left into the call's error, or nil.
func (x *exchange) outcome() error {
	cause := context.Cause(x.ctx)
	switch {
	case x.failure == nil && x.broken == nil:
		return nil
	case cause != nil:
		return x.ended(cause)
	case x.failure != nil:
		return x.refused()
	default:
		return x.lost()
	}
}

// refused reports an answer that is a failure.
func (x *exchange) refused() error {
	e := x.failure
	switch {
	case e.Kind == connector.NotFound && x.maybeDone && x.deletes():
		e.Kind, e.Remedy = connector.AlreadyGone, ""
	case x.verdict.unknown || x.maybeDone:
		e.Err, e.Kind, e.Remedy = e.Kind, connector.UnknownOutcome, ""
	}
	return x.complete(e)
}

// deletes reports whether the call removes something: by its verb, or, since
// Scoro deletes by POST, because it sets something without putting anything.
func (x *exchange) deletes() bool {
	method := x.call.Operation.Method
	return method == http.MethodDelete || x.class == connector.Set && method == http.MethodPost
}

// lost reports that no complete answer came.
func (x *exchange) lost() error {
	e := &connector.Error{Kind: connector.Unavailable, Err: x.broken}
	text := Clean(x.scrub(x.broken.Error())) // net/http repeats what it cannot read
	final, ok := connector.AsError(x.broken)
	switch {
	case x.verdict.unknown || x.maybeDone:
		e.Kind, e.Message = connector.UnknownOutcome, "no complete answer came: "+text
	case ok:
		*e = *final // a copy: it may be somebody's variable
	case untrusted(x.broken):
		e.Message, e.Remedy = "not sent: "+text, "check BaseURL; if a proxy of your own network signed the certificate, trust its authority in Options.Transport"
	case x.neverSent():
		e.Message, e.Remedy = "not sent: "+text, "check the network and BaseURL"
	default:
		e.Message = text
	}
	if ok {
		e.Status = final.Status
	}
	return x.complete(e)
}

// ended reports that the call's context is over: by the caller, by Close, or
// by its time limit. A write that had left may have been done.
func (x *exchange) ended(cause error) error {
	e := &connector.Error{Kind: connector.Canceled, Err: cause, Remedy: "nothing is left to do"}
	if err := x.caller.Err(); err != nil && !errors.Is(cause, err) {
		e.Err = fmt.Errorf("%w: %w", err, cause) // the caller gave its own reason
	}
	switch {
	case errors.Is(cause, errClosed):
		e.Kind, e.Remedy = connector.Closed, ""
	case errors.Is(cause, errTimedOut):
		e.Kind, e.Remedy = connector.TimedOut, ""
	case errors.Is(cause, context.DeadlineExceeded):
		e.Remedy = "give the context more time"
	}
	if x.failure != nil {
		e.Status, e.Code, e.RetryAfter = x.failure.Status, x.failure.Code, x.failure.RetryAfter
		e.Message = fmt.Sprintf("%v, after the platform answered %q", cause, x.failure.Kind)
	}
	if x.verdict.unknown || x.maybeDone {
		e.Message, e.Kind, e.Remedy = cause.Error(), connector.UnknownOutcome, ""
	}
	return x.complete(e)
}

// originError reports an address that is not the client's own.
func originError(u *url.URL) *connector.Error {
	target := "another address"
	if u != nil && u.Host != "" && !hasControl(u.Host) {
		target = u.Scheme + "://" + u.Host // path and query may hold secrets
	}
	return &connector.Error{Kind: connector.Origin, Message: "refused to send credentials to " + target}
}

// bare takes the addresses off a transport's error: a query may hold a secret.
func bare(err error) error {
	for {
		withURL, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = withURL.Err
	}
}

// fault asks the platform what is wrong with an answer, nil if nothing is.
func (x *exchange) fault(a *Answer) *connector.Error {
	if a == nil { // a download that was handed over
		return nil
	}
	e := x.client.platform.Failure(x.call, a)
	switch {
	case e == nil && (a.Status < 200 || a.Status > 299):
		e = &connector.Error{Kind: connector.Unexpected}
	case e == nil && x.sink != nil && a.Status == http.StatusAccepted:
		x.unready++
		e = &connector.Error{Kind: connector.NotReady, Message: "the platform is still making the file", RetryAfter: pollPause(x.unready, a.Header)}
	case e == nil && x.sink != nil:
		e = &connector.Error{Kind: connector.Unexpected, Message: "no file came"}
	}
	if e == nil {
		return nil
	}
	if e.Status == 0 {
		e.Status = a.Status
	}
	if e.RetryAfter == 0 && (e.Kind == connector.RateLimited || e.Status == http.StatusServiceUnavailable) {
		e.RetryAfter = x.client.stated(e.Status, a.Header)
	}
	e.Message = Clean(x.scrub(e.Message)) // cut last: half a secret would not be found
	e.Code = Clean(x.scrub(e.Code))
	e.Fields = x.scrubFields(e.Fields)
	e.Body = x.excerpt(a.Body)
	return e
}

func (x *exchange) scrubFields(fields map[string][]string) map[string][]string {
	if fields == nil {
		return nil
	}
	out := make(map[string][]string, len(fields))
	for name, texts := range fields {
		name = Clean(x.scrub(name))
		for _, text := range texts {
			out[name] = append(out[name], Clean(x.scrub(text)))
		}
	}
	return out
}

// scrub takes the call's own secrets out of a text: some servers repeat what
// they were sent.
func (x *exchange) scrub(text string) string {
	words := []string{x.token.Access.Reveal(), x.token.Refresh.Reveal()}
	if x.token.Access.IsZero() {
		words = signInSecrets(x.draft.body)
	}
	words = append(words, x.client.platform.Secrets...)
	inPath := strings.NewReplacer("~", "~0", "/", "~1") // as JSON pointers write it
	for _, word := range words {
		if word != "" {
			text = strings.NewReplacer(word, "[redacted]", url.QueryEscape(word), "[redacted]", inPath.Replace(word), "[redacted]").Replace(text)
		}
	}
	return text
}

// signInSecrets finds the secrets in the body of a sign-in, or of the end of
// one: JSON or a form.
func signInSecrets(body []byte) []string {
	var words []string
	members, _ := wire.Members(body) // a form has none
	form, _ := url.ParseQuery(string(body))
	for _, name := range []string{"client_secret", "refresh_token", "token", "code", "code_verifier", "password"} {
		text, _ := wire.Text(members[name])
		words = append(words, text, form.Get(name))
	}
	return words
}

// Clean makes a platform's text fit for an error: one line, at most 300
// characters, and nothing that steers a terminal or turns the line around.
func Clean(text string) string {
	hidden := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) || r == unicode.ReplacementChar }
	text = strings.Join(strings.FieldsFunc(text, hidden), " ")
	if runes := []rune(text); len(runes) > 300 {
		return string(runes[:300]) + "…"
	}
	return text
}
