package securityscorecardtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// mustHave refuses portfolios that do not exist; the error names them.
func (p *platform) mustHave(ids ...string) error {
	lost, known := []any{}, []any{}
	for _, id := range ids {
		if _, found := p.state.Get("portfolios", id); !found {
			lost = append(lost, id)
			continue
		}
		known = append(known, id)
	}
	if len(lost) == 0 {
		return nil
	}
	requested := make([]any, len(ids))
	for i, id := range ids {
		requested[i] = id
	}
	refused := refuse(http.StatusNotFound, "portfolio not found")
	refused.data = record{
		"portfoliosRequested": requested, "portfoliosWithAccess": known,
		"portfoliosWithoutAccess": []any{}, "portfoliosNotFound": lost,
	}
	return refused
}

// writable is portfolio for calls that change it.
func (p *platform) writable(ids ...string) error {
	if err := p.mustHave(ids...); err != nil {
		return err
	}
	for _, id := range ids {
		portfolio, _ := p.state.Get("portfolios", id)
		if readOnly := portfolio["read_only"]; readOnly == true || readOnly == "true" {
			return refuse(http.StatusForbidden, "portfolio %s is shared with you for reading only", id)
		}
	}
	return nil
}

// listPortfolios is not paged. The platform's documents call the number of
// portfolios count, its answers total; the emulator follows the answers.
func (p *platform) listPortfolios(*emulate.Call) (emulate.Answer, error) {
	entries := p.state.All("portfolios")
	return ok(record{"entries": entries, "total": len(entries)})
}

