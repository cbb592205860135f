package procore

import "github.com/cordage-go/cordage/connector"

// Linked is how lists of version 1 come: by page number, with a Link header
// that alone says whether there is more. Procore names no largest page, but
// recommends at most 2,000 records.
var Linked = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "per_page", Default: 100, Max: 2000, Links: true}

// LinkedV2 is how lists of version 2 come: as [Linked], with at most 100
// records a page, and 10 where nothing is asked for.
var LinkedV2 = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "per_page", Default: 100, Max: 100, Links: true}

// LinkOnly is how a few lists of version 2 come that take a size and no page:
// the next link alone leads on.
var LinkOnly = connector.Paging{Size: "per_page", Default: 100, Max: 100, Links: true}

// Cursors is how the instances of workflows come: a next link holds the mark
// of the page that follows.
var Cursors = connector.Paging{Style: connector.Cursor, Page: "cursor", Size: "per_page", Default: 100, Max: 100, Links: true}

// PageOnly is how lists of resource planning come that take a page number and
// no size: pages of up to 400 records, counted from 0, which is not certain. A
// page that is empty or brings nothing new ends the list; should 0 and 1 be the
// same page, it goes on.
var PageOnly = connector.Paging{Style: connector.Numbered, Page: "page", Unsure: true}

// StartAfter is how the time off of a person comes: start_after is the id of
// the last record of the page before. An empty page ends the list.
var StartAfter = connector.Paging{Style: connector.After, Page: "start_after", Size: "limit", Unsure: true}

// StartingAfter is how notification profiles come: as with [StartAfter], under
// another name.
var StartingAfter = connector.Paging{Style: connector.After, Page: "starting_after", Size: "limit", Unsure: true}

// Deliveries is how the deliveries of webhooks of version 1.0 come: page_start
// is the last id of the page before. Which id is meant is not documented; the
// records have none but that of their event. Nor is the largest page known.
var Deliveries = connector.Paging{Style: connector.After, Page: "page_start", Size: "page_size", Default: 100, Next: "event_id"}
