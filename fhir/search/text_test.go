package search_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tahto/fhir/search"
)

func TestCanonicalIsOneForAllWaysToWriteASearch(t *testing.T) {
	tests := []struct {
		name, want string
		written    []string
	}{
		{"order of parameters and values", "category=a%2Cb&status=active",
			[]string{"status=active&category=a,b", "category=b,a&status=active", "category=b,a,a&status=active&status=active"}},
		{"reference forms", "patient=Patient%2F1",
			[]string{"patient=Patient/1", "patient:Patient=1", "patient=https://tahto.example/fhir/Patient/1", "patient:Patient=Patient/1"}},
		{"equal is the default", "date=2023", []string{"date=2023", "date=eq2023"}},
		{"defaults are left out", "", []string{"", "_count=50", "_format=json"}},
		{"escapes stay", "category=a%5C%2Cb%7Cc", []string{`category=a\,b|c`}},
		{"results", "_count=500&_include=Consent%3Apatient&_revinclude=Provenance%3Atarget%3AConsent&_sort=-date%2Cstatus&_total=none",
			[]string{"_count=9999&_sort=-date,status&_total=none&_revinclude=Provenance:target:Consent&_include=Consent:patient"}},
		{"implied system", "status=http%3A%2F%2Fhl7.org%2Ffhir%2Fconsent-state-codes%7Cactive", []string{"status=|active", "status=http://hl7.org/fhir/consent-state-codes|active"}},
	}
	r := registry(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, written := range test.written {
				values, err := url.ParseQuery(written)
				if err != nil {
					t.Fatal(err)
				}
				q, _, err := r.Parse("Consent", values, search.ParseOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if got := q.Canonical(); got != test.want {
					t.Errorf("%s\n got %s\nwant %s", written, got, test.want)
				}
			}
		})
	}
}

func TestCanonicalOfALenientSearchShowsWhatWasUnderstood(t *testing.T) {
	values, _ := url.ParseQuery("statis=x&category=a&_filter=true&date=zz2023")
	q, warnings, err := registry(t).Parse("Consent", values, search.ParseOptions{Lenient: true})
	if err != nil || len(warnings) != 3 || q.Canonical() != "category=a" {
		t.Errorf("%s %v %v", q.Canonical(), warnings, err)
	}
}

// What a query says of itself is understood as the same query.
func TestParseReadsWhatValuesWrite(t *testing.T) {
	r := registry(t)
	rapid.Check(t, func(t *rapid.T) {
		resourceType := rapid.SampledFrom(r.Types()).Draw(t, "type")
		values := url.Values{}
		for n := range rapid.IntRange(0, 5).Draw(t, "parameters") {
			depth := 0
			if n >= 2 {
				depth = search.MaxDepth // not more links than are allowed
			}
			name, text := drawCondition(t, r, resourceType, depth)
			values.Add(name, text)
		}
		values.Set("_count", fmt.Sprint(rapid.IntRange(0, 600).Draw(t, "count")))
		values.Set("_sort", rapid.SampledFrom([]string{"_id", "-_lastUpdated", "_lastUpdated,-_id"}).Draw(t, "sort"))
		want, _, err := r.Parse(resourceType, values, search.ParseOptions{Base: "http://localhost/fhir"})
		if err != nil {
			t.Fatalf("%v: %v", values, err)
		}
		got, _, err := r.Parse(resourceType, want.Values(), search.ParseOptions{})
		if err != nil {
			t.Fatalf("%v: %v", want.Values(), err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%v became %v (-want +got):\n%s", values, want.Values(), diff)
		}
	})
}

func TestSensitive(t *testing.T) {
	tests := []struct {
		name, param, value string
		want               bool
	}{
		{"system", "patient:identifier", "urn:oid:1.2.246.21|x", true},
		{"system alone", "patient:identifier", "urn:oid:1.2.246.21|", true},
		{"code without system", "patient:identifier", "160350-900N", true},
		{"wrong check character", "patient:identifier", "160350-9000", true},
		{"another system", "identifier", "urn:x|160350A900N", true},
		{"born in the 1800s", "identifier", "160350+900N", true},
		{"sign of 2023", "identifier", "160350Y900N", true},
		{"as an id", "patient", "160350-900N", true},
		{"in a relative reference", "patient", "Patient/160350-900N", true},
		{"in a URL", "patient", "http://elsewhere.example/Patient/160350-900N", true},
		{"in a URL, as a version", "patient", "http://elsewhere.example/Patient/1/_history/160350-900N", true},
		{"among others", "category", "a,b,160350-900N", true},
		{"in a system", "category", "urn:160350-900N|x", true},
		{"in small letters", "identifier", "160350a900n", true},
		{"a code of ours", "category", "denial-health", false},
		{"a uuid", "_id", "0c160350-9004-4d64-b04d-cd9187a4c6e0", false},
		{"a longer number", "identifier", "1160350-900N1", false},
		{"an oid", "organization:identifier", "urn:oid:1.2.246.10.99000011.19.1", false},
		{"another oid that begins like it", "identifier", "urn:oid:1.2.246.21.1|x", false},
		{"a date", "date", "2023-05-01", false},
		{"chained", "patient.identifier", "urn:oid:1.2.246.21|x", true},
		{"chained by its form", "patient:Patient.identifier", "160350-900N", true},
		{"chained from the source", "source-reference:Consent.patient.identifier", "160350-900N", true},
		{"chained to either", "data.identifier", "160350-900N", true},
		{"chained back", "_has:Provenance:target:agent:identifier", "urn:oid:1.2.246.21|x", true},
		{"chained back twice", "_has:Consent:data:_has:Provenance:target:agent.identifier", "160350-900N", true},
		{"in a composite", "provision-type-actor-identifier", "deny$urn:oid:1.2.246.21|x", true},
		{"in a composite by its form", "provision-type-actor-identifier", "deny$160350-900N", true},
		{"a composite of ours", "provision-type-class", "deny$potilasasiakirja", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := parse(t, "Consent", test.param, test.value).Sensitive(); got != test.want {
				t.Errorf("query: got %v", got)
			}
			if got := search.Sensitive(url.Values{test.param: {test.value}}); got != test.want {
				t.Errorf("values: got %v", got)
			}
		})
	}
	for _, values := range []url.Values{{"160350-900N": {"x"}}, {"ssn": {"160350-900N"}}, {"ssn": {"a", "160350 900N"}}} {
		if !search.Sensitive(values) {
			t.Errorf("%v was not seen", values)
		}
	}
}
