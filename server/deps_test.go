package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed says who may import whom. It reads downward: words, language,
// knowledge, memory, promise, act, wire, program. What a package doesn't name
// here it can't come to depend on: change the design before you change the
// table. Ours are written without the module's name; the rest is the module's
// own third party, which has one home each.
var allowed = map[string][]string{
	"fhir/issue":      {},
	"mapping/consent": {},
	"fhir":            {"fhir/issue", "github.com/go-json-experiment/json/jsontext"},
	"fhir/search":     {"fhir", "fhir/issue"},
	"fhir/bundle":     {"fhir", "fhir/issue"},
	"fhir/fhirpath":   {"fhir", "fhir/issue"},
	"fhir/patch":      {"fhir", "fhir/issue", "fhir/fhirpath", "fhir/patch/xmlpatch", "fhir/xml"},
	"fhir/xml":        {"fhir", "fhir/issue"},
	"fhir/patch/xmlpatch": {
		"fhir", "fhir/issue", "fhir/xml"},
	"fhir/subset":       {"fhir"},
	"profiles":          {"fhir", "fhir/issue", "fhir/fhirpath", "fhir/subset", "fhir/xml"},
	"profiles/generate": {"fhir", "fhir/fhirpath"},
	"profiles/validate": {"fhir", "fhir/issue", "fhir/fhirpath", "fhir/xml", "profiles"},
	"mapping/decision":  {"mapping/consent"},
	"mapping/intake":    {"mapping/consent", "mapping/decision"},
	"mapping":           {"fhir", "fhir/issue", "mapping/consent", "mapping/decision", "mapping/intake"},
	"storage/driver":    {"fhir", "fhir/search"},
	"storage":           {"fhir", "fhir/issue", "fhir/search", "storage/driver"},
	"storage/lockfile":  {},
	"storage/embedded":  {"fhir", "fhir/search", "storage/driver", "storage/lockfile", "modernc.org/sqlite", "modernc.org/sqlite/lib"},
	"storage/mongo": {"fhir", "fhir/search", "storage/driver",
		"go.mongodb.org/mongo-driver/v2/bson", "go.mongodb.org/mongo-driver/v2/event", "go.mongodb.org/mongo-driver/v2/mongo",
		"go.mongodb.org/mongo-driver/v2/mongo/options", "go.mongodb.org/mongo-driver/v2/mongo/readconcern",
		"go.mongodb.org/mongo-driver/v2/mongo/readpref", "go.mongodb.org/mongo-driver/v2/mongo/writeconcern",
		"go.mongodb.org/mongo-driver/v2/x/mongo/driver", "go.mongodb.org/mongo-driver/v2/x/mongo/driver/auth", "go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"},
	"storage/mongo/ferret": {"github.com/FerretDB/FerretDB/ferretdb"},
	"storage/mongo/mongotest": {"go.mongodb.org/mongo-driver/v2/bson", "go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore",
		"go.mongodb.org/mongo-driver/v2/x/mongo/driver/wiremessage"},
	"storage/transfer": {"fhir", "fhir/search", "storage/driver", "storage/lockfile"},
	"storage/storagetest": {"fhir", "fhir/issue", "fhir/search", "storage", "storage/driver",
		"github.com/google/go-cmp/cmp", "pgregory.net/rapid"},
	"conformance":           {"fhir", "fhir/search"},
	"conformance/suite":     {"conformance/suite/kit"},
	"conformance/suite/kit": {"fhir", "fhir/fhirpath"}, // it knows a server by its address alone
	"server/audit":          {"fhir", "mapping/consent", "mapping/decision"},
	"server/interaction": {"fhir", "fhir/issue", "fhir/search", "fhir/subset", "fhir/bundle", "fhir/fhirpath", "fhir/patch", "fhir/xml", "mapping", "mapping/consent", "mapping/decision", "mapping/intake",
		"profiles", "profiles/validate", "storage", "conformance", "server/audit", "github.com/maypok86/otter/v2"},
	"server/rest": {"fhir", "fhir/issue", "fhir/xml", "server/interaction", "github.com/gin-gonic/gin"},
	"server": {"fhir", "fhir/issue", "fhir/search", "fhir/bundle", "mapping", "mapping/consent", "mapping/decision",
		"profiles", "profiles/validate", "storage", "storage/driver", "storage/embedded", "storage/mongo", "storage/transfer", "conformance", "server/audit", "server/interaction", "server/rest",
		"github.com/google/uuid"},
}

