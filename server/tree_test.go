package main

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
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

// clocks are the functions of package time that read the clock or run by it.
var clocks = []string{"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep"}

// mayReadTheClock are the programs, and a server that only tests have. The
// suite is a program of its own: its runs take their time and their seed there.
var mayReadTheClock = []string{"server", "conformance/suite", "storage/mongo/mongotest"}

// TestOnlyTheProgramReadsTheClock: everyone else is told what time it is. Ids are
// watched over by the import table, which gives uuid to package main alone.
func TestOnlyTheProgramReadsTheClock(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || slices.Contains(mayReadTheClock, s.folder) {
			continue
		}
		for _, name := range selected(s.file, "time") {
			if slices.Contains(clocks, name) {
				t.Errorf("%s reads the clock: time.%s", s.path, name)
			}
		}
	}
}

// TestChanceHasOneHome keeps random numbers in package storage, which seals
// page tokens with them: what everybody else does can be done again.
func TestChanceHasOneHome(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, name := range imports(t, s) {
			switch {
			case name == "crypto/rand" && s.folder == "storage":
			case name == "crypto/rand", name == "math/rand", name == "math/rand/v2":
				t.Errorf("%s uses %s", s.path, name)
			}
		}
	}
}

// selected are the names that a file uses of a package, under whatever name it
// imports it; all of them if it imports them into its own names.
func selected(file *ast.File, name string) []string {
	local := ""
	for _, spec := range file.Imports {
		if spec.Path.Value != strconv.Quote(name) {
			continue
		}
		if local = path.Base(name); spec.Name != nil {
			local = spec.Name.Name
		}
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if from, ok := n.X.(*ast.Ident); ok && local != "" && from.Name == local {
				names = append(names, n.Sel.Name)
			}
		case *ast.Ident:
			if local == "." {
				names = append(names, n.Name)
			}
		}
		return true
	})
	return names
}

func TestTheClockIsFoundUnderAnyName(t *testing.T) {
	for name, source := range map[string]string{
		"called":            `package p; import "time"; var at = time.Now()`,
		"as a value":        `package p; import "time"; var now = time.Now`,
		"under an alias":    `package p; import hour "time"; var at = hour.Now()`,
		"as one's own":      `package p; import . "time"; var at = Now()`,
		"inside a function": `package p; import "time"; func f() { <-time.After(1); _ = func() { time.Now() } }`,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := selected(file, "time"); !slices.Contains(got, "Now") {
			t.Errorf("%s: found %v, want Now among them", name, got)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", `package p; import "tahto/time"; var at = time.Now()`, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if got := selected(file, "time"); len(got) != 0 {
		t.Errorf("found %v of another package of that name", got)
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
