package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
)

// Limits returns what the client's pacer knows of the key that a call with
// these options would use. It is empty if the pacer cannot tell.
func (c *Client) Limits(opts ...connector.CallOption) pace.Limits {
	pacer, ok := c.pacer.(interface{ Limits(key string) pace.Limits })
	if !ok {
		return pace.Limits{}
	}
	call, err := c.newCall(connector.Operation{ID: "Limits", Class: connector.Read}, opts)
	if err != nil {
		return pace.Limits{}
	}
	return pacer.Limits(c.paceKey(call))
}

// paceKey names what the platform counts a call by.
func (c *Client) paceKey(call *connector.Call) string {
	switch {
	case c.options.PaceKey != nil:
		return c.options.PaceKey(call)
	case c.platform.PaceKey != nil:
		return c.platform.PaceKey(call)
	}
	return call.Account
}

// mostCount bounds the counts that headers tell. No platform comes near it.
const mostCount = 1_000_000_000

// HeaderText returns a header by its canonical name. It is for the headers that
// are read from every answer.
func HeaderText(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return strings.TrimSpace(values[0])
	}
	return ""
}

// HeaderCount reads a whole number from a header: -1 if there is none, or
// anything but digits.
func HeaderCount(h http.Header, name string) int {
	text := HeaderText(h, name)
	if text == "" {
		return -1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return -1
	}
	return int(min(n, mostCount))
}

// HeaderSeconds reads a whole number of seconds from a header; 0 if there is
// none, or anything but digits.
func HeaderSeconds(h http.Header, name string) time.Duration {
	return time.Duration(max(0, HeaderCount(h, name))) * time.Second
}
