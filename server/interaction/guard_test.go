package interaction_test

import (
	"strings"
	"testing"

	"tahto/server/interaction"
)

const otherPerson = "210253-9040"

func TestUpdateNeverMakesADeclarationAnotherOne(t *testing.T) {
	s := open(t, keepForeign)
	denial := declaration("d", "denial-health", deny)
	s.want(201, s.ask("PUT Consent/d", body(t, denial)))
	foreign := `{"resourceType":"Consent","id":"d","status":"active","scope":{"text":"x"},"category":[{"text":"y"}],"policyRule":{"text":"z"}}`
	for name, tt := range map[string]struct{ body, want string }{
		"of another person":       {strings.Replace(denial, person, otherPerson, 1), "422 business-rule Consent.patient"},
		"of another kind":         {declaration("d", "organ-donation", permit), "422 business-rule Consent.category"},
		"no declaration any more": {foreign, "422 business-rule Consent.category"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fault(s.ask("PUT Consent/d", body(t, tt.body))); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			inside := "Bundle.entry[0].resource." + strings.TrimPrefix(strings.Fields(tt.want)[2], "Consent.")
			if got := at(s.post(transaction(entry("", tt.body, "PUT Consent/d"))).Resource, "issue.0.expression.0"); got != inside {
				t.Errorf("in a transaction: got %s, want %s", got, inside)
			}
		})
	}
	s.want(200, s.ask("PUT Consent/d", body(t, strings.Replace(denial, `"active"`, `"inactive"`, 1))))
	s.want(204, s.ask("DELETE Consent/d"))
	s.want(201, s.ask("PUT Consent/d", body(t, strings.Replace(denial, person, otherPerson, 1))))
}

// A withdrawal that does not say from when has effect from when it was
// recorded, and takes nothing back (rules M36).
func TestWithdrawalWithoutAnEndHasEffectFromItsRecording(t *testing.T) {
	s := open(t)
	s.want(200, s.post(example(t, "consent-bundle.json")))
	s.want(201, s.ask("PUT Consent/d", body(t, declaration("d", "denial-health", deny))))
	s.want(200, s.ask("PUT Consent/d", body(t, strings.Replace(declaration("d", "denial-health", deny), `"active"`, `"inactive"`, 1))))
	for at, want := range map[string]string{"2025-06-01": "deny denial-in-force", "2026-01-11": "permit consent"} {
		asked := strings.Replace(example(t, "evaluate.json"), `"parameter": [`, `"parameter": [{"name":"at","valueDateTime":"`+at+`"},`, 1)
		if got := decided(s.want(200, s.ask("POST Consent/$evaluate", body(t, asked))).Resource, 0); got != want {
			t.Errorf("at %s: got %s, want %s", at, got, want)
		}
	}
}

func TestContainedResourcesOfOneIdAreRefused(t *testing.T) {
	s := open(t)
	for _, second := range []string{"Patient", "Practitioner", "Organization"} {
		twice := strings.Replace(declaration("", "denial-health", deny), `"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"`+person+`"}}`,
			`"contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:oid:1.2.246.21","value":"`+person+`"}]},`+
				`{"resourceType":"`+second+`","id":"p","identifier":[{"system":"urn:oid:1.2.246.21","value":"`+otherPerson+`"}]}],"patient":{"reference":"#p"}`, 1)
		if got, want := fault(s.ask("POST Consent", body(t, twice))), "422 invariant Consent.contained[1].id"; got != want {
			t.Errorf("a second %s: got %s, want %s", second, got, want)
		}
	}
}

func TestConditionalReferencesAreResolvedWhenAllElseIsWritten(t *testing.T) {
	identified := `,"identifier":[{"system":"urn:x","value":"new"}]`
	search := "Consent?identifier=urn:x|new"
	about := entry("", provenance(search), "POST Provenance")
	created := entry("", health("", identified), "POST Consent")
	updated := entry("", health("c", identified), "PUT Consent/c")
	for name, entries := range map[string][]string{
		"before what is created": {about, created},
		"after what is created":  {created, about},
		"before what is updated": {about, updated},
		"by an own absolute URL": {entry("", provenance(base+"/"+search), "POST Provenance"), created},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.want(201, s.ask("PUT Consent/c", body(t, health("c"))))
			s.want(200, s.post(transaction(entries...)))
			found := s.want(200, s.ask("GET Provenance?target:missing=false"))
			if got := at(found.Resource, "entry.0.resource.target.0.reference"); !strings.HasPrefix(got, "Consent/") || !strings.Contains(got, "/_history/") {
				t.Errorf("target is %q, want a version of the Consent", got)
			}
		})
	}
	t.Run("not what the transaction takes the identifier from", func(t *testing.T) {
		s := open(t)
		s.want(201, s.ask("PUT Consent/c", body(t, health("c", identified))))
		s.want(422, s.post(transaction(about, entry("", health("c"), "PUT Consent/c"))))
	})
}

