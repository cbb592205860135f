package procoretest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

var rfis = &resource{
	collection: "rfis", label: "RFI", wrapper: "rfi", like: "GET " + rfiPath + "/{id}", recycled: true,
	links: map[string]link{
		"assignee_id":                        {"assignee", "users", aUser},
		"assignee_ids":                       {"assignees", "users", aUser},
		"required_assignee_ids":              {"required_assignees", "users", aUser},
		"ball_in_court_id":                   {"ball_in_court", "users", aUser},
		"distribution_ids":                   {"distribution_list", "users", aUser},
		"received_from_login_information_id": {"received_from", "users", aUser},
		"rfi_manager_id":                     {"rfi_manager", "users", aUser},
		"responsible_contractor_id":          {"responsible_contractor", "vendors", aThing},
	},
	begin: beginRFI, check: checkRFI, settle: settleRFI, detail: withAnswers,
}

var replies = &resource{
	collection: "replies", label: "reply", wrapper: "reply",
	begin: func(c *call, sent record) record {
		return record{"official": false, "answer_date": c.p.now(), "created_by": demoUser, "created_by_id": demoUserID, "attachments": []any{},
			"plain_text_body": sent["body"], "rich_text_body": paragraph(sent["body"])}
	},
}

func rfiRoutes() map[string]handler {
	one := rfiPath + "/{id}"
	reply := rfiPath + "/{rfi_id}/replies"
	pass := turnRFI(func(p *platform, r record) { passOn(r) })
	return map[string]handler{
		"GET " + rfiPath:                          rfis.list,
		"POST " + rfiPath:                         rfis.create,
		"PATCH " + rfiPath:                        changeRFIs,
		"GET " + one:                              rfis.read,
		"PATCH " + one:                            rfis.update,
		"GET " + one + ".pdf":                     rfis.pdf,
		"GET " + rfiPath + "/export":              exportRFIs,
		"GET " + v11 + inProject + "/rfis/export": exportRFIs,
		"GET " + rfiPath + "/recycle_bin":         rfis.bin,
		"PATCH " + one + "/recycle":               recycleRFI(true),
		"PATCH " + one + "/retrieve":              recycleRFI(false),
		"PATCH " + one + "/advance_ball_in_court": pass,
		"PATCH " + one + "/forward_for_review":    pass,
		"PATCH " + v11 + inProject + "/rfis/{id}/advance_ball_in_court": pass,
		"PATCH " + v11 + inProject + "/rfis/{id}/forward_for_review":    pass,
		"GET " + rfiPath + "/potential_assignees":                       projectUsers.list,
		"GET " + rfiPath + "/potential_rfi_managers":                    projectUsers.list,
		"GET " + reply:              ofRFI(replies.list),
		"POST " + reply:             ofRFI(createReply),
		"GET " + reply + "/{id}":    ofRFI(replies.read),
		"PATCH " + reply + "/{id}":  ofRFI(replies.update),
		"DELETE " + reply + "/{id}": ofRFI(replies.remove),
	}
}

// beginRFI numbers a new RFI in its project and puts the ball into the court
// of its assignees.
func beginRFI(c *call, sent record) record {
	n := c.p.state.NextID("numbers of RFIs in " + c.scope["project_id"])
	question, _ := sent["question"].(record)
	return record{
		"number": strconv.Itoa(n), "prefix": nil, "status": "open", "private": false, "accepted": false, "deleted": false, "draft": false,
		"created_by": c.p.person(demoUserID), "initiated_at": c.p.now(), "assignees": []any{}, "ball_in_courts": []any{},
		"distribution_list": []any{}, "drawing_ids": []any{}, "custom_fields": record{},
		"questions": []any{record{
			"id": c.p.newID("questions"), "body": question["body"], "plain_text_body": question["body"], "rich_text_body": paragraph(question["body"]),
			"question_date": c.p.now(), "created_by": demoUser, "attachments": []any{}, "answers": []any{}, "errors": []any{},
		}},
	}
}

