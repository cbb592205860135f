package rest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

// H2, H7: each status has its kind, one attempt, and keeps the request's id.
func TestStatuses(t *testing.T) {
	tests := []struct {
		status int
		kind   connector.Kind
	}{
		{100, connector.Unexpected}, {300, connector.Unexpected}, {304, connector.Unexpected}, {400, connector.Invalid},
		{402, connector.Invalid}, {403, connector.Forbidden}, {404, connector.NotFound}, {405, connector.Invalid},
		{409, connector.Conflict}, {410, connector.NotFound}, {418, connector.Unexpected}, {422, connector.Invalid},
		{499, connector.Invalid}, {501, connector.Unexpected}, {600, connector.Unavailable}, {999, connector.Unavailable},
	}
	for _, test := range tests {
		for _, op := range []connector.Operation{find, create, replace, remove, signIn} {
			t.Run(fmt.Sprintf("%d %s", test.status, op.ID), func(t *testing.T) {
				step := status(test.status, `{"message":"no\u0000\r\n such  thing"}`).With("X-Request-Id", "abc-1")
				onFakeTime(t, faulttest.Steps(step), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
					_, err := rest.Send[thing](t.Context(), c, op, thing{}, []connector.CallOption{connector.Account("tenant-17")})
					if test.status >= 600 {
						wantKindIn(t, err, connector.Unavailable, connector.UnknownOutcome)
						return
					}
					e := wantKind(t, err, test.kind)
					if e.Status != test.status || e.RequestID != "abc-1" || e.Operation != op.ID || e.Account != "tenant-17" || e.Attempts != 1 {
						t.Errorf("got %+v", *e)
					}
					if test.status >= 400 && e.Message != "no such thing" {
						t.Errorf("message %q", e.Message)
					}
					wantCount(t, server, 1)
				})
			})
		}
	}
	t.Run("H7 299", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(299, ok)), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			if got, err := get(t.Context(), c); err != nil || got.ID != 7 {
				t.Errorf("got %v, %v", got, err)
			}
		})
	})
	t.Run("H7 599", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(599, ``)), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			_, err := get(t.Context(), c)
			wantKind(t, err, connector.Unavailable)
		})
	})
}

func wantKindIn(t *testing.T, err error, kinds ...connector.Kind) {
	t.Helper()
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return
		}
	}
	t.Errorf("got %v, want one of %q", err, kinds)
}

// H5, H6, J1, J4, J5: a success whose body is not what was promised.
func TestUnreadableSuccess(t *testing.T) {
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	tests := []struct {
		name, body string
		status     int
		reason     wire.Reason
		path       string
	}{
		{"H5 login page", "<!doctype html><title>Sign in</title>", 200, wire.NotJSON, ""},
		{"H5 maintenance page with a BOM", "\ufeff  <html>", 200, wire.NotJSON, ""},
		{"H6 204", "", 204, wire.Empty, ""},
		{"J1 empty", "", 200, wire.Empty, ""},
		{"J1 white space", " \r\n\t", 200, wire.Empty, ""},
		{"J1 null", "null", 200, wire.WrongShape, ""},
		{"J1 list for an object", "[]", 200, wire.WrongShape, ""},
		{"text", "OK", 200, wire.NotJSON, ""},
		{"text in quotes", `"OK"`, 200, wire.WrongShape, ""},
		{"number", "7", 200, wire.WrongShape, ""},
		{"trailing data", ok + ok, 200, wire.Trailing, ""},
		{"trailing garbage", ok + "garbage", 200, wire.Trailing, ""},
		{"cut JSON in a whole body", ok[:9], 200, wire.Truncated, ""},
		{"J4 NUL", "\x00\x00", 200, wire.NotJSON, ""},
		{"J5 deep", deep, 200, wire.TooDeep, ""},
	}
	for _, test := range tests {
		for _, op := range []connector.Operation{find, create} {
			t.Run(test.name+"/"+op.Class.String(), func(t *testing.T) {
				onFakeTime(t, faulttest.Steps(status(test.status, test.body).With("X-Request-Id", "abc")), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
					got, err := rest.Send[thing](t.Context(), c, op, thing{}, nil)
					e := wantKind(t, err, connector.Decode)
					if got != nil || e.Status != test.status || e.RequestID != "abc" {
						t.Errorf("got %v, %+v", got, *e)
					}
					if !errors.Is(err, test.reason) {
						t.Errorf("got %v, want the reason %q", err, test.reason)
					}
					if len(err.Error()) > 700 {
						t.Errorf("an error of %d bytes", len(err.Error()))
					}
					wantCount(t, server, 1)
				})
			})
		}
	}
}

