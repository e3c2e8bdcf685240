package xml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/xml"
)

// TestEncodeRefuses has what JSON can say and XML can't, or what R4 does not
// have. No sentence repeats a value.
func TestEncodeRefuses(t *testing.T) {
	consent := func(members string) string { return `{"resourceType":"Consent",` + members + `}` }
	narrative := func(div string) string {
		return consent(`"text":{"status":"generated","div":"` + strings.ReplaceAll(div, `"`, `\"`) + `"}`)
	}
	for name, c := range map[string]struct{ json, expression, says string }{
		"an unknown resource":                   {`{"resourceType":"Consents"}`, "", "no resource of that name"},
		"an abstract resource":                  {`{"resourceType":"Resource"}`, "", "no resource of that name"},
		"an unknown contained resource":         {consent(`"contained":[{"resourceType":"X"}]`), "Consent.contained[0]", "no resource of that name"},
		"a contained resource without type":     {consent(`"contained":[{"id":"1"}]`), "Consent.contained[0]", "no resource of that name"},
		"a contained resource that is none":     {consent(`"contained":["x"]`), "Consent.contained[0]", "JSON kind"},
		"an unknown member":                     {consent(`"stauts":"active"`), "Consent.stauts", "Is “status” meant?"},
		"an unknown member deep down":           {`{"resourceType":"Bundle","entry":[{"fullUrl":"u"},{"resource":{"resourceType":"Consent","scope":{"coding":[{"kode":"x"}]}}}]}`, "Bundle.entry[1].resource.scope.coding[0].kode", "no element"},
		"an unknown name that is not like one":  {consent(`"Maija Meikäläinen":"a"`), "Consent", "something here"},
		"an empty name":                         {consent(`"":"a"`), "Consent", "something here"},
		"an underscore alone":                   {consent(`"_":{}`), "Consent._", "no element"},
		"resourceType in an element":            {consent(`"scope":{"resourceType":"Consent","text":"x"}`), "Consent.scope.resourceType", "no element"},
		"a fellow of what is no primitive":      {consent(`"scope":{"text":"x"},"_scope":{"id":"x"}`), "Consent._scope", "no element"},
		"a fellow of an attribute":              {consent(`"scope":{"text":"x","_id":{"id":"x"}}`), "Consent.scope._id", "no element"},
		"a fellow of a narrative":               {consent(`"text":{"status":"generated","div":"<div/>","_div":{"id":"x"}}`), "Consent.text._div", "no element"},
		"an unknown member of a fellow":         {consent(`"_status":{"id":"a","comment":"x"}`), "Consent.status.comment", "no element"},
		"a value that is too much":              {consent(`"scope":{"text":"x","Meikäläinen":["Meikäläinen"]}`), "Consent.scope", "something here"},
		"null":                                  {consent(`"status":null`), "Consent.status", "JSON kind"},
		"null for nothing":                      {`{"resourceType":"Patient","name":[{"given":["a",null]}]}`, "Patient.name[0].given[1]", "empty"},
		"an empty string":                       {consent(`"status":""`), "Consent.status", "empty"},
		"an empty attribute":                    {consent(`"scope":{"id":"","text":"x"}`), "Consent.scope.id", "empty"},
		"an empty object":                       {consent(`"scope":{}`), "Consent.scope", "empty"},
		"an object of an id alone":              {consent(`"scope":{"id":"a"}`), "Consent.scope", "empty"},
		"an empty array":                        {consent(`"category":[]`), "Consent.category", "empty"},
		"no array for what repeats":             {consent(`"category":{"text":"a"}`), "Consent.category", "array"},
		"no array of fellows for what repeats":  {`{"resourceType":"Patient","name":[{"given":["a"],"_given":{"id":"x"}}]}`, "Patient.name[0].given", "array"},
		"an array for what does not":            {consent(`"status":["a"]`), "Consent.status", "JSON kind"},
		"an array of fellows for what does not": {consent(`"status":"a","_status":[{"id":"x"}]`), "Consent.status", "JSON kind"},
		"a string for an element":               {consent(`"scope":"x"`), "Consent.scope", "JSON kind"},
		"an object for a string":                {consent(`"status":{"id":"x"}`), "Consent.status", "JSON kind"},
		"a number for a string":                 {consent(`"status":1`), "Consent.status", "JSON kind"},
		"a string for a number":                 {`{"resourceType":"Bundle","total":"1"}`, "Bundle.total", "JSON kind"},
		"a string for a boolean":                {`{"resourceType":"Patient","active":"true"}`, "Patient.active", "JSON kind"},
		"a number for an attribute":             {consent(`"scope":{"id":1,"text":"x"}`), "Consent.scope.id", "JSON kind"},
		"a choice in two types":                 {`{"resourceType":"Parameters","parameter":[{"name":"a","valueString":"x","valueBoolean":true}]}`, "Parameters.parameter[0].value", "more than one type"},
		"a character that XML has not":          {consent(`"scope":{"text":"a\ufffeb"}`), "Consent.scope.text", "character"},
		"such a character in a narrative":       {narrative("<div>\uffff</div>"), "Consent.text.div", "character"},
		"a narrative without namespace":         {narrative(`<div>x</div>`), "Consent.text.div", "xmlns"},
		"a narrative that is text":              {narrative(`x`), "Consent.text.div", "well-formed"},
		"a narrative that ends early":           {narrative(div + `x`), "Consent.text.div", "well-formed"},
		"a narrative that ends twice":           {narrative(div + `x</div></div>`), "Consent.text.div", "well-formed"},
		"a narrative with more after it":        {narrative(div + `x</div>` + div + `y</div>`), "Consent.text.div", "well-formed"},
		"a narrative with text before it":       {narrative(`y` + div + `x</div>`), "Consent.text.div", "well-formed"},
		"a narrative that breaks out":           {narrative(div + `x</div></text><status value='a'/>`), "Consent.text.div", "well-formed"},
		"a narrative with half a character":     {narrative(div + `&#xD800;</div>`), "Consent.text.div", "well-formed"},
		"a narrative with a DOCTYPE":            {narrative(`<!DOCTYPE div>` + div + `x</div>`), "Consent.text.div", "well-formed"},
		"a narrative with unknown entities":     {narrative(div + `&x;</div>`), "Consent.text.div", "well-formed"},
		"a narrative with attributes glued":     {narrative(`<div xmlns="http://www.w3.org/1999/xhtml"id="x">y</div>`), "Consent.text.div", "well-formed"},
		"a narrative with another markup":       {narrative(div + `<svg xmlns="http://www.w3.org/2000/svg"/></div>`), "Consent.text.div", "not of XHTML"},
		"a narrative that is a number":          {consent(`"text":{"status":"generated","div":1}`), "Consent.text.div", "JSON kind"},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := xml.Encode(parse(t, c.json), definitions(t), false)
			if err == nil {
				t.Fatalf("written: %s", text)
			}
			refused(t, err, c.expression, c.says)
		})
	}
}

