package validate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/profiles"
)

// profileOf makes a profile on a type: elements are put in by id, each after
// its parent or what it is a slice of, or in the place of the one with its id.
func profileOf(t *testing.T, name string, elements ...profiles.Element) *profiles.Structure {
	t.Helper()
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	base, ok := set.Type(name)
	if !ok {
		t.Fatalf("there is no type %s", name)
	}
	made := *base
	made.URL, made.Constraint, made.Elements = "https://test.example/profile", true, slices.Clone(base.Elements)
	for _, e := range elements {
		at := slices.IndexFunc(made.Elements, func(other profiles.Element) bool { return other.ID == e.ID })
		if at >= 0 {
			e.Types, e.Content = made.Elements[at].Types, made.Elements[at].Content
			made.Elements[at] = e
			continue
		}
		made.Elements = slices.Insert(made.Elements, placeOf(made.Elements, e.ID), e)
	}
	return &made
}

// placeOf is where an element goes: after the last that its id begins with.
func placeOf(all []profiles.Element, id string) int {
	parent := id[:strings.LastIndexAny(id, ".:")]
	at := 0
	for i, e := range all {
		if e.ID == parent || strings.HasPrefix(e.ID, parent+".") || strings.HasPrefix(e.ID, parent+":") {
			at = i + 1
		}
	}
	return at
}

// literal makes an element of JSON.
func literal(t *testing.T, text string) fhir.Element {
	t.Helper()
	r, err := fhir.Parse([]byte(`{"resourceType":"Basic","value":` + text + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return r.Root().Get("value")
}

// sliced is Consent.provision.actor in slices: at most one controller, and one
// recipient at least.
func sliced(t *testing.T, slicing profiles.Slicing, controller, recipient profiles.Element) *profiles.Structure {
	t.Helper()
	const path = "Consent.provision.actor"
	rest := func(e profiles.Element, slice string) profiles.Element {
		e.Path = strings.ReplaceAll(e.ID, ":"+slice, "")
		if e.Min > 0 {
			e.Max = 1
		}
		return e
	}
	return profileOf(t, "Consent",
		profiles.Element{ID: path, Path: path, Max: profiles.Unbounded, Slicing: &slicing},
		profiles.Element{ID: path + ":controller", Path: path, Slice: "controller", Max: 1},
		rest(controller, "controller"),
		profiles.Element{ID: path + ":recipient", Path: path, Slice: "recipient", Min: 1, Max: profiles.Unbounded},
		rest(recipient, "recipient"),
	)
}

const (
	anActor   = `{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"CODE"}]},"reference":REFERENCE}`
	someone   = `{"display":"Somebody"}`
	byLiteral = `{"reference":"Organization/1"}`
)

func actor(code, reference string) string {
	return strings.NewReplacer("CODE", code, "REFERENCE", reference).Replace(anActor)
}

func consentWith(t *testing.T, actors ...string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(`{"resourceType":"Consent","status":"active",` +
		`"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},` +
		`"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"display":"Somebody"},` +
		`"policy":[{"uri":"http://data.finlex.fi/eli/sd/2023/703"}],` +
		`"provision":{"actor":[` + strings.Join(actors, ",") + `]}}`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSlicesAreToldApartByTheirDiscriminator(t *testing.T) {
	const path = "Consent.provision.actor"
	coding := func(code string) string {
		return `{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"` + code + `"}]}`
	}
	for _, test := range []struct {
		name                  string
		by, at                string
		controller, recipient profiles.Element
	}{
		{
			"pattern of the element itself", "pattern", "role",
			profiles.Element{ID: path + ":controller.role", Pattern: literal(t, coding("CST")), Min: 1},
			profiles.Element{ID: path + ":recipient.role", Pattern: literal(t, coding("PRCP")), Min: 1},
		}, {
			"pattern on the way to a code", "value", "role.coding.code",
			profiles.Element{ID: path + ":controller.role", Pattern: literal(t, coding("CST")), Min: 1},
			profiles.Element{ID: path + ":recipient.role", Pattern: literal(t, coding("PRCP")), Min: 1},
		}, {
			"whether it is there", "exists", "id",
			profiles.Element{ID: path + ":controller.id", Max: 0},
			profiles.Element{ID: path + ":recipient.id", Min: 1},
		}, {
			"type of what it points at", "type", "reference.resolve()",
			profiles.Element{ID: path + ":controller.reference", Min: 1, Types: []profiles.Type{{Code: "Reference",
				Targets: []string{"http://hl7.org/fhir/StructureDefinition/Organization"}}}},
			profiles.Element{ID: path + ":recipient.reference", Min: 1, Types: []profiles.Type{{Code: "Reference",
				Targets: []string{"http://hl7.org/fhir/StructureDefinition/Patient"}}}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			discriminators := []profiles.Discriminator{{By: test.by, Path: test.at}}
			s := sliced(t, profiles.Slicing{Discriminators: discriminators, Closed: true, Ordered: true}, test.controller, test.recipient)
			controller, recipient := actor("CST", byLiteral), strings.Replace(actor("PRCP", `{"reference":"Patient/1"}`), "{", `{"id":"r",`, 1)
			for _, use := range []struct {
				name   string
				actors []string
				want   []string
			}{
				{"both in order", []string{controller, recipient}, nil},
				{"recipients alone", []string{recipient, recipient}, nil},
				{"no recipient", []string{controller}, []string{"error required slice-missing " + path}},
				{"two controllers", []string{controller, controller, recipient}, []string{"error structure slice-too-many " + path}},
				{"the other way round", []string{recipient, controller}, []string{"error structure slice-order " + path + "[1]"}},
			} {
				got := errorsOf(validator(t).HoldTo(consentWith(t, use.actors...), s))
				if diff := cmp.Diff(append([]string{}, use.want...), lines(findings(got))); diff != "" {
					t.Errorf("%s (-want +got):\n%s%s", use.name, diff, texts(got))
				}
			}
		})
	}
}

func TestClosedSlicesTakeNothingElse(t *testing.T) {
	const path = "Consent.provision.actor"
	code := func(slice, code string) profiles.Element {
		return profiles.Element{ID: path + ":" + slice + ".role", Min: 1,
			Pattern: literal(t, `{"coding":[{"code":"`+code+`"}]}`)}
	}
	for closed, want := range map[bool][]string{
		false: {},
		true:  {"error structure slice-unmatched " + path + "[1]"},
	} {
		discriminators := []profiles.Discriminator{{By: "value", Path: "role.coding.code"}}
		s := sliced(t, profiles.Slicing{Discriminators: discriminators, Closed: closed}, code("controller", "CST"), code("recipient", "PRCP"))
		got := errorsOf(validator(t).HoldTo(consentWith(t, actor("PRCP", someone), actor("AUT", someone)), s))
		if diff := cmp.Diff(want, lines(findings(got))); diff != "" {
			t.Errorf("closed %v (-want +got):\n%s", closed, diff)
		}
	}
}
