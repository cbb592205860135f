package faulttest

import (
	"context"
	"net/http"

	"github.com/cordage-go/cordage/connector"
)

// Unpaced is a connector.Pacer that lets everything leave at once.
type Unpaced struct{}

// Wait does not wait. It fails if ctx has ended.
func (Unpaced) Wait(ctx context.Context, _ *connector.Turn) error { return context.Cause(ctx) }

// Observe does nothing.
func (Unpaced) Observe(*connector.Turn, int, http.Header) {}
