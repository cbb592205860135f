package scoro_test

import (
	"context"
	"iter"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
)

func (e *every) calendar() {
	s := e.client.Calendar
	lists(e, "Calendar", "/calendar/list", s, e.server.Seeded["calendar"])
	keeps(e, "Calendar", "calendar", s, &scoro.CalendarEventCreate{Name: new("made")}, &scoro.CalendarEventUpdate{Name: new("changed")},
		func(c *scoro.CalendarEvent) int64 { return c.ID }, func(c *scoro.CalendarEvent) string { return c.Name })
	e.call("Calendar.BatchModify", "/calendar/batchModify", func(ctx context.Context) error {
		results, err := s.BatchModify(ctx, []scoro.CalendarEventChange{{Name: new("Kick-off")}, {ID: new(int64(1)), Name: new("Moved")}})
		if err == nil && (len(results) != 2 || len(results[0].Errors)+len(results[1].Errors) > 0) {
			e.Errorf("results %+v, want 2 without errors", results)
		}
		return err
	})
}

func (e *every) comments() {
	s := e.client.Comments
	reads[scoro.Comment]{
		list: func(ctx context.Context, size connector.CallOption) (*connector.Page[scoro.Comment], error) {
			return s.List(ctx, "projects", 1, nil, size)
		},
		pages: func(ctx context.Context, size connector.CallOption) iter.Seq2[*connector.Page[scoro.Comment], error] {
			return s.Pages(ctx, "projects", 1, nil, size)
		},
		all: func(ctx context.Context, size connector.CallOption) iter.Seq2[*scoro.Comment, error] {
			return s.All(ctx, "projects", 1, nil, size)
		},
	}.run(e, "Comments", "/comments/list", e.server.Seeded["comments"]/25) // the seed spreads them over 25 projects

	var id int64
	e.call("Comments.Create", "/comments/modify", func(ctx context.Context) error {
		comment, err := s.Create(ctx, &scoro.CommentCreate{Module: "projects", ObjectID: 2, Text: "made"})
		if err == nil {
			id = comment.ID
		}
		return err
	})
	e.call("Comments.Update", "/comments/modify/{id}", func(ctx context.Context) error {
		comment, err := s.Update(ctx, id, &scoro.CommentUpdate{Text: new("changed")})
		if err == nil && comment.Text != "changed" {
			e.Errorf("the comment says %q", comment.Text)
		}
		return err
	})
	e.call("Comments.Delete", "/comments/delete/{id}", func(ctx context.Context) error { return s.Delete(ctx, id) })
}

func (e *every) companies() {
	s := e.client.Companies
	lists(e, "Companies", "/companies/list", s, e.server.Seeded["companies"])
	keeps(e, "Companies", "companies", s, &scoro.CompanyCreate{Name: "made"}, &scoro.CompanyUpdate{Name: new("changed")},
		func(c *scoro.Company) int64 { return c.ID }, func(c *scoro.Company) string { return c.Name })
}

func (e *every) contacts() {
	s := e.client.Contacts
	lists(e, "Contacts", "/contacts/list", s, e.server.Seeded["contacts"])
	keeps(e, "Contacts", "contacts", s, &scoro.ContactCreate{Name: "made"}, &scoro.ContactUpdate{Name: new("changed")},
		func(c *scoro.Contact) int64 { return c.ID }, func(c *scoro.Contact) string { return c.Name })
	e.call("Contacts.RelatedObjects", "/contacts/getRelatedObjects/{id}", func(ctx context.Context) error {
		_, err := s.RelatedObjects(ctx, 1)
		return err
	})
}

func (e *every) invoices() {
	s := e.client.Invoices
	lists(e, "Invoices", "/invoices/list", s, e.server.Seeded["invoices"])
	keeps(e, "Invoices", "invoices", s, &scoro.InvoiceCreate{CompanyID: 1, Description: new("made")}, &scoro.InvoiceUpdate{Description: new("changed")},
		func(i *scoro.Invoice) int64 { return i.ID }, func(i *scoro.Invoice) string { return i.Description })
	e.call("Invoices.PDF", "/invoices/pdf/{id}", func(ctx context.Context) error {
		_, err := s.PDF(ctx, 1)
		return err
	})
}

