// Quickstart signs in to Scoro, Procore and SecurityScorecard, reads pages from
// each, writes a task to Scoro and an RFI to Procore (to real accounts only with
// -write). A platform without credentials in the environment is emulated.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/company"
	"github.com/cordage-go/cordage/procore/directory"
	"github.com/cordage-go/cordage/procore/project"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/store"
)

func main() {
	write := flag.Bool("write", false, "write to real accounts too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *write); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, write bool) error {
	env, stop, err := environment()
	if err != nil {
		return err
	}
	defer stop()
	var s summary
	for _, visit := range []func(context.Context, settings, bool, *summary) error{visitScoro, visitProcore, visitSecurityScorecard} {
		if err := visit(ctx, env, write, &s); err != nil {
			return err
		}
	}
	s.print()
	return nil
}

func visitScoro(ctx context.Context, env settings, write bool, s *summary) error {
	client, err := scoro.New(env["SCORO_SITE"], env.scoro(), &scoro.Options{
		AppID: env["SCORO_APP_ID"], Options: connector.Options{BaseURL: env["SCORO_BASE_URL"]}})
	if err != nil {
		return err
	}
	defer client.Close()
	if _, err := read(s, "Scoro projects", client.Projects.Pages(ctx, nil, s.count())); err != nil {
		return err
	}
	if _, err := read(s, "Scoro time entries", client.TimeEntries.Pages(ctx, nil, s.count())); err != nil {
		return err
	}
	if !write && !env.emulated("SCORO") {
		return nil
	}
	task, err := client.Tasks.Create(ctx, &scoro.TaskCreate{Name: "Say hello to Cordage"}, s.count())
	if err != nil {
		return err
	}
	s.wrote("Scoro task", task.ID)
	return nil
}

func visitProcore(ctx context.Context, env settings, write bool, s *summary) error {
	companyID := env.companyID()
	app := procore.App{ClientID: env["PROCORE_CLIENT_ID"], ClientSecret: auth.NewSecret(env["PROCORE_CLIENT_SECRET"]), Environment: env.procore()}
	grant, err := app.ClientCredentials()
	if err != nil {
		return err
	}
	session := auth.NewSession(store.Memory(), app.Key("quickstart"), grant)
	defer session.Close()
	client, err := procore.New(session, &procore.Options{CompanyID: companyID, Environment: app.Environment})
	if err != nil {
		return err
	}
	defer client.Close()
	companies, err := read(s, "Procore companies", company.New(client).Companies.Pages(ctx, nil, s.count()))
	if err != nil {
		return err
	}
	ids := []int64{companyID} // the chosen company comes first: Procore says what is wrong with it
	for _, c := range companies {
		if c.ID != companyID {
			ids = append(ids, c.ID)
		}
	}
	var home []project.Project // of the chosen company
	rfis := rfi.New(client).RFIs
	for _, id := range ids {
		in := procore.Company(id)
		projects, err := read(s, "Procore projects", project.New(client).Projects.Pages(ctx, nil, s.count(), in))
		if err != nil {
			return err
		}
		if id == companyID {
			home = projects
		}
		for _, p := range projects {
			if _, err := read(s, "Procore RFIs", rfis.Pages(ctx, p.ID, nil, s.count(), in, connector.PageSize(25))); err != nil {
				return err
			}
		}
	}
	if len(home) == 0 || !write && !env.emulated("PROCORE") {
		return nil
	}
	users, err := directory.New(client).Users.List(ctx, home[0].ID, nil, s.count())
	if err != nil || len(users.Items) == 0 {
		return err
	}
	manager := users.Items[0].ID
	created, err := rfis.Create(ctx, home[0].ID, &rfi.RFICreate{Subject: "Say hello to Cordage", Draft: new(true),
		RFIManagerID: manager, AssigneeIDs: []int64{manager}, Question: rfi.QuestionInput{Body: "Does it hold?"}}, s.count())
	if err != nil {
		return err
	}
	s.wrote("Procore RFI", created.ID)
	return nil
}

func visitSecurityScorecard(ctx context.Context, env settings, _ bool, s *summary) error {
	client, err := securityscorecard.New(auth.Static(env["SECURITYSCORECARD_TOKEN"]), &securityscorecard.Options{
		Options: connector.Options{BaseURL: env["SECURITYSCORECARD_BASE_URL"]}})
	if err != nil {
		return err
	}
	defer client.Close()
	portfolios, err := read(s, "SecurityScorecard portfolios", client.Portfolios.Pages(ctx, s.count()))
	if err != nil || len(portfolios) == 0 {
		return err
	}
	_, err = read(s, "SecurityScorecard companies",
		client.Portfolios.ScorecardPages(ctx, portfolios[0].ID, nil, s.count(), connector.PageSize(10)))
	return err
}
