package interaction_test

import (
	"strings"
	"testing"
)

// informed is a pair that strict intake takes: the receipt of the information,
// created unless it is there.
func informed(target string) (consent, told string) {
	const more = `,"identifier":[{"system":"urn:x","value":"1"}],"policyRule":{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/information-version","code":"2.0"}]}`
	consent = entry(urn1, declaration("", "information", `{"type":"permit","period":{"start":"2024-01-10"}}`, more), "POST Consent", `,"ifNoneExist":"identifier=urn:x|1"`)
	with := strings.Replace(provenance(target), `"id":"client"`, `"id":"client","identifier":[{"system":"urn:oid:1.2.246.21","value":"`+person+`"}]`, 1)
	return consent, entry(urn2, with, "POST Provenance")
}

func TestPairThatIsThereIsTakenWhateverItsOrder(t *testing.T) {
	for name, target := range map[string]string{"by fullUrl": urn1, "by a search": "Consent?identifier=urn:x|1"} {
		for kind, s := range map[string]*server{"strict": open(t, strictly), "archive": open(t)} {
			t.Run(name+" "+kind, func(t *testing.T) {
				consent, told := informed(target)
				first := s.want(200, s.post(transaction(consent, told))).Resource
				s.records.entries = nil
				for _, again := range []string{transaction(told, consent), transaction(consent, told)} {
					got := s.want(200, s.post(again)).Resource
					both := at(got, "entry.0.response.location") + at(got, "entry.1.response.location")
					for _, place := range []string{"entry.0.response.location", "entry.1.response.location"} {
						if !strings.Contains(both, at(first, place)) || at(first, place) == "" {
							t.Errorf("%s is %s, and the second answer tells of %s", place, at(first, place), both)
						}
					}
				}
				if page := s.want(200, s.ask("GET _history")); len(versions(page.Resource)) != 2 || len(s.records.entries) != 0 {
					t.Errorf("%d versions, and %d records of nothing", len(versions(page.Resource)), len(s.records.entries))
				}
			})
		}
	}
}

func TestPairWhoseDeclarationWentOnIsRefused(t *testing.T) {
	s := open(t, strictly)
	consent, told := informed(urn1)
	first := s.want(200, s.post(transaction(consent, told))).Resource
	path := strings.TrimSuffix(strings.TrimPrefix(at(first, "entry.0.response.location"), base+"/"), "/_history/1")
	stored := strings.Replace(text(s.want(200, s.ask("GET "+path)).Resource), `"active"`, `"entered-in-error"`, 1)
	s.want(200, s.post(transaction(entry("", stored, "PUT "+path, `,"ifMatch":"W/\"1\""`), entry("", strings.Replace(provenanceOf(told), urn1, path, 1), "POST Provenance"))))
	refused := s.post(transaction(consent, told))
	if got := fault(refused); got != "422 business-rule Bundle.entry[1].resource.target" || !strings.Contains(text(refused.Resource), "not the one that was stored with it") {
		t.Errorf("got %s: %s", got, text(refused.Resource))
	}
}

// provenanceOf is the resource of an entry.
func provenanceOf(entry string) string {
	_, rest, _ := strings.Cut(entry, `"resource":`)
	resource, _, _ := strings.Cut(rest, `,"request":`)
	return resource
}

// An answer that tells of no change is none to be recorded, the second time
// neither.
func TestIdentifiedPairsThatWereThereAreNoChange(t *testing.T) {
	s := open(t, strictly)
	consent, told := informed(urn1)
	sent := transaction(consent, told)
	s.want(200, s.post(sent))
	s.records.entries = nil
	named := strings.Replace(sent, `"type":"transaction"`, `"type":"transaction","identifier":{"system":"urn:x","value":"1"}`, 1)
	first := text(s.want(200, s.post(named)).Resource)
	if second := text(s.want(200, s.post(named)).Resource); second != first || len(s.records.entries) != 0 {
		t.Errorf("%d records\n%s\n%s", len(s.records.entries), first, second)
	}
}
