package interaction_test

import (
	"fmt"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/server/interaction"
)

// manyPairs is a transaction of so many pairs in strict intake, of as many
// persons or of one.
func manyPairs(t testing.TB, n int, onePerson bool) *fhir.Resource {
	t.Helper()
	const informed = `,"policyRule":{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/information-version","code":"2.0"}]}`
	entries := make([]string, 0, 2*n)
	for i := range n {
		code := codeOf(0)
		if !onePerson {
			code = codeOf(i)
		}
		urn := fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", i)
		consent := strings.Replace(declaration("", "information", `{"type":"permit","period":{"start":"2024-01-10"}}`, informed), person, code, 1)
		told := strings.Replace(provenance(urn), `"id":"client"`, `"id":"client","identifier":[{"system":"urn:oid:1.2.246.21","value":"`+code+`"}]`, 1)
		entries = append(entries, entry(urn, consent, "POST Consent"), entry("", told, "POST Provenance"))
	}
	resource, err := fhir.Parse([]byte(transaction(entries...)))
	must(t, err)
	return resource
}

// BenchmarkPairsInOneTransaction shows what a pair costs in transactions of
// several sizes: a pair of many must not cost more than one of few.
func BenchmarkPairsInOneTransaction(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 2000} {
		for kind, onePerson := range map[string]bool{"ManyPersons": false, "OnePerson": true} {
			b.Run(fmt.Sprint(kind, "/", n), func(b *testing.B) {
				sent := manyPairs(b, n, onePerson)
				for b.Loop() {
					b.StopTimer()
					s := open(b, strictly)
					s.records.discard = true
					b.StartTimer()
					if got := s.Do(b.Context(), interaction.Request{Method: "POST", Body: sent}); got.Status != 200 {
						b.Fatal(text(got.Resource)[:1000])
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/pair")
			})
		}
	}
}
