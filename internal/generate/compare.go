package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// A catalogueFile is what the catalogues of facts have in common, as far as
// the comparison needs it. Scoro's has modules with actions.
type catalogueFile struct {
	Platform   string
	Operations []struct{ Method, Path string }
	Modules    []struct {
		Actions []struct{ Path, Certainty string }
	}
}

// compare prints which operations of a catalogue the code lacks, and which of
// the code the catalogue lacks. It fails if there are any.
func compare(file string, out io.Writer) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var c catalogueFile
	if err := json.Unmarshal(text, &c); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if !slices.Contains(platforms, c.Platform) {
		return fmt.Errorf("%s: no platform %q", file, c.Platform)
	}
	table, err := loadTable(c.Platform)
	if err != nil {
		return err
	}
	return c.compare(entries(table), out)
}

func (c *catalogueFile) compare(ours []*entry, out io.Writer) error {
	theirs, inferred := c.names()
	known := map[string]*entry{}
	for _, e := range ours {
		known[e.name] = e
	}
	var missing, apart []string
	for _, name := range theirs {
		e := known[name]
		switch {
		case inferred[name] && (e == nil || len(e.methods) == 0):
			apart = append(apart, name)
		case e == nil:
			missing = append(missing, name)
		}
		delete(known, name)
	}
	fmt.Fprintf(out, "%s: %d operations in the catalogue, %d in the code\n", c.Platform, len(theirs), len(ours))
	if len(apart) > 0 {
		fmt.Fprintf(out, "%d are inferred and have no method\n", len(apart))
	}
	for _, name := range missing {
		fmt.Fprintln(out, "missing from the code:", name)
	}
	for _, e := range ours {
		if known[e.name] != nil {
			fmt.Fprintln(out, "not in the catalogue:", e.name)
		}
	}
	if len(missing)+len(known) > 0 {
		return fmt.Errorf("%s: %d operations are missing from the code, %d are not in the catalogue", c.Platform, len(missing), len(known))
	}
	return nil
}

// names are the operations of the catalogue, and which of them were inferred
// from others and never seen.
func (c *catalogueFile) names() (all []string, inferred map[string]bool) {
	inferred = map[string]bool{}
	for _, op := range c.Operations {
		all = append(all, op.Method+" "+op.Path)
	}
	for _, module := range c.Modules {
		for _, action := range module.Actions {
			name := "POST /" + strings.TrimPrefix(action.Path, "/")
			all = append(all, name)
			inferred[name] = action.Certainty == "inferred"
		}
	}
	return all, inferred
}
