package main

import (
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	type action = struct{ Path, Certainty string }
	c := &catalogueFile{Platform: "scoro"}
	c.Modules = append(c.Modules, struct{ Actions []action }{[]action{{"notes/list", ""}, {"notes/view", ""}, {"meters/list", "inferred"}, {"meters/view", "inferred"}}})
	list := &entry{name: "POST /notes/list", methods: []string{"Notes.List"}}
	view := &entry{name: "POST /notes/view", methods: []string{"Notes.Get"}}
	meters := &entry{name: "POST /meters/list"}
	other := &entry{name: "POST /notes/other", methods: []string{"Notes.Other"}}
	for _, test := range []struct {
		ours       []*entry
		want, says string // of the error, and of the print
	}{
		{[]*entry{list, view, meters}, "", "4 operations in the catalogue, 3 in the code\n2 are inferred and have no method\n"},
		{[]*entry{list, meters}, "1 operations are missing from the code, 0 are not", "missing from the code: POST /notes/view\n"},
		{[]*entry{list, view, other}, "0 operations are missing from the code, 1 are not", "not in the catalogue: POST /notes/other\n"},
	} {
		var out strings.Builder
		err := c.compare(test.ours, &out)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want %q", err, test.want)
		}
		if !strings.Contains(out.String(), test.says) {
			t.Errorf("printed %q, want %q", out.String(), test.says)
		}
	}
}