// J1: the envelope, the list, a cursor and a record's own id must be right.
func TestUnreadablePlaces(t *testing.T) {
	enveloped := find
	enveloped.Envelope = "data"
	paged := find
	paged.Key = "id"
	paged.Paging = connector.Paging{Style: connector.Cursor, Page: "cursor", Items: "entries", Next: "next"}
	tests := []struct {
		name, body, path string
		op               connector.Operation
		list             bool
	}{
		{"no envelope", `{"other":{}}`, "data", enveloped, false},
		{"envelope is a list", `[]`, "", enveloped, false},
		{"envelope is null", `null`, "", enveloped, false},
		{"content is null", `{"data":null}`, "", enveloped, false},
		{"content is a list", `{"data":[]}`, "", enveloped, false},
		{"no records", `{"next":"x"}`, "entries", paged, true},
		{"records are an object", `{"entries":{}}`, "/entries", paged, true},
		{"records are text", `{"entries":"none"}`, "/entries", paged, true},
		{"a cursor that is an object", `{"entries":[{"id":1}],"next":{}}`, "/next", paged, true},
		{"an id that is a list", `{"entries":[{"id":1},{"id":[]}]}`, "/entries/1/id", paged, true},
		{"an id that is missing its value", `{"entries":[{"id":null}]}`, "/entries/0/id", paged, true},
	}
	for _, test := range tests {
		t.Run("J1 "+test.name, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(status(200, test.body)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				var err error
				if test.list {
					_, err = rest.List[thing](t.Context(), c, test.op, nil, nil)
				} else {
					_, err = rest.Send[thing](t.Context(), c, test.op, nil, nil)
				}
				if e := wantKind(t, err, connector.Decode); !strings.Contains(e.Message, test.path) {
					t.Errorf("%v does not name %s", err, test.path)
				}
				wantCount(t, server, 1)
			})
		})
	}
}

// J1: a list may come without the envelope that its description names. It is
// read, and told of.
func TestListWithoutEnvelope(t *testing.T) {
	enveloped := find
	enveloped.Envelope = "data"
	for body, want := range map[string][]string{
		`{"data":[{"id":1},{"id":2}]}`: nil,
		` [{"id":1},{"id":2}]`:         {"object with the member data"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var drifts []string
			c := newClient(t, faulttest.NewTransport(faulttest.Steps(status(200, body))), connector.Options{OnDrift: func(d connector.Drift) {
				drifts = append(drifts, d.Want)
			}})
			page, err := rest.List[thing](t.Context(), c, enveloped, nil, nil)
			if err != nil || len(page.Items) != 2 || page.Items[1].ID != 2 || !slices.Equal(drifts, want) {
				t.Errorf("%s was read as %+v, %v; drift %q", body, page, err, drifts)
			}
		})
	}
}

// J2, J4, J6: what is wrong inside a record loses that value alone.
func TestDrift(t *testing.T) {
	tests := []struct {
		name, body string
		want       thing
		drifts     []string
	}{
		{"J2 number as text", `{"id":"7","name":"bolt","count":"3"}`, thing{ID: 7, Name: "bolt", Count: 3}, nil},
		{"J2 text as number", `{"id":7,"name":42}`, thing{ID: 7, Name: "42"}, nil},
		{"J2 object for a number", `{"id":7,"name":"bolt","count":{"a":[1,2]}}`, thing{ID: 7, Name: "bolt"}, []string{"/count"}},
		{"J2 word for a number", `{"id":7,"count":"many"}`, thing{ID: 7}, []string{"/count"}},
		{"J1 object for a list", `{"id":7,"tags":{"a":1}}`, thing{ID: 7}, []string{"/tags"}},
		{"J1 null inside", `{"id":7,"name":null,"count":null,"tags":null}`, thing{ID: 7}, nil},
		{"J2 beyond int64", `{"id":7,"count":99999999999999999999}`, thing{ID: 7}, []string{"/count"}},
		{"J2 large id", `{"id":9007199254740993}`, thing{ID: 9007199254740993}, nil},
		{"J6 unknown members", `{"id":7,"links":{"self":"x"},"more":[1,{"a":null}]}`, thing{ID: 7}, nil},
		{"J4 invalid UTF-8", "{\"id\":7,\"name\":\"a\xffb\"}", thing{ID: 7, Name: "a\ufffdb"}, nil},
		{"J4 lone surrogate", `{"id":7,"name":"a\ud800b"}`, thing{ID: 7, Name: "a\ufffdb"}, nil},
		{"J4 escaped NUL", `{"id":7,"name":"a\u0000b"}`, thing{ID: 7, Name: "a\x00b"}, nil},
		{"J4 BOM", "\ufeff" + `{"id":7}`, thing{ID: 7}, nil},
		{"a member twice", `{"id":7,"name":"a","name":"b"}`, thing{ID: 7, Name: "b"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var drifts []string
				server := faulttest.NewTransport(faulttest.Steps(status(200, test.body)))
				c := newClient(t, server, connector.Options{OnDrift: func(d connector.Drift) {
					drifts = append(drifts, d.Path)
					if d.Platform != "fake" || d.Operation != read.ID || d.Account != "tenant-17" || d.Want == "" || d.Got == "" {
						t.Errorf("an incomplete drift: %+v", d)
					}
				}})
				got, err := get(t.Context(), c, connector.Account("tenant-17"))
				if err != nil {
					t.Fatal(err)
				}
				if fmt.Sprint(*got) != fmt.Sprint(test.want) || fmt.Sprint(drifts) != fmt.Sprint(test.drifts) {
					t.Errorf("got %+v with drift at %v, want %+v with %v", *got, drifts, test.want, test.drifts)
				}
			})
		})
	}
}

