// Package emulate holds what the emulators of the three platforms share: a
// server with faults and a record of what reached it, routing by the operation
// tables, state, one-time tokens, rate windows, paging and JSON.
//
// An emulator is a function from a [Call] to an [Answer], given to [Listen]
// with a [Router]. It is written from what is publicly known of its platform
// and imports no client, so that neither can cover the other's mistakes.
package emulate
