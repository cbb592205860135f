package main

import (
	"fmt"
	"go/format"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// leaves writes the test file that makes a client of each leaf package of
// Procore, so that no test over all of them can forget one.
func leaves(table *operations.Table) ([]byte, error) {
	var out strings.Builder
	out.WriteString(header + "\npackage procore_test\n\nimport (\n")
	fmt.Fprintf(&out, "%q\n", module+"/procore")
	names := leafNames(table)
	for _, name := range names {
		fmt.Fprintf(&out, "%q\n", module+"/procore/"+name)
	}
	out.WriteString(")\n\n// leaves makes a client of each package below procore.\nfunc leaves(c *procore.Client) []any {\nreturn []any{\n")
	for _, name := range names {
		fmt.Fprintf(&out, "%s.New(c),\n", name)
	}
	out.WriteString("}\n}\n")
	return format.Source([]byte(out.String()))
}

func leafNames(table *operations.Table) []string {
	var names []string
	for _, op := range table.Operations {
		if op.Method != "none" && op.Package != "" {
			names = append(names, op.Package)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