// testsMay is what test files may import beyond their package's own table.
// Ours they may all import: a test of the service runs on a real engine.
var testsMay = map[string][]string{
	"":                        {"github.com/google/go-cmp/cmp", "github.com/google/go-cmp/cmp/cmpopts", "pgregory.net/rapid"},
	"storage/mongo/mongotest": {"go.mongodb.org/mongo-driver/v2/mongo", "go.mongodb.org/mongo-driver/v2/mongo/options"},
	"server":                  {"github.com/gin-gonic/gin", "github.com/goccy/go-yaml"}, // the bare echo that $evaluate is measured against; docker-compose.yml
}

// source is one parsed Go file of the tree.
type source struct {
	folder string // its package's folder, from the root
	path   string
	test   bool
	file   *ast.File
}

// sources parses every Go file itself, since asking the go command would be
// answered from the test cache after a change.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	root := ".."
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() && name != root && (base == "testdata" || strings.HasPrefix(base, ".")) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(base, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(relative)
		all = append(all, source{path.Dir(slashed), slashed, strings.HasSuffix(base, "_test.go"), file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func imports(t *testing.T, s source) []string {
	t.Helper()
	var all []string
	for _, spec := range s.file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	return all
}

// forbidden tells why a file may not import name; "" if it may. The standard
// library has no dot in the first element of its paths.
func forbidden(s source, name string) string {
	ours, isOurs := strings.CutPrefix(name, "tahto/")
	table := allowed[s.folder]
	switch {
	case isOurs && s.test:
		return ""
	case isOurs && slices.Contains(table, ours):
		return ""
	case isOurs:
		return "the table does not let it import"
	case !strings.Contains(strings.Split(name, "/")[0], "."):
		return ""
	case slices.Contains(table, name):
		return ""
	case s.test && (slices.Contains(testsMay[""], name) || slices.Contains(testsMay[s.folder], name)):
		return ""
	}
	return "the table does not let it use the module"
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		seen[s.folder] = true
		if _, listed := allowed[s.folder]; !listed {
			t.Errorf("%s: package %s is not in the import table; decide where it stands", s.path, s.folder)
			continue
		}
		for _, name := range imports(t, s) {
			if why := forbidden(s, name); why != "" {
				t.Errorf("%s: %s %s", s.path, why, name)
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(allowed)) {
		if !seen[folder] {
			t.Errorf("the import table names package %s, which is not there", folder)
		}
	}
}

func TestTheImportTableRefusesWhatItShould(t *testing.T) {
	cases := []struct {
		name string
		file source
		path string
		want bool
	}{
		{"the domain stays without FHIR", source{folder: "mapping/consent"}, "tahto/fhir", true},
		{"the decision stays without FHIR", source{folder: "mapping/decision"}, "tahto/fhir", true},
		{"interactions stay without the wire", source{folder: "server/interaction"}, "tahto/server/rest", true},
		{"Gin has one home", source{folder: "server/interaction"}, "github.com/gin-gonic/gin", true},
		{"SQLite has one home", source{folder: "storage"}, "modernc.org/sqlite/lib", true},
		{"tests may not bring modules of their own", source{folder: "fhir", test: true}, "github.com/stretchr/testify", true},
		{"the wire has Gin", source{folder: "server/rest"}, "github.com/gin-gonic/gin", false},
		{"a test may use a real engine", source{folder: "server/interaction", test: true}, "tahto/storage/embedded", false},
		{"everyone has the standard library", source{folder: "fhir/issue"}, "net/http", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := forbidden(c.file, c.path) != ""; got != c.want {
				t.Errorf("forbidden = %v, want %v", got, c.want)
			}
		})
	}
}