func TestEncodeRefusesControlCharacters(t *testing.T) {
	w := fhir.NewWriter("Consent") // which takes what Parse would not
	w.String("status", "a\x00b")
	r := w.Resource()
	if text, err := xml.Encode(r, definitions(t), false); err == nil {
		t.Errorf("written: %s", text)
	}
}

// TestNarrativesAreMadeFitForXML has those that can't be copied.
func TestNarrativesAreMadeFitForXML(t *testing.T) {
	for name, c := range map[string]struct{ in, out string }{
		"as it is":            {div + `<p class='a'>&amp;&#160;é</p></div>`, div + `<p class='a'>&amp;&#160;é</p></div>`},
		"space around":        {"\n " + div + `x</div> `, div + `x</div>`},
		"entities of HTML":    {div + `<p title="&auml;&quot;">a&nbsp;&lt;<br/></p></div>`, div + `<p title="ä&quot;">a` + "\u00a0" + `&lt;<br/></p></div>`},
		"a prefix":            {`<h:div xmlns:h="http://www.w3.org/1999/xhtml" h="x"><h:p/></h:div>`, div[:len(div)-1] + ` h="x"><p/></div>`},
		"CDATA":               {div + `<![CDATA[<b>]]></div>`, div + `&lt;b&gt;</div>`},
		"attributes and CR":   {div + "<p title='a\nb&#10;c'>a&#13;b&nbsp;</p></div>", div + `<p title="a b&#10;c">a&#13;b` + "\u00a0</p></div>"},
		"remarks":             {`<!-- a -->` + div + `<!-- b &nbsp; --></div><!-- c -->`, div + `<!-- b &nbsp; --></div>`},
		"an instruction":      {div + `a<?b c?>d</div>`, div + `ad</div>`},
		"an ampersand in URL": {div + `<a href="?a=1&amp;b=2">x</a></div>`, div + `<a href="?a=1&amp;b=2">x</a></div>`},
	} {
		t.Run(name, func(t *testing.T) {
			w := fhir.NewWriter("Consent")
			w.Object("text")
			w.String("div", c.in)
			w.End()
			want := declaration + of("Consent", "<text>"+c.out+"</text>")
			got := encode(t, w.Resource(), false)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if again := encode(t, decode(t, got), false); again != got {
				t.Errorf("the second time it is %s", again)
			}
		})
	}
}

// TestMissingDefinitionsAreNoFaultOfTheClient keeps them apart from bad requests.
func TestMissingDefinitionsAreNoFaultOfTheClient(t *testing.T) {
	_, err := xml.Encode(parse(t, `{"resourceType":"Consent","status":"active"}`), partial{}, false)
	if err == nil || issue.KindOf(err) != issue.Internal {
		t.Errorf("Encode gives %v", err)
	}
	_, err = xml.Decode([]byte(of("Consent", `<status value="active"/>`)), partial{})
	if err == nil || issue.KindOf(err) != issue.Internal {
		t.Errorf("Decode gives %v", err)
	}
}
