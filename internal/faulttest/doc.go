// Package faulttest plays a failing platform for tests: what it does with each
// request is written down as a [Script] of steps, and what reached it is kept
// as [Arrival] records, so that a test can tell how often something was sent.
//
// [Transport] plays a script in memory, for tests on fake time. [Server] plays
// the same script on a real socket of this machine, for what memory cannot
// show: resets, connections that are used again, certificates.
package faulttest
