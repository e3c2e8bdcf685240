package storagetest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage"
)

var links = []promise{
	{"ChainsMeanWhatMatchInSays", testChains},
}

// testChains looks for resources by what others are, through package storage,
// which asks the engine step by step, and compares with a model of all resources.
func testChains(t *testing.T, h Harness) {
	registry, err := search.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		f := &fixture{reporter: rt, Engine: h.Open(t), ctx: t.Context()}
		f.clock = f.clock.AddDate(2000, 0, 0).UTC()
		store, err := storage.New(f.ctx, f.Engine, registry, storage.Options{Now: f.tick})
		f.must(err)
		defer store.Close()
		w := &linked{fixture: f, store: store, registry: registry}
		for range rapid.IntRange(1, 14).Draw(rt, "writes") {
			w.write(rt)
		}
		for range 12 {
			w.look(rt)
		}
	})
}

// linked is a store with a model of what is current in it.
type linked struct {
	*fixture
	store    *storage.Store
	registry *search.Registry
	world    []search.Indexed
}

var (
	linkedIDs = []string{"a", "b", "c"}
	targets   = []string{"Consent/a", "Consent/b", "Consent/c/_history/1", "Consent/b/_history/9", "Provenance/a", "Provenance/b", "Patient/a", "https://elsewhere.example/Consent/a"}
)

// write stores a resource, or a new version of one, or deletes one.
func (w *linked) write(t *rapid.T) {
	key := fhir.Key{Type: pick(t, "type", []string{"Consent", "Provenance"}), ID: pick(t, "id", linkedIDs)}
	at := slices.IndexFunc(w.world, func(r search.Indexed) bool { return r.Type == key.Type && r.ID == key.ID })
	if at >= 0 {
		w.world = slices.Delete(w.world, at, at+1)
	}
	if at >= 0 && rapid.IntRange(0, 4).Draw(t, "delete") == 0 {
		w.must(w.store.Update(w.ctx, func(tx *storage.Tx) error {
			_, _, err := tx.Delete(w.ctx, key, storage.If{})
			return err
		}))
		return
	}
	body, err := fhir.Parse(drawResource(t, key))
	w.must(err)
	var v storage.Version
	w.must(w.store.Update(w.ctx, func(tx *storage.Tx) (err error) {
		v, _, err = tx.Put(w.ctx, body, storage.If{})
		return err
	}))
	w.world = append(w.world, search.Indexed{Type: key.Type, ID: key.ID, Entries: w.registry.Entries(v.Resource)})
}

func drawResource(t *rapid.T, key fhir.Key) []byte {
	// references are some by address and one by identifier, each within more.
	references := func(within string) string {
		var list []string
		for range rapid.IntRange(0, 3).Draw(t, "references") {
			list = append(list, fmt.Sprintf(within, fmt.Sprintf(`{"reference":%q}`, pick(t, "reference", targets))))
		}
		logical := fmt.Sprintf(`{"identifier":{"value":%q}}`, pick(t, "logical", linkedIDs))
		return strings.Join(append(list, fmt.Sprintf(within, logical)), ",")
	}
	if key.Type == "Provenance" {
		return fmt.Appendf(nil, `{"resourceType":"Provenance","id":%q,"target":[%s],"agent":[{"who":{"identifier":{"value":%q}}}]}`,
			key.ID, references("%s"), pick(t, "agent", linkedIDs))
	}
	return fmt.Appendf(nil, `{"resourceType":"Consent","id":%q,"status":%q,"identifier":[{"value":%q}],"patient":{"identifier":{"value":%q}},"provision":{"data":[%s]}}`,
		key.ID, pick(t, "status", []string{"active", "inactive"}), pick(t, "identifier", linkedIDs), pick(t, "person", linkedIDs), references(`{"reference":%s}`))
}

// conditions are the forms of links, each with the values that it takes.
var conditions = map[string][]string{
	"Consent": {
		"_has:Provenance:target:agent:identifier=ID", "_has:Provenance:target:_id=ID", "_has:Provenance:target:_id:not=ID", "_has:Consent:data:status=STATUS",
		"_has:Provenance:target:_has:Provenance:target:agent.identifier=ID", "data.identifier=ID", "data:Consent.status=STATUS", "data.status:not=STATUS",
		"data.data.identifier=ID", "data.target.patient.identifier=ID", "patient.identifier=ID", "data:Consent._has:Provenance:target:agent:missing=false",
	},
	"Provenance": {
		"target:Consent.status=STATUS", "target.patient:identifier=ID", "target.patient.identifier=ID", "target.identifier=ID", "target._id=ID",
		"target.target.status=STATUS", "target:Provenance.agent.identifier=ID", "_has:Provenance:target:agent:identifier=ID", "_has:Consent:data:status=STATUS",
		"target._has:Provenance:target:_id=ID", "target:Consent.data.identifier=ID",
	},
}

func (w *linked) look(t *rapid.T) {
	resourceType := pick(t, "searched", []string{"Consent", "Provenance"})
	var written []string
	for range rapid.IntRange(1, 2).Draw(t, "conditions") {
		c := pick(t, "condition", conditions[resourceType])
		c = strings.ReplaceAll(strings.ReplaceAll(c, "=ID", "="+pick(t, "value", linkedIDs)), "=STATUS", "="+pick(t, "state", []string{"active", "inactive"}))
		written = append(written, c)
	}
	values, err := url.ParseQuery(strings.Join(written, "&"))
	w.must(err)
	q, _, err := w.registry.Parse(resourceType, values, search.ParseOptions{})
	w.must(err)
	var want []string
	for _, one := range w.world {
		if q.MatchIn(one, w.world) {
			want = append(want, one.ID)
		}
	}
	slices.Sort(want)
	w.same(written, w.pages(q, len(want)), want)
}

// pages are all ids that a search finds, two to a page.
func (w *linked) pages(q search.Query, total int) (found []string) {
	q.Count = 2
	w.must(w.store.View(w.ctx, func(tx *storage.Tx) error {
		for {
			page, err := tx.Search(w.ctx, q)
			if err != nil {
				return err
			}
			w.same("total", *page.Total, total)
			for _, v := range page.Matches {
				found = append(found, v.Key.ID)
			}
			if q.After = page.Next; q.After == nil {
				return nil
			}
		}
	}))
	return found
}
