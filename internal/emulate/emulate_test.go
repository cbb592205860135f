package emulate_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/internal/emulate"
	"github.com/cordage-go/cordage/internal/operations"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func table() *operations.Table {
	thing := operations.Type{Fields: []operations.Field{
		{Name: "id", Type: "int", ReadOnly: true},
		{Name: "name", Type: "string"},
		{Name: "done", Type: "bool"},
		{Name: "created_at", Type: "datetime", ReadOnly: true},
		{Name: "updated_at", Type: "datetime", ReadOnly: true},
		{Name: "updated_by", Type: "string"},
		{Name: "tags", Type: "[]string"},
		{Name: "owner", Type: "Owner"},
	}}
	owner := operations.Type{Fields: []operations.Field{{Name: "login", Type: "string"}, {Name: "boss", Type: "Owner"}}}
	list := operations.Answer{Known: "typed", Type: "[]Thing"}
	one := operations.Answer{Known: "typed", Type: "Thing"}
	return &operations.Table{
		Types: map[string]operations.Type{"Thing": thing, "Owner": owner},
		Operations: []operations.Operation{
			{Verb: "GET", Path: "/teams/{team}/things/summary", Answer: operations.Answer{Type: "Owner"}},
			{Verb: "GET", Path: "/teams/{team}/things", Answer: list, Key: "id"},
			{Verb: "POST", Path: "/teams/{team}/things", Answer: one, Key: "id"},
			{Verb: "GET", Path: "/teams/{team}/things/{id}", Answer: one, Key: "id"},
			{Verb: "PATCH", Path: "/teams/{team}/things/{id}", Answer: one, Key: "id"},
			{Verb: "DELETE", Path: "/teams/{team}/things/{id}", Key: "id"},
			{Verb: "GET", Path: "/teams/{team}/things/{id}.pdf"},
		},
	}
}

// start runs a server whose answers echo the route, and counts the work done.
func start(t *testing.T) (*emulate.Server, *atomic.Int32) {
	t.Helper()
	var work atomic.Int32
	router := emulate.NewRouter("/api", table())
	router.Add("POST", "/sign-in")
	server, err := emulate.Listen("127.0.0.1:0", router, func(c *emulate.Call) emulate.Answer {
		work.Add(1)
		return emulate.JSON(200, emulate.Record{"route": c.Route.Name(), "values": c.Values, "allowed": c.Allowed})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return server, &work
}

func do(t *testing.T, verb, url, body string) (*http.Response, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), verb, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	return response, string(data), err
}

// HEAD is GET without the body.
func TestHead(t *testing.T) {
	server, work := start(t)
	response, body, err := do(t, "HEAD", server.URL+"/api/teams/1/things/7", "")
	if err != nil || response.StatusCode != 200 || response.ContentLength == 0 || body != "" || work.Load() != 1 {
		t.Errorf("got %v, %q, %v, %d answers", response, body, err, work.Load())
	}
	if got := server.Requests()[0].Operation; got != "GET /teams/{team}/things/{id}" {
		t.Errorf("taken for %q", got)
	}
}

func TestRoutes(t *testing.T) {
	server, _ := start(t)
	for _, c := range []struct{ verb, path, want string }{
		{"GET", "/api/teams/a%2Fb/things/7", `{"allowed":null,"route":"GET /teams/{team}/things/{id}","values":{"id":"7","team":"a/b"}}`},
		{"GET", "/api/teams/1/things/", `{"allowed":null,"route":"GET /teams/{team}/things","values":{"team":"1"}}`},
		{"GET", "/api/teams/1/things/summary", `{"allowed":null,"route":"GET /teams/{team}/things/summary","values":{"team":"1"}}`},
		{"GET", "/api/teams/1/things/7.pdf", `{"allowed":null,"route":"GET /teams/{team}/things/{id}.pdf","values":{"id":"7","team":"1"}}`},
		{"PUT", "/api/teams/1/things/7", `{"allowed":["DELETE","GET","PATCH"],"route":"","values":null}`},
		{"GET", "/api/teams/1/thinks", `{"allowed":null,"route":"","values":null}`},
		{"GET", "/apiteams/1/things", `{"allowed":null,"route":"","values":null}`},
		{"POST", "/api/sign-in", `{"allowed":null,"route":"POST /sign-in","values":null}`},
	} {
		_, body, err := do(t, c.verb, server.URL+c.path, "")
		if err != nil || body != c.want {
			t.Errorf("%s %s: %s, %v; want %s", c.verb, c.path, body, err, c.want)
		}
	}
}

func TestRequestsTellWhatArrived(t *testing.T) {
	server, _ := start(t)
	if _, _, err := do(t, "POST", server.URL+"/api/teams/1/things?b=2", `{"a":1}`); err != nil {
		t.Fatal(err)
	}
	got := server.Requests()
	if len(got) != 1 {
		t.Fatalf("%d requests, want 1", len(got))
	}
	r := got[0]
	if r.Method != "POST" || r.Path != "/api/teams/1/things" || r.Query.Get("b") != "2" || string(r.Body) != `{"a":1}` ||
		r.Operation != "POST /teams/{team}/things" || r.Status != 200 || r.Header.Get("Content-Length") == "x" {
		t.Errorf("got %+v", r)
	}
	r.Body[0] = 'X'
	if string(server.Requests()[0].Body) != `{"a":1}` {
		t.Error("a caller changed the log")
	}
}

func TestFaults(t *testing.T) {
	const things = "/api/teams/1/things"
	whole := `{"allowed":null,"route":"POST /teams/{team}/things","values":{"team":"1"}}`
	for _, c := range []struct {
		name   string
		fault  emulate.Fault
		status int // 0: the connection breaks before an answer
		body   string
		cut    bool
		work   int
		sent   string // body in the log
	}{
		{"refusal", emulate.Fault{Status: 503, Body: "busy"}, 503, "busy", false, 0, "in"},
		{"refusal after work", emulate.Fault{Status: 502, When: emulate.AfterWork}, 502, "", false, 1, "in"},
		{"dropped unread", emulate.Fault{Drop: true, When: emulate.BeforeBody}, 0, "", false, 0, ""},
		{"dropped undone", emulate.Fault{Drop: true}, 0, "", false, 0, "in"},
		{"dropped done", emulate.Fault{Drop: true, When: emulate.AfterWork}, 0, "", false, 1, "in"},
		{"cut", emulate.Fault{Cut: 10}, 200, whole[:10], true, 1, "in"},
		{"cut at once", emulate.Fault{Cut: -1}, 200, "", true, 1, "in"},
		{"cut beyond", emulate.Fault{Cut: 1000}, 200, whole, false, 1, "in"},
		{"trickle", emulate.Fault{Trickle: time.Microsecond}, 200, whole, false, 1, "in"},
		{"delay", emulate.Fault{Delay: time.Millisecond}, 200, whole, false, 1, "in"},
		{"garbage", emulate.Fault{Body: "<html>"}, 200, "<html>", false, 0, "in"},
		{"header", emulate.Fault{Header: http.Header{"x-note": {"1"}}}, 200, whole, false, 1, "in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, work := start(t)
			server.Inject(c.fault)
			response, body, err := do(t, "POST", server.URL+things, "in")
			if broken := c.status == 0 || c.cut; broken != (err != nil) {
				t.Fatalf("error %v, want one: %v", err, broken)
			}
			if body != c.body {
				t.Errorf("body %q, want %q", body, c.body)
			}
			if c.status != 0 && response.StatusCode != c.status {
				t.Errorf("status %d, want %d", response.StatusCode, c.status)
			}
			if c.fault.Header != nil && response.Header.Get("X-Note") != "1" {
				t.Error("the header did not arrive")
			}
			if n := int(work.Load()); n != c.work {
				t.Errorf("work done %d times, want %d", n, c.work)
			}
			log := server.Requests()
			if len(log) != 1 || string(log[0].Body) != c.sent || log[0].Status != c.status {
				t.Errorf("log %+v", log)
			}
			if _, body, err := do(t, "POST", server.URL+things, "in"); err != nil || body != whole {
				t.Errorf("the request after the fault: %q, %v", body, err)
			}
		})
	}
}

