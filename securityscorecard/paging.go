package securityscorecard

import "github.com/cordage-go/cordage/connector"

// The ways in which lists come. Most come whole; the platform says that a Link
// header may be added to any of them, so it is followed wherever it appears.
var (
	// linked lists are whole, or go on by a Link header. Some say how many they
	// have; that of portfolios may call it count, as the documents do.
	linked = connector.Paging{Items: "entries", Total: "total", Links: true}
	// scorecards are numbered from 0, at most 200 a page. The answer names no total.
	scorecards = connector.Paging{Style: connector.Numbered, Page: "page", Size: "page_size", Default: 100, Max: 200, Items: "entries"}
	// notified lists name page and size in their answers. Clients send a page
	// number, from 1, that no document has, and were seen to get at most 50.
	notified = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "page_size", Default: 50, Max: 50, Items: "entries", Unsure: true}
	// risks are numbered from 1, at most 5,000 a page.
	risks = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "limit", Default: 100, Max: 5000, Items: "entries", Total: "total"}
)
