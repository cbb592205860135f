package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cordage-go/cordage/connector"
)

const maxErrorBody = 1 << 20

var errTooLarge = errors.New("larger than allowed")

// receive takes the whole answer in, so that a connection that breaks half-way
// is a failed attempt and never half a value.
func (x *exchange) receive(r *http.Response) (*Answer, error) {
	redirected := r.StatusCode >= 300 && r.StatusCode <= 399 && r.Header.Get("Location") != ""
	switch {
	case redirected && x.sink != nil:
		return nil, x.follow(r)
	case redirected:
		target, _ := r.Location()
		return nil, originError(target)
	case x.sink != nil && r.StatusCode == http.StatusOK:
		return x.takeFile(r)
	}
	limit := x.client.options.MaxBody
	if r.StatusCode >= 400 || x.class == connector.Token {
		limit = maxErrorBody
	}
	body, err := x.readAll(r, limit)
	if errors.Is(err, errTooLarge) {
		return nil, &connector.Error{Kind: connector.TooLarge, Status: r.StatusCode, Message: fmt.Sprintf("over %d bytes", limit)}
	}
	if err != nil {
		return nil, &connector.Error{Kind: connector.Decode, Status: r.StatusCode, Message: "the answer was cut short", Err: bare(err)}
	}
	x.whole = Answer{Status: r.StatusCode, Header: r.Header, Body: bytes.TrimPrefix(body, []byte("\ufeff")), Token: x.token}
	return &x.whole, nil
}

// firstBuffer is what is set aside before anything has come: a stated length
// is only a word.
const firstBuffer = 64 << 10

// mostIdle is how often a body may bring nothing at a time: net/http's own never does.
const mostIdle = 1000

// readAll reads at most limit bytes, in memory of less than twice the limit. A
// stated length beyond the limit is refused before anything is read. The bytes
// are good until the call is over.
func (x *exchange) readAll(r *http.Response, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, errTooLarge
	}
	size := limit + 1 // one more, to see that there is more
	if r.ContentLength >= 0 {
		size = r.ContentLength + 1
	}
	for size > firstBuffer {
		size = (size + 1) / 2 // doubled as often, it ends where it began
	}
	body := x.buffer(int(size))
	for idle := 0; ; idle++ {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if n > 0 {
			idle = 0
			x.expect()
		}
		switch {
		case idle > mostIdle:
			return nil, io.ErrNoProgress
		case int64(len(body)) > limit:
			return nil, errTooLarge
		case err == io.EOF:
			return body, nil
		case err != nil:
			return nil, err
		case len(body) == cap(body):
			body = append(make([]byte, 0, min(2*int64(cap(body)), limit+1)), body...)
			x.memory.bytes = body
		}
	}
}

// maxRefusal is the most that is read of a file before it is handed over.
const maxRefusal = 64 << 10

// takeFile hands a file over, unless it is the platform's refusal: some write
// errors into a 200. Only JSON can be one, and a small one.
func (x *exchange) takeFile(r *http.Response) (*Answer, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != jsonContent {
		return nil, x.deliver(r.Body)
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, maxRefusal))
	if err != nil {
		return nil, &connector.Error{Kind: connector.Decode, Status: r.StatusCode, Message: "the file broke off", Err: bare(err)}
	}
	answer := &Answer{Status: r.StatusCode, Header: r.Header, Body: head, Token: x.token}
	if json.Valid(head) && x.client.platform.Failure(x.call, answer) != nil {
		return answer, nil
	}
	return nil, x.deliver(io.MultiReader(bytes.NewReader(head), r.Body))
}

// deliver copies a file to the caller. Once a byte has arrived there, nothing
// can be repeated.
func (x *exchange) deliver(file io.Reader) error {
	x.expectNothing() // what has reached the caller cannot be asked for anew
	n, err := io.Copy(x.sink, file)
	x.delivered = x.delivered || n > 0
	if err != nil {
		return &connector.Error{Kind: connector.Decode, Message: fmt.Sprintf("the file broke off after %d bytes", n), Err: bare(err)}
	}
	return nil
}

// follow fetches a file from the storage host that the platform named: by a
// bare GET over https, over at most three hops, with no credential, cookie or
// header of ours. Storage addresses carry their own right of access, so they
// never appear in errors.
func (x *exchange) follow(r *http.Response) error {
	for range 3 {
		target, err := r.Location()
		if err != nil || !x.maySend(target) {
			return originError(target)
		}
		plain, err := http.NewRequestWithContext(x.ctx, http.MethodGet, target.String(), nil)
		if err != nil {
			return originError(target)
		}
		plain.Header.Set("User-Agent", x.client.agent[0])
		next, err := x.client.pools.of(x.call.Account).RoundTrip(plain)
		if err != nil {
			return bare(err)
		}
		defer next.Body.Close()
		next.Request = plain
		switch {
		case next.StatusCode == http.StatusOK:
			return x.deliver(next.Body)
		case next.StatusCode < 300 || next.StatusCode > 399:
			return &connector.Error{Kind: KindOf(next.StatusCode), Status: next.StatusCode, Message: "the storage host refused the file",
				Remedy: "ask the platform for the file again: its address may have expired"}
		}
		r = next
	}
	return &connector.Error{Kind: connector.Origin, Message: "the file was redirected more than three times"}
}

// maySend allows https, and http between loopback addresses (an emulator's files).
func (x *exchange) maySend(target *url.URL) bool {
	if target == nil || target.User != nil {
		return false
	}
	return target.Scheme == "https" || IsLoopback(target) && x.draft.url.Scheme == "http"
}

// stated returns how long the platform asks to wait.
func (c *Client) stated(status int, h http.Header) time.Duration {
	return c.platform.Pacing.Read(status, h).Pause
}

// excerpt returns the beginning of a failed answer for Error.Body: its JSON
// member names and error texts, cut to 512 bytes. Members that can hold a
// secret are blanked; what is not JSON is left out, since it cannot be told
// where secrets stand in it.
func (x *exchange) excerpt(body []byte) []byte {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if len(body) > 64<<10 || decoder.Decode(&value) != nil {
		return nil
	}
	text, err := json.Marshal(x.blank(value))
	if err != nil {
		return nil
	}
	return []byte(strings.ToValidUTF8(string(text[:min(len(text), 512)]), ""))
}

// shown are the members whose texts an error may show.
var shown = map[string]bool{"status": true, "statusCode": true, "messages": true, "message": true, "error": true, "errors": true,
	"code": true, "reason": true, "reason_code": true, "details": true, "source": true, "fields": true, "base": true,
	"key": true, "error_description": true}

// blank keeps the texts below an allow-list of members and hides all others.
func (x *exchange) blank(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, inner := range value {
			if shown[name] {
				out[name] = x.blank(inner)
			} else {
				out[x.scrub(name)] = x.hide(inner)
			}
		}
		return out
	case []any:
		for i := range value {
			value[i] = x.blank(value[i])
		}
	case string:
		return x.scrub(value)
	}
	return value
}

func (x *exchange) hide(value any) any {
	switch value := value.(type) {
	case map[string]any:
		return x.blank(value)
	case []any:
		for i := range value {
			value[i] = x.hide(value[i])
		}
		return value
	case nil, bool:
		return value
	}
	return "[hidden]"
}