func TestFaultsChooseTheirRequests(t *testing.T) {
	server, _ := start(t)
	server.Inject(emulate.Fault{On: "POST /teams/{team}/things", Skip: 1, Times: 2, Status: 500})
	server.Inject(emulate.Fault{On: "/teams/2/things", Status: 418, Times: -1})
	var got []int
	for _, request := range []string{
		"GET /api/teams/1/things", "POST /api/teams/1/things", "POST /api/teams/1/things", "POST /api/teams/1/things",
		"POST /api/teams/1/things", "GET /api/teams/2/things", "POST /api/teams/2/things",
	} {
		verb, path, _ := strings.Cut(request, " ")
		response, _, err := do(t, verb, server.URL+path, "")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, response.StatusCode)
	}
	if want := []int{200, 200, 500, 500, 200, 418, 418}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCloseEndsHangingRequests(t *testing.T) {
	server, _ := start(t)
	server.Inject(emulate.Fault{Delay: time.Hour})
	done := make(chan error)
	go func() {
		_, err := http.Get(server.URL + "/api/teams/1/things")
		done <- err
	}()
	for len(server.Requests()) == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("the hanging request got an answer")
	}
}

func TestBodyOverTheLimit(t *testing.T) {
	server, work := start(t)
	response, err := http.Post(server.URL+"/api/sign-in", "text/plain", io.LimitReader(zeros{}, emulate.MaxBody+1))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusRequestEntityTooLarge || work.Load() != 0 {
		t.Errorf("status %d, work %d", response.StatusCode, work.Load())
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := emulate.NewWindow(2, 2*time.Second)
		begin := time.Now()
		time.Sleep(1500 * time.Millisecond)
		q := w.Count("a")
		if q.Over || q.Remaining != 1 || q.Limit != 2 || !q.Reset.Equal(begin.Add(3500*time.Millisecond)) {
			t.Errorf("first: %+v", q)
		}
		w.Count("a")
		if q := w.Count("a"); !q.Over || q.Remaining != 0 {
			t.Errorf("third: %+v", q)
		}
		if q := w.Count("b"); q.Over {
			t.Errorf("another key: %+v", q)
		}
		time.Sleep(2 * time.Second)
		if q := w.Count("a"); q.Over || q.Remaining != 1 {
			t.Errorf("next span: %+v", q)
		}
		w.SetLimit(0)
		if q := w.Count("a"); !q.Over {
			t.Errorf("limit 0: %+v", q)
		}
	})
}

