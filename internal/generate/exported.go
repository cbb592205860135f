package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// listing returns the exported names of the package in a folder, sorted, each
// with its type: consts, vars, funcs, types, fields and methods.
func listing(folder string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	e := &exports{types: map[string]ast.Expr{}, methods: map[string][]*ast.FuncDecl{}}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if file.Name.Name == "main" {
			return nil, nil
		}
		e.read(file)
	}
	for name, expr := range e.types {
		if ast.IsExported(name) {
			e.members(name, name, expr)
		}
	}
	slices.Sort(e.lines)
	return slices.Compact(e.lines), nil
}

// exports collects the lines of one package.
type exports struct {
	types   map[string]ast.Expr        // of all names, since unexported types are embedded
	methods map[string][]*ast.FuncDecl // exported ones, by the receiver's type
	lines   []string
}

func (e *exports) add(parts ...string) { e.lines = append(e.lines, strings.Join(parts, "")) }

func (e *exports) read(file *ast.File) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			e.function(d)
		case *ast.GenDecl:
			e.specs(d)
		}
	}
}

func (e *exports) function(f *ast.FuncDecl) {
	switch {
	case !f.Name.IsExported():
	case f.Recv == nil:
		e.add("func ", f.Name.Name, typeParams(f.Type.TypeParams), signature(f.Type))
	default:
		receiver := receiverName(f.Recv.List[0].Type)
		e.methods[receiver] = append(e.methods[receiver], f)
	}
}

func (e *exports) specs(d *ast.GenDecl) {
	var typed ast.Expr // of the constant before, which those without a value share
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			e.types[s.Name.Name] = s.Type
			if s.Name.IsExported() {
				e.add("type ", s.Name.Name, typeParams(s.TypeParams), equals(s), kindOf(s.Type))
			}
		case *ast.ValueSpec:
			if s.Type != nil || len(s.Values) > 0 {
				typed = s.Type
			}
			e.values(d.Tok, s, typed)
		}
	}
}

func (e *exports) values(tok token.Token, s *ast.ValueSpec, typed ast.Expr) {
	for i, name := range s.Names {
		if !name.IsExported() {
			continue
		}
		e.add(tok.String(), " ", name.Name, prefixed(" ", typed), literal(s.Values, i))
	}
}

// members adds the fields and methods of a type. Those of an unexported type
// that is embedded are its owner's.
func (e *exports) members(owner, name string, expr ast.Expr) {
	for _, f := range e.methods[name] {
		star := ""
		if _, pointer := f.Recv.List[0].Type.(*ast.StarExpr); pointer {
			star = "*"
		}
		e.add("method (", star, owner, ") ", f.Name.Name, signature(f.Type))
	}
	switch t := expr.(type) {
	case *ast.StructType:
		for _, field := range t.Fields.List {
			e.field(owner, field)
		}
	case *ast.InterfaceType:
		for _, method := range t.Methods.List {
			e.interfaceMember(owner, method)
		}
	}
}

func (e *exports) field(owner string, field *ast.Field) {
	for _, name := range field.Names {
		if name.IsExported() {
			e.add("field ", owner, ".", name.Name, " ", text(field.Type))
		}
	}
	if len(field.Names) > 0 {
		return
	}
	embedded := receiverName(field.Type)
	if inner, ours := e.types[embedded]; ours && !ast.IsExported(embedded) {
		e.members(owner, embedded, inner)
		return
	}
	e.add("field ", owner, " embeds ", text(field.Type))
}

func (e *exports) interfaceMember(owner string, method *ast.Field) {
	f, isMethod := method.Type.(*ast.FuncType)
	if !isMethod {
		e.add("method (", owner, ") embeds ", text(method.Type))
		return
	}
	if name := method.Names[0]; name.IsExported() {
		e.add("method (", owner, ") ", name.Name, signature(f))
	}
}

// receiverName is the bare name of a receiver's or an embedded type.
func receiverName(expr ast.Expr) string {
	switch t := expr.(type) {
	case *ast.StarExpr:
		return receiverName(t.X)
	case *ast.IndexExpr:
		return receiverName(t.X)
	case *ast.IndexListExpr:
		return receiverName(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// kindOf is what stands behind a type's name. Members have their own lines.
func kindOf(expr ast.Expr) string {
	switch expr.(type) {
	case *ast.StructType:
		return " struct"
	case *ast.InterfaceType:
		return " interface"
	}
	return " " + text(expr)
}

func equals(s *ast.TypeSpec) string {
	if s.Assign.IsValid() {
		return " ="
	}
	return ""
}

// literal is a value that is written out, such as a word of a platform.
func literal(values []ast.Expr, i int) string {
	if i >= len(values) {
		return ""
	}
	if value, plain := values[i].(*ast.BasicLit); plain {
		return " = " + text(value)
	}
	return ""
}

// signature is a function's type, its parameters with their names: two of one
// type that change places are a change.
func signature(f *ast.FuncType) string {
	plain := &ast.FuncType{Params: f.Params, Results: f.Results}
	return strings.TrimPrefix(text(plain), "func")
}

func typeParams(list *ast.FieldList) string {
	if list == nil {
		return ""
	}
	var parts []string
	for _, field := range list.List {
		for _, name := range field.Names {
			parts = append(parts, name.Name+" "+text(field.Type))
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func prefixed(before string, expr ast.Expr) string {
	if expr == nil {
		return ""
	}
	return before + text(expr)
}

// text is code on one line.
func text(node ast.Node) string {
	var out bytes.Buffer
	printer.Fprint(&out, token.NewFileSet(), node)
	return strings.Join(strings.Fields(out.String()), " ")
}
