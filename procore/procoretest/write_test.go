package procoretest_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"strings"
	"sync"
	"testing"
)

func newRFI(c *caller, subject string) object {
	return object{
		"subject": subject, "assignee_ids": []any{c.server.UserID}, "rfi_manager_id": c.server.UserID, "question": object{"body": "Why?"},
		"due_date": "2026-13-45", "custom_field_49417": 4.5,
	}
}

func TestRFILife(t *testing.T) {
	c := start(t, nil)
	created := c.do("POST", c.rfis(), object{"rfi": newRFI(c, "Beam")}).want(t, 201,
		`"status":"open"`, `"number":"42"`, `"due_date":null`, `"custom_field_49417":{"data_type":"decimal","value":4.5}`, `"plain_text_body":"Why?"`).object(t)
	one := fmt.Sprintf("%s/%v", c.rfis(), created["id"])
	if created["ball_in_court"].(object)["name"] != "Dana Demo" {
		t.Errorf("ball in court: %v", created["ball_in_court"])
	}

	c.do("PATCH", one, object{"rfi": object{"subject": "Column"}}).want(t, 200, `"subject":"Column"`, `"name":"Dana Demo"`)
	c.do("PATCH", one, object{"rfi": object{"subject": ""}}).want(t, 200)
	c.do("PATCH", one, object{"subject": "x"}).want(t, 400, "rfi")
	c.do("PATCH", one, object{"rfi": object{"assignee_ids": []any{12}}}).want(t, 422, `"assignee_ids":["12 does not exist"]`)

	reply := c.do("POST", one+"/replies", object{"reply": object{"body": "Because", "official": true}}).want(t, 201, `"plain_text_body":"Because"`, `"official":true`).object(t)
	c.get(one).want(t, 200, `"status":"open"`, `"plain_text_body":"Because"`)
	c.do("PATCH", fmt.Sprintf("%s/replies/%v", one, reply["id"]), object{"reply": object{"official": false}}).want(t, 200, `"official":false`, "Because")
	c.do("DELETE", fmt.Sprintf("%s/replies/%v", one, reply["id"]), nil).want(t, 200)
	c.get(fmt.Sprintf("%s/replies/%v", one, reply["id"])).want(t, 404)
	c.do("POST", c.rfis()+"/1/replies", object{"reply": object{"body": "x"}}).want(t, 404)

	c.do("PATCH", one, object{"rfi": object{"accepted": true}}).want(t, 200, `"status":"closed"`, `"ball_in_court":null`)
	c.do("PATCH", one+"/recycle", nil).want(t, 200, `"status":"recycled"`)
	c.do("PATCH", one+"/recycle", nil).want(t, 422, "recycled already")
	if n := len(c.get(c.rfis()+"/recycle_bin").want(t, 200).list(t)); n != 2 {
		t.Errorf("%d RFIs in the bin, want 2", n)
	}
	if strings.Contains(c.get(c.rfis()).text, fmt.Sprint(created["id"])) {
		t.Error("a recycled RFI is listed")
	}
	c.do("PATCH", one+"/retrieve", nil).want(t, 200, `"status":"closed"`)
	c.do("PATCH", c.rfis(), object{"data": []object{{"id": created["id"], "subject": "All"}}}).want(t, 200, `"subject":"All"`)
	c.do("PATCH", c.rfis(), object{"data": []object{{"id": 1, "subject": "All"}}}).want(t, 404)
}

