package main

import (
	"bytes"
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A program that imports one leaf of Procore should not feel the others.
const (
	mostLines = 12000 // generated, in one leaf
	mostNames = 700   // exported, at package level
)

func TestLeavesStaySmall(t *testing.T) {
	files, err := generatedFiles(root, []string{"procore"})
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]int{}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		lines[filepath.Dir(name)] += bytes.Count(text, []byte("\n"))
	}
	delete(lines, "procore") // its leaves_test.go is in no build
	type leaf struct {
		folder       string
		lines, names int
	}
	var leaves []leaf
	for folder, n := range lines {
		leaves = append(leaves, leaf{folder, n, namesIn(t, folder)})
	}
	slices.SortFunc(leaves, func(a, b leaf) int { return cmp.Compare(b.lines, a.lines) })
	for i, l := range leaves {
		if i < 3 {
			t.Logf("%s: %d lines, %d names", l.folder, l.lines, l.names)
		}
		if l.lines > mostLines || l.names > mostNames {
			t.Errorf("%s has %d generated lines and %d exported names; at most %d and %d are allowed", l.folder, l.lines, l.names, mostLines, mostNames)
		}
	}
	if len(leaves) == 0 {
		t.Error("no leaves found")
	}
}

// namesIn counts what a package exports at its level: no fields, no methods.
func namesIn(t *testing.T, folder string) int {
	t.Helper()
	exported, err := listing(filepath.Join(root, folder))
	if err != nil {
		t.Fatal(err)
	}
	return len(slices.DeleteFunc(exported, func(line string) bool {
		return strings.HasPrefix(line, "field ") || strings.HasPrefix(line, "method ")
	}))
}

func TestLeavesImportNoOtherLeaf(t *testing.T) {
	list := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Deps \" \"}}", "./procore/...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	const below = module + "/procore/"
	leaves := 0
	for line := range strings.Lines(string(out)) {
		name, deps, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == below+"procoretest" {
			continue
		}
		for dep := range strings.FieldsSeq(deps) {
			if strings.HasPrefix(dep, below) {
				t.Errorf("%s imports %s; nothing but programs and tests imports a leaf", name, dep)
			}
		}
		leaves++
	}
	if leaves < 2 {
		t.Errorf("go list shows %d packages below procore", leaves)
	}
}
