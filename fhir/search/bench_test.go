package search_test

import (
	"net/url"
	"testing"

	"tahto/fhir/search"
)

func BenchmarkEntries(b *testing.B) {
	r := registry(b)
	for name, json := range map[string]string{"Consent": fullConsent, "Provenance": fullProvenance} {
		b.Run(name, func(b *testing.B) {
			body := resource(b, json)
			b.ReportAllocs()
			for b.Loop() {
				r.Entries(body)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	r := registry(b)
	values := url.Values{
		"patient:identifier": {"urn:oid:1.2.246.21|160350-900N"}, "category": {"denial-health,denial-social"},
		"date": {"ge2023-01-01", "lt2024"}, "_sort": {"-date"}, "_count": {"20"},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := r.Parse("Consent", values, search.ParseOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	entries := registry(b).Entries(resource(b, fullConsent))
	q := parse(b, "Consent", "patient:identifier", "urn:oid:1.2.246.21|160350-900N", "category", "denial-health", "date", "ge2023-01-01")
	b.ReportAllocs()
	for b.Loop() {
		if !q.Match(entries) {
			b.Fatal("no match")
		}
	}
}

func BenchmarkPageToken(b *testing.B) {
	q := parse(b, "Consent", "patient:identifier", "urn:oid:1.2.246.21|160350-900N", "_sort", "-date")
	q.After = &search.Position{ID: "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", Keys: []search.SortKey{{Time: 1}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := search.DecodeQuery(search.EncodeQuery(q)); err != nil {
			b.Fatal(err)
		}
	}
}
