package search_test

import "testing"

// The parts of a composite are of one provision, however deep it is.
func TestCompositesAreOfOneProvision(t *testing.T) {
	entries := registry(t).Entries(resource(t, `{"resourceType":"Consent",
	  "contained":[{"resourceType":"Organization","id":"o","identifier":[{"system":"urn:oid","value":"contained"}]}],
	  "provision":{"type":"deny","class":[{"system":"urn:c","code":"a"},{"code":"bare"}],"code":[{"coding":[{"system":"urn:c","code":"x$y,z|\\"}]}],
	    "period":{"start":"2023-05-01","end":"2023-06-30"},"actor":[{"reference":{"reference":"Organization/1"}},{"reference":{"reference":"#o"}}],
	    "provision":[
	      {"type":"permit","class":[{"system":"urn:c","code":"b"}],"period":{"start":"2024"},
	       "actor":[{"reference":{"reference":"Organization/2/_history/3"}},{"reference":{"reference":"#o"}},{"reference":{"identifier":{"system":"urn:oid","value":"2"}}}],
	       "provision":[{"type":"deny","class":[{"system":"urn:d","code":"deep"}]}]},
	      {"class":[{"code":"untyped"}],"actor":[{"reference":{"reference":"Organization/9"}}]},
	      {"type":"forbid","class":[{"code":"unknown"}]}]}}`))
	for name, values := range map[string]map[string]bool{
		"provision-type-class": {
			"deny$urn:c|a": true, "deny$a": true, "permit$urn:c|a": false, "permit$a": false, "permit$b": true, "deny$b": false, "deny$urn:d|deep": true,
			"permit$deep": false, "deny$|bare": true, "deny$|a": false, "deny$urn:c|": true, "permit$urn:c|": true, "permit$urn:d|": false,
			"deny$untyped": false, "deny$unknown": false, "permit$a,deny$a": true, "permit$a,permit$c": false,
			"http://hl7.org/fhir/consent-provision-type|deny$a": true, "|permit$b": true,
		},
		"provision-type-code": {`deny$urn:c|x\$y\,z\|\\`: true, `permit$x\$y\,z\|\\`: false, "deny$x": false},
		"provision-type-actor": {
			"deny$Organization/1": true, "deny$1": true, "permit$Organization/1": false, "permit$Organization/2": true, "permit$2": true,
			"permit$Organization/2/_history/3": true, "permit$Organization/2/_history/4": false, "deny$Patient/1": false, "deny$Organization/9": false,
			"permit$Organization/9": false, "deny$https://tahto.example/fhir/Organization/1": true, "deny$https://elsewhere.example/Organization/1": false,
		},
		"provision-type-actor-identifier": {
			"permit$urn:oid|2": true, "deny$urn:oid|2": false, "permit$urn:oid|contained": true, "deny$contained": true, "deny$urn:oid|": true, "deny$urn:x|": false,
		},
		"provision-type-period": {
			"deny$2023": true, "permit$2023": false, "permit$ge2024": true, "deny$ge2024": false, "deny$sa2023-07-01": false, "deny$2022,deny$2023": true,
			"permit$lt2024": false, "deny$lt2023-06-01": true,
		},
		"provision-type":             {"deny": true, "permit": true, "forbid": true, "|deny": true, "other": false},
		"provision-class":            {"urn:d|deep": true, "untyped": true, "none": false},
		"provision-actor-identifier": {"urn:oid|2": true, "contained": true, "urn:oid|3": false},
	} {
		for value, want := range values {
			q := parse(t, "Consent", name, value)
			if got := q.Match(entries); got != want {
				t.Errorf("%s=%s: got %v, want %v", name, value, got, want)
			}
			if again := parse(t, "Consent", name, q.Values().Get(name)); again.Canonical() != q.Canonical() || again.Match(entries) != want {
				t.Errorf("%s=%s is written %s, which is %s", name, value, q.Canonical(), again.Canonical())
			}
		}
	}
}
