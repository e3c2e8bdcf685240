package conformance_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/conformance"
	"tahto/fhir"
)

func TestStatusMapHasEveryStepOnce(t *testing.T) {
	steps := []conformance.Transition{
		{From: "", To: "draft", Act: "prepare"}, {From: "", To: "active", Act: "give"},
		{From: "draft", To: "active", Act: "give"}, {From: "draft", To: "rejected", Act: "prepare"},
		{From: "active", To: "inactive", Act: "withdraw"},
	}
	r := conformance.StatusMap(steps, conformance.Build{Version: "1", Date: time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)})
	if _, err := fhir.Parse(r.JSON()); err != nil {
		t.Fatal(err)
	}
	var got []conformance.Transition
	for group := range r.Root().Each("group") {
		for element := range group.Each("element") {
			from := element.Get("code").Text()
			if group.Get("source").Text() != "http://hl7.org/fhir/consent-state-codes" {
				from = ""
			}
			for target := range element.Each("target") {
				got = append(got, conformance.Transition{From: from, To: target.Get("code").Text(), Act: target.Get("comment").Text()})
			}
		}
	}
	if diff := cmp.Diff(steps, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}
