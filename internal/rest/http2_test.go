package rest_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// net/http sends by itself what an HTTP/2 server has refused. Where it would
// also send what the server may have done, a write ends.
func TestHTTP2StreamsThatBreakOff(t *testing.T) {
	once := func(ending faulttest.Ending) func(int) faulttest.Ending {
		return func(n int) faulttest.Ending { return map[bool]faulttest.Ending{true: ending}[n == 1] }
	}
	writes := []connector.Operation{create, replace, remove, signIn}
	tests := []struct {
		name     string
		ops      []connector.Operation
		endings  func(int) faulttest.Ending
		opts     []connector.CallOption
		kind     connector.Kind // of the error; none for a success
		arrivals int            // beside the call before, which opens the connection
	}{
		{"refused once", append(writes, find), once(faulttest.Refused), nil, "", 2},
		{"broken off", writes, once(faulttest.BrokenOff), nil, connector.UnknownOutcome, 1},
		{"broken off, read", []connector.Operation{find, read.At(7)}, once(faulttest.BrokenOff), nil, "", 2},
		{"broken off, repeatable", []connector.Operation{create}, once(faulttest.BrokenOff), []connector.CallOption{connector.Repeatable()}, "", 2},
		{"begun and refused", writes, once(faulttest.Begun), nil, connector.UnknownOutcome, 1},
		{"left", writes, once(faulttest.Left), nil, connector.UnknownOutcome, 1},
		{"left, read", []connector.Operation{find, read.At(7)}, once(faulttest.Left), nil, "", 2},
	}
	for _, test := range tests {
		for _, op := range test.ops {
			t.Run(test.name+"/"+op.ID, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := faulttest.NewHTTP2(t, ok, test.endings)
					c := newClient(t, server.Transport(), connector.Options{})
					if _, err := get(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					_, err := rest.Send[thing](t.Context(), c, op, thing{Name: "bolt"}, test.opts)
					switch {
					case test.kind != "":
						wantKind(t, err, test.kind)
					case err != nil:
						t.Error(err)
					}
					wantCount(t, server, 1+test.arrivals)
				})
			})
		}
	}
}

// A stream that is refused for ever was never served, and the error says so.
func TestHTTP2RefusedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewHTTP2(t, ok, func(int) faulttest.Ending { return faulttest.Refused })
		c := newClient(t, server.Transport(), connector.Options{MaxAttempts: 1})
		_, err := rest.Send[thing](t.Context(), c, create, thing{Name: "bolt"}, nil)
		if e := wantKind(t, err, connector.Unavailable); !strings.Contains(e.Message, "not sent") {
			t.Errorf("got %v", err)
		}
	})
}
