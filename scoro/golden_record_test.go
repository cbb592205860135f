package scoro_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/value"
)

func date(year int, month time.Month, day int) value.Date {
	return value.Date{Year: year, Month: month, Day: day}
}

// tallinn is 9:00 of the day that most golden changes are about.
var tallinn = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.FixedZone("EET", 2*60*60))

// custom shows a custom field by its id.
func custom(fields value.CustomFields, id string) string {
	field, ok := fields.ByID(id)
	if !ok {
		return "no " + id
	}
	return fmt.Sprintf("%s %q = %s", id, field.Name, field.Text())
}

func showWholeProject(p *scoro.Project) string {
	return fmt.Sprint(p.ID, " ", p.Number, " ", p.Name, " of ", p.CompanyID, ", ", p.Status, " ", p.StatusName, ", due ", p.Deadline, ", ", p.Duration,
		", private ", p.IsPrivate, ", phases ", len(p.Phases), ", users ", p.Users, ", tags ", p.Tags, ", ",
		custom(p.CustomFields, "c_priority"), ", may delete ", p.Permissions.Delete, ", changed ", at(p.ModifiedAt))
}

func showInvoice(i *scoro.Invoice) string {
	text := fmt.Sprint(i.ID, " ", i.Number, " ", i.Status, " ", i.CompanyName, ", ", i.Sum, " + ", i.VATSum, " ", i.Currency, ", changed ", at(i.ModifiedAt))
	for _, l := range i.Lines {
		text += fmt.Sprint(", line ", l.ID, " ", l.Comment, " ", l.Amount, " x ", l.Price, " = ", l.Sum)
	}
	return text
}

func showContact(c *scoro.Contact) string {
	return fmt.Sprint(c.ID, " ", c.Name, " ", c.LastName, " ", c.Type, " born ", c.Birthday, " ", c.MeansOfContact.Email, c.MeansOfContact.Phone,
		" client ", c.IsClient, ", ", len(c.CustomFields), " custom fields, may view ", c.Permissions.View)
}

func showTimeEntry(e *scoro.TimeEntry) string {
	return fmt.Sprint(e.ID, " of ", e.UserID, " on ", e.EventType, " ", e.EventID, ": ", e.Duration, " at ", at(e.StartAt), " on ", e.Date, ", done ", e.IsCompleted, " ", at(e.CompletedAt))
}

var recordCalls = map[string]goldenCall{
	"view-project": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showWholeProject)(c.Projects.Get(t.Context(), 5))
		},
		want: `5 1005 Move launch 5 of 3, future Future, due , 12h30m0s, private false, phases 2, users [{5} {6}], tags [fixed price 2026], c_priority "Priority" = high, may delete false, changed 2026-01-13T04:00:00+02:00`,
	},
	"view-project-map": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showWholeProject)(c.Projects.Get(t.Context(), 2))
		},
		want: `2 1002 Campaign renewal 2 of 33, pending Pending, due 2026-04-17, 9h30m0s, private false, phases 2, users [{2} {3}], tags [hourly 2026], c_priority "" = normal, may delete false, changed 2026-01-06T14:00:00+02:00`,
	},
	"view-contact": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showContact)(c.Contacts.Get(t.Context(), 63))
		},
		want: "63 Olga Rebane person born 0000-05-17 [person3@example.com] [] client true, 0 custom fields, may view false",
	},
	"view-company": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(c *scoro.Company) string {
				return fmt.Sprint(c.ID, " ", c.Name, " ", c.MeansOfContact.Email, c.MeansOfContact.Phone, " ", c.Tags, " ", c.CategoryID, " ", c.ClientProfileID)
			})(c.Companies.Get(t.Context(), 4))
		},
		want: "4 Kask &amp; Daughters 4 [office4@example.com] [+372 555 0003 +372 556 0003] [partner] 1 0",
	},
	"view-invoice": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showInvoice)(c.Invoices.Get(t.Context(), 1))
		},
		want: "1 2001 unpaid Granite Studio 26, 201.43 + 48.34 EUR, changed 2026-01-08T07:00:00+02:00, line 1 Travel 2.5 x 80.57 = 201.43",
	},
	"view-quote": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(q *scoro.Quote) string {
				return fmt.Sprint(q.ID, " project ", q.ProjectID, ", lines' ", q.Lines[0].ProjectID, ", ", q.Sum, ", sent ", q.IsSent, ", changed ", at(q.ModifiedAt))
			})(c.Quotes.Get(t.Context(), 15))
		},
		want: "15 project -1, lines' 203, 1435.39, sent true, changed 2026-01-26T14:00:00+02:00",
	},
	"view-user": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(u *scoro.User) string {
				return fmt.Sprint(u.ID, " ", u.FullName, " ", u.IsActive, " ", u.Status, " ", u.GroupIDs, " ", u.Availability.Tuesday, " ", u.Availability.Sunday, " ", at(u.ModifiedAt))
			})(c.Users.Get(t.Context(), 1))
		},
		want: "1 Anna Tamm true active [1] 28800 0 2026-01-05T09:00:00+02:00",
	},
	"view-settings": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(s *scoro.UserSettings) string {
				return fmt.Sprint(s.UserID, " ", s.MasterCompanyAccount, " ", s.FirstDayOfWeek, " ", s.Timezone, " ", s.LocaleNumber.DecimalSeparator, " ", s.CompanyAccounts[1].ID)
			})(c.Users.Settings(t.Context(), 1))
		},
		want: "1 demoaccount 1 Europe/Tallinn , demoaccount2",
	},
	"view-time-entry": {
		cred: &byKey,
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showTimeEntry)(c.TimeEntries.Get(t.Context(), 101))
		},
		want: "101 of 8 on task 46: 124h0m0s at 2026-01-05T13:00:00+02:00 on 2026-01-05, done false -",
	},
	"view-related": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			data, err := c.Projects.RelatedObjects(t.Context(), 1)
			if err != nil {
				return "", err
			}
			var related struct {
				Tasks struct{ Items []struct{ ID int64 } }
			}
			err = json.Unmarshal(data, &related)
			return fmt.Sprint(related.Tasks.Items), err
		},
		want: "[{83} {260}]",
	},
	"view-odd": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showWholeProject)(c.Projects.Get(t.Context(), 7))
		},
		want: "7 1007 Café &amp; bar of 0, additional8 , due , 124h30m0s, private true, phases 0, users [{4}], tags [hourly 2026], " +
			`c_priority "" = high, may delete false, changed 2026-02-01T10:00:00+02:00`,
	},
	"view-list-for-object": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(a *scoro.CompanyAccount) string { return a.CompanyName + " " + a.BaseCurrency })(c.CompanyAccounts.Get(t.Context()))
		},
		want: "Demo company 1 EUR",
	},
}

