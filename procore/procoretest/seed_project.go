package procoretest

import (
	"fmt"
	"time"
)

var subjects = []string{"Slab thickness at grid", "Door hardware of room", "Duct clash near shaft", "Paint colour of wing", "Anchor bolts of column",
	"Fire rating of wall", "Drain slope at axis", "Conduit route on level"}

// rfi makes the i-th RFI of a project: six of ten are open, three closed, one a
// draft. Every twentieth has {} where its questions' errors are a list, as the
// platform is known to send.
func (s *sower) rfi(project int64, company, i int, people, firms []record) {
	r := s.newRFI(project, company, i, people, firms)
	switch {
	case i%10 >= 7 && i%10 < 9, i%10 == 3:
		r["accepted"], r["time_resolved"] = true, firstDay.AddDate(0, 0, -i).Format(time.RFC3339)
	case i%10 == 9:
		r["draft"] = true
	}
	settleRFI(s.platform, r, nil)
	r = s.put("rfis", r)
	for n := range (i + 1) % 4 {
		s.reply(r, n, r["status"] == "closed" && n == 0)
	}
}

func (s *sower) recycledRFI(project int64, company int, people []record) {
	r := s.newRFI(project, company, rfisPerProject, people, nil)
	r["deleted"], r["deleted_at"] = true, firstDay.AddDate(0, 0, -3).Format(time.RFC3339)
	settleRFI(s.platform, r, nil)
	s.put("rfis", r)
}

func (s *sower) newRFI(project int64, company, i int, people, firms []record) record {
	assignee, manager := pick(s.one(people), aUser), pick(s.one(people), aUser)
	subject := fmt.Sprintf("%s %d", subjects[s.rand.IntN(len(subjects))], i+1)
	var wrong any = []any{}
	if i%20 == 10 {
		wrong = record{}
	}
	r := record{
		"company_id": companyID(company), "project_id": project, "number": s.next("RFIs", project), "prefix": nil, "subject": subject,
		"private": i%13 == 0, "accepted": false, "draft": false, "deleted": false, "deleted_at": nil, "due_date": day(i - 10),
		"created_by": s.person(demoUserID), "assignee": assignee, "assignees": []any{assignee}, "rfi_manager": manager,
		"received_from": pick(s.one(people), aUser), "initiated_at": firstDay.AddDate(0, 0, -60+i).Format(time.RFC3339),
		"cost_impact":     record{"status": "yes_known", "value": fmt.Sprintf("%d.%02d", 100*i, i)},
		"schedule_impact": record{"status": "yes_known", "value": i % 5},
		"location":        record{"id": idBase + 40_001 + int64(i%4), "name": fmt.Sprintf("Level %d", i%4+1), "node_name": fmt.Sprintf("Level %d", i%4+1), "parent_id": nil},
		"location_id":     idBase + 40_001 + int64(i%4), "reference": nil, "drawing_ids": []any{}, "distribution_list": []any{manager},
		"custom_fields": s.customFields(i), "cost_code": nil, "sub_job": nil, "project_stage": nil, "responsible_contractor": nil,
		"questions": []any{record{
			"id": s.newID("questions"), "body": subject + "?", "plain_text_body": subject + "?", "rich_text_body": "<p>" + subject + "?</p>",
			"question_date": firstDay.AddDate(0, 0, -60+i).Format(time.RFC3339), "created_by": demoUser, "attachments": []any{}, "answers": []any{}, "errors": wrong,
		}},
	}
	if len(firms) > 0 {
		r["responsible_contractor"] = pick(s.one(firms), aThing)
	}
	return r
}

func (s *sower) reply(rfi record, n int, official bool) {
	text := fmt.Sprintf("See detail %d.", n+1)
	s.put("replies", record{
		"company_id": rfi["company_id"], "project_id": rfi["project_id"], "rfi_id": rfi["id"], "official": official,
		"answer_date": firstDay.AddDate(0, 0, -20+n).Format(time.RFC3339), "plain_text_body": text, "rich_text_body": "<p>" + text + "</p>",
		"created_by": demoUser, "created_by_id": demoUserID, "attachments": []any{},
	})
}

func (s *sower) submittal(project int64, company, i int, people, firms []record) {
	r := record{
		"company_id": companyID(company), "project_id": project, "number": s.next("submittals", project), "revision": "0", "title": fmt.Sprintf("Shop drawing %d", i+1),
		"current_revision": true, "private": false, "due_date": day(i), "status": submittalStates[i%3], "type": "Shop Drawing",
		"created_by": s.person(demoUserID), "received_from": pick(s.one(people), aUser), "submittal_manager": pick(s.one(people), aUser),
		"responsible_contractor": pick(s.one(firms), aThing), "distribution_members": []any{}, "ball_in_court": []any{pick(s.one(people), aUser)},
		"approvers": []any{}, "drawing_ids": []any{}, "lead_time": 10 + i, "custom_fields": s.customFields(i), "deleted": i == submittalsPer-1,
	}
	if r["deleted"] == true {
		r["deleted_at"] = firstDay.AddDate(0, 0, -2).Format(time.RFC3339)
	}
	settleSubmittal(s.platform, r, record{})
	s.put("submittals", r)
}

