package securityscorecard_test

import (
	"context"
	"iter"
	"reflect"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// An every calls each method of each service once against the emulator, and
// remembers what was called.
type every struct {
	*testing.T
	server  *securityscorecardtest.Server
	client  *securityscorecard.Client
	methods map[string]bool // "Portfolios.List"
	reached map[string]bool // "GET /portfolios"
}

// Every method of the package reaches the server with the verb and path that
// its operation has, and succeeds. No method and no operation is left out.
func TestEveryMethod(t *testing.T) {
	server := securityscorecardtest.NewServer(t)
	options := &securityscorecard.Options{Options: connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}, MaxAttempts: 1}}
	options.OnDrift = func(d connector.Drift) { t.Errorf("%s: %s is no %s but %s", d.Operation, d.Path, d.Want, d.Got) }
	client, err := securityscorecard.New(auth.Static(server.Token), options)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	e := &every{T: t, server: server, client: client, methods: map[string]bool{}, reached: map[string]bool{}}
	e.companies()
	e.histories()
	e.industries()
	e.metadata()
	e.notifications()
	e.portfolios()
	e.members()
	e.reports()
	e.checkMethods()

	e.withoutMethod()
	e.checkOperations()
	e.apps()
}

// call makes one call and checks that nothing but its operation reached the server.
func (e *every) call(method, operation string, do func(ctx context.Context) error) {
	e.Helper()
	before := len(e.server.Requests())
	if err := do(e.Context()); err != nil {
		e.Errorf("%s: %v", method, err)
	}
	requests := e.server.Requests()[before:]
	if len(requests) == 0 {
		e.Errorf("%s sent nothing", method)
	}
	for _, r := range requests {
		if r.Operation != operation || r.Status < 200 || r.Status > 399 {
			e.Errorf("%s reached %s %s (%q) and got %d, want %q and a success", method, r.Method, r.Path, r.Operation, r.Status, operation)
		}
		e.reached[r.Operation] = true
	}
	e.methods[method] = true
}

// reads calls a method that answers a whole list, which must have something.
func reads[T any](e *every, method, operation string, read func(context.Context) ([]T, error)) {
	e.Helper()
	e.call(method, operation, func(ctx context.Context) error {
		items, err := read(ctx)
		if err == nil && len(items) == 0 {
			e.Errorf("%s gave nothing", method)
		}
		return err
	})
}

// gets calls a method that answers one thing, which must not be empty.
func gets[T any](e *every, method, operation string, get func(context.Context) (*T, error)) *T {
	e.Helper()
	var got *T
	e.call(method, operation, func(ctx context.Context) (err error) {
		if got, err = get(ctx); err == nil && reflect.ValueOf(*got).IsZero() {
			e.Errorf("%s gave an empty answer", method)
		}
		return err
	})
	return got
}

// A list is the three ways to read one list, and the names of their methods.
type list[T any] struct {
	names     [3]string // "Portfolios.List", "Portfolios.Pages", "Portfolios.All"
	operation string
	size      int // records a page
	want      int // records in all
	pages     int

	list  func(context.Context, ...connector.CallOption) (*connector.Page[T], error)
	walk  func(context.Context, ...connector.CallOption) iter.Seq2[*connector.Page[T], error]
	items func(context.Context, ...connector.CallOption) iter.Seq2[*T, error]
}

func (l list[T]) run(e *every) {
	e.Helper()
	size := connector.PageSize(l.size)
	e.call(l.names[0], l.operation, func(ctx context.Context) error {
		page, err := l.list(ctx, size)
		if err == nil && len(page.Items) != min(l.want, l.size) {
			e.Errorf("%s gave %d records, want %d", l.names[0], len(page.Items), min(l.want, l.size))
		}
		return err
	})
	e.call(l.names[1], l.operation, func(ctx context.Context) error {
		count, pages := 0, 0
		for page, err := range l.walk(ctx, size) {
			if err != nil {
				return err
			}
			count += len(page.Items)
			pages++
		}
		if count != l.want || pages != l.pages {
			e.Errorf("%s gave %d records on %d pages, want %d on %d", l.names[1], count, pages, l.want, l.pages)
		}
		return nil
	})
	e.call(l.names[2], l.operation, func(ctx context.Context) error {
		count := 0
		for _, err := range l.items(ctx, size) {
			if err != nil {
				return err
			}
			count++
		}
		if count != l.want {
			e.Errorf("%s gave %d records, want %d", l.names[2], count, l.want)
		}
		return nil
	})
}

