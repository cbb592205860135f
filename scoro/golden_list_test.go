package scoro_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/value"
)

func showProject(p *scoro.Project) string {
	return fmt.Sprintf("%d %s %s", p.ID, p.Number, p.Name)
}

func showComment(c *scoro.Comment) string {
	return fmt.Sprintf("%d by %d %s %v", c.ID, c.UserID, at(c.ModifiedAt), c.Permissions.Modify)
}

func showTask(t *scoro.Task) string {
	return fmt.Sprintf("%d %s done %v", t.ID, t.Name, t.IsCompleted)
}

// at writes a moment, or a minus for none.
func at(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.RFC3339)
}

// nextOf is a kept Page.Next: what a first page of so many records leaves.
func nextOf(t *testing.T, size int) connector.CallOption {
	t.Helper()
	records := strings.Repeat(`{"project_id":1},`, size)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"status":"OK","data":[%s]}`, strings.TrimSuffix(records, ","))
	}))
	defer server.Close()
	client, err := scoro.New(site, byToken, &scoro.Options{Options: connector.Options{BaseURL: server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	page, err := client.Projects.List(t.Context(), nil, connector.PageSize(size))
	if err != nil || page.Next == "" {
		t.Fatalf("page %+v, error %v; want one with a Next", page, err)
	}
	return connector.From(page.Next)
}

var listCalls = map[string]goldenCall{
	"list-first-page": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showProject)(c.Projects.List(t.Context(), nil, scoro.BasicData(), connector.PageSize(2)))
		},
		want: "1 1001 Website plan 1; 2 1002 Campaign renewal 2; more",
	},
	"list-middle-page": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showProject)(c.Projects.List(t.Context(), nil, scoro.BasicData(), connector.PageSize(2), nextOf(t, 2)))
		},
		want: "3 1003 Audit plan 3; 4 1004 Website renewal 4; more",
	},
	"list-last-page": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showComment)(c.Comments.List(t.Context(), "projects", 1, nil, connector.PageSize(2), nextOf(t, 2)))
		},
		want: "51 by 10 2026-01-05T09:00:00+02:00 false",
	},
	"list-empty-page": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showComment)(c.Comments.List(t.Context(), "projects", 1, nil, nextOf(t, 3))) // the size is kept in the place
		},
	},
	"list-empty": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showTask)(c.Tasks.List(t.Context(), &scoro.TaskQuery{Name: "No such task"}))
		},
	},
	"list-default-size": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showComment)(c.Comments.List(t.Context(), "projects", 1, nil))
		},
		want: "1 by 8 2026-01-05T09:00:00+02:00 true; 26 by 9 2026-02-09T09:00:00+02:00 false; 51 by 10 2026-01-05T09:00:00+02:00 false",
	},
	"list-larger-size": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showComment)(c.Comments.List(t.Context(), "projects", 2, nil, connector.PageSize(500)))
		},
		want: "2 by 10 2026-01-06T09:00:00+02:00 false; 27 by 1 2026-02-10T09:00:00+02:00 false; 52 by 10 2026-01-06T09:00:00+02:00 true",
	},
	"list-detailed": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showComment)(c.Comments.List(t.Context(), "projects", 3, nil, scoro.Detailed(), connector.PageSize(100)))
		},
		want: "3 by 7 2026-01-07T09:00:00+02:00 false; 28 by 7 2026-02-11T09:00:00+02:00 true; 53 by 10 2026-01-07T09:00:00+02:00 false",
	},
	"list-deleted": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(p *scoro.Project) string {
				return fmt.Sprint(p.ID, " ", p.IsDeleted, p.IsPrivate, " ", p.Duration, " ", at(p.DeletedAt), " ", at(p.ModifiedAt))
			})(c.Projects.List(t.Context(), &scoro.ProjectQuery{Name: "% 243"}, scoro.IncludeDeleted()))
		},
		want: "243 true false 100h30m0s 2026-03-13T09:00:00+02:00 2026-03-04T16:00:00+02:00",
	},
	"list-subtasks": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showTask)(c.Tasks.List(t.Context(), &scoro.TaskQuery{ParentID: 1}, scoro.IncludeSubtasks(), scoro.BasicData()))
		},
		want: "301 Test 301 done true",
	},
	"list-bookmark": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showProject)(c.Projects.List(t.Context(), nil, scoro.Bookmark(1), scoro.BasicData(), connector.PageSize(2)))
		},
		want: "1 1001 Website plan 1; 4 1004 Website renewal 4; more",
	},
	"list-language": {
		options: scoro.Options{Lang: "eng"},
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showComment)(c.Comments.List(t.Context(), "projects", 4, nil, connector.PageSize(1)))
		},
		want: "4 by 9 2026-01-08T09:00:00+02:00 true; more",
	},
}

var filterCalls = map[string]goldenCall{
	"filter-scalar": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			q := &scoro.ProjectQuery{Status: scoro.ProjectStatusPending, Type: scoro.ProjectTypeRegular}
			return rows(showProject)(c.Projects.List(t.Context(), q, scoro.BasicData(), connector.PageSize(2)))
		},
		want: "2 1002 Campaign renewal 2; 10 1010 Campaign study 10; more",
	},
	"filter-list": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(showTask)(c.Tasks.List(t.Context(), &scoro.TaskQuery{IDs: []int64{5, 7}}, scoro.BasicData()))
		},
		want: "5 Test 5 done false; 7 Draft 7 done true",
	},
	"filter-range": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			q := &scoro.ProjectQuery{Date: value.BetweenDates(value.Date{Year: 2026, Month: 1, Day: 6}, value.Date{Year: 2026, Month: 1, Day: 7})}
			return rows(showProject)(c.Projects.List(t.Context(), q, scoro.BasicData(), connector.PageSize(3)))
		},
		want: "2 1002 Campaign renewal 2; 3 1003 Audit plan 3; 52 1052 Website launch 52; more",
	},
	"filter-open-range": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			q := &scoro.TimeEntryQuery{Date: value.SinceDate(value.Date{Year: 2026, Month: 3, Day: 13}), IsCompleted: new(true)}
			return rows(func(e *scoro.TimeEntry) string {
				return fmt.Sprint(e.ID, " ", e.Date, " ", e.Duration, " ", e.IsCompleted, e.IsBillable, " ", e.EventType, " ", at(e.StartAt), " ", at(e.CompletedAt))
			})(c.TimeEntries.List(t.Context(), q, connector.PageSize(1)))
		},
		want: "50 2026-03-13 2h30m0s true false cal 2026-03-13T10:00:00+02:00 -; more",
	},
	"filter-wildcard": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			q := &scoro.ProjectQuery{Name: "Audit%"}
			return rows(showProject)(c.Projects.List(t.Context(), q, scoro.BasicData(), connector.PageSize(2)))
		},
		want: "3 1003 Audit plan 3; 9 1009 Audit launch 9; more",
	},
	"filter-flag": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			q := &scoro.TaskQuery{IsCompleted: new(false)}
			return rows(showTask)(c.Tasks.List(t.Context(), q, scoro.BasicData(), connector.PageSize(2)))
		},
		want: "2 Review 2 done false; 3 Prepare the quote 3 done false; more",
	},
	"filter-object": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			q := &scoro.ContactQuery{Type: "company", MeansOfContact: map[string]string{"website": "https://company1.example"}}
			return rows(func(c *scoro.Contact) string {
				return fmt.Sprint(c.ID, " ", c.Name, " ", c.MeansOfContact.Phone, c.MeansOfContact.Website, " ", c.IsClient, c.IsSupplier, " ", c.Addresses[0].City, " ", c.Tags, " ", at(c.ModifiedAt))
			})(c.Contacts.List(t.Context(), q))
		},
		want: "1 Harbour Trading 1 [+372 555 0000 +372 556 0000] [https://company1.example] false true Tartu [key account] 2026-01-08T22:00:00+02:00",
	},
	"filter-unknown": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			raw := scoro.RawFilter(map[string]any{"c_priority": "high"})
			return rows(showProject)(c.Projects.List(t.Context(), nil, raw, scoro.BasicData(), connector.PageSize(2)))
		},
		want: "1 1001 Website plan 1; 2 1002 Campaign renewal 2; more",
	},
	"filter-text": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(i *scoro.Invoice) string {
				return fmt.Sprint(i.ID, " ", i.Number, " ", i.Sum, " ", i.VATSum, " ", i.Fine, " ", i.Discount.IsSet(), " ", i.OwnerID, " ", i.Deadline, " ", at(i.ModifiedAt), " ", len(i.Lines))
			})(c.Invoices.List(t.Context(), &scoro.InvoiceQuery{Number: "A-2007"}))
		},
		want: "7 A-2007 756.19 181.49 0.05 false 6 2026-01-27 2026-01-15T00:00:00+02:00 0",
	},
}
