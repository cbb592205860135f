// Package scoro is a client of Scoro's API v2.
//
//	client, err := scoro.New("acme", scoro.UserToken(token, "acme"), nil)
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	for project, err := range client.Projects.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(project.ID, project.Name)
//	}
//
// Its services are Scoro's modules, as fields of [Client]. List reads one page,
// Pages walks the pages, All walks the records. Every other module is reached
// by [Client.Do].
//
// # What is particular to Scoro
//
// Every call is a POST, reads too, and carries the credential in its body. The
// package knows which calls only read, and repeats only those when the
// connection breaks.
//
// A list row is short: custom fields, lines and tags may be missing. Ask for
// [Detailed] rows or Get one record.
//
// Scoro ignores filters that it does not know. The queries have fields for the
// known ones; [Filter] checks names, [RawFilter] does not.
//
// An update of an invoice or a quote that holds lines replaces all lines.
package scoro