// A sliding window looks back from each request, and refused ones do not count.
func TestSlidingWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := emulate.NewSlidingWindow(2, 2*time.Second)
		begin := time.Now()
		w.Count("a")
		time.Sleep(1500 * time.Millisecond)
		if q := w.Count("a"); q.Over || q.Remaining != 0 || !q.Reset.Equal(begin.Add(2*time.Second)) {
			t.Errorf("second: %+v", q)
		}
		for range 3 {
			if q := w.Count("a"); !q.Over || q.Remaining != 0 || !q.Reset.Equal(begin.Add(2*time.Second)) {
				t.Errorf("one too many: %+v", q)
			}
		}
		if q := w.Count("b"); q.Over {
			t.Errorf("another key: %+v", q)
		}
		time.Sleep(500 * time.Millisecond) // the first one drops out
		if q := w.Count("a"); q.Over || !q.Reset.Equal(begin.Add(3500*time.Millisecond)) {
			t.Errorf("third: %+v", q)
		}
		if q := w.Count("a"); !q.Over {
			t.Errorf("fourth: %+v", q)
		}
		time.Sleep(time.Minute)
		if q := w.Count("a"); q.Over || q.Remaining != 1 {
			t.Errorf("after a pause: %+v", q)
		}
	})
}

func TestAlignedWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble's clock starts at midnight UTC
		time.Sleep(23 * time.Hour)
		w := emulate.NewAlignedWindow(1, 24*time.Hour)
		if q := w.Count("a"); time.Until(q.Reset) != time.Hour {
			t.Errorf("resets in %v, want 1h", time.Until(q.Reset))
		}
		time.Sleep(time.Hour)
		if q := w.Count("a"); q.Over {
			t.Error("a new day did not clear the count")
		}
	})
}

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := emulate.NewTokens("demo")
		me := emulate.Holder{Client: "app", Subject: "ann"}
		book.PutClient("app", "secret")
		if !book.KnowsClient("app", "secret") || book.KnowsClient("app", "") || book.KnowsClient("", "") {
			t.Error("clients are confused")
		}

		code := book.NewCode(emulate.Code{Holder: me, Redirect: "http://localhost", Life: 10 * time.Minute})
		late := book.NewCode(emulate.Code{Holder: me, Life: time.Minute})
		if p, err := book.Redeem(code, "app", "http://localhost", ""); err != nil || p.Holder != me {
			t.Errorf("code: %+v, %v", p, err)
		}
		_, err := book.Redeem(code, "app", "http://localhost", "")
		wantErr(t, err, emulate.ErrSpent)
		_, err = book.Redeem(book.NewCode(emulate.Code{Holder: me, Redirect: "a", Life: time.Hour}), "app", "b", "")
		wantErr(t, err, emulate.ErrForeign)
		_, err = book.Redeem("nonsense", "app", "", "")
		wantErr(t, err, emulate.ErrUnknown)

		p := book.Issue(emulate.Pair{Holder: me}, time.Hour, true)
		if got, err := book.Check(p.Access); err != nil || got.Holder != me {
			t.Errorf("access: %+v, %v", got, err)
		}
		_, err = book.Present(p.Refresh, "thief")
		wantErr(t, err, emulate.ErrForeign)
		_, err = book.Present(p.Refresh, "app") // the presentation by another client killed it
		wantErr(t, err, emulate.ErrSpent)
		if n := book.Presented(p.Refresh); n != 2 {
			t.Errorf("presented %d times, want 2", n)
		}

		q := book.Issue(emulate.Pair{Holder: me}, time.Hour, true)
		if !book.Revoke(q.Access) || book.Revoke("nonsense") {
			t.Error("revoking is confused")
		}
		_, err = book.Check(q.Access)
		wantErr(t, err, emulate.ErrRevoked)
		_, err = book.Present(q.Refresh, "app")
		wantErr(t, err, emulate.ErrRevoked)

		time.Sleep(time.Hour)
		_, err = book.Check(p.Access)
		wantErr(t, err, emulate.ErrExpired)
		_, err = book.Redeem(late, "app", "", "")
		wantErr(t, err, emulate.ErrExpired)

		forever := book.Issue(emulate.Pair{Holder: me}, 0, false)
		if _, err := book.Check(forever.Access); err != nil || forever.Refresh != "" {
			t.Errorf("lasting token: %+v, %v", forever, err)
		}
		book.ExpireAll()
		_, err = book.Check(forever.Access)
		wantErr(t, err, emulate.ErrExpired)
	})
}

func wantErr(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
