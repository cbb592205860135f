package operations

import (
	"fmt"
	"maps"
	"reflect"
)

// Overrides is the file beside a table: what is switched on, and what we know
// better than the table. Rows are keyed by what they change, and each must
// change something.
type Overrides struct {
	Drop     map[string][]string     `json:"drop"`       // read by the importer: members of bodies that are left out, by type
	Package  Package                 `json:"package"`    // the Go package of the file
	Services map[string]ServiceRow   `json:"services"`   // by Go name
	Nouns    map[string]NounRow      `json:"nouns"`      // by what a path calls a thing: "questions"
	Rows     map[string]OperationRow `json:"operations"` // by verb and path
	Types    map[string]TypeRow      `json:"types"`      // by name in the table, or by Go name once it has one
	Fields   map[string]string       `json:"fields"`     // Go names of fields that mean the same in every type, by wire name
	Enums    map[string]EnumRow      `json:"enums"`      // named sets of words, by Go name
}

// A ServiceRow says what a service is about.
type ServiceRow struct {
	Doc string `json:"doc"` // what it is for, after its name: "are the requests for information of a project"
}

// A NounRow renames what a path calls a thing.
type NounRow struct {
	Service string `json:"service"` // Go name of the service
	Noun    string `json:"noun"`    // Go name of one record; empty: the service's name in the singular
}

// An OperationRow corrects one operation. Empty members change nothing.
type OperationRow struct {
	Service   string            `json:"service"`
	Noun      string            `json:"noun"`
	Method    string            `json:"method"`
	Doc       string            `json:"doc"`
	Class     string            `json:"class"`
	Paging    *string           `json:"paging"`
	Key       string            `json:"key"`
	Wrapper   *string           `json:"wrapper"`
	Body      string            `json:"body"`   // type of the body in the table; "none" for no body
	Input     string            `json:"input"`  // Go name of the body's type
	Record    string            `json:"record"` // Go name of the answer's type
	Query     string            `json:"query"`  // Go name of the struct of its optional parameters
	Scope     []string          `json:"scope"`  // members beside the body
	Answer    *Answer           `json:"answer"` // replaces the whole answer
	Download  *bool             `json:"download"`
	Uncertain string            `json:"uncertain"`
	By        string            `json:"by"`
	Scopes    []string          `json:"scopes"`
	Params    map[string]*Param `json:"params"` // by name: replaces, adds, or with null removes a parameter
}

// A TypeRow corrects one type.
type TypeRow struct {
	Go     string              `json:"go"`     // the Go name; several types may get the same and become one
	New    bool                `json:"new"`    // the table has no such type
	Doc    string              `json:"doc"`    // what it is, after its name: "is one request for information"
	Kept   bool                `json:"kept"`   // see Type.Kept
	Fields map[string]FieldRow `json:"fields"` // by wire name
}

// A FieldRow corrects one field, or adds it if it has a type and the type has no such field.
type FieldRow struct {
	Go       string  `json:"go"`
	Type     string  `json:"type"`
	Doc      *string `json:"doc"`
	ReadOnly *bool   `json:"readOnly"`
	Required *bool   `json:"required"`
	Nullable bool    `json:"nullable"`
	Remove   bool    `json:"remove"`
}

// An EnumRow makes a named type of the known values of fields.
type EnumRow struct {
	Doc    string            `json:"doc"`    // what it says: "says how far a project is"
	Was    string            `json:"was"`    // the name by the rules
	Fields []string          `json:"fields"` // Type.field, for sets that the rules leave without a type
	Words  map[string]string `json:"words"`  // Go names of values that the rules name badly
}

// row returns the corrections of an operation; they are empty if it has none.
func (o *Overrides) row(op Operation) OperationRow { return o.Rows[op.Row()] }

// shareFields adds the Go names of fields that all leaves share. A leaf's own
// go before.
func (o *Overrides) shareFields() error {
	text, err := files.ReadFile("procore.overrides.json")
	if err != nil {
		return err
	}
	var shared struct {
		Fields map[string]string `json:"fields"`
	}
	if err := strictJSON(text, &shared); err != nil {
		return fmt.Errorf("operations: procore.overrides.json: %w", err)
	}
	maps.Copy(shared.Fields, o.Fields)
	o.Fields = shared.Fields
	return nil
}

// qualify gives the names of a leaf's overrides its package: RFIs becomes
// rfi.RFIs. Types that go by their name in the table keep it, unless the row
// only says what the Go type is.
func (o *Overrides) qualify(leaf string, raw map[string]Type) {
	o.Services = qualified(leaf, o.Services)
	types := map[string]TypeRow{}
	for name, row := range o.Types {
		if _, ok := raw[name]; !ok || reflect.DeepEqual(row, TypeRow{Doc: row.Doc}) {
			name = qualify(leaf, name)
		}
		types[name] = row
	}
	o.Types = types
	enums := map[string]EnumRow{}
	for name, row := range o.Enums {
		if row.Was != "" {
			row.Was = qualify(leaf, row.Was)
		}
		for i, field := range row.Fields {
			row.Fields[i] = qualify(leaf, field)
		}
		enums[qualify(leaf, name)] = row
	}
	o.Enums = enums
}

func qualified[V any](leaf string, rows map[string]V) map[string]V {
	out := map[string]V{}
	for name, row := range rows {
		out[qualify(leaf, name)] = row
	}
	return out
}
