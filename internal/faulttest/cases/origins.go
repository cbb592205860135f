package cases

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
)

// origins is D1 to D4, and L1 for answers and dry runs.
func (s *suite) origins(t *testing.T) {
	for _, code := range []int{302, 307, 308} {
		t.Run("D1 redirect "+strconv.Itoa(code), func(t *testing.T) { s.redirected(t, code) })
	}
	t.Run("D2 a redirect loop", s.redirectLoop)
	for value, escaped := range map[string]string{"a/b": "a%2Fb", "../..": "..%2F..", "?a=b": "%3Fa=b", "#x": "%23x", "%2f": "%252f"} {
		t.Run(fmt.Sprintf("D3 %q", value), func(t *testing.T) { s.escaped(t, value, escaped) })
	}
	for _, value := range []string{"..", ".", "", "a\nb"} {
		t.Run(fmt.Sprintf("D3 %q", value), func(t *testing.T) { s.badVariable(t, value) })
	}
	t.Run("D4 a header with a line break", s.badHeader)
	t.Run("L1 an echoed credential", s.echoed)
	t.Run("L1 a dry run", s.dryRun)
}

func (s *suite) redirected(t *testing.T, code int) {
	other := faulttest.NewServer(t, faulttest.Steps(s.good()))
	c, server := s.onSocket(t, faulttest.Steps(faulttest.Step{Status: code}.With("Location", other.URL+"/?x="+Canary)), connector.Options{})
	s.want(t, c.Read(t.Context()), connector.Origin)
	s.want(t, c.Write(t.Context()), connector.Origin)
	count(t, server, 2)
	if other.Opened() != 0 {
		t.Error("the other host was called")
	}
}

func (s *suite) redirectLoop(t *testing.T) {
	s.onFakeTime(t, faulttest.Steps(faulttest.Step{Status: 302}.With("Location", "/")), func(t *testing.T, c Client, server *faulttest.Transport) {
		s.want(t, c.Read(t.Context()), connector.Origin)
		count(t, server, 1)
	})
}

// anOperation is one that no client has a method for.
func anOperation(id string) connector.Operation {
	return connector.Operation{ID: "own", Method: "POST", Path: "/things/{id}/x", Class: connector.Read, NoAnswer: true}.At(id)
}

func (s *suite) escaped(t *testing.T, value, escaped string) {
	s.onFakeTime(t, faulttest.Steps(faulttest.JSON(200, s.One("{}"))), func(t *testing.T, c Client, server *faulttest.Transport) {
		if err := c.Do(t.Context(), anOperation(value), nil, nil); err != nil {
			t.Fatal(err)
		}
		if path := server.Arrivals()[0].URL.EscapedPath(); !strings.HasSuffix(path, "/things/"+escaped+"/x") {
			t.Errorf("went to %s", path)
		}
	})
}

func (s *suite) badVariable(t *testing.T, value string) {
	s.onFakeTime(t, faulttest.Steps(faulttest.JSON(200, s.One("{}"))), func(t *testing.T, c Client, server *faulttest.Transport) {
		s.want(t, c.Do(t.Context(), anOperation(value), nil, nil), connector.Invalid)
		count(t, server, 0)
	})
}

func (s *suite) badHeader(t *testing.T) {
	s.onFakeTime(t, faulttest.Steps(s.good()), func(t *testing.T, c Client, server *faulttest.Transport) {
		s.want(t, c.Read(t.Context(), connector.Header("X-Own", "a\r\nX-Injected: b")), connector.Invalid)
		s.want(t, c.Write(t.Context(), connector.Header("Authorization", Canary)), connector.Invalid)
		count(t, server, 0)
	})
}

func (s *suite) echoed(t *testing.T) {
	for _, status := range []int{400, 403, 404, 500} {
		s.onFakeTime(t, faulttest.Steps(s.Refuse(status, "what is "+Canary+"?")), func(t *testing.T, c Client, _ *faulttest.Transport) {
			for _, err := range []error{c.Read(t.Context()), c.Write(t.Context())} {
				if err == nil {
					t.Fatal("no error")
				}
				s.note(t, err)
			}
		})
	}
}

func (s *suite) dryRun(t *testing.T) {
	server := faulttest.NewTransport(faulttest.Steps(s.good()))
	c := s.client(t, connector.Options{Transport: server, DryRun: &s.written})
	s.want(t, c.Write(t.Context()), connector.DryRun)
	s.want(t, c.Delete(t.Context()), connector.DryRun)
	count(t, server, 0)
}
