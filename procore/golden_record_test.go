package procore_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/company"
	"github.com/cordage-go/cordage/procore/directory"
	"github.com/cordage-go/cordage/procore/observations"
	"github.com/cordage-go/cordage/procore/project"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/procore/webhooks"
	"github.com/cordage-go/cordage/value"
)

func date(year int, month time.Month, day int) value.Date {
	return value.Date{Year: year, Month: month, Day: day}
}

func showUser(u *procore.UserRef) string { return fmt.Sprint(u.ID, " ", u.Name, " ", u.Login) }

// custom shows the custom fields that the emulator's records have.
func custom(fields value.CustomFields) string {
	text := ""
	for _, id := range []string{"49417", "custom_field_49420", "49422"} {
		field, _ := fields.ByID(id)
		text += ", " + field.Type + " " + field.Text()
	}
	return text
}

func showWholeProject(p *project.Project) string {
	return fmt.Sprint(p.ID, " ", p.Name, ", ", p.TotalValue, " of ", p.EstimatedValue, ", from ", p.StartDate, " to ", p.CompletionDate, ", at ", p.Latitude,
		", made ", p.CreatedAt.Format(time.RFC3339Nano), " by ", p.CreatedBy.Name, " of ", p.Company.Name, ", active ", p.Active, custom(p.CustomFields))
}

func showRFI(r *rfi.RFI) string {
	text := fmt.Sprint(r.ID, " ", r.FullNumber, " ", r.Subject, " ", r.Status, ", due ", r.DueDate, ", cost ", r.CostImpact.Value, ", ball with ", r.BallInCourt.Name,
		" and ", len(r.BallInCourts), ", asked ", len(r.Assignees), ", resolved ", !r.ResolvedAt.IsZero(), custom(r.CustomFields))
	for _, q := range r.Questions {
		text += ", " + q.PlainTextBody
		for _, a := range q.Answers {
			text += fmt.Sprint(" ", a.PlainTextBody, " ", a.Official)
		}
	}
	return text
}

func showHook(h *webhooks.Hook) string {
	return fmt.Sprint(h.ID, " ", h.Namespace, " ", h.Status, " ", h.PayloadVersion, " to ", h.DestinationURL, ", ", h.TriggerCount, " triggers of ", h.ProjectID)
}

const seededHook = "562949965421314 demo-app active v2.0 to https://hooks.example.com/procore, 2 triggers of 562949957421313"

func getMe(ctx context.Context, c *procore.Client) (string, error) {
	return one(showUser)(company.New(c).Me.Get(ctx))
}

func getProject(id int64) func(context.Context, *procore.Client) (string, error) {
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return one(showWholeProject)(project.New(c).Projects.Get(ctx, id, nil))
	}
}

func listWholeProjects(ctx context.Context, c *procore.Client) (string, error) {
	return rows(showWholeProject)(project.New(c).Projects.List(ctx, nil))
}

func getHook(ctx context.Context, c *procore.Client) (string, error) {
	return one(showHook)(webhooks.New(c).Hooks.Get(ctx, projectID, hook))
}

const demoUser = "562949955421313 Dana Demo dana.demo.0@example.com"

