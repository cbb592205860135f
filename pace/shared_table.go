package pace

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

const (
	// whole is a whole limit: shares are billionths of it, whole numbers, so that
	// their sum is exact.
	whole = 1_000_000_000

	tableFormat  = 1
	longestEnds  = 1 << 40
	largestLimit = whole // so that a request is still a part
	mostMembers  = 256   // a table of them has about 20 KB
)

// errUnreadable says that a record was not written by this library, or by a
// newer version of it.
var errUnreadable = errors.New("not written by this version of the library, and left as it is: update this program, or remove the record")

// A table is the stored record of one key: the processes that use it, and how
// they share its limit. The shares never sum to more than the whole.
type table struct {
	Format  int      `json:"format"`
	Limit   int      `json:"limit,omitempty"` // what the platform told one of them; 0 if it told nobody
	Members []member `json:"members"`
}

// A member is one process at a table.
type member struct {
	ID    string `json:"id"`
	Beat  uint64 `json:"beat"`           // changes whenever the member writes, so that others see that it lives
	Share int64  `json:"share"`          // the part of the limit that it may have in use; never less than it has
	Want  int64  `json:"want"`           // the part that it could use
	Rest  bool   `json:"rest,omitempty"` // it sends nothing before it has written again
	Ends  int64  `json:"ends,omitempty"` // milliseconds after which it may be removed, since its process has gone; 0 if it has not
}

// readTable reads a record's value. What is not in order is refused, so that it
// is never overwritten.
func readTable(value []byte) (table, error) {
	var t table
	if err := json.Unmarshal(value, &t); err != nil || t.Format != tableFormat || t.Limit < 0 || t.Limit > largestLimit || len(t.Members) > mostMembers {
		return table{}, errUnreadable
	}
	sum := int64(0)
	for i, m := range t.Members {
		if m.ID == "" || m.Share < 0 || m.Share > whole-sum || m.Want < 0 || m.Want > whole || m.Ends < 0 || m.Ends > longestEnds || t.seat(m.ID) != i {
			return table{}, errUnreadable
		}
		sum += m.Share
	}
	return t, nil
}

func (t *table) value() []byte {
	t.Format = tableFormat
	value, err := json.Marshal(t)
	if err != nil {
		panic(err) // strings and numbers always have a JSON form
	}
	return value
}

// seat returns the place of a member, or -1.
func (t *table) seat(id string) int {
	return slices.IndexFunc(t.Members, func(m member) bool { return m.ID == id })
}

// join returns the place of a member and gives it one, without a share, if it
// has none.
func (t *table) join(id string) (int, error) {
	if i := t.seat(id); i >= 0 {
		return i, nil
	}
	if len(t.Members) == mostMembers {
		return 0, fmt.Errorf("%d processes use the key already, and there is room for no more", mostMembers)
	}
	t.Members = append(t.Members, member{ID: id})
	return len(t.Members) - 1, nil
}

// toFront moves a member to the front, where those wait whose turn was last.
func (t *table) toFront(i int) *member {
	me := t.Members[i]
	t.Members = slices.Insert(slices.Delete(t.Members, i, i+1), 0, me)
	return &t.Members[0]
}

// leave removes a member.
func (t *table) leave(id string) {
	t.Members = slices.DeleteFunc(t.Members, func(m member) bool { return m.ID == id })
}

// free is the part of the limit that nobody has.
func (t *table) free() int64 {
	free := int64(whole)
	for _, m := range t.Members {
		free -= m.Share
	}
	return free
}

// shortage reports whether anybody but one member needs more than it has.
func (t *table) shortage(but string) bool {
	return slices.ContainsFunc(t.Members, func(m member) bool { return m.ID != but && m.Want > m.Share })
}

// deal divides a limit of so many requests among the members: in their order,
// how many each should be allowed. Nobody gets more than it wants while another
// goes short, and those who go short get the same. What then is left is spread
// over those who do not rest, so that they need not ask when they want more, but
// for an eighth, with which newcomers begin. No surplus is larger than most.
func (t *table) deal(limit, most int) []int {
	parts := make([]int, len(t.Members))
	busy := t.busy()
	order, scarce := busy, len(busy) >= limit // no more than one for each: they take turns
	if !scarce {
		order = t.all()
	}
	wants := func(i int) int { return requests(t.Members[i].Want, limit) }
	slices.SortStableFunc(order, func(a, b int) int {
		byShare := cmp.Compare(t.Members[a].Share, t.Members[b].Share)
		if scarce {
			return -byShare
		}
		return cmp.Or(cmp.Compare(wants(a), wants(b)), byShare)
	})
	rest := limit
	for i, one := range order { // what does not divide goes to those at the end
		parts[one] = min(max(1, wants(one)), rest/(len(order)-i))
		rest -= parts[one]
	}
	for _, one := range busy {
		parts[one] += min(most, (rest-rest/8)/len(busy))
	}
	return parts
}

// hope is how many requests a member would be allowed if it wanted all.
func (t *table) hope(i, limit int) int {
	other := table{Members: slices.Clone(t.Members)}
	other.Members[i].Want, other.Members[i].Rest = whole, false
	return other.deal(limit, limit)[i]
}

// busy are the places of those who do not rest.
func (t *table) busy() (places []int) {
	for i, m := range t.Members {
		if !m.Rest {
			places = append(places, i)
		}
	}
	return places
}

func (t *table) all() []int {
	places := make([]int, len(t.Members))
	for i := range places {
		places[i] = i
	}
	return places
}

// requests is how many requests a part of a limit is. Parts are rounded down
// when they are made of requests; a hundredth of a request makes up for that.
func requests(part int64, limit int) int {
	return int((float64(part)*float64(limit) + whole/100) / whole)
}

// part is the part of a limit that n requests are, rounded down, and no more
// than the whole.
func part(n, limit int) int64 {
	if n >= limit {
		return whole
	}
	return int64(float64(n) * whole / float64(limit))
}
