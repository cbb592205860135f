package procore

import "github.com/cordage-go/cordage/connector"

// Linked is how lists of version 1 come: by page number, with a Link header
// that alone says whether there is more. Procore names no largest page, but
// recommends at most 2,000 records.
var Linked = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "per_page", Default: 100, Max: 2000, Links: true}

// LinkedV2 is how lists of version 2 come: as [Linked], with at most 100
// records a page, and 10 where nothing is asked for.
var LinkedV2 = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "per_page", Default: 100, Max: 100, Links: true}

// Deliveries is how the deliveries of webhooks of version 1.0 come. Procore
// documents neither where page_start begins nor the largest page, so this is a
// guess from the other lists of version 1.
var Deliveries = connector.Paging{Style: connector.Numbered, Page: "page_start", First: 1, Size: "page_size", Default: 100}