// checkRFI demands somebody to answer, which descriptions leave out and the
// platform is known to want, and a question that says something.
func checkRFI(_ *call, sent record, broken rules) {
	draft, _ := sent["draft"].(bool)
	if !draft && isBlank(sent["assignee_ids"]) && isBlank(sent["assignee_id"]) && isBlank(sent["required_assignee_ids"]) {
		broken.add("assignees", "required")
	}
	if question, ok := sent["question"].(record); ok && isBlank(question["body"]) {
		broken.add("question", "body "+blank)
	}
}

// settleRFI draws the conclusions of a change: a draft is not open, an
// accepted RFI is closed, and a closed one is in nobody's court. An official
// reply alone closes nothing.
func settleRFI(_ *platform, r, sent record) {
	r["full_number"] = emulate.IDText(r["prefix"]) + emulate.IDText(r["number"])
	if assignees, _ := r["assignees"].([]any); isBlank(r["assignee"]) && len(assignees) > 0 {
		r["assignee"] = assignees[0]
	} else if len(assignees) == 0 && !isBlank(r["assignee"]) {
		r["assignees"] = []any{r["assignee"]}
	}
	accepted := r["accepted"] == true
	switch {
	case r["deleted"] == true:
		r["status"] = "recycled"
	case accepted:
		r["status"] = "closed"
		if isBlank(r["time_resolved"]) {
			r["time_resolved"] = r["updated_at"]
		}
	case r["draft"] == true:
		r["status"] = "draft"
	default:
		r["status"], r["time_resolved"] = "open", nil
	}
	r["translated_status"] = translated(r["status"])
	if accepted {
		r["ball_in_court"], r["ball_in_courts"] = nil, []any{}
		return
	}
	if isBlank(r["ball_in_court"]) || sent["assignee_ids"] != nil || sent["assignee_id"] != nil {
		r["ball_in_courts"] = r["assignees"]
		r["ball_in_court"] = r["assignee"]
	} else {
		r["ball_in_courts"] = []any{r["ball_in_court"]}
	}
}

func translated(status any) string {
	return map[any]string{"open": "Open", "closed": "Closed", "draft": "Draft", "recycled": "Recycled"}[status]
}

// passOn gives the ball to the manager, or back to the assignee.
func passOn(r record) {
	next := r["rfi_manager"]
	if court, ok := r["ball_in_court"].(record); ok {
		if manager, ok := next.(record); ok && emulate.IDText(court["id"]) == emulate.IDText(manager["id"]) {
			next = r["assignee"]
		}
	}
	r["ball_in_court"], r["ball_in_courts"] = next, []any{next}
}

// turnRFI is an action on one RFI. What it answers is not documented: here the RFI.
func turnRFI(turn func(*platform, record)) handler {
	return func(c *call) (emulate.Answer, error) {
		if _, err := rfis.find(c, c.Values["id"]); err != nil {
			return emulate.Answer{}, err
		}
		now := c.p.now()
		r, ok := c.p.state.Update("rfis", c.Values["id"], func(r record) {
			turn(c.p, r)
			r["updated_at"] = now
		})
		if !ok {
			return emulate.Answer{}, notFound("RFI", c.Values["id"])
		}
		return rfis.show(c, r), nil
	}
}

func recycleRFI(gone bool) handler {
	return func(c *call) (emulate.Answer, error) {
		r, err := rfis.find(c, c.Values["id"])
		if err != nil {
			return emulate.Answer{}, err
		}
		if deleted(r) == gone {
			return emulate.Answer{}, invalid(rules{"status": {"is " + emulate.IDText(r["status"]) + " already"}})
		}
		return rfis.show(c, rfis.recycle(c, c.Values["id"], gone)), nil
	}
}

// changeRFIs changes several RFIs of a project; all or none.
func changeRFIs(c *call) (emulate.Answer, error) {
	body, err := c.object()
	if err != nil {
		return emulate.Answer{}, err
	}
	updates, ok := body["data"].([]any)
	if !ok {
		return emulate.Answer{}, missingMember("data")
	}
	for _, update := range updates {
		sent, ok := update.(record)
		if !ok {
			return emulate.Answer{}, badBody(errors.New("data must be a list of objects"))
		}
		if _, err := rfis.find(c, emulate.IDText(sent["id"])); err != nil {
			return emulate.Answer{}, err
		}
	}
	changed := []any{}
	for _, update := range updates {
		sent, _ := update.(record)
		r, err := rfis.change(c, sent["id"], withPeople(c, c.p.coerced(sent, elem(c.bodyType("data")))))
		if err != nil {
			return emulate.Answer{}, err
		}
		changed = append(changed, c.p.renderTop(r, c.p.typeOf(rfis.like)))
	}
	return emulate.JSON(http.StatusOK, changed), nil
}

