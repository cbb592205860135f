package operations

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

//go:embed *.json
var files embed.FS

// Scoro returns the table of Scoro.
func Scoro() (*Table, error) { return load("scoro") }

// Procore returns the table of Procore.
func Procore() (*Table, error) { return load("procore") }

// SecurityScorecard returns the table of SecurityScorecard.
func SecurityScorecard() (*Table, error) { return load("securityscorecard") }

func load(platform string) (*Table, error) {
	table, err := files.ReadFile(platform + ".json")
	if err != nil {
		return nil, err
	}
	overrides, err := files.ReadFile(platform + ".overrides.json")
	if err != nil {
		return nil, err
	}
	return parse(table, overrides)
}

// parse merges the text of a table with the text of its overrides.
func parse(table, overrides []byte) (*Table, error) {
	t := &Table{}
	if err := strictJSON(table, t); err != nil {
		return nil, fmt.Errorf("operations: table: %w", err)
	}
	o := &Overrides{}
	if err := strictJSON(overrides, o); err != nil {
		return nil, fmt.Errorf("operations: %s overrides: %w", t.Platform, err)
	}
	m := &merger{table: t, overrides: o, used: map[string]bool{}}
	if err := m.merge(); err != nil {
		return nil, fmt.Errorf("operations: %s: %w", t.Platform, err)
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
	used      map[string]bool
}

func (m *merger) merge() error {
	m.table.Packages = m.overrides.Packages
	if err := m.checkReferences(); err != nil {
		return err
	}
	m.nameOperations()
	m.correctOperations()
	m.setVersionsApart()
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
