package operations

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

//go:embed *.json procore/*.json
var files embed.FS

// Scoro returns the table of Scoro.
func Scoro() (*Table, error) { return load("scoro", "") }

// SecurityScorecard returns the table of SecurityScorecard.
func SecurityScorecard() (*Table, error) { return load("securityscorecard", "") }

// Procore returns the tables of all leaves as one.
func Procore() (*Table, error) {
	leaves, err := ProcoreLeaves()
	if err != nil {
		return nil, err
	}
	whole := &Table{Packages: map[string]Package{}, Services: map[string]string{}, Types: map[string]Type{}}
	for _, name := range leaves {
		leaf, err := ProcoreLeaf(name)
		if err != nil {
			return nil, err
		}
		whole.Platform, whole.Source = leaf.Platform, leaf.Source
		whole.Operations = append(whole.Operations, leaf.Operations...)
		maps.Copy(whole.Packages, leaf.Packages)
		maps.Copy(whole.Services, leaf.Services)
		maps.Copy(whole.Types, leaf.Types)
	}
	slices.SortFunc(whole.Operations, ByPath)
	return whole, nil
}

// ProcoreLeaf returns the table of one package below procore.
func ProcoreLeaf(name string) (*Table, error) {
	return load("procore/"+name, name)
}

// ProcoreLeaves returns the names of the packages below procore: those that
// have overrides.
func ProcoreLeaves() ([]string, error) {
	found, err := fs.Glob(files, "procore/*.overrides.json")
	for i, file := range found {
		found[i] = strings.TrimSuffix(strings.TrimPrefix(file, "procore/"), ".overrides.json")
	}
	return found, err
}

// load reads the table and the overrides of a platform, or of one of its leaves.
func load(name, leaf string) (*Table, error) {
	table, err := files.ReadFile(name + ".json")
	if err != nil {
		return nil, err
	}
	overrides, err := files.ReadFile(name + ".overrides.json")
	if err != nil {
		return nil, err
	}
	return parse(table, overrides, leaf)
}

// parse merges the text of a table with the text of its overrides.
func parse(table, overrides []byte, leaf string) (*Table, error) {
	t := &Table{}
	if err := strictJSON(table, t); err != nil {
		return nil, fmt.Errorf("operations: table: %w", err)
	}
	o := &Overrides{}
	if err := strictJSON(overrides, o); err != nil {
		return nil, fmt.Errorf("operations: %s overrides: %w", cmp.Or(leaf, t.Platform), err)
	}
	for i := range t.Operations {
		t.Operations[i].Package = leaf
	}
	if leaf != "" {
		o.qualify(leaf, t.Types)
		if err := o.shareFields(); err != nil {
			return nil, err
		}
	}
	m := &merger{table: t, overrides: o, leaf: leaf, parents: map[string]parent{}, used: map[string]bool{}}
	if err := m.merge(); err != nil {
		return t, fmt.Errorf("operations: %s: %w", cmp.Or(leaf, t.Platform), err)
	}
	return t, nil
}

// strictJSON refuses unknown members: a misspelt one would change nothing.
func strictJSON(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// A merger turns the rows of a table into what the generator needs, in the
// order of its merge method, and notes which overrides did something.
type merger struct {
	table     *Table
	overrides *Overrides
	leaf      string            // the package below procore, or empty
	parents   map[string]parent // Procore: what stands before the last noun of a path, by verb and path
	used      map[string]bool
}

func (m *merger) merge() error {
	m.table.Packages = map[string]Package{m.leaf: m.overrides.Package}
	if err := m.checkReferences(); err != nil {
		return err
	}
	m.mendMoments()
	m.nameOperations()
	m.correctOperations()
	m.setVersionsApart()
	m.setUnstableApart()
	if err := m.correctTypes(); err != nil {
		return err
	}
	if err := m.nameTypes(); err != nil {
		return err
	}
	if err := m.correctTypes(); err != nil {
		return err
	}
	m.shareInputs()
	m.nameEnums()
	m.nameFields()
	m.nameParams()
	m.findKeys()
	m.describeServices()
	slices.SortFunc(m.table.Operations, ByPath)
	return errors.Join(m.unused(), validate(m.table))
}
