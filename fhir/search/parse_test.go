package search_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir/issue"
	"tahto/fhir/search"
)

// parse is the query of pairs of names and values.
func parse(t testing.TB, resourceType string, pairs ...string) search.Query {
	t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	q, warnings, err := registry(t).Parse(resourceType, values, search.ParseOptions{})
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v: %v %v", values, err, warnings)
	}
	return q
}

func TestParseReadsClauses(t *testing.T) {
	token := func(param string, values ...search.Value) search.Clause {
		return search.Clause{Param: param, Op: search.Token, Values: values}
	}
	to := func(param string, values ...search.Value) search.Clause {
		return search.Clause{Param: param, Op: search.Reference, Values: values}
	}
	on := func(prefix search.Prefix, text, low, high string) search.Clause {
		return search.Clause{Param: "date", Op: search.Date, Values: []search.Value{
			{Prefix: prefix, Text: text, Low: micro(t, low), High: micro(t, high)},
		}}
	}
	const states = "http://hl7.org/fhir/consent-state-codes"
	tests := []struct {
		name, query string
		want        search.Clause
	}{
		{"code", "category=a", token("category", search.Value{AnySystem: true, Value: "a"})},
		{"system and code", "category=urn:s|a", token("category", search.Value{System: "urn:s", Value: "a"})},
		{"code without system", "category=|a", token("category", search.Value{Value: "a"})},
		{"any code of a system", "category=urn:s|", token("category", search.Value{System: "urn:s", AnyValue: true})},
		{"a code's system is implied", "status=|active", token("status", search.Value{System: states, Value: "active"})},
		{"alternatives, sorted and once", "category=b,a,b", token("category", search.Value{AnySystem: true, Value: "a"}, search.Value{AnySystem: true, Value: "b"})},
		{"escaped comma", `category=a\,b`, token("category", search.Value{AnySystem: true, Value: "a,b"})},
		{"escaped bar", `category=a\|b`, token("category", search.Value{AnySystem: true, Value: "a|b"})},
		{"escaped dollar and backslash", `category=a\$b\\`, token("category", search.Value{AnySystem: true, Value: `a$b\`})},
		{"backslash before a comma that separates", `category=a\\,b`, token("category", search.Value{AnySystem: true, Value: `a\`}, search.Value{AnySystem: true, Value: "b"})},
		{"a lone backslash", `category=a\b`, token("category", search.Value{AnySystem: true, Value: `a\b`})},
		{"not", "status:not=active", search.Clause{Param: "status", Op: search.Token, Not: true, Values: []search.Value{{AnySystem: true, Value: "active"}}}},
		{"missing", "period:missing=true", search.Clause{Param: "period", Op: search.Missing, Absent: true}},
		{"not missing", "patient:missing=false", search.Clause{Param: "patient", Op: search.Missing}},
		{"id", "_id=c1", token("_id", search.Value{AnySystem: true, Value: "c1"})},
		{"reference by id", "patient=1", to("patient", search.Value{AnySystem: true, Value: "1"})},
		{"reference by type and id", "patient=Patient/1", to("patient", search.Value{System: "Patient", Value: "1"})},
		{"reference by type modifier", "patient:Patient=1", to("patient", search.Value{System: "Patient", Value: "1"})},
		{"the same type twice", "patient:Patient=Patient/1", to("patient", search.Value{System: "Patient", Value: "1"})},
		{"reference to a version", "data=Consent/1/_history/2", to("data", search.Value{System: "Consent", Value: "1", Version: "2"})},
		{"reference under the registry's base", "patient=https://tahto.example/fhir/Patient/1", to("patient", search.Value{System: "Patient", Value: "1"})},
		{"reference under the request's base", "patient=http://127.0.0.1:8080/fhir/Patient/1", to("patient", search.Value{System: "Patient", Value: "1"})},
		{"reference elsewhere", "patient=http://elsewhere.example/Patient/1/_history/2", to("patient", search.Value{Value: "http://elsewhere.example/Patient/1", Version: "2"})},
		{"reference by identifier", "patient:identifier=urn:oid:1.2.246.21|160350-900N", token("patient:identifier", search.Value{System: "urn:oid:1.2.246.21", Value: "160350-900N"})},
		{"date", "date=2023-05-01", on("eq", "2023-05-01", "2023-04-30T21:00:00Z", "2023-05-01T21:00:00Z")},
		{"prefix", "date=ge2023", on("ge", "2023", "2022-12-31T22:00:00Z", "2023-12-31T22:00:00Z")},
		{"prefix eq", "date=eq2023", on("eq", "2023", "2022-12-31T22:00:00Z", "2023-12-31T22:00:00Z")},
		{"a plus that was not encoded", "date=sa2023-05-01T10:00:00+03:00", on("sa", "2023-05-01T10:00:00+03:00", "2023-05-01T07:00:00Z", "2023-05-01T07:00:01Z")},
		{"approximately widens by its precision", "date=ap2023-05", on("ap", "2023-05", "2023-03-31T21:00:00Z", "2023-06-30T21:00:00Z")},
		{"approximately a second", "date=ap2023-05-01T10:00:00Z", on("ap", "2023-05-01T10:00:00Z", "2023-05-01T09:59:59Z", "2023-05-01T10:00:02Z")},
	}
	r := registry(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			values, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			q, _, err := r.Parse("Consent", values, search.ParseOptions{Base: "http://127.0.0.1:8080/fhir"})
			if err != nil {
				t.Fatal(err)
			}
			want := search.Query{Type: "Consent", Count: 50, Clauses: []search.Clause{test.want}}
			if diff := cmp.Diff(want, q); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseRepeatedParametersAreSeparateClauses(t *testing.T) {
	q := parse(t, "Consent", "date", "ge2023", "date", "lt2024", "date", "ge2023")
	if len(q.Clauses) != 2 || q.Clauses[0].Values[0].Prefix != "ge" || q.Clauses[1].Values[0].Prefix != "lt" {
		t.Errorf("got %+v", q.Clauses)
	}
}

func TestParseReadsResultParameters(t *testing.T) {
	tests := []struct {
		name, resourceType, query string
		want                      search.Query
	}{
		{"defaults", "Consent", "", search.Query{Count: 50}},
		{"count", "Consent", "_count=7", search.Query{Count: 7}},
		{"count nothing", "Consent", "_count=0", search.Query{Count: 0}},
		{"count too many", "Consent", "_count=501", search.Query{Count: 500}},
		{"count beyond all numbers", "Consent", "_count=99999999999999999999999", search.Query{Count: 500}},
		{"total", "Consent", "_total=none", search.Query{Count: 50, Total: search.TotalNone}},
		{"sort", "Consent", "_sort=-date,status,_id", search.Query{Count: 50, Sort: []search.Sort{
			{Param: "date", Date: true, Descending: true}, {Param: "status"}, {Param: "_id"}}}},
		{"include", "Provenance", "_include=Provenance:target&_include=Provenance:target", search.Query{Count: 50, Include: []search.Include{{Source: "Provenance", Param: "target"}}}},
		{"include of a type", "Provenance", "_include=Provenance:target:Consent", search.Query{Count: 50, Include: []search.Include{{Source: "Provenance", Param: "target", Target: "Consent"}}}},
		{"revinclude", "Consent", "_revinclude=Provenance:target", search.Query{Count: 50, RevInclude: []search.Include{{Source: "Provenance", Param: "target"}}}},
		{"revinclude of a type", "Consent", "_revinclude=Provenance:target:Consent&_revinclude=Consent:data",
			search.Query{Count: 50, RevInclude: []search.Include{{Source: "Consent", Param: "data"}, {Source: "Provenance", Param: "target", Target: "Consent"}}}},
		{"format and pretty pass", "Consent", "_format=json&_pretty=true", search.Query{Count: 50}},
	}
	r := registry(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			values, _ := url.ParseQuery(test.query)
			q, warnings, err := r.Parse(test.resourceType, values, search.ParseOptions{})
			if err != nil || len(warnings) > 0 {
				t.Fatalf("%v %v", warnings, err)
			}
			test.want.Type = test.resourceType
			if diff := cmp.Diff(test.want, q); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseFindsAllFaultsInOnePass(t *testing.T) {
	values, _ := url.ParseQuery("statis=x&date=2023-02-29&_count=-1&patient=1")
	_, _, err := registry(t).Parse("Consent", values, search.ParseOptions{})
	var refused *issue.Error
	if !errors.As(err, &refused) || len(refused.Issues) != 3 {
		t.Errorf("error: %v", err)
	}
}

func TestParseRefusesTypesThatAreNotKept(t *testing.T) {
	_, _, err := registry(t).Parse("Patient", url.Values{}, search.ParseOptions{Lenient: true})
	if issue.KindOf(err) != issue.NotFound {
		t.Errorf("error: %v", err)
	}
}

func TestParseRefusesBadDates(t *testing.T) {
	r := registry(t)
	for _, date := range badDates {
		_, _, err := r.Parse("Consent", url.Values{"date": {date}}, search.ParseOptions{})
		if issue.KindOf(err) != issue.Invalid {
			t.Errorf("%q: %v", date, err)
		}
	}
}

func TestParseNeverRepeatsAValue(t *testing.T) {
	r := registry(t)
	const secret = "160350-900N"
	for _, name := range []string{
		"status", "patient", "patient:identifier", "patient:x", "date", "_sort", "_include", "_revinclude", "_count", "_total",
		"_summary", "_has:x", "patient.x", "statis", secret, "status:" + secret, "_sort:" + secret, secret + ".x", "_has:" + secret,
		"patient:missing", "_id", "_format", "a:" + secret, "A:" + secret + ":b",
	} {
		for _, text := range []string{secret, secret + "|" + secret + "|" + secret, "Patient/" + secret + "/x", "ge" + secret, "Consent:" + secret, "a b" + secret} {
			for _, lenient := range []bool{true, false} {
				_, warnings, err := r.Parse("Consent", url.Values{name: {text}}, search.ParseOptions{Lenient: lenient})
				for _, w := range warnings {
					err = errors.Join(err, errors.New(w.Expression+w.Text))
				}
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}
