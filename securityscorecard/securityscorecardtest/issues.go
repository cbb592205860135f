package securityscorecardtest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// listFindings are the present findings of one type. A known type of which
// nothing was found has an empty list, an unknown one is a 404.
func (p *platform) listFindings(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	of, err := p.issueType(c.Values["issue_type"], false)
	if err != nil {
		return emulate.Answer{}, err
	}
	return ok(record{"entries": p.findings(company, of)})
}

// findings are the present findings of a company, of one type.
func (p *platform) findings(company record, of issueType) []record {
	return p.state.Where("issues", func(r record) bool {
		return r["parent_domain"] == company["domain"] && r["issue_type"] == of.key
	})
}

// listHistoricalFindings are the findings of one type on a day of the past.
func (p *platform) listHistoricalFindings(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	of, err := p.issueType(c.Values["issue_type"], true)
	if err != nil {
		return emulate.Answer{}, err
	}
	query := c.URL.Query()
	on := moment(c.Values["effective_date"])
	if !dates(c, "effective_date_from", "effective_date_to").holds(on) {
		return ok(record{"entries": []record{}})
	}
	entries := []record{}
	for _, finding := range append(p.findings(company, of), p.eventFindings(company, of, on)...) {
		if moment(text(finding, "first_seen_time")).After(on) {
			continue
		}
		if id := query.Get("issue_id"); id != "" && id != text(finding, "issue_id") {
			continue
		}
		delete(finding, "issue_type")
		finding["effective_date"] = on.Format(time.DateOnly)
		finding["group_status"] = "active"
		if status := query.Get("group_status"); status != "" {
			finding["group_status"] = status
		}
		entries = append(entries, finding)
	}
	return ok(record{"entries": entries})
}

// eventFindings are those that the event log counts on a day. They are made up
// when they are asked for: whether they still exist is another matter.
func (p *platform) eventFindings(company record, of issueType, on time.Time) []record {
	findings := []record{}
	for _, event := range p.eventsOf(company, span{from: on, to: on}) {
		if event["issue_type"] != of.key {
			continue
		}
		dice := p.dice(fmt.Sprint("event ", event["id"]))
		for range event["issue_count"].(int) {
			finding := p.newFinding(text(company, "domain"), of, len(findings), dice)
			finding["issue_id"] = p.uuid("event", fmt.Sprint(event["id"]), fmt.Sprint(len(findings)))
			finding["first_seen_time"], finding["last_seen_time"] = stamp(on), stamp(on)
			findings = append(findings, finding)
		}
	}
	return findings
}

// listActiveIssues has its own envelope.
func (p *platform) listActiveIssues(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	wanted := several(c.URL.Query(), "issue_types")
	found := p.state.Where("issues", func(r record) bool {
		return r["parent_domain"] == company["domain"] && (len(wanted) == 0 || slices.Contains(wanted, text(r, "issue_type")))
	})
	byType := map[string][]record{}
	for _, finding := range found {
		key := text(finding, "issue_type")
		byType[key] = append(byType[key], record{
			"issue_id": finding["issue_id"], "issue_count": finding["count"], "effective_date": stamp(p.today),
			"first_seen_time": finding["first_seen_time"], "last_seen_time": finding["last_seen_time"],
			"group_status": "active", "target": finding["parent_domain"],
		})
	}
	groups := []record{}
	for _, key := range slices.Sorted(maps.Keys(byType)) {
		groups = append(groups, record{"name": key, "issues": byType[key], "issues_count": len(byType[key])})
	}
	return ok(record{"issue_types": groups, "total_active_issues": len(found)})
}

// readIssueContext compares a company with all others.
func (p *platform) readIssueContext(c *emulate.Call) (emulate.Answer, error) {
	if _, err := p.company(c); err != nil {
		return emulate.Answer{}, err
	}
	of, err := p.issueType(c.Values["issue_type"], false)
	if err != nil {
		return emulate.Answer{}, err
	}
	findings := p.state.Where("issues", func(r record) bool { return r["issue_type"] == of.key })
	affected := map[any]bool{}
	for _, finding := range findings {
		affected[finding["parent_domain"]] = true
	}
	all := p.state.Len("companies")
	return ok(record{
		"company_incidence_percentage": float64(len(affected)*1000/all) / 10,
		"findings_count_average":       float64(len(findings)*100/all) / 100,
	})
}

// planScore lists what to mend for a score: the worst issues first, each worth
// as many points as its summary says.
func (p *platform) planScore(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	target, err := strconv.Atoi(c.Values["score"])
	if err != nil || target < 0 || target > 100 {
		return emulate.Answer{}, badRequest("score: %q is not a score from 0 to 100", c.Values["score"])
	}
	present, _ := number(company, "score")
	projected := float64(present)
	entries := []record{}
	for _, f := range p.state.Where("factors", func(r record) bool { return r["_domain"] == company["domain"] }) {
		for _, issue := range records(f["issue_summary"]) {
			if projected >= float64(target) {
				break
			}
			impact, _ := issue["total_score_impact"].(float64)
			projected = min(projected+impact, 100)
			entries = append(entries, record{
				"issue_type": issue["type"], "title": title(text(issue, "type")), "severity": issue["severity"],
				"factor": f["name"], "findings": issue["count"], "remediations": issue["count"],
			})
		}
	}
	return ok(record{"entries": entries, "size": len(entries), "projected_total_score": projected})
}
