package securityscorecardtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/cordage-go/cordage/internal/golden"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// at arranges one record of a collection.
func at(collection, id string) func(*testing.T, *securityscorecardtest.Server) {
	return func(_ *testing.T, s *securityscorecardtest.Server) { s.PutAt(collection, id, record{}) }
}

// typedArrangements are those of operations that the emulator answers by the
// table alone. What it makes up for them has the golden answer's form.
var typedArrangements = map[string]arrangement{
	"followed":             {form: true},
	"followed-company":     {form: true},
	"followed-update":      {form: true},
	"followed-bulk-delete": {form: true},
	"frameworks":           {form: true},
	"framework":            {form: true},

	"custom-scorecard-create":         {form: true},
	"custom-scorecard-sources":        {form: true, arrange: at("/custom-scorecards", "0a100000-0000-4000-8000-000000000001")},
	"custom-scorecard-filters-remove": {form: true, arrange: at("/custom-scorecards", "0a100000-0000-4000-8000-000000000001")},

	"attribution-log":   {form: true},
	"footprint-domains": {form: true},
	"footprint-ips":     {form: true},
	"asset-tags":        {form: true},
	"asset-tag-domain":  {form: true, arrange: at("/ip-domain-tags", "0b000000-0000-4000-8000-000000000002")},
	"asset-search":      {fault: true},
	"asset-search-next": {fault: true},
	"asset-facets":      {fault: true},

	"max-breaches":         {form: true},
	"max-findings":         {form: true},
	"max-customer-vendors": {fault: true},
	"multiscores":          {fault: true},
	"plans":                {form: true},
	"plan-create":          {form: true},
	"plan-guests-remove":   {arrange: at("/plans", "0a300000-0000-4000-8000-000000000001")},
	"compliance-csv":       {fault: true},
	"notes":                {form: true},

	"scorecard-tags":          {fault: true}, // lists by the table alone do not say how many records there are
	"scorecard-tag-companies": {fault: true},
	"signals":                 {fault: true},
	"credentials":             {form: true},
	"credentials-sites":       {form: true},
	"saml-metadata":           {fault: true},
	"third-parties":           {form: true},
	"supply-risk":             {form: true},

	"unstable-audit-log":         {form: true},
	"unstable-rules":             {form: true},
	"unstable-rule-create":       {form: true},
	"unstable-rule-delete":       {arrange: at("/subscriptions", "0a700000-0000-4000-8000-000000000001")},
	"unstable-oauth-app-create":  {form: true},
	"unstable-oauth-apps":        {form: true},
	"unstable-max-vendors":       {form: true},
	"unstable-max-contacts-sync": {fault: true},
	"unstable-max-tag-counts":    {form: true},
	"unstable-scim-types":        {fault: true},
	"unstable-tier-templates":    {form: true},
	"unstable-event":             {form: true},
	"unstable-scorecards":        {form: true},
	"unstable-manifest":          {form: true},
}

// checkForm compares an answer with the golden one by status and by the names
// and forms of members: each that the golden answer has must be there.
func checkForm(t *testing.T, c golden.Case, status int, body []byte) {
	t.Helper()
	if status != c.Status {
		t.Fatalf("%s\nstatus %d, want %d: %s", c.About, status, c.Status, body)
	}
	var got, want any
	if err := json.Unmarshal([]byte(c.Answer.Body), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range formsApart("body", got, want) {
		t.Errorf("%s\n%s", c.About, wrong)
	}
}

// formsApart returns where the form of a value differs from the wanted one's.
// Null has no form, and a list has that of its first item.
func formsApart(path string, got, want any) []string {
	if got == nil || want == nil {
		return nil
	}
	if g, w := fmt.Sprintf("%T", got), fmt.Sprintf("%T", want); g != w {
		return []string{fmt.Sprintf("%s is a %s, want a %s", path, g, w)}
	}
	switch w := want.(type) {
	case []any:
		if g := got.([]any); len(g) > 0 && len(w) > 0 {
			return formsApart(path+"[0]", g[0], w[0])
		}
	case record:
		return membersApart(path, got.(record), w)
	}
	return nil
}

func membersApart(path string, got, want record) []string {
	var wrong []string
	for name, w := range want {
		g, ok := got[name]
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s.%s is missing", path, name))
			continue
		}
		wrong = append(wrong, formsApart(path+"."+name, g, w)...)
	}
	slices.Sort(wrong)
	return wrong
}
