package procore

import "github.com/cordage-go/cordage/connector"

// Linked is how lists of version 1 come: by page number, with a Link header
// that alone says whether there is more. Procore names no largest page, but
// recommends at most 2,000 records.
var Linked = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "per_page", Default: 100, Max: 2000, Links: true}

// LinkedV2 is how lists of version 2 come: as [Linked], with at most 100
// records a page, and 10 where nothing is asked for.
var LinkedV2 = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "per_page", Default: 100, Max: 100, Links: true}

// Deliveries is how the deliveries of webhooks of version 1.0 come: page_start
// is the last id of the page before. Which id is meant is not documented; the
// records have none but that of their event. Nor is the largest page known.
var Deliveries = connector.Paging{Style: connector.After, Page: "page_start", Size: "page_size", Default: 100, Next: "event_id"}
