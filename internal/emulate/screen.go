package emulate

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
)

//go:embed screen.html
var screenHTML string

//go:embed screen.css
var screenCSS string

var screenTemplate = template.Must(template.New("screen").Parse(screenHTML))

// A Screen is a page that a person sees. It needs no script and nothing from
// elsewhere, and says that it belongs to an emulator.
type Screen struct {
	Platform string   // "Procore"
	Title    string   // what it is about
	Alert    string   // what went wrong, if anything
	Text     []string // paragraphs
	Code     string   // a text to copy; empty if there is none
	Facts    []Fact   // a table of names and values
	Form     *Form    // nil if there is nothing to do
	Hint     string   // small print
}

// A Fact is one line of a table that a page shows.
type Fact struct{ Name, Value string }

// A Form is what a person can fill in and send. The id of the button that was
// pressed comes as "answer".
type Form struct {
	Action  string // the path that it is posted to
	Visit   string // comes back as "visit"; see [Consent]
	Inputs  []Input
	Buttons []Button // the first one is what most people press
}

// An Input is one line to fill in. Its name is its id.
type Input struct{ Name, Label, Type, Value, Autocomplete string }

// A Button sends a form.
type Button struct{ ID, Label string }

// Answer writes the page. Every text in it is escaped.
func (s Screen) Answer(status int) Answer {
	var page bytes.Buffer
	err := screenTemplate.Execute(&page, struct {
		Screen
		Style template.CSS
	}{s, template.CSS(screenCSS)}) //nolint:gosec // the style is ours
	if err != nil {
		panic(fmt.Errorf("emulate: a page cannot be written: %w", err)) // it holds plain texts alone
	}
	sum := sha256.Sum256([]byte(screenCSS))
	// Without form-action: browsers hold it against the whole chain of
	// redirects after a form, which ends on the app's own pages.
	policy := "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; frame-ancestors 'none'"
	return Text(status, "text/html; charset=utf-8", page.String()).
		With("Content-Security-Policy", policy).
		With("Cache-Control", "no-store").
		With("Referrer-Policy", "same-origin"). // no-referrer would hide where a form comes from, which is checked
		With("X-Content-Type-Options", "nosniff")
}
