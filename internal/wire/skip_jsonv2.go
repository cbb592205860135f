//go:build goexperiment.jsonv2 && !go1.27

package wire

import "encoding/json/v2"

// skip tells the codec to go on with its own way for a value. Built with
// GOEXPERIMENT=jsonv2, the codec is the standard library's, which still has a
// value of its own for this.
var skip = json.SkipFunc
