package procore_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/company"
	"github.com/cordage-go/cordage/procore/directory"
	"github.com/cordage-go/cordage/procore/observations"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/procore/project"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/procore/submittals"
	"github.com/cordage-go/cordage/procore/webhooks"
)

// Every method of every service is called through a socket. Each call reaches
// the emulator as the operation's verb and path and succeeds, and all ways to
// walk a list bring the same records. No operation of the table stays uncalled.
func TestEveryMethod(t *testing.T) {
	c := newEvery(t)
	for _, leaf := range []any{
		company.New(c.client), project.New(c.client), directory.New(c.client), rfi.New(c.client),
		submittals.New(c.client), webhooks.New(c.client), observations.New(c.client),
	} {
		c.leaf(t, leaf)
	}
	table, err := operations.Procore()
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	for _, r := range c.server.Requests() {
		called[r.Operation] = true
	}
	for _, op := range table.Operations {
		if name := op.Verb + " " + op.Path; op.Method != "none" && !called[name] {
			t.Errorf("%s was never called", name)
		}
	}
}

// every calls methods by reflection.
type every struct {
	server *procoretest.Server
	client *procore.Client
	sent   connector.Operation // of the last request
}

func newEvery(t *testing.T) *every {
	c := &every{server: procoretest.NewServer(t)}
	watch := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			c.sent, _ = connector.OperationFrom(r.Context())
			return next.RoundTrip(r)
		})
	}
	var err error
	c.client, err = procore.New(auth.Static(c.server.AccessToken), &procore.Options{CompanyID: c.server.CompanyID, Options: connector.Options{
		BaseURL: c.server.URL, Pacer: faulttest.Unpaced{}, MaxAttempts: 1, Middleware: []connector.Middleware{watch},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.client.Close() })
	return c
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// leaf calls the methods of all services of a package.
func (c *every) leaf(t *testing.T, leaf any) {
	v := reflect.ValueOf(leaf).Elem()
	folder := filepath.Base(v.Type().PkgPath())
	names := parameters(t, folder)
	for i := range v.NumField() {
		service := v.Field(i)
		name := v.Type().Field(i).Name
		var methods []string
		for m := range service.NumMethod() {
			methods = append(methods, service.Type().Method(m).Name)
		}
		rank := func(method string) int { return rankOf(method, service.MethodByName(method).Type()) }
		slices.SortStableFunc(methods, func(a, b string) int { return rank(a) - rank(b) })
		counts := map[string]int{}
		for _, method := range methods {
			t.Run(folder+"."+name+"."+method, func(t *testing.T) {
				n := c.call(t, name, method, service.MethodByName(method), names[name+"."+method])
				if n < 0 {
					return
				}
				list := strings.NewReplacer("List", "", "Pages", "", "All", "").Replace(method)
				if before, known := counts[list]; known && before != n {
					t.Errorf("%d records, and %d the other way", n, before)
				}
				counts[list] = n
			})
		}
	}
}

// rankOf puts lists first, so that all ways to walk one meet the same records,
// and deletes last.
func rankOf(method string, f reflect.Type) int {
	switch {
	case walks(f), strings.HasPrefix(method, "List"):
		return 0
	case strings.Contains(method, "Delete") && !strings.Contains(method, "Deleted"):
		return 2
	}
	return 1
}

// parameters reads the names of the parameters of a package's methods, by
// service and method.
func parameters(t *testing.T, folder string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string][]string{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			receiver, ok := f.Recv.List[0].Type.(*ast.StarExpr)
			if !ok {
				continue
			}
			of := fmt.Sprint(receiver.X) + "." + f.Name.Name
			for _, field := range f.Type.Params.List {
				for _, name := range field.Names {
					names[of] = append(names[of], name.Name)
				}
			}
		}
	}
	return names
}

