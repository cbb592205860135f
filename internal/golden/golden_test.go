package golden_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/golden"
)

const thanks = `# a request that is
# answered
> POST /v1/things?b=2&a=1
> Host: api.example.com
> Content-Type: application/json
> User-Agent: *
> -Authorization
>
> {
>   "name": "one",
>   "price": 1.50
> }
? body.id
? header.X-Request-Id
< 201
< Content-Type: application/json
< X-Request-Id: example
<
< {"id": 17, "tags": ["x", null]}
`

// load writes a case into a folder and reads it back.
func load(t *testing.T, text string) (golden.Case, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thanks.txt"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cases, err := golden.Load(dir)
	if err != nil {
		return golden.Case{}, err
	}
	return cases[0], nil
}

func TestLoad(t *testing.T) {
	c, err := load(t, thanks)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "thanks" || c.About != "a request that is answered" || c.Method != "POST" || c.Status != 201 || len(c.Sent.Header) != 4 {
		t.Errorf("read %+v", c)
	}
	if want := "{\n  \"name\": \"one\",\n  \"price\": 1.50\n}"; c.Sent.Body != want {
		t.Errorf("body %q, want %q", c.Sent.Body, want)
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no answer":      "# a\n> GET /\n",
		"no description": "> GET /\n< 200\n",
		"no path":        "# a\n> GET\n< 200\n",
		"no status":      "# a\n> GET /\n< fine\n",
		"another line":   "# a\n> GET /\n< 200\n! what\n",
		"no header line": "# a\n> GET /\n> Accept\n< 200\n",
	} {
		if _, err := load(t, text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := golden.Load(t.TempDir()); err == nil {
		t.Error("an empty folder: no error")
	}
}

func TestCheckRequest(t *testing.T) {
	c, err := load(t, thanks)
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"price":1.50,"name":"one"}`
	for name, test := range map[string]struct {
		target, body string
		change       func(*http.Request)
		want         string // in the error; empty for none
	}{
		"the same":         {},
		"another path":     {target: "/v1/thing?a=1&b=2", want: "want POST /v1/things"},
		"another query":    {target: "/v1/things?a=1", want: "query a=1, want a=1&b=2"},
		"another verb":     {change: func(r *http.Request) { r.Method = "PUT" }, want: "PUT /v1/things"},
		"another host":     {change: func(r *http.Request) { r.Host = "example.com" }, want: "header Host"},
		"another type":     {change: func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, want: "header Content-Type"},
		"no agent":         {change: func(r *http.Request) { r.Header.Del("User-Agent") }, want: "header User-Agent is missing"},
		"a credential":     {change: func(r *http.Request) { r.Header.Set("Authorization", "x") }, want: "header Authorization is there"},
		"another number":   {body: `{"price":1.5,"name":"one"}`, want: "body.price is 1.5, want 1.50"},
		"a number as text": {body: `{"price":"1.50","name":"one"}`, want: `body.price is "1.50", want 1.50`},
		"a member less":    {body: `{"price":1.50}`, want: "body.name is missing"},
		"a member more":    {body: `{"price":1.50,"name":"one","x":{}}`, want: "body.x is {}, want none"},
		"a member twice":   {body: `{"price":1.50,"price":1.50,"name":"one"}`, want: "comes twice"},
		"no JSON":          {body: "price=1.50", want: "not JSON"},
		"more than JSON":   {body: body + "{}", want: "something follows"},
		"an empty body":    {body: " ", want: "not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			target, sent := "/v1/things?a=1&b=2", body
			if test.target != "" {
				target = test.target
			}
			if test.body != "" {
				sent = test.body
			}
			r := httptest.NewRequest(http.MethodPost, target, http.NoBody)
			r.Host = "api.example.com"
			r.Header = http.Header{"Content-Type": {"application/json"}, "User-Agent": {"me"}}
			if test.change != nil {
				test.change(r)
			}
			check(t, c.CheckRequest(r, []byte(sent)), test.want)
		})
	}
}

func check(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Error(err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want %q in it", err, want)
	}
}

func TestCheckAnswer(t *testing.T) {
	c, err := load(t, thanks)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"another"}}
	for _, test := range []struct {
		status int
		body   string
		want   string
	}{
		{201, `{"tags":["x",null],"id":18}`, ""},
		{200, `{"tags":["x",null],"id":18}`, "status 200, want 201"},
		{201, `{"tags":["x",null]}`, "body.id is missing"},
		{201, `{"tags":["x"],"id":18}`, `body.tags is ["x"], want ["x",null]`},
		{201, `{"tags":["y",null],"id":18}`, `body.tags[0] is "y", want "x"`},
		{201, `{"tags":{},"id":18}`, `body.tags is {}`},
	} {
		check(t, c.CheckAnswer(test.status, header, []byte(test.body)), test.want)
	}
	header.Del("X-Request-Id")
	check(t, c.CheckAnswer(201, header, []byte(`{"tags":["x",null],"id":18}`)), "header X-Request-Id is missing")
}

// A text that is not JSON is compared as it is.
func TestCheckText(t *testing.T) {
	c, err := load(t, "# a\n> GET /\n< 403\n<\n< error code: 1010\n")
	if err != nil {
		t.Fatal(err)
	}
	check(t, c.CheckAnswer(403, nil, []byte("error code: 1010\n")), "")
	check(t, c.CheckAnswer(403, nil, []byte("error code: 1020")), `want "error code: 1010"`)
}

// An example can be meant for one of the messages only.
func TestExampleOfOneMessage(t *testing.T) {
	c, err := load(t, "# a\n> POST /\n>\n> {\"a\": 1}\n? answer.body\n< 200\n<\n< {\"a\": 1}\n")
	if err != nil {
		t.Fatal(err)
	}
	check(t, c.CheckAnswer(200, nil, []byte(`{"b":2}`)), "")
	check(t, c.CheckRequest(httptest.NewRequest(http.MethodPost, "/", http.NoBody), []byte(`{"a":2}`)), "body.a is 2, want 1")
}

// A case's own request fits the case, over a real socket.
func TestReplay(t *testing.T) {
	c, err := load(t, thanks)
	if err != nil {
		t.Fatal(err)
	}
	replay := c.Replay()
	server := httptest.NewServer(replay)
	defer server.Close()
	if replay.Err() == nil {
		t.Error("no error although no request came")
	}
	send := func(change func(*http.Request)) {
		r, err := c.NewRequest(t.Context(), server.URL)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != 201 {
			t.Errorf("status %d", answer.StatusCode)
		}
	}
	send(func(*http.Request) {})
	check(t, replay.Err(), "")
	send(func(r *http.Request) { r.Host = "example.com" })
	check(t, replay.Err(), "2 requests came")
	check(t, replay.Err(), "header Host")
}
