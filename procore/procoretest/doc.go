// Package procoretest is an emulator of Procore: a server that signs in and
// answers as Procore does, as far as that is publicly known, filled with
// made-up companies, projects and RFIs. No account is needed.
//
// In a test:
//
//	server := procoretest.NewServer(t)
//	client, err := procore.New(auth.Static(server.AccessToken), &procore.Options{
//		CompanyID: server.CompanyID,
//		Options:   connector.Options{BaseURL: server.URL},
//	})
//
// It is strict: one-time codes and refresh tokens die at their first use,
// whatever comes of it; a wrong verb, path, header, credential, wrapper, filter
// or page size is refused with a message that says why. It is odd where the
// platform is odd, always in the same places:
//
//   - ids lie above 2^49, are numbers in the first version and text in the second;
//   - amounts are text, and numbers in every fourth project;
//   - the relations of a Link header come in any order; it is empty or missing
//     for a single page, and lists without pages have no Total;
//   - errors come in a dozen shapes, some of them plain text or HTML;
//   - limits are told of one window at a time, the one that is nearer to its end;
//   - sync answers 200 even if every entry failed; malformed dates become null;
//   - lists of RFIs never have answers, and every twentieth RFI has {} for a list.
//
// # Choices
//
// It has the operations that the packages of procore have methods for, and no others.
//
// Where the public pages are silent or disagree, the emulator takes a side that
// a client should survive:
//
//   - A missing company header is 400 and plain text, a company out of reach
//     403, a project of another company 404. GET /companies answers an app's
//     own token without the header, with the companies that have it installed;
//     GET /me does not.
//   - Client credentials in HTTP Basic are refused with invalid_client. A pair
//     that was rotated away keeps its access token until that expires.
//   - Pages have 100 records in the first version, at most 2,000; 10 and 100 in
//     the second. More is 400.
//   - Filters that a list does not have, and filters outside of filters[...],
//     are 400. A date as the upper end of a range includes its day.
//   - page_start of webhook deliveries is the event_id of the last one seen.
//   - 429 has Retry-After for the hourly window only. Limits are counted by
//     app, user and company.
//   - Actions on RFIs whose answers are not described answer the RFI.
//   - A hook's address must be https, or http to a loopback address. Nothing is
//     delivered to hooks.
//   - The header Idempotency-Token is taken and changes nothing.
package procoretest
