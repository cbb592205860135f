package main

import (
	"fmt"
	"iter"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// A summary counts what a run did.
type summary struct {
	lines             []line
	requests, retries int
	waited            time.Duration
	last              connector.Response // of the call under way
}

type line struct {
	what           string
	records, pages int // no pages: it was written
}

// count is the call option that lets the summary know what a call took.
func (s *summary) count() connector.CallOption { return connector.WithResponse(&s.last) }

func (s *summary) add(what string, records, pages int) {
	s.requests += s.last.Attempts
	s.retries += max(0, s.last.Attempts-1)
	s.waited += s.last.Waited
	s.last = connector.Response{}
	for i := range s.lines {
		if s.lines[i].what == what {
			s.lines[i].records += records
			s.lines[i].pages += pages
			return
		}
	}
	s.lines = append(s.lines, line{what, records, pages})
}

func (s *summary) wrote(what string, id int64) {
	s.add(what, 1, 0)
	fmt.Printf("  wrote %s %d\n", what, id)
}

// read walks the pages of a list, shows its progress, and returns the records.
func read[T any](s *summary, what string, pages iter.Seq2[*connector.Page[T], error]) ([]T, error) {
	var all []T
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		s.add(what, len(page.Items), 1)
		fmt.Printf("  %s: %d more, %d so far\n", what, len(page.Items), len(all))
	}
	return all, nil
}

func (s *summary) print() {
	fmt.Printf("\n%-30s %8s %8s\n", "", "records", "pages")
	for _, l := range s.lines {
		pages := fmt.Sprint(l.pages)
		if l.pages == 0 {
			pages = "written"
		}
		fmt.Printf("%-30s %8d %8s\n", l.what, l.records, pages)
	}
	fmt.Printf("\n%d requests, %d retries, %v of waiting to stay within the limits\n",
		s.requests, s.retries, s.waited.Round(10*time.Millisecond))
}
