package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"

	"github.com/cordage-go/cordage/connector"
)

// A page is what a browser is shown at the end of a sign-in, or when one goes
// wrong. It holds nothing of the request and loads nothing from elsewhere.
type page struct {
	Title, Text string
	Back        string // address of the program's own page; no link if empty
	Confirm     *confirmation
}

// A confirmation is the button of a page that asks before something is done.
type confirmation struct {
	Action string // where the button leads
	State  string // of the attempt that it confirms
}

var (
	pageReceived = page{Title: "You can go back to the program",
		Text: "The answer has arrived. This window can be closed."}
	pageNotHere = page{Title: "Nothing to see here",
		Text: "This address is for the end of a sign-in only."}
	pageNotOurs = page{Title: "This sign-in cannot go on",
		Text: "It was used already, took too long, was begun in another browser or account, or is not set up right. Start again."}
	pageNobody = page{Title: "Please sign in here first",
		Text: "We do not know who you are. Sign in to this service, then start again."}
	pageDenied = page{Title: "Not connected",
		Text: "The access was not given. If that was a mistake, start again."}
	pageLater = page{Title: "This does not work right now",
		Text: "Reload this page in a minute. If that does not help, start again."}
	pageFailed = page{Title: "Not connected",
		Text: "The sign-in did not succeed. Start again. If that does not help, ask those who run this service."}
	pageConfirm = page{Title: "Connect this installation?",
		Text: "An installation was begun on another site. Connect it to your account here only if you began it yourself just now. If not, close this window."}
)

// pageOf chooses the words for an error and the status to send them with.
func pageOf(err *connector.Error) (page, int) {
	switch err.Kind {
	case connector.Unauthorized:
		return pageNobody, http.StatusUnauthorized
	case connector.Forbidden:
		return pageDenied, http.StatusForbidden
	case connector.Invalid:
		return pageNotOurs, http.StatusBadRequest
	case connector.Storage, connector.Unavailable, connector.Closed:
		return pageLater, http.StatusServiceUnavailable
	}
	return pageFailed, http.StatusBadGateway
}

const pageStyle = `:root{color-scheme:light dark}` +
	`body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText;font:1.05rem/1.5 system-ui,sans-serif}` +
	`main{max-width:26rem;padding:2rem}h1{font-size:1.4rem;line-height:1.25;margin:0 0 .5rem}p{margin:.5rem 0}` +
	`button{font:inherit;margin-top:1rem;padding:.5rem 1.25rem;border:0;border-radius:.4rem;background:#1f5fd6;color:#fff;cursor:pointer}`

var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>` + pageStyle + `</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
{{- with .Confirm}}
<form method="post" action="{{.Action}}">
<input type="hidden" name="state" value="{{.State}}">
<button id="confirm">Connect</button>
</form>
{{- end}}
{{- with .Back}}
<p><a href="{{.}}">Back</a></p>
{{- end}}
</main>
</body>
</html>
`))

// keepPrivate sets the headers of everything that a sign-in answers: no copy is
// kept, and the next page does not learn this one's address.
func keepPrivate(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// pagePolicy lets a page have its own style and nothing else, and nobody show
// it inside a page of theirs. It has no form-action: browsers apply that to
// where the form's answer leads, too, and Done may be on another site.
func pagePolicy() string {
	style := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(style[:]) + "'"
}

// write sends the page whole, with its length, so that a browser has all of it
// as soon as it is flushed.
func (p page) write(w http.ResponseWriter, status int) {
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, p); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	keepPrivate(h)
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", pagePolicy())
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
