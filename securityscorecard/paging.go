package securityscorecard

import "github.com/cordage-go/cordage/connector"

// The ways in which lists come. Many come whole; the platform says that a Link
// header may be added to any of them, so it is followed wherever it appears.
var (
	// linked lists are whole, or go on by a Link header. Some say how many they
	// have; that of portfolios may call it count, as the documents do.
	linked = connector.Paging{Items: "entries", Total: "total", Links: true}
	// rows and provisioned lists are whole, and hold their records elsewhere.
	rows        = connector.Paging{Items: "rows", Links: true}
	provisioned = connector.Paging{Items: "Resources", Total: "totalResults", Links: true}
)

// Numbered lists. The platform documents a page number from 1 and a size, and
// keeps to it seldom: each family has its own first number, names and bounds.
var (
	// scorecards are numbered from 0, at most 200 a page. The answer names no total.
	scorecards = connector.Paging{Style: connector.Numbered, Page: "page", Size: "page_size", Default: 100, Max: 200, Items: "entries"}
	// followed companies have the number of all of them in what others call the page's size.
	followed = connector.Paging{Style: connector.Numbered, Page: "page", Size: "page_size", Default: 100, Max: 100, Items: "entries", Total: "size"}
	// audited is the audit log. Its text says that 0 is the first page, its
	// default is 1. To begin with 0 loses nothing: a page that comes twice is dropped.
	audited = connector.Paging{Style: connector.Numbered, Page: "page", Size: "page_size", Default: 200, Max: 200, Items: "entries", Total: "total"}
	// noted lists say nothing of their first page; it is taken to be 1.
	noted = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "page_size", Default: 50, Max: 50, Items: "entries"}
	// notified lists name page and size in their answers. Clients send a page
	// number, from 1, that no document has, and were seen to get at most 50.
	notified = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "page_size", Default: 50, Max: 50, Items: "entries", Unsure: true}
	// subscribed lists give 50 a page to the clients that were seen.
	subscribed = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "page-size", Default: 50, Max: 50, Items: "entries"}
	// assets are numbered from 0. The server was seen to give 50 a page whatever it was asked for.
	assets = connector.Paging{Style: connector.Numbered, Page: "page", Size: "page-size", Default: 50, Max: 100, Items: "entries", Total: "total"}
	// planned lists do not say which page is the first; it is taken to be 1.
	planned = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "pageSize", Default: 50, Items: "entries"}
	// risks are numbered from 1, at most 5,000 a page.
	risks = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "limit", Default: 100, Max: 5000, Items: "entries", Total: "total"}
	// managed lists are those of the newer MAX, numbered from 0.
	managed = connector.Paging{Style: connector.Numbered, Page: "page", Size: "limit", Default: 100, Max: 200, Items: "entries", Total: "total"}
	// exposed lists are numbered from 1, and give at least 20 a page.
	exposed = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "size", Default: 100, Max: 500, Items: "entries", Total: "total"}
	// counted lists have their total inside another member, so they end with an empty page.
	counted = connector.Paging{Style: connector.Numbered, Page: "page", Size: "size", Default: 100, Items: "entries"}
	// unsized lists are those of the older MAX, numbered from 0: 50 a page, of vendors 100.
	unsized = connector.Paging{Style: connector.Numbered, Page: "page", Items: "entries", Total: "total"}
)

// Lists that are asked for with a body, which holds their place too.
var (
	// searched lists are numbered; that 0 is the first page is taken from the lists that are read.
	searched = connector.Paging{Style: connector.Numbered, Page: "page", Size: "page_size", Default: 50, Items: "entries", Total: "total", Body: true}
	// cursored lists begin at a cursor with a name of its own. The member that
	// holds the next one is an inference.
	cursored = connector.Paging{Style: connector.Cursor, Page: "cursor", Start: "initial", Size: "size", Default: 1000, Items: "hits", Total: "total", Next: "cursor", Body: true}
)
