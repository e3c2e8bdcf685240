package patch_test

import (
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/patch"
)

// denial is a Consent in R4's order, with what is hard for a patch: a narrative
// that is written in its own way, a contained resource, extensions and ids of
// primitives, several of a kind.
const denial = `{"resourceType":"Consent","id":"c","meta":{"versionId":"1","tag":[{"code":"t"}]},` +
	`"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\" class='a'>One <b>two</b>  three<br></br></div>"},` +
	`"contained":[{"resourceType":"Organization","id":"o","name":"Unit"}],` +
	`"extension":[{"url":"urn:why","valueCode":"asked"}],"status":"draft","_status":{"id":"s"},` +
	`"scope":{"text":"x"},"category":[{"text":"a"},{"id":"b","text":"b"}],` +
	`"provision":{"type":"deny","period":{"start":"2026-01-01","end":"2027-01-01"},"provision":[{"type":"permit"},{"type":"deny"}]}}`

// become is denial with one text in it replaced by another.
func become(old, new string) string { return strings.Replace(denial, old, new, 1) }

func diff(operations string) string {
	return `<diff xmlns:f="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml">` + operations + `</diff>`
}

func TestXMLPatch(t *testing.T) {
	for _, c := range []struct{ name, patch, want string }{
		{"replace a value", `<replace sel="f:Consent/f:status/@value">active</replace>`, become(`"draft"`, `"active"`)},
		{"replace a primitive with its id", `<replace sel="f:Consent/f:status"><f:status value="active"/></replace>`, become(`"draft","_status":{"id":"s"}`, `"active"`)},
		{"remove the id of a primitive", `<remove sel="f:Consent/f:status/@id"/>`, become(`,"_status":{"id":"s"}`, "")},
		{"add the id of a primitive", `<add sel="f:Consent/f:provision/f:type" type="@id">i</add>`, become(`"type":"deny",`, `"type":"deny","_type":{"id":"i"},`)},
		{"add an extension to a primitive", `<add sel="f:Consent/f:provision/f:type"><f:extension url="urn:why"><f:valueCode value="asked"/></f:extension></add>`,
			become(`"type":"deny",`, `"type":"deny","_type":{"extension":[`+why+`]},`)},
		{"remove a value and leave the extension", `<add sel="f:Consent/f:provision/f:type"><f:extension url="urn:why"><f:valueCode value="asked"/></f:extension></add><remove sel="f:Consent/f:provision/f:type/@value"/>`,
			become(`"type":"deny",`, `"_type":{"extension":[`+why+`]},`)},
		{"add to a list", `<add sel="f:Consent/f:category[last()]" pos="after"><f:category><f:text value="c"/></f:category></add>`, become(`"text":"b"}`, `"text":"b"},{"text":"c"}`)},
		{"add to the front of a list", `<add sel="f:Consent/f:category[1]" pos="before"><f:category><f:text value="c"/></f:category></add>`, become(`[{"text":"a"}`, `[{"text":"c"},{"text":"a"}`)},
		{"remove from a list by a child's value", `<remove sel="f:Consent/f:category[f:text/@value='a']"/>`, become(`{"text":"a"},`, "")},
		{"remove from a list by an id", `<remove sel="f:Consent/f:category[@id='b']"/>`, become(`,{"id":"b","text":"b"}`, "")},
		{"remove a list, the last first", `<remove sel="f:Consent/f:category[2]"/><remove sel="f:Consent/f:category"/>`, become(`"category":[{"text":"a"},{"id":"b","text":"b"}],`, "")},
		{"swap the items of a list", `<replace sel="f:Consent/f:provision/f:provision[1]/f:type/@value">deny</replace><replace sel="f:Consent/f:provision/f:provision[2]/f:type/@value">permit</replace>`,
			become(`{"type":"permit"},{"type":"deny"}`, `{"type":"deny"},{"type":"permit"}`)},
		{"replace a period", `<replace sel="f:Consent/f:provision/f:period"><f:period><f:start value="2026-02-01"/></f:period></replace>`,
			become(`{"start":"2026-01-01","end":"2027-01-01"}`, `{"start":"2026-02-01"}`)},
		{"remove the end of a period", `<remove sel="//f:period/f:end"/>`, become(`,"end":"2027-01-01"`, "")},
		{"add before, since XML has an order", `<add sel="f:Consent/f:provision" pos="before"><f:dateTime value="2026-01-01"/></add>`, become(`"provision":{"type":"deny"`, `"dateTime":"2026-01-01","provision":{"type":"deny"`)},
		{"add a choice", `<add sel="f:Consent/f:provision" pos="before"><f:sourceReference><f:reference value="#o"/></f:sourceReference></add>`,
			become(`"provision":{"type":"deny"`, `"sourceReference":{"reference":"#o"},"provision":{"type":"deny"`)},
		{"change a choice's type", `<replace sel="f:Consent/f:extension/f:valueCode"><f:valueString value="told"/></replace>`, become(`"valueCode":"asked"`, `"valueString":"told"`)},
		{"change the url of an extension", `<replace sel="f:Consent/f:extension/@url">urn:how</replace>`, become(`"urn:why"`, `"urn:how"`)},
		{"add an extension", `<add sel="f:Consent/f:extension" pos="after"><f:extension url="urn:b"><f:valueBoolean value="true"/></f:extension></add>`, become(`"asked"}]`, `"asked"},{"url":"urn:b","valueBoolean":true}]`)},
		{"change a contained resource", `<replace sel="f:Consent/f:contained/f:Organization/f:name/@value">Other</replace>`, become(`"Unit"`, `"Other"`)},
		{"add a contained resource", `<add sel="f:Consent/f:contained" pos="after"><f:contained><f:Patient><f:id value="p"/></f:Patient></f:contained></add>`, become(`"name":"Unit"}`, `"name":"Unit"},{"resourceType":"Patient","id":"p"}`)},
		{"replace a narrative", `<replace sel="f:Consent/f:text/h:div"><div xmlns="http://www.w3.org/1999/xhtml">New  <i>text</i></div></replace>`,
			become(` class='a'>One <b>two</b>  three<br></br></div>`, `>New  <i>text</i></div>`)},
		{"replace a text in a narrative", `<replace sel="f:Consent/f:text/h:div/h:b/text()">2</replace>`, become(`class='a'>One <b>two</b>  three<br></br>`, `class=\"a\">One <b>2</b>  three<br></br>`)},
		{"add a comment, which is no part of a resource", `<add sel="f:Consent"><!--x--></add>`, denial},
		{"add a declaration, which is none either", `<add sel="f:Consent" type="namespace::x">urn:x</add>`, denial},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parsed(t, denial)
			got, err := patch.XML(r, []byte(diff(c.patch)), loaded(t))
			if err != nil {
				t.Fatal(err)
			}
			if string(got.JSON()) != c.want {
				t.Errorf("got\n%s, want\n%s", got.JSON(), c.want)
			}
			if string(r.JSON()) != denial {
				t.Errorf("the resource itself became %s", r.JSON())
			}
		})
	}
}

