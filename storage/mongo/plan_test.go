package mongo_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/mongo"
	"tahto/storage/mongo/mongotest"
)

// query is a find, or the $match of an aggregate, that an engine sent.
type query struct {
	database string
	raw      bson.Raw
	filter   bson.Raw
	sort     bson.Raw
	hint     string
}

// recorder keeps one query of each shape.
type recorder struct {
	mu      sync.Mutex
	queries map[string]query
}

func (r *recorder) sent(name string, command bson.Raw) {
	var q query
	switch name {
	case "find":
		q.filter, _ = command.Lookup("filter").DocumentOK()
		q.sort, _ = command.Lookup("sort").DocumentOK()
	case "aggregate":
		q.filter, _ = command.Lookup("pipeline", "0", "$match").DocumentOK()
	default:
		return
	}
	if command.Lookup(name).StringValue() != "resource" {
		return
	}
	q.raw = slices.Clone(command)
	q.hint, _ = command.Lookup("hint").StringValueOK()
	q.database, _ = command.Lookup("$db").StringValueOK()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.queries == nil {
		r.queries = map[string]query{}
	}
	r.queries[name+" "+q.hint+" "+shape(q.sort)+" "+shape(q.filter)] = q
}

// shape is a document without its values.
func shape(d bson.Raw) string {
	elements, _ := d.Elements()
	var b strings.Builder
	for _, e := range elements {
		if inner, ok := e.Value().DocumentOK(); ok {
			fmt.Fprintf(&b, "%s{%s}", e.Key(), shape(inner))
		} else if list, ok := e.Value().ArrayOK(); ok {
			fmt.Fprintf(&b, "%s[%s]", e.Key(), shape(bson.Raw(list)))
		} else {
			fmt.Fprintf(&b, "%s,", e.Key())
		}
	}
	return b.String()
}

// checkIndexes holds each query to the declared indexes: it asks for the field
// that its index begins with, and for no order but the index's.
func (r *recorder) checkIndexes(t *testing.T, s *mongotest.Server) {
	t.Helper()
	declared := declaredIndexes(t, s)
	if len(r.queries) < 20 {
		t.Fatalf("%d kinds of queries were recorded", len(r.queries))
	}
	for of, q := range r.queries {
		if fault := planFault(q, declared); fault != "" {
			t.Errorf("%s: %s", of, fault)
		}
	}
}

// declaredIndexes are the keys of the indexes by name.
func declaredIndexes(t *testing.T, s *mongotest.Server) map[string][]string {
	t.Helper()
	engine(t, s, mongo.Options{})
	client, err := driver.Connect(options.Client().ApplyURI(s.URI()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(t.Context())
	specs, err := client.Database("tahto").Collection("resource").Indexes().ListSpecifications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string][]string{}
	for _, spec := range specs {
		elements, _ := spec.KeysDocument.Elements()
		for _, e := range elements {
			declared[spec.Name] = append(declared[spec.Name], e.Key())
		}
	}
	return declared
}

func planFault(q query, declared map[string][]string) string {
	equal := equalities(q.filter)
	sorted := keysOf(q.sort)
	if slices.Contains(equal, "_id") {
		if len(sorted) > 0 {
			return "a look-up by id is sorted"
		}
		return ""
	}
	if q.hint == "" {
		if len(sorted) > 0 || !slices.Contains(equal, "c") {
			return "without a hint it is sorted, or asks for no type"
		}
		return ""
	}
	fields, known := declared[q.hint]
	if !known {
		return "there is no index " + q.hint
	}
	rest := fields
	for len(rest) > 0 && slices.Contains(equal, rest[0]) {
		rest = rest[1:]
	}
	if len(rest) == len(fields) && !slices.Contains(keysOf(q.filter), fields[0]) {
		return "it does not ask for what the index begins with"
	}
	// A field that is asked for by equality may stand in the order too.
	for len(sorted) > 0 && slices.Contains(equal, sorted[0]) {
		sorted = sorted[1:]
	}
	if len(sorted) > len(rest) || !slices.Equal(sorted, rest[:len(sorted)]) {
		return fmt.Sprintf("the order %v is not that of the index %v after %v", keysOf(q.sort), fields, equal)
	}
	return ""
}

// equalities are the fields that a filter asks for by equality, at its top or in
// its $and; one of several values counts, since their order is merged.
func equalities(filter bson.Raw) (fields []string) {
	elements, _ := filter.Elements()
	for _, e := range elements {
		if list, ok := e.Value().ArrayOK(); ok && e.Key() == "$and" {
			values, _ := list.Values()
			for _, v := range values {
				inner, _ := v.DocumentOK()
				fields = append(fields, equalities(inner)...)
			}
			continue
		}
		operators, isDocument := e.Value().DocumentOK()
		if !isDocument && !strings.HasPrefix(e.Key(), "$") ||
			isDocument && slices.ContainsFunc(keysOf(operators), func(o string) bool { return o == "$in" || o == "$eq" }) {
			fields = append(fields, e.Key())
		}
	}
	return fields
}

func keysOf(d bson.Raw) (keys []string) {
	elements, _ := d.Elements()
	for _, e := range elements {
		keys = append(keys, e.Key())
	}
	return keys
}

// explainAll lets the database explain each query: it reads by an index and sorts
// nothing.
func (r *recorder) explainAll(t *testing.T, uri string) {
	t.Helper()
	client, err := driver.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(context.Background())
	for of, q := range r.queries {
		plan, err := explain(t.Context(), client, q)
		if err != nil {
			t.Fatalf("%s: %v", of, err)
		}
		for _, stage := range []string{`"COLLSCAN"`, `"SORT"`} {
			if strings.Contains(plan, stage) {
				t.Errorf("%s: the plan has %s\n%s", of, stage, plan)
			}
		}
	}
}

// explain gives the winning plan as text.
func explain(ctx context.Context, client *driver.Client, q query) (string, error) {
	var command bson.D
	elements, err := q.raw.Elements()
	if err != nil {
		return "", err
	}
	for _, e := range elements {
		switch e.Key() {
		case "find", "aggregate", "filter", "sort", "hint", "limit", "projection", "pipeline", "cursor":
			command = append(command, bson.E{Key: e.Key(), Value: e.Value()})
		}
	}
	result, err := client.Database(q.database).RunCommand(ctx, bson.D{
		{Key: "explain", Value: command}, {Key: "verbosity", Value: "queryPlanner"},
	}).Raw()
	if err != nil {
		return "", err
	}
	for _, path := range [][]string{{"queryPlanner", "winningPlan"}, {"stages", "0", "$cursor", "queryPlanner", "winningPlan"}} {
		if plan, err := result.LookupErr(path...); err == nil {
			return plan.String(), nil
		}
	}
	return result.String(), nil // of a cluster: the plans of all shards
}
