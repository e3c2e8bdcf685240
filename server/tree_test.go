package main

import (
	"flag"
	"go/ast"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEverythingExportedIsDocumented walks every package: each has a doc
// comment, and so has every exported name in it, on itself or on its group.
func TestEverythingExportedIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		documented[s.folder] = documented[s.folder] || s.file.Doc != nil
		for _, declaration := range s.file.Decls {
			for _, name := range undocumented(declaration) {
				t.Errorf("%s: %s has no doc comment", s.path, name)
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(documented)) {
		if !documented[folder] {
			t.Errorf("package %s has no doc comment", folder)
		}
	}
}

func undocumented(declaration ast.Decl) []string {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d.Recv) {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, spec := range d.Specs {
			names = append(names, undocumentedSpec(d, spec)...)
		}
		return names
	}
	return nil
}

func exportedReceiver(receiver *ast.FieldList) bool {
	if receiver == nil || len(receiver.List) == 0 {
		return true
	}
	kind := receiver.List[0].Type
	for {
		switch k := kind.(type) {
		case *ast.StarExpr:
			kind = k.X
		case *ast.IndexExpr:
			kind = k.X
		case *ast.Ident:
			return k.IsExported()
		default:
			return true
		}
	}
}

func undocumentedSpec(group *ast.GenDecl, spec ast.Spec) []string {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && s.Doc == nil && group.Doc == nil {
			return []string{s.Name.Name}
		}
	case *ast.ValueSpec:
		var names []string
		for _, name := range s.Names {
			if name.IsExported() && s.Doc == nil && s.Comment == nil && group.Doc == nil {
				names = append(names, name.Name)
			}
		}
		return names
	}
	return nil
}

// TestOnlyTheProgramReadsTheClock finds time.Now, time.Since and time.Until:
// everyone but package main is told what time it is. Ids are watched over by
// the import table, which gives uuid to package main alone.
func TestOnlyTheProgramReadsTheClock(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.folder == "server" || s.folder == "storage/storagetest" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from, ok := selector.X.(*ast.Ident)
			if ok && from.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, selector.Sel.Name) {
				t.Errorf("%s reads the clock: time.%s", s.path, selector.Sel.Name)
			}
			return true
		})
	}
}

// TestInterfacesAreSmall keeps interfaces at five methods (an embedded one is
// counted once): a bigger one is a type in disguise.
func TestInterfacesAreSmall(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			kind, ok := n.(*ast.InterfaceType)
			if ok && len(kind.Methods.List) > 5 {
				t.Errorf("%s: an interface with %d methods", s.path, len(kind.Methods.List))
			}
			return true
		})
	}
}

var flagRow = regexp.MustCompile("(?m)^\\| `-([a-z-]+)` \\| (.*?) \\|")

func TestReadmeListsTheFlags(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, row := range flagRow.FindAllStringSubmatch(string(readme), -1) {
		got[row[1]] = strings.Trim(row[2], "`")
	}
	var c config
	c.flags().VisitAll(func(f *flag.Flag) {
		written, listed := got[f.Name]
		if !listed {
			t.Errorf("README.md does not list -%s", f.Name)
		}
		if f.DefValue != "" && written != f.DefValue {
			t.Errorf("README.md gives -%s the default %q, want %q", f.Name, written, f.DefValue)
		}
		delete(got, f.Name)
	})
	for name := range got {
		t.Errorf("README.md lists -%s, which is no flag", name)
	}
}
