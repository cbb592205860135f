package procore_test

//lint:file-ignore SA1019 what the platform will remove is held to its golden as long as it answers

import (
	"context"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/customtools"
	"github.com/cordage-go/cordage/procore/incidents"
	"github.com/cordage-go/cordage/procore/legacyschedule"
	"github.com/cordage-go/cordage/procore/meetings"
	"github.com/cordage-go/cordage/procore/photos"
	"github.com/cordage-go/cordage/procore/scheduling"
	"github.com/cordage-go/cordage/value"
)

var toolCalls = map[string]goldenCall{
	"list-company-field-sets": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &customtools.CompanyFieldSetQuery{IncludeLOVEntries: new(true), Types: []string{"ConfigurableFieldSet::PunchItem"}, ToolIDs: []int64{7, 8}}
			return rows(func(s *customtools.FieldSet) string {
				due, slope := s.Fields["due_date"], s.Fields["custom_field_49417"]
				return fmt.Sprint(s.ID, " ", s.Name, ": ", due.Name, " ", due.Required, ", ", slope.Label, " ", slope.FieldDefinitionID, " ", slope.DataType, " ", slope.ColumnWidth, ", under ", s.Sections[0].Name, ", by ", s.UpdatedBy.Name)
			})(customtools.New(c).CompanyFieldSets.List(ctx, query))
		},
		want: "21 Punch, strict: due_date true, Slope 49417 number 0.5, under More, by Dana Demo of -1",
	},
	"validate-field-values": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &customtools.FieldValues{Title: new("Roof"), CustomFields: value.CustomValues{"49417": 4.5}}
			return one(func(v *customtools.Validation) string {
				return fmt.Sprint(v.Valid, " ", v.Errors["number"], " ", v.Errors["custom_field_49417"])
			})(customtools.New(c).CompanyFieldSets.Validate(ctx, firstOne, in, &customtools.CompanyFieldSetValidateQuery{ProjectID: projectID}))
		},
		want: "false [can't be blank] [is too steep is not on the list]",
	},
	"create-tool-item": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &customtools.ItemInput{
				Title: new("Notice of delay"), Status: new("Open"), DueDate: date(2026, time.September, 15), AssigneeIDs: []int64{userID},
				CostImpact: new(customtools.ItemCostImpactYesKnown), CostImpactValue: new("1250.50"), CustomFields: value.CustomValues{"49417": 2.5},
			}
			return one(func(i *customtools.Item) string {
				field, _ := i.CustomFields.ByID("49417")
				return fmt.Sprint(i.ID, " ", i.Title, " ", i.StatusType, ", due ", i.DueDate, ", cost ", i.CostImpact.Value, ", time ", i.ScheduleImpact.Status, ", by ", i.CreatedBy.Company.Name, ", for ", i.Assignees[0].Name, ", in ", i.Tool.Title, ", ", field.Text())
			})(customtools.New(c).Items.Create(ctx, projectID, firstOne, in, &customtools.ItemViewQuery{View: customtools.ItemViewExtended}))
		},
		want: "41 Notice of delay Open, due 2026-09-15, cost 1250.50, time tbd, by Demo Builders, for Dana Demo, in Notices, 2.5",
	},
	"add-planning-values": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(r *customtools.PlanningFieldResult) string { return fmt.Sprint(r.Success) })(
				customtools.New(c).PlanningFields.AddValues(ctx, firstText, []string{"Night", "Weekend"}))
		},
		want: "true",
	},
}

