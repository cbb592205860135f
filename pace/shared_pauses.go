package pace

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

const (
	pausesFormat = 1
	mostPauses   = 256 // they have about 30 KB
)

// A pauseList is the stored record of the keys that the platform wants left
// alone. Times travel as what is left of them, since the clocks of two machines
// cannot be compared: who reads an entry for the first time counts from then,
// and so ends the pause a little late, never early.
type pauseList struct {
	Format int         `json:"format"`
	Pauses []pauseLeft `json:"pauses"`
}

type pauseLeft struct {
	Key  string `json:"key"`
	ID   string `json:"id"`   // tells this pause from an earlier one of the key
	Left int64  `json:"left"` // milliseconds, from when the record was written
}

func readPauses(value []byte) (pauseList, error) {
	var l pauseList
	if err := json.Unmarshal(value, &l); err != nil || l.Format != pausesFormat || len(l.Pauses) > mostPauses {
		return pauseList{}, errUnreadable
	}
	return l, nil
}

// A pause is an entry as this process knows it.
type pause struct {
	id   string
	ends time.Time
}

// pauses are those that this process knows of, by key.
type pauses map[string]pause

// learn takes in the stored list, read at a time, and reports the keys that
// are paused for longer than was known.
func (p pauses) learn(l pauseList, read time.Time) (longer []string) {
	for _, stored := range l.Pauses {
		left := time.Duration(min(max(0, stored.Left), longestPause.Milliseconds())) * time.Millisecond
		ends, known := read.Add(left), p[stored.Key]
		switch {
		case known.id == stored.ID && known.ends.After(ends):
			p[stored.Key] = pause{stored.ID, ends} // written again since, by one who knew better
		case known.id != stored.ID && ends.After(known.ends):
			p[stored.Key] = pause{stored.ID, ends}
			longer = append(longer, stored.Key)
		}
	}
	return longer
}

// list is the record to store: the longest, if there are too many.
func (p pauses) list(now time.Time) pauseList {
	l := pauseList{Format: pausesFormat}
	for key, one := range p {
		if left := one.ends.Sub(now); left > 0 {
			l.Pauses = append(l.Pauses, pauseLeft{key, one.id, left.Milliseconds() + 1})
		}
	}
	slices.SortFunc(l.Pauses, func(a, b pauseLeft) int { return cmp.Compare(b.Left, a.Left) })
	l.Pauses = l.Pauses[:min(mostPauses, len(l.Pauses))]
	return l
}

// value is the record's value, and how long it is of use.
func (l pauseList) value() ([]byte, time.Duration) {
	value, err := json.Marshal(l)
	if err != nil {
		panic(err) // strings and numbers always have a JSON form
	}
	longest := time.Duration(0)
	if len(l.Pauses) > 0 {
		longest = time.Duration(l.Pauses[0].Left) * time.Millisecond
	}
	return value, longest
}

// differs reports whether the stored list should be written anew: it lacks a
// pause, holds one that is over, or one for which somebody who reads it for the
// first time now would wait much too long.
func (p pauses) differs(l pauseList, now time.Time) bool {
	stored := map[string]bool{}
	for _, one := range l.Pauses {
		stored[one.ID] = true
		known := p[one.Key]
		if known.id != one.ID {
			continue
		}
		left := known.ends.Sub(now)
		if left <= 0 || time.Duration(one.Left)*time.Millisecond > left+left/8+time.Second {
			return true
		}
	}
	for _, known := range p {
		if known.ends.After(now) && !stored[known.id] && len(l.Pauses) < mostPauses {
			return true
		}
	}
	return false
}

// forget drops the pauses that are over. One that is still stored must be
// known, or it would be taken for new.
func (p pauses) forget(l pauseList, now time.Time) {
	maps.DeleteFunc(p, func(key string, one pause) bool {
		return !one.ends.After(now) && !slices.ContainsFunc(l.Pauses, func(stored pauseLeft) bool { return stored.ID == one.id })
	})
}

// next is when the first of them ends.
func (p pauses) next() (first time.Time) {
	for _, one := range p {
		if first.IsZero() || one.ends.Before(first) {
			first = one.ends
		}
	}
	return first
}
