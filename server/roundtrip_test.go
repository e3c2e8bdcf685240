package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"tahto/storage/mongo/mongotest"
)

// sent are the names of the commands that the database was sent since it was
// last asked: each is a round trip.
func sent(db *mongotest.Server) []string {
	var names []string
	for _, c := range db.Commands() {
		names = append(names, c.Name)
	}
	db.Forget()
	return names
}

// TestRoundTripsToMongoDB: what an interaction costs on a network.
func TestRoundTripsToMongoDB(t *testing.T) {
	db := mongotest.Start(t, mongotest.Options{})
	p := start(t, "-mongo", db.URI())
	sent(db)
	evaluate := func(t *testing.T) {
		post(t, p.base+"/Consent/$evaluate", readFile(t, "../conformance/examples/evaluate.json"), http.StatusOK)
	}
	var consent string
	for _, step := range []struct {
		name string
		do   func(*testing.T)
		want []string
	}{
		{"a transaction of declarations and their Provenance", func(t *testing.T) {
			answer := post(t, p.base, readFile(t, "../conformance/examples/consent-bundle.json"), http.StatusOK)
			for entry := range answer.Root().Each("entry") {
				location, _, _ := strings.Cut(entry.Get("response").Get("location").Text(), "/_history")
				if at := strings.LastIndex(location, "Consent/"); at >= 0 {
					consent = location[at:]
				}
			}
		}, []string{"update", "find", "commitTransaction"}},
		{"the first question about a person", evaluate, []string{"find"}},
		{"another question about the same", evaluate, []string{"find"}},
		{"another declaration of the same person", func(t *testing.T) {
			post(t, p.base, readFile(t, "../conformance/examples/denial-bundle.json"), http.StatusOK)
		}, nil},
		{"the first question after it: what is known is not current", evaluate, []string{"find"}},
		{"the next question", evaluate, []string{"find"}},
		{"a read", func(t *testing.T) { exchange(t, http.MethodGet, p.base+"/"+consent, nil, http.StatusOK) }, []string{"find"}},
		{"a read of a version", func(t *testing.T) {
			exchange(t, http.MethodGet, p.base+"/"+consent+"/_history/1", nil, http.StatusOK)
		}, []string{"find"}},
		{"a search without pages", func(t *testing.T) {
			exchange(t, http.MethodGet, p.base+"/Consent?status=active", nil, http.StatusOK)
		}, []string{"find"}},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.do(t)
			if got := sent(db); step.want != nil && !slices.Equal(got, step.want) {
				t.Errorf("sent %v, want %v", got, step.want)
			}
		})
	}
}

// TestTheLawsQuestionIsGuarded: two transactions about one person must not pass
// each other, so each writes the document that stands for the person.
func TestTheLawsQuestionIsGuarded(t *testing.T) {
	db := mongotest.Start(t, mongotest.Options{})
	p := start(t, "-mongo", db.URI())
	sent(db)
	post(t, p.base, readFile(t, "../conformance/examples/consent-bundle.json"), http.StatusOK)
	for _, c := range db.Commands() {
		if c.Name == "update" && c.Transaction && strings.Contains(c.Raw.String(), `"guard/`) {
			return
		}
	}
	t.Error("nothing was guarded")
}