func (s *sower) observation(project int64, company, i int, people []record) {
	kinds := s.state.Where("observation_types", func(r record) bool { return r["company_id"] == companyID(company) })
	r := record{
		"company_id": companyID(company), "project_id": project, "number": s.next("observations", project), "name": fmt.Sprintf("Observation %d", i+1),
		"description": "Seen on the walk.", "status": []string{"initiated", "ready_for_review", "not_accepted", "closed"}[i%4],
		"priority": []string{"Low", "Medium", "High", "Urgent"}[s.rand.IntN(4)], "due_date": day(i), "personal": false,
		"type": pick(kinds[i%len(kinds)], []string{"id", "name", "category", "category_key", "active"}), "created_by": s.person(demoUserID),
		"assignee": pick(s.one(people), []string{"id", "name", "vendor"}), "distribution_members": []any{}, "attachments": []any{},
		"custom_fields": s.customFields(i), "deleted": i == observationsPer-1, "permissions": record{"can_edit": true},
	}
	if r["deleted"] == true {
		r["deleted_at"] = firstDay.AddDate(0, 0, -1).Format(time.RFC3339)
	}
	r = s.put("observations", r)
	if i == 0 {
		s.put("response_logs", record{
			"company_id": r["company_id"], "project_id": project, "item_id": r["id"], "status": "Initiated", "comment": "Looking at it.",
			"created_by": pick(s.person(demoUserID), aThing), "created_by_name": demoUser, "attachments": []any{},
		})
	}
}

// hook makes a hook of a project, or of the company if project is nil, with
// two triggers and a few deliveries.
func (s *sower) hook(company int, project any) {
	r := record{
		"company_id": companyID(company), "project_id": project, "status": "active", "api_version": "v2", "namespace": "demo-app",
		"destination_url": "https://hooks.example.com/procore", "destination_headers": record{"Authorization": "demo-hook-secret"},
		"owned_by_company_id": companyID(company), "owned_by_project_id": project, "owned_by_user_id": demoUserID,
	}
	if project != nil {
		r["owned_by_company_id"] = nil
	}
	settleHook(s.platform, r, nil)
	hook := s.put("hooks", r)["id"]
	for _, kind := range []string{"CREATE", "UPDATE"} {
		s.put("triggers", record{"company_id": companyID(company), "project_id": project, "hook_id": hook, "webhook_hook_id": hook,
			"resource_name": "RFIs", "resource_id": nil, "event_type": kind, "user_id": demoUserID})
	}
	for n, outcome := range []string{"ok", "ok", "retried", "failed", "discarded"} {
		s.delivery(company, project, hook, n, outcome)
	}
}

func (s *sower) delivery(company int, project, hook any, n int, outcome string) {
	at := firstDay.AddDate(0, 0, -1).Add(time.Duration(n) * time.Minute)
	event := record{
		"id": idBase + 30_001 + int64(n), "ulid": fmt.Sprintf("01DEMO%020d", n+1), "timestamp": at.Format("2006-01-02T15:04:05.000000Z"),
		"user_id": demoUserID, "company_id": companyID(company), "project_id": project, "api_version": "v2", "event_type": "create",
		"resource_name": "RFIs", "resource_id": spans["rfis"] + 1 + int64(n),
		"metadata": record{"source_user_id": demoUserID, "source_project_id": project, "source_company_id": companyID(company),
			"source_operation_id": nil, "source_application_id": "demo-procore-client-id"},
	}
	status := map[string]any{"ok": 200, "retried": 500, "failed": 500, "discarded": nil}[outcome]
	s.put("deliveries", record{
		"company_id": companyID(company), "project_id": project, "hook_id": hook, "event": event, "event_id": event["id"], "outcome": outcome,
		"status":          map[string]string{"ok": "delivered", "retried": "retrying", "failed": "failed", "discarded": "discarded"}[outcome],
		"response_status": status, "response_headers": record{"content-type": "text/plain"}, "response_body": "", "response_error": nil,
		"started_at": at.Format(time.RFC3339), "completed_at": at.Add(time.Second).Format(time.RFC3339), "payload": event, "delivery_attempts": []any{},
	})
}
