package interaction_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"tahto/fhir"
	"tahto/server/interaction"
)

// codeOf makes an identity code of a test person: its individual number is 900
// or more, and its check character right.
func codeOf(n int) string {
	const checks = "0123456789ABCDEFHJKLMNPRSTUVWXY"
	day, month, year, number := n%28+1, n/28%12+1, n/336%100, 900+n/33600%100
	digits := ((day*100+month)*100+year)*1000 + number
	return fmt.Sprintf("%02d%02d%02d-%03d%c", day, month, year, number, checks[digits%31])
}

// fill stores six declarations for each of so many persons.
func fill(s *server, persons int) {
	s.t.Helper()
	kinds := []struct{ code, provision string }{
		{"information", permit}, {"consent-health", permit}, {"consent-social", permit},
		{"denial-health", `{"type":"deny","period":{"start":"2024-03-01"},"data":[{"meaning":"related","reference":{"type":"Encounter","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3.4"}}}]}`},
		{"emergency-health", `{"type":"permit","period":{"start":"2024-01-10"},"purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"ETREAT"}]}`},
		{"patient-summary", permit},
	}
	for from := 0; from < persons; from += 300 {
		var entries []string
		for n := from; n < min(from+300, persons); n++ {
			for _, k := range kinds {
				more := ""
				if k.code == "information" {
					more = `,"policyRule":{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/information-version","code":"2.0"}]}`
				}
				one := declaration("", k.code, k.provision, more)
				entries = append(entries, entry("", strings.Replace(one, person, codeOf(n), 1), "POST Consent"))
			}
		}
		s.want(200, s.post(transaction(entries...)))
		s.records.entries = nil
	}
}

// question asks about so many items of a person's data.
func question(n, items int) *fhir.Resource {
	one := `{"name":"item","part":[{"name":"id","valueString":"%d"},{"name":"sector","valueCode":"health"},{"name":"controller","valueIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.19.1"}},{"name":"register","valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}},{"name":"recorded","valueDate":"2020-04-01"}]}`
	var all strings.Builder
	fmt.Fprintf(&all, `{"resourceType":"Parameters","parameter":[{"name":"patient","valueIdentifier":{"system":"urn:oid:1.2.246.21","value":"%s"}},{"name":"requester","part":[{"name":"organization","valueIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000022.19.1"}},{"name":"register","valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}}]},{"name":"relationship","valueBoolean":true},{"name":"accessRight","valueBoolean":true}`, codeOf(n))
	for i := range items {
		all.WriteByte(',')
		fmt.Fprintf(&all, one, i)
	}
	all.WriteString("]}")
	r, err := fhir.Parse([]byte(all.String()))
	if err != nil {
		panic(err)
	}
	return r
}

func benchmarkEvaluate(b *testing.B, persons, items int) {
	s := open(b)
	fill(s, persons)
	s.records.discard = true
	questions := make([]*fhir.Resource, min(persons, 100))
	for i := range questions {
		questions[i] = question(i*(persons/len(questions)), items)
	}
	ask := func(n int) interaction.Response {
		return s.Do(b.Context(), interaction.Request{Method: "POST", Path: "Consent/$evaluate", Body: questions[n%len(questions)]})
	}
	for n := range questions {
		if got := ask(n); decided(got.Resource, items-1) != "permit consent" {
			b.Fatalf("%d %s", got.Status, text(got.Resource))
		}
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if got := ask(n); got.Status != 200 {
			b.Fatalf("%d %s", got.Status, text(got.Resource))
		}
		n++
	}
}

func BenchmarkEvaluate(b *testing.B) {
	b.Run("OneItemOf1000Persons", func(b *testing.B) { benchmarkEvaluate(b, 1000, 1) })
	b.Run("OneItemOf20000Persons", func(b *testing.B) { benchmarkEvaluate(b, 20_000, 1) })
	b.Run("1000Items", func(b *testing.B) { benchmarkEvaluate(b, 100, 1000) })
}

// BenchmarkCompiledStatement prints what a compiled declaration weighs in the
// cache, its share of the cache's own tables included.
func BenchmarkCompiledStatement(b *testing.B) {
	const persons = 3000
	var ids atomic.Int64
	s := open(b, func(o *interaction.Options) {
		o.CacheBytes = 64 << 20
		o.NewID = func() string { return fmt.Sprintf("0198c5f0-0000-7000-8000-%012d", ids.Add(1)) } // as long as in the program
	})
	fill(s, persons)
	s.records.discard = true
	ask := func() {
		for n := range persons {
			s.Do(b.Context(), interaction.Request{Method: "POST", Path: "Consent/$evaluate", Body: question(n, 1)})
		}
	}
	before := heap()
	ask()
	after := heap()
	for b.Loop() {
		ask()
	}
	b.ReportMetric(float64(int64(after)-int64(before))/(persons*6), "B/declaration")
	runtime.KeepAlive(s)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
