package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
)

const scope = "example.com/your-program/connectors"

// Telemetry makes spans and metrics of what clients tell. One serves all
// clients of a program; copy this file and change what you like.
type telemetry struct {
	tracer   trace.Tracer
	calls    metric.Float64Histogram // how long calls take, waits included
	attempts metric.Float64Histogram // how long the platform takes
	waits    metric.Float64Histogram // how long calls are held back: by the pacer, and before they are repeated
	renewals metric.Int64Counter
	drifts   metric.Int64Counter
}

func newTelemetry(traces trace.TracerProvider, metrics metric.MeterProvider) (*telemetry, error) {
	meter := metrics.Meter(scope)
	seconds := metric.WithUnit("s")
	calls, err1 := meter.Float64Histogram("connector.call.duration", seconds)
	attempts, err2 := meter.Float64Histogram("connector.attempt.duration", seconds)
	waits, err3 := meter.Float64Histogram("connector.wait.duration", seconds)
	renewals, err4 := meter.Int64Counter("connector.renewals")
	drifts, err5 := meter.Int64Counter("connector.drifts")
	return &telemetry{traces.Tracer(scope), calls, attempts, waits, renewals, drifts}, errors.Join(err1, err2, err3, err4, err5)
}

// Watch sets the hooks of a client's options.
func (t *telemetry) watch(o *connector.Options) {
	o.OnCall, o.OnEvent, o.OnDrift = t.begin, t.hear, t.drift
}

// Begin starts the span of a call. It goes with the context, so that spans of
// the program's own Transport or Middleware become its children.
func (t *telemetry) begin(ctx context.Context, call *connector.Call) context.Context {
	ctx, _ = t.tracer.Start(ctx, call.Operation.ID, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("account", call.Account),
		attribute.String("class", call.Operation.Class.String()),
		attribute.String("http.request.method", call.Operation.Method),
		attribute.String("url.template", call.Operation.Path),
	))
	return ctx
}

func (t *telemetry) hear(ctx context.Context, e connector.Event) {
	// An account is one label for each tenant: with thousands of them leave it
	// to the spans.
	labels := metric.WithAttributes(
		attribute.String("platform", e.Platform), attribute.String("operation", e.Operation), attribute.String("account", e.Account),
		attribute.String("failure", string(e.Failure)), // "rate limited", "outcome unknown"; empty for success
	)
	span := trace.SpanFromContext(ctx)
	switch e.Name {
	case connector.EventAttempt:
		t.attempts.Record(ctx, e.Took.Seconds(), labels, metric.WithAttributes(attribute.Int("http.response.status_code", e.Status)))
		t.attempt(ctx, e)
	case connector.EventWait, connector.EventRetry:
		t.waits.Record(ctx, e.Took.Seconds(), labels, metric.WithAttributes(attribute.String("event", string(e.Name))))
		span.AddEvent(string(e.Name), trace.WithAttributes(attribute.String("took", e.Took.String()), attribute.String("failure", string(e.Failure))))
	case connector.EventRenewal:
		span.AddEvent("renewal")
	case connector.EventDone:
		t.calls.Record(ctx, e.Took.Seconds(), labels)
		span.SetAttributes(attribute.String("platform", e.Platform), attribute.Int("attempts", e.Attempt))
		if e.Err != nil {
			span.SetStatus(codes.Error, string(e.Failure))
			span.RecordError(e.Err)
		}
		span.End()
	}
}

// Attempt adds the span of an attempt, which is over when it is told of.
func (t *telemetry) attempt(ctx context.Context, e connector.Event) {
	_, span := t.tracer.Start(ctx, "attempt", trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(time.Now().Add(-e.Took)),
		trace.WithAttributes(attribute.Int("http.request.resend_count", e.Attempt-1), attribute.Int("http.response.status_code", e.Status)))
	if e.Failure != "" {
		span.SetStatus(codes.Error, string(e.Failure))
	}
	span.End()
}

// Renewed counts a session's renewals: those ahead of time belong to no call.
func (t *telemetry) renewed(r auth.Renewal) {
	t.renewals.Add(context.Background(), 1, metric.WithAttributes(
		attribute.String("cause", string(r.Cause)), attribute.Bool("failed", r.Err != nil)))
}

func (t *telemetry) drift(d connector.Drift) {
	t.drifts.Add(context.Background(), 1, metric.WithAttributes(
		attribute.String("platform", d.Platform), attribute.String("operation", d.Operation), attribute.String("path", d.Path)))
}

// SendTraceparent is a middleware that tells the platform of the trace. It is
// not used unless it is asked for: none of the platforms is known to read the
// header, and it would tell a third party which of its calls belong together.
func sendTraceparent(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		propagation.TraceContext{}.Inject(r.Context(), propagation.HeaderCarrier(r.Header))
		return next.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
