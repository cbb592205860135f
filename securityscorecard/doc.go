// Package securityscorecard is a client of SecurityScorecard's API.
//
//	client, err := securityscorecard.New(auth.Static(token), nil)
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	company, err := client.Companies.Get(ctx, "example.com")
//	if err != nil {
//		return err
//	}
//	if company.Score != nil {
//		fmt.Println(company.Grade, *company.Score)
//	}
//
// # What is particular to SecurityScorecard
//
// A score that is still being calculated is absent, so Score is a pointer, and
// the grade "?" is no grade.
//
// A company can be read only when it is in one of your portfolios. Another is
// answered with 403 and the code company_not_in_a_portfolio; add it first.
//
// Scorecards change once a day, and an hour allows 5,000 requests: the client
// spreads them.
//
// Reports are files. Create one, look for it with [Reports.List] until it is
// finished, and fetch it with [Client.DownloadReport].
//
// What the platform serves but leaves out of its published index stands behind
// [Unstable]: client.Unstable.Subscriptions.List. It may change or vanish, and
// its names here with it. Where no form of an answer is documented, a method
// returns JSON, which [Client.Decode] reads into a type of yours.
package securityscorecard
