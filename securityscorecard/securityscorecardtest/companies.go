package securityscorecardtest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// company finds the company in a call's path, by domain or scorecard id, and
// refuses it unless a portfolio holds it.
func (p *platform) company(c *emulate.Call) (record, error) {
	return p.companyInReach(cmp.Or(c.Values["scorecard_identifier"], c.Values["domain"]))
}

func (p *platform) companyInReach(identifier string) (record, error) {
	company, err := p.findCompany(identifier)
	if err != nil {
		return nil, err
	}
	domain := text(company, "domain")
	if len(p.portfoliosOf(domain)) == 0 {
		return nil, &refusal{
			status: http.StatusForbidden, key: "company_not_in_a_portfolio", data: record{"domain": domain},
			message: fmt.Sprintf("company %s is not in any of your portfolios; add it to one first", domain),
		}
	}
	return company, nil
}

func (p *platform) findCompany(identifier string) (record, error) {
	if isUUID(identifier) {
		if found := p.state.Where("companies", func(r record) bool { return r["uuid"] == identifier }); len(found) == 1 {
			return found[0], nil
		}
		return nil, refuse(http.StatusNotFound, "there is no scorecard %s", identifier)
	}
	if err := checkDomain(identifier); err != nil {
		return nil, err
	}
	company, found := p.state.Get("companies", identifier)
	if !found {
		return nil, refuse(http.StatusNotFound, "%s has no scorecard yet; adding it to a portfolio makes one", identifier)
	}
	return company, nil
}

func (p *platform) readCompany(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	return ok(p.summary(company))
}

// summary is a company as the platform shows it. While the score is being
// calculated there is none, and the grade is "?".
func (p *platform) summary(company record) record {
	if change, scored := p.change(company); scored {
		company["last30day_score_change"] = change
	}
	return withGrade(company)
}

// withGrade adds the grade that the score has, and its picture.
func withGrade(r record) record {
	grade := gradeOf(r)
	r["grade"] = grade
	picture := strings.ToLower(strings.ReplaceAll(grade, "?", "unknown"))
	r["grade_url"] = "https://s3.amazonaws.com/ssc-static/grades/factor_" + picture + ".svg"
	return r
}

func gradeOf(r record) string {
	score, scored := number(r, "score")
	if !scored {
		return "?"
	}
	switch {
	case score >= 90:
		return "A"
	case score >= 80:
		return "B"
	case score >= 70:
		return "C"
	case score >= 60:
		return "D"
	default:
		return "F"
	}
}

func (p *platform) listFactors(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	entries, err := p.factorsOf(c, company)
	if err != nil {
		return emulate.Answer{}, err
	}
	return ok(record{"entries": entries, "total": len(entries)})
}

func (p *platform) readSummaryFactors(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	r := p.summary(company)
	delete(r, "description")
	if r["factors"], err = p.factorsOf(c, company); err != nil {
		return emulate.Answer{}, err
	}
	return ok(r)
}

// factorsOf are the factors of a company. severity and severity_in choose
// which issues are summed up; the factors stay. A company that is still being
// calculated has none.
func (p *platform) factorsOf(c *emulate.Call, company record) ([]record, error) {
	query := c.URL.Query()
	wanted := append(query["severity"], several(query, "severity_in")...)
	for _, severity := range wanted {
		if !slices.Contains([]string{"positive", "info", "low", "medium", "high", "critical"}, severity) {
			return nil, badRequest("severity_in: %q is no severity", severity)
		}
	}
	factors := p.state.Where("factors", func(r record) bool { return r["_domain"] == company["domain"] })
	for _, f := range factors {
		delete(f, "_domain")
		withGrade(f)
		issues := []any{}
		for _, issue := range records(f["issue_summary"]) {
			if len(wanted) > 0 && !slices.Contains(wanted, text(issue, "severity")) {
				continue
			}
			issue["detail_url"] = fmt.Sprintf("%s/companies/%s/issues/%s/", origin(c), text(company, "domain"), text(issue, "type"))
			issues = append(issues, issue)
		}
		f["issue_summary"] = issues
	}
	return factors, nil
}

// searchInBulk finds companies by domain or name and tells which it did not find.
func (p *platform) searchInBulk(c *emulate.Call) (emulate.Answer, error) {
	sent, err := p.sentRecord(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	found, lost, repeated := []record{}, []record{}, []string{}
	seen := map[string]bool{}
	for i, v := range sent["searches"].([]any) {
		query, _ := v.(string) // the table says that they are texts
		company, category := p.search(query)
		if company == nil {
			attempt := record{"query": query, "original_query": query, "attempt": 1, "category": category, "reason": "nothing fits"}
			lost = append(lost, record{"order": i, "attempts": []record{attempt}})
			continue
		}
		domain := text(company, "domain")
		if seen[domain] {
			repeated = append(repeated, domain)
			continue
		}
		seen[domain] = true
		found = append(found, record{
			"id": company["uuid"], "order": i, "domain": domain, "name": company["name"], "industry_id": company["industry"],
			"follows": len(p.portfoliosOf(domain)), "contacts_count": 0, "active": true,
			"searches": record{"original_query": query, "match_query": query, "result": "found", "source": "emulator", "category": category, "attempt": 1, "confidence": 1, "is_new": false},
		})
	}
	return emulate.JSON(status(c, http.StatusCreated), record{"scorecards": found, "not_found": lost, "repeated_domains": repeated}), nil
}

func (p *platform) search(query string) (company record, category string) {
	if company, found := p.state.Get("companies", strings.ToLower(query)); found {
		return company, "domain"
	}
	named := p.state.Where("companies", func(r record) bool { return strings.EqualFold(text(r, "name"), query) })
	if len(named) == 0 {
		return nil, "name"
	}
	return named[0], "name"
}

// uuid is the id that belongs to some words under the seed.
func (p *platform) uuid(words ...string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s", p.options.Seed, strings.Join(words, "/")))
	digits := hex.EncodeToString(sum[:])
	return strings.Join([]string{digits[:8], digits[8:12], "4" + digits[13:16], "8" + digits[17:20], digits[20:32]}, "-")
}

func isUUID(text string) bool { return len(text) == 36 && strings.Count(text, "-") == 4 }

// text is a member that holds text, or "".
func text(r record, name string) string {
	s, _ := r[name].(string) // another type counts as none
	return s
}

// number is a member that holds a whole number, however it was put there.
func number(r record, name string) (n int, ok bool) {
	switch v := r[name].(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case float64:
		return int(v), true
	default:
		return 0, false
	}
}

// records are the records in a member that holds a list of them.
func records(v any) []record {
	var all []record
	if list, ok := v.([]any); ok {
		for _, each := range list {
			if r, ok := each.(record); ok {
				all = append(all, r)
			}
		}
	}
	return all
}
