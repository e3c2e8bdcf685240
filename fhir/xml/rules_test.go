package xml_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const div = `<div xmlns="http://www.w3.org/1999/xhtml">`

// TestRulesOfTheFormat has each rule once: the two forms of the same resource,
// each of which has to become the other.
func TestRulesOfTheFormat(t *testing.T) {
	for name, rule := range map[string]struct{ json, xml string }{
		"a resource may be empty": {
			`{"resourceType":"Parameters"}`,
			`<Parameters xmlns="http://hl7.org/fhir"/>`,
		},
		"values stand in the attribute value, and so does the id of a resource": {
			`{"resourceType":"Consent","id":"1","status":"active"}`,
			of("Consent", `<id value="1"/><status value="active"/>`),
		},
		"the id of an element is an attribute": {
			`{"resourceType":"Consent","scope":{"id":"s","text":"x"}}`,
			of("Consent", `<scope id="s"><text value="x"/></scope>`),
		},
		"the url of an extension is an attribute": {
			`{"resourceType":"Consent","extension":[{"id":"e","url":"http://u","valueCode":"c"}]}`,
			of("Consent", `<extension id="e" url="http://u"><valueCode value="c"/></extension>`),
		},
		"an extension of extensions": {
			`{"resourceType":"Consent","extension":[{"url":"http://u","extension":[{"url":"v","valueInteger":1}]}]}`,
			of("Consent", `<extension url="http://u"><extension url="v"><valueInteger value="1"/></extension></extension>`),
		},
		"what repeats is an array, also if it is one": {
			`{"resourceType":"Consent","category":[{"text":"a"}],"policy":[{"uri":"u"},{"uri":"v"}]}`,
			of("Consent", `<category><text value="a"/></category><policy><uri value="u"/></policy><policy><uri value="v"/></policy>`),
		},
		"a primitive with an extension and an id": {
			`{"resourceType":"Consent","status":"active","_status":{"id":"s","extension":[{"url":"u","valueString":"x"}]}}`,
			of("Consent", `<status id="s" value="active"><extension url="u"><valueString value="x"/></extension></status>`),
		},
		"a primitive of an extension alone": {
			`{"resourceType":"Consent","_dateTime":{"extension":[{"url":"u","valueCode":"unknown"}]}}`,
			of("Consent", `<dateTime><extension url="u"><valueCode value="unknown"/></extension></dateTime>`),
		},
		"the id of a resource may have extensions": {
			`{"resourceType":"Consent","id":"1","_id":{"extension":[{"url":"u","valueCode":"c"}]}}`,
			of("Consent", `<id value="1"><extension url="u"><valueCode value="c"/></extension></id>`),
		},
		"repeating primitives, null where there is no value or nothing else": {
			`{"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"extension":[{"url":"u","valueCode":"c"}]},{"id":"x"}]}]}`,
			of("Patient", `<name><given value="A"/><given><extension url="u"><valueCode value="c"/></extension></given><given id="x" value="C"/></name>`),
		},
		"repeating primitives without any value": {
			`{"resourceType":"Patient","name":[{"_given":[{"extension":[{"url":"u","valueCode":"c"}]}]}]}`,
			of("Patient", `<name><given><extension url="u"><valueCode value="c"/></extension></given></name>`),
		},
		"numbers keep their text, booleans and strings that look like them their kind": {
			`{"resourceType":"Parameters","parameter":[{"name":"a","valueDecimal":1.10},{"name":"b","valueDecimal":-1.0E+2},{"name":"c","valueDecimal":12345678901234567890.10},{"name":"d","valueBoolean":false},{"name":"e","valueString":"1.10"},{"name":"f","valuePositiveInt":7},{"name":"true","valueUnsignedInt":0}]}`,
			of("Parameters", `<parameter><name value="a"/><valueDecimal value="1.10"/></parameter><parameter><name value="b"/><valueDecimal value="-1.0E+2"/></parameter><parameter><name value="c"/><valueDecimal value="12345678901234567890.10"/></parameter><parameter><name value="d"/><valueBoolean value="false"/></parameter><parameter><name value="e"/><valueString value="1.10"/></parameter><parameter><name value="f"/><valuePositiveInt value="7"/></parameter><parameter><name value="true"/><valueUnsignedInt value="0"/></parameter>`),
		},
		"white space in values": {
			`{"resourceType":"Consent","scope":{"text":" a\nb\r\n\tc "}}`,
			of("Consent", `<scope><text value=" a&#10;b&#13;&#10;&#9;c "/></scope>`),
		},
		"special characters in values": {
			`{"resourceType":"Consent","scope":{"text":"<a href=\"x\">'&amp;'</a> ]]> Čáhcesuolu 😀"}}`,
			of("Consent", `<scope><text value="&lt;a href=&quot;x&quot;&gt;'&amp;amp;'&lt;/a&gt; ]]&gt; Čáhcesuolu 😀"/></scope>`),
		},
		"a choice has its type in its name": {
			`{"resourceType":"Consent","sourceReference":{"reference":"#q"}}`,
			of("Consent", `<sourceReference><reference value="#q"/></sourceReference>`),
		},
		"elements that share a definition": {
			`{"resourceType":"Consent","provision":{"type":"permit","provision":[{"type":"deny","provision":[{"code":[{"text":"x"}]}]}]}}`,
			of("Consent", `<provision><type value="permit"/><provision><type value="deny"/><provision><code><text value="x"/></code></provision></provision></provision>`),
		},
		"contained resources stand in an element": {
			`{"resourceType":"Consent","contained":[{"resourceType":"Organization","id":"o","name":"O"},{"resourceType":"Patient"}]}`,
			of("Consent", `<contained><Organization><id value="o"/><name value="O"/></Organization></contained><contained><Patient/></contained>`),
		},
		"the resources of a Bundle": {
			`{"resourceType":"Bundle","type":"searchset","total":1,"entry":[{"fullUrl":"u","resource":{"resourceType":"Consent","status":"active"},"search":{"mode":"match","score":1.0}}]}`,
			of("Bundle", `<type value="searchset"/><total value="1"/><entry><fullUrl value="u"/><resource><Consent><status value="active"/></Consent></resource><search><mode value="match"/><score value="1.0"/></search></entry>`),
		},
		"the narrative is XHTML": {
			`{"resourceType":"Consent","text":{"status":"generated","div":"` + `<div xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"fi\"><p class='a'>x &amp; y&#160;z<br/></p><!-- kept -->\n</div>` + `"}}`,
			of("Consent", `<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml" xml:lang="fi"><p class='a'>x &amp; y&#160;z<br/></p><!-- kept -->`+"\n"+`</div></text>`),
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(declaration+rule.xml, encode(t, parse(t, rule.json), false)); diff != "" {
				t.Errorf("XML (-want +got):\n%s", diff)
			}
			got := decode(t, rule.xml)
			want := parse(t, rule.json)
			if diff := cmp.Diff(inOrder(want.Root()), inOrder(got.Root())); diff != "" {
				t.Errorf("JSON (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOutputIsInTheOrderOfR4(t *testing.T) {
	r := parse(t, `{"status":"active","provision":{"period":{"end":"2025","start":"2024"},"type":"deny"},"_status":{"id":"s"},"extension":[{"valueCode":"c","url":"u"}],"resourceType":"Consent","id":"1"}`)
	want := declaration + of("Consent", `<id value="1"/><extension url="u"><valueCode value="c"/></extension><status id="s" value="active"/>`+
		`<provision><type value="deny"/><period><start value="2024"/><end value="2025"/></period></provision>`)
	if diff := cmp.Diff(want, encode(t, r, false)); diff != "" {
		t.Error(diff)
	}
}

func TestMembersComeInTheOrderOfXML(t *testing.T) {
	got := decode(t, of("Consent", `<id value="1"/><extension url="u" id="e"><valueCode value="c"/></extension><status id="s" value="active"/>`))
	want := `{"resourceType":"Consent","id":"1","extension":[{"id":"e","url":"u","valueCode":"c"}],"status":"active","_status":{"id":"s"}}`
	if diff := cmp.Diff(want, string(got.JSON())); diff != "" {
		t.Error(diff)
	}
}

func TestPrettyGivesEachElementALine(t *testing.T) {
	r := parse(t, `{"resourceType":"Consent","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a\n<b>c</b></div>"},"contained":[{"resourceType":"Patient","id":"p"}],"status":"active"}`)
	want := declaration + `<Consent xmlns="http://hl7.org/fhir">
  <text>
    <status value="generated"/>
    <div xmlns="http://www.w3.org/1999/xhtml">a
<b>c</b></div>
  </text>
  <contained>
    <Patient>
      <id value="p"/>
    </Patient>
  </contained>
  <status value="active"/>
</Consent>`
	got := encode(t, r, true)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(string(r.JSON()), string(decode(t, got).JSON())); diff != "" {
		t.Error(diff)
	}
}