// call calls one method and returns how many records it listed, -1 if it is no list.
func (c *every) call(t *testing.T, service, method string, f reflect.Value, names []string) int {
	args := []reflect.Value{reflect.ValueOf(t.Context())}
	for i := 1; i < f.Type().NumIn()-1; i++ { // without the options
		args = append(args, c.argument(service, method, names[i], f.Type().In(i)))
	}
	if walks(f.Type()) {
		args = append(args, reflect.ValueOf(connector.PageSize(3)))
	}
	before := len(c.server.Requests())
	count, err := outcome(f.Call(args))
	if err != nil {
		t.Error(err)
	}
	arrived := c.server.Requests()[before:]
	if len(arrived) == 0 {
		t.Error("nothing arrived")
	}
	path, _, _ := strings.Cut(c.sent.Path, "?")
	for _, r := range arrived {
		if r.Operation != c.sent.Method+" "+path {
			t.Errorf("%s arrived, want %s %s", r.Operation, c.sent.Method, path)
		}
	}
	if count == 0 && service != "FilterOptions" { // these have what occurs in the records
		t.Error("the list is empty")
	}
	return count
}

// walks reports whether a method returns an iterator.
func walks(f reflect.Type) bool { return f.Out(0).Kind() == reflect.Func }

// outcome takes the results of a method apart: what it returned, or what its
// iterator brought.
func outcome(results []reflect.Value) (count int, err error) {
	last := results[len(results)-1]
	if last.Kind() == reflect.Func {
		count = 0
		for v, failed := range last.Seq2() {
			if !failed.IsNil() {
				return count, failed.Interface().(error)
			}
			count += size(v, 1)
		}
		return count, nil
	}
	err, _ = last.Interface().(error)
	if len(results) == 1 || err != nil {
		return -1, err
	}
	return size(results[0], -1), nil
}

// size is how many records a page or slice has, else usual.
func size(v reflect.Value, usual int) int {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct {
		return v.Len()
	}
	if v.Kind() == reflect.Pointer && strings.HasPrefix(v.Type().Elem().Name(), "Page[") {
		return v.Elem().FieldByName("Items").Len()
	}
	return usual
}

// argument makes a sensible value for a parameter.
func (c *every) argument(service, method, name string, t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[io.Writer]():
		v.Set(reflect.ValueOf(io.Discard))
	case name == "q": // no narrower than it must be
	case name == "in":
		c.fill(v, service)
	case name == "projectID":
		v.SetInt(c.server.ProjectID)
	case t.Kind() == reflect.Int64:
		v.SetInt(c.id(service, method, name))
	case name == "payloadVersion":
		v.SetString("v4.0")
	case name == "format":
		v.SetString("pdf")
	case t.Kind() == reflect.String:
		v.SetString(strconv.FormatInt(c.id(service, method, name), 10))
	}
	return v
}

// collections are the emulator's names of what ids belong to, by the parameter
// or, if that is only "id", by the service.
var collections = map[string]string{
	"rfiID": "rfis", "vendorID": "vendors", "hookID": "hooks", "observationID": "observations", "submittalID": "submittals",
	"RFIs": "rfis", "RFIsV10": "rfis", "Replies": "replies", "Projects": "projects", "Users": "users", "CompanyUsers": "users",
	"Vendors": "vendors", "CompanyVendors": "vendors", "Submittals": "submittals", "Revisions": "submittals",
	"Observations": "observations", "Types": "observation_types",
	"Hooks": "hooks", "HooksV10": "hooks", "CompanyHooks": "hooks", "CompanyHooksV10": "hooks",
	"Triggers": "triggers", "TriggersV10": "triggers", "CompanyTriggers": "triggers", "CompanyTriggersV10": "triggers",
}

// firstTyped is the id of the first record of those collections of the
// emulator that have no behaviour of their own.
const firstTyped = 1<<49 + 90_000_001

