package storage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

// included are the ids of what a search brings along, in order, as C/id.
func (f *fixture) included(q search.Query) string {
	f.Helper()
	var list []string
	for _, v := range f.search(q).Included {
		list = append(list, v.Key.Type[:1]+v.Key.ID+"v"+fmt.Sprint(v.Version))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestIncludesIterateToTheEnd(t *testing.T) {
	f := open(t)
	f.put(f.consent("a", "draft"))
	f.put(f.consent("a", "active"))
	f.put(f.parse(`{"resourceType":"Consent","id":"b","status":"active","sourceReference":{"reference":"Consent/a"}}`))
	f.put(f.parse(`{"resourceType":"Consent","id":"c","status":"active","sourceReference":{"reference":"Consent/b"}}`))
	f.put(f.parse(`{"resourceType":"Provenance","id":"p","target":[{"reference":"Consent/a/_history/1"}]}`))
	f.put(f.parse(`{"resourceType":"Provenance","id":"q","target":[{"reference":"Provenance/p"},{"reference":"Provenance/q"}]}`))
	f.put(f.parse(`{"resourceType":"Consent","id":"round","sourceReference":{"reference":"Consent/about"}}`))
	f.put(f.parse(`{"resourceType":"Consent","id":"about","sourceReference":{"reference":"Consent/round"}}`))
	for query, want := range map[string]string{
		"Consent?_id=c&_include=Consent:source-reference":                                               "Cbv1",
		"Consent?_id=c&_include:iterate=Consent:source-reference":                                       "Cav2 Cbv1",
		"Consent?_id=round&_include:iterate=Consent:source-reference":                                   "Caboutv1",
		"Consent?_id=a&_revinclude=Provenance:target":                                                   "Ppv1",
		"Consent?_id=a&_revinclude:iterate=Provenance:target":                                           "Ppv1 Pqv1",
		"Consent?_id=a&_revinclude:iterate=Provenance:target:Consent":                                   "Ppv1",
		"Consent?_id=a&_revinclude:iterate=Provenance:target:Provenance":                                "",
		"Consent?_id=a&_revinclude=Provenance:target&_include:iterate=Provenance:target":                "Cav1 Ppv1",
		"Consent?_id=c&_include=Consent:source-reference&_revinclude:iterate=Provenance:target":         "Cbv1",
		"Consent?_id=c&_include:iterate=Consent:source-reference&_revinclude:iterate=Provenance:target": "Cav2 Cbv1 Ppv1 Pqv1",
		"Provenance?_id=q&_include=Provenance:target":                                                   "Ppv1",
		"Provenance?_id=q&_include:iterate=Provenance:target":                                           "Cav1 Ppv1",
		"Consent?_id=a,b&_revinclude=Consent:source-reference&_include:iterate=Provenance:target":       "Ccv1",
	} {
		resourceType, text, _ := strings.Cut(query, "?")
		if got := f.included(f.query(resourceType, text)); got != want {
			t.Errorf("%s includes %s, want %s", query, got, want)
		}
	}
}

func TestIncludesThatLeadOnAndOnAreTooCostly(t *testing.T) {
	f := open(t)
	for i := range 40 {
		f.put(f.parse(`{"resourceType":"Consent","id":"c%d","sourceReference":{"reference":"Consent/c%d"}}`, i, i+1))
	}
	f.same("a chain that ends", strings.Count(f.included(f.query("Consent", "_id=c20&_include:iterate=Consent:source-reference")), "C"), 19)
	f.view(func(tx *storage.Tx) {
		_, err := tx.Search(f.Context(), f.query("Consent", "_id=c0&_include:iterate=Consent:source-reference"))
		f.fails("a chain without end", err, issue.Unprocessable)
	})
}

func TestLinksThroughTooMuchAreTooCostly(t *testing.T) {
	f := open(t)
	f.update(func(tx *storage.Tx) {
		for i := range storage.MaxLinked + 1 {
			_, _, err := tx.Put(f.Context(), f.consent(fmt.Sprint("c", i), "active"), storage.If{})
			f.must(err)
		}
	})
	f.put(f.parse(`{"resourceType":"Provenance","id":"p","target":[{"reference":"Consent/c7"}]}`))
	f.same("few", len(f.search(f.query("Provenance", "target.identifier=c7")).Matches), 1)
	f.delete(key("c0"))
	f.same("as many as are allowed", len(f.search(f.query("Provenance", "target.status=active")).Matches), 1)
	f.put(f.consent("c0", "active"))
	for _, query := range []string{"target.status=active", "target:Consent.status=active&_count=0", "entity.status=active"} {
		f.view(func(tx *storage.Tx) {
			_, err := tx.Search(f.Context(), f.query("Provenance", query))
			f.fails(query, err, issue.Unprocessable)
			for _, err = range tx.Heads(f.Context(), f.query("Provenance", query)) {
				f.fails(query, err, issue.Unprocessable)
			}
		})
	}
}
