package connector

import "slices"

// A Class says what repeating an operation does, and so when a call may be
// sent again. The HTTP verb never decides that: Scoro reads by POST.
type Class uint8

const (
	// Write creates, changes in part, or acts. It is repeated only if it
	// certainly never left, or if the platform refused it for coming too fast.
	// It is the zero value because it is the careful choice.
	Write Class = iota
	// Read changes nothing and may always be repeated.
	Read
	// Set replaces or deletes one thing by its id. It is repeated after an
	// unknown outcome only where the caller allows it with [Repeatable].
	Set
	// Token is a sign-in call. One-time codes and refresh tokens make it the
	// least repeatable of all.
	Token
)

// String returns the class in lower case.
func (c Class) String() string {
	switch c {
	case Read:
		return "read"
	case Set:
		return "set"
	case Token:
		return "token"
	default:
		return "write"
	}
}

// An Operation describes one thing that a platform can do: its address and how
// its request and answer look on the wire. The platform packages have one for
// each of their methods. Write your own to reach what they do not cover:
//
//	op := connector.Operation{ID: "meters.get", Method: "POST", Path: "/meters/view/{id}", Class: connector.Read}
//	err := client.Do(ctx, op.At(17), nil, &meter)
type Operation struct {
	ID     string // names the operation in errors, logs and metrics, such as "Projects.List" or "rfi.RFIs.List"
	Method string // the HTTP verb
	Path   string // below the API root, with variables in braces, also in a query: "/items/{id}?project_id={project_id}"
	Class  Class  // what may be repeated

	Header      map[string]string // headers that the platform demands here, such as "version: beta"; a header that the caller sets wins
	Host        string            // base URL of the one platform host that serves this operation; empty for the client's own
	ContentType string            // of the body; empty means application/json, or multipart/form-data where a file is in it
	Wrapper     string            // the body is put under this key: {"rfi": {…}}
	Scope       []string          // variables that travel in the body, beside the wrapper: {"project_id": 7, "rfi": {…}}
	Envelope    string            // the answer stands under this key: {"data": …}
	NoAnswer    bool              // success may come without a body
	Download    bool              // answers a file, perhaps by a redirect to a storage host, which then gets no credential

	Paging  Paging   // how a list goes on; the zero value is a list that comes whole
	Key     string   // the JSON name of a record's own id: a walk hands over no id twice
	Filters []string // the filters that the platform is known to obey here

	values []any // of the variables, in order
}

// At returns a copy with the path's variables, then those of Scope, filled in order. Values may be
// strings, integers or anything that prints itself; each is escaped, and an
// empty value, "." and ".." are refused when the call is made. Variables that
// the client fills itself, such as Procore's company_id, are left out.
func (o Operation) At(values ...any) Operation {
	o.values = slices.Clone(values)
	return o
}

// Values returns what At was given.
func (o Operation) Values() []any { return o.values }
