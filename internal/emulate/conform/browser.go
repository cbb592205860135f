package conform

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// A Visitor opens the pages of an emulator and sends their forms, as a browser
// without scripts does. It follows no redirect.
type Visitor struct {
	T      testing.TB
	Client *http.Client // must follow no redirect
	Header http.Header  // sent with every request; may be nil
}

// A Page is what an emulator answered to a browser.
type Page struct {
	Status   int
	Header   http.Header
	HTML     string
	Location *url.URL // of a redirect; nil if it is none

	address string
}

// Open opens an address.
func (v Visitor) Open(address string) Page {
	v.T.Helper()
	return v.send(http.MethodGet, address, "")
}

// Press fills in the page's form, with names and values in turn, and presses
// the button with that id. Both must be on the page.
func (v Visitor) Press(p Page, button string, values ...string) Page {
	v.T.Helper()
	form := formPattern.FindStringSubmatch(p.HTML)
	if form == nil || !strings.Contains(p.HTML, `<button id="`+button+`"`) {
		v.T.Fatalf("no form with a button %s on the page: %d %s", button, p.Status, p.HTML)
	}
	sent := url.Values{"answer": {button}, "visit": {html.UnescapeString(form[2])}}
	for i := 0; i < len(values); i += 2 {
		if !strings.Contains(p.HTML, `<input id="`+values[i]+`" name="`+values[i]+`"`) {
			v.T.Fatalf("no input %s on the page: %s", values[i], p.HTML)
		}
		sent.Set(values[i], values[i+1])
	}
	base, err := url.Parse(p.address)
	if err != nil {
		v.T.Fatal(err)
	}
	action, err := base.Parse(html.UnescapeString(form[1]))
	if err != nil {
		v.T.Fatal(err)
	}
	return v.send(http.MethodPost, action.String(), sent.Encode())
}

// SignIn opens an address that asks who one is, and says it.
func (v Visitor) SignIn(address, user, password string) Page {
	v.T.Helper()
	return v.Press(v.Open(address), "sign-in", "username", user, "password", password)
}

var formPattern = regexp.MustCompile(`<form method="post" action="([^"]*)">\s*<input type="hidden" name="visit" value="([^"]*)">`)

func (v Visitor) send(verb, address, body string) Page {
	v.T.Helper()
	request, err := http.NewRequestWithContext(v.T.Context(), verb, address, strings.NewReader(body))
	if err != nil {
		v.T.Fatal(err)
	}
	for name, values := range v.Header {
		request.Header[name] = values
	}
	if verb == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := v.Client.Do(request)
	if err != nil {
		v.T.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		v.T.Fatal(err)
	}
	page := Page{Status: response.StatusCode, Header: response.Header, HTML: string(text), address: address}
	if at := response.Header.Get("Location"); at != "" {
		if page.Location, err = url.Parse(at); err != nil {
			v.T.Fatal(err)
		}
	}
	return page
}
