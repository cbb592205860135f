package rest_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/value"
)

// A logEntry is an input as the generator writes them: files in it, and beside it.
type logEntry struct {
	Comment *string      `json:"comment,omitzero"`
	Private *bool        `json:"private,omitzero"`
	Day     value.Date   `json:"day,omitzero"`
	IDs     []int64      `json:"ids,omitzero"`
	Lines   []line       `json:"lines,omitzero"`
	Logo    *value.File  `json:"logo,omitzero"`
	Drafts  []value.File `json:"drafts,omitzero"`

	Attachments []value.File `json:"-" beside:"attachments"`
	Status      *string      `json:"-" beside:"status"`
	Clear       []string     `json:"-"`
}

type line struct {
	Amount value.Decimal `json:"amount,omitzero"`
	Note   *string       `json:"note,omitzero"`
	Scan   value.File    `json:"scan,omitzero"`
}

var addLog = connector.Operation{ID: "logs.add", Method: "POST", Path: "/logs", Wrapper: "log", Scope: []string{"project_id"}, NoAnswer: true}

func text(content string) *strings.Reader { return strings.NewReader(content) }

// formOf reads a form as a server does: each field's name, then text, or the
// file's name, type and content.
func formOf(t *testing.T, a faulttest.Arrival) [][]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		t.Fatalf("the body came as %q, %v: %s", a.Header.Get("Content-Type"), err, a.Body)
	}
	reader := multipart.NewReader(bytes.NewReader(a.Body), params["boundary"])
	var fields [][]string
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return fields
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		field := []string{part.FormName(), string(content)}
		if part.FileName() != "" {
			field = []string{part.FormName(), part.FileName(), part.Header.Get("Content-Type"), string(content)}
		}
		fields = append(fields, field)
	}
}

// A body without files is JSON; what stands beside the wrapper stands beside it.
func TestBesideWrapper(t *testing.T) {
	for name, test := range map[string]struct {
		op   connector.Operation
		in   *logEntry
		want string
	}{
		"wrapped":           {addLog.At(7), &logEntry{Comment: new("wet"), Status: new("open")}, `{"project_id":7,"log":{"comment":"wet"},"status":"open"}`},
		"nothing beside":    {addLog.At("x7"), &logEntry{Comment: new("wet"), Attachments: nil}, `{"project_id":"x7","log":{"comment":"wet"}}`},
		"cleared":           {addLog.At(7), &logEntry{Clear: []string{"comment"}, Status: new("")}, `{"project_id":7,"log":{"comment":null},"status":""}`},
		"without a wrapper": {connector.Operation{Method: "POST", Path: "/logs", NoAnswer: true}, &logEntry{Comment: new("wet"), Status: new("open")}, `{"comment":"wet","status":"open"}`},
		"empty":             {connector.Operation{Method: "POST", Path: "/logs", NoAnswer: true}, &logEntry{}, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Status: 204}))
			if err := onSocket(t, server, connector.Options{}).Do(t.Context(), test.op, test.in, nil); err != nil {
				t.Fatal(err)
			}
			if a := server.Arrivals()[0]; string(a.Body) != test.want || a.Header.Get("Content-Type") != "application/json" {
				t.Errorf("the server got %s %s, want %s", a.Header.Get("Content-Type"), a.Body, test.want)
			}
		})
	}
}

// A file makes a form of the body, named as Rails names it.
func TestForm(t *testing.T) {
	server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Status: 204}))
	in := &logEntry{
		Private: new(true), Day: value.Date{Year: 2026, Month: 5, Day: 17}, IDs: []int64{1, 2}, Clear: []string{"comment"},
		Lines: []line{
			{Note: new("a"), Amount: value.NewDecimal(150, 2), Scan: value.File{Name: "a.png", ContentType: "image/png", Content: text("one")}},
			{Amount: value.NewDecimal(2, 0)},
		},
		Logo:        &value.File{Name: "grüße \"1\".png", Content: text("logo")},
		Drafts:      []value.File{},
		Attachments: []value.File{{Name: "x.txt", Content: text("first")}, {Name: "y.txt", Content: text("")}},
		Status:      new("open & closed"),
	}
	if err := onSocket(t, server, connector.Options{}).Do(t.Context(), addLog.At(7), in, nil); err != nil {
		t.Fatal(err)
	}
	a := server.Arrivals()[0]
	want := [][]string{
		{"project_id", "7"},
		{"log[private]", "true"}, {"log[day]", "2026-05-17"}, {"log[ids][]", "1"}, {"log[ids][]", "2"},
		{"log[lines][][amount]", "1.50"}, {"log[lines][][note]", "a"}, {"log[lines][][scan]", "a.png", "image/png", "one"}, {"log[lines][][amount]", "2"},
		{"log[logo]", `grüße "1".png`, "application/octet-stream", "logo"}, {"log[drafts][]", ""}, {"log[comment]", ""},
		{"attachments[]", "x.txt", "application/octet-stream", "first"}, {"attachments[]", "y.txt", "application/octet-stream", ""}, {"status", "open & closed"},
	}
	if diff := cmp.Diff(want, formOf(t, a)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if a.Length != int64(len(a.Body)) {
		t.Errorf("the request stated a length of %d for %d bytes", a.Length, len(a.Body))
	}
}