var recordCalls = map[string]goldenCall{
	"me": {anywhere: true, do: getMe, want: demoUser},
	"get-project": {
		do: getProject(projectID),
		want: `562949957421313 Lintel Street Hospital, 4074555.92 of 4074555.92, from 2026-04-04 to 2027-06-28, at 34.0522, made 2026-02-13T15:00:00Z by Dana Demo` +
			` of Demo Builders, active true, decimal 0.5, lov_entry Low, datetime `,
	},
	"get-project-numbers": {
		do: getProject(projectID + 3),
		want: `562949957421316 Girder Street Tower, 65721488.49 of 65721488.49, from 2026-04-07 to 2027-07-28, at 34.0522, made 2026-02-14T12:00:00Z by Dana Demo` +
			` of Demo Builders, active true, decimal 3.5, lov_entry Low, datetime `,
	},
	"get-rfi": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showRFI)(rfi.New(c).RFIs.Get(ctx, projectID, closedRFI))
		},
		want: `562949958421321 9 Conduit route on level 9 closed, due 2026-08-30, cost 800.08, ball with  and 0, asked 1, resolved true, decimal 8.5, ` +
			`lov_entry High, datetime , Conduit route on level 9? See detail 1. true`,
	},
	"list-rfi-odd": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(showRFI)(rfi.New(c).RFIs.List(ctx, projectID, &rfi.RFIQuery{Number: 11}))
		},
		want: `562949958421323 11 Slab thickness at grid 11 open, due 2026-09-01, cost 1000.10, ball with Fran Joist and 1, asked 1, resolved false, decimal 10.5, ` +
			`lov_entry Medium, datetime , Slab thickness at grid 11? of 1`,
	},
	"get-hook-v2": {do: getHook, want: seededHook},
	"values-lenient": {
		do:   listWholeProjects,
		want: "562949957421313 Odd, 12.50 of 0.10, from 2026-04-04 to , at 34.5, made 2026-02-13T07:00:00.123456-08:00 by  of , active true,  ,  ,   of -1",
	},
	"values-drift": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(p *project.Project) string { return fmt.Sprint(p.ID, " ", p.Name, " ", p.StartDate) })(project.New(c).Projects.List(ctx, nil))
		},
		want: "1 Odd ; 2 Even 2026-04-04 of -1", drift: "/0/start_date",
	},
	"values-number-ids-v2": {do: getHook, want: "562949965421314  active  to , 2 triggers of "},
	"download": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			var file bytes.Buffer
			err := rfi.New(c).RFIs.Export(ctx, projectID, &rfi.RFIExportQuery{ExportFormat: "pdf"}, &file)
			return file.String(), err
		},
		want: "%PDF-1.4\n% RFIs of the Procore emulator\n%%EOF",
	},
}

func createTrade(name string, opts ...connector.CallOption) func(context.Context, *procore.Client) (string, error) {
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return one(showTrade)(company.New(c).Trades.Create(ctx, &company.TradeCreate{Name: new(name)}, opts...))
	}
}

func updateRFI(in *rfi.RFIUpdate) func(context.Context, *procore.Client) (string, error) {
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return one(func(r *rfi.RFI) string {
			return fmt.Sprint(r.Subject, " ", r.Status, ", due ", r.DueDate, ", ball with ", r.BallInCourt.Name)
		})(rfi.New(c).RFIs.Update(ctx, projectID, rfiID, in))
	}
}

func createRFI(in *rfi.RFICreate) func(context.Context, *procore.Client) (string, error) {
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return one(showRFI)(rfi.New(c).RFIs.Create(ctx, projectID, in))
	}
}

func deleteTriggers(ctx context.Context, c *procore.Client) (string, error) {
	return one(func(r *procore.BulkResult[int64]) string { return fmt.Sprint(r.Succeeded, " and not ", r.Unaccounted) })(
		webhooks.New(c).TriggersV10.BulkDelete(ctx, projectID, hookID, []int64{562949966421315, 12}))
}

