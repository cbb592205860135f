package scoro_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
)

// An every calls each method of each service once against the emulator, and
// remembers what was called.
type every struct {
	*testing.T
	server  *scorotest.Server
	client  *scoro.Client
	methods map[string]bool // "Projects.List"
	reached map[string]bool // "POST /projects/list"
}

// Every method of the package reaches the server with the verb and path that
// its operation has, and succeeds. No method and no operation is left out.
func TestEveryMethod(t *testing.T) {
	server := scorotest.NewServer(t)
	options := &scoro.Options{Location: time.FixedZone("EET", 2*60*60), Options: connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}, MaxAttempts: 1}}
	options.OnDrift = func(d connector.Drift) { t.Errorf("%s: %s is no %s but %s", d.Operation, d.Path, d.Want, d.Got) }
	client, err := scoro.New(server.Site, scoro.UserToken(server.UserToken, server.CompanyAccount), options)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	e := &every{T: t, server: server, client: client, methods: map[string]bool{}, reached: map[string]bool{}}
	e.signIn(options)
	e.calendar()
	e.comments()
	e.companies()
	e.contacts()
	e.invoices()
	e.projects()
	e.quotes()
	e.tasks()
	e.timeEntries()
	e.users()
	e.webhooks()

	e.checkMethods()
	e.checkOperations()
}

// call makes one call and checks that nothing but its operation reached the server.
func (e *every) call(method, path string, do func(ctx context.Context) error) {
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
		if want := "POST " + path; r.Operation != want || r.Status != http.StatusOK {
			e.Errorf("%s reached %s %s (%q) and got %d, want %q and 200", method, r.Method, r.Path, r.Operation, r.Status, want)
		}
		e.reached[r.Operation] = true
	}
	e.methods[method] = true
}

// A lister is a service with the three ways to read a list.
type lister[T, Q any] interface {
	List(context.Context, *Q, ...connector.CallOption) (*connector.Page[T], error)
	Pages(context.Context, *Q, ...connector.CallOption) iter.Seq2[*connector.Page[T], error]
	All(context.Context, *Q, ...connector.CallOption) iter.Seq2[*T, error]
}

// lists reads a module's list in the three ways; want is how long it is.
func lists[T, Q any](e *every, service, path string, s lister[T, Q], want int) {
	e.Helper()
	reads[T]{
		list: func(ctx context.Context, size connector.CallOption) (*connector.Page[T], error) {
			return s.List(ctx, nil, size)
		},
		pages: func(ctx context.Context, size connector.CallOption) iter.Seq2[*connector.Page[T], error] {
			return s.Pages(ctx, nil, size)
		},
		all: func(ctx context.Context, size connector.CallOption) iter.Seq2[*T, error] {
			return s.All(ctx, nil, size)
		},
	}.run(e, service, path, want)
}

// reads are the three ways to read one list.
type reads[T any] struct {
	list  func(context.Context, connector.CallOption) (*connector.Page[T], error)
	pages func(context.Context, connector.CallOption) iter.Seq2[*connector.Page[T], error]
	all   func(context.Context, connector.CallOption) iter.Seq2[*T, error]
}

func (r reads[T]) run(e *every, service, path string, want int) {
	e.Helper()
	const size = 40
	e.call(service+".List", path, func(ctx context.Context) error {
		page, err := r.list(ctx, connector.PageSize(size))
		if err == nil && len(page.Items) != min(want, size) {
			e.Errorf("%s.List gave %d records, want %d", service, len(page.Items), min(want, size))
		}
		return err
	})
	e.call(service+".Pages", path, func(ctx context.Context) error {
		count := 0
		for page, err := range r.pages(ctx, connector.PageSize(size)) {
			if err != nil {
				return err
			}
			count += len(page.Items)
		}
		if count != want {
			e.Errorf("%s.Pages gave %d records, want %d", service, count, want)
		}
		return nil
	})
	e.call(service+".All", path, func(ctx context.Context) error {
		count := 0
		for _, err := range r.all(ctx, connector.PageSize(size)) {
			if err != nil {
				return err
			}
			count++
		}
		if count != want {
			e.Errorf("%s.All gave %d records, want %d", service, count, want)
		}
		return nil
	})
}

// A keeper is a service that keeps records by their id.
type keeper[T, C, U any] interface {
	Create(context.Context, *C, ...connector.CallOption) (*T, error)
	Get(context.Context, int64, ...connector.CallOption) (*T, error)
	Update(context.Context, int64, *U, ...connector.CallOption) (*T, error)
	Delete(context.Context, int64, ...connector.CallOption) error
}

// keeps makes, changes, reads and deletes a record, whose text is "made" first
// and "changed" then.
func keeps[T, C, U any](e *every, service, module string, s keeper[T, C, U], made *C, change *U, id func(*T) int64, text func(*T) string) {
	e.Helper()
	var created *T
	e.call(service+".Create", "/"+module+"/modify", func(ctx context.Context) (err error) {
		created, err = s.Create(ctx, made)
		return err
	})
	if created == nil {
		e.Fatalf("%s.Create made nothing to go on with", service)
	}
	e.call(service+".Update", "/"+module+"/modify/{id}", func(ctx context.Context) error {
		_, err := s.Update(ctx, id(created), change)
		return err
	})
	e.call(service+".Get", "/"+module+"/view/{id}", func(ctx context.Context) error {
		read, err := s.Get(ctx, id(created))
		if err == nil && (id(read) != id(created) || text(created) != "made" || text(read) != "changed") {
			e.Errorf("%s: made %d %q, read %d %q", service, id(created), text(created), id(read), text(read))
		}
		return err
	})
	e.call(service+".Delete", "/"+module+"/delete/{id}", func(ctx context.Context) error {
		return s.Delete(ctx, id(created))
	})
	if _, err := s.Get(e.Context(), id(created)); !errors.Is(err, connector.NotFound) {
		e.Errorf("%s.Get of a deleted record: %v, want %q", service, err, connector.NotFound)
	}
}

// checkMethods compares what was called with what the services have.
func (e *every) checkMethods() {
	client := reflect.TypeFor[*scoro.Client]().Elem()
	services, _ := client.FieldByName("services")
	if services.Type == nil {
		e.Fatal("the client has no services")
	}
	for i := range services.Type.NumField() {
		field := services.Type.Field(i)
		for j := range field.Type.NumMethod() {
			name := field.Name + "." + field.Type.Method(j).Name
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
	table, err := operations.Scoro()
	if err != nil {
		e.Fatal(err)
	}
	for _, op := range table.Operations {
		if name := op.Verb + " " + op.Path; !e.reached[name] {
			e.Errorf("%s was not called", name)
		}
	}
}

func (e *every) signIn(o *scoro.Options) {
	login := scoro.Login{Username: e.server.Username, Password: auth.NewSecret(e.server.Password), CompanyAccount: e.server.CompanyAccount}
	e.call("SignIn", "/userAuth/modify", func(ctx context.Context) error {
		grant, err := scoro.SignIn(e.server.Site, login, o)
		if err != nil {
			return err
		}
		_, err = grant.Renew(ctx, auth.Token{})
		return err
	})
	delete(e.methods, "SignIn") // of no service
}
