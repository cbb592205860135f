package faulttest

import (
	"context"
	"net/http"
	"time"
)

// Unpaced is a connector.Pacer that lets everything leave at once.
type Unpaced struct{}

// Wait does not wait. It fails if ctx has ended.
func (Unpaced) Wait(ctx context.Context, _ string, _ time.Duration) (time.Duration, error) {
	return 0, context.Cause(ctx)
}

// Observe does nothing.
func (Unpaced) Observe(string, int, http.Header) {}
