package xmlpatch_test

import (
	"testing"

	"tahto/fhir/issue"
)

// doc is a document of HL7's cases.
func doc(attributes, content string) string {
	return `<doc xmlns="http://hl7.org/fhir"` + attributes + `>` + content + `</doc>`
}

func hl7(operations string) string {
	return `<patch xmlns="http://hl7.org/fhir">` + operations + `</patch>`
}

const (
	two    = `<foo>test</foo><foo>test1</foo>`
	marked = ` <foo t="1">test</foo> <foo t="2">test1</foo> `
	note   = `<note>This is a sample document</note>`
	child  = `<foo id="ert4773">This is a new child</foo>`
	sample = `<foo a="1">This is a sample document</foo>`
)

// TestTheFormsOfHL7sCases: the operations and the selectors are those of HL7's
// published cases for XML Patch, which use the prefix f without declaring it.
func TestTheFormsOfHL7sCases(t *testing.T) {
	for _, c := range []struct{ name, document, patch, want string }{
		{"remove an element", doc("", ` <foo>test</foo> `), `<remove sel="f:doc/f:foo"/>`, doc("", "")},
		{"remove the first of two", doc("", two), `<remove sel="f:doc/f:foo[1]"/>`, doc("", `<foo>test1</foo>`)},
		{"remove the second of two", doc("", two), `<remove sel="f:doc/f:foo[2]"/>`, doc("", `<foo>test</foo>`)},
		{"remove the first by an attribute", doc("", marked), `<remove sel="f:doc/f:foo[@t='1']"/>`, doc("", `<foo t="2">test1</foo>`)},
		{"remove the second by an attribute", doc("", marked), `<remove sel="f:doc/f:foo[@t='2']"/>`, doc("", `<foo t="1">test</foo>`)},
		{"remove the attribute", doc("", marked), `<remove sel="f:doc/f:foo[@t='1']/@t"/>`, doc("", `<foo>test</foo><foo t="2">test1</foo>`)},
		{"remove the text", doc("", marked), `<remove sel="f:doc/f:foo[@t='2']/text()"/>`, doc("", `<foo t="1">test</foo><foo t="2"></foo>`)},
		{"add an element", doc("", ""), `<add sel="f:doc">` + child + `</add>`, doc("", child)},
		{"add text", doc("", ""), `<add sel="f:doc">This is new text</add>`, doc("", "This is new text")},
		{"add an attribute", doc("", ""), `<add sel="f:doc" type="@user">Attribute text</add>`, doc(` user="Attribute text"`, "")},
		{"add of another namespace", doc("", ""), `<add sel="f:doc"><div xmlns="http://www.w3.org/1999/xhtml">some html</div></add>`,
			doc("", `<div xmlns="http://www.w3.org/1999/xhtml">some html</div>`)},
		{"A.1 add an element", doc("", note), `<add sel="f:doc">` + child + `</add>`, doc("", note+child)},
		{"A.2 add an attribute", doc("", note+child), `<add sel="f:doc/f:foo[@id='ert4773']" type="@user">Bob</add>`,
			doc("", note+`<foo id="ert4773" user="Bob">This is a new child</foo>`)},
		{"A.3 add a declaration", doc("", note+child), `<add sel="f:doc" type="namespace::pref">urn:ns:xxx</add>`, doc(` xmlns:pref="urn:ns:xxx"`, note+child)},
		{"A.4 add a comment before", doc("", note+child), `<add sel="f:doc/f:foo[@id='ert4773']" pos="before"><!-- comment --></add>`, doc("", note+`<!-- comment -->`+child)},
		{"A.6 replace an element", doc("", sample), `<replace sel="f:doc/f:foo[@a='1']"><bar a="2"/></replace>`, doc("", `<bar a="2"/>`)},
		{"A.7 replace an attribute", doc(` a="test"`, sample), `<replace sel="f:doc/@a">new value</replace>`, doc(` a="new value"`, sample)},
		{"A.9 replace a comment", doc("", sample+`<!-- comment -->`), `<replace sel="f:doc/comment()[1]"><!-- This is the new content --></replace>`,
			doc("", sample+`<!-- This is the new content -->`)},
		{"A.11 replace a text", doc("", sample), `<replace sel="f:doc/f:foo/text()[1]">This is the new text content</replace>`,
			doc("", `<foo a="1">This is the new text content</foo>`)},
		{"A.12 remove an element", doc("", sample), `<remove sel="f:doc/f:foo[@a='1']"/>`, doc("", "")},
		{"A.13 remove an attribute", doc(` a="foo"`, sample), `<remove sel="f:doc/@a"/>`, doc("", sample)},
		{"A.15 remove a comment", doc("", sample+`<!-- comment -->`), `<remove sel="f:doc/comment()[1]"/>`, doc("", sample)},
		{"A.17 remove a text", doc("", sample), `<remove sel="f:doc/f:foo/text()[1]"/>`, doc("", `<foo a="1"/>`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := apply(t, c.document, hl7(c.patch), fhir)
			if canonical(t, got, true) != canonical(t, c.want, true) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestWhatHL7sCasesRefuse(t *testing.T) {
	for _, c := range []struct {
		name, document, patch string
		kind                  issue.Kind
		expression, condition string
	}{
		{"no operation", `<test/>`, hl7(" "), issue.Invalid, "", "invalid-diff-format"},
		{"no document", ``, hl7(`<remove sel="doc/foo"/>`), issue.Invalid, "", "invalid-diff-format"},
		{"two nodes", doc("", `<foo>test</foo><foo>test</foo>`), hl7(`<remove sel="f:doc/f:foo"/>`), issue.Unprocessable, "[0].sel", "unlocated-node"},
		{"another namespace", `<doc xmlns="http://hl7.org/fhir1"><foo>test</foo></doc>`, hl7(`<remove sel="f:doc/f:foo"/>`), issue.Unprocessable, "[0].sel", "unlocated-node"},
	} {
		t.Run(c.name, func(t *testing.T) {
			refused(t, c.document, c.patch, fhir, c.kind, c.expression, c.condition)
		})
	}
}
