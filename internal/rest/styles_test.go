package rest_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// Every way to page that the platforms declare: five records, two a page, from
// a server that reads the parameters where the style puts them. asked is what
// each request said.
func TestStyles(t *testing.T) {
	numbered := func(size string, first int) connector.Paging {
		return connector.Paging{Style: connector.Numbered, Page: "page", First: first, Size: size, Default: 2, Items: "entries", Total: "total"}
	}
	inBody := numbered("page_size", 0)
	inBody.Body = true
	for name, test := range map[string]struct {
		paging connector.Paging
		post   bool
		asked  []string
	}{
		"page and limit from 1":        {numbered("limit", 1), false, []string{"limit=2&page=1", "limit=2&page=2", "limit=2&page=3"}},
		"page and page-size from 0":    {numbered("page-size", 0), false, []string{"page=0&page-size=2", "page=1&page-size=2", "page=2&page-size=2"}},
		"page and pageSize":            {numbered("pageSize", 1), false, []string{"page=1&pageSize=2", "page=2&pageSize=2", "page=3&pageSize=2"}},
		"page alone":                   {numbered("", 0), false, []string{"page=0", "page=1", "page=2"}},
		"page and size of a POST":      {numbered("size", 1), true, []string{"page=1&size=2 {\"name\":\"bolt\"}", "page=2&size=2 {\"name\":\"bolt\"}", "page=3&size=2 {\"name\":\"bolt\"}"}},
		"page and page_size in a body": {inBody, true, []string{` {"name":"bolt","page":0,"page_size":2}`, ` {"name":"bolt","page":1,"page_size":2}`, ` {"name":"bolt","page":2,"page_size":2}`}},
		"cursor": {connector.Paging{Style: connector.Cursor, Page: "cursor", Size: "limit", Default: 2, Items: "entries", Next: "next"}, false,
			[]string{"limit=2", "cursor=2&limit=2", "cursor=4&limit=2"}},
		"cursor in a body": {connector.Paging{Style: connector.Cursor, Page: "cursor", Start: "initial", Size: "size", Default: 2, Items: "entries", Next: "next", Body: true}, true,
			[]string{` {"name":"bolt","cursor":"initial","size":2}`, ` {"name":"bolt","cursor":"2","size":2}`, ` {"name":"bolt","cursor":"4","size":2}`}},
		"cursor by links": {connector.Paging{Style: connector.Cursor, Page: "cursor", Size: "per_page", Default: 2, Items: "entries", Links: true}, false,
			[]string{"per_page=2", "cursor=2&per_page=2", "cursor=4&per_page=2"}},
		"size and links": {connector.Paging{Size: "per_page", Default: 2, Items: "entries", Links: true}, false,
			[]string{"per_page=2", "cursor=2&per_page=2", "cursor=4&per_page=2"}},
		"after an id": {connector.Paging{Style: connector.After, Page: "start_after", Size: "limit", Items: "entries", Unsure: true}, false,
			[]string{"", "start_after=2", "start_after=4", "start_after=5"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := faulttest.NewServer(t, pagesOf(test.paging))
			op := connector.Operation{ID: "things.find", Method: "GET", Path: "/things", Class: connector.Read, Key: "id", Paging: test.paging}
			var in any
			if test.post {
				op.Method, in = "POST", map[string]string{"name": "bolt"}
			}
			found, err := rest.SearchSlice[thing](t.Context(), onSocket(t, server, connector.Options{}), op, in, nil)
			if err != nil || len(found) != 5 || found[4].ID != 5 {
				t.Fatalf("got %v, %v", found, err)
			}
			var asked []string
			for _, a := range server.Arrivals() {
				asked = append(asked, strings.TrimSuffix(sorted(t, a.URL.RawQuery)+" "+string(a.Body), " "))
			}
			if !slices.Equal(asked, test.asked) {
				t.Errorf("asked by\n%q, want\n%q", asked, test.asked)
			}
		})
	}
}

func sorted(t *testing.T, query string) string {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return values.Encode()
}

