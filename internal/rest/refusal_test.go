package rest_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
)

// A refusal inside a 200 is an error and no file. Whatever else is JSON is the
// file, however long.
func TestDownloadIsNoRefusal(t *testing.T) {
	const json = "application/json; charset=utf-8"
	long := `["` + strings.Repeat("x", 200<<10) + `"]`
	fetch := func(t *testing.T, body string) (string, error) {
		transport := faulttest.NewTransport(faulttest.Steps(faulttest.Step{Body: body}.With("Content-Type", json)))
		c := newClientOf(t, bodied(), auth.Static(canary), transport, connector.Options{})
		var out bytes.Buffer
		op := file
		op.Method = "POST"
		err := c.Do(t.Context(), op, map[string]int{"id": 1}, &out)
		return out.String(), err
	}
	got, err := fetch(t, `{"statusCode":"404","message":"no such file"}`)
	if e := wantKind(t, err, connector.NotFound); got != "" || e.Message != "no such file" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, body := range []string{`{"rows":[1,2]}`, `{"broken`, long, ""} {
		if got, err := fetch(t, body); err != nil || got != body {
			t.Errorf("got %d bytes of %d, %v", len(got), len(body), err)
		}
	}
}