func (e *every) projects() {
	s := e.client.Projects
	lists(e, "Projects", "/projects/list", s, e.server.Seeded["projects"])
	keeps(e, "Projects", "projects", s, &scoro.ProjectCreate{Name: "made"}, &scoro.ProjectUpdate{Name: new("changed")},
		func(p *scoro.Project) int64 { return p.ID }, func(p *scoro.Project) string { return p.Name })
	e.call("Projects.RelatedObjects", "/projects/getRelatedObjects/{id}", func(ctx context.Context) error {
		_, err := s.RelatedObjects(ctx, 1)
		return err
	})
}

func (e *every) quotes() {
	s := e.client.Quotes
	lists(e, "Quotes", "/quotes/list", s, e.server.Seeded["quotes"])
	keeps(e, "Quotes", "quotes", s, &scoro.QuoteCreate{CompanyID: 1, Description: new("made")}, &scoro.QuoteUpdate{Description: new("changed")},
		func(q *scoro.Quote) int64 { return q.ID }, func(q *scoro.Quote) string { return q.Description })
	e.call("Quotes.PDF", "/quotes/pdf/{id}", func(ctx context.Context) error {
		_, err := s.PDF(ctx, 1)
		return err
	})
}

func (e *every) tasks() {
	s := e.client.Tasks
	lists(e, "Tasks", "/tasks/list", s, e.server.Seeded["tasks"])
	keeps(e, "Tasks", "tasks", s, &scoro.TaskCreate{Name: "made"}, &scoro.TaskUpdate{Name: new("changed")},
		func(t *scoro.Task) int64 { return t.ID }, func(t *scoro.Task) string { return t.Name })
	e.call("Tasks.SetDone", "/tasks/setDone/{id}", func(ctx context.Context) error { return s.SetDone(ctx, 2) })
}

func (e *every) timeEntries() {
	s := e.client.TimeEntries
	lists(e, "TimeEntries", "/timeEntries/list", s, e.server.Seeded["timeEntries"])
	keeps(e, "TimeEntries", "timeEntries", s, &scoro.TimeEntryCreate{EventID: 12, Duration: new(time.Hour), Description: new("made")}, &scoro.TimeEntryUpdate{Description: new("changed")},
		func(t *scoro.TimeEntry) int64 { return t.ID }, func(t *scoro.TimeEntry) string { return t.Description })
	e.call("TimeEntries.SetDone", "/timeEntries/setDone/{id}", func(ctx context.Context) error { return s.SetDone(ctx, 1) })
}

func (e *every) users() {
	s := e.client.Users
	lists(e, "Users", "/users/list", s, e.server.Seeded["users"])
	e.call("Users.Get", "/users/view/{id}", func(ctx context.Context) error {
		user, err := s.Get(ctx, 1)
		if err == nil && user.Email != e.server.Username {
			e.Errorf("the first user is %q, want %q", user.Email, e.server.Username)
		}
		return err
	})
	e.call("Users.Settings", "/users/settings/{id}", func(ctx context.Context) error {
		_, err := s.Settings(ctx, 1)
		return err
	})
}

func (e *every) webhooks() {
	s := e.client.Webhooks
	var id int64
	e.call("Webhooks.Subscribe", "/webhooks/subscribe", func(ctx context.Context) error {
		webhook, err := s.Subscribe(ctx, &scoro.WebhookCreate{Module: scoro.WebhookModuleTasks, Action: scoro.WebhookActionAny, URL: "https://hooks.example.com/scoro"})
		if err == nil {
			id = webhook.ID
		}
		return err
	})
	reads[scoro.Webhook]{
		list: func(ctx context.Context, size connector.CallOption) (*connector.Page[scoro.Webhook], error) {
			return s.List(ctx, size)
		},
		pages: func(ctx context.Context, size connector.CallOption) iter.Seq2[*connector.Page[scoro.Webhook], error] {
			return s.Pages(ctx, size)
		},
		all: func(ctx context.Context, size connector.CallOption) iter.Seq2[*scoro.Webhook, error] {
			return s.All(ctx, size)
		},
	}.run(e, "Webhooks", "/webhooks/list", 1)
	e.call("Webhooks.Unsubscribe", "/webhooks/unsubscribe/{id}", func(ctx context.Context) error { return s.Unsubscribe(ctx, id) })
}
