// Securityscorecard-portfolio is a template for a look at one's vendors: each
// company's score, its weakest factor, and what changed last. It runs on an
// emulator. For real, give auth.Static your API token and leave out BaseURL.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "securityscorecard-portfolio:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	server, err := securityscorecardtest.Listen("127.0.0.1:0", nil)
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := securityscorecard.New(auth.Static(server.Token), &securityscorecard.Options{
		AppName: "vendor-look", Options: connector.Options{BaseURL: server.URL}})
	if err != nil {
		return err
	}
	defer client.Close()

	portfolios, err := client.Portfolios.List(ctx)
	if err != nil || len(portfolios.Items) == 0 {
		return err
	}
	watched := portfolios.Items[len(portfolios.Items)-1]
	count := 0
	for company, err := range client.Portfolios.AllCompanies(ctx, watched.ID, nil) {
		if err != nil {
			return err
		}
		count++
		if company.Score == nil {
			fmt.Fprintf(out, "%-24s   score is being calculated\n", company.Domain)
			continue
		}
		fmt.Fprintf(out, "%-24s %s %3d (%+d in 30 days)", company.Domain, company.Grade, *company.Score, company.ScoreChange30Days)
		factors, err := client.Companies.Factors(ctx, company.Domain, nil)
		if err != nil {
			return err
		}
		events, err := client.Companies.ListEvents(ctx, company.Domain, nil)
		if err != nil {
			return err
		}
		weakest := securityscorecard.Factor{}
		for _, factor := range factors {
			if factor.Score != nil && (weakest.Score == nil || *factor.Score < *weakest.Score) {
				weakest = factor
			}
		}
		fmt.Fprintf(out, "  weakest: %s %s", weakest.Name, weakest.Grade)
		if len(events.Items) > 0 {
			last := slices.MaxFunc(events.Items, func(a, b securityscorecard.Event) int { return a.Date.Compare(b.Date) })
			fmt.Fprintf(out, "  last change: %s %s %s", last.Date.Format(time.DateOnly), last.EventType, last.IssueType)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "%d companies in portfolio %s\n", count, watched.Name)
	return nil
}
