package procore_test

//lint:file-ignore SA1019 what the platform will remove is held to its golden as long as it answers

import (
	"context"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/bim"
	"github.com/cordage-go/cordage/procore/coordination"
	"github.com/cordage-go/cordage/procore/documentmanagement"
	"github.com/cordage-go/cordage/procore/documents"
	"github.com/cordage-go/cordage/procore/drawings"
	"github.com/cordage-go/cordage/procore/emails"
	"github.com/cordage-go/cordage/procore/markup"
	"github.com/cordage-go/cordage/procore/punchlist"
	"github.com/cordage-go/cordage/procore/specifications"
	"github.com/cordage-go/cordage/procore/submittals"
	"github.com/cordage-go/cordage/procore/uploads"
	"github.com/cordage-go/cordage/value"
)

// raw shows an answer whose form is not documented.
func raw[T ~[]byte](answer T, err error) (string, error) { return string(answer), err }

// The first record that a collection of the emulator begins with, and the one
// that lies in its recycle bin.
const (
	firstOne   int64 = 562950043421313
	firstText        = "562950043421313"
	deletedOne int64 = 562950043421315
)

// day is midnight of a day in September 2026, or later.
func day(n int) time.Time { return time.Date(2026, time.September, n, 0, 0, 0, 0, time.UTC) }

func showPunchItem(p *punchlist.PunchItem) string {
	text := fmt.Sprint(p.ID, " ", p.Name, " ", p.Status, " ", p.WorkflowStatus, ", due ", p.DueDate, ", risk ", p.ScheduleRisk, ", cost ", p.CostImpactAmount, ", by ", p.CreatedBy.CompanyName)
	for _, a := range p.Assignments {
		text += ", for " + a.LoginInformation.Name
	}
	for _, b := range p.BallInCourt {
		text += ", ball with " + b.Name
	}
	field, _ := p.CustomFields.ByID("49417")
	return text + ", " + field.Text()
}

var punchCalls = map[string]goldenCall{
	"create-punch-item": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showPunchItem)(punchlist.New(c).PunchItems.Create(ctx, projectID, &punchlist.PunchItemCreate{
				Name: "Touch up paint", DueDate: date(2026, time.October, 2), Status: new(punchlist.StatusInputOpen), WorkflowStatus: new(punchlist.WorkflowStatusInitiated),
				AssigneeIDs: []int64{userID}, CostImpact: new(punchlist.ImpactYesKnown), CostImpactAmount: value.NewDecimal(12050, 2),
				CustomFields: value.CustomValues{"49417": 2.5},
			}))
		},
		want: "1201 Touch up paint Open initiated, due 2026-10-02, risk , cost 120.50, by Demo Builders, for Dana Demo, 2.5",
	},
	"filter-punch-items": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &punchlist.PunchItemQuery{Status: punchlist.StatusInputOpen, LocationIDs: []int64{7, 8}, IncludeSublocations: new(true), UpdatedAt: value.Between(day(1), day(2))}
			return rows(showPunchItem)(punchlist.New(c).PunchItems.List(ctx, projectID, query))
		},
		want: "1201 Touch up paint Open , due , risk ml_low, cost 12, by , ball with Chris Lintel,  of -1",
	},
	"update-punch-assignment": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &punchlist.AssignmentUpdate{Status: new(punchlist.AssignmentStatusReadyForReview), Comment: new("Done."), SendEmails: new("true")}
			return one(func(a *punchlist.Assignment) string {
				return fmt.Sprint(a.ID, " ", a.Status, " ", a.Comment, " ", a.NotifiedAt.Format(time.RFC3339), " ", a.Vendor.Name)
			})(punchlist.New(c).Assignments.Update(ctx, projectID, 77, in))
		},
		want: "77 ready_for_review Done. 2026-09-01T08:00:00Z Painters",
	},
	"punch-trades": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(func(o *procore.FilterOption) string { return o.Key + " " + o.Label })(
				punchlist.New(c).FilterOptions.Trades(ctx, projectID, &punchlist.FilterOptionQuery{Query: "pa"}))
		},
		want: "31 Painting",
	},
}

