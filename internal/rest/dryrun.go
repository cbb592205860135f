package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cordage-go/cordage/connector"
)

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

// show writes a request that DryRun holds back. No credential of ours is on it
// yet, and secrets among the caller's data are hidden.
func (c *Client) show(call *connector.Call, d *draft) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s\n", call.Operation.Method, d.url)
	for _, name := range slices.Sorted(maps.Keys(d.header)) {
		fmt.Fprintf(&out, "%s: %s\n", name, d.header.Get(name))
	}
	out.WriteByte('\n')
	out.Write(legible(d))
	out.WriteString("\n\n")
	if _, err := c.options.DryRun.Write(out.Bytes()); err != nil {
		return c.invalid(call, fmt.Errorf("writing the dry run: %w", err))
	}
	return c.named(call, &connector.Error{Kind: connector.DryRun, Remedy: "leave out Options.DryRun to send it"})
}

// legible is a body for people to read: indented, with members sorted, and with
// those hidden whose names say that they hold a secret.
func legible(d *draft) []byte {
	if d.form != nil {
		return legibleForm(d.form)
	}
	if d.stream != nil {
		return []byte("(a body that is not held in memory)")
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(d.body))
	decoder.UseNumber()
	if len(d.body) == 0 || decoder.Decode(&value) != nil {
		return nil
	}
	text, err := json.MarshalIndent(veil(value), "", "  ")
	if err != nil {
		return nil
	}
	return text
}

// veil hides members such as the Authorization of a webhook's headers.
func veil(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if holdsSecret(name) {
				value[name] = "[redacted]"
			} else {
				value[name] = veil(inner)
			}
		}
	case []any:
		for i := range value {
			value[i] = veil(value[i])
		}
	}
	return value
}

func holdsSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"authorization", "password", "secret", "token", "apikey", "api_key"},
		func(word string) bool { return strings.Contains(name, word) })
}