// pagesOf answers the five records as a style asks for them.
func pagesOf(p connector.Paging) faulttest.Script {
	return func(_ int, a faulttest.Arrival) faulttest.Step {
		asked := map[string]any{}
		if p.Body {
			_ = json.Unmarshal(a.Body, &asked)
		}
		for name, values := range a.URL.Query() {
			asked[name] = values[0]
		}
		mark := "cursor"
		if p.Page != "" {
			mark = p.Page
		}
		from, _ := strconv.Atoi(fmt.Sprint(asked[mark]))
		if p.Style == connector.Numbered {
			from = (from - p.First) * 2
		}
		var items []string
		for id := from + 1; id <= min(from+2, 5); id++ {
			items = append(items, fmt.Sprintf(`{"id":%d}`, id))
		}
		next := "null"
		if from+2 < 5 {
			next = strconv.Itoa(from + 2)
		}
		step := status(200, fmt.Sprintf(`{"entries":[%s],"next":%s,"total":5}`, strings.Join(items, ","), next))
		if p.Links && next != "null" {
			step = step.With("Link", fmt.Sprintf(`</things?cursor=%s&per_page=2>; rel="next"`, next))
		}
		return step
	}
}

// A kept place goes on in a body as in a query, whatever the caller's own
// body says.
func TestResumeInBody(t *testing.T) {
	paging := connector.Paging{Style: connector.Numbered, Page: "page", Size: "page_size", Default: 2, Max: 2, Items: "entries", Total: "total", Body: true}
	op := connector.Operation{ID: "things.find", Method: "POST", Path: "/things", Class: connector.Read, Key: "id", Paging: paging}
	server := faulttest.NewServer(t, pagesOf(paging))
	c := onSocket(t, server, connector.Options{})
	first, err := rest.Search[thing](t.Context(), c, op, nil, []connector.CallOption{connector.PageSize(50)})
	if err != nil || len(first.Items) != 2 || first.Total != 5 {
		t.Fatalf("got %+v, %v", first, err)
	}
	rest, err := rest.SearchSlice[thing](t.Context(), c, op, nil, []connector.CallOption{connector.From(first.Next)})
	if err != nil || len(rest) != 3 || rest[0].ID != 3 {
		t.Fatalf("got %+v, %v", rest, err)
	}
	wantCount(t, server, 3)
	if a := server.Arrivals(); string(a[0].Body) != `{"page":0,"page_size":2}` || string(a[1].Body) != `{"page":1,"page_size":2}` {
		t.Errorf("asked by %s and %s", a[0].Body, a[1].Body)
	}
}

// A value that was kept as JSON is read as answers are: leniently, with drift
// told, and never in another outer shape.
func TestDecodeLater(t *testing.T) {
	var drifts []connector.Drift
	c := newClient(t, faulttest.NewTransport(nil), connector.Options{OnDrift: func(d connector.Drift) { drifts = append(drifts, d) }})
	c = c.As(auth.Static(canary), connector.Account("tenant-17"))
	op := connector.Operation{ID: "Decode", Class: connector.Read}
	var got []thing
	err := c.Decode(op, json.RawMessage(`[{"id":"7","name":"bolt","count":{},"new":1}]`), &got)
	if err != nil || len(got) != 1 || got[0].ID != 7 || got[0].Name != "bolt" {
		t.Errorf("got %+v, %v", got, err)
	}
	want := connector.Drift{Platform: "fake", Operation: "Decode", Account: "tenant-17", Path: "/0/count", Want: "integer", Got: "object"}
	if len(drifts) != 1 || drifts[0] != want {
		t.Errorf("told of %+v, want %+v", drifts, want)
	}
	wantKind(t, c.Decode(op, json.RawMessage(`{"id":7}`), &got), connector.Decode)
	wantKind(t, c.Decode(op, json.RawMessage(`[{"id":`), &got), connector.Decode)
	wantKind(t, c.Decode(op, nil, &got), connector.Decode)
	wantKind(t, c.Decode(op, json.RawMessage(`{}`), got), connector.Invalid)
}
