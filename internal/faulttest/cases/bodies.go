package cases

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
)

// bodies is J1 to J6.
func (s *suite) bodies(t *testing.T) {
	for name, body := range map[string]string{
		"J1 empty": "", "J1 null": "null", "J1 list for an object": "[]", "J1 null for the record": s.One("null"), "J1 list for the record": s.One("[]"),
		"text": `"fine"`, "J5 deep": s.One(strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)), "trailing data": s.One(s.Record(7)) + "{}", "J4 NUL": "\x00",
	} {
		t.Run(name, func(t *testing.T) { s.unreadable(t, faulttest.JSON(http.StatusOK, body)) })
	}
	t.Run("J1 an id of the wrong shape", func(t *testing.T) {
		s.onFakeTime(t, func(_ int, _ faulttest.Arrival) faulttest.Step { return s.Page([]string{s.BadID}, 1, false) }, func(t *testing.T, c Client, _ *faulttest.Transport) {
			s.want(t, c.Walk(t.Context(), func(string) bool { return true }), connector.Decode)
		})
	})
	t.Run("J2 a hostile page", s.hostile)
	for name, mend := range map[string]func(record string) string{
		"J4 BOM":             func(record string) string { return "\ufeff" + s.One(record) },
		"J4 invalid UTF-8":   func(record string) string { return s.One(strings.Replace(record, "{", "{\"x\":\"\xff\",", 1)) },
		"J4 lone surrogate":  func(record string) string { return s.One(strings.Replace(record, "{", `{"x":"\ud800",`, 1)) },
		"J6 unknown members": func(record string) string { return s.One(strings.Replace(record, "{", `{"x":{"y":[null,1]},`, 1)) },
	} {
		t.Run(name, func(t *testing.T) {
			s.onFakeTime(t, faulttest.Steps(faulttest.JSON(200, mend(s.Record(7)))), func(t *testing.T, c Client, _ *faulttest.Transport) {
				if err := c.Read(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
	for _, chunked := range []bool{false, true} {
		t.Run(fmt.Sprint("J3 too large, chunked ", chunked), func(t *testing.T) {
			step := faulttest.JSON(200, strings.Repeat(" ", 3<<20))
			step.Chunked = chunked
			c, server := s.onSocket(t, faulttest.Steps(step), connector.Options{MaxBody: 1 << 20})
			s.want(t, c.Read(t.Context()), connector.TooLarge)
			count(t, server, 1)
		})
	}
}

func (s *suite) unreadable(t *testing.T, step faulttest.Step) {
	s.onFakeTime(t, faulttest.Steps(step), func(t *testing.T, c Client, server *faulttest.Transport) {
		s.want(t, c.Read(t.Context()), connector.Decode)
		count(t, server, 1)
	})
}

// hostile reads 2,000 wrongly typed values in 1 MB: no record is lost, and it
// costs less than ten clean pages.
func (s *suite) hostile(t *testing.T) {
	const n = 2000
	took := map[bool]time.Duration{}
	for _, hostile := range []bool{false, true} {
		var records []string
		for id := 1; id <= n; id++ {
			record := s.Record(id)
			if hostile {
				record = strings.TrimSuffix(record, "}") + "," + s.Wrong[id%len(s.Wrong)] + "}"
			}
			padding := strings.Repeat("p", 500-len(record))
			records = append(records, strings.Replace(record, "{", `{"padding":"`+padding+`",`, 1))
		}
		script := func(k int, _ faulttest.Arrival) faulttest.Step {
			if k%2 == 1 {
				return s.Page(nil, 2, false)
			}
			return s.Page(records, 1, false)
		}
		c := s.client(t, connector.Options{Transport: faulttest.NewTransport(script), Pacer: unpaced{}})
		for range 5 {
			begun, seen := time.Now(), map[string]bool{}
			// A platform whose lists end only with an empty page is asked twice.
			err := c.Walk(t.Context(), func(id string) bool { seen[id] = true; return len(seen) < n })
			if err != nil || len(seen) != n {
				t.Fatalf("%d of %d records, %v", len(seen), n, err)
			}
			if once := time.Since(begun); took[hostile] == 0 || once < took[hostile] {
				took[hostile] = once
			}
			c = s.client(t, connector.Options{Transport: faulttest.NewTransport(script), Pacer: unpaced{}})
		}
	}
	t.Logf("a hostile page took %v, a clean one %v", took[true], took[false])
	if took[true] > 10*took[false] {
		t.Errorf("a hostile page took %v, a clean one %v", took[true], took[false])
	}
}

// A playedList plays a list of records.
type playedList struct {
	*suite
	ids  []int
	edit func(page int, l *playedList)
}

func (l *playedList) script(_ int, a faulttest.Arrival) faulttest.Step {
	page, size := l.Place(a)
	if l.edit != nil {
		l.edit(page, l)
	}
	from, to := min((page-1)*size, len(l.ids)), min(page*size, len(l.ids))
	var records []string
	for _, id := range l.ids[from:to] {
		records = append(records, l.Record(id))
	}
	return l.Page(records, page, to < len(l.ids))
}

func (s *suite) list(n int) *playedList {
	l := &playedList{suite: s}
	for id := 1; id <= n; id++ {
		l.ids = append(l.ids, id)
	}
	return l
}

// walk returns the ids that a walk hands out, and its error.
func walk(t *testing.T, c Client, opts ...connector.CallOption) ([]string, error) {
	t.Helper()
	var ids []string
	err := c.Walk(t.Context(), func(id string) bool { ids = append(ids, id); return true }, append([]connector.CallOption{connector.PageSize(5)}, opts...)...)
	return ids, err
}

// pages is P1 to P5.
func (s *suite) pages(t *testing.T) {
	t.Run("P1 a foreign link", func(t *testing.T) {
		for _, link := range []string{"https://evil.example/x?page=2", "//evil.example/x", "http://169.254.169.254/", "https://user:" + Canary + "@evil.example/"} {
			page := s.Page([]string{s.Record(1)}, 1, false).With("Link", "<"+link+`>; rel="next"`)
			s.onFakeTime(t, faulttest.Steps(page), func(t *testing.T, c Client, server *faulttest.Transport) {
				_, err := walk(t, c)
				s.want(t, err, connector.Origin)
				count(t, server, 1)
			})
		}
	})
	t.Run("P2 an error on page 3", func(t *testing.T) {
		l := s.list(22)
		broken := true
		s.onFakeTime(t, func(n int, a faulttest.Arrival) faulttest.Step {
			if page, _ := s.Place(a); page == 3 && broken {
				return s.Refuse(403, "not this page")
			}
			return l.script(n, a)
		}, func(t *testing.T, c Client, _ *faulttest.Transport) {
			ids, err := walk(t, c)
			e := s.want(t, err, connector.Forbidden)
			if len(ids) != 10 || e.Next == "" {
				t.Fatalf("%d records and the place %q", len(ids), e.Next)
			}
			broken = false
			rest, err := walk(t, c, connector.From(e.Next))
			if err != nil || len(ids)+len(rest) != 22 {
				t.Errorf("went on with %v, %v", rest, err)
			}
		})
	})
	t.Run("P3 records come and go", func(t *testing.T) {
		l := s.list(17)
		l.edit = func(page int, l *playedList) {
			if page == 2 {
				l.ids = append([]int{101, 102}, l.ids...)
			}
		}
		s.onFakeTime(t, l.script, func(t *testing.T, c Client, _ *faulttest.Transport) {
			ids, err := walk(t, c)
			if sorted := slices.Compact(slices.Sorted(slices.Values(ids))); err != nil || len(ids) != 17 || len(sorted) != 17 {
				t.Errorf("got %v, %v", ids, err)
			}
		})
	})
	t.Run("P4 a page larger than asked", func(t *testing.T) {
		var records []string
		for id := 1; id <= 9; id++ {
			records = append(records, s.Record(id))
		}
		s.onFakeTime(t, faulttest.Steps(s.Page(records, 1, false), s.Page(nil, 2, false)), func(t *testing.T, c Client, _ *faulttest.Transport) {
			if ids, err := walk(t, c); err != nil || len(ids) != 9 {
				t.Errorf("got %v, %v", ids, err)
			}
		})
	})
	t.Run("P5 leaving the loop", func(t *testing.T) {
		s.onFakeTime(t, s.list(22).script, func(t *testing.T, c Client, server *faulttest.Transport) {
			if err := c.Walk(t.Context(), func(string) bool { return false }, connector.PageSize(5)); err != nil {
				t.Error(err)
			}
			count(t, server, 1)
		})
	})
}

// origins is D1 to D4, L2 and the dry run.
func (s *suite) origins(t *testing.T) {
	for _, code := range []int{302, 307, 308} {
		t.Run("D1 redirect "+strconv.Itoa(code), func(t *testing.T) {
			other := faulttest.NewServer(t, faulttest.Steps(s.good()))
			c, server := s.onSocket(t, faulttest.Steps(faulttest.Step{Status: code}.With("Location", other.URL+"/?x="+Canary)), connector.Options{})
			s.want(t, c.Read(t.Context()), connector.Origin)
			s.want(t, c.Write(t.Context()), connector.Origin)
			count(t, server, 2)
			if other.Opened() != 0 {
				t.Error("the other host was called")
			}
		})
	}
	t.Run("D2 a redirect loop", func(t *testing.T) {
		s.onFakeTime(t, faulttest.Steps(faulttest.Step{Status: 302}.With("Location", "/")), func(t *testing.T, c Client, server *faulttest.Transport) {
			s.want(t, c.Read(t.Context()), connector.Origin)
			count(t, server, 1)
		})
	})
	op := connector.Operation{ID: "own", Method: "POST", Path: "/things/{id}/x", Class: connector.Read, NoAnswer: true}
	for value, escaped := range map[string]string{"a/b": "a%2Fb", "../..": "..%2F..", "?a=b": "%3Fa=b", "#x": "%23x", "%2f": "%252f", "..": "", ".": "", "": "", "a\nb": ""} {
		t.Run(fmt.Sprintf("D3 %q", value), func(t *testing.T) {
			s.onFakeTime(t, faulttest.Steps(faulttest.JSON(200, s.One("{}"))), func(t *testing.T, c Client, server *faulttest.Transport) {
				err := c.Do(t.Context(), op.At(value), nil, nil)
				if escaped == "" {
					s.want(t, err, connector.Invalid)
					count(t, server, 0)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if path := server.Arrivals()[0].URL.EscapedPath(); !strings.HasSuffix(path, "/things/"+escaped+"/x") {
					t.Errorf("went to %s", path)
				}
			})
		})
	}
	t.Run("D4 a header with a line break", func(t *testing.T) {
		s.onFakeTime(t, faulttest.Steps(s.good()), func(t *testing.T, c Client, server *faulttest.Transport) {
			s.want(t, c.Read(t.Context(), connector.Header("X-Own", "a\r\nX-Injected: b")), connector.Invalid)
			s.want(t, c.Write(t.Context(), connector.Header("Authorization", Canary)), connector.Invalid)
			count(t, server, 0)
		})
	})
	t.Run("L1 an echoed credential", func(t *testing.T) {
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
	})
	t.Run("L1 a dry run", func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(s.good()))
		c := s.client(t, connector.Options{Transport: server, DryRun: &s.written})
		s.want(t, c.Write(t.Context()), connector.DryRun)
		s.want(t, c.Delete(t.Context()), connector.DryRun)
		count(t, server, 0)
	})
}
