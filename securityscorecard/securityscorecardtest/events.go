package securityscorecardtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// listEvents is a company's event log. Dates come in two spellings: some have
// a space in place of the T. Breaches lack the members of issues.
func (p *platform) listEvents(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	entries := []record{}
	for _, event := range p.eventsOf(company, dates(c, "date_from", "date_to")) {
		if text(event, "event_type") == "issues" {
			event["detail_url"] = fmt.Sprintf("%s/companies/%s/history/events/%s/issues/%s/?group_status=%s", origin(c),
				text(company, "domain"), moment(text(event, "date")).Format(time.DateOnly), text(event, "issue_type"), text(event, "group_status"))
		}
		entries = append(entries, event)
	}
	return ok(record{"entries": entries})
}

// listBreaches has plain dates and another form of breach_data than the event log.
func (p *platform) listBreaches(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	entries := []record{}
	for _, event := range p.eventsOf(company, dates(c, "date_from", "date_to")) {
		breach, ok := event["breach_data"].(record)
		if !ok {
			continue
		}
		entries = append(entries, record{
			"date": moment(text(event, "date")).Format(time.DateOnly), "event_type": "breach",
			"breach_data": record{"method": breach["root_cause"], "description": breach["type_of_breach"], "link": "https://news.example/" + text(company, "domain")},
		})
	}
	return ok(record{"entries": entries})
}

// eventsOf are the events of a company within a span, newest first.
func (p *platform) eventsOf(company record, within span) []record {
	events := p.state.Where("events", func(r record) bool {
		return r["_domain"] == company["domain"] && within.holds(moment(text(r, "date")))
	})
	for _, event := range events {
		delete(event, "_domain")
	}
	return events
}

// listNotifications are those of the demo user in the last seven days. Those
// that a rule made have another form of change_data.
func (p *platform) listNotifications(c *emulate.Call) (emulate.Answer, error) {
	if err := p.checkUser(c); err != nil {
		return emulate.Answer{}, err
	}
	query := c.URL.Query()
	for _, check := range []struct{ name, words string }{{"sort", "date"}, {"order", "asc desc"}} {
		if word := query.Get(check.name); word != "" && !strings.Contains(" "+check.words+" ", " "+word+" ") {
			return emulate.Answer{}, badRequest("%s: %q is none of %s", check.name, word, check.words)
		}
	}
	found := p.state.Where("notifications", func(r record) bool {
		_, read := r["read"]
		if query.Get("unread") == "true" && read || query.Get("unread") == "false" && !read {
			return false
		}
		return query.Get("portfolio") == "" || isIn(r["portfolios"], query.Get("portfolio"))
	})
	if query.Get("order") == "asc" {
		slices.Reverse(found)
	}
	return p.list(c, "entries", found)
}

// isIn reports whether a list of portfolios has one with the id.
func isIn(portfolios any, id string) bool {
	for _, portfolio := range records(portfolios) {
		if portfolio["id"] == id {
			return true
		}
	}
	return false
}
