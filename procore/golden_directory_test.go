package procore_test

//lint:file-ignore SA1019 what the platform will remove is held to its golden as long as it answers

import (
	"context"
	"fmt"

	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/company"
	"github.com/cordage-go/cordage/procore/directory"
	"github.com/cordage-go/cordage/procore/marketplace"
	"github.com/cordage-go/cordage/procore/project"
	"github.com/cordage-go/cordage/procore/workflows"
)

// The first record of a kind that the emulator makes up.
const madeUp int64 = 562950043421313

func showLink(l *project.Link) string {
	return fmt.Sprintf("%d %s of %d by %q, deleted %t", l.ID, l.URL, l.ProjectID, l.CreatedBy.Name, !l.DeletedAt.IsZero())
}

func showPerson(u *directory.User) string {
	return fmt.Sprint(u.ID, " ", u.Name, " ", u.EmailAddress, " ", u.JobTitle, ", in ", len(u.ProjectIDs), " projects")
}

// What belongs to a company or a project as a whole: its settings, people,
// apps and workflows.
var wholeCalls = map[string]goldenCall{
	"company-base-url": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(b *company.BaseURL) string { return b.WebBaseURL + " in " + b.Zone })(company.New(c).Companies.GetBaseURL(ctx))
		},
		want: "web base url 1 in zone 1",
	},
	"permissions": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(t *company.ToolPermission) string {
				return fmt.Sprint(t.ID, " ", t.UserAccessLevel.Name, " ", t.PermittedActions[0].ActionName, " ", t.CanCreate)
			})(company.New(c).Settings.ListPermissions(ctx, &company.SettingPermissionsQuery{ProjectID: projectID}))
		},
		want: "562950043421313 name 1 action name 1 false; 562950043421314 name 2 action name 2 true; 562950043421315 name 3 action name 3 false of -1",
	},
	"create-location": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(l *project.Location) string { return fmt.Sprint(l.ID, " ", l.NodeName, " below ", l.ParentID) })(
				project.New(c).Locations.Create(ctx, projectID, &project.LocationInput{NodeName: new("Level 9"), ParentID: new(int64(562949953461313))}))
		},
		want: "562950043421316 Level 9 below 562949953461313",
	},
	"create-project-role": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(r *project.Role) string { return fmt.Sprint(r.ID, " ", r.Role, " ", r.UserID) })(
				project.New(c).Roles.Create(ctx, projectID, &project.RoleCreate{Role: "Architect", UserID: userID + 3}))
		},
		want: "562950043421316 Architect 562949955421316",
	},
	"create-project-dates": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(project.New(c).Dates.Create(ctx, projectID, []project.ProjectDateCreate{{Date: date(2026, 12, 1)}, {ID: new(madeUp), Date: date(2027, 1, 15)}}))
		},
	},
	"project-dates": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(g *project.DateGroups) string {
				return fmt.Sprint(g.ScheduleDates.SubstantialCompletionDate, " and ", len(g.ProjectDates), " from ", g.ProjectDates[0].ID, " ", g.ProjectDates[0].Date)
			})(project.New(c).Dates.GetAll(ctx, projectID))
		},
		want: "2026-01-05 and 3 from 562950043421313 date 1",
	},
	"create-link": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showLink)(project.New(c).Links.Create(ctx, projectID, &project.LinkInput{Title: new("Weather"), URL: new("https://weather.example.com")}))
		},
		want: `562950043421316 https://weather.example.com of 562949957421313 by "", deleted false`,
	},
	"restore-link": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showLink)(project.New(c).Links.Restore(ctx, projectID, madeUp+2))
		},
		want: `562950043421315 url 3 of 3 by "name 3", deleted false`,
	},
	"open-items": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(n *project.OpenItemCounts) string {
				return fmt.Sprint(n.Count, " ", n.OverdueCount, " ", n.LastActivity)
			})(
				project.New(c).OpenItems.CountAll(ctx, projectID, &project.OpenItemQuery{ToolName: project.ToolNamePunchlistItem}))
		},
		want: "1 1 2026-01-05",
	},
	"create-app-configuration": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &marketplace.AppConfigurationCreate{AppInstallationID: 31, InstanceConfiguration: []byte(`{"theme":"dark"}`), ProjectIDs: []int64{projectID}, Title: "Tower"}
			return one(func(a *marketplace.AppConfiguration) string {
				return fmt.Sprint(a.ID, " ", a.Title, " in ", a.Projects[0].ID)
			})(
				marketplace.New(c).AppConfigurations.Create(ctx, in))
		},
		want: "562950043421316 Tower in 562949957421313",
	},
	"install-app": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &marketplace.AppInstallationCreate{AppUID: "demo-app", InstallationConfiguration: []byte(`{"theme":"dark"}`)}
			return one(func(a *marketplace.AppInstallation) string { return fmt.Sprint(a.ID, " ", a.AppUID, " ", a.Status) })(
				marketplace.New(c).AppInstallations.Create(ctx, projectID, in))
		},
		want: "562950043421316 demo-app installed",
	},
	"installation-requests": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(r *procore.IDRef) string { return fmt.Sprint(r.ID) })(marketplace.New(c).InstallationRequests.List(ctx, "demo-app", false))
		},
		want: "562950043421313; 562950043421314; 562950043421315 of -1",
	},
	"workflow-respond": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &workflows.Response{CurrentStepOccurrenceID: "7", SelectedResponseOptionID: "8", Comment: new("Fine"), Attachments: workflows.AttachmentsInput{UploadIDs: []int64{12}}}
			return done(workflows.New(c).Instances.Respond(ctx, projectID, fmt.Sprint(madeUp), in))
		},
	},
	"workflow-preset-assignees": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &workflows.PresetAssigneesUpdate{WorkflowManagerID: new(fmt.Sprint(userID)),
				ResponsibleGroupMemberships: []workflows.PresetMembershipInput{{UUID: new("a1"), LoginIDs: []int64{userID + 3}}}}
			return one(func(a *workflows.PresetAssignees) string {
				return fmt.Sprint(a.WorkflowManagerID, " and ", a.ResponsibleGroupMemberships[0].UUID, " ", a.ResponsibleGroupMemberships[0].LoginIDs)
			})(workflows.New(c).Presets.UpdateAssignees(ctx, projectID, fmt.Sprint(madeUp), in))
		},
		want: "562949955421313 and a1 [562949955421316]",
	},
	"workflow-activity": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &workflows.ActivityHistoryCreate{ActivityID: 3, InstanceID: 7, UserRoleID: 5, PerformedByID: userID, Comments: new("Fine")}
			return one(func(a *workflows.ActivityHistory) string {
				return fmt.Sprint(a.ID, " ", a.ActivityID, " of ", a.InstanceID, " by ", a.PerformedByID, ": ", a.Comments, ", ", a.BallInCourtStart.IsZero())
			})(workflows.New(c).ActivityHistories.Create(ctx, 7, in))
		},
		want: "562950043421316 3 of 7 by 562949955421313: Fine, true",
	},
	"workflow-log": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(l *workflows.PermanentLog) string {
				return fmt.Sprint(l.ID, " ", l.Activity, " ", l.Attachments[0].Filename)
			})(
				workflows.New(c).PermanentLogs.List(ctx, projectID, "Commitment", 7))
		},
		want: "562950043421313 activity 1 filename 1; 562950043421314 activity 2 filename 2; 562950043421315 activity 3 filename 3 of 3",
	},
	"user-v12": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showPerson)(directory.New(c).CompanyUsersFlatV12.Get(ctx, userID+3))
		},
		want: "562949955421316 Dana Ibeam dana.ibeam.3@example.com Project Manager, in 5 projects",
	},
	"create-user-v11": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &directory.CompanyUserCreate{FirstName: new("Ann"), LastName: "Beam", EmailAddress: "beam@example.com"}
			return one(showPerson)(directory.New(c).CompanyUsersFlatV11.Create(ctx, in))
		},
		want: "562949955421343 Ann Beam beam@example.com , in 0 projects",
	},
	"sync-users-v10": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(r *procore.SyncResult[directory.User]) string {
				return fmt.Sprint(showPerson(&r.Entities[0]), ", ", len(r.Errors), " errors")
			})(directory.New(c).CompanyUsersFlatV10.Sync(ctx, []directory.CompanyUserSync{{ID: new(userID + 3), JobTitle: new("Foreman")}}))
		},
		want: "562949955421316 Dana Ibeam dana.ibeam.3@example.com Foreman, in 5 projects, 0 errors",
	},
}
