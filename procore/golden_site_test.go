package procore_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/actionplans"
	"github.com/cordage-go/cordage/procore/dailylog"
	"github.com/cordage-go/cordage/procore/fieldproductivity"
	"github.com/cordage-go/cordage/procore/forms"
	"github.com/cordage-go/cordage/procore/inspections"
	"github.com/cordage-go/cordage/procore/tasks"
	"github.com/cordage-go/cordage/value"
)

func showTask(t *tasks.Task) string {
	text := fmt.Sprint(t.ID, " ", t.Number, " ", t.Title, " ", t.Status, ", due ", t.DueAt.Format(time.DateOnly), ", ", t.Category.Name, ", private ", t.Private, ", with ", t.Assignee.Name)
	for _, a := range t.Assignees {
		text += ", told " + a.DateNotified.String()
	}
	return text
}

func showForm(f *forms.Form) string {
	return fmt.Sprint(f.ID, " ", f.Name, ", ", f.Description, ", of ", f.TemplateID, ", pdf ", f.FillablePDF.Filename, ", edit ", f.Permissions.CanEdit, ", deleted ", f.Deleted)
}

// officeCalls are those of tasks and forms.
var officeCalls = map[string]goldenCall{
	"filter-tasks": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &tasks.TaskQuery{Statuses: []tasks.TaskStatus{tasks.TaskStatusInitiated, tasks.TaskStatusInProgress}, DueAt: value.Between(day(1), day(8)), Sort: tasks.TaskSortDueDate}
			return rows(showTask)(tasks.New(c).Tasks.List(ctx, projectID, query))
		},
		want: "71 12 Order anchors in_progress, due 2026-09-04, Administrative, private false, with Dana Demo, told 2026-09-01 of -1",
	},
	"create-task": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showTask)(tasks.New(c).Tasks.Create(ctx, projectID, &tasks.TaskInput{
				Title: new("Order anchors"), DueAt: day(4), Status: new(tasks.TaskStatusInitiated), CategoryID: new(int64(4)), AssigneeIDs: []int64{userID}, Private: new(true),
			}))
		},
		want: "72 13 Order anchors initiated, due 2026-09-04, Administrative, private true, with ",
	},
	"update-task-comment": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &tasks.CommentUpdate{Comment: new("Delivered."), Status: new(tasks.TaskStatusClosed)}
			return one(func(c *tasks.Comment) string {
				return fmt.Sprint(c.ID, " of ", c.TaskID, ": ", c.Comment, " ", c.Status, ", ", len(c.Attachments), " files, ", c.Attachments[0].Filename)
			})(tasks.New(c).Comments.Update(ctx, projectID, firstOne, in))
		},
		want: firstText + " of 72: Delivered. closed, 1 files, slip.pdf",
	},
	"filter-forms": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &forms.FormQuery{Private: new(false), TemplateIDs: []int64{31, 32}, Sort: "-" + forms.FormSortUpdatedAt}
			return rows(showForm)(forms.New(c).Forms.List(ctx, projectID, query))
		},
		want: "41 Hot work permit, Level 9, of 31, pdf permit.pdf, edit true, deleted false of -1",
	},
	"update-form": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &forms.FormUpdate{Description: new("Level 10"), FillablePDFProstoreFileID: new(int64(88))}
			return one(showForm)(forms.New(c).Forms.Update(ctx, projectID, firstOne, in, &forms.FormUpdateQuery{SendEmails: new(true)}))
		},
		want: firstText + " Hot work permit, Level 10, of 31, pdf , edit true, deleted false",
	},
	"restore-form": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showForm)(forms.New(c).Forms.Restore(ctx, projectID, deletedOne))
		},
		want: "562950043421315 Old permit, , of 31, pdf , edit false, deleted false",
	},
	"delete-form-template": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(forms.New(c).CompanyTemplates.Delete(ctx, firstOne))
		},
	},
}