var changeCalls = map[string]goldenCall{
	"create-rfi": {
		do: createRFI(&rfi.RFICreate{
			Subject: "Beam at axis 7", AssigneeIDs: []int64{userID}, DueDate: date(2026, time.September, 15), RFIManagerID: userID,
			Question: rfi.QuestionInput{Body: "Which steel?"}, CostImpact: &rfi.CostImpactInput{Status: new(rfi.ImpactStatusYesKnown), Value: value.NewDecimal(125050, 2)},
			CustomFields: value.CustomValues{"49417": 4.5, "49421": []int64{562949953471312}},
		}),
		want: `562949958421805 42 Beam at axis 7 open, due 2026-09-15, cost 1250.50, ball with Dana Demo and 1, asked 1, resolved false, decimal 4.5,  ,  , Which steel?`,
	},
	"create-rfi-unassigned": {
		do: createRFI(&rfi.RFICreate{Subject: "Beam", RFIManagerID: userID, Question: rfi.QuestionInput{Body: "Which?"}}),
		fails: &failure{kind: connector.Invalid, status: 422, fields: "map[assignees:[required]]",
			says: []string{"assignees: required", "correct the request"}},
	},
	"update-rfi-cleared": {
		do:   updateRFI(&rfi.RFIUpdate{Subject: new("Renamed"), Clear: []string{"due_date"}}),
		want: "Renamed open, due , ball with Dana Demo",
	},
	"close-rfi": {
		do:   updateRFI(&rfi.RFIUpdate{Accepted: new(true)}),
		want: "Duct clash near shaft 1 closed, due 2026-08-22, ball with ",
	},
	"recycle-rfi": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(rfi.New(c).RFIs.Recycle(ctx, projectID, rfiID))
		},
	},
	"update-rfis": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(rfi.New(c).RFIs.BulkUpdate(ctx, projectID, []rfi.RFIChange{
				{ID: "562949958421313", Private: new(false)}, {ID: "562949958421321", Private: new(false)},
			}))
		},
	},
	"create-reply": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &rfi.ReplyCreate{Body: new("S355."), Official: new(true)}
			return one(func(r *rfi.Reply) string {
				return fmt.Sprint(r.ID, " ", r.RichTextBody, " by ", r.CreatedBy, " ", r.CreatedByID, " at ", r.AnsweredAt, " ", r.Official)
			})(rfi.New(c).Replies.Create(ctx, projectID, rfiID, in))
		},
		want: "562949959422033 <p>S355.</p> by Dana Demo 562949955421313 at 2026-09-01 08:00:02 +0000 UTC true",
	},
	"delete-reply": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(rfi.New(c).Replies.Delete(ctx, projectID, closedRFI, 562949959421325))
		},
	},
	"create-project": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &project.ProjectCreate{Name: "Harbour office", StartDate: date(2026, time.October, 1), TotalValue: value.NewDecimal(125000000, 2), Active: new(true)}
			return one(func(p *project.Project) string {
				return fmt.Sprint(p.ID, " ", p.Name, " ", p.StartDate, " ", p.TotalValue)
			})(
				project.New(c).Projects.Create(ctx, in))
		},
		want: "562949957421325 Harbour office 2026-10-01 1250000.00",
	},
	"update-project": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &project.ProjectUpdate{Name: new("Renamed"), Clear: []string{"description"}}
			return one(showProject)(project.New(c).Projects.Update(ctx, projectID, in))
		},
		want: "562949957421313 P-001 - Renamed",
	},
	"sync-vendors": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []directory.CompanyVendorSync{
				{ID: new(int64(562949956421313)), Name: new("Concrete One")}, {ID: new(int64(12)), Name: new("Nobody")}, {OriginID: new("NEW-1")},
			}
			return one(func(r *procore.SyncResult[directory.CompanyVendor]) string {
				text, _ := each(showVendor)(r.Entities, nil)
				for _, e := range r.Errors {
					text += fmt.Sprint(", ", e.Fields, " sent ", len(e.Record) > 0)
				}
				return text
			})(directory.New(c).CompanyVendors.Sync(ctx, in))
		},
		want: "562949956421313 Concrete One, map[id:[does not exist]] sent true, map[name:[can't be blank]] sent true",
	},
	"create-observation": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &observations.ObservationCreate{Name: "Loose rail", TypeID: 562949963421313, Priority: new(observations.ObservationPriorityHigh)}
			return one(func(o *observations.Observation) string {
				return fmt.Sprint(o.ID, " ", o.Number, " ", o.Name, " ", o.Status, " ", o.Priority, " ", o.Type.Name)
			})(observations.New(c).Observations.Create(ctx, projectID, in))
		},
		want: "562949962421433 11 Loose rail initiated High Safety Hazard",
	},
	"delete-observation": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(observations.New(c).Observations.Delete(ctx, projectID, 562949962421313))
		},
	},
	"send-unsent": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(func(o *observations.Observation) string { return o.Name })(observations.New(c).Observations.SendUnsent(ctx, projectID))
		},
		want: "name 1",
	},
	"create-trade": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showTrade)(company.New(c).Trades.Create(ctx, &company.TradeCreate{Name: new("Roofing"), Active: new(true)}))
		},
		want: "562950043421316 Roofing true",
	},
	"remove-user": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(directory.New(c).Users.Remove(ctx, projectID, userID+1))
		},
	},
	"bulk-add-users": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []directory.ProjectAddition{{UserID: new(userID + 3), ProjectID: new(projectID)}, {UserID: new(int64(12)), ProjectID: new(projectID)}}
			return one(func(r *directory.BulkAddResult) string {
				return fmt.Sprintf("%d: %s %s", len(r.Entities), r.Entities[0].UserID, r.Entities[0].Projects)
			})(directory.New(c).CompanyUsers.BulkAdd(ctx, in))
		},
		want: `1: 562949955421316 ["562949957421313"]`,
	},
	"create-hook-v1": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &webhooks.HookV10Input{APIVersion: new("v2"), Namespace: new("cordage"), DestinationURL: new("https://hooks.example.com/in"),
				DestinationHeaders: &webhooks.DestinationHeadersInput{Authorization: auth.NewSecret("demo-hook-secret")}}
			return one(func(h *webhooks.HookV10) string {
				return fmt.Sprint(h.ID, " ", h.APIVersion, " ", h.Namespace, " of ", h.OwnedByProjectID, " or ", h.OwnedByCompanyID)
			})(webhooks.New(c).HooksV10.Create(ctx, projectID, in))
		},
		want: "562949965421315 v2 cordage of 562949957421313 or 0",
	},
	"create-trigger-v1": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &webhooks.TriggerV10Create{APIVersion: new("v2"), ResourceName: "Projects", EventType: webhooks.TriggerEventTypeDelete}
			return one(func(t *webhooks.TriggerV10) string {
				return fmt.Sprint(t.ID, " of ", t.WebhookHookID, " ", t.ResourceName, " ", t.EventType, " in ", t.CompanyID, " or ", t.ProjectID)
			})(webhooks.New(c).CompanyTriggersV10.Create(ctx, hookID-1, in))
		},
		want: "562949966421317 of 562949965421313 Projects DELETE in 562949954421313 or 0",
	},
	"create-triggers-v1": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &webhooks.TriggerV10BulkCreate{APIVersion: new("v2"), Triggers: []webhooks.TriggerInput{
				{ResourceName: "Submittals", EventType: webhooks.TriggerEventTypeCreate}, {ResourceName: "Submittals", EventType: webhooks.TriggerEventTypeUpdate},
			}}
			return one(func(r *procore.BulkResult[webhooks.TriggerV10]) string {
				text, _ := each(func(t *webhooks.TriggerV10) string { return fmt.Sprint(t.ID, " ", t.EventType) })(r.Succeeded, nil)
				return text
			})(webhooks.New(c).TriggersV10.BulkCreate(ctx, projectID, hookID, in))
		},
		want: "562949966421317 CREATE; 562949966421318 UPDATE",
	},
	"delete-triggers-v1":      {do: deleteTriggers, want: "[562949966421315] and not [12]"},
	"delete-triggers-partial": {do: deleteTriggers, want: "[562949966421315] and not [12]"},
	"create-hook-v2": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &webhooks.HookCreate{PayloadVersion: "v2.0", Namespace: "cordage", DestinationURL: "https://hooks.example.com/in"}
			return one(showHook)(webhooks.New(c).Hooks.Create(ctx, projectID, in))
		},
		want: "562949965421315 cordage active v2.0 to https://hooks.example.com/in, 0 triggers of 562949957421313",
	},
	"update-hook-v2": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showHook)(webhooks.New(c).Hooks.Update(ctx, projectID, hook, &webhooks.HookUpdate{Namespace: new("cordage-2")}))
		},
		want: "562949965421314 cordage-2 active v2.0 to https://hooks.example.com/procore, 2 triggers of 562949957421313",
	},
	"delete-hook-v2": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(webhooks.New(c).Hooks.Delete(ctx, projectID, hook))
		},
	},
	"create-triggers-v2": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []webhooks.TriggerCreate{{ResourceName: "Projects", EventType: "create"}, {ResourceName: "RFIs", EventType: "delete"}}
			return one(func(r *procore.BulkResult[webhooks.Trigger]) string {
				text, _ := each(showTrigger)(r.Succeeded, nil)
				return fmt.Sprint(text, ", ", len(r.Failed), " failed")
			})(webhooks.New(c).Triggers.BulkCreate(ctx, projectID, hook, in))
		},
		want: "562949966421317 Projects CREATE; 562949966421318 RFIs DELETE, 0 failed",
	},
	"delete-triggers-v2": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(r *procore.BulkResult[string]) string { return fmt.Sprint(r.Succeeded, " and not ", r.Unaccounted) })(
				webhooks.New(c).Triggers.BulkDelete(ctx, projectID, hook, []string{"562949966421315", "12"}))
		},
		want: "[562949966421315] and not [12]",
	},
	"idempotency-token": {do: createTrade("Glazing", procore.IdempotencyToken("golden-1")), want: "562950043421316 Glazing false"},
}
