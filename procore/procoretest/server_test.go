package procoretest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/procore/procoretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A person at a terminal: plain net/http, no client of ours.
type caller struct {
	t      *testing.T
	server *procoretest.Server
	http   *http.Client
	header http.Header
}

func start(t *testing.T, o *procoretest.Options) *caller {
	t.Helper()
	server, err := procoretest.Listen("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	c := &caller{t: t, server: server, http: client, header: http.Header{}}
	c.header.Set("Authorization", "Bearer "+server.AccessToken)
	c.header.Set("Procore-Company-Id", fmt.Sprint(server.CompanyID))
	return c
}

// with returns a caller with one header changed; empty removes it.
func (c *caller) with(name, value string) *caller {
	other := *c
	other.header = c.header.Clone()
	other.header.Set(name, value)
	if value == "" {
		other.header.Del(name)
	}
	return &other
}

type answer struct {
	*http.Response
	text string
}

func (c *caller) do(verb, path string, body any) answer {
	c.t.Helper()
	if body == nil {
		return c.send(verb, path, "", nil)
	}
	text, isText := body.(string)
	if !isText {
		data, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		text = string(data)
	}
	return c.send(verb, path, "application/json", strings.NewReader(text))
}

func (c *caller) send(verb, path, contentType string, body io.Reader) answer {
	c.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = c.server.URL + path
	}
	request, err := http.NewRequestWithContext(c.t.Context(), verb, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header = c.header.Clone()
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{response, string(data)}
}

func (c *caller) get(path string) answer { c.t.Helper(); return c.do("GET", path, nil) }

// want fails the test unless the answer has the status and the text in it.
func (a answer) want(t *testing.T, status int, parts ...string) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %.300s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.text)
	}
	for _, part := range parts {
		if !strings.Contains(a.text, part) {
			t.Errorf("%s %s: no %s in %.600s", a.Request.Method, a.Request.URL, part, a.text)
		}
	}
	return a
}

type object = map[string]any

func (a answer) object(t *testing.T) object {
	t.Helper()
	return decode[object](t, a)
}

func (a answer) list(t *testing.T) []object {
	t.Helper()
	return decode[[]object](t, a)
}

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var out T
	decoder := json.NewDecoder(bytes.NewReader([]byte(a.text)))
	decoder.UseNumber()
	if err := decoder.Decode(&out); err != nil {
		t.Fatalf("%s %s: %v in %.300s", a.Request.Method, a.Request.URL, err, a.text)
	}
	return out
}

func (c *caller) rfis() string {
	return fmt.Sprintf("/rest/v1.0/projects/%d/rfis", c.server.ProjectID)
}

func (c *caller) token(form url.Values) answer {
	c.t.Helper()
	return c.with("Authorization", "").send("POST", "/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (c *caller) grant(kind string, more ...string) url.Values {
	form := url.Values{"grant_type": {kind}, "client_id": {c.server.ClientID}, "client_secret": {c.server.ClientSecret}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}
