package emulate

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Page returns the page with that index, counted from 0, of a list. It is
// empty beyond the end, and shares the list's memory.
func Page[T any](all []T, index, size int) []T {
	if index < 0 || size <= 0 || index > len(all)/size {
		return all[:0]
	}
	from := index * size
	return all[from:min(from+size, len(all))]
}

// Pages is the number of pages that n records fill.
func Pages(n, size int) int {
	if size <= 0 {
		return 0
	}
	return (n + size - 1) / size
}

// Cursor returns the part of a list that begins at a cursor, and the cursor of
// the part after it, empty at the end. The empty cursor begins at the start;
// one that Cursor did not make is an error.
func Cursor[T any](all []T, cursor string, size int) (part []T, next string, err error) {
	from, err := readCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	from = min(from, len(all))
	to := min(from+max(size, 1), len(all))
	if to < len(all) {
		next = base64.RawURLEncoding.EncodeToString([]byte("from " + strconv.Itoa(to)))
	}
	return all[from:to], next, nil
}

func readCursor(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, errors.New("the cursor is not one of ours")
	}
	digits, ok := strings.CutPrefix(string(text), "from ")
	from, err := strconv.Atoi(digits)
	if !ok || err != nil || from < 0 {
		return 0, errors.New("the cursor is not one of ours")
	}
	return from, nil
}

// After returns up to size records that follow the one whose member key has
// the value id, as text; the first ones if id is empty. ok is false if no
// record has that id.
func After(all []Record, key, id string, size int) (part []Record, ok bool) {
	if id == "" {
		return all[:min(size, len(all))], true
	}
	for i, r := range all {
		if IDText(r[key]) == id {
			rest := all[i+1:]
			return rest[:min(size, len(rest))], true
		}
	}
	return nil, false
}

// Links is a Link header with the relations first, prev, next and last, as far
// as they exist for page number page of pages, both counted from first. The
// parameter that holds the number is param; the rest of address stays.
func Links(address url.URL, param string, page, pages, first int) string {
	last := first + max(pages, 1) - 1
	var links []string
	add := func(number int, relation string) {
		query := address.Query()
		query.Set(param, strconv.Itoa(number))
		address.RawQuery = query.Encode()
		links = append(links, fmt.Sprintf("<%s>; rel=%q", address.String(), relation))
	}
	if page > first {
		add(first, "first")
		add(page-1, "prev")
	}
	if page < last {
		add(page+1, "next")
		add(last, "last")
	}
	return strings.Join(links, ", ")
}