func TestTransactionReplacesItsNamesInUrisAndNarrative(t *testing.T) {
	s := open(t)
	linked := strings.TrimSuffix(health(""), "}") + `,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"` + urn2 + `\">x</a></div>"},` +
		`"extension":[{"url":"http://example.org/e","valueUri":"` + urn2 + `"}]}`
	got := s.want(200, s.post(transaction(entry(urn1, linked, "POST Consent"), entry(urn2, health("b"), "PUT Consent/b"))))
	location := strings.TrimPrefix(at(got.Resource, "entry.0.response.location"), base+"/")
	read := s.want(200, s.ask("GET "+location)).Resource
	if strings.Contains(text(read), urn2) || at(read, "extension.0.valueUri") != "Consent/b" {
		t.Errorf("the name of the entry is still there: %s", text(read))
	}
}

func TestTargetOfAProvenanceIsAReference(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/c", body(t, health("c"))))
	for _, target := range []string{"garbage garbage", "Consent", "Consent/a/b/c", "Consent/%20", "consent/x", "Consent/c#x", "Consent/.."} {
		if got, want := fault(s.ask("POST Provenance", body(t, provenance(target)))), "422 value Provenance.target[0].reference"; got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
	}
}

func TestStepsOfAPathAreNoIds(t *testing.T) {
	s := open(t)
	for _, id := range []string{".", ".."} {
		if got, want := fault(s.ask("PUT Consent/"+id, body(t, health(id)))), "400 value Consent.id"; got != want {
			t.Errorf("id %q: got %s, want %s", id, got, want)
		}
	}
}

func TestConditionMayBeWrittenAsAURL(t *testing.T) {
	s := open(t)
	identified := body(t, health("", `,"identifier":[{"system":"urn:x","value":"1"}]`))
	for i, condition := range []string{"identifier=urn:x|1", "?identifier=urn:x|1", "Consent?identifier=urn:x|1"} {
		got := s.ask("POST Consent", identified, func(r *interaction.Request) { r.IfNoneExist = condition })
		if want := map[bool]int{true: 201, false: 200}[i == 0]; got.Status != want {
			t.Errorf("%s: status %d, want %d", condition, got.Status, want)
		}
	}
}

func TestForeignConsentIsAnsweredWithAWarning(t *testing.T) {
	s := open(t, keepForeign)
	foreign := `{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"text":"y"}],"policyRule":{"text":"z"}}`
	for _, prefer := range []string{"", "return=minimal", "return=representation"} {
		got := s.want(201, s.ask("POST Consent", body(t, foreign), func(r *interaction.Request) { r.Prefer = prefer }))
		if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "no effect") {
			t.Errorf("with %q: warnings %q, want one that it has no effect", prefer, got.Warnings)
		}
	}
}

func TestConditionsThatMeanNothingAreRefused(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/c", body(t, health("c"))))
	for request, want := range map[string]string{
		"POST Consent If-Match":          "400 invalid http.If-Match",
		"POST Consent If-None-Match":     "400 invalid http.If-None-Match",
		"PUT Consent/c If-None-Exist":    "400 invalid http.If-None-Exist",
		"DELETE Consent/c If-None-Match": "400 invalid http.If-None-Match",
		"DELETE Consent/c If-None-Exist": "400 invalid http.If-None-Exist",
	} {
		words := strings.Fields(request)
		got := s.ask(words[0]+" "+words[1], body(t, health("c")), func(r *interaction.Request) {
			*map[string]*string{"If-Match": &r.IfMatch, "If-None-Match": &r.IfNoneMatch, "If-None-Exist": &r.IfNoneExist}[words[2]] = `W/"1"`
		})
		if fault(got) != want {
			t.Errorf("%s: got %s, want %s", request, fault(got), want)
		}
	}
}

// What was stored last is never of the future, though the clock was set back
// since: a withdrawal would wait until the clock is there again.
func TestClockSetBackPermitsNothingThatWasWithdrawn(t *testing.T) {
	s := open(t)
	s.want(200, s.post(example(t, "consent-bundle.json")))
	s.want(201, s.ask("PUT Consent/c", body(t, health("c"))))
	evaluate := func() string {
		return decided(s.want(200, s.ask("POST Consent/$evaluate", body(t, example(t, "evaluate.json")))).Resource, 0)
	}
	var given []string
	for e := range s.want(200, s.ask("GET Consent?category=consent-health")).Resource.Root().Each("entry") {
		given = append(given, e.Get("resource").Get("id").Text())
	}
	s.clock.at.Add(24 * 60 * 60 * 1000)
	for _, id := range given {
		s.want(200, s.ask("PUT Consent/"+id, body(t, strings.Replace(health(id), `"active"`, `"inactive"`, 1))))
	}
	s.clock.at.Add(-24 * 60 * 60 * 1000)
	if got := evaluate(); !strings.HasPrefix(got, "deny") {
		t.Errorf("got %s, want a deny: both consents are withdrawn", got)
	}
}

func TestProvenanceOfVeryManyIsRefused(t *testing.T) {
	s := open(t)
	s.want(201, s.ask("PUT Consent/c", body(t, health("c"))))
	about := func(n int) string {
		one := `{"reference":"Consent/c","display":"what was declared"}`
		return strings.Replace(provenance("Consent/c"), one, strings.Repeat(one+",", n-1)+one, 1)
	}
	got := s.want(201, s.ask("POST Provenance", body(t, about(1000))))
	if at(got.Resource, "target.999.reference") != "Consent/c/_history/1" {
		t.Errorf("the last target is %s", at(got.Resource, "target.999.reference"))
	}
	if got, want := fault(s.ask("POST Provenance", body(t, about(1001)))), "422 too-costly Provenance.target"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
