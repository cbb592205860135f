package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The program runs whole, and prints what it should.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), nil, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"Name": "attempt"`, `"Value": "outcome unknown"`, `"Name": "connector.call.duration"`, `"Name": "connector.renewals"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %s:\n%.2000s", want, out.String())
		}
	}
}

// recorded is one run with all that it told.
type recorded struct {
	spans  tracetest.SpanStubs
	points map[string]uint64 // "metric failure": how many were counted
	sent   []http.Header     // what reached the API
}

func record(t *testing.T, middleware ...connector.Middleware) recorded {
	t.Helper()
	memory, reader := tracetest.NewInMemoryExporter(), sdkmetric.NewManualReader()
	told, err := newTelemetry(sdktrace.NewTracerProvider(sdktrace.WithSyncer(memory)), sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	if err != nil {
		t.Fatal(err)
	}
	server := procoretest.NewServer(t)
	if err := work(t.Context(), server, told, &procore.Options{Options: connector.Options{Middleware: middleware}}); err != nil {
		t.Fatal(err)
	}
	r := recorded{spans: memory.GetSpans(), points: points(t, reader)}
	for _, request := range server.Requests() {
		if strings.HasPrefix(request.Path, "/rest/") {
			r.sent = append(r.sent, request.Header)
		}
	}
	return r
}

func points(t *testing.T, reader sdkmetric.Reader) map[string]uint64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	counts := map[string]uint64{}
	label := func(name string, set attribute.Set, keys ...attribute.Key) string {
		for _, key := range keys {
			value, _ := set.Value(key)
			name += " " + value.String()
		}
		return strings.TrimSpace(name)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					counts[label(m.Name, p.Attributes, "operation", "failure")] += p.Count
				}
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					counts[label(m.Name, p.Attributes, "cause")] += uint64(p.Value)
				}
			}
		}
	}
	return counts
}

// One span for each call, with a child for each attempt, in time's order.
func TestSpans(t *testing.T) {
	r := record(t)
	var got []string
	for _, call := range r.spans {
		if call.Name == "attempt" {
			continue
		}
		line := fmt.Sprint(call.Name, ": ", status(call))
		for _, attempt := range r.spans {
			if attempt.Parent.SpanID() != call.SpanContext.SpanID() {
				continue
			}
			line += fmt.Sprint(", attempt ", status(attempt))
			if attempt.StartTime.Before(call.StartTime.Add(-time.Millisecond)) || attempt.EndTime.After(call.EndTime) {
				t.Errorf("an attempt lasts from %v to %v, its call from %v to %v", attempt.StartTime, attempt.EndTime, call.StartTime, call.EndTime)
			}
		}
		for _, event := range call.Events {
			line += ", " + event.Name
		}
		got = append(got, line)
	}
	want := []string{
		"project.Projects.List: ok, attempt unavailable, attempt ok, retry",
		"rfi.RFIs.List: ok, attempt unauthorized, attempt ok, renewal",
		"rfi.RFIs.Create: outcome unknown, attempt unavailable, exception",
	}
	if !slices.Equal(got, want) {
		t.Errorf("spans are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func status(s tracetest.SpanStub) string {
	if s.Status.Code == codes.Error {
		return s.Status.Description
	}
	return "ok"
}

func TestMetrics(t *testing.T) {
	got := record(t).points
	for name, want := range map[string]uint64{
		"connector.call.duration project.Projects.List":                1,
		"connector.call.duration rfi.RFIs.Create outcome unknown":      1,
		"connector.attempt.duration project.Projects.List":             1,
		"connector.attempt.duration project.Projects.List unavailable": 1,
		"connector.wait.duration project.Projects.List unavailable":    1,
		"connector.renewals late":                                      1,
		"connector.renewals refused":                                   1,
	} {
		if got[name] != want {
			t.Errorf("%s is %d, want %d; all are %v", name, got[name], want, got)
		}
	}
}

// The platform hears of a trace only from those who ask for it.
func TestTraceparent(t *testing.T) {
	for _, header := range record(t).sent {
		if header.Get("Traceparent") != "" || header.Get("Tracestate") != "" || header.Get("Baggage") != "" {
			t.Errorf("the platform was sent %v", header)
		}
	}
	asked := record(t, sendTraceparent)
	var traces []string
	for _, s := range asked.spans {
		traces = append(traces, s.SpanContext.TraceID().String())
	}
	for _, header := range asked.sent {
		_, id, _ := strings.Cut(header.Get("Traceparent"), "-")
		if id, _, _ = strings.Cut(id, "-"); !slices.Contains(traces, id) {
			t.Errorf("the platform was sent %q, want the id of one of %q", header.Get("Traceparent"), traces)
		}
	}
}
