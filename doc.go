// Package cordage is the root of a library of connectors to three business
// platforms. It holds no code of its own; import the packages below it:
//
//   - scoro, procore and securityscorecard are the clients
//   - auth has secrets, token sources and sessions that renew themselves
//   - store keeps what must outlive a process
//   - connector has what the clients share: errors, options, pages
//   - value has the few values that Go lacks: dates, decimals, custom fields
//   - pace spaces requests out
//   - scoro/scorotest, procore/procoretest and
//     securityscorecard/securityscorecardtest are emulators to test against
//
// The programs in the examples folder are made to be copied.
package cordage
