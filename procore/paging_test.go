package procore_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/procore"
)

// Each paging style asks as its operations document it. The server has five
// records and gives two a page, whatever is asked.
func TestPagingStyles(t *testing.T) {
	link := func(query string) func(next int) string {
		return func(next int) string { return fmt.Sprintf(query, next) }
	}
	for name, test := range map[string]struct {
		paging connector.Paging
		mark   string // parameter that tells the page
		link   func(next int) string
		key    string
		asked  []string
	}{
		"Linked":        {procore.Linked, "page", link("page=%d&per_page=2"), "id", []string{"page=1&per_page=100", "page=2&per_page=2", "page=3&per_page=2"}},
		"LinkedV2":      {procore.LinkedV2, "page", link("page=%d&per_page=2"), "id", []string{"page=1&per_page=100", "page=2&per_page=2", "page=3&per_page=2"}},
		"LinkOnly":      {procore.LinkOnly, "page", link("page=%d&per_page=2"), "id", []string{"per_page=100", "page=2&per_page=2", "page=3&per_page=2"}},
		"Cursors":       {procore.Cursors, "cursor", link("cursor=%d&per_page=2"), "id", []string{"per_page=100", "cursor=2&per_page=2", "cursor=3&per_page=2"}},
		"PageOnly":      {procore.PageOnly, "page", nil, "id", []string{"page=0", "page=1", "page=2", "page=3"}},
		"StartAfter":    {procore.StartAfter, "start_after", nil, "id", []string{"", "start_after=2", "start_after=4", "start_after=5"}},
		"StartingAfter": {procore.StartingAfter, "starting_after", nil, "id", []string{"", "starting_after=2", "starting_after=4", "starting_after=5"}},
		"Deliveries":    {procore.Deliveries, "page_start", nil, "", []string{"page_size=100", "page_size=100&page_start=2", "page_size=100&page_start=4", "page_size=100&page_start=5"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := faulttest.NewServer(t, func(_ int, a faulttest.Arrival) faulttest.Step {
				at, _ := strconv.Atoi(a.URL.Query().Get(test.mark))
				from, first := at, 1
				if test.paging.Style == connector.Numbered {
					first = test.paging.First
				}
				if test.paging.Style != connector.After {
					from = (max(at, first) - first) * 2
				}
				records := ""
				for id := from + 1; id <= min(from+2, 5); id++ {
					records += fmt.Sprintf(`,{"id":%d,"event_id":%d}`, id, id)
				}
				step := faulttest.JSON(200, "["+records[min(1, len(records)):]+"]")
				if test.link != nil && from+2 < 5 {
					step = step.With("Link", "</x?"+test.link(max(at, 1)+1)+`>; rel="next"`)
				}
				return step
			})
			type record struct {
				ID      int64 `json:"id"`
				EventID int64 `json:"event_id"`
			}
			op := connector.Operation{ID: "list", Method: "GET", Path: "/rest/v1.0/things", Class: connector.Read, Key: test.key, Paging: test.paging}
			found, err := rest.Slice[record](t.Context(), on(t, server, procore.Options{CompanyID: 42}), op, nil, nil)
			if err != nil || len(found) != 5 || found[4].ID != 5 {
				t.Fatalf("got %v, %v", found, err)
			}
			var asked []string
			for _, a := range server.Arrivals() {
				asked = append(asked, a.URL.Query().Encode())
			}
			if !slices.Equal(asked, test.asked) {
				t.Errorf("asked by %q, want %q", asked, test.asked)
			}
		})
	}
}
