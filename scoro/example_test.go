package scoro_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/store"
)

// connect returns a client of an emulated site.
func connect() (*scoro.Client, *scorotest.Server) {
	server, err := scorotest.Listen("127.0.0.1:0", nil)
	if err != nil {
		panic(err)
	}
	client, err := scoro.New(server.Site, scoro.UserToken(server.UserToken, server.CompanyAccount),
		&scoro.Options{Options: connector.Options{BaseURL: server.URL}})
	if err != nil {
		panic(err)
	}
	return client, server
}

func Example() {
	client, server := connect()
	defer server.Close()
	defer client.Close()

	projects := 0
	for project, err := range client.Projects.All(context.Background(), &scoro.ProjectQuery{Status: scoro.ProjectStatusCompleted}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if project.Status == scoro.ProjectStatusCompleted {
			projects++
		}
	}
	fmt.Println(projects > 0)
	// Output: true
}

// A session signs in when a token is needed, and again when it has ended.
func ExampleSignIn() {
	server, err := scorotest.Listen("127.0.0.1:0", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	options := &scoro.Options{Options: connector.Options{BaseURL: server.URL}}

	grant, err := scoro.SignIn(server.Site, scoro.Login{
		Username: server.Username, Password: auth.NewSecret(server.Password), CompanyAccount: server.CompanyAccount,
	}, options)
	if err != nil {
		fmt.Println(err)
		return
	}
	session := auth.NewSession(store.Memory(), "scoro/"+server.Site, grant)
	defer session.Close()
	client, err := scoro.New(server.Site, scoro.Credential{UserToken: session}, options)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	page, err := client.Users.List(context.Background(), nil)
	fmt.Println(len(page.Items), err)
	// Output: 12 <nil>
}

// Modules without methods are reached by an operation of one's own.
func ExampleClient_Do() {
	client, server := connect()
	defer server.Close()
	defer client.Close()

	op := connector.Operation{ID: "Meters.Get", Method: "POST", Path: "/meters/view/{id}", Class: connector.Read}
	err := client.Do(context.Background(), op.At(17), nil, nil)
	fmt.Println(errors.Is(err, connector.NotFound))
	// Output: true
}

// A filter whose name is mistyped would return everything, so it is refused.
func ExampleFilter() {
	client, server := connect()
	defer server.Close()
	defer client.Close()

	_, err := client.Tasks.List(context.Background(), nil, scoro.Filter(map[string]any{"asigned_to": 3}))
	fmt.Println(errors.Is(err, connector.Invalid))
	// Output: true
}

// With DryRun a write is shown and not sent.
func ExampleOptions() {
	client, err := scoro.New("acme", scoro.UserToken("user-token", "acme"),
		&scoro.Options{Options: connector.Options{BaseURL: "https://scoro.example/api/v2", DryRun: os.Stdout, UserAgent: "time-keeper/1.0"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	_, err = client.Tasks.Create(context.Background(), &scoro.TaskCreate{Name: "Call back"})
	fmt.Println(err)
	// Output:
	// POST https://scoro.example/api/v2/tasks/modify
	// Accept: application/json
	// Content-Type: application/json
	// User-Agent: time-keeper/1.0 cordage/0.1 (Go; scoro)
	//
	// {
	//   "request": {
	//     "event_name": "Call back"
	//   },
	//   "return_data": 1
	// }
	//
	// scoro Tasks.Create: dry run; leave out Options.DryRun to send it
}