var scheduleCalls = map[string]goldenCall{
	"filter-schedule-tasks": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &legacyschedule.TaskQuery{View: "normal", RowNumber: 3, Query: "slab"}
			return rows(func(t *legacyschedule.Task) string {
				return fmt.Sprint(t.ID, " ", t.Name, " ", t.StartTime.Format(time.RFC3339), " ", t.Percentage, "% ", t.WBS, " ", t.ScheduleDuration, " days ", t.ResourceIDs, " ", t.UpdatedBy.Name)
			})(legacyschedule.New(c).Tasks.List(ctx, projectID, query))
		},
		want: "51 Pour slab 2026-09-01T08:00:00Z 40% 1.2.3 3.5 days [61 62] Dana Demo of -1",
	},
	"sync-calendar-items": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []legacyschedule.CalendarItemSync{
				{ID: new(int64(71)), Percentage: new(int64(80))},
				{Name: new("Crane on site"), Start: date(2026, time.September, 7), Finish: date(2026, time.September, 11), AssigneeID: new(userID)},
			}
			return one(func(r *procore.SyncResult[legacyschedule.CalendarItem]) string {
				item := r.Entities[0]
				return fmt.Sprint(item.ID, " ", item.Name, " until ", item.Finish, ", ", item.Assigned.Name, "; ", r.Errors[0].Fields)
			})(legacyschedule.New(c).CalendarItems.Sync(ctx, projectID, in))
		},
		want: "72 Crane on site until 2026-09-11, Dana Demo; map[percentage:[is locked]]",
	},
	"create-todo": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &legacyschedule.TodoInput{
				Name: new("Call the crane driver"), Private: new(true),
				StartTime: day(1).Add(8 * time.Hour), FinishTime: day(1).Add(9 * time.Hour),
			}
			return one(func(t *legacyschedule.Todo) string {
				return fmt.Sprint(t.ID, " ", t.Name, " ", t.FinishTime.Format(time.Kitchen), " ", t.Private, " ", t.CreatedBy.Name)
			})(legacyschedule.New(c).Todos.Create(ctx, projectID, in))
		},
		want: "81 Call the crane driver 9:00AM true Dana Demo",
	},
	"filter-activities": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &scheduling.ActivityQuery{IsCritical: new(true), Name: "Slab", Sort: "-" + scheduling.ActivitySortStartDate}
			return rows(func(a *scheduling.Activity) string {
				return fmt.Sprint(a.ID, " ", a.Name, " ", a.StartDate, " ", a.Duration, " ", a.DurationUnit, " ", a.PercentComplete, "% of ", a.ScheduleID)
			})(scheduling.New(c).Activities.List(ctx, projectID, firstText, query))
		},
		want: "a-1 Slab 2026-09-01 3.5 days 40% of 562950043421313 of -1",
	},
	"create-timeline-event": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &scheduling.TimelineEventInput{
				Name: new("Topping out"), StartDate: date(2026, time.September, 1), FinishDate: date(2026, time.September, 2),
				Color: new("#336699"), Type: new(scheduling.TimelineEventTypeTimeRange),
			}
			return one(func(e *scheduling.TimelineEvent) string {
				return fmt.Sprint(e.ID, " ", e.Name, " until ", e.FinishDate, " ", e.Type, " ", e.Color)
			})(scheduling.New(c).TimelineEvents.Create(ctx, projectID, firstText, in))
		},
		want: "t-1 Topping out until 2026-09-02 time_range #336699",
	},
	"schedule-import": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(i *scheduling.Import) string {
				return fmt.Sprint(i.ID, " ", i.Status, " ", i.FinishedAt.Format(time.RFC3339), ": ", i.Errors.Message)
			})(scheduling.New(c).Imports.Get(ctx, projectID, firstText, firstText))
		},
		want: "562950043421313 failed 2026-09-01T08:00:00Z: The file has no activities.",
	},
}

var incidentCalls = map[string]goldenCall{
	"create-incident": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &incidents.IncidentInput{
				Title: new("Fall from a ladder"), EventAt: day(1).Add(8*time.Hour + 30*time.Minute), Recordable: new(true), HazardID: new(int64(5)), DistributionMemberIDs: []int64{userID},
				Injuries:          []incidents.InjuryInput{{Description: new("Broken wrist"), FilingType: new(incidents.FilingFirstAid), AffectedBodyParts: []incidents.BodyPartName{incidents.BodyPartNameWristLeft}}},
				WitnessStatements: []incidents.WitnessStatementInput{{Statement: new("The ladder slipped."), WitnessID: new(int64(9))}},
			}
			return one(func(i *incidents.Incident) string {
				injury, statement := i.Injuries[0], i.WitnessStatements[0]
				return fmt.Sprint(i.ID, " no. ", i.Number, " ", i.Status, " at ", i.EventAt.Format(time.Kitchen), ", ", i.Hazard.Name, "; ", injury.FullNumber, " ", injury.FilingType, " ", injury.AffectedBodyParts, " ", injury.TreatedInEmergencyRoom, "; ", statement.Witness.Name)
			})(incidents.New(c).Incidents.Create(ctx, projectID, in))
		},
		want: "91 no. 4 open at 8:30AM, Heights; 4-1 first_aid [wrist_left] true; Ola Anvil",
	},
	"bulk-update-hazards": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(func(h *incidents.Hazard) string { return fmt.Sprint(h.ID, " ", h.Name, " ", h.Active, " ", h.Global) })(
				incidents.New(c).Hazards.BulkUpdate(ctx, &incidents.ActiveChange{IDs: []int64{5, 6}, Active: new(false)}))
		},
		want: "5 Heights false true; 6 Heat false false",
	},
	"harm-source-options": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(func(o *procore.FilterOption) string { return o.Key + " " + o.Label })(incidents.New(c).FilterOptions.NearMissHarmSources(ctx, projectID))
		},
		want: "12 Moving vehicle; 13 Falling object",
	},
}

