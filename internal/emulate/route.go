package emulate

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A Route is one verb and path that a server knows.
type Route struct {
	Verb      string
	Path      string                // below the root, with variables in braces
	Operation *operations.Operation // nil for paths that are not in the table, such as sign-in
}

// Name is the route as the log of requests has it: "GET /companies/{id}". It
// is empty for the zero Route.
func (r Route) Name() string {
	if r.Path == "" {
		return ""
	}
	return r.Verb + " " + r.Path
}

// A Router finds the route of a request. Fill it before it is used; then it is
// safe for concurrent use.
type Router struct {
	root   string
	routes map[int][]route // by the number of segments
}

type route struct {
	Route
	segments []string
}

// NewRouter returns a router for the operations of a table below root, such as
// "/api/v2"; root may be empty.
func NewRouter(root string, table *operations.Table) *Router {
	r := &Router{root: strings.TrimSuffix(root, "/"), routes: map[int][]route{}}
	for i := range table.Operations {
		op := &table.Operations[i]
		r.add(Route{Verb: op.Verb, Path: "/" + strings.TrimPrefix(op.Path, "/"), Operation: op})
	}
	return r
}

// Add teaches the router a path that the table does not have.
func (r *Router) Add(verb, path string) { r.add(Route{Verb: verb, Path: path}) }

func (r *Router) add(added Route) {
	segments := split(added.Path)
	r.routes[len(segments)] = append(r.routes[len(segments)], route{added, segments})
}

// Find returns the call that a request makes. Fixed segments win over
// variables, and a slash at the end makes no difference.
func (r *Router) Find(request *http.Request) *Call {
	call := &Call{Request: request}
	path, below := strings.CutPrefix(request.URL.EscapedPath(), r.root)
	if !below || path != "" && path[0] != '/' {
		return call
	}
	segments := split(path)
	for i, segment := range segments {
		var err error
		if segments[i], err = url.PathUnescape(segment); err != nil {
			return call
		}
	}
	verb := request.Method
	if verb == http.MethodHead {
		verb = http.MethodGet // the answer of GET; its body is not sent
	}
	var best *route
	for i := range r.routes[len(segments)] {
		candidate := &r.routes[len(segments)][i]
		values, ok := match(candidate.segments, segments)
		if !ok {
			continue
		}
		if candidate.Verb != verb {
			call.Allowed = append(call.Allowed, candidate.Verb)
			continue
		}
		if best == nil || moreFixed(candidate.segments, best.segments) {
			best = candidate
			call.Route, call.Values = candidate.Route, values
		}
	}
	if best != nil {
		call.Allowed = nil
		return call
	}
	slices.Sort(call.Allowed)
	call.Allowed = slices.Compact(call.Allowed)
	return call
}

// Below returns the part of the call's path below the router's root, and
// whether the path is below it at all.
func (r *Router) Below(c *Call) (string, bool) {
	path, ok := strings.CutPrefix(c.URL.Path, r.root)
	return path, ok && (path == "" || path[0] == '/')
}

func split(path string) []string {
	path, _, _ = strings.Cut(path, "?") // a table path may carry a query template
	return strings.Split(strings.Trim(path, "/"), "/")
}

// match reports whether the unescaped segments of a path fit a template, and
// the values of its variables; nil if it has none.
func match(template, segments []string) (values map[string]string, ok bool) {
	for i, want := range template {
		got := segments[i]
		before, name, after, variable := cutVariable(want)
		if !variable {
			if got != want {
				return nil, false
			}
			continue
		}
		if len(got) <= len(before)+len(after) || !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) {
			return nil, false
		}
		if values == nil {
			values = map[string]string{}
		}
		values[name] = got[len(before) : len(got)-len(after)]
	}
	return values, true
}

// cutVariable takes "{id}.pdf" apart: there may be text around one variable.
func cutVariable(segment string) (before, name, after string, ok bool) {
	before, rest, ok := strings.Cut(segment, "{")
	if !ok {
		return "", "", "", false
	}
	name, after, ok = strings.Cut(rest, "}")
	return before, name, after, ok
}

// moreFixed reports whether a has fixed text at the first place where a and b
// differ in having it: "/companies/summary" before "/companies/{id}", and
// "{id}.pdf" before "{id}".
func moreFixed(a, b []string) bool {
	for i := range a {
		if fixed(a[i]) != fixed(b[i]) {
			return fixed(a[i]) > fixed(b[i])
		}
	}
	return false
}

// fixed is how many bytes of a segment are certain; one without a variable is
// certain beyond measure.
func fixed(segment string) int {
	before, _, after, variable := cutVariable(segment)
	if !variable {
		return 1 << 20
	}
	return len(before) + len(after)
}

// fits reports whether the call is one that a fault's On means.
func (c *Call) fits(on string) bool {
	if on == "" {
		return true
	}
	verb, path, found := strings.Cut(on, " ")
	if !found {
		verb, path = "", on
	}
	if verb != "" && verb != c.Method {
		return false
	}
	path = "/" + strings.Trim(path, "/")
	return path == "/"+strings.Trim(c.Route.Path, "/") || path == strings.TrimSuffix(c.URL.Path, "/") || c.Route.Path != "" && path == c.filled()
}

// filled is the path below the root with the call's values in place.
func (c *Call) filled() string {
	segments := split(c.Route.Path)
	for i, segment := range segments {
		if before, name, after, ok := cutVariable(segment); ok {
			segments[i] = before + c.Values[name] + after
		}
	}
	return "/" + strings.Join(segments, "/")
}