// logCalls are those of the daily log.
var logCalls = map[string]goldenCall{
	"filter-manpower-logs": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &dailylog.ManpowerLogQuery{StartDate: date(2026, time.August, 31), EndDate: date(2026, time.September, 4), VendorIDs: []int64{562949956421313}}
			return rows(func(l *dailylog.ManpowerLog) string {
				field, _ := l.CustomFields.ByID("49417")
				return fmt.Sprint(l.ID, " ", l.Date, " ", l.NumWorkers, " x ", l.NumHours, " ", l.Vendor.Name, " ", l.Trade.Name, ", delete ", l.Permissions.CanDelete, ", ", field.Text())
			})(dailylog.New(c).ManpowerLogs.List(ctx, projectID, query))
		},
		want: "91 2026-09-01 3 x 8.0 Demo Builders Concrete, delete false, 2.5 of -1",
	},
	"create-weather-log": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &dailylog.WeatherLogInput{Date: date(2026, time.September, 1), IsWeatherDelay: new(int64(1)), Sky: new(dailylog.SkyIceSleetHail), Ground: new(dailylog.GroundWetMuddy), Wind: new(dailylog.WindHighWind), Comments: new("Crane stopped")}
			return one(func(l *dailylog.WeatherLog) string {
				return fmt.Sprint(l.ID, " ", l.Sky, " ", l.Ground, " ", l.Wind, ", delay ", l.IsWeatherDelay, ", at ", l.ObservedAt.Format(time.RFC3339), " by ", l.CreatedBy.Name)
			})(dailylog.New(c).WeatherLogs.Create(ctx, projectID, in, procore.RunConfigurableValidations()))
		},
		want: "92 Ice/Sleet/Hail Wet/Muddy High Wind, delay 1, at 2026-09-01T06:30:00Z by Dana Demo",
	},
	"copy-daily-logs": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &dailylog.LogCopy{FromDate: date(2026, time.August, 31), ToDate: date(2026, time.September, 1), LogTypes: []dailylog.LogType{dailylog.LogTypeManpowerLog, dailylog.LogTypeNotesLog}}
			return one(func(r *dailylog.LogCopyResult) string {
				return fmt.Sprint(r.NotesLog.ID, " ", r.NotesLog.Comment, " ", r.NotesLog.Date, ", delete ", r.NotesLog.Permissions.CanDelete)
			})(dailylog.New(c).Logs.Copy(ctx, projectID, in))
		},
		want: "93 Gate 2 closed 2026-09-01, delete true",
	},
	"approve-daily-logs": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &dailylog.StatusUpdates{
				ManpowerLogs: []dailylog.StatusInput{{ID: 91, Status: dailylog.ApprovalStatusApproved}},
				NotesLogs:    []dailylog.StatusInput{{ID: 94, Status: dailylog.ApprovalStatusRejected}},
			}
			return each(func(r *dailylog.StatusResults) string {
				m, n := r.ManpowerLogs[0], r.NotesLogs[0]
				return fmt.Sprint(m.ID, " ", m.Status, " ", m.Success, ", ", n.ID, " ", n.Status, " ", n.Success, " ", n.Error)
			})(dailylog.New(c).Logs.UpdateStatuses(ctx, projectID, in))
		},
		want: "91 approved true, 94 rejected false not found",
	},
}

