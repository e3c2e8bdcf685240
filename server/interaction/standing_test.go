package interaction_test

import (
	"strconv"
	"strings"
	"testing"

	"tahto/server/interaction"
)

// reordered is a resource with its first members behind the others.
func reordered(resource string) string {
	return strings.Replace(strings.Replace(resource, `"status":"active",`, "", 1), `"dateTime":`, `"status":"active","dateTime":`, 1)
}

// answer is status and ETag of an answer.
func answer(r interaction.Response) struct{ status, etag string } {
	return struct{ status, etag string }{strconv.Itoa(r.Status), r.ETag}
}

func TestIdenticalUpdateMakesNoVersion(t *testing.T) {
	s := open(t)
	first := s.want(201, s.ask("PUT Consent/a", body(t, identified("a", "1"))))
	records := len(s.records.entries)
	for name, got := range map[string]struct{ status, etag string }{
		"the same":              answer(s.ask("PUT Consent/a", body(t, identified("a", "1")))),
		"in another order":      answer(s.ask("PUT Consent/a", body(t, reordered(identified("a", "1"))))),
		"as it was read":        answer(s.ask("PUT Consent/a", body(t, text(first.Resource)))),
		"by a search":           answer(s.ask("PUT Consent?identifier=urn:x|1", body(t, identified("", "1")))),
		"with its version":      answer(s.ask("PUT Consent/a", body(t, identified("a", "1")), ifMatch(`W/"1"`))),
		"a patch of nothing":    answer(s.ask("PATCH Consent/a", jsonPatch(`[]`))),
		"a patch to what it is": answer(s.ask("PATCH Consent/a", jsonPatch(`[{"op":"replace","path":"/status","value":"active"}]`))),
	} {
		if got.status != "200" || got.etag != `W/"1"` {
			t.Errorf("%s: got %s %s", name, got.status, got.etag)
		}
	}
	if got := fault(s.ask("PUT Consent/a", body(t, identified("a", "1")), ifMatch(`W/"2"`))); got != "412 conflict " {
		t.Errorf("with another version: %s", got)
	}
	if len(s.records.entries) != records {
		t.Error("what changed nothing is recorded as a change")
	}
	if now := s.want(200, s.ask("GET Consent/a")); !now.LastModified.Equal(first.LastModified) || text(now.Resource) != text(first.Resource) {
		t.Errorf("it changed: %s", text(now.Resource))
	}
	if got := s.want(200, s.ask("PUT Consent/a", body(t, identified("a", "2")))); got.ETag != `W/"2"` {
		t.Errorf("a change makes %s", got.ETag)
	}
	s.want(204, s.ask("DELETE Consent/a"))
	if got := s.want(201, s.ask("PUT Consent/a", body(t, identified("a", "2")))); got.ETag != `W/"4"` {
		t.Errorf("what was deleted comes back as %s", got.ETag)
	}
}

func TestIdenticalUpdatesInATransaction(t *testing.T) {
	s := open(t)
	told := strings.Replace(provenance("Consent/a"), `"contained"`, `"id":"told","contained"`, 1)
	bundle := transaction(
		entry("", told, "PUT Provenance/told"), entry("", identified("a", "a"), "PUT Consent/a"), entry("", identified("b", "b"), "PUT Consent/b"))
	s.want(200, s.post(bundle))
	again := s.want(200, s.post(bundle)).Resource
	for i, want := range []string{"Provenance/told/_history/1", "Consent/a/_history/1", "Consent/b/_history/1"} {
		response := "entry." + string(rune('0'+i)) + ".response."
		if got := strings.TrimPrefix(at(again, response+"location"), base+"/"); got != want || at(again, response+"status") != "200 OK" {
			t.Errorf("entry %d: got %s %s, want %s", i, at(again, response+"status"), got, want)
		}
	}
	changed := s.want(200, s.post(transaction(
		entry("", told, "PUT Provenance/told"), entry("", identified("a", "a", nth(1)), "PUT Consent/a"), entry("", identified("b", "b"), "PUT Consent/b"),
		entry("", provenance("Consent/b"), "POST Provenance")))).Resource
	for i, want := range []string{`W/"2"`, `W/"2"`, `W/"1"`, `W/"1"`} {
		if got := at(changed, "entry."+string(rune('0'+i))+".response.etag"); got != want {
			t.Errorf("after a change: entry %d is %s, want %s", i, got, want)
		}
	}
	made := strings.TrimPrefix(at(changed, "entry.3.response.location"), base+"/")
	for reference, want := range map[string]string{"Provenance/told": "Consent/a/_history/2", made: "Consent/b/_history/1"} {
		if got := at(s.want(200, s.ask("GET "+reference)).Resource, "target.0.reference"); got != want {
			t.Errorf("%s tells about %s, want %s", reference, got, want)
		}
	}
}

// TestDeclarationIsSentAgain: a client that never saw the answer sends the pair
// again, under the ids it chose.
func TestDeclarationIsSentAgain(t *testing.T) {
	s := strict(t)
	told := strings.Replace(provenance("Consent/given"), `"contained"`, `"id":"told","contained"`, 1)
	pair := transaction(entry("", health("given"), "PUT Consent/given"), entry("", told, "PUT Provenance/told"))
	got := s.want(200, s.post(pair)).Resource
	for _, response := range []string{"entry.0.response.", "entry.1.response."} {
		if at(got, response+"status") != "200 OK" || at(got, response+"etag") != `W/"1"` {
			t.Errorf("%s %s", response, at(got, response+"status"))
		}
	}
}
