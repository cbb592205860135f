package securityscorecardtest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// How much there is at the start.
const (
	heldCompanies   = 60 // in one or more portfolios
	looseCompanies  = 5  // scored, but in no portfolio
	calculatingEach = 20 // every so many companies one has no score yet
	notifications   = 30
)

// keys are the members that a collection's records are stored under.
func keys() map[string][]string {
	return map[string][]string{
		"companies": {"domain"}, "portfolios": {"id"}, "portfolio_companies": {"portfolio_id", "domain"},
		"factors": {"_domain", "name"}, "issues": {"issue_id"}, "events": {"id"}, "notifications": {"id"}, "reports": {"id"},
	}
}

func (p *platform) put(collection string, r record) error {
	names := keys()[collection]
	if names == nil {
		return fmt.Errorf("securityscorecardtest: there is no collection %q to put a record into", collection)
	}
	var parts []string
	for _, name := range names {
		part := emulate.IDText(r[name])
		if part == "" {
			return fmt.Errorf("securityscorecardtest: a record of %s needs the member %q", collection, name)
		}
		parts = append(parts, part)
	}
	p.state.Put(collection, strings.Join(parts, "/"), r)
	return nil
}

// counts are how many records each collection holds.
func (p *platform) counts() map[string]int {
	counts := map[string]int{}
	for name := range keys() {
		counts[name] = p.state.Len(name)
	}
	return counts
}

// seed fills the platform. What it makes up depends on the seed, how much does not.
func (p *platform) seed() {
	for i := range heldCompanies + looseCompanies {
		p.seedCompany(i)
	}
	p.seedPortfolios()
	p.seedNotifications()
	p.seedReports()
}

// companyRecord is a company of which nothing is known yet.
func (p *platform) companyRecord(domain, name string) record {
	return record{
		"name": name, "domain": domain, "uuid": p.uuid("company", domain), "industry": "unknown", "size": "unknown",
		"is_custom": false, "is_entity": false, "is_un_published": false, "disputed": false, "provisional": false,
		"created_at": stamp(p.state.Now()), "description": name + " is made up.",
	}
}

func (p *platform) seedCompany(i int) {
	domain, name := p.companyName(i)
	r := p.companyRecord(domain, name)
	dice := p.dice(domain)
	industries := []string{"technology", "retail", "food", "government", "financial_services", "energy"}
	sizes := []string{
		"size_1_to_10", "size_11_to_50", "size_51_to_200", "size_201_to_500", "size_501_to_1000",
		"size_1001_to_5000", "size_5001_to_10000", "size_more_than_10000", "unknown",
	}
	r["industry"] = industries[i%len(industries)]
	r["size"] = sizes[dice.IntN(len(sizes))]
	r["created_at"] = spelling(i, p.today.AddDate(-2, 0, -dice.IntN(300)))
	if i%calculatingEach == calculatingEach-1 {
		p.state.Put("companies", domain, r) // its score is still being calculated
		return
	}
	score := 45 + dice.IntN(55)
	r["score"] = score
	p.state.Put("companies", domain, r)
	for _, f := range factors() {
		p.seedFactor(domain, f, score, dice)
	}
	p.seedEvents(i, domain, dice)
}

// companyName makes a name and a domain that nobody can own.
func (p *platform) companyName(i int) (domain, name string) {
	first := []string{"Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel"}
	second := []string{"Logistics", "Software", "Foods", "Council", "Bank", "Power"}
	shift := int(p.options.Seed % uint64(len(first)))
	a, b := first[(i/len(second)+shift)%len(first)], second[i%len(second)]
	return strings.ToLower(a + "-" + b + ".example"), a + " " + b
}

// nameOf is the name of a company of which only the domain is known.
func nameOf(domain string) string {
	name, _, _ := strings.Cut(domain, ".")
	return title(strings.ReplaceAll(name, "-", "_"))
}

func (p *platform) seedFactor(domain string, f factor, score int, dice *rand.Rand) {
	summary := []any{}
	types := strings.Fields(strings.ReplaceAll(f.types, "-", ""))
	for range dice.IntN(3) {
		of, err := p.issueType(types[dice.IntN(len(types))], false)
		if err != nil || summarised(summary, of.key) {
			continue // a retired type, or one that is there already
		}
		count := 1 + dice.IntN(3)
		for n := range count {
			finding := p.newFinding(domain, of, n, dice)
			p.state.Put("issues", finding["issue_id"], finding)
		}
		summary = append(summary, record{
			"type": of.key, "count": count, "severity": of.severity, "total_score_impact": float64(dice.IntN(40)) / 10,
		})
	}
	p.state.Put("factors", domain+"/"+f.key, record{
		"_domain": domain, "name": f.key, "score": min(max(score-10+dice.IntN(21), 0), 100), "issue_summary": summary,
	})
}

func summarised(summary []any, key string) bool {
	for _, issue := range records(summary) {
		if issue["type"] == key {
			return true
		}
	}
	return false
}

