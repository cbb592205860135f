package everymethod

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

// Sources reads the source text of packages, each one once. It is safe for
// concurrent use.
type Sources struct {
	mu   sync.Mutex
	read map[string]source
}

func (s *Sources) of(importPath string) (source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, known := s.read[importPath]; known {
		return p, nil
	}
	p, err := parse(importPath)
	if err == nil && s.read == nil {
		s.read = map[string]source{}
	}
	if err == nil {
		s.read[importPath] = p
	}
	return p, err
}

// A source is what the source text of a package says of its methods.
type source struct {
	leaf   string              // its name, if it is below procore
	params map[string][]string // names of parameters, context and options aside, by service and method
}

const module = "github.com/cordage-go/cordage"

// parse reads the source of a package of this module.
func parse(importPath string) (source, error) {
	folder, ours := strings.CutPrefix(importPath, module+"/")
	if !ours {
		return source{}, fmt.Errorf("everymethod: %s is not in this module", importPath)
	}
	root, err := moduleFolder()
	if err != nil {
		return source{}, err
	}
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), "*.go"))
	if err != nil {
		return source{}, err
	}
	p := source{params: map[string][]string{}}
	if strings.Contains(folder, "/") {
		p.leaf = path.Base(folder)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return source{}, err
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
				p.add(f)
			}
		}
	}
	return p, nil
}

func (p source) add(f *ast.FuncDecl) {
	receiver, ok := f.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return
	}
	var names []string
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	if len(names) >= 2 {
		p.params[fmt.Sprint(receiver.X)+"."+f.Name.Name] = names[1 : len(names)-1]
	}
}

// moduleFolder finds the folder of go.mod, upwards from the working folder.
func moduleFolder() (string, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder)
	}
	return "", errors.Join(errors.New("everymethod: no go.mod above the working folder"), err)
}
