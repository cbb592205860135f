// The program generate writes the Go of the three platforms from their
// operation tables: one file a service, its types beside it. The output is
// checked in; a test fails while it is stale. Never edit it: what is wrong in
// it is mended in the tables' overrides.
//
//	go generate ./internal/generate            write everything
//	go run ./internal/generate -only rfi       write one package: a leaf of Procore, scoro or securityscorecard
//	go run ./internal/generate -compare FILE   hold the tables against a catalogue of facts
package main

//go:generate go run . -root ../..

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	root := flag.String("root", ".", "the module's folder")
	only := flag.String("only", "", "the one package to write: a leaf of Procore, scoro or securityscorecard")
	catalogue := flag.String("compare", "", "a catalogue of facts to compare the tables with; nothing is written")
	flag.Parse()
	if err := run(*root, *only, *catalogue); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(root, only, catalogue string) error {
	if catalogue != "" {
		return compare(catalogue, os.Stdout)
	}
	if only != "" {
		return writePackage(root, only)
	}
	files, err := generate()
	if err != nil {
		return err
	}
	if err := write(root, platforms, files); err != nil {
		return err
	}
	return writeListings(root)
}
