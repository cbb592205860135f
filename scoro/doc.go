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
// Pages walks the pages, All walks the records.
//
// Sixteen actions have no methods: list, view, modify and delete of the modules
// persons, meters, properties and readings. Their names are known, but no public
// client has been seen to call them, so nothing is said here of what they take
// and answer. [Client.Do] calls them as it calls every other path.
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
// An update that holds lines replaces all lines of the document, and so with
// other lists. Their fields are called ReplaceLines, ReplaceReceipts and so on;
// a line that was read is kept by writing its Input back.
//
// A module that takes only one kind of credential is said so at its service.
// Working programs contradict that in part, so nothing is refused here: see
// [Credential].
package scoro
