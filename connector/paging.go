package connector

// A PagingStyle is one way in which a platform cuts a list into pages.
type PagingStyle uint8

const (
	// Whole lists come in one answer. A next link in the headers is followed all the same.
	Whole PagingStyle = iota
	// Numbered pages are asked for by number.
	Numbered
	// Cursor pages are asked for by the mark that the page before gave.
	Cursor
	// After pages are asked for by the id of the last record of the page before.
	After
)

// Paging says how a list operation is cut into pages.
type Paging struct {
	Style   PagingStyle // how the next page is asked for
	Page    string      // parameter of the page number, cursor or last id: "page", "cursor", "start_after"
	First   int         // number of the first page: 0 or 1
	Start   string      // cursor of the first page; empty if none is sent for it
	Size    string      // parameter of the page size: "per_page"; empty if the platform takes none
	Default int         // page size that is asked for where the caller names none; 0 leaves it to the platform
	Max     int         // largest page size that the platform gives; larger wishes are lowered to it. 0 if unknown
	Items   string      // member of the answer that holds the records; empty if the answer is the list itself
	Total   string      // member of the answer that holds the number of all records; empty if none
	Next    string      // member of the answer that holds the next cursor; with After, member of a record that holds its id, empty for Operation.Key
	Links   bool        // a Link header decides alone: without a next link the list has ended
	Short   bool        // a page with fewer records than its size is the last one
	Body    bool        // the parameters travel in the JSON body, beside the wrapper, not in the query
	Unsure  bool        // it is not certain that the platform obeys Page: a page that brings nothing new ends the list, but for a first page that comes as 0 and as 1
}

// A Page is one page of a list.
type Page[T any] struct {
	// Items are the records; a walk leaves out those that an earlier page had.
	Items []T
	// Next is the place of the following page, to be kept as text and given
	// to [From] later; empty on the last page.
	Next string
	// Total is the number of records on all pages, or -1 if the platform did not say.
	Total int
}

// Ahead lets a walk ask for up to n pages before the loop needs them, so that
// it does not wait for one after the other: 8 makes it about six times as fast
// where the platform's limits leave room. n lies between 0 and 64; 0, the
// default, asks for a page when the loop gets there. At most n pages are held.
// Given to a client's As, it holds for all walks of that copy.
//
// The walk hands over the same records in the same order and ends with the same
// error, once, behind all pages before it; places and [MaxPages] mean the same.
// Pages ahead wait for the pacer like all pages of the walk: single calls pass
// them. Leaving the loop cancels what is under way.
//
// Only numbered pages are read ahead, if it is certain that the platform obeys
// the numbers. A list whose first page states the total is asked for no page
// too many, another for at most twice its pages. When the total changes
// meanwhile, what was read ahead is read again, so that records that were added
// hide no others. A list without a total cannot tell: there a record that is
// added during the walk may push another one over the border of two pages
// unseen, which page after page only a removed one does.
//
// Call options and middleware are called from several goroutines.
func Ahead(n int) CallOption { return func(c *Call) { c.Ahead = n } }
