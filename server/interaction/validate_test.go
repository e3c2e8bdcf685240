package interaction_test

import (
	"strconv"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/profiles/validate"
	"tahto/server/interaction"
)

func itoa(n int) string { return strconv.Itoa(n) }

func options(s *server) validate.Options { return validate.Options{Now: s.clock.now()} }

// errorsOf are the findings of an outcome: severity, reason or code, expression.
func findings(r *fhir.Resource) []string {
	var all []string
	for found := range r.Root().Each("issue") {
		what := found.Get("details").Get("coding").At(0).Get("code").Text()
		if what == "" {
			what = found.Get("code").Text()
		}
		all = append(all, strings.TrimSpace(found.Get("severity").Text()+" "+what+" "+found.Get("expression").At(0).Text()))
	}
	return all
}

func TestValidateTellsEverythingAtOnceAndStoresNothing(t *testing.T) {
	s := open(t, strictly)
	wrong := strings.NewReplacer(`"status":"active"`, `"status":"forbidden","colour":"red"`, `"dateTime":"`, `"dateTime":"2`).Replace(health(""))
	got := s.want(200, s.ask("POST Consent/$validate", body(t, wrong))).Resource
	for _, want := range []string{"code-not-in-value-set Consent.status", "element-unknown Consent.colour", "Consent.dateTime"} {
		if all := strings.Join(findings(got), "\n"); !strings.Contains(all, want) {
			t.Errorf("%s is not among\n%s", want, all)
		}
	}
	if total := at(s.ask("GET Consent").Resource, "total"); total != "0" {
		t.Errorf("%s Consents are stored", total)
	}
	if len(s.records.entries) != 0 {
		t.Error("a change is recorded")
	}
}

func TestValidateTakesAResourceInTheWaysOfR4(t *testing.T) {
	s := open(t, strictly)
	well := "information informational"
	wrapped := func(more string) string {
		return `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":` + health("") + `}` + more + `]}`
	}
	for name, test := range map[string]struct{ request, body, want string }{
		"alone":                          {"POST Consent/$validate", health(""), well},
		"as a parameter":                 {"POST Consent/$validate", wrapped(""), well},
		"with a profile":                 {"POST Consent/$validate", wrapped(`,{"name":"profile","valueUri":"https://tahto.example/fhir/StructureDefinition/declaration"}`), well},
		"with a profile in the URL":      {"POST Consent/$validate?profile=https://tahto.example/fhir/StructureDefinition/consent-health", health(""), well},
		"with a profile of another kind": {"POST Consent/$validate?profile=https://tahto.example/fhir/StructureDefinition/consent-social", health(""), "error"},
		"with a profile nobody knows":    {"POST Consent/$validate?profile=http://nowhere.example/x", health(""), "error profile-unknown"},
		"Parameters themselves":          {"POST Parameters/$validate", `{"resourceType":"Parameters","parameter":[{"name":"a","valueString":"b"}]}`, well},
		"Parameters that are wrong":      {"POST Parameters/$validate", `{"resourceType":"Parameters","parameter":[{"valueString":"b"}]}`, "error element-missing Parameters.parameter[0].name"},
		"an outcome":                     {"POST OperationOutcome/$validate", `{"resourceType":"OperationOutcome","issue":[{"severity":"bad","code":"invalid"}]}`, "error code-not-in-value-set OperationOutcome.issue[0].severity"},
		"another type than the address":  {"POST Provenance/$validate", health(""), "error invalid resourceType"},
		"a Provenance":                   {"POST Provenance/$validate", provenance("Consent/1"), well},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			got := findings(s.want(200, s.ask(test.request, body(t, test.body))).Resource)
			if !strings.HasPrefix(got[0], test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	for name, test := range map[string]struct{ request, body string }{
		"nothing":                    {"POST Consent/$validate", ""},
		"nothing in the parameters":  {"POST Consent/$validate", `{"resourceType":"Parameters"}`},
		"a mode that is none":        {"POST Consent/$validate?mode=destroy", health("")},
		"an update of no instance":   {"POST Consent/$validate?mode=update", health("")},
		"a parameter that is none":   {"POST Consent/$validate", wrapped(`,{"name":"colour","valueCode":"red"}`)},
		"a parameter of the URL too": {"POST Consent/$validate?colour=red", health("")},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			var change []func(*interaction.Request)
			if test.body != "" {
				change = append(change, body(t, test.body))
			}
			s.want(400, s.ask(test.request, change...))
		})
	}
	s.t = t
	s.want(404, s.ask("POST Patient/$validate", body(t, health(""))))
	s.want(405, s.ask("DELETE Consent/1/$validate"))
}

