package securityscorecardtest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A caller talks to an emulator in plain HTTP.
type caller struct {
	t      *testing.T
	server *securityscorecardtest.Server
	client *http.Client
}

// A reply is what the emulator said.
type reply struct {
	status int
	header http.Header
	body   string
	json   map[string]any // nil if the body is not a JSON object
}

func start(t *testing.T) *caller {
	t.Helper()
	return call(t, securityscorecardtest.NewServer(t))
}

// call returns a caller that follows no redirect.
func call(t *testing.T, server *securityscorecardtest.Server) *caller {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &caller{t: t, server: server, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func listen(t *testing.T, o *securityscorecardtest.Options) *caller {
	t.Helper()
	server, err := securityscorecardtest.Listen("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return call(t, server)
}

// do sends a request. headers are names and values in turn; an empty value
// takes the header away. A body comes as JSON, a target without a scheme below the API.
func (c *caller) do(verb, target, body string, headers ...string) reply {
	c.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = c.server.URL + target
	}
	request, err := http.NewRequestWithContext(c.t.Context(), verb, target, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Token "+c.server.Token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
		}
	}
	response, err := c.client.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	got := reply{status: response.StatusCode, header: response.Header, body: string(text)}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if decoder.Decode(&got.json) != nil {
		got.json = nil
	}
	return got
}

func (c *caller) get(path string) reply { c.t.Helper(); return c.do(http.MethodGet, path, "") }

// entries reads a list that must come with a 200.
func (c *caller) entries(path string) []map[string]any {
	c.t.Helper()
	r := c.get(path)
	if r.status != http.StatusOK {
		c.t.Fatalf("GET %s: %d %s", path, r.status, r.body)
	}
	return r.entries(c.t)
}

func (r reply) entries(t *testing.T) []map[string]any {
	t.Helper()
	list, ok := r.json["entries"].([]any)
	if !ok {
		t.Fatalf("no entries in %.200s", r.body)
	}
	all := make([]map[string]any, len(list))
	for i, each := range list {
		all[i] = each.(map[string]any)
	}
	return all
}

// refused checks an error in the long shape: status, and a part of its message.
func (r reply) refused(t *testing.T, status int, message string) map[string]any {
	t.Helper()
	e, _ := r.json["error"].(map[string]any)
	text, _ := e["message"].(string)
	if r.status != status || e["statusCode"] != float64(status) || !strings.Contains(text, message) {
		t.Errorf("got %d %.300s; want %d with %q", r.status, r.body, status, message)
	}
	return e
}

// domainWhere is the first seeded company that fits.
func (c *caller) domainWhere(fits func(map[string]any) bool) string {
	c.t.Helper()
	for _, r := range c.server.Records("companies") {
		if fits(r) {
			return r["domain"].(string)
		}
	}
	c.t.Fatal("no seeded company fits")
	return ""
}

func scored(r map[string]any) bool      { return r["score"] != nil }
func calculating(r map[string]any) bool { return r["score"] == nil }
