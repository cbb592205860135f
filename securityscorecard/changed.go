package securityscorecard

import (
	"fmt"
	"iter"
	"strings"
)

// Known are the scores of companies as a program has dealt with them, by
// domain. It is a plain map: begin with Known{}, since nil holds nothing, and keep
// it as JSON between two runs. It is not safe for concurrent use.
type Known map[string]string

// Scored is a company with its score: a [*PortfolioCompany] or a [*Scorecard].
type Scored interface {
	// standing is what IfChanged compares, by domain.
	standing() (domain, scores string)
}

// IfChanged leaves out of a walk the companies whose scores are those in known,
// so that only the others cost further calls:
//
//	companies := client.Portfolios.AllCompanies(ctx, portfolio, nil)
//	for company, err := range securityscorecard.IfChanged(known, companies) {
//		if err != nil {
//			return err
//		}
//		factors, err := client.Companies.Factors(ctx, company.Domain, nil)
//		…
//		known.Note(company) // else it comes again next time
//	}
//
// The list brings the scores of many companies in one call; a hundred of them
// of which three have changed cost four calls in place of a hundred. Scores move
// once a day, at a time that is not documented, so that asking more often finds
// little. Of a *PortfolioCompany score and grade are compared, of a *Scorecard
// also the factors, which [PortfolioScorecardsQuery] WithFactors asks for.
//
// Findings may come and go without moving a score: clear known every now and
// then to see all companies. One that left the portfolio stays in it.
func IfChanged[C Scored](known Known, companies iter.Seq2[C, error]) iter.Seq2[C, error] {
	return func(yield func(C, error) bool) {
		for company, err := range companies {
			if err == nil && !known.changed(company) {
				continue
			}
			if !yield(company, err) {
				return
			}
		}
	}
}

// Note remembers a company's scores. Call it when all is done that a change of
// them asks for.
func (k Known) Note(company Scored) {
	domain, scores := company.standing()
	k[domain] = scores
}

func (k Known) changed(company Scored) bool {
	domain, scores := company.standing()
	before, noted := k[domain]
	return !noted || before != scores
}

func (c *PortfolioCompany) standing() (domain, scores string) {
	return c.Domain, string(c.Grade) + " " + digits(c.Score)
}

func (s *Scorecard) standing() (domain, scores string) {
	f := s.Factors
	parts := []string{string(s.Grade), digits(s.Score)}
	for _, score := range []*float64{f.ApplicationSecurity, f.CubitScore, f.DNSHealth, f.EndpointSecurity, f.HackerChatter,
		f.IPReputation, f.LeakedInformation, f.NetworkSecurity, f.PatchingCadence, f.SocialEngineering} {
		parts = append(parts, digits(score))
	}
	return s.Domain, strings.Join(parts, " ")
}

// digits writes a score, which is nil while it is being calculated.
func digits[N int64 | float64](score *N) string {
	if score == nil {
		return "-"
	}
	return fmt.Sprint(*score)
}
