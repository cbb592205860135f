// Scoro-private-app is a template for an app of one company. It logs in for a
// user token, lists the projects that changed since a day, and books an hour.
//
// It runs on an emulator. For a real site, replace what comes from server by
// your own: the site's name, and username and password from your vault.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/value"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scoro-private-app:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	server, err := scorotest.Listen("127.0.0.1:0", nil)
	if err != nil {
		return err
	}
	defer server.Close()

	options := &scoro.Options{Options: connector.Options{BaseURL: server.URL}}
	login, err := scoro.SignIn(server.Site, scoro.Login{
		Username:       server.Username,
		Password:       auth.NewSecret(server.Password),
		CompanyAccount: server.CompanyAccount,
		DeviceName:     "time keeper",
	}, options)
	if err != nil {
		return err
	}
	// The session logs in when a token is needed, and again when Scoro ends it.
	session := auth.NewSession(store.Memory(), "scoro/"+server.Site+"/"+server.Username, login)
	defer session.Close()
	client, err := scoro.New(server.Site, scoro.Credential{UserToken: session}, options)
	if err != nil {
		return err
	}
	defer client.Close()

	changed := &scoro.ProjectQuery{ModifiedAt: value.SinceDate(value.Date{Year: 2026, Month: time.February, Day: 20})}
	count := 0
	for project, err := range client.Projects.All(ctx, changed) {
		if err != nil {
			return err
		}
		count++
		fmt.Fprintf(out, "%5d  %-40s %s\n", project.ID, project.Name, project.Status)
	}
	fmt.Fprintf(out, "%d projects changed since 20 February\n", count)

	tasks, err := client.Tasks.List(ctx, nil, connector.PageSize(1))
	if err != nil {
		return err
	}
	entry, err := client.TimeEntries.Create(ctx, &scoro.TimeEntryCreate{
		EventID: tasks.Items[0].ID, Description: new("Talked to the client"), Duration: new(time.Hour)})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "booked %v on %q as time entry %d\n", entry.Duration, tasks.Items[0].Name, entry.ID)
	return nil
}
