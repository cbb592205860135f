package cases

import (
	"slices"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
)

// pages is P1 to P5.
func (s *suite) pages(t *testing.T) {
	t.Run("P1 a foreign link", s.foreignLink)
	t.Run("P2 an error on page 3", s.brokenWalk)
	t.Run("P3 records come and go", s.movingList)
	t.Run("P4 a page larger than asked", s.largePage)
	t.Run("P5 leaving the loop", s.leftLoop)
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

func (s *suite) foreignLink(t *testing.T) {
	for _, link := range []string{"https://evil.example/x?page=2", "//evil.example/x", "http://169.254.169.254/", "https://user:" + Canary + "@evil.example/"} {
		page := s.Page([]string{s.Record(1)}, 1, false).With("Link", "<"+link+`>; rel="next"`)
		s.onFakeTime(t, faulttest.Steps(page), func(t *testing.T, c Client, server *faulttest.Transport) {
			_, err := walk(t, c)
			s.want(t, err, connector.Origin)
			count(t, server, 1)
		})
	}
}

// brokenWalk goes on where the error came, from the place that it names.
func (s *suite) brokenWalk(t *testing.T) {
	l := s.list(22)
	broken := true
	script := func(n int, a faulttest.Arrival) faulttest.Step {
		if page, _ := s.Place(a); page == 3 && broken {
			return s.Refuse(403, "not this page")
		}
		return l.script(n, a)
	}
	s.onFakeTime(t, script, func(t *testing.T, c Client, _ *faulttest.Transport) {
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
}

func (s *suite) movingList(t *testing.T) {
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
}

func (s *suite) largePage(t *testing.T) {
	var records []string
	for id := 1; id <= 9; id++ {
		records = append(records, s.Record(id))
	}
	s.onFakeTime(t, faulttest.Steps(s.Page(records, 1, false), s.Page(nil, 2, false)), func(t *testing.T, c Client, _ *faulttest.Transport) {
		if ids, err := walk(t, c); err != nil || len(ids) != 9 {
			t.Errorf("got %v, %v", ids, err)
		}
	})
}

func (s *suite) leftLoop(t *testing.T) {
	s.onFakeTime(t, s.list(22).script, func(t *testing.T, c Client, server *faulttest.Transport) {
		if err := c.Walk(t.Context(), func(string) bool { return false }, connector.PageSize(5)); err != nil {
			t.Error(err)
		}
		count(t, server, 1)
	})
}