// checkMethods compares what was called with what the services have.
func (e *every) checkMethods() {
	services, _ := reflect.TypeFor[securityscorecard.Client]().FieldByName("services")
	if services.Type == nil {
		e.Fatal("the client has no services")
	}
	for field := range services.Type.Fields() {
		for method := range field.Type.Methods() {
			name := field.Name + "." + method.Name
			if !e.methods[name] {
				e.Errorf("%s was not called", name)
			}
			delete(e.methods, name)
		}
	}
	for name := range e.methods {
		e.Errorf("%s was called and is no method of a service", name)
	}
}

// checkOperations compares what reached the server with the table.
func (e *every) checkOperations() {
	table, err := operations.SecurityScorecard()
	if err != nil {
		e.Fatal(err)
	}
	for _, op := range table.Operations {
		if name := op.Verb + " " + op.Path; !e.reached[name] {
			e.Errorf("%s was not called", name)
		}
	}
}

// withoutMethod reaches by Do the operations that have no method.
func (e *every) withoutMethod() {
	footprint := connector.Operation{ID: "Own", Method: "POST", Path: "/reports/scorecard-footprint"}
	gets(e, footprint.Path, "POST "+footprint.Path, func(ctx context.Context) (*securityscorecard.Report, error) {
		report := &securityscorecard.Report{}
		return report, e.client.Do(ctx, footprint, map[string]string{"scorecard_identifier": e.company()}, report)
	})
	e.download(connector.Operation{Method: "POST", Path: "/reports/compliance/csv/export"},
		map[string]string{"name": "metric", "domain": e.company(), "metricId": "1"})
	file := connector.Operation{Method: "GET", Path: "/reports/files/{file_path}", Class: connector.Read}
	e.download(file.At(e.finishedReport()), nil)
	if n := len(e.server.StorageRequests()); n != 1 {
		e.Errorf("%d requests reached the storage of reports, want 1", n)
	}
}

func (e *every) download(op connector.Operation, in any) {
	e.Helper()
	op.ID, op.Download = "Own", true
	e.call(op.Path, op.Method+" "+op.Path, func(ctx context.Context) error {
		var file strings.Builder
		err := e.client.Do(ctx, op, in, &file)
		if err == nil && file.Len() == 0 {
			e.Errorf("%s gave nothing", op.Path)
		}
		return err
	})
}

// finishedReport is the file of a report that was ready from the start.
func (e *every) finishedReport() string {
	for r, err := range e.client.Reports.All(e.Context()) {
		if err != nil {
			e.Fatal(err)
		}
		if r.DownloadURL != "" {
			return r.DownloadURL[strings.LastIndexByte(r.DownloadURL, '/')+1:]
		}
	}
	e.Fatal("no report is ready")
	return ""
}

// apps exchanges a code, reads and renews the app's secret.
func (e *every) apps() {
	app := securityscorecard.App{ID: e.server.AppID, Secret: auth.NewSecret(e.server.AppSecret), BaseURL: e.server.URL}
	const path = "/apps/{app_id}/secret"
	var token auth.Token
	e.call("App.Exchange", "POST /apps/authorize/tokens", func(ctx context.Context) error {
		var err error
		token, err = app.Exchange(ctx, e.server.InstallCode)
		return err
	})
	e.call("the exchanged token", "GET /companies/{scorecard_identifier}", func(ctx context.Context) error {
		installed := e.client.As(auth.Static(token.Access.Reveal()))
		defer installed.Close()
		_, err := installed.Companies.Get(ctx, e.company())
		return err
	})
	e.call("Client.AppSecret", "GET "+path, func(ctx context.Context) error {
		secret, err := e.client.AppSecret(ctx, e.server.AppID)
		if err == nil && secret.Reveal() != e.server.AppSecret {
			e.Error("Client.AppSecret gave another secret than the app's")
		}
		return err
	})
	e.call("Client.RotateAppSecret", "POST "+path, func(ctx context.Context) error {
		secret, err := e.client.RotateAppSecret(ctx, e.server.AppID)
		if err == nil && (secret.IsZero() || secret.Reveal() == e.server.AppSecret) {
			e.Error("Client.RotateAppSecret gave no new secret")
		}
		return err
	})
}
