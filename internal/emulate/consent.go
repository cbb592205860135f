package emulate

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	visitLife = 10 * time.Minute
	maxVisits = 1_000
)

// A Consent shows a person two pages: who are you, and do you agree. It works
// without cookies and scripts: a form carries the number of its visit, which
// nobody can guess. Fill it before it is used; then it is safe for concurrent use.
type Consent struct {
	Platform           string // "Procore"
	Username, Password string // the demo user's
	// Decided says what follows from the button that a person pressed.
	Decided func(c *Call, d Decision) Answer

	mu     sync.Mutex
	visits map[string]visit
	order  []string // of the visits, oldest first
}

// A Petition is what an app asks of a person.
type Petition struct {
	Title   string   // of the page that asks
	Text    []string // paragraphs
	Facts   []Fact
	Buttons []Button   // the ways to answer
	Query   url.Values // the app's request, checked, for the one who decides
}

// A Decision is a person's answer to a petition.
type Decision struct {
	Petition
	User   string // who decided: the name that was signed in with
	Answer string // the id of the button
}

type visit struct {
	petition func(user string) Petition
	user     string // empty until the person has signed in
	began    time.Time
}

// Begin answers with the page to sign in. petition is asked for what the
// second page shows when it is known who the person is.
func (o *Consent) Begin(c *Call, petition func(user string) Petition) Answer {
	return o.signIn(c, o.keep(visit{petition: petition, began: time.Now()}), "", "").Answer(http.StatusOK)
}

// Step answers a form that a person sent.
func (o *Consent) Step(c *Call) Answer {
	// A page elsewhere must not press the buttons of somebody's browser.
	if err := new(http.CrossOriginProtection).Check(c.Request); err != nil {
		return o.Refuse(http.StatusForbidden, "This form was sent from another site", err.Error())
	}
	form, err := url.ParseQuery(string(c.Content))
	if err != nil {
		return o.Refuse(http.StatusBadRequest, "This form cannot be read", err.Error())
	}
	v, ok := o.take(form.Get("visit"))
	if !ok {
		return o.Refuse(http.StatusBadRequest, "This page is out of date", "Go back to the app and begin again.")
	}
	if v.user != "" {
		return o.decide(c, v, form.Get("answer"))
	}
	user := strings.TrimSpace(form.Get("username"))
	if !o.knows(user, form.Get("password")) {
		return o.signIn(c, o.keep(v), user, "Wrong user name or password.").Answer(http.StatusForbidden)
	}
	v.user = user
	return o.ask(c, v).Answer(http.StatusOK)
}

// knows lets the demo user in, and with the same password whoever gives
// another e-mail address: that is another user, who sees the same records.
func (o *Consent) knows(user, password string) bool {
	return password == o.Password && (user == o.Username || strings.Contains(user, "@"))
}

// decide hands the answer over. A visit ends with it.
func (o *Consent) decide(c *Call, v visit, answer string) Answer {
	petition := v.petition(v.user)
	for _, b := range petition.Buttons {
		if b.ID == answer {
			return o.Decided(c, Decision{petition, v.user, answer})
		}
	}
	return o.Refuse(http.StatusBadRequest, "No button was pressed", "Go back to the app and begin again.")
}

func (o *Consent) signIn(c *Call, id, user, alert string) Screen {
	return Screen{
		Platform: o.Platform, Title: "Sign in to " + o.Platform, Alert: alert,
		Form: &Form{
			Action: c.URL.EscapedPath(), Visit: id,
			Inputs: []Input{
				{"username", "Email", "text", user, "username"},
				{"password", "Password", "password", "", "current-password"},
			},
			Buttons: []Button{{"sign-in", "Sign in"}},
		},
		Hint: fmt.Sprintf("The demo user is %s with the password %s. Any other address signs in with it too, as another user.", o.Username, o.Password),
	}
}

func (o *Consent) ask(c *Call, v visit) Screen {
	p := v.petition(v.user)
	return Screen{
		Platform: o.Platform, Title: p.Title, Text: p.Text, Facts: slices.Concat(p.Facts, []Fact{{"Signed in as", v.user}}),
		Form: &Form{Action: c.URL.EscapedPath(), Visit: o.keep(v), Buttons: p.Buttons},
	}
}

// Refuse is a page that ends in nothing.
func (o *Consent) Refuse(status int, title, why string) Answer {
	return Screen{Platform: o.Platform, Title: title, Alert: why}.Answer(status)
}

// keep remembers a visit under a new number. Of too many the oldest is forgotten.
func (o *Consent) keep(v visit) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.visits == nil {
		o.visits = map[string]visit{}
	}
	if len(o.order) == maxVisits {
		delete(o.visits, o.order[0])
		o.order = o.order[1:]
	}
	id := rand.Text()
	o.visits[id] = v
	o.order = append(o.order, id)
	return id
}

// take returns a visit whose time is not over, and forgets it: each form is
// good for one use.
func (o *Consent) take(id string) (visit, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	v, ok := o.visits[id]
	delete(o.visits, id)
	return v, ok && time.Since(v.began) < visitLife
}

// Redirect sends a browser to an address of the app with a query beside the
// one that the address has.
func Redirect(to string, query url.Values) Answer {
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	return Empty(http.StatusFound).With("Location", to+separator+query.Encode()).With("Cache-Control", "no-store")
}
