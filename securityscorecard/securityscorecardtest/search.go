package securityscorecardtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// searchPortfolio is the paged list of a portfolio's companies. Its records
// have other names than those of the plain list.
func (p *platform) searchPortfolio(c *emulate.Call) (emulate.Answer, error) {
	found, err := p.searched(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	if err := sortBy(found, c.URL.Query().Get("sort")); err != nil {
		return emulate.Answer{}, err
	}
	return p.list(c, "entries", found)
}

// facetPortfolio lists the values that the companies found have in one member.
func (p *platform) facetPortfolio(c *emulate.Call) (emulate.Answer, error) {
	facet := c.Values["facet"]
	if !slices.Contains(strings.Fields(facets), facet) {
		return emulate.Answer{}, badRequest("there is no facet %q", facet)
	}
	found, err := p.searched(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	begin := strings.ToLower(c.URL.Query().Get("facet_search"))
	entries := []record{}
	seen := map[string]bool{}
	for _, r := range found {
		v, has := r[facet]
		shown := fmt.Sprint(v)
		if !has || seen[shown] || !strings.HasPrefix(strings.ToLower(shown), begin) {
			continue
		}
		seen[shown] = true
		entries = append(entries, record{facet: v})
	}
	slices.SortFunc(entries, func(a, b record) int { return compare(a[facet], b[facet]) })
	return p.list(c, "entries", entries)
}

// facets are the members that the platform gives facets of. Those that the
// emulator's companies do not have are empty.
const facets = `
	uuid domain name industry_id industry size is_custom_vendor is_unpublished score grade last_month_score_change
	ransomware_score ransomware_score_categorical_value bsi_score bsi_score_categorical_value platform_score_date
	recalibrated_score recalibrated_score_change last_logged_in status added_date tags public_tags business_impact
	vsor_monitored vsor_status vsor_risk vsor_data_types_shared vsor_business_unit vsor_contract_end_date
	vsor_metadata custom_fields products ransomware_products exploitable_products malware_exposure_index
	critical_service_exposure_index social_engineering_susceptibility_index
	cumulative_vulnerability_exposure_index all_products cves exploitable_cves all_cves issue_types breached tag
	public_tag
`

// searched are the companies of a portfolio that pass the filters.
func (p *platform) searched(c *emulate.Call) ([]record, error) {
	id := c.Values["id"]
	if err := p.mustHave(id); err != nil {
		return nil, err
	}
	query := c.URL.Query()
	if fields := query.Get("custom_fields"); fields != "" && json.Unmarshal([]byte(fields), &map[string][]string{}) != nil {
		return nil, badRequest("custom_fields: %q is not a JSON object of lists", fields)
	}
	found := []record{}
	for _, company := range p.companiesOf(id) {
		if r := p.searchRecord(company, query.Get("with_factors") == "true"); passes(r, query) {
			found = append(found, r)
		}
	}
	return found, nil
}

// passes reports whether a record has one of the values that each filter lists.
// Filters for which the emulator has no values are ignored.
func passes(r record, query url.Values) bool {
	if words := strings.ToLower(query.Get("search")); words != "" &&
		!strings.Contains(strings.ToLower(text(r, "name")+" "+text(r, "domain")), words) {
		return false
	}
	for _, name := range []string{"industry", "grade", "score", "status", "vsor_status", "vsor_risk", "vsor_business_unit", "is_custom_vendor", "last_month_score_change"} {
		wanted := several(query, name)
		if len(wanted) > 0 && !slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, fmt.Sprint(r[name])) }) {
			return false
		}
	}
	return true
}

// searchRecord is a company as the search shows it.
func (p *platform) searchRecord(company record, withFactors bool) record {
	domain := text(company, "domain")
	r := record{
		"uuid": company["uuid"], "domain": domain, "name": company["name"],
		"industry": company["industry"], "industry_id": company["industry"], "size": company["size"],
		"is_custom_vendor": company["is_custom"], "is_unpublished": company["is_un_published"],
		"grade":               gradeOf(company),
		"platform_score_date": p.today.Format("2006-01-02"), "status": "active", "added_date": company["_added"],
		"tags": []any{}, "public_tags": []any{}, "vsor_monitored": false, "vsor_metadata": record{}, "custom_fields": []any{},
		"products": []any{}, "products_count": 0,
	}
	if change, scored := p.change(company); scored {
		r["score"], r["last_month_score_change"] = company["score"], change
	}
	if withFactors {
		scores := record{}
		for _, f := range p.state.Where("factors", func(r record) bool { return r["_domain"] == domain }) {
			scores[text(f, "name")] = f["score"]
		}
		r["factors"] = scores
	}
	return r
}

// sortBy sorts records by a member, backwards if a minus sign stands before it.
func sortBy(all []record, by string) error {
	name, backwards := strings.CutPrefix(by, "-")
	if name == "" {
		return nil
	}
	if !slices.Contains([]string{"name", "domain", "score", "grade", "industry", "size", "last_month_score_change", "added_date", "status"}, name) {
		return badRequest("sort: %q is no member to sort by", name)
	}
	slices.SortStableFunc(all, func(a, b record) int {
		if backwards {
			a, b = b, a
		}
		return compare(a[name], b[name])
	})
	return nil
}

// compare orders numbers and texts; what is absent comes first.
func compare(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	x, xIs := number(record{"v": a}, "v")
	y, yIs := number(record{"v": b}, "v")
	if xIs && yIs {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
