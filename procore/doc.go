// Package procore is the root of a client of Procore's REST API: signing in,
// environments, and calls of any path. Each Procore tool is a package below it,
// such as rfi, submittals and directory.
//
//	app := procore.App{ClientID: id, ClientSecret: auth.NewSecret(secret)}
//	grant, err := app.ClientCredentials()
//	if err != nil {
//		return err
//	}
//	session := auth.NewSession(store.Memory(), app.Key("service"), grant)
//	defer session.Close()
//	client, err := procore.New(session, &procore.Options{CompanyID: 42})
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	for p, err := range project.New(client).Projects.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(p.ID, p.Name)
//	}
//
// # What is particular to Procore
//
// Every call is made in a company, by the header Procore-Company-Id. It comes
// from Options.CompanyID and is never an argument.
//
// A refresh token works once, and dies with the first call that presents it,
// successful or not. Keep tokens in an auth.Session over a store that lasts.
//
// An app sees a company only after its administrator installed it there.
//
// Version 1 operations answer bare JSON with integer ids, version 2 an envelope
// with ids as text. The methods hide the envelope; the types of the ids show.
package procore
