package golden

import (
	"io"
	"net/http"
	"testing"
)

// Run tests each case of a folder with the call of the same name: what a
// program does so that the case's request leaves. A case without a call is an
// error, and so is a call without a case.
func Run[C any](t *testing.T, dir string, calls map[string]C, test func(t *testing.T, c Case, call C)) {
	t.Helper()
	cases, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range cases {
		known[c.Name] = true
		call, ok := calls[c.Name]
		if !ok {
			t.Errorf("the golden case %s has no call", c.Name)
			continue
		}
		t.Run(c.Name, func(t *testing.T) { test(t, c, call) })
	}
	for name := range calls {
		if !known[name] {
			t.Errorf("the call %s has no golden case", name)
		}
	}
}

// Ask sends the case's request to a server and returns the whole answer.
func (c Case) Ask(t testing.TB, server string) (status int, header http.Header, body []byte) {
	t.Helper()
	r, err := c.NewRequest(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, body
}

// HTTP returns the listed headers in the form of net/http.
func (m Message) HTTP() http.Header {
	h := http.Header{}
	for _, each := range m.Header {
		if !each.Absent {
			h.Set(each.Name, each.Value)
		}
	}
	return h
}