// planCalls are those of action plans and inspections.
var planCalls = map[string]goldenCall{
	"create-plan": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &actionplans.PlanCreate{Title: "Facade mock-up", TypeID: 5, Private: new(false), Approvers: []actionplans.SignerInput{{PartyID: 61}}, Receivers: []actionplans.SignerInput{{PartyID: 62}, {PartyID: 63}}}
			return one(func(p *actionplans.Plan) string {
				return fmt.Sprint(p.ID, " ", p.Number, " ", p.Title, " ", p.Status, " ", p.PlanStatus.Name, " ", p.Type.Name, ", approved by ", p.Approvers[0].Party.Name)
			})(actionplans.New(c).Plans.Create(ctx, projectID, in))
		},
		want: "51 7 Facade mock-up draft Draft Quality, approved by Dana Demo",
	},
	"sign-plan": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &actionplans.SignatureInput{AttachmentString: new("iVBORw0KGgo=")}
			return one(func(s *actionplans.Signature) string {
				return fmt.Sprint(s.ID, " ", s.Attachment.Name, " at ", s.CapturedAt.Format(time.RFC3339), " by ", s.CapturedBy.Name)
			})(actionplans.New(c).Approvers.Sign(ctx, projectID, firstOne, in))
		},
		want: "55 signature.png at 2026-09-01T08:00:00Z by Dana Demo",
	},
	"move-plan-item": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return raw(actionplans.New(c).Items.Move(ctx, projectID, 57, firstOne, &actionplans.ItemMoveQuery{NextItemID: 58}))
		},
		want: `{"moved": true}`,
	},
	"assign-template-items": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []actionplans.TemplateItemAssigneeCreate{
				{TemplateItemID: 64, Role: new(actionplans.RoleContractor), VerificationMethodID: new(int64(3))},
				{Role: new(actionplans.RoleClient)},
			}
			return each(func(r *actionplans.TemplateItemAssigneeResult) string {
				return fmt.Sprint(r.TemplateItemID, " ", r.Role, " ", r.Status, " ", string(r.Errors))
			})(actionplans.New(c).CompanyTemplateItemAssignees.BulkCreate(ctx, in, &actionplans.BulkQuery{CompletionMode: "partial"}))
		},
		want: `64 contractor created ; 0 client failed {"plan_template_item_id": ["must exist"]}`,
	},
	"create-inspection": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &inspections.InspectionCreate{TemplateID: 101, Description: new("Level 9"), DueAt: day(4).Add(12 * time.Hour), InspectorIDs: []int64{userID}, Status: new(inspections.StatusKeyOpen), CustomFields: value.CustomValues{"49417": 2.5}}
			return one(func(in *inspections.Inspection) string {
				return fmt.Sprint(in.ID, " ", in.Number, " ", in.Name, " ", in.Status, " ", in.TemplateName, " ", in.Type.Name, ", due ", in.DueAt.Format(time.RFC3339), ", by ", in.Inspectors[0].Name)
			})(inspections.New(c).Inspections.Create(ctx, projectID, in, procore.RunConfigurableValidations()))
		},
		want: "102 3 Fire stopping Open Fire Safety, due 2026-09-04T12:00:00Z, by Dana Demo",
	},
	"group-inspections": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &inspections.InspectionGroupQuery{Status: 1, TradeID: 3, GroupBy: inspections.InspectionGroupByLocation}
			return rows(func(g *inspections.InspectionGroup) string {
				in := g.Inspections[0]
				return fmt.Sprint(g.Header.Name, ": ", in.ID, " ", in.Name, " ", in.Status, " ", in.Inspectors[0].Name, ", edit ", in.Permissions.CanEdit)
			})(inspections.New(c).Inspections.ListGrouped(ctx, projectID, query))
		},
		want: "Level 1: 102 Fire stopping In Review Dana Demo, edit true of -1",
	},
	"respond-to-item": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &inspections.ItemResponseInput{Status: new("conforming"), NumberValue: new(int64(21))}
			return one(func(r *inspections.ItemResponse) string {
				return fmt.Sprint(r.ItemID, " ", r.Status, " ", r.ItemType.Category, " ", r.Payload.NumberValue, " by ", r.Responder.Name)
			})(inspections.New(c).Items.Respond(ctx, projectID, firstOne, in))
		},
		want: firstText + " conforming number 21 by Dana Demo",
	},
	"request-signature": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &inspections.ItemSignatureRequestCreate{SignatoryID: new(fmt.Sprint(userID))}
			return one(func(r *inspections.ItemSignatureRequest) string {
				return fmt.Sprint(r.ID, " by ", r.RequestedByID, ": ", r.Signatory.Name, " of ", r.Signatory.CompanyName)
			})(inspections.New(c).ItemSignatureRequests.FindOrCreate(ctx, projectID, 103, in))
		},
		want: "104 by 562949955421313: Dana Demo of Demo Builders",
	},
	"toggle-section": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(s *inspections.Section) string {
				return fmt.Sprint(s.ID, " ", s.Name, " of ", s.InspectionID, ", not applicable ", s.NotApplicable)
			})(inspections.New(c).Sections.ToggleNotApplicable(ctx, projectID, firstOne, firstOne, &inspections.NotApplicable{NotApplicable: true}))
		},
		want: firstText + " Level 9 of 102, not applicable true",
	},
}

