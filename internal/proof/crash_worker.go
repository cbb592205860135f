package main

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

const (
	// renewTimeout makes a renewal's note stand for noteTime before others take
	// it for abandoned: five quarters of it.
	renewTimeout = 1600 * time.Millisecond
	noteTime     = 2 * time.Second
)

// A sight is one thing that happened to a process of a crash round.
type sight struct {
	What   string
	Token  string        `json:",omitempty"` // a refresh token
	Before string        `json:",omitempty"` // the one that it was got for
	Probe  bool          `json:",omitempty"` // the token is presented although it may be used up
	Began  time.Time     `json:",omitzero"`  // of a call of Session.Token
	Waited time.Duration `json:",omitempty"` // of that call
	State  string        `json:",omitempty"` // what that call came to
	From   role          `json:",omitempty"` // filled in by the parent
}

// What a sight can be of.
const (
	sawReady      = "ready"
	sawPoint      = "point"      // the process has stopped at its point
	sawPresenting = "presenting" // Token is about to be presented
	sawPair       = "pair"       // Token came in answer to Before
	sawSave       = "save"       // a record with Token and no note was stored
	sawCall       = "call"       // a call of Session.Token has ended
)

// The states of a sign-in.
const (
	works       = "works"
	signInAgain = "sign in again"
)

// crashOrder is what a child must know.
type crashOrder struct {
	App    emulated
	Place  place
	Tenant string
	At     point // empty: it is not hit
	Skip   int
}

// Words from the parent, after the order. The end of its words means to finish.
const (
	begin = "begin"
	goOn  = "go on" // leave the point
)

// crashWorker is one child of the crash proof. Some goroutines ask a session
// for its token, over and over.
func crashWorker(ctx context.Context, b *boss) error {
	var order crashOrder
	if err := b.hear(&order); err != nil {
		return err
	}
	shared, end, err := order.Place.open(ctx)
	if err != nil {
		return err
	}
	defer end()
	release := make(chan struct{})
	w := &wire{tell: func(s sight) { _ = b.say(s) }, at: order.At, skip: order.Skip, release: release} // a parent that hears nothing ends its children
	session, err := w.session(order.App, shared, order.Tenant)
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	all.Go(func() {
		defer close(release)
		for word := ""; b.hear(&word) == nil && word != goOn; {
			if word == begin {
				for range 4 {
					all.Go(func() { w.call(ctx, session) })
				}
			}
		}
	})
	w.tell(sight{What: sawReady})
	all.Wait()
	<-ctx.Done()
	return session.Close()
}

// session returns a session that the wire watches.
func (w *wire) session(app emulated, s store.Store, tenant string) (*auth.Session, error) {
	procore := app.app()
	procore.Transport = w.transport()
	grant, err := procore.Refresh()
	if err != nil {
		return nil, err
	}
	grant.Timeout = renewTimeout
	return auth.NewSession(watchedStore{s, w}, procore.Key(tenant), w.watchGrant(grant)), nil
}

// call asks for the token until ctx ends.
func (w *wire) call(ctx context.Context, session *auth.Session) {
	for ctx.Err() == nil {
		began := time.Now()
		_, err := session.Token(ctx)
		if ctx.Err() == nil {
			w.tell(sight{What: sawCall, Began: began, Waited: time.Since(began), State: stateOf(err)})
		}
		pause(ctx, 50*time.Millisecond)
	}
}

// stateOf names what a call came to. A sign-in that is lost must be reported
// with what happened and what to do; any other error is named in full.
func stateOf(err error) string {
	if err == nil {
		return works
	}
	if e, ok := connector.AsError(err); ok && e.Kind == connector.Reauthorize && e.Remedy != "" && strings.Contains(e.Message, "interrupted") {
		return signInAgain
	}
	return err.Error()
}
