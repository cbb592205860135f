// Tracing shows a client's calls as OpenTelemetry spans and metrics: one span
// for each call, with a child for each attempt. The part to copy is
// telemetry.go; the rest is a short run on an emulator that misbehaves, whose
// spans and metrics are printed.
//
//	go run . [-traceparent]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"

	"go.opentelemetry.io/otel/exporters/stdout/stdoutmetric"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/procore/project"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/store"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "tracing:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("tracing", flag.ContinueOnError)
	tell := flags.Bool("traceparent", false, "send the trace's id to the platform")
	if err := flags.Parse(args); err != nil {
		return err
	}
	spans, err := stdouttrace.New(stdouttrace.WithWriter(out), stdouttrace.WithPrettyPrint())
	if err != nil {
		return err
	}
	figures, err := stdoutmetric.New(stdoutmetric.WithWriter(out), stdoutmetric.WithPrettyPrint())
	if err != nil {
		return err
	}
	traces := sdktrace.NewTracerProvider(sdktrace.WithBatcher(spans))
	metrics := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(figures)))
	t, err := newTelemetry(traces, metrics)
	if err != nil {
		return err
	}
	server, err := procoretest.Listen("127.0.0.1:0", nil)
	if err != nil {
		return err
	}
	defer server.Close()
	o := &procore.Options{}
	if *tell {
		o.Middleware = append(o.Middleware, sendTraceparent)
	}
	err = work(ctx, server, t, o)
	return errors.Join(err, traces.Shutdown(ctx), metrics.Shutdown(ctx)) // both print what they hold
}

// Work is what a program does, on a bad day: a list whose first page fails
// once, a token that is refused, and a write whose answer is lost.
func work(ctx context.Context, server *procoretest.Server, t *telemetry, o *procore.Options) error {
	app := procore.App{
		ClientID:     server.ClientID,
		ClientSecret: auth.NewSecret(server.ClientSecret),
		Environment:  procore.Environment{Name: "emulator", LoginURL: server.LoginURL, APIURL: server.URL},
	}
	grant, err := app.ClientCredentials()
	if err != nil {
		return err
	}
	grant.OnRenewal = t.renewed
	session := auth.NewSession(store.Memory(), app.Key("service"), grant)
	defer session.Close()

	o.CompanyID, o.Environment, o.Account = server.CompanyID, app.Environment, "tenant-17"
	t.watch(&o.Options)
	client, err := procore.New(session, o)
	if err != nil {
		return err
	}
	defer client.Close()

	server.Inject(procoretest.Fault{On: "GET /rest/v1.1/projects", Status: http.StatusBadGateway, Body: "<html>Bad Gateway</html>"})
	for _, err := range project.New(client).Projects.All(ctx, nil) {
		if err != nil {
			return err
		}
	}
	server.ExpireTokens()
	rfis := rfi.New(client).RFIs
	if _, err := rfis.List(ctx, server.ProjectID, nil); err != nil {
		return err
	}
	server.Inject(procoretest.Fault{Drop: true, When: procoretest.AfterWork})
	_, err = rfis.Create(ctx, server.ProjectID, &rfi.RFICreate{
		Subject: "Beam at axis 7", RFIManagerID: server.UserID, AssigneeIDs: []int64{server.UserID}, Question: rfi.QuestionInput{Body: "Does it hold?"},
	})
	if !errors.Is(err, connector.UnknownOutcome) {
		return fmt.Errorf("the write whose answer was lost ended with %w", err)
	}
	return nil
}
