package conformance

import (
	"time"

	"tahto/fhir"
)

// Transition is one step that the status of a declaration may take: from a code
// of http://hl7.org/fhir/consent-state-codes to another, and the act that takes
// it. From is "" for a declaration that is not there yet.
type Transition struct{ From, To, Act string }

const (
	statusCodes = "http://hl7.org/fhir/consent-state-codes"
	// notThere is the status of what is not there, of a code system that every
	// client knows.
	absentReasons, notThere = "http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-applicable"
)

// StatusMap writes the state machine of declarations as a ConceptMap
// (https://hl7.org/fhir/R4/conceptmap.html): what each status maps to is what
// may follow it. The transitions are grouped by where they begin, as they come.
func StatusMap(transitions []Transition, b Build) *fhir.Resource {
	w := fhir.NewWriter("ConceptMap")
	w.String("id", "declaration-status")
	w.String("url", fhir.Base+"/ConceptMap/declaration-status")
	w.Optional("version", b.Version)
	w.String("name", "DeclarationStatus")
	w.String("title", "What may follow the status of a declaration")
	w.String("status", "active")
	w.String("date", b.Date.UTC().Format(time.RFC3339))
	w.String("description", "The state machine of declarations of intent: each status, and those that may follow it, with the act that leads there. What follows not-applicable is how a new declaration may begin. Nothing follows entered-in-error, and what was withdrawn (inactive) is given again as a new declaration.")
	w.String("sourceUri", "http://hl7.org/fhir/ValueSet/consent-state-codes")
	w.String("targetUri", "http://hl7.org/fhir/ValueSet/consent-state-codes")
	w.Array("group")
	group(w, absentReasons, transitions, func(t Transition) bool { return t.From == "" })
	group(w, statusCodes, transitions, func(t Transition) bool { return t.From != "" })
	w.EndArray()
	return w.Resource()
}

func group(w *fhir.Writer, source string, transitions []Transition, in func(Transition) bool) {
	w.Object("")
	w.String("source", source)
	w.String("target", statusCodes)
	w.Array("element")
	from, open := "", false
	for _, t := range transitions {
		if !in(t) {
			continue
		}
		if open && t.From != from {
			w.EndArray()
			w.End()
		}
		if !open || t.From != from {
			from, open = t.From, true
			w.Object("")
			w.String("code", begins(from))
			w.Array("target")
		}
		target(w, t)
	}
	if open {
		w.EndArray()
		w.End()
	}
	w.EndArray()
	w.End()
}

func begins(from string) string {
	if from == "" {
		return notThere
	}
	return from
}

func target(w *fhir.Writer, t Transition) {
	w.Object("")
	w.String("code", t.To)
	w.String("equivalence", "relatedto")
	w.String("comment", t.Act)
	w.End()
}