func (p *platform) createPortfolio(c *emulate.Call) (emulate.Answer, error) {
	sent, err := p.sentRecord(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	if text(sent, "name") == "" {
		return emulate.Answer{}, invalid(".name", "#/minLength", "should not be empty")
	}
	id := p.uuid("portfolio", "created", strconv.Itoa(p.state.NextID("created portfolios")))
	p.state.Put("portfolios", id, p.portfolioRecord(id, sent))
	return ok(brief(p.state.Get("portfolios", id)))
}

// portfolioRecord is a portfolio in the form of the list. Texts that do not
// apply are empty.
func (p *platform) portfolioRecord(id string, sent record) record {
	r := record{
		"id": id, "name": "", "description": "", "privacy": "private", "read_only": false, "is_public": false,
		"created_at": stamp(p.state.Now()), "owner_organization_id": p.uuid("organization"), "owner_team_id": "",
		"owner_user_id": p.uuid("user"), "shared_access": "", "visibility": "private",
	}
	edit(r, sent)
	return r
}

// edit changes the members of a portfolio that may be changed.
func edit(r, sent record) {
	for _, name := range []string{"name", "description", "privacy"} {
		if v, ok := sent[name]; ok {
			r[name] = v
		}
	}
	if team := text(sent, "team_id"); team != "" {
		r["owner_team_id"] = team
	}
	r["visibility"] = r["privacy"]
}

// brief is a portfolio as the answer to its creation and change has it.
func brief(r record, _ bool) record {
	return record{"id": r["id"], "name": r["name"], "description": r["description"], "privacy": r["privacy"]}
}

func (p *platform) editPortfolio(c *emulate.Call) (emulate.Answer, error) {
	id := c.Values["portfolio_id"]
	if err := p.writable(id); err != nil {
		return emulate.Answer{}, err
	}
	sent, err := p.sentRecord(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	delete(sent, "team_id") // only creation takes it
	return ok(brief(p.state.Update("portfolios", id, func(r record) { edit(r, sent) })))
}

func (p *platform) deletePortfolio(c *emulate.Call) (emulate.Answer, error) {
	id := c.Values["portfolio_id"]
	if err := p.writable(id); err != nil {
		return emulate.Answer{}, err
	}
	p.empty(id)
	p.state.Delete("portfolios", id)
	return emulate.Empty(status(c, http.StatusNoContent)), nil
}

func (p *platform) emptyPortfolio(c *emulate.Call) (emulate.Answer, error) {
	id := c.Values["id"]
	if err := p.writable(id); err != nil {
		return emulate.Answer{}, err
	}
	p.empty(id)
	return emulate.Empty(status(c, http.StatusNoContent)), nil
}

func (p *platform) empty(id string) {
	for _, held := range p.state.Where("portfolio_companies", func(r record) bool { return r["portfolio_id"] == id }) {
		p.release(id, text(held, "domain"))
	}
}

// hold puts a company into a portfolio. One that nobody scored before becomes
// a company whose score is being calculated.
func (p *platform) hold(portfolio, domain string) record {
	company, known := p.state.Get("companies", domain)
	if !known {
		company = p.companyRecord(domain, nameOf(domain))
		p.state.Put("companies", domain, company)
	}
	if _, held := p.state.Get("portfolio_companies", portfolio+"/"+domain); !held {
		p.state.Put("portfolio_companies", portfolio+"/"+domain, record{
			"portfolio_id": portfolio, "domain": domain, "added_date": stamp(p.state.Now()),
		})
	}
	return company
}

func (p *platform) release(portfolio, domain string) bool {
	return p.state.Delete("portfolio_companies", portfolio+"/"+domain)
}

// portfoliosOf are the portfolios that hold a company, by id and name.
func (p *platform) portfoliosOf(domain string) []any {
	var all []any
	for _, held := range p.state.Where("portfolio_companies", func(r record) bool { return r["domain"] == domain }) {
		if portfolio, found := p.state.Get("portfolios", held["portfolio_id"]); found {
			all = append(all, record{"id": portfolio["id"], "name": portfolio["name"]})
		}
	}
	return all
}

// companiesOf are the companies of a portfolio.
func (p *platform) companiesOf(id string) []record {
	var all []record
	for _, held := range p.state.Where("portfolio_companies", func(r record) bool { return r["portfolio_id"] == id }) {
		if company, found := p.state.Get("companies", held["domain"]); found {
			company["_added"] = held["added_date"]
			all = append(all, company)
		}
	}
	return all
}

// listPortfolioCompanies is the whole portfolio, narrowed by filters. It is not
// paged, and its name for the change of the score differs from the company's.
func (p *platform) listPortfolioCompanies(c *emulate.Call) (emulate.Answer, error) {
	id := c.Values["portfolio_id"]
	if err := p.mustHave(id); err != nil {
		return emulate.Answer{}, err
	}
	entries := []record{}
	for _, company := range p.companiesOf(id) {
		if !p.wanted(c, company) {
			continue
		}
		r := p.summary(company)
		row := short(r)
		row["is_custom_vendor"] = r["is_custom"]
		if change, has := r["last30day_score_change"]; has {
			row["last30days_score_change"] = change
		}
		entries = append(entries, row)
	}
	return ok(record{"entries": entries, "total": len(entries)})
}

// wanted reports whether a company passes the filters of the query.
func (p *platform) wanted(c *emulate.Call, company record) bool {
	query := c.URL.Query()
	if grades := several(query, "grade"); len(grades) > 0 && !slices.Contains(grades, gradeOf(company)) {
		return false
	}
	if industry := query.Get("industry"); industry != "" && !strings.EqualFold(industry, text(company, "industry")) {
		return false // clients send it in upper case too
	}
	if query.Get("status") == "inactive" {
		return false // all companies of the emulator are active
	}
	if days := query.Get("had_breach_within_last_days"); days != "" && !p.wasBreached(company, days) {
		return false
	}
	return p.hasFinding(company, "issue_type", query.Get("issue_type")) &&
		p.hasFinding(company, "vulnerability_id", query.Get("vulnerability"))
}

func (p *platform) hasFinding(company record, member, value string) bool {
	if value == "" {
		return true
	}
	return len(p.state.Where("issues", func(r record) bool {
		return r["parent_domain"] == company["domain"] && r[member] == value
	})) > 0
}

func (p *platform) wasBreached(company record, days string) bool {
	n, err := strconv.Atoi(days)
	if err != nil {
		return false // checkQuery lets only numbers through
	}
	within := span{from: p.today.AddDate(0, 0, -n)}
	return slices.ContainsFunc(p.eventsOf(company, within), func(r record) bool { return r["event_type"] == "breach" })
}

func (p *platform) addCompany(c *emulate.Call) (emulate.Answer, error) {
	id, domain := c.Values["portfolio_id"], c.Values["domain"]
	if err := p.writable(id); err != nil {
		return emulate.Answer{}, err
	}
	if err := checkDomain(domain); err != nil {
		return emulate.Answer{}, err
	}
	return ok(short(p.summary(p.hold(id, domain))))
}

// short is the part of a company that portfolios show.
func short(company record) record {
	r := record{}
	for _, name := range []string{"name", "domain", "grade", "grade_url", "score", "industry", "size"} {
		if v, has := company[name]; has {
			r[name] = v
		}
	}
	return r
}

func (p *platform) removeCompany(c *emulate.Call) (emulate.Answer, error) {
	id, domain := c.Values["portfolio_id"], c.Values["domain"]
	if err := p.writable(id); err != nil {
		return emulate.Answer{}, err
	}
	if !p.release(id, domain) {
		return emulate.Answer{}, refuse(http.StatusNotFound, "%s is not in the portfolio", domain)
	}
	return emulate.Empty(status(c, http.StatusNoContent)), nil
}

func (p *platform) addCompanies(c *emulate.Call) (emulate.Answer, error) {
	portfolios, domains, err := p.bulk(c, "portfolios")
	if err != nil {
		return emulate.Answer{}, err
	}
	for _, id := range portfolios {
		for _, domain := range domains {
			p.hold(id, domain)
		}
	}
	return emulate.Empty(status(c, http.StatusCreated)), nil
}

func (p *platform) removeCompanies(c *emulate.Call) (emulate.Answer, error) {
	portfolios, domains, err := p.bulk(c, "ids")
	if err != nil {
		return emulate.Answer{}, err
	}
	for _, id := range portfolios {
		for _, domain := range domains {
			p.release(id, domain)
		}
	}
	return emulate.Empty(status(c, http.StatusNoContent)), nil
}

// bulk reads the portfolios and domains of a bulk call. Adding and removing
// name the portfolios differently.
func (p *platform) bulk(c *emulate.Call, member string) (portfolios, domains []string, err error) {
	sent, err := readRecord(c)
	if err != nil {
		return nil, nil, err
	}
	if portfolios, err = texts(sent, member); err != nil {
		return nil, nil, err
	}
	if domains, err = texts(sent, "companies"); err != nil {
		return nil, nil, err
	}
	for _, domain := range domains {
		if err := checkDomain(domain); err != nil {
			return nil, nil, err
		}
	}
	return portfolios, domains, p.writable(portfolios...)
}

// texts is a required member that holds a list of texts.
func texts(r record, name string) ([]string, error) {
	v, sent := r[name]
	if !sent {
		return nil, missing(name)
	}
	list, ok := v.([]any)
	if !ok {
		return nil, wrongType("."+name, "array")
	}
	all := make([]string, len(list))
	for i, each := range list {
		if all[i], ok = each.(string); !ok {
			return nil, wrongType("."+name+"["+strconv.Itoa(i)+"]", "string")
		}
	}
	return all, nil
}
