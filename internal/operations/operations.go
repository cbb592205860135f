// Package operations holds what is known of the platforms' operations, as
// tables, and loads them. The generator turns them into Go, the emulators
// route by them, and the coverage tests count them. Nothing else reads them.
//
// Scoro and SecurityScorecard have two files each, Procore two for each of its
// packages. The table (scoro.json) is made by the program in the folder importer
// and is never edited. The overrides (scoro.overrides.json) hold all that we know
// better: names, homes, classes, paging, wrong types. Names of fields that
// Procore's packages share are in procore.overrides.json.
//
// Loading applies rules first, then the overrides, and refuses an override that
// changes nothing. The rules for services and methods are in naming*.go and
// versions.go, those for records in types.go, those for their members in
// fields.go and enums.go.
package operations

import (
	"regexp"
	"slices"
	"strings"
)

// A Table is what is known of one platform: the rows of its JSON file with the
// corrections of its overrides file applied.
type Table struct {
	Platform   string             `json:"platform"`
	Source     string             `json:"source"`     // what the rows were made from, and its date
	Packages   map[string]Package `json:"-"`          // by the folder's name; "" where the platform has one package
	Services   map[string]string  `json:"-"`          // what each service is about, by package.Service
	Operations []Operation        `json:"operations"` // sorted by path and verb
	Types      map[string]Type    `json:"types"`      // records, by the name that rows use, which is the Go name: "Project", "rfi.RFI"
}

// A Package is a Go package that the generator fills.
type Package struct {
	Doc      string   `json:"doc"`      // what the package is for: paragraphs for its comment
	Prefixes []string `json:"prefixes"` // Procore: path segments that are the package's own name and belong to no service
	Stems    []string `json:"stems"`    // Procore: beginnings of nouns that repeat the package's name

	Words map[string]string `json:"words"` // what sentences call a thing whose name is too short to stand alone: "type": "tax type"
}

// An Operation is one row: a verb and a path, and all that a method or an
// emulator must know of them.
type Operation struct {
	Verb string `json:"verb"` // GET, POST, …
	Path string `json:"path"` // with variables in braces, as the platform's documents have it

	Package string `json:"-"`                 // Go package below procore; empty on the other platforms
	Service string `json:"service,omitempty"` // Go name of the service: "RFIs"
	Noun    string `json:"noun,omitempty"`    // Go name of one of its records: "RFI"
	Method  string `json:"method,omitempty"`  // Go name of the method: "List"; "none" if it gets none
	Doc     string `json:"doc,omitempty"`     // one sentence in our words, without the method's name: "returns one page of the RFIs of a project"

	Class      string   `json:"class"`                // "read", "set" or "write"
	Certain    bool     `json:"certain,omitempty"`    // the class is documented or obvious, not a guess
	Params     []Param  `json:"params,omitempty"`     // path, query and header parameters
	Filters    []Param  `json:"filters,omitempty"`    // Scoro: keys of the filter object
	Body       *Body    `json:"body,omitempty"`       // nil if none is sent
	Answer     Answer   `json:"answer"`               // of a success
	Paging     string   `json:"paging,omitempty"`     // name of a paging style of the platform; empty for a whole list or no list
	OnePage    bool     `json:"onePage,omitempty"`    // answers in pages, and is no list that can be walked: a caller asks for other pages by a parameter
	Key        string   `json:"key,omitempty"`        // JSON name of the record's own id
	Host       string   `json:"host,omitempty"`       // base URL, where another than the platform's usual one serves it
	Status     int      `json:"status,omitempty"`     // of success: 200, 201, 204
	Download   bool     `json:"download,omitempty"`   // answers a file or redirects to one
	Partial    bool     `json:"partial,omitempty"`    // 207 or 200 with failures inside
	Deprecated bool     `json:"deprecated,omitempty"` // the platform will remove it
	Query      string   `json:"-"`                    // Go name of the struct of its optional parameters; empty lets the rules choose
	Newer      string   `json:"-"`                    // Service.Method of the newer operation that takes its place, in the same package
	Uncertain  string   `json:"uncertain,omitempty"`  // what is doubtful about the row; goes into the method's comment
	Credential string   `json:"credential,omitempty"` // Scoro: "user_token" or "api_key" where only one is known to work
	Unstable   bool     `json:"unstable,omitempty"`   // SecurityScorecard: outside the vendor's published index; its service begins with Unstable
	By         string   `json:"by,omitempty"`         // hand-written Go that calls it where it gets no method: "App.Exchange"
	Scopes     []string `json:"scopes,omitempty"`     // Procore: variables of which exactly one is sent: "project_id", "company_id"; a method for each
}

// A Param is one parameter of an operation.
type Param struct {
	Name     string   `json:"name"`               // as on the wire: "filters[status]"
	In       string   `json:"in"`                 // "path", "query", "header", "filter" or "scope": a member of the body beside the wrapper
	Type     string   `json:"type"`               // see Field.Type
	Form     string   `json:"form,omitempty"`     // of an array or range in a query: "brackets", "comma", "repeat", "range", "json"
	Required bool     `json:"required,omitempty"` // a call cannot leave it out
	Enum     []string `json:"enum,omitempty"`     // known values; never closed
	Go       string   `json:"go,omitempty"`       // Go name; empty lets the rules choose
}

