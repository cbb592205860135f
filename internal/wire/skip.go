//go:build !goexperiment.jsonv2 || go1.27

package wire

import "errors"

// skip tells the codec to go on with its own way for a value.
var skip = errors.ErrUnsupported
