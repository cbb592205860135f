package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// mostBytes is what an idle tenant may add to the heap, the text of its tokens
// aside.
const mostBytes = 1000

// tenants weighs what a program keeps for each of many tenants. Each kind of
// client is weighed in a process of its own, so that nothing else counts.
func tenants(ctx context.Context, s settings, r *report) error {
	number, others := 10_000, 1_000
	if s.short {
		others = 200 // the tenants stay ten thousand: what is made once would weigh more with fewer
	}
	server, err := start(ctx, "answer", struct{}{})
	if err != nil {
		return err
	}
	defer server.end(nil)
	var address string
	if err := server.hear(&address); err != nil {
		return fmt.Errorf("the server did not start: %w", err)
	}
	results := make([]weighResult, len(kinds()))
	orders := make([]weighOrder, len(kinds()))
	for i, k := range kinds() {
		orders[i] = weighOrder{Kind: k.name, Address: address, Number: number}
		if !k.ours {
			orders[i].Number = others // each keeps a connection open
		}
	}
	if err := atOnce(len(orders), func(i int) error { return weighKind(ctx, orders[i], &results[i]) }); err != nil {
		return err
	}
	for i, k := range kinds() {
		weighFigures(r, k, "made", orders[i].Number, results[i].Made)
		weighFigures(r, k, "used once", orders[i].Number, results[i].Used)
	}
	return listLost(ctx, r, number)
}

// weighKind lets a child weigh.
func weighKind(ctx context.Context, order weighOrder, result *weighResult) error {
	child, err := start(ctx, "weigh", order)
	if err != nil {
		return err
	}
	if err := child.hear(result); err != nil {
		return child.end(fmt.Errorf("%s: the child did not tell its result: %w", order.Kind, err))
	}
	return child.join()
}

func weighFigures(r *report, k kind, at string, number int, w weight) {
	heap, goroutines := fmt.Sprintf("%s, %s, bytes each", k.name, at), fmt.Sprintf("%s, %s, goroutines of %d", k.name, at, number)
	if k.ours {
		atMost(r, heap, w.Heap/number, mostBytes)
		atMost(r, goroutines, w.Goroutines, 0) // so that the stacks are nobody's
		return
	}
	r.tell(heap, w.Heap/number)
	r.tell(goroutines, w.Goroutines)
	r.tell(fmt.Sprintf("%s, %s, bytes of stack each", k.name, at), w.Stack/number)
}

// answerWorker is the child that answers every call of the others. It is a
// process of its own, so that what its connections need is not weighed.
func answerWorker(ctx context.Context, b *boss) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(answer)}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := b.say("http://" + listener.Addr().String()); err != nil {
		return err
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// answer says as little as each platform's client takes.
func answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	body := `{}`
	if strings.HasSuffix(r.URL.Path, "/list") { // Scoro's envelope
		body = `{"status":"OK","statusCode":200,"messages":null,"data":[]}`
	}
	_, _ = w.Write([]byte(body)) // a client that has gone needs no answer
}

// keyPrefix begins the keys of all sign-ins of this proof.
const keyPrefix = "proof/"

// signedIn returns a store with the sign-ins of many tenants. The texts of
// their tokens are one letter long: what the platform makes of them is not the
// library's to shorten.
func signedIn(ctx context.Context, grant auth.Grant, number int) (store.Store, error) {
	records := store.Memory()
	registry := auth.NewRegistry(records, keyPrefix, grant, nil)
	for i := range number {
		token := auth.Token{
			Access: auth.NewSecret("a"), Refresh: auth.NewSecret("r"), Expiry: time.Now().Add(time.Hour), Account: tenant(i),
		}
		if err := registry.Set(ctx, tenant(i), token); err != nil {
			return nil, errors.Join(err, registry.Close())
		}
	}
	return records, registry.Close()
}

// listLost measures how long a program takes to find the tenants of whom a
// person must sign in again: one in a hundred.
func listLost(ctx context.Context, r *report, number int) error {
	grant := auth.Unrenewable("sign in again")
	records, err := signedIn(ctx, grant, number)
	if err != nil {
		return err
	}
	registry := auth.NewRegistry(records, keyPrefix, grant, nil)
	defer registry.Close()
	for i := 0; i < number; i += 100 {
		ended := auth.Token{Access: auth.NewSecret("a"), Expiry: time.Now().Add(-time.Minute)}
		if err := registry.Set(ctx, tenant(i), ended); err != nil {
			return err
		}
		if _, err := registry.Session(tenant(i)).Token(ctx); !errors.Is(err, connector.Reauthorize) {
			return fmt.Errorf("a token that has ended and cannot be renewed gave: %v", err)
		}
	}
	began, found := time.Now(), 0
	for _, err := range registry.Lost(ctx) {
		if err != nil {
			return err
		}
		found++
	}
	took := time.Since(began)
	exactly(r, "tenants who must sign in again", found, number/100)
	r.tell(fmt.Sprintf("time to find them among %d", number), took)
	return nil
}
