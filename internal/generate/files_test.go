package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Writing removes generated files without a source in its folders, and leaves
// hand-written ones and other folders alone.
func TestWriteReplacesWhatItWrote(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"procore/rfi/old.go": header + "package rfi", "procore/rfi/own.go": "package rfi", "procore/rfi/kept.go": header + "package rfi", "procore/wbs/other.go": header + "package wbs",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(root, "procore/rfi/kept.go"), before, before); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"procore/rfi/new.go": []byte(header + "package rfi"), "procore/rfi/kept.go": []byte(header + "package rfi")}
	if err := write(root, []string{"procore/rfi"}, files); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"procore/rfi/old.go": false, "procore/rfi/own.go": true, "procore/rfi/kept.go": true, "procore/rfi/new.go": true, "procore/wbs/other.go": true,
	} {
		if _, err := os.Stat(filepath.Join(root, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
	if info, err := os.Stat(filepath.Join(root, "procore/rfi/kept.go")); err != nil || !info.ModTime().Equal(before) {
		t.Errorf("a file that did not change was written again: %v", err)
	}
}

func TestPackagesByName(t *testing.T) {
	for name, platform := range map[string]string{"scoro": "scoro", "securityscorecard": "securityscorecard", "rfi": "procore"} {
		if table, err := loadPackage(name); err != nil || table.Platform != platform {
			t.Errorf("%s: error %v, want the table of %s", name, err, platform)
		}
	}
	if _, err := loadPackage("procore"); err == nil || !strings.Contains(err.Error(), "below procore") {
		t.Errorf("error %v, want one that names the packages", err)
	}
}