// id is that of a record which the call may change or delete: what the call is
// about is a copy, what it belongs to is seeded.
func (c *every) id(service, method, name string) int64 {
	collection := collections[name]
	if name == "id" {
		collection = collections[service]
	}
	if collection == "" {
		return firstTyped
	}
	r := c.record(collection, service, method)
	if name != "id" {
		return r["id"].(int64)
	}
	r = maps.Clone(r)
	delete(r, "id")
	id, err := c.server.Put(collection, r)
	if err != nil {
		panic(err)
	}
	return id
}

// record finds a seeded record that the call can be about.
func (c *every) record(collection, service, method string) map[string]any {
	inBin := strings.Contains(method, "Deleted") || method == "Retrieve" || method == "Restore"
	inactive := method == "Activate"
	ofCompany := strings.HasPrefix(service, "Company") && strings.Contains("hooks triggers deliveries", collection)
	for _, r := range c.server.Records(collection) {
		project, ofProject := r["project_id"]
		members, _ := r["project_ids"].([]any)
		switch {
		case r["company_id"] != c.server.CompanyID:
		case ofCompany && project != nil, !ofCompany && ofProject && project != c.server.ProjectID:
		case (r["deleted"] == true) != inBin, (r["is_active"] == false) != inactive:
		case members != nil && !slices.Contains(members, any(c.server.ProjectID)):
		default:
			return r
		}
	}
	panic(fmt.Sprintf("no record of %s for %s.%s", collection, service, method))
}

// fill sets what a body must have, and what makes it a change.
func (c *every) fill(v reflect.Value, service string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		c.fill(v.Elem(), service)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		c.fill(v.Index(0), service)
	case reflect.Struct:
		for i := range v.NumField() {
			c.fillField(v.Field(i), v.Type().Field(i).Tag.Get("json"), service)
		}
	case reflect.String:
		v.SetString(strconv.FormatInt(c.id(service, "", "id"), 10))
	case reflect.Int64:
		v.SetInt(c.id(service, "", "id"))
	}
}

// words are values of members that are texts, by their JSON names.
var words = map[string]string{
	"name": "Every", "last_name": "Every", "subject": "Every", "title": "Every", "body": "Every", "comment": "Every", "number": "900",
	"destination_url": "https://hooks.example.com/every", "event_type": "create", "resource_name": "RFIs", "namespace": "every",
	"payload_version": "v2.0", "email_address": "every@example.com", "category": "Quality",
}

func (c *every) fillField(v reflect.Value, tag, service string) {
	name, options, _ := strings.Cut(tag, ",")
	if name == "-" || name == "" {
		return
	}
	kind := v.Type()
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	word, isWord := words[name]
	number, isNumber := c.number(name, service)
	switch {
	case isWord && kind.Kind() == reflect.String:
		allocated(v).SetString(word)
	case isNumber && kind.Kind() == reflect.Int64:
		allocated(v).SetInt(number)
	case isNumber && kind.Kind() == reflect.String:
		allocated(v).SetString(strconv.FormatInt(number, 10))
	case isNumber && kind == reflect.TypeFor[[]int64]():
		v.Set(reflect.ValueOf([]int64{number}))
	case options == "omitzero" && name != "trigger" && name != "triggers":
	case kind.Kind() == reflect.String:
		allocated(v).SetString("7")
	case kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct, kind.Kind() == reflect.Struct:
		c.fill(v, service)
	}
}

// allocated is what a pointer points at, made if need be, or the value itself.
func allocated(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Pointer {
		return v
	}
	v.Set(reflect.New(v.Type().Elem()))
	return v.Elem()
}

func (c *every) number(name, service string) (int64, bool) {
	switch name {
	case "assignee_ids", "rfi_manager_id", "user_id":
		return c.server.UserID, true
	case "project_id":
		return c.server.ProjectID, true
	case "type_id":
		return c.record("observation_types", service, "")["id"].(int64), true
	case "id":
		if service == "RFIs" {
			return c.id(service, "", "id"), true
		}
	}
	return 0, false
}