// An operation that takes forms alone gets one without files, too; it is then
// held in memory and can be repeated.
func TestFormWithoutFiles(t *testing.T) {
	op := addLog
	op.ContentType = "multipart/form-data"
	server := faulttest.NewServer(t, faulttest.Steps(status(401, `{}`), faulttest.Step{Status: 204}))
	c := newClientOf(t, headed(), (&counted{}).source(), nil, connector.Options{BaseURL: server.URL})
	for _, in := range []any{&logEntry{Comment: new("wet")}, []byte(`{"comment":"wet"}`)} {
		if err := c.Do(t.Context(), op.At(7), in, nil); err != nil {
			t.Fatal(err)
		}
	}
	wantCount(t, server, 3)
	for _, a := range server.Arrivals() {
		if diff := cmp.Diff([][]string{{"project_id", "7"}, {"log[comment]", "wet"}}, formOf(t, a)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

// A form whose files can all be rewound is sent again as it was; any other is
// sent once.
func TestFormAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "photo")
	if err := os.WriteFile(path, []byte("skip:content"), 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if _, err := opened.Seek(5, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	steps := []faulttest.Step{status(401, `{}`), status(401, `{}`), {Status: 204}}
	server := faulttest.NewServer(t, faulttest.Steps(steps[1:]...))
	c := newClientOf(t, headed(), (&counted{}).source(), nil, connector.Options{BaseURL: server.URL})
	in := &logEntry{Attachments: []value.File{{Name: "photo", Content: opened}, {Name: "note", Content: text("note")}}}
	if err := c.Do(t.Context(), addLog.At(7), in, nil); err != nil {
		t.Fatal(err)
	}
	wantCount(t, server, 2)
	arrivals := server.Arrivals()
	if string(arrivals[0].Body) != string(arrivals[1].Body) || arrivals[1].Length != int64(len(arrivals[1].Body)) {
		t.Errorf("the second form is another one:\n%s\n%s", arrivals[0].Body, arrivals[1].Body)
	}
	if got := formOf(t, arrivals[1])[1]; got[3] != "content" {
		t.Errorf("the file was sent as %q", got)
	}

	server = faulttest.NewServer(t, faulttest.Steps(steps...))
	c = newClientOf(t, headed(), (&counted{}).source(), nil, connector.Options{BaseURL: server.URL})
	once := &oneShot{Reader: text("stream")}
	in = &logEntry{Attachments: []value.File{{Name: "photo", Content: opened}, {Name: "stream", Content: once}}}
	wantKind(t, c.Do(t.Context(), addLog.At(7), in, nil), connector.Unauthorized)
	wantCount(t, server, 1)
	if a := server.Arrivals()[0]; a.Length != -1 || len(formOf(t, a)) != 3 || once.closed {
		t.Errorf("a stream came with length %d, as %v, and was closed: %v", a.Length, formOf(t, a), once.closed)
	}
}

// Files are read while they are sent.
func TestFormStreams(t *testing.T) {
	server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Status: 204}))
	const size = 8 << 20
	zeros := &largest{Reader: io.LimitReader(zeroReader{}, size)}
	in := &logEntry{Attachments: []value.File{{Name: "large", Content: zeros}}}
	if err := onSocket(t, server, connector.Options{}).Do(t.Context(), addLog.At(7), in, nil); err != nil {
		t.Fatal(err)
	}
	if zeros.most > 1<<20 || len(server.Arrivals()[0].Body) < size {
		t.Errorf("%d bytes were read at once, %d arrived", zeros.most, len(server.Arrivals()[0].Body))
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// largest notes how much was asked for at once.
type largest struct {
	io.Reader
	most int
}

func (l *largest) Read(p []byte) (int, error) {
	l.most = max(l.most, len(p))
	return l.Reader.Read(p)
}

// What cannot be written as a form is refused before anything is sent.
func TestFormRefused(t *testing.T) {
	good := value.File{Name: "a", Content: text("a")}
	bare := connector.Operation{Method: "POST", Path: "/logs"}
	for name, test := range map[string]struct {
		op   connector.Operation
		in   any
		want string
	}{
		"no name":          {addLog.At(7), &logEntry{Logo: &value.File{Content: text("a")}}, "a file needs a Name and a Content"},
		"no content":       {addLog.At(7), &logEntry{Attachments: []value.File{{}}}, "a file needs a Name and a Content"},
		"an odd type":      {addLog.At(7), &logEntry{Logo: &value.File{Name: "a", ContentType: "a\r\nb", Content: text("a")}}, "control character"},
		"a list":           {bare, []value.File{good}, "a form must be made of a JSON object, not of list"},
		"lists of lists":   {bare, map[string]any{"a": [][]int{{1}}, "file": good}, "list of lists a[]"},
		"records that mix": {addLog.At(7), &logEntry{Logo: &good, Lines: []line{{Note: new("a")}, {Amount: value.NewDecimal(1, 0)}}}, "the records of log[lines][] apart"},
	} {
		t.Run(name, func(t *testing.T) {
			server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Status: 204}))
			err := onSocket(t, server, connector.Options{}).Do(t.Context(), test.op, test.in, nil)
			if e := wantKind(t, err, connector.Invalid); !strings.Contains(e.Error(), test.want) {
				t.Errorf("got %v, want %s", e, test.want)
			}
			wantCount(t, server, 0)
		})
	}
	p := headed()
	p.Body = func(call *connector.Call, in any) ([]byte, error) { return rest.Scoped(call, in, p.Codec) }
	c := newClientOf(t, p, auth.Static(canary), faulttest.NewTransport(nil), connector.Options{})
	err := c.Do(t.Context(), addLog.At(7), &logEntry{Logo: &good}, nil)
	if e := wantKind(t, err, connector.Invalid); !strings.Contains(e.Error(), "takes no files") {
		t.Errorf("a platform with bodies of its own: %v", e)
	}
}

