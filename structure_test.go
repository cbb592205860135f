package cordage

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/cordage-go/cordage"

type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
	Standard     bool
	Module       *struct{ Path string }
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json"}, args...)...).Output()
	if err != nil {
		exit, _ := errors.AsType[*exec.ExitError](err)
		t.Fatalf("go list: %v\n%s", err, exit.Stderr)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// short is an import path within the module, "" for others.
func short(path string) string {
	rest, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return ""
	}
	return rest
}

var platforms = []string{"scoro", "procore", "securityscorecard"}

// mayImport says which of our packages a package's own code may import. It is
// the order of the house: everything points down.
func mayImport(from, to string) bool {
	allowed := map[string][]string{
		"connector":           {},
		"value":               {},
		"store":               {},
		"store/storetest":     {"store"},
		"store/redisstore":    {"store"},
		"store/sqltest":       {"store"},
		"auth":                {"store", "connector"},
		"pace":                {"store", "connector"},
		"internal/wire":       {"value"},
		"internal/rest":       {"auth", "connector", "store", "value", "pace", "internal/wire"},
		"internal/oauth":      {"auth", "connector", "internal/rest", "internal/wire"},
		"internal/operations": {},
		"internal/faulttest":  {"connector"},
		// The shared fault suite of the three platforms' tests.
		"internal/faulttest/cases": {"internal/faulttest", "auth", "connector", "store"},
		"internal/everymethod":     {"auth", "connector", "value", "internal/operations", "internal/emulate"},
		"internal/golden":          {},
		"internal/emulate":         {"internal/operations"},
		"internal/emulate/conform": {"internal/emulate"},
		"internal/generate":        {"internal/operations"},
	}
	if list, ok := allowed[from]; ok {
		return slices.Contains(list, to)
	}
	root, below, _ := strings.Cut(from, "/")
	switch {
	case from == "internal/proof": // it shows what users get: the public packages and the emulators
		return !strings.HasPrefix(to, "internal/") && !strings.HasPrefix(to, "examples/")
	case strings.HasPrefix(from, "internal/operations/"):
		return to == "internal/operations"
	case root == "examples":
		return !strings.HasPrefix(to, "internal/") && !strings.HasPrefix(to, "examples/")
	case slices.Contains(platforms, root) && below == root+"test":
		return to == "internal/emulate"
	case slices.Contains(platforms, root):
		own := below != "" && to == root // a leaf imports its root, never the root a leaf
		return own || slices.Contains([]string{"internal/rest", "internal/oauth", "internal/wire", "auth", "pace", "connector", "value"}, to)
	}
	return false
}

// Imports run in one direction. The message names the edge that does not.
func TestImportDirections(t *testing.T) {
	for _, p := range list(t, "work") {
		from := short(p.ImportPath)
		for _, path := range p.Imports {
			if to := short(path); to != "" && !mayImport(from, to) {
				t.Errorf("%s must not import %s", from, to)
			}
		}
	}
}

// An emulator knows nothing of the clients, not even in its tests, so that a
// mistake of one cannot hide in the other.
func TestEmulatorsKnowNoClient(t *testing.T) {
	for _, platform := range platforms {
		for _, p := range list(t, "./"+platform+"/"+platform+"test") {
			for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
				if to := short(path); slices.Contains(platforms, to) || to == "internal/rest" || to == "internal/wire" {
					t.Errorf("%s must not import %s", short(p.ImportPath), to)
				}
			}
		}
	}
}

// A program that imports these packages brings in these modules and no others.
func TestAllowedModules(t *testing.T) {
	public := []string{"-deps", "./auth", "./connector", "./pace", "./store/...", "./value", "./scoro/...", "./procore/...",
		"./securityscorecard/...", "./examples/..."}
	allowed := []string{
		module,
		"golang.org/x/oauth2",
		"golang.org/x/sync",
		"golang.org/x/sys",
		"github.com/gofrs/flock",
		"github.com/go-json-experiment/json",
	}
	for _, p := range list(t, public...) {
		if p.Standard || p.Module == nil {
			continue
		}
		if !slices.Contains(allowed, p.Module.Path) {
			t.Errorf("%s comes from %s, which is not an allowed module", p.ImportPath, p.Module.Path)
		}
	}
}

// The JSON codec is hidden in one package, so that it can be replaced there.
func TestOneCodec(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, path := range p.Imports {
			if strings.HasPrefix(path, "github.com/go-json-experiment/") && short(p.ImportPath) != "internal/wire" {
				t.Errorf("%s must not import %s", short(p.ImportPath), path)
			}
		}
	}
}
