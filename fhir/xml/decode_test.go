package xml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/xml"
)

// TestDecodeTakes has the ways of writing XML that Encode does not write.
func TestDecodeTakes(t *testing.T) {
	const active = `{"resourceType":"Consent","status":"active"}`
	narrative := func(markup string) string {
		return `{"resourceType":"Consent","text":{"status":"generated","div":"` + strings.ReplaceAll(markup, `"`, `\"`) + `"}}`
	}
	text := func(markup string) string {
		return of("Consent", `<text><status value="generated"/>`+markup+`</text>`)
	}
	for name, c := range map[string]struct{ xml, json string }{
		"no declaration":          {of("Consent", `<status value="active"/>`), active},
		"a byte order mark":       {"\uFEFF" + declaration + of("Consent", `<status value="active"/>`), active},
		"a prefix":                {`<f:Consent xmlns:f="http://hl7.org/fhir"><f:status value="active"></f:status></f:Consent>`, active},
		"single quotes and space": {"<Consent\n xmlns = 'http://hl7.org/fhir'\t>\n <status  value = 'active' />\r\n</Consent >\n\n", active},
		"remarks anywhere":        {`<!-- a --><?b c?>` + of("Consent", `<!-- d --><status value="active"><?e?><!-- f --></status>`) + `<!-- g --><?h?>`, active},
		"the place of a schema":   {`<Consent xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir ../x.xsd"><status value="active"/></Consent>`, active},
		"what would be half a character where nothing is":  {of("Consent", `<status value="active"/><!--&#xD800;--><![CDATA[]]>`), active},
		"references to characters":                         {of("Consent", `<status value="&#x61;c&#116;ive"/>`), active},
		"white space that becomes a space":                 {of("Consent", "<scope\n><text id='\n' value='a\nb\r\nc\td&#10;&quot;&lt;'/></scope>"), `{"resourceType":"Consent","scope":{"text":"a b c d\n\"<","_text":{"id":" "}}}`},
		"space around a number, a boolean, a string":       {of("Parameters", `<parameter><name value=" a"/><valueDecimal value=" 1.0&#10;"/></parameter><parameter><name value="b "/><valueBoolean value="  true "/></parameter>`), `{"resourceType":"Parameters","parameter":[{"name":" a","valueDecimal":1.0},{"name":"b ","valueBoolean":true}]}`},
		"an id after the url":                              {of("Consent", `<extension url="u" id="e"><valueCode value="c"/></extension>`), `{"resourceType":"Consent","extension":[{"id":"e","url":"u","valueCode":"c"}]}`},
		"a contained resource that declares its namespace": {of("Consent", `<contained><Patient xmlns="http://hl7.org/fhir"/></contained>`), `{"resourceType":"Consent","contained":[{"resourceType":"Patient"}]}`},
		"a narrative with a prefix": {
			text(`<h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p id='"'>x<h:br/></h:p><h:i></h:i></h:div>`),
			narrative(div + `<p id="&quot;">x<br/></p><i></i></div>`),
		},
		"a narrative whose namespace is declared further up": {
			`<Consent xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><text><status value="generated"/><h:div>x</h:div></text></Consent>`,
			narrative(div + `x</div>`),
		},
		"a narrative with a prefix that it does not use": {text(`<div xmlns:f="http://hl7.org/fhir" xmlns="http://www.w3.org/1999/xhtml">x</div>`), narrative(div + `x</div>`)},
		"a narrative with CDATA":                         {text(div + `<![CDATA[><script>&amp;]]></div>`), narrative(div + `&gt;&lt;script&gt;&amp;amp;</div>`)},
		"a narrative with an instruction":                {text(div + `a<?php b?>c<!-- d --></div>`), narrative(div + `ac<!-- d --></div>`)},
		"a narrative with references":                    {text(div + `&lt;&#160;&#xA0;</div>`), narrative(div + `&lt;&#160;&#xA0;</div>`)},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.json, string(decode(t, c.xml).JSON())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	many := `<status value="active"` + strings.Repeat(" a='b'", 100) + "/>"
	for name, c := range map[string]struct{ xml, expression, says string }{
		"nothing":                                {"", "", "no resource"},
		"a remark alone":                         {"<!-- a -->", "", "no resource"},
		"JSON":                                   {`{"resourceType":"Consent"}`, "", "outside"},
		"text after the resource":                {of("Consent", "") + "x", "", "outside"},
		"two resources":                          {of("Consent", "") + of("Consent", ""), "", "after the end"},
		"an early end in place of a resource":    {`<Consent xmlns="http://hl7.org/fhir"><contained>`, "Consent.contained[0]", "too early"},
		"an early end":                           {`<Consent xmlns="http://hl7.org/fhir"><status`, "Consent", "too early"},
		"a wrong end":                            {of("Consent", `<status value="a"></scope>`), "Consent.status", "well-formed"},
		"attributes without space between":       {of("Consent", `<status id="a"value="b"/>`), "Consent", "well-formed"},
		"an attribute without quotes":            {of("Consent", `<status value=b/>`), "Consent", "well-formed"},
		"an attribute twice":                     {of("Consent", "\n"+`<status value="a" value="b"/>`), "Consent", "twice in the same tag. (line 2)"},
		"many attributes":                        {of("Consent", many), "Consent", "more than 64 attributes"},
		"a DOCTYPE":                              {`<!DOCTYPE Consent [<!ENTITY a "b">]>` + of("Consent", `<status value="&a;"/>`), "", "DOCTYPE"},
		"an entity of HTML":                      {of("Consent", `<text><status value="a"/>`+div+`&nbsp;</div></text>`), "Consent.text.div", "&#160;"},
		"another encoding":                       {`<?xml version="1.0" encoding="ISO-8859-1"?>` + of("Consent", ""), "", "UTF-8"},
		"another version":                        {`<?xml version="1.1"?>` + of("Consent", ""), "", "1.0"},
		"a declaration in the middle":            {of("Consent", declaration), "Consent", "very beginning"},
		"bytes that are no UTF-8":                {of("Consent", "\n<status value='\xff'/>"), "", "UTF-8. (line 2)"},
		"a control character":                    {of("Consent", "<status value='\x01'/>"), "", "control character"},
		"a reference to half a character":        {of("Consent", "<status value='&#xD83D;&#xDE00;'/>"), "Consent", "well-formed"},
		"half a character in decimal digits":     {of("Consent", "<status value='&#0057343;'/>"), "Consent", "well-formed"},
		"half a character in a narrative":        {of("Consent", `<text><status value="a"/>`+div+`&#x00dfff;</div></text>`), "Consent.text.div", "well-formed"},
		"a reference to a control character":     {of("Consent", "<status value='&#1;'/>"), "Consent", "well-formed"},
		"no namespace":                           {`<Consent><status value="a"/></Consent>`, "", "namespace"},
		"an unknown resource":                    {of("Consents", ""), "", "no resource of that name"},
		"an abstract resource":                   {of("DomainResource", ""), "", "no resource of that name"},
		"a type that is no resource":             {of("HumanName", ""), "", "no resource of that name"},
		"a backbone element as resource":         {of("Consent.provision", ""), "", "no resource of that name"},
		"an unknown element":                     {of("Consent", "\n\n"+`<stauts value="a"/>`), "Consent.stauts", "Is “status” meant? Correct the name or remove the element. (line 3)"},
		"an unknown element deep down":           {of("Bundle", `<entry><fullUrl value="u"/></entry><entry><resource><Consent><stat value="x"/></Consent></resource></entry>`), "Bundle.entry[1].resource.stat", "no element"},
		"an unknown name that is not like one":   {of("Consent", `<Maija-Meikäläinen value="a"/>`), "Consent", "something here"},
		"an element of another namespace":        {of("Consent", `<status xmlns="urn:x" value="a"/>`), "Consent.status", "not of the namespace"},
		"the member of a choice without type":    {of("Consent", `<source><reference value="a"/></source>`), "Consent.source", "no element"},
		"resourceType as an element":             {of("Consent", `<resourceType value="Consent"/>`), "Consent.resourceType", "no element"},
		"an unknown attribute":                   {of("Consent", `<status value="a" code="b"/>`), "Consent.status", "attribute"},
		"an attribute with a prefix":             {of("Consent", `<status value="a" xml:lang="fi"/>`), "Consent.status", "attribute"},
		"a value on what has none":               {of("Consent", `<scope value="a"/>`), "Consent.scope", "attribute"},
		"an id attribute on a resource":          {`<Consent xmlns="http://hl7.org/fhir" id="a"/>`, "Consent", "attribute"},
		"a url attribute on no extension":        {of("Consent", `<scope url="a"/>`), "Consent.scope", "attribute"},
		"an attribute on what holds a resource":  {of("Consent", `<contained id="a"><Patient/></contained>`), "Consent.contained[0]", "attribute"},
		"an id as an element":                    {of("Consent", `<scope><id value="a"/></scope>`), "Consent.scope.id", "is an attribute"},
		"a name as an attribute":                 {of("Consent", `<status Meikäläinen="Meikäläinen"/>`), "Consent.status", "attribute"},
		"a name as an entity":                    {of("Consent", `<status value="&Meikäläinen;"/>`), "Consent", "&#160;"},
		"a name as a tag that is not closed":     {of("Consent", `<Meikäläinen/><b></Meikäläinen>`), "Consent", "something here"},
		"a name that closes nothing":             {of("Consent", `</Meikäläinen>`), "Consent", "well-formed"},
		"an empty attribute":                     {of("Consent", `<status value=""/>`), "Consent.status", "empty"},
		"an empty primitive":                     {of("Consent", `<status/>`), "Consent.status", "empty"},
		"an element of an id alone":              {of("Consent", `<scope id="a"/>`), "Consent.scope", "empty"},
		"an empty element that repeats":          {of("Consent", `<category><text value="a"/></category><category> </category>`), "Consent.category[1]", "empty"},
		"an empty place for a resource":          {of("Consent", `<contained/>`), "Consent.contained[0]", "empty"},
		"two resources in one place":             {of("Consent", `<contained><Patient/><Patient/></contained>`), "Consent.contained[0]", "more than one"},
		"no resource in its place":               {of("Consent", `<contained><name/></contained>`), "Consent.contained[0]", "no resource of that name"},
		"text in place of a resource":            {of("Consent", `<contained>x<Patient/></contained>`), "Consent.contained[0]", "text"},
		"text as value":                          {of("Consent", `<status>active</status>`), "Consent.status", "attribute value"},
		"text in between":                        {of("Consent", `x<status value="a"/>`), "Consent", "text"},
		"an element in a value":                  {of("Consent", `<status value="a"><text value="b"/></status>`), "Consent.status.text", "no element"},
		"an element out of order":                {of("Consent", `<scope><text value="a"/></scope><status value="a"/>`), "Consent.status", "before “scope”"},
		"repetitions that do not stand together": {of("Consent", `<category><text value="a"/></category><dateTime value="2024"/><category><text value="a"/></category>`), "Consent.category", "before “dateTime”"},
		"an element twice":                       {of("Consent", `<status value="a"/><status value="b"/>`), "Consent.status", "twice"},
		"a choice in two types":                  {of("Consent", `<sourceAttachment><url value="a"/></sourceAttachment><sourceReference><reference value="b"/></sourceReference>`), "Consent.sourceReference", "more than one type"},
		"a choice in two types in another order": {of("Consent", `<sourceReference><reference value="b"/></sourceReference><sourceAttachment><url value="a"/></sourceAttachment>`), "Consent.sourceAttachment", "more than one type"},
		"a boolean that is none":                 {of("Parameters", `<parameter><name value="a"/><valueBoolean value="True"/></parameter>`), "Parameters.parameter[0].value", "neither true nor false"},
		"a boolean that is space":                {of("Parameters", `<parameter><name value="a"/><valueBoolean value=" "/></parameter>`), "Parameters.parameter[0].value", "neither true nor false"},
		"a number that JSON has not":             {of("Parameters", `<parameter><name value="a"/><valueDecimal value=".5"/></parameter>`), "Parameters.parameter[0].value", "number"},
		"a number that goes on":                  {of("Parameters", `<parameter><name value="a"/><valueInteger value="1,&quot;x&quot;:2"/></parameter>`), "Parameters.parameter[0].value", "number"},
		"a number in two lines":                  {of("Parameters", `<parameter><name value="a"/><valueInteger value="1&#10;2"/></parameter>`), "Parameters.parameter[0].value", "number"},
		"a div of FHIR":                          {of("Consent", `<text><status value="a"/><div>x</div></text>`), "Consent.text.div", "xmlns"},
		"a p as narrative":                       {of("Consent", `<text><status value="a"/><p xmlns="http://www.w3.org/1999/xhtml">x</p></text>`), "Consent.text.p", "namespace"},
		"another markup in the narrative":        {of("Consent", `<text><status value="a"/>`+div+`<svg xmlns="http://www.w3.org/2000/svg"/></div></text>`), "Consent.text.div", "not of XHTML"},
		"a prefix of nobody in the narrative":    {of("Consent", `<text><status value="a"/>`+div+`<p x:y="z"/></div></text>`), "Consent.text.div", "attribute"},
		"a narrative that ends early":            {`<Consent xmlns="http://hl7.org/fhir"><text><status value="a"/>` + div, "Consent.text.div", "too early"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := xml.Decode([]byte(c.xml), definitions(t))
			if err == nil {
				t.Fatalf("taken: %s", r.JSON())
			}
			refused(t, err, c.expression, c.says)
		})
	}
}

