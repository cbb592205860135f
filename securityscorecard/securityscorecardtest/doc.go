// Package securityscorecardtest is an emulator of SecurityScorecard for tests
// and for trying things out: a real HTTP server on loopback that behaves as the
// platform does, as far as that is publicly known, with made-up companies.
//
//	server := securityscorecardtest.NewServer(t)
//	client, err := securityscorecard.New(auth.Static(server.Token), &securityscorecard.Options{
//		Options: connector.Options{BaseURL: server.URL},
//	})
//
// It is strict: a wrong verb, path, header, credential, query value or body is
// refused with an error that says why. It shows the platform's odd forms on
// purpose and always at the same places: companies whose score is still being
// calculated, two shapes of error, dates in several spellings, list envelopes
// that differ, unknown paths below a company that answer with the company.
//
// # Installing the app
//
// Server.PageURL with the app's id behind it is the app's page in the
// marketplace, where users install and uninstall it; "/authorize" after that is
// the consent page for the app's own site. Browser tests find #username,
// #password and #sign-in, then #allow, #deny and #uninstall;
// [Options].AutoConsent leaves the consent page out.
//
// # What is told by hand, and what by the table
//
// It has the operations that package securityscorecard has methods for, and no
// others. Companies, their scores, factors, histories and findings, portfolios,
// industries, metadata, reports, notifications and credentials are written by
// hand. All other records follow from verb, path and types alone: a collection
// is the same in every version, begins with three made-up records when it is
// first asked for, and keeps what is written. Ids that nobody was given are
// 404; names of things elsewhere, such as domains, are always there. Single
// records such as settings keep what is written to them, bulk calls change the
// records that exist, and searches by POST answer the list.
//
// # Choices
//
// Where the platform's behaviour is not publicly known, the emulator takes a
// side that a client should survive. A one-time code is spent by every request
// that presents it, also by one with a wrong secret. A user who cancels on the
// consent page comes back with error=access_denied. A domain in upper case is
// refused with 400, and so is a page size out of bounds, except where clients
// saw it cut. The size of a page is the one asked for, except for followed
// companies, where it counts all records. A history without dates is all of
// its twelve months. Link headers come with audit logs, vendor detection and
// expanded risk, and with lists whose way to page is not known. Members of a
// body that are not known are ignored.
//
// A company that is added to a portfolio and was never scored stays without a
// score until [Server.Put] gives it one. A report about it ends without a file.
//
// The emulator has the calendar of [Options].Today, but counts requests by the
// real clock. Rules deliver nothing, and webhooks are not called.
package securityscorecardtest