func showDrawing(d *drawings.Drawing) string {
	return fmt.Sprint(d.ID, " ", d.Number, " ", d.Title, " ", d.Discipline)
}

var drawingCalls = map[string]goldenCall{
	"filter-drawing-revisions": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &drawings.RevisionQuery{IDs: []int64{4, 5}, WithObsolete: new(true), Sort: "-id"}
			return rows(func(r *drawings.Revision) string {
				return fmt.Sprint(r.ID, " ", r.Number, " ", r.RevisionNumber, " ", r.DrawingDate, " ", r.PDFURL, " ", r.Discipline.Name, " ", r.DrawingSet.ID)
			})(drawings.New(c).Revisions.List(ctx, projectID, query))
		},
		want: "5 A-101 2 2026-03-04 https://files.example.com/5.pdf Architecture 3 of -1",
	},
	"create-drawing": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &drawings.DrawingCreate{Number: "A-102", Title: new("First floor"), DrawingDiscipline: drawings.DrawingDisciplineInput{Name: new("Architecture")}}
			return one(showDrawing)(drawings.New(c).Drawings.Create(ctx, firstOne, in))
		},
		want: "41 A-102 First floor Architecture",
	},
	"rename-drawing-discipline": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(d *drawings.Discipline) string { return fmt.Sprint(d.ID, " ", d.Name, " ", d.Position) })(
				drawings.New(c).Disciplines.Rename(ctx, projectID, firstOne, "Fire safety"))
		},
		want: "562950043421313 Fire safety 4",
	},
	"create-drawing-area": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(a *drawings.Area) string { return fmt.Sprint(a.ID, " ", a.Name, " ", a.Description) })(
				drawings.New(c).Areas.Create(ctx, projectID, &drawings.AreaInput{Name: new("Tower"), Description: new("Levels 1 to 9")}))
		},
		want: "12 Tower Levels 1 to 9",
	},
}

var submittalCalls = map[string]goldenCall{
	"create-submittal": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &submittals.SubmittalInput{Title: new("Curtain wall"), Number: new("17"), LeadTime: new(int64(30))}
			return one(func(s *submittals.Submittal) string {
				return fmt.Sprint(s.ID, " ", s.Number, " ", s.Title, " ", s.LeadTime, " ", s.Status.Name)
			})(submittals.New(c).Submittals.Create(ctx, projectID, in, &submittals.SubmittalCreateQuery{SendEmails: new(false)}))
		},
		want: "901 17 Curtain wall 30 Open",
	},
	"update-submittal-approver": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(func(a *submittals.Approver) string { return fmt.Sprint(a.ID, " ", a.Comment) })(
				submittals.New(c).Approvers.Update(ctx, projectID, 901, 55, &submittals.ApproverUpdate{Comment: new("Approved as noted")}, nil))
		},
		want: "55 Approved as noted",
	},
	"submittal-number-in-section": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(n *submittals.NextNumber) string { return n.NextNumber })(submittals.New(c).Submittals.NextNumberInSection(ctx, projectID, 31))
		},
		want: "08",
	},
}

var specificationCalls = map[string]goldenCall{
	"create-specification-area": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(a *specifications.Area) string {
				return fmt.Sprint(a.ID, " ", a.Name, " ", a.CreatedAt.Format(time.RFC3339))
			})(
				specifications.New(c).Areas.Create(ctx, projectID, &specifications.AreaInput{Name: new("Tower")}))
		},
		want: "61 Tower 2026-09-01T08:00:01Z",
	},
	"list-specification-revisions": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(r *specifications.RevisionSummary) string {
				return fmt.Sprint(r.ID, " ", r.Number, " ", r.Description, " ", r.Revision, " ", r.IssuedDate)
			})(specifications.New(c).Revisions.List(ctx, projectID, 3, &specifications.RevisionQuery{AllRevisions: new(true)}))
		},
		want: "8 03 30 00 Concrete 1 2026-01-15 of -1",
	},
	"create-specification-division": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &specifications.DivisionCreate{Number: "03", Description: "Concrete"}
			return one(func(d *specifications.Division) string { return fmt.Sprint(d.ID, " ", d.Number, " ", d.Description) })(
				specifications.New(c).Divisions.Create(ctx, projectID, in))
		},
		want: "3 03 Concrete",
	},
}