// TestDecodeHasTheBoundsOfParse goes to the last depth that JSON takes, and one
// deeper.
func TestDecodeHasTheBoundsOfParse(t *testing.T) {
	nested := func(n int) string { // each is an array and an object in JSON
		part := strings.Repeat(`<extension url="u">`, n) + `<valueCode value="c"/>` + strings.Repeat(`</extension>`, n)
		return of("Consent", part)
	}
	deepest := (fhir.MaxDepth - 1) / 2
	r := decode(t, nested(deepest))
	if _, err := fhir.Parse(r.JSON()); err != nil {
		t.Errorf("what was taken is too deep for JSON: %v", err)
	}
	_, err := xml.Decode([]byte(nested(deepest+1)), definitions(t))
	if issue.KindOf(err) != issue.Invalid || !strings.Contains(err.Error(), "too deep") {
		t.Errorf("one deeper gives %v", err)
	}
	// The unit of the last is a string in the 64th object and array; its id would open the 65th.
	with := strings.Replace(nested(deepest), `<valueCode value="c"/>`, `<valueQuantity><unit value="u" id="i"/></valueQuantity>`, 1)
	if _, err = xml.Decode([]byte(with), definitions(t)); issue.KindOf(err) != issue.Invalid || !strings.Contains(err.Error(), "too deep") {
		t.Errorf("an id one deeper gives %v", err)
	}
	tags := of("Consent", `<text><status value="generated"/>`+div+strings.Repeat("<b>", 1000)+strings.Repeat("</b>", 1000)+"</div></text>")
	if _, err = xml.Decode([]byte(tags), definitions(t)); issue.KindOf(err) != issue.Invalid {
		t.Errorf("a thousand tags in a narrative give %v", err)
	}
	many := of("Consent", strings.Repeat(`<policy><uri value="u"/></policy>`, fhir.MaxNodes/2+1))
	if _, err = xml.Decode([]byte(many), definitions(t)); issue.KindOf(err) != issue.TooLarge {
		t.Errorf("too many elements give %v", err)
	}
}