func TestValidateRehearsesWhatTheModeSays(t *testing.T) {
	archive := open(t)
	archive.want(201, archive.ask("PUT Consent/there", body(t, health("there"))))
	o := archive.Options
	o.Intake = interaction.Strict
	service, err := interaction.New(o)
	must(t, err)
	s := &server{Service: service, t: t, store: archive.store, records: archive.records, clock: archive.clock}
	withdrawn := strings.Replace(health("there"), `"status":"active"`, `"status":"draft"`, 1)
	for name, test := range map[string]struct{ request, body, want string }{
		"a consent before any information":           {"POST Consent/$validate?mode=create", health(""), "error information-not-received"},
		"what the law says of what does not conform": {"POST Consent/$validate?mode=create", strings.Replace(health(""), `"status"`, `"colour":"red","status"`, 1), "error information-not-received Consent.dateTime"},
		"its Provenance is not missed":               {"POST Consent/$validate?mode=create", health(""), "information provenance-required"},
		"a status that can't follow":                 {"POST Consent/there/$validate?mode=update", withdrawn, "error status-transition Consent.status"},
		"an update of nothing":                       {"POST Consent/none/$validate?mode=update", health("none"), "error information-not-received"},
		"an id that is another's":                    {"POST Consent/there/$validate?mode=update", health("other"), "error value Consent.id"},
		"a deletion":                                 {"GET Consent/there/$validate?mode=delete", "", "information provenance-required"},
		"what is stored":                             {"GET Consent/there/$validate", "", "information informational"},
		"a Bundle": {"POST Bundle/$validate?mode=create", transaction(entry("urn:uuid:"+uuid(1), health(""), "POST Consent"),
			entry("", provenance("urn:uuid:"+uuid(1)), "POST Provenance")), "error information-not-received Bundle.entry[0].resource"},
		"a batch, which can't bring both": {"POST Bundle/$validate?mode=create", batch(entry("urn:uuid:"+uuid(1), health(""), "POST Consent")), "error provenance-required Bundle.entry[0].resource"},
		"a Bundle without Provenance":     {"POST Bundle/$validate?mode=create", transaction(entry("urn:uuid:"+uuid(1), health(""), "POST Consent")), "error provenance-required Bundle.entry[0].resource"},
		"its declarations by their profiles": {"POST Bundle/$validate", transaction(entry("urn:uuid:"+uuid(1), strings.Replace(health(""), `"provision":{`, `"provision":{"purpose":[{"code":"TREAT"}],`, 1), "POST Consent")),
			"error consent-scope-not-limitable Bundle.entry[0].resource"},
		"a Bundle without fault":  {"POST Bundle/$validate", transaction(entry("urn:uuid:"+uuid(1), health(""), "POST Consent")), "information informational"},
		"a Bundle that is none":   {"POST Bundle/$validate?mode=create", `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Consent"}}]}`, "error"},
		"a type that is not kept": {"POST OperationOutcome/$validate?mode=create", `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]}`, "error not-supported"},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			var change []func(*interaction.Request)
			if test.body != "" {
				change = append(change, body(t, test.body))
			}
			got := findings(s.want(200, s.ask(test.request, change...)).Resource)
			found := false
			for _, one := range got {
				found = found || strings.HasPrefix(one, test.want)
			}
			if !found {
				t.Errorf("got %q, want %q among them", got, test.want)
			}
		})
	}
	s.t = t
	s.want(404, s.ask("GET Consent/none/$validate"))
	if got := at(s.ask("GET _history").Resource, "entry.1.fullUrl"); got != "" {
		t.Errorf("something is stored: %s", got)
	}
}

func uuid(n int) string { return "00000000-0000-4000-8000-00000000000" + itoa(n) }
