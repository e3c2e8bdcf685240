package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

func items(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.Replace(itemPart, `"a"`, fmt.Sprintf(`"%d"`, i), 1)
	}
	return strings.Join(list, ",")
}

func person(b *testing.B) []consent.Statement {
	denied := declaration("denial-health", `"provision":{"type":"deny",`+strings.Replace(atCountyA, "99000011", "99000077", 1)+`}`)
	return declarations(b, receipt, healthConsent, denied, socialDenial, prescription, emergency)
}

func evaluate(b *testing.B, setting *decision.Setting, question *fhir.Resource, declared []consent.Statement) *fhir.Resource {
	e, err := mapping.ReadEvaluation(question, now)
	if err != nil {
		b.Fatal(err)
	}
	o := e.Decide(setting, declared)
	return o.Parameters()
}

func BenchmarkReadStatement(b *testing.B) {
	r := parse(b, withPart(b, denial, `"type":"deny"`, `"type":"deny",`+atCountyA))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mapping.ReadStatement(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadEvaluationOfOneItem(b *testing.B) {
	r := parse(b, ask(itemPart))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mapping.ReadEvaluation(r, now); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEvaluate is all that lies between the parsed question and the
// written answer: read, decide with six declarations, write.
func BenchmarkEvaluate(b *testing.B) {
	setting, declared := setting(b), person(b)
	for _, n := range []int{1, 1000} {
		for _, detail := range []string{"requester", "audit"} {
			r := parse(b, ask(`{"name":"detail","valueCode":"`+detail+`"}`, items(n)))
			b.Run(fmt.Sprintf("items=%d/%s", n, detail), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if got := evaluate(b, setting, r, declared); len(got.JSON()) == 0 {
						b.Fatal("no answer")
					}
				}
			})
		}
	}
}

func BenchmarkParseOfAThousandItems(b *testing.B) {
	text := []byte(ask(items(1000)))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fhir.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
