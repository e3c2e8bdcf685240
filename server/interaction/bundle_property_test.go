package interaction_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tahto/fhir"
)

// TestTransactionsForetellVersions: whatever a transaction writes, changes,
// leaves as it is or deletes, the versions that it tells of are those that are
// there afterwards, those that a Provenance tells about can be read, and no
// history has a gap.
func TestTransactionsForetellVersions(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t)
		s.want(200, s.post(transaction(
			entry("", identified("a", "a", nth(1)), "PUT Consent/a"), entry("", identified("b", "b", nth(1)), "PUT Consent/b"),
			entry("", told("p", "Consent/b"), "PUT Provenance/p"), entry("", told("q", "Provenance/p"), "PUT Provenance/q"))))
		for range rapid.IntRange(1, 6).Draw(r, "bundles") {
			bundle := transaction(someEntries(r)...)
			got := s.post(bundle)
			if got.Status >= 500 {
				r.Fatalf("%d: %v\n%s", got.Status, got.Err, bundle)
			}
			if got.Status == 200 {
				s.keepsItsWord(r, got.Resource, bundle)
			}
		}
		s.isWhole(r)
	})
}

// someEntries are those of a transaction about a few resources, most of which
// exist already, and often with the content they have.
func someEntries(r *rapid.T) []string {
	var entries []string
	for range rapid.IntRange(0, 4).Draw(r, "entries") {
		id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "id")
		content := identified(id, id, nth(rapid.IntRange(1, 2).Draw(r, "content")))
		switch rapid.SampledFrom([]string{"PUT", "like", "PATCH", "patch like", "DELETE", "POST"}).Draw(r, "method") {
		case "PUT":
			entries = append(entries, entry(base+"/Consent/"+id, content, "PUT Consent/"+id))
		case "like":
			entries = append(entries, entry("urn:uuid:"+uuid(len(entries)), content, "PUT Consent?identifier=urn:x|"+id))
		case "PATCH":
			entries = append(entries, entry("", somePatch(r), "PATCH Consent/"+id))
		case "patch like":
			entries = append(entries, entry("", somePatch(r), "PATCH Consent?identifier=urn:x|"+id))
		case "DELETE":
			entries = append(entries, entry("", "", "DELETE Consent/"+id))
		case "POST":
			entries = append(entries, entry("", content, "POST Consent", `,"ifNoneExist":"identifier=urn:x|`+id+`"`))
		}
	}
	targets := []string{"Consent/a", "Consent/b", "Consent?identifier=urn:x|c", "Provenance/p", "Provenance/q", "Consent/a/_history/1"}
	for _, id := range []string{"p", "q", ""} {
		if !rapid.Bool().Draw(r, "Provenance "+id) {
			continue
		}
		about := rapid.SampledFrom(targets).Draw(r, "target")
		if id == "" {
			entries = append(entries, entry("", provenance(about), "POST Provenance"))
			continue
		}
		entries = append(entries, entry("", told(id, about), "PUT Provenance/"+id))
	}
	return rapid.Permutation(entries).Draw(r, "order")
}

// told is a Provenance with an id.
func told(id, target string) string {
	return strings.Replace(provenance(target), `"contained"`, `"id":"`+id+`","contained"`, 1)
}

func somePatch(r *rapid.T) string {
	return binary(fmt.Sprintf(`[{"op":"replace","path":"/verification/0/verificationDate","value":"2024-02-0%d"}]`, rapid.IntRange(1, 2).Draw(r, "patch")))
}

// keepsItsWord holds the answers of a transaction against what is stored. What a
// conditional create found may have been changed by a later entry.
func (s *server) keepsItsWord(r *rapid.T, answers *fhir.Resource, bundle string) {
	newest := map[string]string{}
	for i := range answers.Root().Get("entry").Items() {
		response := "entry." + strconv.Itoa(i) + ".response."
		location, etag := strings.TrimPrefix(at(answers, response+"location"), base+"/"), at(answers, response+"etag")
		if location == "" {
			continue // of a deletion
		}
		if got := s.ask("GET " + location); got.Status != 200 || got.ETag != etag {
			r.Fatalf("entry %d: %s has %d %s after %s\n%s", i, location, got.Status, got.ETag, text(answers), bundle)
		}
		current, _, _ := strings.Cut(location, "/_history/")
		newest[current] = max(newest[current], etag)
	}
	for current, etag := range newest {
		if got := s.ask("GET " + current); got.Status != 200 || got.ETag != etag {
			r.Fatalf("%s has %d %s after %s\n%s", current, got.Status, got.ETag, text(answers), bundle)
		}
	}
}

// isWhole sees that all versions are there and that what they tell about is.
func (s *server) isWhole(r *rapid.T) {
	counts := map[string]int{}
	for _, one := range s.ask("GET _history?_count=1000").Resource.Root().Get("entry").Items() {
		name := strings.Split(one.Get("fullUrl").Text()+"/", "/_history/")[0]
		counts[strings.TrimSuffix(name, "/")]++
		for target := range one.Get("resource").Each("target") {
			if reference := target.Get("reference").Text(); s.ask("GET "+reference).Status != 200 || !strings.Contains(reference, "/_history/") {
				r.Fatalf("%s tells about %s", name, reference)
			}
		}
	}
	for name, count := range counts {
		history := s.ask("GET " + strings.TrimPrefix(name, base+"/") + "/_history?_count=1000").Resource
		for i, one := range history.Root().Get("entry").Items() {
			if got, want := one.Get("response").Get("etag").Text(), fmt.Sprintf(`W/"%d"`, count-i); got != want {
				r.Fatalf("version %d of %s is %s", count-i, name, got)
			}
		}
	}
}
