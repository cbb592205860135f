package scorotest_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/scoro/scorotest"
)

// part is the request that sends a part of a file.
func part(name string, number, total, size int, content string) string {
	return fmt.Sprintf(`{$token,"request":{"name":%q,"size":%d,"chunk_no":%d,"chunks_total":%d,"chunk_data":%q}}`,
		name, size, number, total, base64.StdEncoding.EncodeToString([]byte(content)))
}

// A file is made when its last part has come, whichever that is, and whether
// parts are counted from 0 or from 1.
func TestUploadInParts(t *testing.T) {
	s := start(t, &scorotest.Options{Empty: true})
	for name, first := range map[string]int{"zero.txt": 0, "one.txt": 1} {
		if _, text := post(t, s, "/files/modify", part(name, first+1, 2, 11, " world")); strings.Contains(text, "data") || !strings.Contains(text, "OK") {
			t.Errorf("%s: the answer to a part: %s", name, text)
		}
		file := data[object](t, s, "/files/modify", part(name, first, 2, 11, "Hello"))
		if file["file_name"] != name || file["file_size"] != "11" || file["file_type"] != "txt" || fmt.Sprint(file["uploaded_by"]) != "1" {
			t.Errorf("made %v", file)
		}
		if status, text := post(t, s, fmt.Sprintf("/files/download/%v", file["file_id"]), `{$token}`); status != http.StatusOK || text != "Hello world" {
			t.Errorf("%s: downloaded %d %q", name, status, text)
		}
	}
	for what, body := range map[string]string{
		"size is 3, but the parts have 5 bytes": part("short.txt", 1, 1, 3, "Hello"),
		"name is needed":                        part("", 1, 1, 5, "Hello"),
		"whole numbers that fit together":       part("many.txt", 3, 2, 5, "Hello"),
		"chunk_data must be base64":             `{$token,"request":{"name":"a","size":1,"chunk_no":1,"chunks_total":1,"chunk_data":"?"}}`,
	} {
		if status, text := post(t, s, "/files/modify", body); status != http.StatusBadRequest || !strings.Contains(text, what) {
			t.Errorf("%d %s, want 400 with %q", status, text, what)
		}
	}
	if status, text := post(t, s, "/files/download/99", `{$token}`); status != http.StatusNotFound || !strings.Contains(text, "no record") {
		t.Errorf("an unknown file: %d %s", status, text)
	}
}

func TestFilesAreRelated(t *testing.T) {
	s := start(t, &scorotest.Options{Empty: true})
	put(t, s, "files", object{"file_id": 7, "file_name": "plan.pdf"})
	relations := func() string { return fmt.Sprint(data[object](t, s, "/files/view/7", `{$token}`)["relations"]) }
	for _, id := range []string{"3", "4", "4"} {
		post(t, s, "/files/addRelation/7", `{$token,"request":{"rel_type":"tasks","rel_id":`+id+`}}`)
	}
	if got := relations(); got != "map[tasks:[3 4]]" {
		t.Errorf("relations %s", got)
	}
	for _, id := range []string{"3", "4", "5"} {
		post(t, s, "/files/removeRelation/7", `{$token,"request":{"rel_type":"tasks","rel_id":`+id+`}}`)
	}
	if got := relations(); got != "[]" {
		t.Errorf("relations %s, want an empty object in PHP's form", got)
	}
	if status, text := post(t, s, "/files/addRelation/7", `{$token,"request":{}}`); status != http.StatusBadRequest {
		t.Errorf("without a thing: %d %s", status, text)
	}
}

func TestRelations(t *testing.T) {
	s := start(t, &scorotest.Options{Empty: true})
	ids := func() string {
		var ids []string
		for _, r := range data[[]object](t, s, "/relations", `{$token}`) {
			for kind, objects := range r["related_objects"].(object) {
				for _, each := range objects.([]any) {
					ids = append(ids, fmt.Sprint(r["object_id"], " ", kind, " ", each.(object)["id"]))
				}
			}
		}
		return strings.Join(ids, ", ")
	}
	post(t, s, "/relations/modify", `{$token,"request":{"object_id":21,"type":"contacts","related_objects":[30,31]}}`)
	post(t, s, "/relations/modify", `{$token,"request":{"object_id":21,"type":"contacts","related_objects":[31,"32"]}}`)
	if got := ids(); got != "21 contacts 30, 21 contacts 31, 21 contacts 32" {
		t.Errorf("relations %q", got)
	}
	post(t, s, "/relations/delete", `{$token,"request":{"object_id":21,"type":"contacts","related_objects":[30,99]}}`)
	if got := ids(); got != "21 contacts 31, 21 contacts 32" {
		t.Errorf("relations %q", got)
	}
	post(t, s, "/relations/delete", `{$token,"request":{"object_id":21,"type":"contacts","related_objects":[31,32]}}`)
	if got := ids(); got != "" {
		t.Errorf("relations %q, want none", got)
	}
	for _, request := range []string{`{}`, `{"object_id":21,"type":"contacts"}`, `{"object_id":21,"type":"contacts","related_objects":["x"]}`, `[1]`} {
		if status, text := post(t, s, "/relations/modify", `{$token,"request":`+request+`}`); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", request, status, text)
		}
	}
}

func TestOddModules(t *testing.T) {
	s := start(t, nil)
	account := data[object](t, s, "/companyAccount/list", `{$token}`)
	if entities := account["active_entities"].([]any); len(entities) != 2 || entities[0].(object)["entity_id"] != s.CompanyAccount {
		t.Errorf("the account is %v", account)
	}
	found := data[object](t, s, "/search/list", `{$token,"request":{"search_phrase":"launch 5","modules":["projects"]}}`)
	if len(found) != 1 || len(found["projects"].([]any)) == 0 {
		t.Errorf("found %v", found)
	}
	if status, _ := post(t, s, "/search/list", `{$token,"request":{}}`); status != http.StatusBadRequest {
		t.Errorf("a search for nothing: %d", status)
	}
	for path, request := range map[string]string{"/usersLaborCost/modify": `{"user_id":5,"labor_cost":[]}`, "/usersLaborCost/modify/5": `{"labor_cost":[{"date":"2026-01-01","hour_cost":"20"}]}`} {
		if cost := data[object](t, s, path, `{$token,"request":`+request+`}`); fmt.Sprint(cost["user_id"]) != "5" {
			t.Errorf("%s answers %v", path, cost)
		}
	}
	before := len(s.Records("notifications"))
	if _, text := post(t, s, "/notifications/modify", `{$token,"request":{"checked":1}}`); strings.Contains(text, "data") || len(s.Records("notifications")) != before {
		t.Errorf("looking at the notifications made one: %s", text)
	}
	if meter := data[object](t, s, "/meters/modify", `{$token,"request":{"place":"cellar"}}`); meter["place"] != "cellar" || meter["id"] == nil {
		t.Errorf("a record of unknown form is %v", meter)
	}
}
