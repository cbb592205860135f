package securityscorecardtest

import (
	"fmt"

	"github.com/cordage-go/cordage/internal/emulate"
)

// listCompanyRisk is what is known of a company beyond its technology.
func (p *platform) listCompanyRisk(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	return p.listRisk(c, company)
}

func (p *platform) listPortfolioRisk(c *emulate.Call) (emulate.Answer, error) {
	id := c.Values["portfolio_id"]
	if err := p.mustHave(id); err != nil {
		return emulate.Answer{}, err
	}
	return p.listRisk(c, p.companiesOf(id)...)
}

func (p *platform) listRisk(c *emulate.Call, companies ...record) (emulate.Answer, error) {
	query := c.URL.Query()
	all := []record{}
	for _, company := range companies {
		for _, event := range p.riskEvents(company) {
			if (query.Has("category") && query.Get("category") != event["category"]) ||
				(query.Has("confidence") && query.Get("confidence") != event["confidence"]) {
				continue
			}
			all = append(all, event)
		}
	}
	return p.list(c, "entries", all)
}

// riskEvents are two events of each company.
func (p *platform) riskEvents(company record) []record {
	domain := text(company, "domain")
	dice := p.dice("risk of " + domain)
	categories := []string{"adverse", "corruption", "financial crime", "pep", "sanctions", "watchlist"}
	var events []record
	for n := range 2 {
		at := p.today.AddDate(0, 0, -1-dice.IntN(300))
		address := fmt.Sprintf("https://news.example/%s/%d", domain, n)
		events = append(events, record{
			"category": categories[dice.IntN(len(categories))], "confidence": []string{"low", "medium", "high"}[n],
			"comments": "", "company_name": company["name"], "created_at": stamp(at), "event": "An event that the emulator made up",
			"event_urls": []any{address}, "primary_source": "emulator", "scorecard_domain": domain, "scorecard_id": company["uuid"],
			"source_url": address, "sub_category": "", "updated_date": spelling(n, at),
		})
	}
	return events
}
