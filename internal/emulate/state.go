package emulate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A Record is one JSON object: its values are string, bool, nil, int, int64,
// float64, json.Number, []any and Record.
type Record = map[string]any

// State is what an emulated platform remembers: records in named collections.
// It is safe for concurrent use, and copies records on their way in and out.
type State struct {
	mu          sync.Mutex
	collections map[string]*collection
	next        map[string]int // number of the last id, by the name of the sequence
	clock       time.Time
}

type collection struct {
	byID  map[string]Record
	order []string // ids as they came
}

// NewState returns an empty state. Its clock, which dates records, stands at
// start and moves on by a second with each reading, so that the same requests
// always give the same records.
func NewState(start time.Time) *State {
	return &State{collections: map[string]*collection{}, next: map[string]int{}, clock: start}
}

// Now is the next second of the state's own clock, not the time of day.
func (s *State) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = s.clock.Add(time.Second)
	return s.clock
}

// NextID returns 1, 2, 3, … for each sequence. [State.Put] moves a sequence
// that has the collection's name beyond the whole-number ids it sees.
func (s *State) NextID(sequence string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[sequence]++
	return s.next[sequence]
}

// Put stores a record under its id, in place of the one that was there. A new
// one comes last.
func (s *State) Put(name string, id any, r Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.collections[name]
	if c == nil {
		c = &collection{byID: map[string]Record{}}
		s.collections[name] = c
	}
	text := IDText(id)
	if _, known := c.byID[text]; !known {
		c.order = append(c.order, text)
	}
	c.byID[text] = Copy(r)
	if n, err := strconv.Atoi(text); err == nil {
		s.next[name] = max(s.next[name], n)
	}
}

// Get returns a copy of a record. The id may be a number or text.
func (s *State) Get(name string, id any) (Record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.find(name, id)
	return Copy(r), ok
}

// Update changes a record in place and returns a copy of the result. No other
// call sees or changes the record meanwhile; change must not call the State.
func (s *State) Update(name string, id any, change func(Record)) (Record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.find(name, id)
	if !ok {
		return nil, false
	}
	r = Copy(r)
	change(r)
	s.collections[name].byID[IDText(id)] = Copy(r)
	return r, true
}

// Delete removes a record and reports whether it was there.
func (s *State) Delete(name string, id any) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.find(name, id); !ok {
		return false
	}
	c, text := s.collections[name], IDText(id)
	delete(c.byID, text)
	c.order = slices.DeleteFunc(c.order, func(other string) bool { return other == text })
	return true
}

// All returns copies of a collection's records in the order of their coming.
// A collection that nothing was put into is empty.
func (s *State) All(name string) []Record {
	return s.Where(name, func(Record) bool { return true })
}

// Where returns copies of the records that keep accepts, in the order of their
// coming. keep must not change a record, nor call the State.
func (s *State) Where(name string, keep func(Record) bool) []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Record{}
	c := s.collections[name]
	if c == nil {
		return out
	}
	for _, id := range c.order {
		if r := c.byID[id]; keep(r) {
			out = append(out, Copy(r))
		}
	}
	return out
}

// Len is the number of records in a collection.
func (s *State) Len(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.collections[name]; c != nil {
		return len(c.order)
	}
	return 0
}

// Known reports whether anything was ever put into a collection.
func (s *State) Known(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.collections[name] != nil
}

func (s *State) find(name string, id any) (Record, bool) {
	c := s.collections[name]
	if c == nil {
		return nil, false
	}
	r, ok := c.byID[IDText(id)]
	return r, ok
}

// Copy returns a deep copy of a record.
func Copy(r Record) Record {
	if r == nil {
		return nil
	}
	out := make(Record, len(r))
	for name, v := range r {
		out[name] = copyValue(v)
	}
	return out
}

func copyValue(v any) any {
	switch v := v.(type) {
	case Record:
		return Copy(v)
	case []Record:
		out := make([]any, len(v))
		for i, r := range v {
			out[i] = Copy(r)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, each := range v {
			out[i] = copyValue(each)
		}
		return out
	default:
		return v
	}
}

// IDText is how an id is compared, whether it came as a number or as text: "7".
func IDText(id any) string {
	switch id := id.(type) {
	case nil:
		return ""
	case string:
		return id
	case json.Number:
		return id.String()
	default:
		return fmt.Sprint(id)
	}
}
