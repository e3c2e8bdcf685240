package mapping

import (
	"strconv"
	"time"

	"tahto/fhir"
	"tahto/mapping/consent"
)

// WriteConsent writes a declaration as the Consent that [ReadStatement] reads
// as the same declaration. ID and Version become id and meta.versionId, if
// there are any. The statute in policy.uri is the one that knows the kind of
// declaration: a Statement does not keep which one its Consent named.
//
// A statement without a day it was declared gets that of its beginning
// instead, since FHIR's dateTime must be there.
func WriteConsent(s consent.Statement) *fhir.Resource {
	w := fhir.NewWriter("Consent")
	w.Optional("id", s.ID)
	if s.Version > 0 {
		w.Object("meta")
		w.String("versionId", strconv.FormatUint(s.Version, 10))
		w.End()
	}
	writeDeclarer(w, &s)
	w.Optional("status", s.Status.String())
	writeConcept(w, "scope", ConsentScopeSystem, scopePrivacy)
	w.Array("category")
	writeConcept(w, "", DeclarationSystem, s.Kind.String())
	w.EndArray()
	w.Object("patient")
	writeIdentifier(w, "identifier", s.Person)
	w.End()
	w.String("dateTime", writeTime(s.Given()))
	w.Array("policy")
	w.Object("")
	w.String("uri", statute(s.Kind))
	w.End()
	w.EndArray()
	if s.Kind == consent.Information {
		writeConcept(w, "policyRule", InformationVersionSystem, s.Information.String())
	}
	writeProvision(w, &s)
	return w.Resource()
}

// statute is the act that knows the kind of declaration (rules.md §2.1).
func statute(kind consent.Kind) string {
	switch kind {
	case consent.DenialPrescription, consent.EmergencyPrescription:
		return prescriptionAct
	case consent.FindingContactDenial:
		return secondaryUseAct
	}
	return clientDataAct
}

// writeTime writes an instant: as a day if it is the start of one in Finland,
// since that is how people declare, and else in UTC to the last digit.
func writeTime(t time.Time) string {
	if day, is := finnishDay(t); is {
		return day
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func finnishDay(t time.Time) (string, bool) {
	local := fhir.InFinland(t)
	if h, m, s := local.Clock(); h+m+s+local.Nanosecond() != 0 {
		return "", false
	}
	return local.Format(time.DateOnly), true
}

// writeEnd writes the end of a period that includes its last day: the day
// before, if the period ends as a day begins.
func writeEnd(t time.Time) string {
	if _, is := finnishDay(t); is {
		return fhir.InFinland(t).AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func writeConcept(w *fhir.Writer, name, system, code string) {
	w.Object(name)
	w.Array("coding")
	w.Coding("", system, code)
	w.EndArray()
	w.End()
}

func writeIdentifier(w *fhir.Writer, name string, id consent.Identifier) {
	w.Object(name)
	w.String("system", id.System)
	w.String("value", id.Value)
	w.End()
}

// writeDeclarer writes the extensions that tell who declared for whom.
func writeDeclarer(w *fhir.Writer, s *consent.Statement) {
	if s.DeclaredBy == consent.ByClient && s.Capacity == consent.CapacityNotAssessed && s.Mandate == nil && s.Acting == nil {
		return
	}
	w.Array("extension")
	if s.DeclaredBy != consent.ByClient {
		openExtension(w, DeclaredByExtension)
		w.String("valueCode", s.DeclaredBy.String())
		w.End()
	}
	if s.Capacity != consent.CapacityNotAssessed {
		openExtension(w, CapacityAssessedExtension)
		w.Bool("valueBoolean", s.Capacity == consent.CapacityFound)
		w.End()
	}
	if s.Mandate != nil {
		writeMandate(w, s.Mandate)
	}
	if s.Acting != nil {
		writeActing(w, s.Acting)
	}
	w.EndArray()
}

func openExtension(w *fhir.Writer, url string) {
	w.Object("")
	w.String("url", url)
}

func writeMandate(w *fhir.Writer, mandate *consent.Mandate) {
	openExtension(w, MandateExtension)
	w.Array("extension")
	openExtension(w, "identifier")
	writeIdentifier(w, "valueIdentifier", mandate.Identifier)
	w.End()
	if !mandate.Period.IsZero() {
		openExtension(w, "period")
		writePeriod(w, "valuePeriod", mandate.Period)
		w.End()
	}
	w.EndArray()
	w.End()
}

func writeActing(w *fhir.Writer, acting *consent.ActingPerson) {
	openExtension(w, ActingPersonExtension)
	w.Object("valueReference")
	if !acting.Identifier.IsZero() {
		writeIdentifier(w, "identifier", acting.Identifier)
	}
	w.Optional("display", acting.Display)
	w.End()
	w.End()
}

// writePeriod writes a period that includes its last day.
func writePeriod(w *fhir.Writer, name string, period consent.Period) {
	w.Object(name)
	if !period.From.IsZero() {
		w.String("start", writeTime(period.From))
	}
	if !period.Until.IsZero() {
		w.String("end", writeEnd(period.Until))
	}
	w.End()
}
