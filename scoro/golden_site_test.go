package scoro_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/value"
)

// siteCalls are about projects, tasks, files and what a site is set up with.
var siteCalls = map[string]goldenCall{
	"list-activities": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(a *scoro.Activity) string {
				return fmt.Sprint(a.ID, " ", a.Name, " active ", a.IsActive, " ", at(a.ModifiedAt))
			})(c.Activities.List(t.Context(), &scoro.ActivityQuery{ModifiedAt: value.BetweenDates(date(2026, 2, 1), date(2026, 2, 28))}))
		},
		want: "4 Travel active false 2026-02-10T10:00:00+02:00",
	},
	"view-activity": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(a *scoro.Activity) string {
				return fmt.Sprint(a.ID, " ", a.Name, " in ", a.ParentID, " ", a.ParentName, ", sold as ", a.ProductID, ", group ", a.IsGroup)
			})(c.Activities.Get(t.Context(), 3))
		},
		want: "3 Design in 2 Creative, sold as 14, group false",
	},
	"create-activity": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(a *scoro.Activity) string {
				return fmt.Sprint(a.ID, " ", a.Name, " in ", a.ParentID, " ", a.IsActive)
			})(c.Activities.Create(t.Context(), &scoro.ActivityCreate{Name: new("Workshop"), ParentID: new(int64(2)), IsActive: new(true)}))
		},
		want: "1 Workshop in 2 true",
	},
	"delete-activity": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Activities.Delete(t.Context(), 3))
		},
	},
	"list-addresses": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(a *scoro.AddressDictionary) string {
				return fmt.Sprint(a.Countries[1].CountryCode, " ", a.Countries[1].CountryName, " ", a.Counties[0].County, " ", len(a.Municipalities), " ", a.Cities[0].City, " ", a.ZIPCodes[0].ZIPCode)
			})(c.Addresses.List(t.Context()))
		},
		want: "fin Finland Harju 0 Tallinn 10111",
	},
	"list-bookmarks": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(s *scoro.SavedView) string { return fmt.Sprint(s.ID, " ", s.Title, " of ", s.Module) })(c.Bookmarks.List(t.Context()))
		},
		want: "111 Late projects of projects",
	},
	"list-events": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(e *scoro.CalendarEvent) string {
				return fmt.Sprint(e.ID, " ", e.Name, " ", e.Status, " ", at(e.StartAt), " to ", at(e.EndAt), ", all day ", e.IsFullDay, ", ", len(e.Users))
			})(c.Calendar.List(t.Context(), &scoro.CalendarEventQuery{StartAt: value.SinceDate(date(2026, 3, 1))}))
		},
		want: "8 Kick-off tentative 2026-03-02T09:00:00+02:00 to 2026-03-02T10:30:00+02:00, all day false, 0",
	},
	"view-event": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(e *scoro.CalendarEvent) string {
				return fmt.Sprint(e.ID, " ", e.Name, " ", e.Status, " ", e.DurationPlanned, " users ", e.Users[0].ID, " ", e.Users[1].ID, ", ", e.Resources[0].Name, " ", e.Resources[0].ID, ", ", string(e.Guests))
			})(c.Calendar.Get(t.Context(), 8))
		},
		want: `8 Kick-off tentative 1h30m0s users 3 5, Room A 1, [{"contact_id": 7, "guest_email": "guest@example.com"}]`,
	},
	"create-event": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(e *scoro.CalendarEvent) string {
				return fmt.Sprint(e.ID, " ", e.Name, " ", at(e.StartAt), " ", len(e.Users))
			})(c.Calendar.Create(t.Context(),
				&scoro.CalendarEventCreate{Name: new("Review"), StartAt: tallinn, UserIDs: []int64{3, 5}, IsFullDay: new(false)}))
		},
		want: "1 Review 2026-03-02T09:00:00+02:00 2",
	},
	"delete-event": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Calendar.Delete(t.Context(), 8))
		},
	},
	"view-company-account": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(a *scoro.CompanyAccount) string {
				return fmt.Sprint(a.CompanyName, " ", a.RegistrationNumber, " ", a.VATNumber, " ", a.Addresses[0].Country, " ", a.ActiveCurrencies, " ", a.ActiveEntities[1].ID)
			})(c.CompanyAccounts.Get(t.Context()))
		},
		want: "Demo company 1 10000000 EE000000001 est [EUR USD] demoaccount2",
	},
	"list-custom-fields": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(f *scoro.CustomField) string {
				return fmt.Sprint(f.ID, " ", f.Name, " ", f.Type, " ", f.IsFilterable, " ", f.Modules[0].Path)
			})(c.CustomFields.List(t.Context()))
		},
		want: "c_priority Priority select true assets",
	},
	"view-custom-module": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(m *scoro.CustomModule) string {
				return fmt.Sprint(m.ID, " ", m.Title, " ", m.Path, " ", m.PrimaryCustomFieldName, " by ", m.CreatedByID, " ", m.UsePermissions, " ", m.UseStatuses, " ", m.UseBoardView)
			})(c.CustomModules.Get(t.Context(), 4))
		},
		want: "4 Assets assets c_name by 2 true false true",
	},
	"list-depots": {
		cred: &byKey,
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(d *scoro.Depot) string { return fmt.Sprint(d.ID, " ", d.Name, " ", d.Comments) })(c.Depots.List(t.Context()))
		},
		want: "2 Harbour by the gate",
	},
	"list-event-resources": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(r *scoro.EventResource) string {
				return fmt.Sprint(r.ID, " ", r.Name, " ", r.Color, " ", at(r.ModifiedAt))
			})(c.EventResources.List(t.Context(), nil))
		},
		want: "1 Room A #ff0000 2026-01-07T10:00:00+02:00",
	},
	"list-files": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(f *scoro.File) string {
				return fmt.Sprint(f.ID, " ", f.Name, " ", f.Size, " ", f.Type, " of ", f.RelatedType, " ", f.RelatedID, " ", len(f.Relations))
			})(c.Files.List(t.Context(), &scoro.FileQuery{RelatedType: "projects", RelatedID: 4}))
		},
		want: "7 plan.pdf 51200 pdf of projects 4 0",
	},
	"view-file": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(f *scoro.File) string {
				return fmt.Sprint(f.ID, " ", f.Name, " ", f.Size, " by ", f.UploadedByID, " ", f.Relations)
			})(c.Files.Get(t.Context(), 7))
		},
		want: "7 plan.pdf 51200 by 2 map[projects:[4 5]]",
	},
	"upload-file": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(f *scoro.File) string { return fmt.Sprint(f.ID, " ", f.Name, " ", f.Size, " by ", f.UploadedByID) })(c.Files.UploadChunk(t.Context(),
				&scoro.FileChunk{Size: 11, Name: "note.txt", Chunk: 1, Chunks: 1, Data: "SGVsbG8gd29ybGQ=", UploadedByID: new(int64(3))}))
		},
		want: "1 note.txt 11 by 3",
	},
	"download-file": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			var content strings.Builder
			err := c.Files.Download(t.Context(), 7, &content)
			return content.String(), err
		},
		want: "file 7",
	},
	"relate-file": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Files.AddRelation(t.Context(), 7, &scoro.FileRelation{RelatedType: "tasks", RelatedID: 12}))
		},
	},
	"unrelate-file": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Files.RemoveRelation(t.Context(), 7, &scoro.FileRelation{RelatedType: "projects", RelatedID: 5}))
		},
	},
	"list-notifications": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(n *scoro.Notification) string {
				return fmt.Sprint(n.ID, " ", n.Action, " ", n.ActionText, " ", n.TitleText, " ", n.Module, " ", n.StructureID, " ", n.Status, " ", at(n.AddedAt), " ", at(n.ReadAt))
			})(c.Notifications.List(t.Context()))
		},
		want: "9 edit changed Move projects 4 unread 2026-02-27T10:00:00+02:00 -",
	},
	"update-notification": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(n *scoro.Notification) string { return fmt.Sprint(n.ID, " ", n.Status) })(c.Notifications.Update(t.Context(), 9, &scoro.NotificationUpdate{Status: new("read")}))
		},
		want: "9 read",
	},
	"list-phases": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(p *scoro.ProjectPhase) string {
				return fmt.Sprint(p.ID, " ", p.Title, " ", p.Type, " of ", p.ProjectID, " ", p.StartDate, " to ", p.EndDate, " ", p.Ordering)
			})(c.ProjectPhases.List(t.Context(), &scoro.ProjectPhaseQuery{ProjectID: 4}))
		},
		want: "9 Sign-off milestone of 4 2026-03-01 to 2026-03-15 2",
	},
	"delete-project": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Projects.Delete(t.Context(), 4))
		},
	},
	"search": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			data, err := c.Search.Find(t.Context(), &scoro.SearchTerms{Phrase: "move", Modules: []string{"projects", "tasks"}})
			return string(data), err
		},
		want: `{"projects": [{"id": 4, "name": "Office move"}]}`,
	},
	"list-send-log": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(m *scoro.SentMessage) string {
				return fmt.Sprint(m.ID, " ", at(m.SentAt), " ", m.SentTo, " ", m.ContactIDs, " ", m.Subject, " sent ", m.IsSent, " draft ", m.IsDraft)
			})(c.SentMessages.List(t.Context(), &scoro.SentMessageQuery{DocumentID: 40}))
		},
		want: "5 2026-02-20T12:00:00+02:00 [a@example.com b@example.com] [21 22] Your invoice sent true draft false",
	},
	"list-statuses": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(s *scoro.Status) string { return fmt.Sprint(s.ID, " ", s.Name, " ", s.Color, " of ", s.Module) })(c.Statuses.List(t.Context(), &scoro.StatusQuery{Modules: []string{"projects", "tasks"}}))
		},
		want: "additional6 On hold #99ccff of projects",
	},
	"list-tags": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(g *scoro.Tag) string { return fmt.Sprint(g.ID, " ", g.Name, " in ", g.ParentID, " ", g.ParentName) })(c.Tags.List(t.Context()))
		},
		want: "4 fixed price in 1 Pricing",
	},
	"view-task": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(k *scoro.Task) string {
				return fmt.Sprint(k.ID, " ", k.Name, " ", k.Status, " ", k.DurationPlanned, " for ", k.UserIDs, " due ", at(k.DueAt), ": ", k.TimeEntries[0].ID, " ", k.TimeEntries[0].Duration)
			})(c.Tasks.Get(t.Context(), 30))
		},
		want: "30 Draft task_status2 8h30m0s for [2 5] due 2026-03-10T18:00:00+02:00: 51 2h15m0s",
	},
	"delete-time-entry": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.TimeEntries.Delete(t.Context(), 51))
		},
	},
	"finish-time-entry": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.TimeEntries.SetDone(t.Context(), 51))
		},
	},
	"view-trigger": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(r *scoro.Trigger) string {
				return fmt.Sprint(r.ID, " ", r.Name, " ", r.Status, " ", r.Activities, " ", r.Actions[0].Type, " ", string(r.Actions[0].Data), " ", len(r.Filter))
			})(c.Triggers.Get(t.Context(), 6))
		},
		want: `6 Tell us active [map[tasks:modify]] WebHook {"urlToPost": "https://hooks.example.com/scoro"} 1`,
	},
	"create-trigger": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(r *scoro.Trigger) string {
				return fmt.Sprint(r.ID, " ", r.Name, " ", r.Actions[0].ID, " ", r.Actions[0].Type)
			})(c.Triggers.Create(t.Context(), &scoro.TriggerCreate{
				Module: new("tasks"), Name: new("Tell us"), Status: new(scoro.TriggerStatusActive), Activities: []map[string]string{{"tasks": "create"}},
				Actions: []scoro.TriggerActionInput{{Type: new("WebHook"), Data: json.RawMessage(`{"urlToPost":"https://hooks.example.com/scoro"}`)}},
			}))
		},
		want: "1 Tell us 1 WebHook",
	},
}
