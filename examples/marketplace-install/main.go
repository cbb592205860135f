// Marketplace-install is a template for makers of marketplace apps: a small web
// server where the users of many tenants connect the app to their Scoro,
// Procore and SecurityScorecard, test the connections and end them.
//
// Without an app's credentials it runs on emulators:
//
//	go run .
//
// With them it runs on the platforms. config.go lists the settings, keys.go the
// key that encrypts the sign-ins.
//
//	PROCORE_CLIENT_ID=… PROCORE_CLIENT_SECRET=… go run . -url http://localhost:8080
//
// Several replicas may share the sign-ins, over a folder, Redis or PostgreSQL:
// a user may leave from one of them and come back to another.
//
// To make it your own, put your login into visitor.go and your work beside the
// tests in scoro.go, procore.go and securityscorecard.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "marketplace-install:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	c, err := readConfig(args)
	if err != nil {
		return err
	}
	k, err := readKey(c.store)
	if err != nil {
		return err
	}
	records, closeRecords, err := openRecords(ctx, c.store, k)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeRecords()) }()
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return fmt.Errorf("%w; choose another -addr", err)
	}
	defer listener.Close()
	if c.url == "" {
		c.url = "http://" + listener.Addr().String()
	}
	if c.apps.none() {
		demo, err := startEmulators(c.url)
		if err != nil {
			return err
		}
		defer demo.close()
		c.apps = demo.apps
	}
	app, err := newServer(c.url, c.apps, records, k, slog.Default())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.close()) }()
	fmt.Fprintf(out, "open %s\n", c.url)
	return serve(ctx, listener, app.handler())
}

// serve answers requests until ctx ends, and lets those that have begun finish.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}
