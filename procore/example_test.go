package procore_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/procore/project"
	"github.com/cordage-go/cordage/store"
)

// emulator starts a Procore to try things on, and says where it is.
func emulator() (*procoretest.Server, procore.Environment) {
	server, err := procoretest.Listen("127.0.0.1:0", nil)
	if err != nil {
		panic(err)
	}
	return server, procore.Environment{Name: "emulator", LoginURL: server.LoginURL, APIURL: server.URL}
}

// A service account signs in with the app's own credentials.
func ExampleApp_ClientCredentials() {
	server, environment := emulator()
	defer server.Close()

	app := procore.App{ClientID: server.ClientID, ClientSecret: auth.NewSecret(server.ClientSecret), Environment: environment}
	grant, err := app.ClientCredentials()
	if err != nil {
		fmt.Println(err)
		return
	}
	session := auth.NewSession(store.Memory(), app.Key("service"), grant)
	defer session.Close()
	client, err := procore.New(session, &procore.Options{CompanyID: server.CompanyID, Environment: environment})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	projects := 0
	for _, err := range project.New(client).Projects.All(context.Background(), nil) {
		if err != nil {
			fmt.Println(err)
			return
		}
		projects++
	}
	fmt.Println(projects)
	// Output: 8
}

// A user signs in on Procore's pages; the code that comes back is exchanged
// once, and the session renews the tokens from then on.
func ExampleApp_Exchange() {
	server, environment := emulator()
	defer server.Close()
	ctx := context.Background()

	app := procore.App{ClientID: server.ClientID, ClientSecret: auth.NewSecret(server.ClientSecret),
		RedirectURL: server.RedirectURI, Environment: environment}
	code := server.NewCode(server.RedirectURI) // in a web app: from the request to RedirectURL
	token, err := app.Exchange(ctx, code)
	if err != nil {
		fmt.Println(err)
		return
	}
	grant, err := app.Refresh()
	if err != nil {
		fmt.Println(err)
		return
	}
	session := auth.NewSession(store.Memory(), app.Key("user-7"), grant)
	defer session.Close()
	if err := session.Set(ctx, token); err != nil {
		fmt.Println(err)
		return
	}
	_, err = app.Exchange(ctx, code)
	fmt.Println("a second exchange:", errors.Is(err, connector.Reauthorize))
	// Output: a second exchange: true
}

// A program without a web server shows the user an address. Procore shows the
// code there, and the user pastes it. [auth.Loopback] spares the pasting.
func ExampleApp_AuthorizeURL() {
	server, environment := emulator()
	defer server.Close()

	app := procore.App{ClientID: server.ClientID, ClientSecret: auth.NewSecret(server.ClientSecret),
		RedirectURL: procore.OutOfBand, Environment: environment}
	page := app.AuthorizeURL(rand.Text())
	fmt.Println("Open the page, allow the app, and paste the code:", strings.Contains(page, "oob"))
	pasted := server.NewCode(procore.OutOfBand) + "\n" // a line from the keyboard
	token, err := app.Exchange(context.Background(), pasted)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("signed in, and it can be renewed:", !token.Refresh.IsZero())
	// Output:
	// Open the page, allow the app, and paste the code: true
	// signed in, and it can be renewed: true
}

// Paths without a method are reached by an operation of one's own.
func ExampleClient_Do() {
	server, environment := emulator()
	defer server.Close()
	client, err := procore.New(auth.Static(server.AccessToken), &procore.Options{CompanyID: server.CompanyID, Environment: environment})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	op := connector.Operation{ID: "rfis.get", Method: "GET", Path: "/rest/v1.0/projects/{project_id}/rfis/{id}", Class: connector.Read}
	err = client.Do(context.Background(), op.At(server.ProjectID, 1), nil, nil)
	fmt.Println(errors.Is(err, connector.NotFound))
	// Output: true
}
