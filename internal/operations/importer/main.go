// The importer makes an operation table from a catalogue of facts about a
// platform. It reads the selection in the overrides file beside the table, and
// takes over the operations that are switched on and the types they reach:
//
//	go run ./internal/operations/importer -platform procore -catalogue FILE
//
// It prints what the new table has more, less and otherwise than the old one;
// with -n it does no more than that. It keeps names, types and marks. It keeps no text of the catalogue.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/cordage-go/cordage/internal/operations"
)

func main() {
	platform := flag.String("platform", "", "scoro, procore or securityscorecard")
	catalogue := flag.String("catalogue", "", "the catalogue file to read")
	folder := flag.String("folder", "internal/operations", "the folder of the tables")
	reportOnly := flag.Bool("n", false, "print what would change, and write nothing")
	flag.Parse()
	if err := run(*platform, *catalogue, *folder, *reportOnly, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "importer:", err)
		os.Exit(1)
	}
}

// A catalogue is read by the importer of its platform.
type catalogue interface {
	// tables returns the tables to write, by the name of their file without its
	// ending. The folder has the overrides.
	tables(folder string) (map[string]*operations.Table, error)
}

func run(platform, file, folder string, reportOnly bool, out io.Writer) error {
	source, err := newCatalogue(platform)
	if err != nil {
		return err
	}
	if err := readJSON(file, source); err != nil {
		return err
	}
	tables, err := source.tables(folder)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		table := tables[name]
		table.Platform = platform
		keepReachable(table)
		before, err := oldTable(filepath.Join(folder, name+".json"))
		if err != nil {
			return err
		}
		if err := report(out, name, before, table); err != nil {
			return err
		}
		if reportOnly {
			continue
		}
		text, err := operations.Format(table)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name+".json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// oldTable reads the table that will be replaced; it is empty if there is none.
func oldTable(file string) (*operations.Table, error) {
	table := &operations.Table{}
	if err := readJSON(file, table); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return table, nil
}

func newCatalogue(platform string) (catalogue, error) {
	switch platform {
	case "scoro":
		return &scoroCatalogue{}, nil
	case "procore":
		return &procoreCatalogue{}, nil
	case "securityscorecard":
		return &scorecardCatalogue{}, nil
	default:
		return nil, fmt.Errorf("no platform %q; give -platform scoro, procore or securityscorecard", platform)
	}
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// keepReachable removes the types that no operation of the table leads to.
func keepReachable(table *operations.Table) {
	kept := map[string]operations.Type{}
	var keep func(ref string)
	keep = func(ref string) {
		name := operations.Elem(ref)
		t, known := table.Types[name]
		if _, done := kept[name]; done || !known {
			return
		}
		kept[name] = t
		for _, f := range t.Fields {
			keep(f.Type)
		}
	}
	for _, op := range table.Operations {
		keep(op.Answer.Type)
		if op.Body != nil {
			keep(op.Body.Type)
		}
	}
	table.Types = kept
	slices.SortFunc(table.Operations, operations.ByPath)
}

// words returns the texts among the known values of a field. Numbers are left
// out, since they say nothing that the field's type does not, and so is the
// text null, which only says that there may be none.
func words(values []any) []string {
	var texts []string
	for _, value := range values {
		if text, ok := value.(string); ok && text != "null" && text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