var documentCalls = map[string]goldenCall{
	"create-folder": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &documents.FolderInput{Name: new("Photos"), ParentID: new(int64(40)), IsTracked: new(true)}
			return one(func(f *documents.Folder) string {
				return fmt.Sprint(f.ID, " ", f.Name, " in ", f.ParentID, " ", f.IsTracked)
			})(
				documents.New(c).Folders.Create(ctx, projectID, in))
		},
		want: "44 Photos in 40 true",
	},
	"filter-documents-v2": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &documents.DocumentQuery{DocumentType: "file", FileTypes: []string{"pdf"}, Search: "plan", Sort: documents.DocumentSortName}
			return rows(func(d *documents.Document) string {
				return fmt.Sprint(d.ID, " ", d.Name, " ", d.DocumentType, " in ", d.PrivateParent.Name)
			})(documents.New(c).Documents.List(ctx, projectID, query))
		},
		want: "45 plan.pdf file in Plans of -1",
	},
	"tag-document": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(tag *procore.IDName) string { return fmt.Sprint(tag.ID, " ", tag.Name) })(
				documents.New(c).CustomTags.Create(ctx, projectID, &documents.CustomTagCreate{Name: "as built", DocumentID: 45}))
		},
		want: "5 as built",
	},
	"set-default-pdf-template": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(p *documents.PDFTemplate) string {
				return fmt.Sprint(p.ID, " ", p.TemplateName, " ", p.DefaultProject, " ", p.PDFConfigOptions.ShowNaItems)
			})(documents.New(c).PDFTemplates.UpdateDefaultProject(ctx, firstOne, &documents.PDFTemplateInput{DefaultProject: new(true)}))
		},
		want: "562950043421313 Short true true",
	},
	"update-document-uploads": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []documentmanagement.UploadUpdate{{ID: "71", UploadStatus: new("submitted")}, {ID: "72"}, {ID: "73"}}
			return one(func(r *procore.BulkResult[documentmanagement.Upload]) string {
				return fmt.Sprint(r.Succeeded[0].ID, ", not ", r.Failed[0].ID, " ", r.Failed[0].Message, ", nothing of ", r.Unaccounted)
			})(documentmanagement.New(c).Uploads.BulkUpdate(ctx, projectID, in))
		},
		want: "71, not 72 not found, nothing of [73]",
	},
	"create-document-uploads": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := map[string]any{"uploads": []map[string]string{{"name": "plan.pdf", "file_upload_id": "up-1"}}}
			return each(func(u *documentmanagement.Upload) string { return fmt.Sprint(u.ID, " ", u.FileLocked) })(
				documentmanagement.New(c).Uploads.BulkCreate(ctx, projectID, in))
		},
		want: "71 false",
	},
	"document-field-values": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return raw(documentmanagement.New(c).Fields.ListValues(ctx, projectID, "Document Type"))
		},
		want: `[{"id": "1", "value": "Drawing"}]`,
	},
	"create-upload": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			const sum = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"
			in := &uploads.UploadCreate{FileName: "plan.pdf", FileSize: 11, ContentType: new("application/pdf"), SHA256: sum, Segments: []uploads.SegmentInput{{Size: 11, SHA256: sum}}}
			return one(func(u *uploads.Upload) string {
				return fmt.Sprint(u.UploadID, " ", u.Status, " to ", u.Segments[0].URL, " ", u.Segments[0].Headers, " until ", u.UploadExpiresAt)
			})(uploads.New(c).Uploads.Create(ctx, projectID, in))
		},
		want: "up-1 ready to https://storage.example.com/up-1/1 map[x-amz-content-sha256:5feceb66] until 1788249600",
	},
	"complete-company-upload": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(u *uploads.Upload) string { return fmt.Sprint(u.UploadID, " ", u.Status) })(
				uploads.New(c).CompanyUploads.Update(ctx, firstText, []string{"a1", "b2"}))
		},
		want: "562950043421313 complete",
	},
	"create-upload-v11": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &uploads.UploadV11Create{ResponseFilename: new("plan.pdf"), ResponseContentType: new("application/pdf")}
			return one(func(u *uploads.UploadV11) string {
				return fmt.Sprint(u.UUID, " ", u.Status, " to ", u.URL, " ", u.Fields)
			})(
				uploads.New(c).UploadsV11.Create(ctx, projectID, in))
		},
		want: "0123 non_segmented to https://storage.example.com/ map[key:0123 policy:p]",
	},
}

