package securityscorecardtest

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A reportKind is one kind of report that can be ordered.
type reportKind struct {
	name    string // last segment of the path
	format  string // what it comes as, if the order does not say
	title   string
	about   string // member of the body that names the company, or the portfolio
	wrapper string // member that the body stands in
}

func reportKinds() []reportKind {
	return []reportKind{
		{name: "detailed", format: "pdf", title: "Detailed report", about: "scorecard_identifier"},
		{name: "summary", format: "pdf", title: "Summary report", about: "scorecard_identifier"},
		{name: "issues", format: "csv", title: "Issues report", about: "scorecard_identifier"},
		{name: "partnership", format: "pdf", title: "Partnership report", about: "scorecard_identifier"},
		{name: "portfolio", format: "pdf", title: "Portfolio report", about: "portfolio_id"},
		{name: "events-json", format: "json", title: "Events", about: "scorecard_identifier", wrapper: "params"},
		{name: "full-scorecard-json", format: "json", title: "Full scorecard", about: "scorecard_identifier", wrapper: "params"},
		{name: "scorecard-footprint", format: "csv", title: "Scorecard footprint", about: "scorecard_identifier"},
		{name: "footprint-domains", format: "csv", title: "Footprint: domains", about: "domain"},
		{name: "footprint-ips", format: "csv", title: "Footprint: addresses", about: "domain"},
		{name: "assessments", format: "json", title: "Assessments", about: "domain"},
	}
}

// createReport takes an order. An order for a company whose score is still
// being calculated is taken too, and the report fails later.
func (p *platform) createReport(c *emulate.Call, kind reportKind) (emulate.Answer, error) {
	sent, err := p.readWrapped(c, kind.wrapper)
	if err != nil {
		return emulate.Answer{}, err
	}
	about := text(sent, kind.about)
	if about == "" {
		return emulate.Answer{}, missing(kind.about)
	}
	scored := true
	if kind.about == "portfolio_id" {
		err = p.mustHave(about)
	} else {
		var company record
		if company, err = p.companyInReach(about); err == nil {
			_, scored = number(company, "score")
		}
	}
	if err != nil {
		return emulate.Answer{}, err
	}
	r := p.reportRecord(kind, cmp.Or(text(sent, "format"), kind.format), about)
	r["_polls"] = p.polls()
	r["_fails"] = !scored
	id := text(r, "id")
	p.state.Put("reports", id, r)
	return emulate.JSON(status(c, http.StatusOK), record{"id": id}), nil
}

func (p *platform) reportRecord(kind reportKind, format, about string) record {
	n := strconv.Itoa(p.state.NextID("ordered reports"))
	return record{
		"id": p.uuid("report", n), "title": kind.title + " of " + about, "format": format,
		"report_type": kind.name, "created_at": stamp(p.state.Now()), "_about": about,
	}
}

func (p *platform) polls() int {
	if p.options.ReportPolls == 0 {
		return 2
	}
	return max(p.options.ReportPolls, 0)
}

// listReports shows the orders of the last seven days, newest first. Each time
// brings the unfinished ones a step further. A finished report without a
// download_url has failed.
func (p *platform) listReports(c *emulate.Call) (emulate.Answer, error) {
	entries := []record{}
	for _, r := range slices.Backward(p.state.All("reports")) {
		r, found := p.state.Update("reports", r["id"], p.advance)
		if !found {
			continue // deleted by a test meanwhile
		}
		if _, done := r["completed_at"]; done && r["_fails"] != true {
			r["download_url"] = origin(c) + "/reports/files/" + url.PathEscape(fileOf(r))
		}
		entries = append(entries, public(r))
	}
	return ok(record{"entries": entries})
}

func (p *platform) advance(r record) {
	if _, done := r["completed_at"]; done {
		return
	}
	left, _ := number(r, "_polls")
	if left > 0 {
		r["_polls"] = left - 1
		return
	}
	r["completed_at"] = stamp(moment(text(r, "created_at")).Add(90 * time.Second))
}