// timeCalls are those of field productivity.
var timeCalls = map[string]goldenCall{
	"create-company-timecard-entry": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &fieldproductivity.CompanyTimecardEntryInput{Date: date(2026, time.September, 1), Hours: new("7.5"), Billable: new(true), PartyID: new(int64(61)), ApprovalStatus: new(fieldproductivity.ApprovalStatusPending), SetTimecardTimeTypeAutomatically: new(true)}
			return one(func(e *fieldproductivity.CompanyTimecardEntry) string {
				return fmt.Sprint(e.ID, " ", e.Date, " ", e.Hours, "h from ", e.TimeIn.Format(time.Kitchen), " ", e.ApprovalStatus, " ", e.Party.Name, " on ", e.Project.Name, " ", e.TimecardTimeType.TimeType, ", split ", e.SplitEntries[0].Hours)
			})(fieldproductivity.New(c).CompanyTimecardEntries.Create(ctx, projectID, in))
		},
		want: "111 2026-09-01 7.5h from 6:00AM pending Dana Demo on Tower Regular Time, split 0.5",
	},
	"change-production-quantities": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []fieldproductivity.ActualProductionQuantityChange{{ID: 121, Quantity: value.NewDecimal(1250, 2)}, {ID: 122, Description: new("North wing")}}
			return each(func(q *fieldproductivity.ActualProductionQuantity) string {
				return strings.TrimSpace(fmt.Sprint(q.ID, " ", q.Quantity, " ", q.UnitOfMeasure, q.Description, " ", q.CostCode.Name))
			})(fieldproductivity.New(c).ActualProductionQuantities.BulkUpdate(ctx, projectID, in))
		},
		want: "121 12.50 m3; 122 3 North wing Concrete",
	},
	"delete-timesheets": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(s *fieldproductivity.Timesheet) string {
				return fmt.Sprint(s.ID, " ", s.Date, " ", s.Name, " ", s.Status)
			})(
				fieldproductivity.New(c).Timesheets.BulkDelete(ctx, projectID, []int64{131, 132}))
		},
		want: "131 2026-09-01 Crew A pending",
	},
	"list-equipment-entries": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &fieldproductivity.EquipmentTimecardEntryQuery{StartDate: date(2026, time.September, 1), EndDate: date(2026, time.September, 2)}
			return rows(func(e *fieldproductivity.EquipmentTimecardEntry) string {
				return fmt.Sprint(e.ID, " ", e.EquipmentID, " ", e.Date, " ", e.Quantity, " idle ", e.IdleQuantity, " at ", e.CreatedAt.Format(time.RFC3339))
			})(fieldproductivity.New(c).EquipmentTimecardEntries.List(ctx, projectID, query))
		},
		want: "141 01HZ 2026-09-01 4.5 idle 0.5 at 2026-09-01T08:00:00Z of -1",
	},
	"search-tickets": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(func(t *fieldproductivity.Ticket) string {
				return fmt.Sprint(t.ID, " ", t.Number, " ", t.Name, ", signed by ", t.CompanySigneeParty.FirstName, ", ", t.Attachments[0].Filename)
			})(fieldproductivity.New(c).Tickets.Search(ctx, projectID, &fieldproductivity.TicketQuery{SearchKeyword: "slab"}))
		},
		want: "151 2 Extra slab, signed by Dana, slab.jpg",
	},
	"production-report": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(r *fieldproductivity.FieldProductionReport) string {
				return fmt.Sprint(r.CostCodeID, " ", r.CostCode, " ", r.BudgetedHours, " ", r.ActualHours, " ", r.HoursUtilization, " ", r.UnitOfMeasure)
			})(fieldproductivity.New(c).FieldProductionReports.List(ctx, projectID))
		},
		want: "9 03-300 Concrete 120.0 80.5 67% m3 of -1",
	},
	"timesheet-cost-codes": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(func(o *procore.FilterOption) string { return o.Key + " " + o.Label })(fieldproductivity.New(c).FilterOptions.CostCodes(ctx))
		},
		want: "9 03-300 Concrete; 10 03-310 Formwork",
	},
}