// A dry run shows the fields of a form, without secrets and without reading files.
func TestFormDryRun(t *testing.T) {
	var out strings.Builder
	c := newClient(t, faulttest.NewTransport(nil), connector.Options{DryRun: &out})
	in := map[string]any{"password": canary, "note": "wet\n", "file": value.File{Name: "a.txt", Content: text(canary)}}
	wantKind(t, c.Do(t.Context(), connector.Operation{Method: "POST", Path: "/logs"}, in, nil), connector.DryRun)
	if _, body, _ := strings.Cut(out.String(), "\n\n"); body != "file: (file \"a.txt\")\nnote: \"wet\\n\"\npassword: [redacted]\n\n" {
		t.Errorf("shown: %s", out.String())
	}
	noCanary(t, out.String())
}

// A merge patch clears by null, under its own content type.
func TestMergePatch(t *testing.T) {
	server := faulttest.NewServer(t, faulttest.Steps(status(200, ok)))
	op := connector.Operation{Method: "PATCH", Path: "/logs/1", ContentType: "application/merge-patch+json"}
	if err := onSocket(t, server, connector.Options{}).Do(t.Context(), op, &logEntry{Private: new(false), Clear: []string{"comment"}}, nil); err != nil {
		t.Fatal(err)
	}
	if a := server.Arrivals()[0]; a.Method != "PATCH" || string(a.Body) != `{"private":false,"comment":null}` || a.Header.Get("Content-Type") != op.ContentType {
		t.Errorf("the server got %s %s as %s", a.Method, a.Body, a.Header.Get("Content-Type"))
	}
}