// A Body says what a request carries.
type Body struct {
	Type    string   `json:"type"`              // name of a Type, or []name; empty if only Scope travels
	Wrapper string   `json:"wrapper,omitempty"` // key that the type is put under
	Scope   []string `json:"scope,omitempty"`   // members beside the wrapper: "project_id"
	Content string   `json:"content,omitempty"` // media type; empty means JSON
}

// An Answer says what a success carries.
type Answer struct {
	Known    string `json:"known"`              // "typed", "unknown" (some JSON) or "none" (no body)
	Type     string `json:"type,omitempty"`     // name of a Type, []name, or a plain type
	Envelope string `json:"envelope,omitempty"` // member that holds it: "data"
	Items    string `json:"items,omitempty"`    // member of the (enveloped) answer that holds a list: "entries"
}

// A Type is one record, read or written, or an open set of known words.
type Type struct {
	Doc    string            `json:"doc,omitempty"`    // what it is, after its name: "is one request for information"
	Fields []Field           `json:"fields,omitempty"` // in the order of the Go struct
	Enum   []string          `json:"enum,omitempty"`   // known values of a string; the type then has no fields
	Words  map[string]string `json:"-"`                // Go names of known values, where the rules name them badly
	Input  bool              `json:"input,omitempty"`  // it is written, not read
	Kept   bool              `json:"kept,omitempty"`   // Scoro: it stands in a list that is replaced whole, so what was read must be writable again
}

// A Field is one member of a record.
type Field struct {
	Name     string   `json:"name"`               // on the wire
	Go       string   `json:"go,omitempty"`       // Go name; empty lets the rules choose
	Type     string   `json:"type"`               // int, string, bool, decimal, float, date, datetime, duration, text, customfields, file, any; name of a Type; []T; map[string]T
	Enum     []string `json:"enum,omitempty"`     // known values; never closed
	ReadOnly bool     `json:"readOnly,omitempty"` // the platform sets it
	Required bool     `json:"required,omitempty"` // a body cannot leave it out
	Nullable bool     `json:"nullable,omitempty"` // null and zero mean different things
	Beside   bool     `json:"beside,omitempty"`   // of a body: it stands beside the wrapper, not in it
	Doc      string   `json:"doc,omitempty"`      // the comment behind the field
}

// CustomMember is the field of a body that writes each custom field as a
// member of its own, with the field's id at the end.
const CustomMember = "custom_field_%"

// FilterOptions is the service of Procore's look-ups of what lists can be
// filtered by. Each package has one at the most.
const FilterOptions = "FilterOptions"

// Row is what overrides and errors call the operation: its verb and path.
func (o Operation) Row() string { return o.Verb + " " + o.Path }

// ID is what the operation is called in errors and logs, by its method:
// "rfi.RFIs.List". A service that stands in a group of the client has the
// group's name before a dot: "Unstable.MAX.Invite".
func (o Operation) ID() string {
	id := qualify(o.Package, o.Service+"."+o.Method)
	if o.Unstable {
		return "Unstable." + strings.TrimPrefix(id, "Unstable")
	}
	return id
}

var pathVariable = regexp.MustCompile(`\{([^}]+)\}`)

// Variables returns the names in braces of a path, in their order.
func Variables(path string) []string {
	var names []string
	for _, found := range pathVariable.FindAllStringSubmatch(path, -1) {
		names = append(names, found[1])
	}
	return names
}

// LastVariable returns the last of a path's variables, empty if it has none.
func LastVariable(path string) string {
	names := Variables(path)
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// ByScope returns an operation for each scope of which exactly one is sent:
// the project's keeps the service, the company's gets one of its own. Most
// operations have no such choice and are returned as they are.
func (o Operation) ByScope() []Operation {
	if len(o.Scopes) == 0 {
		return []Operation{o}
	}
	var all []Operation
	for _, scope := range o.Scopes {
		all = append(all, o.in(scope))
	}
	return all
}

func (o Operation) in(scope string) Operation {
	o.Params = slices.DeleteFunc(slices.Clone(o.Params), func(p Param) bool {
		return slices.Contains(o.Scopes, p.Name) && p.Name != scope
	})
	if o.Body != nil && len(o.Body.Scope) > 0 {
		body := *o.Body
		body.Scope = []string{scope}
		o.Body = &body
	} else {
		o.Params = requireParam(o.Params, scope)
	}
	if scope == "company_id" {
		o.Service = "Company" + o.Service
	}
	return o
}

func requireParam(params []Param, name string) []Param {
	at := slices.IndexFunc(params, func(p Param) bool { return p.Name == name })
	if at < 0 {
		params = append(params, Param{Name: name, In: "query", Type: "int"})
		at = len(params) - 1
	}
	params[at].Required = true
	return params
}

// ServiceType returns the Go name of the type that has the operation's method:
// the service's own name, unless a record has it.
func (t *Table) ServiceType(op Operation) string {
	if _, taken := t.Types[qualify(op.Package, op.Service)]; taken {
		return op.Service + "Service"
	}
	return op.Service
}
