package rest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/wire"
)

// newCall gathers the settings of a call: the client's, its copy's, the call's own.
func (c *Client) newCall(op connector.Operation, opts []connector.CallOption) (*connector.Call, error) {
	call := &connector.Call{Operation: op}
	c.set(call)
	for _, set := range opts {
		set(call)
	}
	call.Timeout = cmp.Or(call.Timeout, c.options.Timeout)
	call.MaxWait = cmp.Or(call.MaxWait, c.options.MaxWait)
	switch {
	case call.Timeout < 0:
		return call, errors.New("the time limit of a call must not be negative")
	case call.MaxWait < 0:
		return call, errors.New("the wait limit of a call must not be negative")
	case hasControl(call.Account):
		return call, errors.New("the account's name must not contain control characters")
	}
	call.Header, call.Named = call.Header.Clone(), maps.Clone(call.Named) // an option may have put a shared map there
	if c.platform.Prepare != nil {
		if err := c.platform.Prepare(call); err != nil {
			return call, err
		}
	}
	return call, checkFilters(call)
}

// checkFilters refuses a filter that the platform is not known to obey: Scoro
// ignores such a one in silence and answers everything.
func checkFilters(call *connector.Call) error {
	for _, name := range slices.Sorted(maps.Keys(call.Filter)) {
		if !slices.Contains(call.Operation.Filters, name) {
			return fmt.Errorf("filter %q is not known to work here; use one of %s, or pass it as a raw filter",
				name, strings.Join(call.Operation.Filters, ", "))
		}
	}
	return nil
}

// draft is a request before any credential is on it.
type draft struct {
	url    *url.URL
	header http.Header
	body   []byte
	stream *stream     // a body that is not held in memory
	form   []wire.Part // what body or stream is made of, if it is a form
}

func (c *Client) newDraft(call *connector.Call, in any) (*draft, error) {
	d := &draft{}
	var err error
	if d.url, err = c.address(call); err != nil {
		return nil, err
	}
	if d.header, err = c.header(call); err != nil {
		return nil, err
	}
	kind, err := c.fill(d, call, in)
	if err != nil {
		return nil, err
	}
	if d.body != nil || d.stream != nil {
		d.header.Set("Content-Type", kind)
	}
	return d, nil
}

// address joins base, path, query and the place in a list.
func (c *Client) address(call *connector.Call) (*url.URL, error) {
	base := c.base
	if call.Operation.Host != "" && c.base.String() == strings.TrimRight(c.platform.BaseURL, "/") {
		// Another base URL than the platform's own, such as an emulator's,
		// serves all operations.
		var err error
		if base, err = CheckURL("Operation.Host", call.Operation.Host); err != nil {
			return nil, err
		}
	}
	path, rest, err := expand(call)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 && len(call.Operation.Scope) == 0 {
		return nil, fmt.Errorf("path %s takes fewer values than At was given", call.Operation.Path)
	}
	u, err := url.Parse(base.String() + path)
	if err != nil {
		return nil, fmt.Errorf("path %s is malformed", call.Operation.Path)
	}
	query, own := url.Values{}, u.Query()
	typed, err := c.platform.Codec.Query(call.Query)
	if err != nil {
		return nil, err
	}
	paged := place(call)
	if call.Operation.Paging.Body {
		paged = nil // it travels in the body
	}
	for _, more := range []url.Values{typed, call.Extra, paged, own} { // a kept place cannot lead out of a project
		maps.Copy(query, more)
	}
	u.RawQuery = query.Encode()
	return u, nil
}

// expand fills the variables of the path and returns the values that are left
// for Scope.
func expand(call *connector.Call) (path string, rest []any, err error) {
	rest = call.Operation.Values()
	template, query, _ := strings.Cut(call.Operation.Path, "?")
	var out strings.Builder
	fill := func(text string, escape func(string) string) error {
		for text != "" {
			before, after, found := strings.Cut(text, "{")
			out.WriteString(before)
			if !found {
				return nil
			}
			name, tail, closed := strings.Cut(after, "}")
			if !closed {
				return fmt.Errorf("path %s has an open brace", call.Operation.Path)
			}
			var value string
			if value, rest, err = valueOf(call, name, rest); err != nil {
				return err
			}
			out.WriteString(escape(value))
			text = tail
		}
		return nil
	}
	if err = fill(template, url.PathEscape); err == nil && query != "" {
		out.WriteString("?")
		err = fill(query, url.QueryEscape)
	}
	if err != nil {
		return "", nil, err
	}
	if !strings.HasPrefix(template, "/") {
		return "", nil, fmt.Errorf("path %s must begin with a slash", call.Operation.Path)
	}
	return out.String(), rest, nil
}

// valueOf finds the value of one variable: by name, else the next in order.
func valueOf(call *connector.Call, name string, rest []any) (string, []any, error) {
	value, named := call.Named[name]
	if !named {
		if len(rest) == 0 {
			return "", nil, fmt.Errorf("no value for %s in %s; give it with At", name, call.Operation.Path)
		}
		value, rest = textOf(rest[0]), rest[1:]
	}
	if value == "" {
		return "", nil, fmt.Errorf("%s must not be empty or zero", name)
	}
	if value == "." || value == ".." || hasControl(value) {
		return "", nil, fmt.Errorf("%s must not be %q", name, value)
	}
	return value, rest, nil
}

// textOf writes a variable. A zero id is one that was never set, and on Scoro
// an update of id 0 would create: it has no text, like nil.
func textOf(value any) string {
	if v := reflect.ValueOf(value); !v.IsValid() || v.IsZero() && v.Kind() != reflect.Bool {
		return ""
	}
	return fmt.Sprint(value)
}

// reserved headers belong to the platform's package or to net/http. The two
// idempotency keys make net/http repeat a write by itself on a dead connection.
var reserved = []string{"Authorization", "Proxy-Authorization", "Cookie", "Host", "Content-Length", "Content-Type",
	"Transfer-Encoding", "Accept-Encoding", "Connection", "Idempotency-Key", "X-Idempotency-Key"}

func (c *Client) header(call *connector.Call) (http.Header, error) {
	h := http.Header{"Accept": {"application/json"}, "User-Agent": {c.userAgent()}}
	for name, value := range call.Operation.Header {
		if err := setHeader(h, name, value); err != nil {
			return nil, err
		}
	}
	for name, values := range call.Header {
		if err := setHeader(h, name, values...); err != nil {
			return nil, err
		}
	}
	return h, checkHeader(h)
}

func setHeader(h http.Header, name string, values ...string) error {
	name = http.CanonicalHeaderKey(name)
	if slices.Contains(reserved, name) {
		return fmt.Errorf("header %s cannot be set by a call", name)
	}
	h[name] = values
	return nil
}

// checkHeader refuses what could break out of its line, and what net/http
// would refuse later without saying so clearly. It never shows a value.
func checkHeader(h http.Header) error {
	for name, values := range h {
		if name == "" || strings.ContainsFunc(name, notToken) {
			return fmt.Errorf("header %q has a malformed name", name)
		}
		if slices.ContainsFunc(values, hasControl) {
			return fmt.Errorf("the value of header %s contains a control character", name)
		}
	}
	return nil
}

// notToken is the opposite of a header name's letters (RFC 9110, section 5.6.2).
func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
}

func (c *Client) userAgent() string {
	return strings.TrimSpace(c.options.UserAgent + " cordage/" + version + " (Go; " + c.platform.Name + ")")
}