// GET and DELETE carry bodies too, and repeat them whole: over a dead
// connection and after an answer that allows it.
func TestBodyOfEveryVerb(t *testing.T) {
	for _, verb := range []string{"GET", "DELETE", "PUT", "POST", "PATCH"} {
		t.Run(verb, func(t *testing.T) {
			server := faulttest.NewServer(t, faulttest.Steps(
				faulttest.Step{Status: 204, Close: true}, status(401, `{}`), faulttest.Step{Fault: faulttest.Reset}, faulttest.Step{Status: 204}))
			c := newClientOf(t, headed(), (&counted{}).source(), nil, connector.Options{BaseURL: server.URL})
			op := connector.Operation{Method: verb, Path: "/logs", Class: connector.Read, NoAnswer: true}
			for range 2 {
				if err := c.Do(t.Context(), op, []int{1, 2}, nil); err != nil {
					t.Fatal(err)
				}
			}
			if server.Count() < 4 {
				t.Fatalf("%d requests arrived", server.Count())
			}
			for i, a := range server.Arrivals() {
				if a.Method != verb || string(a.Body) != `[1,2]` || a.Length != 5 || a.Header.Get("Content-Type") != "application/json" {
					t.Errorf("request %d was %s %s of length %d as %q", i, a.Method, a.Body, a.Length, a.Header.Get("Content-Type"))
				}
			}
		})
	}
}

// A nil pointer is a mistake in a write. A search with one asks for everything.
func TestSearchForEverything(t *testing.T) {
	for _, test := range []struct {
		method string
		in     any
		want   string
	}{
		{"GET", (*logEntry)(nil), ""}, {"POST", (*logEntry)(nil), "{}"}, {"POST", []string(nil), "[]"}, {"POST", nil, ""},
	} {
		server := faulttest.NewServer(t, faulttest.Steps(status(200, `[{"id":1}]`)))
		c := onSocket(t, server, connector.Options{})
		op := connector.Operation{Method: test.method, Path: "/find", Class: connector.Read}
		page, err := rest.Search[thing](t.Context(), c, op, test.in, nil)
		if err != nil || len(page.Items) != 1 || string(server.Arrivals()[0].Body) != test.want {
			t.Errorf("%s of %T: got %+v, %v by the body %q", test.method, test.in, page, err, server.Arrivals()[0].Body)
		}
		wantKind(t, c.Do(t.Context(), addLog.At(7), (*logEntry)(nil), nil), connector.Invalid)
	}
}

// Maps that options put on a call stay the caller's.
func TestSharedMaps(t *testing.T) {
	p := headed()
	p.Prepare = func(call *connector.Call) error {
		call.Header.Set("X-Own", "prepared")
		call.Named["id"] = "9"
		return nil
	}
	server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
	c := newClientOf(t, p, auth.Static(canary), server, connector.Options{})
	header, named, extra := map[string][]string{"X-Own": {"mine"}}, map[string]string{"id": "8"}, map[string][]string{"a": {"1"}}
	shared := func(call *connector.Call) { call.Header, call.Named, call.Extra = header, named, extra }
	if _, err := rest.Get[thing](t.Context(), c, read, nil, []connector.CallOption{shared, connector.Header("X-Own", "more"), connector.Param("a", "2")}); err != nil {
		t.Fatal(err)
	}
	if a := server.Arrivals()[0]; a.URL.Path != "/v1/things/9" || a.Header.Get("X-Own") != "prepared" || !slices.Equal(a.URL.Query()["a"], []string{"1", "2"}) {
		t.Errorf("the server got %s %v", a.URL, a.Header)
	}
	if header["X-Own"][0] != "mine" || len(header["X-Own"]) != 1 || named["id"] != "8" || len(extra["a"]) != 1 {
		t.Errorf("the caller's maps are now %v, %v and %v", header, named, extra)
	}
}

// Headers that an operation demands are sent; the caller's win, and neither
// can be a credential.
func TestOperationHeader(t *testing.T) {
	server := faulttest.NewServer(t, faulttest.Steps(status(200, ok)))
	c := onSocket(t, server, connector.Options{})
	op := connector.Operation{Method: "GET", Path: "/beta", Class: connector.Read, Header: map[string]string{"version": "beta", "X-Own": "a"}}
	if err := c.Do(t.Context(), op, nil, &thing{}, connector.Header("x-own", "b")); err != nil {
		t.Fatal(err)
	}
	if a := server.Arrivals()[0]; a.Header.Get("Version") != "beta" || !slices.Equal(a.Header["X-Own"], []string{"b"}) {
		t.Errorf("the server got %v", a.Header)
	}
	op.Header = map[string]string{"authorization": "mine"}
	wantKind(t, c.Do(t.Context(), op, nil, &thing{}), connector.Invalid)
	wantCount(t, server, 1)
}
