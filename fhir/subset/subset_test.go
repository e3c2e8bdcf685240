package subset_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir/subset"
)

const (
	tagJSON = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}`
	tagged  = `"meta":{"tag":[` + tagJSON + `]}`

	narrative = `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}`

	consentHead = `{"resourceType":"Consent","id":"1",`
	// what a Consent always keeps, in their order
	consentMust = `"modifierExtension":[{"url":"urn:x","valueString":"y"}],"status":"active","_status":{"id":"s"},"scope":{"text":"s"},"category":[{"text":"c"}]`
	consentJSON = consentHead + `"meta":{"versionId":"3"},"language":"fi",` + narrative + `,` +
		`"extension":[{"url":"urn:e","valueCode":"c"}],` + consentMust + `,` +
		`"dateTime":"2024-01-10","_dateTime":{"extension":[{"url":"urn:d","valueDecimal":1.10}]},` +
		`"sourceAttachment":{"contentType":"image/png","data":"AAAA","title":"form"},"policy":[{"uri":"urn:p"}],` +
		`"verification":[{"verified":true,"verificationDate":"2024-01-10"}],` +
		`"provision":{"id":"p","type":"deny","actor":[{"role":{"text":"r"},"reference":{"display":"d"}}],"data":[{"meaning":"instance","reference":{"display":"d"}}],"provision":[{"type":"permit"}]},` +
		`"unheardOf":1}`
	consentMeta = `"meta":{"versionId":"3","tag":[` + tagJSON + `]},`

	provenanceMust = `"target":[{"reference":"Consent/1"}],"recorded":"2024-01-10T09:00:00Z"`
	provenanceJSON = `{"resourceType":"Provenance","id":"1",` + narrative + `,"contained":[{"resourceType":"Patient","id":"client"},{"resourceType":"Device","id":"tool"}],` +
		provenanceMust + `,"activity":{"text":"a"},"agent":[{"role":[{"text":"r"}],"who":{"reference":"#client"}},{"who":{"display":"d"}}],` +
		`"entity":[{"role":"source","what":{"reference":"#tool"}}]}`

	structureMust = `"url":"urn:s","name":"S","status":"draft"`
	structureJSON = `{"resourceType":"StructureDefinition","id":"s",` + narrative + `,` + structureMust + `,"description":"d","purpose":"p","kind":"resource","abstract":false,"type":"Consent",` +
		`"differential":{"element":[{"id":"Consent","path":"Consent"}]}}`

	capabilityMust = `"status":"active","date":"2024-01-10","kind":"instance"`
	capabilityJSON = `{"resourceType":"CapabilityStatement",` + capabilityMust + `,"software":{"name":"n","releaseDate":"2024-01-10"},"fhirVersion":"4.0.1","format":["json"],` +
		`"rest":[{"mode":"server","documentation":"d","resource":[{"type":"Consent","interaction":[{"code":"read"}]}]}]}`
)

// TestWhatASubsetKeeps, by type and part.
func TestWhatASubsetKeeps(t *testing.T) {
	for _, c := range []struct {
		name, whole string
		part        subset.Part
		named       []string
		want        string
	}{
		{"a Consent's summary, in its elements too", consentJSON, subset.Summary, nil, consentHead + consentMeta + consentMust + `,` +
			`"dateTime":"2024-01-10","_dateTime":{"extension":[{"url":"urn:d","valueDecimal":1.10}]},` +
			`"sourceAttachment":{"contentType":"image/png","title":"form"},"verification":[{"verified":true}],` +
			`"provision":{"id":"p","type":"deny","data":[{"meaning":"instance","reference":{"display":"d"}}]}}`},
		{"a Consent's text", consentJSON, subset.Text, nil, consentHead + consentMeta + narrative + `,` + consentMust + `}`},
		{"a Consent's data", consentJSON, subset.Data, nil,
			strings.Replace(strings.Replace(consentJSON, `"meta":{"versionId":"3"},`, consentMeta, 1), narrative+`,`, "", 1)},
		{"elements of a Consent", consentJSON, subset.Elements, []string{"provision", "source"}, consentHead + consentMeta + consentMust + `,` +
			`"sourceAttachment":{"contentType":"image/png","data":"AAAA","title":"form"},` +
			`"provision":{"id":"p","type":"deny","actor":[{"role":{"text":"r"},"reference":{"display":"d"}}],"data":[{"meaning":"instance","reference":{"display":"d"}}],"provision":[{"type":"permit"}]}}`},
		{"a Provenance's summary, with the contained resource that it refers to", provenanceJSON, subset.Summary, nil,
			`{"resourceType":"Provenance","id":"1",` + tagged + `,"contained":[{"resourceType":"Patient","id":"client"}],` + provenanceMust +
				`,"agent":[{"who":{"reference":"#client"}},{"who":{"display":"d"}}]}`},
		{"a Provenance's text", provenanceJSON, subset.Text, nil,
			`{"resourceType":"Provenance","id":"1",` + tagged + `,` + narrative + `,"contained":[{"resourceType":"Patient","id":"client"}],` + provenanceMust +
				`,"agent":[{"role":[{"text":"r"}],"who":{"reference":"#client"}},{"who":{"display":"d"}}]}`},
		{"all contained resources, if they are asked for", provenanceJSON, subset.Elements, []string{"contained"},
			`{"resourceType":"Provenance","id":"1",` + tagged + `,"contained":[{"resourceType":"Patient","id":"client"},{"resourceType":"Device","id":"tool"}],` + provenanceMust +
				`,"agent":[{"role":[{"text":"r"}],"who":{"reference":"#client"}},{"who":{"display":"d"}}]}`},
		{"a profile's summary", structureJSON, subset.Summary, nil,
			`{"resourceType":"StructureDefinition","id":"s",` + tagged + `,` + structureMust + `,"kind":"resource","abstract":false,"type":"Consent"}`},
		{"elements of a profile", structureJSON, subset.Elements, []string{"purpose"},
			`{"resourceType":"StructureDefinition","id":"s",` + tagged + `,` + structureMust + `,"purpose":"p","kind":"resource","abstract":false,"type":"Consent"}`},
		{"a CapabilityStatement's summary: it has no id, and gets a meta", capabilityJSON, subset.Summary, nil,
			`{"resourceType":"CapabilityStatement",` + tagged + `,` + capabilityMust + `,"software":{"name":"n","releaseDate":"2024-01-10"},"fhirVersion":"4.0.1","format":["json"],` +
				`"rest":[{"mode":"server","resource":[{"type":"Consent"}]}]}`},
		{"a meta before the id", `{"resourceType":"Consent","meta":{"versionId":"1"},"id":"1"}`, subset.Text, nil, `{"resourceType":"Consent","meta":{"versionId":"1","tag":[` + tagJSON + `]},"id":"1"}`},
		{"an outcome is no content", `{"resourceType":"OperationOutcome","issue":[]}`, subset.Summary, nil, `{"resourceType":"OperationOutcome","issue":[]}`},
		{"a type that R4 has not", `{"resourceType":"Thing","a":1}`, subset.Summary, nil, `{"resourceType":"Thing","a":1}`},
		{"the whole", consentJSON, subset.Whole, nil, consentJSON},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, of(t, c.whole, c.part, c.named...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTagsStayBesideThatOfTheSubset(t *testing.T) {
	got := of(t, consentHead+`"meta":{"tag":[{"code":"a"}],"profile":["urn:p"]}}`, subset.Text)
	if want := consentHead + `"meta":{"tag":[{"code":"a"},` + tagJSON + `],"profile":["urn:p"]}}`; got != want {
		t.Errorf("got %s", got)
	}
	if !subset.Is(parse(t, got)) || subset.Is(parse(t, consentJSON)) {
		t.Error("a subset is not told from the whole")
	}
}

// TestWhatWouldBeLeftWithNothing goes, unless it has to be there: then it stays
// as it is.
func TestWhatWouldBeLeftWithNothing(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"an element":                       {`"provision":{"id":"x","actor":[{"role":{"text":"r"}}]}`, ``},
		"an item":                          {`"verification":[{"verificationDate":"2024"},{"verified":true}]`, `,"verification":[{"verified":true}]`},
		"a list":                           {`"verification":[{"verificationDate":"2024"}]`, ``},
		"what has to be there":             {`"category":[{"coding":[{"id":"x"}]}]`, `,"category":[{"coding":[{"id":"x"}]}]`},
		"only the extension of an element": {`"scope":{"extension":[{"url":"urn:x"}]}`, `,"scope":{"extension":[{"url":"urn:x"}]}`},
		"an extension in place of a value": {`"_dateTime":{"extension":[{"url":"urn:x"}]}`, `,"_dateTime":{"extension":[{"url":"urn:x"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			want := consentHead + tagged + c.want + `}`
			if got := of(t, consentHead+c.in+`}`, subset.Summary); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestContainedResourcesAreFollowed(t *testing.T) {
	contained := `"contained":[{"resourceType":"Organization","id":"c"},{"resourceType":"Patient","id":"a","managingOrganization":{"reference":"#c"}},` +
		`{"resourceType":"Patient","id":"none","managingOrganization":{"reference":"#a"}}]`
	for reference, want := range map[string]string{
		"#a":   `"contained":[{"resourceType":"Organization","id":"c"},{"resourceType":"Patient","id":"a","managingOrganization":{"reference":"#c"}}],`,
		"#c":   `"contained":[{"resourceType":"Organization","id":"c"}],`,
		"#":    ``,
		"#x":   ``,
		"a":    ``,
		"/a#a": ``,
	} {
		got := of(t, consentHead+contained+`,"patient":{"reference":"`+reference+`"}}`, subset.Summary)
		if want := consentHead + tagged + `,` + want + `"patient":{"reference":"` + reference + `"}}`; got != want {
			t.Errorf("%s:\n got %s\nwant %s", reference, got, want)
		}
	}
}

func TestNamesOfElements(t *testing.T) {
	outline := definitions(t).Outline("Consent")
	for name, want := range map[string]string{
		"status": "status", "source": "source", "source[x]": "source", "sourceReference": "source", "id": "id", "extension": "extension",
		"Status": "", "_status": "", "": "", "resourceType": "", "provision.type": "", "x": "",
	} {
		element, ok := outline.Element(name)
		if ok != (want != "") || ok && element != want {
			t.Errorf("%q means %q, %v", name, element, ok)
		}
	}
	if definitions(t).Outline("Thing") != nil || definitions(t).Outline("Consent.status") != nil {
		t.Error("there is an outline of what has none")
	}
}
