package scorotest_test

import (
	"encoding/json"
	"testing"

	"github.com/cordage-go/cordage/scoro/scorotest"
)

// TestForms holds how given records are written, member by member.
func TestForms(t *testing.T) {
	s := start(t, &scorotest.Options{Empty: true})
	put(t, s, "companies", object{"contact_id": 1, "name": "Acme &amp; Co", "is_client": true, "birthday": "", "means_of_contact": object{"email": "a@example.com"}, "tags": []string{"x"}})
	put(t, s, "projects", object{
		"project_id": 10, "no": "77", "project_name": "Ten", "company_id": 1, "is_private": true, "deadline": "2026-05-01",
		"modified_date": "2026-02-01T10:00:00Z", "duration": "124:30:00", "status": "inprogress", "tags": []string{"a"},
		"custom_fields": []object{{"id": "c_size", "value": 3}},
	})
	put(t, s, "projects", object{"project_id": 12, "no": "A-12", "project_name": "Twelve", "custom_fields": []object{{"id": "c_size", "value": "big"}}})
	put(t, s, "tasks", object{"event_id": 3, "event_name": "Three", "project_id": 10, "datetime_due": "2026-02-01T10:00:00Z", "related_users": []int{1}})
	put(t, s, "invoices", object{
		"id": 4, "no": 4, "company_id": 1, "fine": "0.05", "vat": "24", "quote_id": []int{}, "date": "2026-02-01",
		"lines": []object{{"id": 1, "price": "1.10", "amount": "2", "dates": object{}}},
	})
	for _, c := range []struct {
		path string
		want map[string]string
	}{
		{"/projects/view/10", map[string]string{
			"project_id": `"10"`, "no": `77`, "is_private": `true`, "is_deleted": `false`, "deadline": `"2026-05-01"`, "deleted_date": `""`,
			"modified_date": `"2026-02-01 12:00:00"`, "duration": `"124:30:00"`, "status_name": `"In progress"`, "company_name": `"Acme &amp; Co"`,
			"tags": `["a"]`, "permissions": `{"delete":0,"modify":1,"view":1}`, "phases": `[]`,
			"custom_fields": `[{"id":"c_size","name":"Size","type":"number","value":3}]`,
		}},
		{"/projects/view/12", map[string]string{
			"project_id": `12`, "no": `"A-12"`, "is_private": `"0"`, "deadline": `"0000-00-00"`, "deleted_date": `null`, "company_name": `""`,
			"permissions": `null`, "tags": `[]`, "custom_fields": `{"c_size":"big"}`,
		}},
		{"/tasks/view/3", map[string]string{
			"event_id": `3`, "project_id": `10`, "project_name": `"Ten"`, "datetime_due": `"2026-02-01T12:00:00+02:00"`, "related_users": `[1]`,
			"is_completed": `0`, "time_entries": `[]`, "custom_fields": `null`,
		}},
		{"/companies/view/1", map[string]string{
			"contact_id": `1`, "name": `"Acme &amp; Co"`, "contact_type": `"company"`, "is_client": `"1"`, "tags": `["x"]`,
			"means_of_contact": `{"email":["a@example.com"]}`, "addresses": `[]`, "custom_fields": `null`,
		}},
		{"/invoices/view/4", map[string]string{
			"id": `4`, "no": `4`, "fine": `"0.05"`, "sum": `null`, "quote_id": `[]`, "discount2": `null`, "date": `"2026-02-01"`,
			"company_name": `"Acme &amp; Co"`, "company_address": `[]`, "lines": `[{"amount":2,"dates":[],"id":1,"price":"1.10"}]`,
		}},
	} {
		got := data[map[string]json.RawMessage](t, s, c.path, "{$token}")
		for name, want := range c.want {
			if string(got[name]) != want {
				t.Errorf("%s: %s is %s, want %s", c.path, name, got[name], want)
			}
		}
	}
}
