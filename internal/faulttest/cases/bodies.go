package cases

import (
	"fmt"
	"net/http"
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
// costs less than ten clean pages. The best of many rounds counts, since the
// machine may be busy with something else.
func (s *suite) hostile(t *testing.T) {
	const rounds = 20
	clean, hostile := s.records(nil), s.records(s.Wrong)
	var best, bestClean time.Duration
	for round := range rounds {
		once, onceClean := s.walk(t, hostile), s.walk(t, clean)
		if round == 0 || once < best {
			best = once
		}
		if round == 0 || onceClean < bestClean {
			bestClean = onceClean
		}
		if best <= 10*bestClean {
			t.Logf("a hostile page took %v, a clean one %v", best, bestClean)
			return
		}
	}
	t.Errorf("a hostile page took %v, a clean one %v", best, bestClean)
}

// records returns a page of 1 MB. Each record has one of the wrong members, if
// there are any.
func (s *suite) records(wrong []string) []string {
	var records []string
	for id := 1; id <= hostileRecords; id++ {
		record := s.Record(id)
		if len(wrong) > 0 {
			record = strings.TrimSuffix(record, "}") + "," + wrong[id%len(wrong)] + "}"
		}
		padding := strings.Repeat("p", 500-len(record))
		records = append(records, strings.Replace(record, "{", `{"padding":"`+padding+`",`, 1))
	}
	return records
}

// walk returns how long it takes to read the records.
func (s *suite) walk(t *testing.T, records []string) time.Duration {
	t.Helper()
	script := func(k int, _ faulttest.Arrival) faulttest.Step {
		if k%2 == 1 {
			return s.Page(nil, 2, false)
		}
		return s.Page(records, 1, false)
	}
	c := s.client(t, connector.Options{Transport: faulttest.NewTransport(script), Pacer: faulttest.Unpaced{}})
	begun, seen := time.Now(), map[string]bool{}
	// A platform whose lists end only with an empty page is asked twice.
	err := c.Walk(t.Context(), func(id string) bool { seen[id] = true; return len(seen) < len(records) })
	if err != nil || len(seen) != len(records) {
		t.Fatalf("%d of %d records, %v", len(seen), len(records), err)
	}
	return time.Since(begun)
}

const hostileRecords = 2000
