package rest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
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
	case call.Ahead < 0 || call.Ahead > maxAhead:
		return call, fmt.Errorf("%d pages ahead are not possible; give Ahead a number from 0 to %d", call.Ahead, maxAhead)
	case call.PageSize < 0 || call.MaxPages < 0:
		return call, errors.New("a negative PageSize or MaxPages is not possible; leave it out for the usual one")
	case !isPlace(call.From):
		return call, errors.New("the text given to From is no kept Page.Next; leave it out to begin with the first page")
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
	if len(call.Filter) == 0 {
		return nil
	}
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

// carry puts the body on the request of an attempt.
func (d *draft) carry(r *http.Request) error {
	if d.stream != nil {
		return d.stream.carry(r)
	}
	if d.body != nil {
		r.ContentLength = int64(len(d.body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(d.body)), nil }
		r.Body, _ = r.GetBody()
	}
	return nil
}

func (c *Client) newDraft(call *connector.Call, in any) (*draft, error) {
	if method := call.Operation.Method; !isToken(method) {
		return nil, fmt.Errorf("the operation's method is %q; give one such as GET or POST", method)
	}
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
	u, err := under(base, path)
	if err != nil {
		return nil, fmt.Errorf("path %s is malformed", call.Operation.Path)
	}
	return u, c.addQuery(u, call)
}

// under is the address of a path. Nearly all paths need no reading.
func under(base *url.URL, path string) (*url.URL, error) {
	if strings.ContainsFunc(path, notPlain) || base.RawPath != "" {
		return url.Parse(base.String() + path)
	}
	return &url.URL{Scheme: base.Scheme, Host: base.Host, Path: base.Path + path}, nil
}

// notPlain reports whether a letter of a path may mean more than itself.
func notPlain(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && r != '/' && r != '-' && r != '_' && r != '.'
}

// addQuery joins the parameters of the call, of its place in a list and of the path itself.
func (c *Client) addQuery(u *url.URL, call *connector.Call) error {
	paging := call.Operation.Paging
	paged := call.From != "" || paging.Page != "" || paging.Size != ""
	if call.Query == nil && call.Extra == nil && !paged {
		return nil // what the path names stands there already
	}
	query, err := c.platform.Codec.Query(call.Query)
	if err != nil {
		return err
	}
	maps.Copy(query, call.Extra)
	if !paging.Body { // else it travels in the body
		maps.Copy(query, place(call))
	}
	maps.Copy(query, u.Query()) // a kept place cannot lead out of a project
	u.RawQuery = query.Encode()
	return nil
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
	if n, ok := value.(int64); ok && n != 0 {
		return strconv.FormatInt(n, 10)
	}
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
	h := make(http.Header, 8)
	h["Accept"], h["User-Agent"] = c.accept, c.agent
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
	return h, nil
}

func setHeader(h http.Header, name string, values ...string) error {
	name = http.CanonicalHeaderKey(name)
	if slices.Contains(reserved, name) {
		return fmt.Errorf("header %s cannot be set by a call", name)
	}
	h[name] = values
	return checkLine(name, values)
}

// checkHeader refuses what could break out of its line, and what net/http
// would refuse later without saying so clearly. It never shows a value.
func checkHeader(h http.Header) error {
	for name, values := range h {
		if err := checkLine(name, values); err != nil {
			return err
		}
	}
	return nil
}

func checkLine(name string, values []string) error {
	if !isToken(name) {
		return fmt.Errorf("header %q has a malformed name", name)
	}
	if slices.ContainsFunc(values, hasControl) {
		return fmt.Errorf("the value of header %s contains a control character", name)
	}
	return nil
}

// isToken reports whether text can be a header's name or a method (RFC 9110,
// section 5.6.2).
func isToken(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' // nearly all of them
		if !letter && (c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0) {
			return false
		}
	}
	return text != ""
}

func userAgent(program, platform string) string {
	return strings.TrimSpace(program + " cordage/" + version + " (Go; " + platform + ")")
}
