package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The folder with the exported names of each public package, one a line. It
// is checked in, so that a name that changes shows.
const apiFolder = "api"

// listings returns the listing of each public package of the module, by its
// path in the module.
func listings(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, path)
		if name != "." && !public(path) {
			return filepath.SkipDir
		}
		lines, err := listing(path)
		if len(lines) > 0 {
			files[apiFolder+"/"+filepath.ToSlash(name)+".txt"] = []byte(strings.Join(lines, "\n") + "\n")
		}
		return err
	})
	return files, err
}

// public reports whether a folder may hold a package for users: it is not
// internal, no example and no module of its own.
func public(folder string) bool {
	name := filepath.Base(folder)
	if strings.HasPrefix(name, ".") || slices.Contains([]string{"internal", "examples", "testdata", apiFolder, "docs"}, name) {
		return false
	}
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err != nil
}

// writeListings writes the listings, and removes those without a package.
func writeListings(root string) error {
	files, err := listings(root)
	if err != nil {
		return err
	}
	for _, name := range listingsOnDisk(root) {
		if _, kept := files[name]; kept {
			continue
		}
		if err := os.Remove(filepath.Join(root, name)); err != nil {
			return err
		}
	}
	for name, text := range files {
		if err := writeFile(filepath.Join(root, name), text); err != nil {
			return err
		}
	}
	return nil
}

// listingsOnDisk names the listings that are checked in.
func listingsOnDisk(root string) []string {
	var names []string
	folder := filepath.Join(root, apiFolder)
	filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(root, path)
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	return names
}
