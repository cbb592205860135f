package main

import (
	"fmt"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A selection decides which operations of a catalogue are switched on.
type selection struct {
	rows []operations.Selection
	drop map[string][]string
	used map[int]bool
}

// take returns the first row that selects the operation.
func (s *selection) take(group, verb, path string) (operations.Selection, bool) {
	for i, row := range s.rows {
		if !matches(row, group, verb, path) {
			continue
		}
		if s.used == nil {
			s.used = map[int]bool{}
		}
		s.used[i] = true
		return row, true
	}
	return operations.Selection{}, false
}

func matches(row operations.Selection, group, verb, path string) bool {
	if row.Group != "" && row.Group != group {
		return false
	}
	for _, except := range row.Except {
		if selects(except, verb, path) {
			return false
		}
	}
	for _, only := range row.Only {
		if selects(only, verb, path) {
			return true
		}
	}
	return len(row.Only) == 0
}

// selects reports whether a pattern names the operation: a path, or a verb and
// a path; a trailing * stands for anything.
func selects(pattern, verb, path string) bool {
	if wanted, rest, ok := strings.Cut(pattern, " "); ok {
		if wanted != verb {
			return false
		}
		pattern = rest
	}
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(path, prefix)
	}
	return pattern == path
}

// dropped reports whether the selection leaves a field of a type out.
func (s *selection) dropped(typeName, field string) bool {
	for _, name := range s.drop[typeName] {
		if name == field {
			return true
		}
	}
	return false
}

// unused returns an error that names a row that selected nothing.
func (s *selection) unused() error {
	for i, row := range s.rows {
		if !s.used[i] {
			return fmt.Errorf("select row %d (group %q, only %q) selects no operation; correct or remove it", i+1, row.Group, row.Only)
		}
	}
	return nil
}
