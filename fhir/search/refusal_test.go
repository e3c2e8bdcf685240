package search_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir/issue"
	"tahto/fhir/search"
)

// refusals are searches that a strict server refuses; those with unknown are
// left out, with a warning, by a lenient one.
var refusals = []struct {
	name, resourceType, query string
	expression, says          string
	unknown                   bool
}{
	{"unknown parameter", "Consent", "statis=active", "http.statis", "did you mean status?", true},
	{"letters swapped", "Consent", "pateint=1", "http.pateint", "did you mean patient?", true},
	{"swapped letters are one slip", "Consent", "daat=1", "http.daat", "did you mean data?", true},
	{"capitals", "Consent", "Category=x", "http.Category", "did you mean category?", true},
	{"parameter of the other type", "Consent", "target=Consent/1", "http.target", "known are _id, ", true},
	{"nothing like it", "Provenance", "zzzzzzzzzzz=1", "http.zzzzzzzzzzz", "known are _id, ", true},
	{"misspelt control", "Consent", "_cuont=1", "http._cuont", "did you mean _count?", true},
	{"identity code as a name", "Consent", "160350-900N=1", "http", "no such search parameter", true},
	{"strange name", "Consent", "a%20b%00=1", "http", "no such search parameter", true},
	{"empty name", "Consent", "=1", "http", "no such search parameter", true},
	{"unknown modifier", "Consent", "status:nto=active", "http.status", "did you mean :not?", true},
	{"modifier of another kind", "Consent", "date:not=2023", "http.date", "known are :missing", true},
	{"modifier of R4 that is not here", "Consent", "category:below=x", "http.category", "category:below is not supported", true},
	{"words of a code", "Consent", "category:text=x", "http.category", "searched for by code", true},
	{"codes of a value set", "Consent", "category:in=http://a.example/v", "http.category", "with commas between them", true},
	{"codes outside a value set", "Consent", "category:not-in=http://a.example/v", "http.category", "with :not", true},
	{"addresses above", "Consent", "_profile:above=http://a.example/v", "http._profile", "_profile:above is not supported", true},
	{"modifier on a composite", "Consent", "provision-type-class:missing=true", "http.provision-type-class", "takes no modifier", true},
	{"empty modifier", "Consent", "category:=x", "http.category", "takes no such modifier", true},
	{"modifier on an identifier", "Consent", "patient:identifier:not=x", "http.patient", "takes no such modifier", true},
	{"type that it can't refer to", "Consent", "patient:Organization=1", "http.patient", "takes no such modifier", true},
	{"type that is none", "Provenance", "target:Consnet=1", "http.target", "takes no such modifier", true},
	{"modifier on a control", "Consent", "_sort:x=date", "http._sort", "takes no such modifier", true},
	{"include of an older FHIR", "Provenance", "_include:recurse=Provenance:target", "http._include", "write _include:iterate", true},
	{"unknown modifier on an include", "Provenance", "_include:x=Provenance:target", "http._include", "known is :iterate", true},
	{"iterated include of all", "Consent", "_include:iterate=*", "http._include", "name each reference", true},
	{"iterated include to what is not kept", "Consent", "_revinclude:iterate=Provenance:location", "http._revinclude", "follows no such reference", true},
	{"iterated revinclude to a type that is not kept", "Consent", "_revinclude:iterate=Provenance:target:Patient", "http._revinclude", "does not lead to", true},
	{"unknown prefix", "Consent", "date=gr2023", "http.date", "did you mean gt?", true},
	{"prefix in capitals", "Consent", "date=GE2023", "http.date", "did you mean ge?", true},
	{"chain to what is not kept", "Consent", "patient.name=x", "http.patient.name", "patient.identifier=system|value", true},
	{"chain by type to what is not kept", "Consent", "patient:Patient.name=x", "http.patient", "patient.identifier=system|value", true},
	{"chain by a type that it can't refer to", "Consent", "patient:Organization.identifier=x", "http.patient", "takes no such modifier", true},
	{"identifier of one of several types", "Consent", "actor:Organization.identifier=x", "http.actor", "write actor.identifier", true},
	{"chain from no reference", "Consent", "status.identifier=x", "http.status.identifier", "status is no reference", true},
	{"chain from what is unknown", "Consent", "pateint.identifier=x", "http.pateint.identifier", "did you mean patient?", true},
	{"chain to an unknown parameter", "Provenance", "target:Consent.statis=x", "http.target", "did you mean status?", true},
	{"chain to a modifier that is not there", "Provenance", "target:Consent.status:text=x", "http.target", "status:text is not supported", true},
	{"chain to a control", "Provenance", "target:Consent._sort=date", "http.target", "no search parameter _sort; known are _id", true},
	{"chain that is too long", "Provenance", "target:Provenance.target:Provenance.target:Provenance.target:Consent.status=x", "http.target", "3 times at the most", true},
	{"chain to a filter", "Provenance", "target:Consent._filter=x", "http.target", "_filter is not supported", true},
	{"reverse chain by an unknown reference", "Consent", "_has:Provenance:tagret:agent=1", "http._has", "did you mean Provenance:target?", true},
	{"reverse chain by what is no reference to it", "Consent", "_has:Provenance:agent:agent=1", "http._has", "Known are Consent:", true},
	{"reverse chain without a parameter", "Consent", "_has:Provenance:target=1", "http._has", "write _has:Provenance:target:parameter", true},
	{"reverse chain to an unknown parameter", "Consent", "_has:Provenance:target:agnet=1", "http._has", "did you mean agent?", true},
	{"reverse chain of nothing", "Consent", "_has=1", "http._has", "does not know that reference", true},
	{"reverse chain that is too long", "Consent", "_has:Consent:data:_has:Consent:data:_has:Consent:data:_has:Consent:data:status=x", "http._has", "3 times at the most", true},
	{"filter", "Consent", "_filter=status+eq+active", "http._filter", "_filter is not supported", true},
	{"summary with a modifier", "Consent", "_summary:text=true", "http._summary", "takes no such modifier", true},
	{"elements misspelt", "Consent", "_element=status", "http._element", "did you mean _elements?", true},
	{"sort by what is unknown", "Consent", "_sort=dat", "http._sort", "did you mean date?", true},
	{"sort by what has no order", "Consent", "_sort=patient", "http._sort", "a reference has no order; known are _id, _lastUpdated", true},
	{"include of an unknown parameter", "Provenance", "_include=Provenance:tagret", "http._include", "did you mean Provenance:target?", true},
	{"include of an unknown type", "Provenance", "_include=Provenence:target", "http._include", "did you mean Provenance:target?", true},
	{"include of a parameter that is no reference", "Consent", "_include=Consent:status", "http._include", "follows no such reference", true},
	{"include against its direction", "Consent", "_include=Provenance:target", "http._include", "did you mean _revinclude=Provenance:target?", true},
	{"revinclude against its direction", "Provenance", "_revinclude=Provenance:agent", "http._revinclude", "did you mean _include=Provenance:agent?", true},
	{"include of all", "Consent", "_include=*", "http._include", "name each reference", true},
	{"include of all of a type", "Consent", "_include=Consent:*", "http._include", "name each reference", true},
	{"include of a type it does not lead to", "Consent", "_include=Consent:patient:Consent", "http._include", "does not lead to", true},
	{"revinclude to another type", "Consent", "_revinclude=Provenance:target:Patient", "http._revinclude", "does not lead to", true},

	{"empty value", "Consent", "status=", "http.status", "empty value", false},
	{"empty alternative", "Consent", "status=a,,b", "http.status", "value 2 of those between commas", false},
	{"empty token", "Consent", "category=|", "http.category", "empty", false},
	{"empty count", "Consent", "_count=", "http._count", "empty value", false},
	{"three parts", "Consent", "category=a|b|c", "http.category", `write \|`, false},
	{"not UTF-8", "Consent", "category=%ff", "http.category", "UTF-8", false},
	{"control character", "Consent", "category=a%00b", "http.category", "UTF-8", false},
	{"missing what", "Consent", "status:missing=yes", "http.status", "either true or false", false},
	{"reference with spaces", "Consent", "patient=a b", "http.patient", "no reference", false},
	{"reference to no type", "Consent", "patient=person/1", "http.patient", "no reference", false},
	{"reference to another type", "Consent", "patient=Organization/1", "http.patient", "known are Patient", false},
	{"reference to another type than the modifier's", "Consent", "actor:Patient=Organization/1", "http.actor", "another than", false},
	{"URL with a type as modifier", "Consent", "patient:Patient=http://elsewhere.example/1", "http.patient", "the value is an id", false},
	{"fragment", "Consent", "patient=%23p", "http.patient", "no reference", false},
	{"no such day", "Consent", "date=2023-02-29", "http.date", "no such day", false},
	{"no such month", "Consent", "date=ge2023-13", "http.date", "no such month", false},
	{"no such hour", "Consent", "date=2023-01-01T25:00:00Z", "http.date", "no such time", false},
	{"no such offset", "Consent", "date=2023-01-01T00:00:00%2B15:00", "http.date", "no such offset", false},
	{"no year", "Consent", "date=0000", "http.date", "no year 0000", false},
	{"no date", "Consent", "date=tomorrow", "http.date", "write YYYY", false},
	{"prefix only", "Consent", "date=ge", "http.date", "write YYYY", false},
	{"negative count", "Consent", "_count=-1", "http._count", "a number from 0", false},
	{"junk count", "Consent", "_count=many", "http._count", "a number from 0", false},
	{"count twice", "Consent", "_count=1&_count=2", "http._count", "more than once", false},
	{"sort twice", "Consent", "_sort=date&_sort=status", "http._sort", "more than once", false},
	{"sort key twice", "Consent", "_sort=date,-date", "http._sort", "more than once", false},
	{"total of what", "Consent", "_total=acurate", "http._total", "did you mean accurate?", false},
	{"chain with a bad value", "Provenance", "target:Consent.date=tomorrow", "http.target", "write YYYY", false},
	{"chain with an empty value", "Provenance", "target:Consent.status=", "http.target", "empty value", false},
	{"reverse chain with a bad value", "Consent", "_has:Provenance:target:recorded=tomorrow", "http._has", "write YYYY", false},
	{"identifier with a bad value", "Consent", "patient.identifier=a|b|c", "http.patient.identifier", `write \|`, false},
	{"too many links", "Consent", "_has:Provenance:target:_id=a&_has:Provenance:target:agent-role=a&" + manyLinks, "http", "more than 10 times", false},
	{"composite of one part", "Consent", "provision-type-class=deny", "http.provision-type-class", "two parts", false},
	{"composite of three parts", "Consent", "provision-type-class=deny$a$b", "http.provision-type-class", `write \$`, false},
	{"composite of another type", "Consent", "provision-type-class=forbid$a", "http.provision-type-class", "deny or permit", false},
	{"composite of another system", "Consent", "provision-type-class=urn:x|deny$a", "http.provision-type-class", "deny or permit", false},
	{"composite of any type", "Consent", "provision-type-class=http://hl7.org/fhir/consent-provision-type|$a", "http.provision-type-class", "deny or permit", false},
	{"composite with an empty part", "Consent", "provision-type-actor=deny$", "http.provision-type-actor", "empty", false},
	{"composite with a bad reference", "Consent", "provision-type-actor=deny$a b", "http.provision-type-actor", "no reference", false},
	{"composite with a bad date", "Consent", "provision-type-period=deny$tomorrow", "http.provision-type-period", "write YYYY", false},
	{"composite dates of both types", "Consent", "provision-type-period=deny$2023,permit$2023", "http.provision-type-period", "all of one type", false},
	{"too many values", "Consent", "_id=" + strings.Repeat("a,", 1000) + "a", "http", "more than 1000 values", false},
}