var meetingCalls = map[string]goldenCall{
	"create-meeting": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &meetings.MeetingCreate{
				Title: new("Weekly"), Position: 3, StartsAt: "2026-09-01T08:00:00Z", EndsAt: "2026-09-01T09:00:00Z",
				TimeZone: new("America/New_York"), IsDraft: new(true), Attendees: []int64{userID},
			}
			return one(func(m *meetings.Meeting) string {
				category := m.Categories[0]
				topic := category.Topics[0]
				return fmt.Sprint(m.ID, " ", m.Title, " ends ", m.EndsAt.Format(time.Kitchen), " ", m.Mode, ", ", m.Attendees[0].LoginInformation.Name, " ", m.Attendees[0].Status, "; ", category.Title, ": ", topic.Number, " ", topic.Title, " ", topic.Status)
			})(meetings.New(c).Meetings.Create(ctx, projectID, in))
		},
		want: "101 Weekly ends 9:00AM agenda, Dana Demo Present; Safety: 3.1 Ladders On Hold",
	},
	"update-attendee": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &meetings.AttendeeRecordInput{Status: new(meetings.AttendeeStatusAbsent)}
			return one(func(r *meetings.AttendeeRecord) string {
				return fmt.Sprint(r.ID, " ", r.MeetingID, " ", r.Status, " ", r.LoginInformation.Name)
			})(meetings.New(c).AttendeeRecords.Update(ctx, projectID, 101, firstOne, in))
		},
		want: "562950043421313 101 Absent Dana Demo",
	},
	"topic-minutes": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(m *meetings.TopicMinute) string {
				return fmt.Sprint(m.ID, " ", m.CreatedOn, " ", m.Minutes, " ", m.Marked, " ", m.MeetingPosition)
			})(meetings.New(c).Topics.ListParentMinutes(ctx, projectID, 101, firstOne))
		},
		want: "105 2026-08-25 Ladders are to be checked. true 2 of -1",
	},
}

var photoCalls = map[string]goldenCall{
	"filter-photos": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &photos.PhotoQuery{AlbumID: 111, Starred: new(true), TradeIDs: []int64{7, 8}, Projection: photos.PhotoProjection360, Sort: "-" + photos.PhotoSortTakenAt, View: photos.PhotoViewNormal}
			return rows(func(p *photos.Photo) string {
				return fmt.Sprint(p.ID, " ", p.Filename, " ", p.Size, " bytes in ", p.AlbumID, " ", p.AlbumName, ", ", p.Projection, ", by ", p.Uploader.Name, " at ", p.Location.Name, ", ", p.Links.Self)
			})(photos.New(c).Photos.List(ctx, projectID, query))
		},
		want: "112 slab.jpg 2048 bytes in 111 Level 1, 360, by Dana Demo at Level 1, https://photos.example.com/112 of -1",
	},
	"create-album": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(a *photos.Album) string {
				return fmt.Sprint(a.ID, " ", a.Name, " ", a.Position, " ", a.CoverID, " ", a.Private)
			})(
				photos.New(c).Albums.Create(ctx, projectID, &photos.AlbumInput{Name: new("Facade"), Private: new(true)}))
		},
		want: "113 Facade 4 0 true",
	},
	"albums-with-photos": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			ids, err := photos.New(c).Albums.IDsWithPhotos(ctx, projectID, &photos.AlbumQuery{UpdatedAt: value.Between(day(1), day(2))})
			return fmt.Sprint(ids), err
		},
		want: "[111 113]",
	},
}
