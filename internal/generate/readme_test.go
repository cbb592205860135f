package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// The README says how much is covered and names each package of Procore.
func TestReadmeTellsWhatIsCovered(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	readme := strings.Join(strings.Fields(string(text)), " ")
	total := map[string]tally{}
	for _, platform := range platforms {
		table, err := loadTable(platform)
		if err != nil {
			t.Fatal(err)
		}
		total[platform] = tallyOf(entries(table))
	}
	scoro := total["scoro"]
	says := []string{
		thousands(total["procore"].operations) + " of Procore", thousands(total["securityscorecard"].operations) + " of SecurityScorecard",
		thousands(scoro.operations-scoro.do) + " of Scoro's " + thousands(scoro.operations),
	}
	leaves, err := operations.ProcoreLeaves()
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range leaves {
		says = append(says, "`"+leaf+"`")
	}
	for _, words := range says {
		if !strings.Contains(readme, words) {
			t.Errorf("README.md does not say %q", words)
		}
	}
}
