package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/store"
)

// consentPage stands in for a platform's page, and for a user who agrees.
func consentPage() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := url.Values{"code": {"code-1"}, "state": {r.FormValue("state")}}
		http.Redirect(w, r, r.FormValue("redirect_uri")+"?"+answer.Encode(), http.StatusFound)
	}))
}

// signInAt makes a grant for that page; procore.App.SignIn and its like make
// the real ones.
func signInAt(page, redirectURL string) auth.CodeGrant {
	return auth.CodeGrant{
		RedirectURL: redirectURL,
		AuthorizeURL: func(a auth.Attempt) string {
			return page + "?" + url.Values{"state": {a.State}, "redirect_uri": {a.RedirectURL}}.Encode()
		},
		Exchange: func(_ context.Context, code string, _ auth.Attempt) (auth.Token, error) {
			return auth.Token{Access: auth.NewSecret("access for " + code)}, nil
		},
	}
}

func ExampleFlow() {
	page := consentPage()
	defer page.Close()
	mux := http.NewServeMux()
	app := httptest.NewServer(mux)
	defer app.Close()

	// The app's own session says which tenant a request is for.
	tenantOf := func(r *http.Request) (string, error) {
		cookie, err := r.Cookie("app-session")
		if err != nil {
			return "", errors.New("nobody is signed in")
		}
		return cookie.Value, nil
	}
	refresh := auth.Grant{Renew: func(context.Context, auth.Token) (auth.Token, error) {
		return auth.Token{}, errors.New("not in this example")
	}}
	connections := auth.NewRegistry(store.Memory(), "procore/sandbox/client-1/", refresh, nil)
	defer connections.Close()
	flow, err := auth.NewFlow(signInAt(page.URL, app.URL+"/callback"), connections, tenantOf,
		&auth.FlowOptions{Done: "/connections"})
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("/login", flow.Login())
	mux.Handle("/callback", flow.Callback())
	mux.HandleFunc("/connections", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "connected") })

	// What a browser of tenant-17 does.
	browser := app.Client()
	browser.Jar, _ = cookiejar.New(nil)
	home, _ := url.Parse(app.URL)
	browser.Jar.SetCookies(home, []*http.Cookie{{Name: "app-session", Value: "tenant-17"}})
	response, err := browser.Get(app.URL + "/login")
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	fmt.Printf("%s: %s\n", response.Request.URL.Path, body)

	token, err := connections.Session("tenant-17").Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Access.Reveal())
	// Output:
	// /connections: connected
	// access for code-1
}

func ExampleLoopback() {
	page := consentPage()
	defer page.Close()
	token, err := auth.Loopback(context.Background(), signInAt(page.URL, ""), &auth.LoopbackOptions{
		Open: func(url string) error { // a real program starts a browser, or prints the address
			response, err := http.Get(url)
			if err != nil {
				return err
			}
			return response.Body.Close()
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Access.Reveal())
	// Output: access for code-1
}