func TestFormBodies(t *testing.T) {
	c := start(t, nil)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, field := range [][2]string{
		{"rfi[subject]", "Multi"}, {"rfi[question][body]", "Why?"}, {"rfi[private]", "true"},
		{"rfi[assignee_ids][]", fmt.Sprint(c.server.UserID)}, {"rfi[rfi_manager_id]", fmt.Sprint(c.server.UserID)},
	} {
		if err := w.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("attachments[]", "plan.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("%PDF")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rfi := c.send("POST", c.rfis(), w.FormDataContentType(), &body).want(t, 201, `"subject":"Multi"`, `"private":true`).object(t)
	for _, r := range c.server.Records("rfis") {
		if fmt.Sprint(r["id"]) != fmt.Sprint(rfi["id"]) {
			continue
		}
		if files, _ := r["attachments"].([]any); len(files) != 1 || files[0].(object)["filename"] != "plan.pdf" {
			t.Errorf("attachments %v", r["attachments"])
		}
	}
	form := "vendor[name]=Form+Works&company_id=" + fmt.Sprint(c.server.CompanyID)
	c.send("POST", "/rest/v1.0/vendors", "application/x-www-form-urlencoded", strings.NewReader(form)).want(t, 201, `"name":"Form Works"`)
	c.send("POST", "/rest/v1.0/vendors", "application/x-www-form-urlencoded", strings.NewReader("vendor[name=x")).want(t, 400, "brackets")
}

func TestSync(t *testing.T) {
	c := start(t, nil)
	known := c.server.Records("vendors")[0]
	updates := []object{
		{"id": known["id"], "name": "By Id"},
		{"origin_id": "ERP-1-002", "name": "By Origin"},
		{"origin_id": "NEW-1", "name": "Made"},
		{"id": known["id"], "origin_id": "ERP-X"},
		{"id": 12, "name": "Nobody"},
		{"origin_id": "NEW-2"},
	}
	a := c.do("PATCH", "/rest/v1.0/vendors/sync", object{"company_id": c.server.CompanyID, "updates": updates}).want(t, 200,
		`{"errors":{"id":["does not exist"]},"id":12,"name":"Nobody"}`, `{"errors":{"name":["can't be blank"]},"origin_id":"NEW-2"}`)
	answer := a.object(t)
	if len(answer["entities"].([]any)) != 4 || len(answer["errors"].([]any)) != 2 {
		t.Errorf("answer %.500s", a.text)
	}
	if n := len(c.server.Records("vendors")); n != c.server.Seeded["vendors"]+1 {
		t.Errorf("%d vendors, want one more than %d", n, c.server.Seeded["vendors"])
	}
	changed, _ := c.server.Record("vendors", known["id"].(int64))
	if changed["name"] != "By Id" || changed["origin_id"] != "ERP-X" {
		t.Errorf("changed to %v, %v", changed["name"], changed["origin_id"])
	}
}

func TestPeople(t *testing.T) {
	c := start(t, nil)
	company := fmt.Sprintf("/rest/v1.3/companies/%d/users", c.server.CompanyID)
	project := fmt.Sprintf("/rest/v1.0/projects/%d/users", c.server.ProjectID)
	c.do("POST", company, object{"user": object{"last_name": "Beam", "email_address": "nowhere"}}).want(t, 422, `"email_address":["is invalid"]`)
	user := c.do("POST", company, object{"user": object{"first_name": "Ann", "last_name": "Beam", "email_address": "ann@example.com"}}).
		want(t, 201, `"name":"Ann Beam"`, `"initials":"AB"`).object(t)
	one := fmt.Sprintf("%s/%v", project, user["id"])
	c.get(one).want(t, 404)
	c.do("POST", one+"/actions/add", object{"user": object{}}).want(t, 201, `"name":"Ann Beam"`)
	c.get(one).want(t, 200)
	c.do("DELETE", one+"/actions/remove", nil).want(t, 204)
	c.get(one).want(t, 404)
	c.do("PATCH", fmt.Sprintf("%s/%v", company, user["id"]), object{"user": object{"is_active": false}}).want(t, 200)
	inactive := fmt.Sprintf("/rest/v1.0/companies/%d/users/inactive", c.server.CompanyID)
	c.get(inactive).want(t, 200, "Ann Beam")
	c.do("PATCH", fmt.Sprintf("%s/%v", inactive, user["id"]), nil).want(t, 200)
	c.do("PATCH", fmt.Sprintf("%s/%v/invite", company, user["id"]), nil).want(t, 202)
}

func TestObservations(t *testing.T) {
	c := start(t, nil)
	items := "/rest/v1.0/observations/items"
	kind := c.server.Records("observation_types")[0]["id"]
	body := object{"project_id": c.server.ProjectID, "observation": object{"name": "Loose rail", "type_id": kind, "priority": "High"}}
	made := c.do("POST", items, body).want(t, 201, `"status":"initiated"`, `"number":"11"`, `"name":"Safety Hazard"`).object(t)
	one := fmt.Sprintf("%s/%v", items, made["id"])
	scope := fmt.Sprintf("?project_id=%d", c.server.ProjectID)
	log := object{"project_id": c.server.ProjectID, "status": "closed", "response_log": object{"comment": "Done"}}
	c.do("POST", one+"/response_logs", log).want(t, 201, `"comment":"Done"`)
	if closed := c.get(one+scope).want(t, 200, `"status":"closed"`).object(t); closed["closed_at"] == nil {
		t.Error("no date of closing")
	}
	inProject := fmt.Sprintf("/rest/v1.0/projects/%d", c.server.ProjectID)
	c.do("DELETE", fmt.Sprintf("%s/observations/items/%v", inProject, made["id"]), nil).want(t, 204)
	c.get(one+scope).want(t, 404)
	inBin := fmt.Sprintf("%s/recycle_bin/observations/items/%v", inProject, made["id"])
	c.get(inBin).want(t, 200)
	c.do("PATCH", inBin+"/restore", nil).want(t, 200, "Loose rail")
	c.get(one+scope).want(t, 200)
	delete(body, "project_id")
	c.do("POST", items, body).want(t, 400, `"fields":"project_id"`)
}

func TestHooks(t *testing.T) {
	c := start(t, nil)
	body := object{"project_id": c.server.ProjectID, "hook": object{"api_version": "v2", "namespace": "cordage", "destination_url": "https://example.com/in",
		"destination_headers": object{"Authorization": "demo"}}}
	hook := c.do("POST", "/rest/v1.0/webhooks/hooks", body).want(t, 201, fmt.Sprintf(`"owned_by_project_id":%d`, c.server.ProjectID), `"owned_by_company_id":null`).object(t)
	one := fmt.Sprintf("/rest/v1.0/webhooks/hooks/%v", hook["id"])
	scope := fmt.Sprintf("?project_id=%d", c.server.ProjectID)
	trigger := object{"project_id": c.server.ProjectID, "trigger": object{"resource_name": "RFIs", "event_type": "update"}}
	made := c.do("POST", one+"/triggers", trigger).want(t, 201, `"event_type":"UPDATE"`).object(t)
	trigger["trigger"] = object{"resource_name": "RFIs", "event_type": "burn"}
	c.do("POST", one+"/triggers", trigger).want(t, 422, "event_type")
	second := fmt.Sprintf("/rest/v2.0/companies/%d/projects/%d/webhooks/hooks/%v", c.server.CompanyID, c.server.ProjectID, hook["id"])
	c.get(second).want(t, 200, `"payload_version":"v2.0"`, `"trigger_count":1`, fmt.Sprintf(`"id":"%v"`, hook["id"]))
	c.do("POST", second+"/triggers/bulk", []object{{"resource_name": "Projects", "event_type": "create"}, {"resource_name": "RFIs", "event_type": "delete"}}).want(t, 201, `"event_type":"DELETE"`)
	c.do("DELETE", second+"/triggers/bulk", []any{fmt.Sprint(made["id"]), "12"}).want(t, 200, fmt.Sprintf(`{"data":{"succeeded":["%v"]}}`, made["id"]))
	c.get(fmt.Sprintf("/rest/v2.0/companies/%d/webhooks/hooks/%v", c.server.CompanyID, hook["id"])).want(t, 404)
	c.do("DELETE", one+scope, nil).want(t, 200)
	c.get(one+"/triggers"+scope).want(t, 404)
	if n := len(c.server.Records("triggers")); n != c.server.Seeded["triggers"] {
		t.Errorf("%d triggers, want %d: those of the hook stayed", n, c.server.Seeded["triggers"])
	}
}

func TestArrange(t *testing.T) {
	c := start(t, nil)
	r := c.server.Records("rfis")[0]
	delete(r, "id")
	r["subject"] = "Arranged"
	id, err := c.server.Put("rfis", r)
	if err != nil {
		t.Fatal(err)
	}
	c.get(fmt.Sprintf("%s/%d", c.rfis(), id)).want(t, 200, "Arranged")
	if _, err := c.server.Put("rfis", object{"id": "x"}); err == nil {
		t.Error("an id that is text was taken")
	}
	c.do("POST", c.rfis(), object{"rfi": newRFI(c, "Next")}).want(t, 201)
}

func TestManyAtOnce(t *testing.T) {
	c := start(t, nil)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 10 {
				response := c.do("POST", c.rfis(), object{"rfi": newRFI(c, fmt.Sprintf("%d %d", n, i))})
				if response.StatusCode != 201 {
					t.Errorf("status %d", response.StatusCode)
				}
				c.get(c.rfis() + "?page=2&per_page=20")
			}
		})
	}
	all.Wait()
	ids, numbers := map[any]bool{}, map[any]bool{}
	for _, r := range c.server.Records("rfis") {
		ids[r["id"]] = true
		if r["project_id"] == c.server.ProjectID {
			numbers[r["number"]] = true
		}
	}
	if len(ids) != 480+12+80 || len(numbers) != 40+1+80 {
		t.Errorf("%d ids and %d numbers", len(ids), len(numbers))
	}
}
