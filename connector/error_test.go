package connector_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
)

func ExampleError() {
	err := fmt.Errorf("copying: %w", &connector.Error{
		Platform: "scoro", Operation: "Projects.Get", Kind: connector.NotFound, Status: 404,
		Message: "no such project", Remedy: "check the id",
	})
	fmt.Println(err)
	fmt.Println(errors.Is(err, connector.NotFound))
	if e, ok := connector.AsError(err); ok {
		fmt.Println(e.Operation, e.Status)
	}
	// Output:
	// copying: scoro Projects.Get: not found: no such project (status 404); check the id
	// true
	// Projects.Get 404
}

func TestErrorSaysAllItKnows(t *testing.T) {
	err := &connector.Error{
		Platform: "procore", Operation: "rfi.RFIs.List", Account: "tenant-17", Kind: connector.RateLimited,
		Status: 429, Code: "LIMIT", RequestID: "r-1", RetryAfter: 1500 * time.Millisecond, Attempts: 3,
		Err: context.DeadlineExceeded, Remedy: "wait",
	}
	want := "procore rfi.RFIs.List [tenant-17]: rate limited: context deadline exceeded " +
		"(status 429, code LIMIT, request r-1, retry after 1.5s, 3 attempts); wait"
	if got := err.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestErrorMatchesKindAndCause(t *testing.T) {
	err := fmt.Errorf("outer: %w", &connector.Error{Platform: "scoro", Kind: connector.UnknownOutcome, Err: context.Canceled})
	for _, target := range []error{connector.UnknownOutcome, context.Canceled} {
		if !errors.Is(err, target) {
			t.Errorf("errors.Is does not find %v", target)
		}
	}
	for _, target := range []error{connector.NotFound, context.DeadlineExceeded} {
		if errors.Is(err, target) {
			t.Errorf("errors.Is finds %v", target)
		}
	}
}

func TestAtCopies(t *testing.T) {
	op := connector.Operation{ID: "x", Path: "/x/{id}"}
	values := []any{1}
	bound := op.At(values...)
	values[0] = 2
	if len(op.Values()) != 0 {
		t.Error("At changed the operation that it was called on")
	}
	if got := bound.Values()[0]; got != 1 {
		t.Errorf("At kept the caller's slice: %v", got)
	}
}

func TestOperationTravelsInTheContext(t *testing.T) {
	if _, ok := connector.OperationFrom(t.Context()); ok {
		t.Error("found an operation outside a call")
	}
	ctx := connector.WithOperation(t.Context(), &connector.Operation{ID: "Projects.List"})
	if op, ok := connector.OperationFrom(ctx); !ok || op.ID != "Projects.List" {
		t.Errorf("got %v, %v", op.ID, ok)
	}
}
