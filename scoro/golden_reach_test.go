package scoro_test

import (
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/golden"
	"github.com/cordage-go/cordage/internal/operations"
)

// Each module that has methods has a golden case of a success.
func TestGoldenReach(t *testing.T) {
	cases, err := golden.Load("../internal/golden/scoro")
	if err != nil {
		t.Fatal(err)
	}
	table, err := operations.Scoro()
	if err != nil {
		t.Fatal(err)
	}
	modules, actions := map[string]bool{}, map[string]bool{}
	for _, c := range cases {
		if c.Status != 200 || strings.Contains(c.Answer.Body, `"ERROR"`) {
			continue
		}
		module, action := actionOf(strings.TrimPrefix(c.Target, "/api/v2"))
		modules[module], actions[module+"/"+action] = true, true
	}
	for _, op := range table.Operations {
		if module, _ := actionOf(op.Path); op.Method != "none" && !modules[module] {
			t.Errorf("%s has methods and no golden case", module)
			modules[module] = true
		}
	}
	t.Logf("%d actions of %d modules have golden cases", len(actions), len(modules))
}

// actionOf returns projects and view of "/projects/view/5".
func actionOf(path string) (module, action string) {
	module, action, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	action, _, _ = strings.Cut(action, "/")
	return module, action
}
