// Package connector holds what the clients of all platforms have in common:
// operations, call options, pages, client options and the one error type.
//
// Programs meet it through the platform packages. They import it to read an
// error, to set options that mean the same on every platform, and to describe
// an operation that a platform package has no method for.
package connector