var markupCalls = map[string]goldenCall{
	"create-viewer-document": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &markup.ViewerDocumentCreate{ItemID: "42", ItemType: "drawing_revision"}
			return one(func(d *markup.ViewerDocument) string {
				m := d.Markups[0]
				return fmt.Sprint(d.ViewerDocID, " ", d.CombinedXFDF, " ", m.MarkupType, " ", m.MarkupContext, " by ", m.CreatedByName, " ", d.Permissions.AllowedActions)
			})(markup.New(c).ViewerDocuments.Create(ctx, projectID, in, &markup.ViewerDocumentCreateQuery{CombinedXFDF: new(true)}))
		},
		want: "9a <xfdf/> cloud PIN by Dana Demo [edit]",
	},
	"delete-markups": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []markup.MarkupDelete{{XFDFID: "x-1"}, {ID: new("2"), XFDFID: "x-2"}}
			return done(markup.New(c).Markups.Delete(ctx, projectID, firstText, in))
		},
	},
	"list-stamps": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(s *markup.Stamp) string {
				return fmt.Sprint(s.ID, " ", s.Title, " ", s.CustomProperties.UserName, " ", s.FontStyle.FontFamily, " ", s.FontStyle.Size)
			})(markup.New(c).Stamps.List(ctx, projectID, &markup.StampQuery{SearchText: "ok"}))
		},
		want: "3 OK true Arial 12 of -1",
	},
	"create-markup-layer": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &markup.LayerCreate{Name: "Review", Type: "PRIVATE", ContextID: "5", OrderIndex: value.NewDecimal(15, 1)}
			return raw(markup.New(c).Layers.Create(ctx, projectID, in))
		},
		want: `{"id": "8", "name": "Review"}`,
	},
}

