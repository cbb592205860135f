package operations

// Overrides is the file beside a table: what is switched on, and what we know
// better than the table. Rows are keyed by what they change, and each must
// change something.
type Overrides struct {
	Select   []Selection             `json:"select"`     // read by the importer
	Drop     map[string][]string     `json:"drop"`       // read by the importer: members of bodies that are left out, by type
	Packages map[string]Package      `json:"packages"`   // by the folder's name
	Services map[string]ServiceRow   `json:"services"`   // by package.Service, or Service
	Nouns    map[string]NounRow      `json:"nouns"`      // by package/noun of a path: "rfi/questions"
	Rows     map[string]OperationRow `json:"operations"` // by verb and path
	Types    map[string]TypeRow      `json:"types"`      // by name in the table, or by Go name once it has one
	Fields   map[string]string       `json:"fields"`     // Go names of fields that mean the same in every type, by wire name
	Enums    map[string]EnumRow      `json:"enums"`      // named sets of words, by Go name
}

// A Selection switches operations on.
type Selection struct {
	Package string   `json:"package"` // Procore: the Go package that they belong to
	Group   string   `json:"group"`   // group of the catalogue; Scoro: the module's path
	Only    []string `json:"only"`    // paths, with or without a verb; a trailing * stands for anything. Empty: all
	Except  []string `json:"except"`  // the same, left out
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
	Package   string            `json:"package"`
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
	Scope     []string          `json:"scope"`  // members beside the body
	Answer    *Answer           `json:"answer"` // replaces the whole answer
	Download  *bool             `json:"download"`
	Uncertain string            `json:"uncertain"`
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
func (o *Overrides) row(op Operation) OperationRow { return o.Rows[op.Verb+" "+op.Path] }
