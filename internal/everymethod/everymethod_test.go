package everymethod_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/everymethod"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/securityscorecard"
)

// Compare sees each way in which a method can differ from its row: here the
// row of Portfolios.Create is changed, and the method stays.
func TestCompareSeesDifferences(t *testing.T) {
	query := operations.Param{Name: "view", In: "query", Type: "string"}
	argument := operations.Param{Name: "view", In: "query", Type: "string", Required: true}
	header := operations.Param{Name: "Version", In: "header", Required: true, Enum: []string{"beta"}}
	for name, test := range map[string]struct {
		change func(op *operations.Operation)
		says   string // of the difference; empty for none
	}{
		"nothing":          {func(*operations.Operation) {}, ""},
		"a verb":           {func(op *operations.Operation) { op.Verb = "PUT" }, "it sent POST"},
		"a path":           {func(op *operations.Operation) { op.Path = "/portfolio" }, "want POST https://api.securityscorecard.io/portfolio"},
		"a host":           {func(op *operations.Operation) { op.Host = "https://other.example" }, "want POST https://other.example/portfolios"},
		"a class":          {func(op *operations.Operation) { op.Class = "set" }, "want set"},
		"a wrapper":        {func(op *operations.Operation) { op.Body.Wrapper = "portfolio" }, "it lacks the member portfolio"},
		"a scope":          {func(op *operations.Operation) { op.Body.Scope = []string{"owner"} }, `want a value for each of ["owner"]`},
		"a media type":     {func(op *operations.Operation) { op.Body.Content = "text/plain" }, "want text/plain"},
		"no body":          {func(op *operations.Operation) { op.Body = nil }, "it takes a body, and the table has none"},
		"an envelope":      {func(op *operations.Operation) { op.Answer.Envelope = "data" }, "was not read"},
		"an empty answer":  {func(op *operations.Operation) { op.Answer = operations.Answer{Known: "none"} }, "unreadable answer"},
		"an unknown form":  {func(op *operations.Operation) { op.Answer = operations.Answer{Known: "unknown"} }, "want the JSON that was answered"},
		"another record":   {func(op *operations.Operation) { op.Answer.Type = "Company" }, "which the table does not know"},
		"a query":          {func(op *operations.Operation) { op.Params = append(op.Params, query) }, "the parameter view is"},
		"an argument":      {func(op *operations.Operation) { op.Params = append(op.Params, argument) }, `want a value for each of ["view"]`},
		"a header":         {func(op *operations.Operation) { op.Params = append(op.Params, header) }, "the header Version is"},
		"a name":           {func(op *operations.Operation) { op.Method = "Make" }, "POST /portfolios has no method Portfolios.Make"},
		"a missing method": {func(op *operations.Operation) { op.Method = "none" }, "Portfolios.Create: the table has no such operation"},
	} {
		t.Run(name, func(t *testing.T) {
			table := scorecardTable(t)
			for i := range table.Operations {
				if op := &table.Operations[i]; op.Service == "Portfolios" && op.Method == "Create" {
					test.change(op)
				}
			}
			checkSays(t, compare(t, table), test.says)
		})
	}
}

// Compare sees members that a record has and the table does not, and the
// other way round, in bodies and in answers.
func TestCompareSeesMembers(t *testing.T) {
	for _, name := range []string{"PortfolioCreate", "Portfolio"} {
		table := scorecardTable(t)
		of := table.Types[name]
		if len(of.Fields) < 2 {
			t.Fatalf("the table has no type %s", name)
		}
		extra := operations.Field{Name: "extra", Go: "Extra", Type: "string"}
		table.Types[name] = operations.Type{Fields: append([]operations.Field{extra}, of.Fields...)}
		checkSays(t, compare(t, table), "has no field for the member extra")
		table.Types[name] = operations.Type{Fields: of.Fields[1:]}
		checkSays(t, compare(t, table), "has a field for "+of.Fields[0].Name)
	}
}

func scorecardTable(t *testing.T) *operations.Table {
	t.Helper()
	table, err := operations.SecurityScorecard()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// compare holds the client of SecurityScorecard to a table.
func compare(t *testing.T, table *operations.Table) error {
	t.Helper()
	recorder := &everymethod.Recorder{}
	client, err := securityscorecard.New(auth.Static("token"), &securityscorecard.Options{Options: connector.Options{
		Transport: recorder, Pacer: faulttest.Unpaced{}, MaxAttempts: 1,
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	methods, err := new(everymethod.Sources).Methods(client)
	if err != nil {
		t.Fatal(err)
	}
	wire := &everymethod.Wire{
		Table: table, Recorder: recorder, BaseURL: "https://api.securityscorecard.io", Custom: `{"one":"text"}`,
		Open: func(s everymethod.Sent) (body, filter []byte, err error) { return s.Content, nil, nil },
	}
	return errors.Join(wire.Compare(t.Context(), methods)...)
}

func checkSays(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// Smoke names the methods that fail, and lists whose walks bring other records.
func TestSmokeSeesFailures(t *testing.T) {
	const (
		empty = `{"status":"OK","statusCode":"200","data":[]}`
		one   = `{"status":"OK","statusCode":"200","data":[{"project_id":1}]}`
	)
	for name, test := range map[string]struct {
		fault  scorotest.Fault
		missed string // an operation that the emulator does not know of
		says   string
	}{
		"another route":  {scorotest.Fault{On: "/nowhere"}, "POST /projects/view/{id}", "POST /projects/view/{id} was called, and the emulator took"},
		"a refused call": {scorotest.Fault{On: "POST /projects/delete/{id}", Status: http.StatusInternalServerError}, "", "Projects.Delete (POST /projects/delete/{id})"},
		"an empty list":  {scorotest.Fault{On: "POST /projects/list", Times: 100, Status: http.StatusOK, Body: empty}, "", "Projects.List (POST /projects/list): the list is empty"},
		"another walk":   {scorotest.Fault{On: "POST /projects/list", Times: 1, Status: http.StatusOK, Body: one}, "", "and another walk of the list"},
	} {
		t.Run(name, func(t *testing.T) { checkSays(t, smoke(t, test.fault, test.missed), test.says) })
	}
}

// smoke calls the methods of projects at Scoro against an emulator with a fault.
func smoke(t *testing.T, fault scorotest.Fault, missed string) error {
	t.Helper()
	table, err := operations.Scoro()
	if err != nil {
		t.Fatal(err)
	}
	server := scorotest.NewServer(t)
	server.Inject(fault)
	client, err := scoro.New(server.Site, scoro.UserToken(server.UserToken, server.CompanyAccount), &scoro.Options{Options: connector.Options{
		BaseURL: server.URL, Pacer: faulttest.Unpaced{}, MaxAttempts: 1,
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	methods, err := new(everymethod.Sources).Methods(client)
	if err != nil {
		t.Fatal(err)
	}
	methods = slices.DeleteFunc(methods, func(m everymethod.Method) bool { return m.Service != "Projects" })
	emulator := &everymethod.Emulator{
		Table: table, Size: 100,
		Collection: func(path string) string {
			module, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
			return module
		},
		Requests: func() []scorotest.Request {
			return slices.DeleteFunc(server.Requests(), func(r scorotest.Request) bool { return r.Operation == missed })
		},
	}
	_, errs := emulator.Smoke(t.Context(), methods)
	return errors.Join(errs...)
}
