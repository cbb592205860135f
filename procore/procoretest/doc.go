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
// # Signing in
//
// GET /oauth/authorize is a page on which the demo user signs in and lets the
// app in, or does not. Browser tests find #username, #password and #sign-in, then
// #allow and #deny, and #code out of band; [Options].AutoConsent leaves the pages
// out. [Server.SignIn] makes pairs without any of it. [Server.Presentations] and
// [Server.Issued] tell what became of every code and refresh token: it is how a
// test proves that none was lost or used twice.
//
// # What is told by hand, and what by the table
//
// It has the operations that the packages of procore have methods for, and no
// others. Companies, projects, users, vendors, RFIs and their replies,
// submittals, observations and webhooks are written by hand, in all their
// versions: they come with the seed, and keep the rules of their kind. All
// other records follow from verb, path and types alone:
//
//   - A collection is the same in every version, nested or flat. Each one of a
//     project, of a company, or below a record begins with three records when it
//     is first asked for. Their ids are the same everywhere: 562950043421313 and
//     the next two. If it has a recycle bin, the third lies there.
//   - What is written comes back wherever the type has the member: also an
//     assignee_id as assignee. Members that nobody wrote are made up in the
//     records of the start, and empty in those that were made by a request.
//   - Unknown ids are 404, also those of parents, and in bulk calls are among
//     the failures if the answer has a place for them. A record of which the
//     table knows no list and no creation is there under every id.
//   - Settings and other single records keep what is written to them. Deeds
//     such as publish set the status that they name, if the type has it; restore
//     and recycle do what they say; all others keep what they are sent.
//   - New uploads name addresses in the storage, which takes the bytes and gives
//     the ETags that complete the upload, but keeps nothing.
//   - Files that may take a while are 202 at first and then lie in the storage.
//   - What is added to a record by the id that it has elsewhere, such as a group
//     to a person, keeps that id. Writes without a body have their members in
//     the query.
//   - Filters compare with what a list shows, also of made-up records.
//   - Lists that answer groups have one group, with the records of the collection.
//     Where the form of an answer is not known it is the record, or the list of them.
//
// # Choices
//
// Where the public pages are silent or disagree, the emulator takes a side that
// a client should survive:
//
//   - A missing company header is 400 and plain text, a company out of reach
//     403, a project of another company 404. GET /companies answers an app's
//     own token without the header, with the companies that have it installed;
//     GET /me does not.
//   - PKCE is honoured, though no page of Procore's speaks of it; Options.PKCE
//     has the other ways that a server could take.
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
//   - A body that lacks a required member is 422, one without its wrapper 400, one
//     of another media type than JSON or a form 406. PUT forgets what is not sent.
//   - A hook's address must be https, or http to a loopback address. Nothing is
//     delivered to hooks.
//   - The header Idempotency-Token is taken and changes nothing.
package procoretest