// manyLinks are nine conditions on other resources.
var manyLinks = func() string {
	var all []string
	for i := range 9 {
		all = append(all, fmt.Sprintf("_has:Provenance:target:_id=b%d", i))
	}
	return strings.Join(all, "&")
}()

func TestParseRefuses(t *testing.T) {
	r := registry(t)
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			values, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			q, warnings, err := r.Parse(test.resourceType, values, search.ParseOptions{})
			if diff := cmp.Diff(search.Query{}, q); diff != "" || warnings != nil {
				t.Errorf("a refused search gave %+v %v", q, warnings)
			}
			var refused *issue.Error
			if !errors.As(err, &refused) || refused.Kind != issue.Invalid || len(refused.Issues) != 1 {
				t.Fatalf("error: %v", err)
			}
			check(t, refused.Issues[0], test.expression, test.says)
			if unknown := refused.Issues[0].Code == issue.CodeNotSupported; unknown != test.unknown {
				t.Errorf("code %s", refused.Issues[0].Code)
			}
		})
	}
}

func check(t *testing.T, got issue.Issue, expression, says string) {
	t.Helper()
	if got.Expression != expression || !strings.Contains(got.Text, says) {
		t.Errorf("got %s: %s\nwant %s: %s", got.Expression, got.Text, expression, says)
	}
}

func TestParseLenientLeavesOutTheUnknownWithAWarning(t *testing.T) {
	r := registry(t)
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			values, _ := url.ParseQuery(test.query)
			values.Set("_id", values.Get("_id")+"x")
			q, warnings, err := r.Parse(test.resourceType, values, search.ParseOptions{Lenient: true})
			if !test.unknown {
				if issue.KindOf(err) != issue.Invalid {
					t.Errorf("what is malformed passed: %v", err)
				}
				return
			}
			if err != nil || len(warnings) != 1 {
				t.Fatalf("%v %v", warnings, err)
			}
			check(t, warnings[0], test.expression, test.says)
			if warnings[0].Severity != issue.SeverityWarning || !strings.Contains(warnings[0].Text, "left out") {
				t.Errorf("warning: %+v", warnings[0])
			}
			if want := parse(t, test.resourceType, "_id", "x"); !cmp.Equal(want, q) {
				t.Errorf("query: %s", q.Canonical())
			}
		})
	}
}