func (p *platform) newFinding(domain string, of issueType, n int, dice *rand.Rand) record {
	id := p.uuid("issue", domain, of.key, fmt.Sprint(n))
	seen := p.today.AddDate(0, 0, -30-dice.IntN(200))
	address := fmt.Sprintf("192.0.2.%d", 1+dice.IntN(250))
	port := []int{21, 22, 80, 443, 3389}[dice.IntN(5)]
	r := record{
		"issue_id": id, "issue_type": of.key, "parent_domain": domain, "count": 1 + dice.IntN(9),
		"first_seen_time": spelling(n, seen), "last_seen_time": stamp(p.today.Add(-day)), "effective_date": stamp(p.today),
		"ip": address, "port": port, "feedback": []any{}, "reason": "",
	}
	// One client reads this as an object, the description says list.
	connection := record{"dst_ip": address, "dst_port": port, "protocol": "tcp"}
	r["connection_attributes"] = []any{connection}
	if n%2 == 1 {
		r["connection_attributes"] = connection
	}
	if of.factor == "patching_cadence" {
		r["vulnerability_id"] = fmt.Sprintf("CVE-2026-%04d", 1+dice.IntN(20))
		r["vulnerability_description"] = "A vulnerability that the emulator made up."
		r["product_name"] = "Made-up server"
	}
	return r
}

// seedEvents writes a company's log of the last year, newest first.
func (p *platform) seedEvents(i int, domain string, dice *rand.Rand) {
	all := p.issueTypes
	for n := range 6 {
		of := all[dice.IntN(len(all))]
		id := p.state.NextID("event ids")
		at := p.today.AddDate(0, 0, -10-55*n-dice.IntN(40))
		p.state.Put("events", id, record{
			"_domain": domain, "id": id, "date": spelling(n, at), "event_type": "issues",
			"group_status": []string{"active", "resolved", "departed"}[n%3], "issue_count": 1 + dice.IntN(12),
			"total_score_impact": float64(dice.IntN(50)) / 10, "issue_type": of.key, "severity": of.severity, "factor": of.factor,
		})
	}
	if i%6 != 0 {
		return
	}
	id := p.state.NextID("event ids")
	at := p.today.AddDate(0, 0, -340-dice.IntN(20))
	p.state.Put("events", id, record{
		"_domain": domain, "id": id, "date": at.Format(time.DateOnly), "event_type": "breach",
		"breach_data": record{"root_cause": "phishing", "records_lost": 1000 * (1 + dice.IntN(9)), "date_discovered": at.Unix(), "type_of_breach": "disclosure"},
		"breach_incidents": []any{record{
			"measurement_id": p.uuid("breach", domain), "measurement_type": "alleged_breach_incident", "title": "A breach that the emulator made up",
			"summary": "Nothing happened.", "root_cause": "phishing", "breach_date": at.Unix(), "published_date": at.Unix(),
			"records_lost": 1000, "confirmed": true, "originating_party": "first",
		}},
	})
}

// seedPortfolios puts every held company into the first portfolio and some into
// others too. The last one is shared by another organisation: it cannot be
// changed, says so in text, and has an id of the older form.
func (p *platform) seedPortfolios() {
	all := []struct {
		id, name, privacy string
		members           int
		readOnly          any
	}{
		{p.uuid("portfolio", "1"), "All vendors", "private", heldCompanies, false},
		{p.uuid("portfolio", "2"), "Critical vendors", "shared", 20, false},
		{"5f1e9c00a1b2c3d4e5f60003", "Shared by headquarters", "shared", 15, "true"},
	}
	for _, each := range all {
		r := p.portfolioRecord(each.id, record{"name": each.name, "privacy": each.privacy})
		r["read_only"] = each.readOnly
		p.state.Put("portfolios", each.id, r)
		for i := range each.members {
			domain, _ := p.companyName(i)
			p.hold(each.id, domain)
		}
	}
}

// seedNotifications writes those of the last week, newest first. Every fifth
// was made by a rule, every third was read.
func (p *platform) seedNotifications() {
	for n := range notifications {
		domain, name := p.companyName(n)
		at := p.today.Add(-time.Duration(n) * 5 * time.Hour)
		id := p.uuid("notification", fmt.Sprint(n))
		direction, score := "drops", 50+n
		if n%2 == 1 {
			direction = "rises"
		}
		r := record{
			"id": id, "username": demoUser, "priority": n%4 == 0, "change_type": "score", "domain": domain, "company_name": name,
			"portfolios": p.portfoliosOf(domain), "my_scorecard": false, "platform_score_date": at.Format("20060102"),
			"created_at": stamp(at), "category": []string{"standard", "prioritized", "queued"}[n%3],
			"change_data": []any{record{
				"direction": direction, "score": score, "grade_letter": gradeOf(record{"score": score}), "factor": "network_security", "score_impact": -1.5,
			}},
		}
		if n%3 == 0 {
			r["read"] = stamp(at.Add(time.Hour))
		}
		if n%5 == 4 {
			r["change_data"] = record{
				"workflow":     record{"id": p.uuid("workflow")},
				"score_change": record{"trigger_value": "grade_drop", "grade": "C", "score": score, "factors": record{}, "issues": record{}},
			}
		}
		p.state.Put("notifications", id, r)
	}
}

// seedReports leaves one finished report, and one that failed.
func (p *platform) seedReports() {
	for i, kind := range reportKinds()[:2] {
		domain, _ := p.companyName(i)
		r := p.reportRecord(kind, kind.format, domain)
		r["completed_at"] = stamp(p.state.Now())
		r["_fails"] = i == 1
		p.state.Put("reports", r["id"], r)
	}
}

// dice are the random numbers that belong to a name under the seed.
func (p *platform) dice(name string) *rand.Rand {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(name)) // a hash takes every write
	return rand.New(rand.NewPCG(p.options.Seed, sum.Sum64()))
}

// spelling writes a moment in one of the platform's two ways: every other one
// has a space in place of the T.
func spelling(n int, at time.Time) string {
	if n%2 == 1 {
		return strings.Replace(stamp(at), "T", " ", 1)
	}
	return stamp(at)
}