// withPeople turns add_assignee_ids and its like into whole lists.
func withPeople(c *call, sent record) record {
	r, _ := c.p.state.Get("rfis", sent["id"])
	for list, member := range map[string]string{"assignee_ids": "assignees", "distribution_ids": "distribution_list"} {
		added, adds := sent["add_"+list].([]any)
		removed, removes := sent["remove_"+list].([]any)
		if !adds && !removes {
			continue
		}
		ids := []any{}
		people, _ := r[member].([]any)
		for _, person := range people {
			id := person.(record)["id"]
			if !slices.ContainsFunc(removed, func(gone any) bool { return emulate.IDText(gone) == emulate.IDText(id) }) {
				ids = append(ids, id)
			}
		}
		sent[list] = append(ids, added...)
		delete(sent, "add_"+list)
		delete(sent, "remove_"+list)
	}
	return sent
}

// pdf sends the caller to the storage.
func (res *resource) pdf(c *call) (emulate.Answer, error) {
	if _, err := res.find(c, c.Values["id"]); err != nil {
		return emulate.Answer{}, err
	}
	return c.p.redirectToFile(fmt.Sprintf("%s-%s.pdf", res.collection, c.Values["id"])), nil
}

// exportRFIs answers the file itself. Which format is the usual one is not
// documented: here PDF.
func exportRFIs(c *call) (emulate.Answer, error) {
	switch format := c.query.Get("export_format"); format {
	case "", "pdf":
		return emulate.Text(c.success(), "application/pdf", "%PDF-1.4\n% RFIs of the Procore emulator\n%%EOF\n"), nil
	case "csv":
		var text strings.Builder
		text.WriteString("Number,Subject,Status\n")
		for _, r := range rfis.all(c, alive) {
			fmt.Fprintf(&text, "%v,%q,%v\n", r["number"], r["subject"], r["status"])
		}
		return emulate.Text(c.success(), "text/csv; charset=utf-8", text.String()), nil
	default:
		return emulate.Answer{}, badParameter("export_format", "%q is neither pdf nor csv", format)
	}
}

// ofRFI answers 404 if the path names an RFI that the project does not have.
func ofRFI(h handler) handler {
	return func(c *call) (emulate.Answer, error) {
		r, ok := c.p.state.Get("rfis", c.Values["rfi_id"])
		if !ok || emulate.IDText(r["project_id"]) != c.scope["project_id"] {
			return emulate.Answer{}, notFound("RFI", c.Values["rfi_id"])
		}
		return h(c)
	}
}

// withAnswers shows the replies of an RFI as answers of its first question.
// Lists never have them.
func withAnswers(c *call, r record) {
	questions, _ := r["questions"].([]any)
	if len(questions) == 0 {
		return
	}
	question, _ := questions[0].(record)
	answers, shape := []any{}, c.p.typeOf("GET "+rfiPath+"/{rfi_id}/replies/{id}")
	for _, reply := range c.p.state.Where("replies", func(reply record) bool { return reply["rfi_id"] == r["id"] }) {
		answers = append(answers, c.p.renderTop(reply, shape))
	}
	question["answers"] = answers
}

// createReply answers the RFI's question. It closes nothing, official or not.
func createReply(c *call) (emulate.Answer, error) {
	sent, err := c.wrapped("reply")
	if err != nil {
		return emulate.Answer{}, err
	}
	if isBlank(sent["body"]) {
		return emulate.Answer{}, invalid(rules{"body": {blank}})
	}
	r, err := replies.make(c, sent)
	if err != nil {
		return emulate.Answer{}, err
	}
	return c.one(c.success(), r, ""), nil
}

func paragraph(body any) any {
	if text, ok := body.(string); ok {
		return "<p>" + text + "</p>"
	}
	return nil
}
