package transfer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
	"tahto/storage/embedded"
	"tahto/storage/transfer"
)

func memory(t testing.TB) *embedded.Engine {
	t.Helper()
	e, err := embedded.Open(t.Context(), "", embedded.Options{Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func registry(t testing.TB) *search.Registry {
	t.Helper()
	r, err := search.NewRegistry("http://127.0.0.1:8080/fhir")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// odd are texts that a writer of JSON may spoil.
var odd = []string{"plain", "<&>", "\u2028\u2029", "\ufffd\ufeff", `"\/`, "tab\there", "😀é̈", "\u007f\u0080"}

// declaration is a version of a resource whose body is not written as this
// program would write it: spaces, escapes and numbers have to stay.
func declaration(key fhir.Key, version uint64, at time.Time, r *rand.Rand) driver.Document {
	quoted, _ := json.Marshal(odd[r.IntN(len(odd))])
	status := []string{"active", "inactive"}[r.IntN(2)]
	return driver.Document{
		Key: key, Version: version, Updated: at, Method: "PUT",
		Body: fmt.Appendf(nil, `{"resourceType":%q, "id":%q,"status":%q,"note":%s,"verbatim":"%s","escaped":"\u003c\/\ud83d\ude00","n":1.10}`,
			key.Type, key.ID, status, quoted, "<&>\u2028"),
	}
}

// world is a history of versions in the order in which they are to be written:
// some documents with many versions, deletions, times that many share, and
// what belongs to the server itself.
func world(t testing.TB, seed uint64, versions int) []driver.Document {
	t.Helper()
	entries := registry(t).Entries
	r := rand.New(rand.NewPCG(seed, 1))
	at := time.UnixMilli(1_700_000_000_000).UTC()
	next := map[fhir.Key]uint64{}
	all := []driver.Document{{Key: fhir.Key{Type: "_Server", ID: "page-key"}, Version: 1, Updated: at, Method: "PUT", Body: []byte("\xff\xfe")}}
	for range versions {
		at = at.Add([]time.Duration{0, 0, time.Millisecond, time.Minute}[r.IntN(4)])
		key := fhir.Key{Type: []string{"Consent", "Provenance"}[r.IntN(2)], ID: fmt.Sprint("id", r.IntN(versions/2+1))}
		next[key]++
		d := declaration(key, next[key], at, r)
		if next[key] > 1 && r.IntN(4) == 0 {
			d.Deleted, d.Body, d.Method = true, nil, "DELETE"
		} else {
			d.Entries = entries(fhir.Stored(d.Body))
		}
		all = append(all, d)
	}
	return all
}

func fill(t testing.TB, e driver.Engine, versions ...driver.Document) {
	t.Helper()
	err := e.Update(t.Context(), func(w driver.Writer) error {
		for _, d := range versions {
			if err := w.Append(t.Context(), d); err != nil {
				return fmt.Errorf("%s version %d: %w", d.Key, d.Version, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// filled is an engine with a world in it.
func filled(t testing.TB, seed uint64, versions int) *embedded.Engine {
	t.Helper()
	e := memory(t)
	fill(t, e, world(t, seed, versions)...)
	return e
}

// export exports into a new file and gives its name and content.
func export(t testing.TB, from transfer.Source, o transfer.ExportOptions) (string, []byte) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "backup.ndjson")
	if _, err := transfer.Export(t.Context(), from, name, o); err != nil {
		t.Fatal(err)
	}
	return name, read(t, name)
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func importOptions(t testing.TB) transfer.ImportOptions {
	return transfer.ImportOptions{Entries: registry(t).Entries, Batch: 7}
}

func imports(t testing.TB, into transfer.Target, content []byte) (transfer.Result, error) {
	t.Helper()
	return transfer.Import(t.Context(), into, bytes.NewReader(content), importOptions(t))
}

// state is all that can be seen of an engine, but what is its own: every
// version, and what is found by a clause of each kind.
func state(t testing.TB, e driver.Engine) (all, found []driver.Document) {
	t.Helper()
	ctx := t.Context()
	err := e.View(ctx, func(r driver.Reader) error {
		for d, err := range r.Versions(ctx, driver.History{OldestFirst: true}) {
			if err != nil {
				return err
			}
			if d.Key.Type != "_Server" {
				all = append(all, d)
			}
		}
		for _, of := range []string{"Consent", "Provenance"} {
			for _, q := range []search.Query{
				{Type: of},
				{Type: of, Clauses: []search.Clause{{Param: "status", Op: search.Token, Values: []search.Value{{AnySystem: true, Value: "active"}}}}},
				{Type: of, Clauses: []search.Clause{{Param: "_id", Op: search.Token, Values: []search.Value{{AnySystem: true, Value: "id1"}}}}},
			} {
				for d, err := range r.Find(ctx, q, driver.Heads) {
					if err != nil {
						return err
					}
					found = append(found, d)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, found
}

// sameState compares two engines.
func sameState(t testing.TB, got, want driver.Engine) {
	t.Helper()
	gotAll, gotFound := state(t, got)
	wantAll, wantFound := state(t, want)
	if diff := cmp.Diff(wantAll, gotAll); diff != "" {
		t.Errorf("versions (-want +got):\n%.2000s", diff)
	}
	if diff := cmp.Diff(wantFound, gotFound); diff != "" {
		t.Errorf("found (-want +got):\n%.2000s", diff)
	}
}
