package search_test

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"tahto/fhir"
	"tahto/fhir/search"
)

var (
	escaper   = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`, `$`, `\$`)
	anyText   = rapid.StringMatching(`[ -~äö€]{1,12}`)
	dateForms = []string{"2023", "2023-05", "2023-05-01", "2023-05-01T10:00", "2023-05-01T10:00Z", "2023-05-01T10:00:00+03:00", "2023-05-01T10:00:00.25-01:30"}
)

// drawCondition draws a parameter, a chain or a reverse chain.
func drawCondition(t *rapid.T, r *search.Registry, resourceType string, depth int) (name, text string) {
	how := rapid.IntRange(0, 7).Draw(t, "how")
	if depth == search.MaxDepth || how == 2 && depth > search.MaxDepth-2 {
		how = 7
	}
	switch how {
	case 0:
		lead := rapid.SampledFrom(map[string][]string{
			"Consent":    words("data:Consent data:Provenance source-reference:Consent"),
			"Provenance": words("target:Consent target:Provenance entity:Consent"),
		}[resourceType]).Draw(t, "chain")
		name, text = drawCondition(t, r, lead[strings.Index(lead, ":")+1:], depth+1)
		return lead + "." + name, text
	case 1:
		lead := rapid.SampledFrom(map[string][]string{
			"Consent":    words("Consent:data Consent:source-reference Provenance:target Provenance:entity"),
			"Provenance": words("Consent:data Provenance:target"),
		}[resourceType]).Draw(t, "reverse chain")
		name, text = drawCondition(t, r, lead[:strings.Index(lead, ":")], depth+1)
		return "_has:" + lead + ":" + name, text
	case 2:
		lead := map[string]string{"Consent": "data", "Provenance": "target"}[resourceType]
		return lead + rapid.SampledFrom(words(".status .patient.identifier .patient .identifier ._has:Provenance:target:_id")).Draw(t, "untyped"), "1"
	}
	return drawParameter(t, r, rapid.SampledFrom(r.Parameters(resourceType)).Draw(t, "parameter"))
}

// drawComposites draws values that begin with the same part.
func drawComposites(t *rapid.T, r *search.Registry, p search.Parameter) string {
	parameters := r.Parameters("Consent")
	at := slices.IndexFunc(parameters, func(o search.Parameter) bool { return o.Name == p.Components[1].Name })
	second := parameters[at]
	first := rapid.SampledFrom(words("deny permit |deny http://hl7.org/fhir/consent-provision-type|permit")).Draw(t, "first")
	texts := make([]string, rapid.IntRange(1, 3).Draw(t, "composites"))
	for i := range texts {
		name, text := "", ""
		for name != second.Name || strings.Contains(text, ",") {
			name, text = drawParameter(t, r, second)
		}
		texts[i] = first + "$" + text
	}
	return strings.Join(texts, ",")
}

// drawParameter draws a parameter with a valid value, as a client may write it.
func drawParameter(t *rapid.T, r *search.Registry, p search.Parameter) (name, text string) {
	modifier := rapid.SampledFrom(append(p.Modifiers(), "", "")).Draw(t, "modifier")
	one := func() string { return "" }
	token := func() string {
		code := escaper.Replace(anyText.Draw(t, "code"))
		system := escaper.Replace(anyText.Draw(t, "system"))
		return rapid.SampledFrom([]string{code, "|" + code, system + "|" + code, system + "|"}).Draw(t, "token")
	}
	switch {
	case p.Kind == search.KindComposite:
		return p.Name, drawComposites(t, r, p)
	case modifier == "missing":
		return p.Name + ":missing", rapid.SampledFrom([]string{"true", "false"}).Draw(t, "missing")
	case p.Kind == search.KindToken, modifier == "identifier":
		one = token
	case p.Kind == search.KindDate:
		one = func() string {
			return rapid.SampledFrom(words("eq ne gt lt ge le sa eb ap")).Draw(t, "prefix") + rapid.SampledFrom(dateForms).Draw(t, "date")
		}
	default:
		one = func() string { return escaper.Replace(drawReference(t, p)) }
	}
	texts := make([]string, rapid.IntRange(1, 3).Draw(t, "alternatives"))
	for i := range texts {
		texts[i] = one()
	}
	if modifier != "" {
		modifier = ":" + modifier
	}
	return p.Name + modifier, strings.Join(texts, ",")
}

func drawReference(t *rapid.T, p search.Parameter) string {
	target := rapid.SampledFrom(append(slices.Clone(p.Targets), append(p.Targets, "Patient")[0])).Draw(t, "target")
	id := rapid.StringMatching(`[A-Za-z0-9.-]{1,8}`).Filter(fhir.IsID).Draw(t, "id")
	return rapid.SampledFrom([]string{
		id, target + "/" + id, target + "/" + id + "/_history/3", "urn:uuid:" + id,
		"http://localhost/fhir/" + target + "/" + id, "http://elsewhere.example/a,b$c|d/" + id + "/_history/" + id,
		base + "/" + target + "/" + id + "/_history/3", base + "/other/" + id,
	}).Draw(t, "reference")
}
