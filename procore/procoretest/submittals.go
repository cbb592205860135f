package procoretest

import (
	"net/http"
	"strconv"

	"github.com/cordage-go/cordage/internal/emulate"
)

var submittals = &resource{
	collection: "submittals", label: "submittal", wrapper: "submittal", like: "GET " + logPath + "/{id}", recycled: true,
	links: map[string]link{
		"distribution_member_ids":   {"distribution_members", "users", aUser},
		"received_from_id":          {"received_from", "users", aUser},
		"submittal_manager_id":      {"submittal_manager", "users", aUser},
		"responsible_contractor_id": {"responsible_contractor", "vendors", aThing},
	},
	begin: func(c *call, sent record) record {
		return record{
			"number": strconv.Itoa(nextSubmittal(c.p, c.scope["project_id"])), "revision": "0", "current_revision": true, "private": false,
			"created_by": c.p.person(demoUserID), "status": submittalStates[0], "ball_in_court": []any{}, "approvers": []any{},
			"distribution_members": []any{}, "drawing_ids": []any{}, "custom_fields": record{}, "deleted": false, "attachments_count": 0,
		}
	},
	settle: settleSubmittal,
}

var submittalStates = []record{
	{"id": idBase + 70_001, "name": "Open", "status": "Open"},
	{"id": idBase + 70_002, "name": "Closed", "status": "Closed"},
	{"id": idBase + 70_003, "name": "Draft", "status": "Draft"},
}

func submittalRoutes() map[string]handler {
	one := logPath + "/{id}"
	return map[string]handler{
		"GET " + logPath:                            submittals.list,
		"POST " + logPath:                           submittals.create,
		"GET " + one:                                submittals.read,
		"PATCH " + one:                              submittals.update,
		"DELETE " + one:                             submittals.remove,
		"GET " + one + ".pdf":                       submittals.pdf,
		"GET " + logPath + "/recycle_bin":           submittals.bin,
		"GET " + logPath + "/next_available_number": nextNumber,
		"GET " + logPath + "/next_available_number/{spec_section_id}": nextNumber,
	}
}

// settleSubmittal writes members that follow from others. The body's type is
// text and status_id a number; records show objects.
func settleSubmittal(_ *platform, r, sent record) {
	r["formatted_number"] = emulate.IDText(r["number"]) + "." + emulate.IDText(r["revision"])
	if text, ok := r["type"].(string); ok {
		r["type"] = record{"id": idBase + 71_001, "name": text, "translated_name": text}
	}
	if id, ok := sent["status_id"]; ok {
		for _, state := range submittalStates {
			if emulate.IDText(state["id"]) == emulate.IDText(id) {
				r["status"] = emulate.Copy(state)
			}
		}
	}
}

func nextSubmittal(p *platform, project string) int {
	return p.state.NextID("numbers of submittals in " + project)
}

// nextNumber tells the number after the highest one.
func nextNumber(c *call) (emulate.Answer, error) {
	next := 1
	for _, r := range submittals.all(c, func(record) bool { return true }) {
		if n, err := strconv.Atoi(emulate.IDText(r["number"])); err == nil {
			next = max(next, n+1)
		}
	}
	return c.one(http.StatusOK, record{"next_number": strconv.Itoa(next)}, ""), nil
}