func fileOf(r record) string { return text(r, "id") + "." + text(r, "format") }

// downloadReport leads to the storage of finished reports.
func (p *platform) downloadReport(c *emulate.Call) (emulate.Answer, error) {
	file := c.Values["file_path"]
	if _, err := p.finished(file); err != nil {
		return emulate.Answer{}, err
	}
	host := c.Host
	if name, _, err := net.SplitHostPort(c.Host); err == nil {
		host = name
	}
	target := url.URL{
		Scheme: "http", Host: net.JoinHostPort(strings.Trim(host, "[]"), p.storagePort), Path: "/reports/" + file,
		RawQuery: url.Values{"signature": {p.uuid("signature", file)}, "lng": c.URL.Query()["lng"]}.Encode(),
	}
	return emulate.Empty(http.StatusFound).With("Location", target.String()), nil
}

func (p *platform) finished(file string) (record, error) {
	id, _, _ := strings.Cut(file, ".")
	r, found := p.state.Get("reports", id)
	if !found || fileOf(r) != file {
		return nil, refuse(http.StatusNotFound, "there is no file %q; take the address from download_url", file)
	}
	if _, done := r["completed_at"]; !done || r["_fails"] == true {
		return nil, refuse(http.StatusNotFound, "the report %s has no file", id)
	}
	return r, nil
}

// store is the storage of finished reports: a host that knows nothing of the
// API, wants its own signature and refuses any other credential.
func (p *platform) store(c *emulate.Call) emulate.Answer {
	for _, name := range []string{"Authorization", "Cookie"} {
		if c.Header.Get(name) != "" {
			return storageError(http.StatusBadRequest, "InvalidArgument", "Only the signature in the address is allowed, not the header "+name)
		}
	}
	if c.Method != http.MethodGet {
		return storageError(http.StatusMethodNotAllowed, "MethodNotAllowed", "Only GET is allowed")
	}
	file := strings.TrimPrefix(c.URL.Path, "/reports/")
	if c.URL.Query().Get("signature") != p.uuid("signature", file) {
		return storageError(http.StatusForbidden, "SignatureDoesNotMatch", "The signature in the address does not fit")
	}
	r, err := p.finished(file)
	if err != nil {
		return storageError(http.StatusNotFound, "NoSuchKey", "The file does not exist")
	}
	media, content := p.content(r)
	return emulate.Text(http.StatusOK, media, content).With("Content-Disposition", fmt.Sprintf("attachment; filename=%q", file))
}

func storageError(status int, code, message string) emulate.Answer {
	return emulate.Text(status, "application/xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"+code+"</Code><Message>"+message+"</Message></Error>\n")
}

func (p *platform) content(r record) (media, content string) {
	about := text(r, "_about")
	switch text(r, "format") {
	case "pdf":
		return "application/pdf", "%PDF-1.4\n% " + text(r, "title") + "\n%%EOF\n"
	case "json":
		company, _ := p.state.Get("companies", about) // nothing is known of a portfolio here
		return "application/json", string(emulate.JSON(http.StatusOK, record{"about": about, "company": company}).Body)
	default:
		return "text/csv; charset=utf-8", "about,title\n" + about + "," + text(r, "title") + "\n"
	}
}

// exportCompliance answers the file itself.
func (p *platform) exportCompliance(c *emulate.Call) (emulate.Answer, error) {
	sent, err := p.sentRecord(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	company, err := p.companyInReach(text(sent, "domain"))
	if err != nil {
		return emulate.Answer{}, err
	}
	content := fmt.Sprintf("domain,metric,grade\n%s,%s,%s\n", text(company, "domain"), text(sent, "metricId"), gradeOf(company))
	return emulate.Text(http.StatusOK, "text/csv; charset=utf-8", content).With("Content-Disposition", `attachment; filename="compliance.csv"`), nil
}

// public leaves out what the emulator notes for itself.
func public(r record) record {
	for name := range r {
		if strings.HasPrefix(name, "_") {
			delete(r, name)
		}
	}
	return r
}
