package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is said to be called by hand-written Go is: the method is there, and
// the path stands in the source.
func TestHandWrittenMethodsExist(t *testing.T) {
	for _, platform := range platforms {
		table, err := loadTable(platform)
		if err != nil {
			t.Error(err)
			continue
		}
		calls := slices.Clone(signIn[platform])
		for _, op := range table.Operations {
			if op.By != "" {
				calls = append(calls, struct{ name, by string }{op.Row(), op.By})
			}
		}
		exported, err := listing(filepath.Join(root, platform))
		if err != nil {
			t.Fatal(err)
		}
		source := handWritten(t, platform)
		for _, call := range calls {
			receiver, method, isMethod := strings.Cut(call.by, ".")
			starts := []string{"method (" + receiver + ") " + method + "(", "method (*" + receiver + ") " + method + "("}
			if !isMethod {
				starts = []string{"func " + receiver + "("}
			}
			if !slices.ContainsFunc(exported, func(line string) bool {
				return slices.ContainsFunc(starts, func(start string) bool { return strings.HasPrefix(line, start) })
			}) {
				t.Errorf("%s: package %s has no %s", call.name, platform, call.by)
			}
			if _, path, _ := strings.Cut(call.name, " "); !bytes.Contains(source, []byte(path)) {
				t.Errorf("%s is called by nothing in the hand-written package %s", call.name, platform)
			}
		}
	}
}

// handWritten is all Go of a package that was not generated and is no test.
func handWritten(t *testing.T, folder string) []byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") && !bytes.HasPrefix(text, []byte(header)) {
			all = append(all, text...)
		}
	}
	return all
}