var changeCalls = map[string]goldenCall{
	"create-time-entry": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showTimeEntry)(c.TimeEntries.Create(t.Context(), &scoro.TimeEntryCreate{
				EventID: 12, EventType: new("task"), Duration: new(90 * time.Minute), StartAt: tallinn, Date: date(2026, 3, 2),
				Description: new("Design"), IsCompleted: new(false),
			}))
		},
		want: "1001 of 1 on task 12: 1h30m0s at 2026-03-02T09:00:00+02:00 on 2026-03-02, done false -",
	},
	"create-time-entry-key": {
		cred: &byKey,
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showTimeEntry)(c.TimeEntries.Create(t.Context(), &scoro.TimeEntryCreate{EventID: 12, UserID: new(int64(3)), Duration: new(15 * time.Minute)}))
		},
		want: "1001 of 3 on task 12: 15m0s at - on , done false -",
	},
	"create-project": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showWholeProject)(c.Projects.Create(t.Context(), &scoro.ProjectCreate{
				Name: "Harbour office", CompanyID: new(int64(3)), Deadline: date(2026, 6, 30), IsPrivate: new(true), Duration: new(124 * time.Hour),
				Tags: []string{"fixed price"}, CustomFields: value.CustomValues{"c_priority": "high", "c_budget_hours": 120},
				Phases: []scoro.ProjectPhaseInput{{Title: new("Plan"), Type: new("phase")}},
			}))
		},
		want: `244  Harbour office of 3,  , due 2026-06-30, 124h0m0s, private true, phases 1, users [], tags [fixed price], c_priority "Priority" = high, may delete false, changed 2026-03-02T09:00:01+02:00`,
	},
	"create-contact": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showContact)(c.Contacts.Create(t.Context(), &scoro.ContactCreate{
				Name: "Mari", LastName: new("Ilves"), Type: new("person"), Birthday: date(1984, 5, 17), IsClient: new(true),
				MeansOfContact: &scoro.MeansOfContactInput{Email: []string{"mari@example.com"}, Phone: []string{"+372 555 0001", "+372 555 0002"}},
			}))
		},
		want: "181 Mari Ilves person born 1984-05-17 [mari@example.com] [+372 555 0001 +372 555 0002] client true, 0 custom fields, may view true",
	},
	"create-invoice": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showInvoice)(c.Invoices.Create(t.Context(), &scoro.InvoiceCreate{
				CompanyID: 4, Currency: new("EUR"), VAT: value.NewDecimal(24, 0),
				Lines: []scoro.InvoiceLineInput{{ProductID: new(int64(1)), Comment: new("Design"), Price: value.NewDecimal(8000, 2), Amount: value.NewDecimal(15, 1), Unit: new("h")}},
			}))
		},
		want: "91   Kask &amp; Daughters 4, 120.00 + 28.80 EUR, changed 2026-03-02T09:00:01+02:00, line 347 Design 1.5 x 80.00 = 120.00",
	},
	"create-comment": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showComment)(c.Comments.Create(t.Context(), &scoro.CommentCreate{Module: "projects", ObjectID: 1, Text: "<b>Done</b>"}))
		},
		want: "76 by 1 2026-03-02T09:00:01+02:00 true",
	},
	"create-without-data": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			in := &scoro.CommentCreate{Module: "projects", ObjectID: 1, Text: "Seen"}
			return one(showComment)(c.Comments.Create(t.Context(), in, scoro.Member("return_data", 0)))
		},
		want: "0 by 0 - false",
	},
	"update-cleared": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showWholeProject)(c.Projects.Update(t.Context(), 2, &scoro.ProjectUpdate{Name: new("Renamed"), Clear: []string{"deadline"}}))
		},
		want: `2 1002 Renamed of 33, pending Pending, due , 9h30m0s, private false, phases 2, users [{2} {3}], tags [hourly 2026], c_priority "" = normal, may delete false, changed 2026-03-02T09:00:01+02:00`,
	},
	"update-without-data": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			in := &scoro.ProjectUpdate{Status: new(scoro.ProjectStatusCompleted)}
			return one(showProject)(c.Projects.Update(t.Context(), 2, in, scoro.Member("return_data", 0)))
		},
		want: "0  ",
	},
	"update-lines": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(showInvoice)(c.Invoices.Update(t.Context(), 2, &scoro.InvoiceUpdate{ReplaceLines: []scoro.InvoiceLineInput{
				{ID: new(int64(2)), Amount: value.NewDecimal(3, 0)},
				{ProductID: new(int64(9)), Comment: new("Travel"), Price: value.NewDecimal(1250, 2), Amount: value.NewDecimal(2, 0)},
			}}))
		},
		want: "2 2002 paid Lantern Partners 39, 251.74 + 60.42 EUR, changed 2026-03-02T09:00:01+02:00, line 2 Development 3 x 75.58 = 226.74, line 347 Travel 2 x 12.50 = 25.00",
	},
	"update-unassigned": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(t *scoro.Task) string {
				return fmt.Sprint(t.ID, " ", t.UserIDs, " ", t.PriorityID, " ", t.EstimateID, " done ", t.IsCompleted, " ", at(t.CompletedAt), ", entry ", t.TimeEntries[0].ID, " ", t.TimeEntries[0].Duration)
			})(c.Tasks.Update(t.Context(), 1, &scoro.TaskUpdate{UserIDs: []int64{}}))
		},
		want: "1 [] 1 0 done true 2026-01-08T09:00:00+02:00, entry 499 1h45m0s",
	},
	"update-batch": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return showBatch(c.Calendar.BatchModify(t.Context(), []scoro.CalendarEventChange{
				{Name: new("Kick-off"), StartAt: tallinn, EndAt: tallinn.Add(time.Hour)},
				{ID: new(int64(9999)), Name: new("Nowhere")},
				{Description: new("Nameless")},
			}))
		},
		want: "create []; modify [calendar: no record has the id 9999]; create [event_name is required]; ",
	},
	"update-batch-empty": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return showBatch(c.Calendar.BatchModify(t.Context(), []scoro.CalendarEventChange{}))
		},
	},
	"delete": {
		do: func(t *testing.T, c *scoro.Client) (string, error) { return done(c.Tasks.Delete(t.Context(), 3)) },
	},
	"set-done": {
		do: func(t *testing.T, c *scoro.Client) (string, error) { return done(c.Tasks.SetDone(t.Context(), 2)) },
	},
	"pdf": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(f *scoro.PDF) string { return fmt.Sprint(f.TemplateID, " ", f.Link, " ", at(f.CreatedAt)) })(c.Invoices.PDF(t.Context(), 4))
		},
		want: "1 http://demo-site.scoro.com/files/invoices-4.pdf 2026-03-02T09:00:01+02:00",
	},
	"subscribe": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(w *scoro.Webhook) string { return fmt.Sprint(w.ID, w.IsActive, w.Fields, w.Owners, w.Actors) })(c.Webhooks.Subscribe(t.Context(), &scoro.WebhookCreate{
				Module: scoro.WebhookModuleProjects, Action: scoro.WebhookActionModify, URL: "https://hooks.example.com/scoro",
				Fields: []string{"status"}, Owners: []string{"any"},
			}))
		},
		want: "1 true [status] [any] []",
	},
	"unsubscribe": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Webhooks.Unsubscribe(t.Context(), 1))
		},
	},
}

func showBatch(results []scoro.BatchResult, err error) (string, error) {
	text := ""
	for _, r := range results {
		text += fmt.Sprint(r.Action, " ", r.Errors, "; ")
	}
	return text, err
}
