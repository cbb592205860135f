// Package scorotest is an emulator of Scoro: a server that behaves like the
// Scoro API v2 as far as that is publicly known, filled with made-up projects,
// tasks, time entries, contacts and documents. No account is needed.
//
// In a test:
//
//	server := scorotest.NewServer(t)
//	client, err := scoro.New(server.Site, scoro.UserToken(server.UserToken, server.CompanyAccount),
//		&scoro.Options{Options: connector.Options{BaseURL: server.URL}})
//
// It is strict: a wrong verb, path, credential, envelope or value is refused
// with a message that says why. It is odd where the platform is odd, always in
// the same way for the same record, so that a client is tested against all of it:
//
//   - booleans come as 1, "1" and true; ids and numbers sometimes as text;
//   - dates without a value are null, "" or "0000-00-00"; the dates of change of
//     projects and invoices have no zone, all others have;
//   - statusCode is sometimes text; an unknown id is an HTTP 404 for view, and
//     an HTTP 200 with an error inside for delete and setDone;
//   - messages come as null, text, a list, a map of texts and a map of lists;
//   - empty objects come as [], custom fields as a list, a map, null or [];
//   - list rows are short, and filters inside request, or of unknown names, do nothing.
//
// # MCP
//
// Server.MCPURL is the site's endpoint for the Model Context Protocol, over
// streamable HTTP. Scoro has one at this place; what it answers, its tools, and
// how apps sign in are not publicly known, so all of it is inferred from the
// standards: protected-resource metadata (RFC 9728), server metadata (RFC 8414),
// authorization codes with PKCE, refresh tokens that work once, a resource
// indicator (RFC 8707) that must be the endpoint if it is sent. The user signs in
// on a page: browser tests find #username, #password and #sign-in, then #allow
// and #deny; [MCPOptions].AutoConsent leaves the pages out. [Server.Presentations]
// and [Server.Issued] tell what became of every code and refresh token.
//
// # Choices
//
// It has the modules and actions of the table that package scoro is made from.
// Each module lists, shows, makes, changes and deletes its records by their
// types; users, companies, persons, projects, tasks, events, time entries,
// quotes, invoices, comments and statuses come with the seed, all others with three
// made-up records. Those that no public client was seen to call keep whatever
// they are sent.
//
// Where the platform's behaviour is not known, the emulator takes a side that
// a client should survive: modify without an id answers the new record unless
// return_data is 0, modify of an existing record answers no data unless
// return_data is 1. include_deleted and include_subtasks work at the top level
// and inside request. The ends of date ranges are inclusive and meant in the
// site's zone. A module takes either credential: the one published list of modules
// that take only one of them is contradicted by working programs. A bookmark with id 1 exists for projects.
//
// A webhook address must be https, or http to a loopback address. Loopback
// addresses are asked whether they answer 200, as Scoro does; no other host is
// ever called. Nothing is delivered to webhooks.
//
// Some behaviours of the platform are faults here, asked for with
// [Server.Inject]: see [Fault].
package scorotest
