package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// The file that says which operations there are and which method calls each.
const coverageFile = "docs/coverage.md"

// An entry is one operation as its platform counts it: a verb and a path, at
// Scoro an action.
type entry struct {
	group     string // package, or service
	name      string // verb and path
	methods   []string
	answer    string // "typed", "raw", "empty" or "file"; what no method answers has none
	paged     bool
	certain   bool // its class
	uncertain bool // something else of it, which its comment tells
	signIn    bool
}

// entries returns the operations of a table in its order.
func entries(table *operations.Table) []*entry {
	var all []*entry
	byName := map[string]*entry{}
	for _, op := range table.Operations {
		name := entryName(table.Platform, op)
		e := byName[name]
		if e == nil {
			e = &entry{group: group(op), name: name, certain: op.Certain, uncertain: op.Uncertain != "", signIn: op.Method == "none" && op.Class == "token"}
			byName[name] = e
			all = append(all, e)
		}
		if op.Method == "none" && op.By != "" {
			e.methods = append(e.methods, op.By)
			e.answer = answerKind(&method{table: table, op: op})
		}
		if op.Method == "none" {
			continue
		}
		for _, variant := range op.ByScope() {
			m := newMethod(table, variant)
			e.methods = append(e.methods, variant.ID())
			e.answer, e.paged = answerKind(&m), e.paged || op.Paging != ""
		}
	}
	for _, op := range signIn[table.Platform] {
		all = append(all, &entry{group: "sign-in", name: op.name, methods: []string{op.by}, certain: true, signIn: true})
	}
	return all
}

// entryName is the verb and the path of an operation. Scoro's modify is one
// action with an id and without.
func entryName(platform string, op operations.Operation) string {
	if platform == "scoro" {
		return op.Verb + " " + strings.TrimSuffix(op.Path, "/{id}")
	}
	return op.Row()
}

func group(op operations.Operation) string {
	if op.Method == "none" && op.Class == "token" {
		return "sign-in"
	}
	if op.Unstable {
		return "Unstable." + strings.TrimPrefix(op.Service, "Unstable")
	}
	return cmp.Or(op.Package, op.Service)
}

func answerKind(m *method) string {
	switch m.kind() {
	case kindDownload:
		return "file"
	case kindNothing:
		return "empty"
	case kindRaw:
		return "raw"
	default:
		return "typed"
	}
}

// A tally counts entries.
type tally struct {
	operations, typed, raw, empty, file, do, signIn, paged, certain int
}

func tallyOf(all []*entry) tally {
	var t tally
	for _, e := range all {
		t.add(e)
	}
	return t
}

func (t *tally) add(e *entry) {
	t.operations++
	switch {
	case e.signIn:
		t.signIn++
	case len(e.methods) == 0:
		t.do++
	case e.answer == "typed":
		t.typed++
	case e.answer == "raw":
		t.raw++
	case e.answer == "empty":
		t.empty++
	case e.answer == "file":
		t.file++
	}
	if e.paged {
		t.paged++
	}
	if e.certain {
		t.certain++
	}
}

func (t tally) row(name string) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", name, t.operations, t.typed, t.raw, t.empty, t.file, t.signIn, t.do, t.paged, t.certain)
}

const (
	tallyHead = "| %s | Operations | Typed | Raw | Empty | File | Sign-in | `Do` | Paged | Class certain |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"

	coverageIntro = `# Coverage

Every operation that is known of the three platforms, and the Go method that
calls it. This file is made by ` + "`go generate ./internal/generate`" + ` from the tables
in ` + "`internal/operations`" + `; do not edit it.

Each operation is counted once, by what a success answers: **typed** records,
**raw** JSON whose shape nobody has described (` + "`json.RawMessage`" + `), an **empty**
answer, or a **file**. What is under **sign-in** is called by the platform's
sign-in, which is written by hand. ` + "**`Do`**" + ` marks what has no method: the client's
` + "`Do`" + ` reaches it, like any other path. Apart from that, **paged** counts lists that
come in pages, and **class certain** the operations of which it is documented or
obvious what they do; the others have the class that their verb suggests. The
class decides what is repeated when a connection breaks.

A method ` + "`List`" + ` has the companions ` + "`Pages`" + ` and ` + "`All`" + `, which are not listed. Where a
row says *uncertain*, the method's comment says what is.

`
	procoreCount = `Procore's own description of August 2026 counts 3,155 operations. The one that
these tables are made from is of May 2026; they hold %s.

`
	scoroCount = `Scoro counts actions: modify is one action with two methods, Create and Update.

`
	scorecardCount = `Operations outside the vendor's public index are under Unstable: they may
change or vanish.

`
)

var platformTitles = map[string]string{"scoro": "Scoro", "procore": "Procore", "securityscorecard": "SecurityScorecard"}

// coverage returns the text of the file.
func coverage(tables []*operations.Table) []byte {
	var out bytes.Buffer
	out.WriteString(coverageIntro)
	fmt.Fprintf(&out, tallyHead, "Platform")
	var every []*entry
	for _, table := range tables {
		all := entries(table)
		out.WriteString(tallyOf(all).row(platformTitles[table.Platform]))
		every = append(every, all...)
	}
	out.WriteString(tallyOf(every).row("**All**") + "\n")
	for _, table := range tables {
		platformCoverage(&out, table)
	}
	return out.Bytes()
}

func platformCoverage(out *bytes.Buffer, table *operations.Table) {
	all := entries(table)
	total, title := tallyOf(all), platformTitles[table.Platform]
	fmt.Fprintf(out, "## %s\n\n%s of %s operations have a method or are part of the sign-in. Source: %s.\n\n", title, thousands(total.operations-total.do), thousands(total.operations), table.Source)
	out.WriteString(platformNote(table.Platform, total))
	groups := map[string][]*entry{}
	for _, e := range all {
		groups[e.group] = append(groups[e.group], e)
	}
	names := slices.Sorted(maps.Keys(groups))
	fmt.Fprintf(out, tallyHead, "Group")
	for _, name := range names {
		out.WriteString(tallyOf(groups[name]).row(name))
	}
	out.WriteString(total.row("**All**") + "\n")
	for _, name := range names {
		fmt.Fprintf(out, "### %s: %s\n\n| Operation | Method | Answer |\n| --- | --- | --- |\n", title, name)
		for _, e := range groups[name] {
			fmt.Fprintf(out, "| `%s` | %s | %s |\n", e.name, e.calls(), e.answers())
		}
		out.WriteString("\n")
	}
}

func platformNote(platform string, total tally) string {
	switch platform {
	case "procore":
		return fmt.Sprintf(procoreCount, thousands(total.operations))
	case "scoro":
		return scoroCount
	default:
		return scorecardCount
	}
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// calls names what calls the operation.
func (e *entry) calls() string {
	switch {
	case e.signIn && len(e.methods) == 0:
		return "sign-in"
	case len(e.methods) == 0:
		return "`Do`"
	default:
		return "`" + strings.Join(e.methods, "`, `") + "`"
	}
}

func (e *entry) answers() string {
	parts := []string{e.answer}
	if e.paged {
		parts = append(parts, "paged")
	}
	if e.uncertain {
		parts = append(parts, "*uncertain*")
	}
	return strings.Join(parts, ", ")
}