// TestXMLPatchIsTakenInEveryForm: RFC 5261 leaves the namespace of the patch
// open, RFC 7351 calls its root patch, and HL7's cases declare no prefix.
func TestXMLPatchIsTakenInEveryForm(t *testing.T) {
	for _, c := range []struct{ name, patch string }{
		{"with the prefix of FHIR", `<diff xmlns:f="http://hl7.org/fhir"><replace sel="f:Consent/f:status"><f:status id="s" value="active"/></replace></diff>`},
		{"with another prefix", `<diff xmlns:fhir="http://hl7.org/fhir"><replace sel="/fhir:Consent/fhir:status"><fhir:status id="s" value="active"/></replace></diff>`},
		{"with FHIR as the default", `<diff xmlns="http://hl7.org/fhir"><replace sel="Consent/status"><status id="s" value="active"/></replace></diff>`},
		{"with no namespaces", `<diff><replace sel="Consent/status"><status id="s" value="active"/></replace></diff>`},
		{"with a prefix that is not declared", `<patch xmlns="http://hl7.org/fhir"><replace sel="f:Consent/f:status"><status id="s" value="active"/></replace></patch>`},
		{"as RFC 7351 has it", `<p:patch xmlns="http://hl7.org/fhir" xmlns:p="urn:ietf:rfc:7351"><p:replace sel="Consent/status"><status id="s" value="active"/></p:replace></p:patch>`},
		{"with a declaration and white space", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<diff>\n  <!-- why -->\n  <replace sel=\"Consent/status\">\n    <status id=\"s\" value=\"active\"/>\n  </replace>\n</diff>\n"},
		{"with a byte order mark", "\uFEFF" + `<diff><replace sel="Consent/status/@value">active</replace></diff>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := patch.XML(parsed(t, denial), []byte(c.patch), loaded(t))
			if err != nil {
				t.Fatal(err)
			}
			if want := become(`"draft"`, `"active"`); string(got.JSON()) != want {
				t.Errorf("got\n%s, want\n%s", got.JSON(), want)
			}
		})
	}
}

func TestXMLPatchIsRefused(t *testing.T) {
	const malformed, undoable = issue.Invalid, issue.Unprocessable
	const ours = "resourceType, id or meta"
	for _, c := range []struct {
		name, resource, patch string
		kind                  issue.Kind
		expression, words     string
	}{
		{"no operation", denial, "", malformed, "", "(invalid-diff-format)"},
		{"a selector that leads to nothing", denial, `<remove sel="f:Consent/f:dateTime"/>`, undoable, "[0].sel", "(unlocated-node)"},
		{"a name of no namespace", denial, `<remove xmlns="" sel="Consent/status"/>`, undoable, "[0].sel", "(unlocated-node)"},
		{"a second operation that can't be read, before the first is tried", denial, `<remove sel="f:Consent/f:dateTime"/><remove/>`, malformed, "[1].sel", "(invalid-diff-format)"},
		{"another id", denial, `<replace sel="f:Consent/f:id/@value">d</replace>`, undoable, "", ours},
		{"no id", denial, `<remove sel="f:Consent/f:id"/>`, undoable, "", ours},
		{"an id beside the id", denial, `<add sel="f:Consent/f:id" type="@id">i</add>`, undoable, "", ours},
		{"another meta", denial, `<remove sel="f:Consent/f:meta/f:tag"/>`, undoable, "", ours},
		{"no meta", denial, `<remove sel="f:Consent/f:meta"/>`, undoable, "", ours},
		{"another resource", denial, `<replace sel="f:Consent"><f:Patient><f:id value="c"/><f:meta><f:versionId value="1"/><f:tag><f:code value="t"/></f:tag></f:meta></f:Patient></replace>`, undoable, "", ours},
		{"the resource removed", denial, `<remove sel="f:Consent"/>`, undoable, "[0].sel", "(invalid-root-element-operation)"},
		{"an element that R4 does not have", denial, `<add sel="f:Consent"><f:provisions/></add>`, undoable, "Consent.provisions", "no element “provisions”"},
		{"an element out of its order", denial, `<add sel="f:Consent"><f:dateTime value="2026"/></add>`, undoable, "Consent.dateTime", "not in its place"},
		{"an element that does not repeat", denial, `<add sel="f:Consent/f:status" pos="after"><f:status value="active"/></add>`, undoable, "Consent.status", "given twice"},
		{"an element that becomes empty", denial, `<remove sel="f:Consent/f:scope/f:text"/>`, undoable, "Consent.scope", "empty"},
		{"text in an element", denial, `<add sel="f:Consent/f:status">active</add>`, undoable, "Consent.status", "There is text here"},
		{"an element of another namespace", denial, `<add sel="f:Consent/f:status"><x xmlns="urn:x"/></add>`, undoable, "Consent.status.x", "not of the namespace"},
		{"a value of another kind", denial, `<replace sel="f:Consent/f:extension/f:valueCode"><f:valueBoolean value="yes"/></replace>`, undoable, "Consent.extension[0].value", "neither true nor false"},
		{"a narrative that runs", denial, `<add sel="f:Consent/f:text/h:div"><?php x?></add><replace sel="f:Consent/f:text/h:div/@class"/><add sel="f:Consent/f:text/h:div"><f:b/></add>`, undoable, "Consent.text.div", "XHTML"},
		{"a resource that XML can't hold", odd, `<remove sel="f:Consent/f:status"/>`, undoable, "Consent.n", "use a JSON Patch"},
		{"a selector without end", denial, `<remove sel="//*[//*[//*[//*[//*]]]]"/>`, undoable, "[0]", "too many nodes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := patch.XML(parsed(t, c.resource), []byte(diff(c.patch)), loaded(t))
			refused(t, got, err, c.kind, c.expression, c.words)
			if strings.Contains(err.Error(), "(line ") {
				t.Errorf("a line of a document that nobody sent: %v", err)
			}
		})
	}
}

// TestXMLPatchThatChangesNothing gives the resource as it is: the order of its
// members, the text of its numbers and its narrative.
func TestXMLPatchThatChangesNothing(t *testing.T) {
	const turned = `{"resourceType":"Observation","valueQuantity":{"value":1.10},"status":"final","text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><br></br>&#160;</div>","status":"generated"},"id":"o"}`
	for _, operations := range []string{
		`<replace sel="f:Observation/f:status/@value">final</replace>`,
		`<replace sel="f:Observation/f:status"><f:status value="final"/></replace>`,
		`<remove sel="f:Observation/f:status"/><add sel="f:Observation/f:text" pos="after"><f:status value="final"/></add>`,
	} {
		r := parsed(t, turned)
		got, err := patch.XML(r, []byte(diff(operations)), loaded(t))
		if err != nil {
			t.Fatal(err)
		}
		if string(got.JSON()) != turned {
			t.Errorf("%s gave\n%s", operations, got.JSON())
		}
	}
	r := parsed(t, turned)
	got, err := patch.XML(r, []byte(diff(`<replace sel="f:Observation/f:status/@value">amended</replace>`)), loaded(t))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"resourceType":"Observation","id":"o","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><br></br>&#160;</div>"},"status":"amended","valueQuantity":{"value":1.10}}`
	if string(got.JSON()) != want {
		t.Errorf("got\n%s, want\n%s", got.JSON(), want)
	}
}

// FuzzXML: whatever the patch, it is refused as the client's fault or gives a
// resource of the same id and type in FHIR's form.
func FuzzXML(f *testing.F) {
	f.Add(diff(`<add sel="f:Consent/f:status" pos="after"><f:category><f:text value="c"/></f:category></add>`))
	f.Add(diff(`<remove sel="//f:provision[f:type/@value='deny'][2]" ws="both"/>`))
	f.Add(diff(`<replace sel="f:Consent/f:text/h:div/text()[1]">x</replace>`))
	r, set := parsed(f, denial), loaded(f)
	f.Fuzz(func(t *testing.T, document string) {
		got, err := patch.XML(r, []byte(document), set)
		if err != nil {
			if kind := issue.KindOf(err); kind != issue.Invalid && kind != issue.Unprocessable && kind != issue.TooLarge {
				t.Fatal(err)
			}
			return
		}
		if got.Key() != r.Key() {
			t.Fatalf("%v became %v", r.Key(), got.Key())
		}
		again, err := fhir.Parse(got.JSON())
		if err != nil {
			t.Fatal(err)
		}
		if err := again.CheckForm(); err != nil {
			t.Fatal(err)
		}
	})
}
