package operations

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// everyTable runs a check on the tables of all platforms.
func everyTable(t *testing.T, check func(t *testing.T, table *Table)) {
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		t.Run(name, func(t *testing.T) {
			table, err := tables[name]()
			if err != nil {
				t.Fatal(err)
			}
			check(t, table)
		})
	}
}

// What lets a program in is no plain text, in a record as in a body: whoever
// prints one must not show it.
func TestSecretsAreSecret(t *testing.T) {
	everyTable(t, func(t *testing.T, table *Table) {
		for name, record := range table.Types {
			for _, f := range record.Fields {
				if isSecret(f.Name) && Elem(f.Type) == "string" {
					t.Errorf("%s.%s is plain text; make it a secret in the overrides", name, f.Name)
				}
			}
		}
	})
}

func isSecret(field string) bool {
	words := splitWords(strings.ToLower(field))
	return slices.Contains([]string{"authorization", "password", "passphrase", "plaintext", "secret", "token"}, words[len(words)-1])
}

// A form of several parts is there for the files in it, and a file is no text.
func TestFormsHoldFiles(t *testing.T) {
	without := map[string]string{ // forms that hold no file
		"drawings.UploadCreate": "takes what was uploaded before",
	}
	everyTable(t, func(t *testing.T, table *Table) {
		for _, op := range table.Operations {
			if op.Body == nil || op.Method == "none" {
				continue
			}
			if op.Body.Content == "multipart/form-data" && without[op.Body.Type] == "" && !table.holdsFile(op.Body.Type, map[string]bool{}) {
				t.Errorf("%s %s: no member of %s is a file", op.Verb, op.Path, op.Body.Type)
			}
			for _, f := range table.Types[Elem(op.Body.Type)].Fields {
				if slices.Contains([]string{"attachment", "attachments", "avatar", "file", "files", "image", "images", "logo"}, f.Name) &&
					Elem(f.Type) == "string" && op.Method != "Sync" { // records in bulk travel as JSON, which holds no file
					t.Errorf("%s %s: %s of %s is text; make it a file in the overrides", op.Verb, op.Path, f.Name, op.Body.Type)
				}
			}
		}
	})
}

// holdsFile reports whether a body is or holds a file.
func (t *Table) holdsFile(ref string, seen map[string]bool) bool {
	name := Elem(ref)
	if name == "file" {
		return true
	}
	if seen[name] {
		return false
	}
	seen[name] = true
	return slices.ContainsFunc(t.Types[name].Fields, func(f Field) bool { return t.holdsFile(f.Type, seen) })
}

// A scope travels once: what the client puts beside a body is no member of it.
func TestScopesTravelOnce(t *testing.T) {
	everyTable(t, func(t *testing.T, table *Table) {
		for _, op := range table.Operations {
			if op.Body == nil || op.Body.Wrapper != "" && len(op.Body.Scope) == 0 {
				continue
			}
			scope := slices.Sorted(slices.Values(op.Body.Scope))
			if len(slices.Compact(scope)) != len(op.Body.Scope) {
				t.Errorf("%s %s: the scope %q names one thing twice", op.Verb, op.Path, op.Body.Scope)
			}
			for _, f := range table.Types[op.Body.Type].Fields {
				if (op.Body.Wrapper == "" || f.Beside) && slices.Contains(op.Body.Scope, f.Name) {
					t.Errorf("%s %s: %s is a member of %s and the scope beside it", op.Verb, op.Path, f.Name, op.Body.Type)
				}
			}
		}
	})
}

// Deleting whatever a query finds may find more the second time.
func TestDeletingByQueryIsAWrite(t *testing.T) {
	everyTable(t, func(t *testing.T, table *Table) {
		for _, op := range table.Operations {
			if op.Verb != "DELETE" || op.Class != "set" || op.Body != nil || isVariable(op.Path[strings.LastIndex(op.Path, "/")+1:]) {
				continue
			}
			for _, p := range op.Params {
				if p.In == "query" && !p.Required && (strings.HasPrefix(p.Name, "filter") || strings.HasSuffix(p.Name, "_id")) {
					t.Errorf("DELETE %s: it deletes what %s finds, and is called a set; make it a write in the overrides", op.Path, p.Name)
				}
			}
		}
	})
}