func TestNoAnswerOperations(t *testing.T) {
	for _, step := range []faulttest.Step{{Status: 204}, status(200, ""), status(200, `{"id":7}`)} {
		onFakeTime(t, faulttest.Steps(step), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			if err := c.Do(t.Context(), remove, nil, nil); err != nil {
				t.Error(err)
			}
		})
	}
	onFakeTime(t, faulttest.Steps(status(200, "<html>")), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
		wantKind(t, c.Do(t.Context(), remove, nil, nil), connector.Decode)
	})
}

func TestRawAnswer(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(200, `[1, {"a":2}]`), status(200, `[1`), status(200, `[1] x`)), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
		got, err := rest.Raw(t.Context(), c, find, nil, nil)
		if err != nil || !json.Valid(got) || len(got) != 12 {
			t.Errorf("got %s, %v", got, err)
		}
		for range 2 {
			_, err = rest.Raw(t.Context(), c, find, nil, nil)
			wantKind(t, err, connector.Decode)
		}
	})
}

// J3: too large is an error, and memory stays under twice the limit.
func TestTooLarge(t *testing.T) {
	const limit = 8 << 20
	endless := `{"name":"` + strings.Repeat("x", 4*limit) + `"}`
	squeezed := squeeze(t, endless)
	tests := []struct {
		name string
		step faulttest.Step
	}{
		{"J3 with Content-Length", status(200, endless)},
		{"J3 chunked", func() faulttest.Step { s := status(200, endless); s.Chunked = true; return s }()},
		{"J3 a gzip bomb", status(200, squeezed).With("Content-Encoding", "gzip")},
		{"J3 one byte over", func() faulttest.Step { s := status(200, endless[:limit+1]); s.Chunked = true; return s }()},
		{"J3 an error over 1 MiB", status(404, endless[:2<<20])},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := faulttest.NewServer(t, faulttest.Steps(test.step))
			c := onSocket(t, server, connector.Options{MaxBody: limit})
			var err error
			peak := peakOf(func() { _, err = get(t.Context(), c) })
			wantKind(t, err, connector.TooLarge)
			wantCount(t, server, 1)
			if peak > 2*limit+(1<<20) {
				t.Errorf("%d bytes were taken for a limit of %d", peak, limit)
			}
		})
	}
	t.Run("a write whose answer is too large is unknown", func(t *testing.T) {
		server := faulttest.NewServer(t, faulttest.Steps(status(502, endless[:2<<20])))
		_, err := rest.Send[thing](t.Context(), onSocket(t, server, connector.Options{}), create, thing{}, nil)
		if wantKind(t, err, connector.UnknownOutcome); !errors.Is(err, connector.TooLarge) {
			t.Errorf("%v does not tell of the size", err)
		}
		wantCount(t, server, 1)
	})
	t.Run("exactly the limit", func(t *testing.T) {
		whole := `{"id":7,"name":"` + strings.Repeat("x", 1<<20)
		whole = whole[:1<<20-2] + `"}`
		for _, chunked := range []bool{false, true} {
			step := status(200, whole)
			step.Chunked = chunked
			server := faulttest.NewServer(t, faulttest.Steps(step))
			if got, err := get(t.Context(), onSocket(t, server, connector.Options{MaxBody: 1 << 20})); err != nil || got.ID != 7 {
				t.Errorf("chunked %v: %v", chunked, err)
			}
		}
	})
	t.Run("a length that is only claimed", func(t *testing.T) {
		claim := "HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n{"
		server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Raw: claim, Close: true}))
		c := onSocket(t, server, connector.Options{MaxAttempts: 1})
		peak := peakOf(func() { _, _ = get(t.Context(), c) })
		if peak > 8<<20 {
			t.Errorf("%d bytes were set aside for a word", peak)
		}
	})
}

func squeeze(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// peakOf returns what a call allocates in all, which is no less than its peak.
func peakOf(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A body that decompresses badly was cut or spoiled: a read asks again.
func TestBadCompression(t *testing.T) {
	good := squeeze(t, ok)
	bad := good[:len(good)-6] + "spoilt"
	server := faulttest.NewServer(t, faulttest.Steps(
		status(200, bad).With("Content-Encoding", "gzip"), status(200, good[:12]).With("Content-Encoding", "gzip"), status(200, good).With("Content-Encoding", "gzip")))
	got, err := get(t.Context(), onSocket(t, server, connector.Options{}))
	if err != nil || got.Name != "bolt" {
		t.Errorf("got %v, %v", got, err)
	}
	wantCount(t, server, 3)
}
