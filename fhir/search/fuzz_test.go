package search_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
)

// FuzzParse asks of any query string: no panic, a client's fault is Invalid,
// no identity code comes back, and what was understood survives being written
// down.
func FuzzParse(f *testing.F) {
	for _, test := range refusals {
		f.Add(test.resourceType, test.query, false)
	}
	for _, query := range []string{
		"patient:identifier=urn:oid:1.2.246.21|160350-900N&category=denial-health,denial-social",
		"status:not=inactive&date=ge2023-05-01T10:00:00.123%2B03:00&date=lt2024&_sort=-date,_id&_count=7",
		`category=a\,b\|c\$d\\|x&period:missing=true`,
		"patient.identifier=a&data.identifier=b&source-reference:Consent.patient.identifier=160350-900N&_tag=a|b&_profile=c",
		`_has:Provenance:target:agent:identifier=a|b,c&_has:Consent:data:_has:Consent:data:status:not=x&provision-type-period=deny$ge2023`,
		`provision-type-class=|deny$a|b\$\,,permit$c&provision-type-actor=deny$Organization/1&_include:iterate=Provenance:target`,
		"data=Consent/1/_history/2,urn:uuid:x,http://a.example/b&_revinclude=Provenance:target:Consent&_total=none",
	} {
		f.Add("Consent", query, true)
	}
	f.Add("Provenance", "target.patient:identifier=a&target:Consent.status=active&target._has:Provenance:target:_id=1&_revinclude:iterate=Provenance:target:Consent", false)
	r := registry(f)
	f.Fuzz(func(t *testing.T, resourceType, query string, lenient bool) {
		values, _ := url.ParseQuery(query)
		q, warnings, err := r.Parse(resourceType, values, search.ParseOptions{Lenient: lenient})
		if err != nil {
			checkFailure(t, err)
			return
		}
		if len(warnings) > 0 && !lenient {
			t.Fatalf("strict, with warnings: %v", warnings)
		}
		again, _, err := r.Parse(resourceType, q.Values(), search.ParseOptions{})
		if diff := cmp.Diff(q, again); diff != "" || err != nil {
			t.Fatalf("%s: %v\n%s", q.Canonical(), err, diff)
		}
		decoded, err := search.DecodeQuery(search.EncodeQuery(q))
		if diff := cmp.Diff(q, decoded); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
		if q.Sensitive() && !search.Sensitive(values) {
			t.Fatalf("%s is sensitive, its source is not", q.Canonical())
		}
		q.Match(nil)
	})
}

func checkFailure(t *testing.T, err error) {
	t.Helper()
	var refused *issue.Error
	if !errors.As(err, &refused) || (refused.Kind != issue.Invalid && refused.Kind != issue.NotFound) {
		t.Fatalf("a client's fault is %v", err)
	}
	if search.Sensitive(url.Values{"text": {err.Error()}}) {
		t.Fatalf("an identity code came back: %v", err)
	}
}

// FuzzEntries asks of any resource: no panic, and entries that are in order,
// of parameters that exist, and found by their own parameter.
func FuzzEntries(f *testing.F) {
	f.Add([]byte(fullConsent))
	f.Add([]byte(fullProvenance))
	f.Add([]byte(`{"resourceType":"Consent","patient":{"reference":"#p"},"contained":[{"id":"p","identifier":{"value":"1"}}]}`))
	f.Add([]byte(`{"resourceType":"Consent","status":["a",{"x":[1]}],"_status":[null,{"id":"x"}],"meta":{"lastUpdated":"2023"}}`))
	r := registry(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := fhir.Parse(data)
		if err != nil {
			return
		}
		entries := r.Entries(body)
		var names []string
		for _, p := range r.Parameters(body.Type()) {
			names = append(names, p.Name)
		}
		for i, e := range entries {
			if name, _, _ := strings.Cut(e.Param, ":"); !slices.Contains(names, name) {
				t.Fatalf("entry of no parameter: %+v", e)
			}
			if e.Low > e.High || slices.Contains(entries[:i], e) {
				t.Fatalf("entry %+v", e)
			}
			has := search.Clause{Param: e.Param, Op: search.Missing}
			if !(search.Query{Clauses: []search.Clause{has}}).Match(entries) {
				t.Fatalf("%s is missing", e.Param)
			}
		}
		if again := r.Entries(fhir.Stored(body.JSON())); !slices.Equal(entries, again) {
			t.Fatalf("the same resource gave other entries:\n%s", cmp.Diff(entries, again))
		}
	})
}
