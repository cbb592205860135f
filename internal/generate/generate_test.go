package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/procore"
)

const root = "../.."

func TestCheckedInOutputIsFresh(t *testing.T) {
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is stale; run go generate ./internal/generate and commit the change", name)
		}
	}
	onDisk, err := generatedFiles(root, platforms)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range onDisk {
		if _, made := files[name]; !made {
			t.Errorf("%s has no source any more; run go generate ./internal/generate", name)
		}
	}
}

func TestEveryOperationHasAMethod(t *testing.T) {
	for _, name := range platforms {
		table, err := loadTable(name)
		if err != nil {
			t.Fatal(err)
		}
		declared := map[string]map[string]bool{}
		for _, op := range table.Operations {
			folder := filepath.Join(root, name, op.Package)
			if declared[folder] == nil {
				declared[folder] = methodsIn(t, folder)
			}
			if op.Method == "none" {
				continue
			}
			for _, method := range methodsOf(table, op) {
				if !declared[folder][method] {
					t.Errorf("%s %s: package %s has no method %s", op.Verb, op.Path, folder, method)
				}
			}
		}
	}
}

// methodsOf names the methods that an operation must have.
func methodsOf(table *operations.Table, op operations.Operation) []string {
	var names []string
	for _, variant := range op.ByScope() {
		service := table.ServiceType(variant)
		names = append(names, service+"."+variant.Method)
		if m := newMethod(table, variant); m.kind() == kindPages {
			pages, all := m.walks()
			names = append(names, service+"."+pages, service+"."+all)
		}
	}
	return names
}

// methodsIn parses a folder and returns its exported methods, as Type.Method.
func methodsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files in %s: %v", folder, err)
	}
	found := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
				if receiver, ok := star.X.(*ast.Ident); ok {
					found[receiver.Name+"."+f.Name.Name] = true
				}
			}
		}
	}
	return found
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && !strings.HasPrefix(d.Doc.Text(), d.Name.Name+" ") {
					t.Errorf("%s: %s has no comment that begins with its name", name, d.Name.Name)
				}
			case *ast.GenDecl:
				if d.Tok == token.TYPE && ast.IsExported(d.Specs[0].(*ast.TypeSpec).Name.Name) && d.Doc.Text() == "" {
					t.Errorf("%s: %s has no comment", name, d.Specs[0].(*ast.TypeSpec).Name.Name)
				}
			}
		}
	}
}

func TestSharedRecordsMatchTheTable(t *testing.T) {
	table, err := operations.Procore()
	if err != nil {
		t.Fatal(err)
	}
	for name, record := range map[string]reflect.Type{
		"procore.UserRef": reflect.TypeFor[procore.UserRef](), "procore.IDName": reflect.TypeFor[procore.IDName](), "procore.IDRef": reflect.TypeFor[procore.IDRef](), "procore.Attachment": reflect.TypeFor[procore.Attachment](),
	} {
		var want, got []string
		for _, f := range table.Types[name].Fields {
			want = append(want, f.Name)
		}
		for i := range record.NumField() {
			got = append(got, record.Field(i).Tag.Get("json"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has the fields %v, the table has %v", name, got, want)
		}
	}
}

func TestGeneratedNamesReadWell(t *testing.T) {
	for name, want := range map[string]string{"RFIReplies": "rfiReplies", "IDs": "ids", "PDF": "pdf", "ProjectID": "projectID", "URLs": "urls"} {
		if got := lowerFirst(name); got != want {
			t.Errorf("lowerFirst(%q) = %q, want %q", name, got, want)
		}
	}
	for words, want := range map[string]string{"RFI": "an RFI", "user": "a user", "URL": "a URL", "observation": "an observation", "project": "a project", "PDF file": "a PDF file"} {
		if got := article(words); got != want {
			t.Errorf("article(%q) = %q, want %q", words, got, want)
		}
	}
	for service, want := range map[string]string{"RFIs": "rfis.go", "CompanyUsers": "company_users.go", "HooksV10": "hooks_v10.go", "TimeEntries": "time_entries.go"} {
		if got := fileName(service); got != want {
			t.Errorf("fileName(%q) = %q, want %q", service, got, want)
		}
	}
}
