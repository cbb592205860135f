package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/cordage-go/cordage/connector"
)

func (x *exchange) logger() *slog.Logger {
	return x.client.log.With("platform", x.client.platform.Name, "operation", x.call.Operation.ID, "account", x.call.Account)
}

func (c *Client) logAttempt(x *exchange, status int, took time.Duration, err error) {
	if !c.log.Enabled(x.ctx, slog.LevelDebug) {
		return
	}
	x.logger().DebugContext(x.ctx, "answered", "attempt", x.attempts, "status", status, "took", took, "complete", err == nil)
}

func (c *Client) logRetry(x *exchange) {
	why := "no answer"
	if x.failure != nil {
		why = string(x.failure.Kind)
	}
	x.logger().WarnContext(x.ctx, "trying again", "attempt", x.attempts, "why", why, "pause", x.pause)
}

// respond fills the caller's Response.
func (x *exchange) respond(r *connector.Response) {
	if r == nil {
		return
	}
	*r = connector.Response{Attempts: x.attempts, Waited: x.waited}
	if x.answer != nil {
		r.Status, r.Header = x.answer.Status, x.answer.Header.Clone()
	}
}

// inTurn lets one call write at a time: a client is used by many goroutines.
type inTurn struct {
	sync.Mutex
	io.Writer
}

func (w *inTurn) Write(p []byte) (int, error) {
	w.Lock()
	defer w.Unlock()
	return w.Writer.Write(p)
}

// show writes a request that DryRun holds back. No credential is on it yet.
func (c *Client) show(call *connector.Call, d *draft) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s\n", call.Operation.Method, d.url)
	for _, name := range slices.Sorted(keys(d.header)) {
		fmt.Fprintf(&out, "%s: %s\n", name, d.header.Get(name))
	}
	out.WriteByte('\n')
	if json.Indent(&out, d.body, "", "  ") != nil && d.stream != nil {
		out.WriteString("(a body that is not held in memory)")
	}
	out.WriteString("\n\n")
	if _, err := c.options.DryRun.Write(out.Bytes()); err != nil {
		return c.invalid(call, fmt.Errorf("writing the dry run: %w", err))
	}
	return c.named(call, &connector.Error{Kind: connector.DryRun, Remedy: "leave out Options.DryRun to send it"})
}

func keys(h http.Header) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for name := range h {
			if !yield(name) {
				return
			}
		}
	}
}