var modelCalls = map[string]goldenCall{
	"create-bim-model": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &bim.ModelCreate{Title: "Structure", AutoPublish: new(true), View: new(bim.ViewExtended)}
			return one(func(m *bim.Model) string {
				return fmt.Sprint(m.ID, " ", m.Title, " ", m.AutoPublish, " ", m.RevisionsCount)
			})(
				bim.New(c).Models.Create(ctx, projectID, in))
		},
		want: "21 Structure true 0",
	},
	"create-bim-levels": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []bim.LevelBulkCreate{{Elevation: value.NewDecimal(325, 2), BIMFileID: 4, LocationID: 7}, {Elevation: value.NewDecimal(65, 1), BIMFileID: 4}}
			return one(func(b *bim.LevelBatch) string {
				return fmt.Sprint(b.BIMLevels[0].ID, " at ", b.BIMLevels[0].Elevation, ", not at ", b.Errors[0].Elevation, ": ", b.Errors[0].Errors)
			})(bim.New(c).Levels.BulkCreate(ctx, projectID, in))
		},
		want: "31 at 3.25, not at 6.5: map[location_id:[does not exist]]",
	},
	"dissociate-viewpoint": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(bim.New(c).Viewpoints.Dissociate(ctx, projectID, firstOne, "CoordinationIssue", 77))
		},
	},
	"mint-bim-token": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(m *bim.MintToken) string { return fmt.Sprint(m.AccessToken, " ", m.AccessToken.Reveal()) })(
				bim.New(c).MintTokens.Create(ctx, projectID))
		},
		want: "[redacted] demo-bim-token-00000001",
	},
	"create-issue": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &coordination.IssueCreate{
				Title: "Duct through beam", Priority: new(coordination.IssuePriorityHigh), IssueType: new(coordination.IssueTypeClash), DueDate: date(2026, time.October, 1),
				Viewpoints: []coordination.IssueViewpointInput{{SnapshotUploadUUID: "0123", CameraData: "{}", Visibility: &coordination.VisibilityInput{
					DefaultVisibility: new(true), Exceptions: &coordination.VisibilityExceptionInput{ObjectRanges: [][]int64{{4, 9}}},
				}}},
			}
			return one(func(i *coordination.Issue) string {
				return fmt.Sprint(i.ID, " ", i.IssueNumber, " ", i.Title, " ", i.Status, " ", i.DueDate, " ", i.Viewpoints[0].Visibility.Exceptions.ObjectRanges)
			})(coordination.New(c).Issues.Create(ctx, projectID, in))
		},
		want: "401 12 Duct through beam open 2026-10-01 [[4 9]]",
	},
	"restore-issue": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return done(coordination.New(c).Issues.Restore(ctx, projectID, deletedOne))
		},
	},
	"issue-statuses": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(s *coordination.StatusChoice) string { return s.Data[0].ActionLabel + " " + s.Actions[0].Label })(
				coordination.New(c).Issues.NextStatuses(ctx, projectID, firstOne))
		},
		want: "Close Escalate",
	},
	"filter-workflow-issues": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &coordination.WorkflowIssueQuery{IDs: []string{"5"}, DueDate: value.Between(day(1), day(31)), Sort: "-due_date", View: "extended"}
			return rows(func(i *coordination.WorkflowIssue) string {
				return fmt.Sprint(i.ID, " ", i.Title, " ", i.Status, " ", i.DueDate, " ", i.Assignee.Name, " ", i.Permissions.CanEdit)
			})(coordination.New(c).WorkflowIssues.List(ctx, projectID, query))
		},
		want: "5 Door swing open 2026-09-20 Dana Demo true of -1",
	},
}

var emailCalls = map[string]goldenCall{
	"send-email": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &emails.Message{Body: new("See attached."), DistributionIDs: []int64{userID}, UploadIDs: []string{"0123"}}
			return one(func(e *emails.Communication) string {
				return fmt.Sprint(e.ID, " ", e.Subject, " ", e.Emails[0].Body, " by ", e.Emails[0].LoginInformation.Name)
			})(emails.New(c).Communications.Send(ctx, projectID, "rfi", rfiID, firstOne, in))
		},
		want: "562950043421313 Beam See attached. by Dana Demo",
	},
	"topic-emails": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(e *emails.TopicEmails) string {
				return fmt.Sprint(e.Total, " ", e.Emails[0].Subject, " to ", e.Emails[0].Distribution[0].Initials, " ", e.NewCommunicationEmail)
			})(emails.New(c).Communications.Emails(ctx, projectID, "rfi", rfiID))
		},
		want: "1 Beam to CL topic@example.com",
	},
	"filter-email-tags": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(tag *procore.IDName) string { return fmt.Sprint(tag.ID, " ", tag.Name) })(
				emails.New(c).Tags.List(ctx, projectID, &emails.TagQuery{Search: "urg"}))
		},
		want: "4 urgent of -1",
	},
	"create-email-tag": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(tag *procore.IDName) string { return fmt.Sprint(tag.ID, " ", tag.Name) })(
				emails.New(c).Tags.Create(ctx, projectID, &emails.TagCreate{Title: "urgent"}))
		},
		want: "4 urgent",
	},
}
