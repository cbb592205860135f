package operations

import "testing"

func TestScoroNamesByRule(t *testing.T) {
	nouns := map[string]NounRow{"depot": {Service: "Depots"}, "sendLog": {Service: "SentMessages"}}
	for path, want := range map[string]string{
		"/projects/list": "Projects.List of Project", "/projects/view/{id}": "Projects.Get of Project", "/projects/modify": "Projects.Create of Project",
		"/projects/modify/{id}": "Projects.Update of Project", "/timeEntries/setDone/{id}": "TimeEntries.SetDone of TimeEntry", "/pdfTemplates/list": "PDFTemplates.List of PDFTemplate",
		"/vatCodes/delete/{id}": "VATCodes.Delete of VATCode", "/relations": "Relations.List of Relation", "/relations/modify": "Relations.Create of Relation",
		"/depot/view/{id}": "Depots.Get of Depot", "/sendLog/list": "SentMessages.List of SentMessage", "/statuses/list": "Statuses.List of Status", "/files/download/{id}": "Files.Download of File",
	} {
		m := &merger{table: &Table{Platform: "scoro"}, overrides: &Overrides{Nouns: nouns}, used: map[string]bool{}}
		op := Operation{Verb: "POST", Path: path, Filters: []Param{{Name: "modified_date", In: "filter"}}}
		m.nameScoro(&op)
		if got := op.Service + "." + op.Method + " of " + op.Noun; got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
		if op.Filters[0].Go != "ModifiedAt" {
			t.Errorf("%s: the range of changes is %q", path, op.Filters[0].Go)
		}
	}
	never := Operation{Verb: "POST", Path: "/meters/list", Method: "none"}
	m := &merger{table: &Table{Platform: "scoro"}, overrides: &Overrides{}, used: map[string]bool{}}
	if m.nameScoro(&never); never.Method != "none" {
		t.Errorf("an action without a method got %s", never.Method)
	}
}
