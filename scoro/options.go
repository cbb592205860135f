package scoro

import "github.com/cordage-go/cordage/connector"

const memberDetailed = "detailed_response"

// Detailed asks a list for whole rows, with custom fields and nested rows.
// Scoro then gives at most 25 rows a page. The switch is sent as the text "1",
// one of the two forms that are seen to work; the other is a true boolean.
func Detailed() connector.CallOption { return Member(memberDetailed, "1") }

// BasicData asks a list of projects or tasks for its shortest rows.
func BasicData() connector.CallOption { return Member("basic_data", "1") }

// IncludeDeleted adds rows that were deleted in the last 30 days. Where the
// flag belongs is uncertain; it is sent at the top of the envelope, where it
// has been seen to work.
func IncludeDeleted() connector.CallOption { return Member("include_deleted", "1") }

// IncludeSubtasks adds subtasks to a list of tasks. Its place in the envelope
// is as uncertain as that of [IncludeDeleted].
func IncludeSubtasks() connector.CallOption { return Member("include_subtasks", 1) }

// Bookmark applies a saved view to a list, by its id. Bookmarks belong to
// users, so this needs a user token.
func Bookmark(id int64) connector.CallOption {
	return Member("bookmark", map[string]int64{"bookmark_id": id})
}

// Lang asks for localized texts in a language, three letters such as "eng".
func Lang(code string) connector.CallOption { return Member("lang", code) }

// Member sets a further member at the top of the envelope. The credential, the
// request, filters and paging cannot be set by it.
func Member(name string, value any) connector.CallOption {
	return func(c *connector.Call) {
		if c.Envelope == nil {
			c.Envelope = map[string]any{}
		}
		c.Envelope[name] = value
	}
}

// Filter narrows a list by field. A value is a text with % as wildcard, a
// number, a slice (any of), or a [value.DateRange]. Scoro ignores fields that
// it does not know and answers everything, so an unknown name is refused here;
// see [RawFilter].
func Filter(filters map[string]any) connector.CallOption {
	return func(c *connector.Call) { c.Filter = filters }
}

// RawFilter narrows a list by fields that this package does not know, such as
// custom fields. A mistyped name returns everything.
func RawFilter(filters map[string]any) connector.CallOption {
	return func(c *connector.Call) { c.RawFilter = filters }
}
