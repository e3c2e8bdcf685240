package xmlpatch_test

import (
	"strings"
	"testing"

	"tahto/fhir/issue"
	"tahto/fhir/patch/xmlpatch"
)

const malformed, undoable = issue.Invalid, issue.Unprocessable

// TestMalformedPatchIsRefused: what can't be understood, whatever the document,
// by the conditions of RFC 5261, section 5.1.
func TestMalformedPatchIsRefused(t *testing.T) {
	for _, c := range []struct{ name, patch, expression, condition string }{
		{"no XML", `{}`, "", "invalid-diff-format"},
		{"XML that ends too early", `<diff><remove sel="a"/>`, "", "invalid-diff-format"},
		{"an end that fits no start", `<diff></add>`, "", "invalid-diff-format"},
		{"an end beyond the root", `<diff/></diff>`, "", "invalid-diff-format"},
		{"two roots", `<diff/><diff/>`, "", "invalid-diff-format"},
		{"text beside the root", `<diff/>a`, "", "invalid-diff-format"},
		{"a root of another name", `<Consent><remove sel="a"/></Consent>`, "", "invalid-diff-format"},
		{"text between operations", `<diff>a<remove sel="a"/></diff>`, "", "invalid-diff-format"},
		{"no selector", `<diff><remove/></diff>`, "[0].sel", "invalid-diff-format"},
		{"an attribute of another operation", `<diff><replace sel="a" pos="after"><b/></replace></diff>`, "[0]", "invalid-diff-format"},
		{"an attribute twice", `<diff xmlns:a="urn:a" xmlns:b="urn:a"><add sel="a"><x a:c="1" b:c="2"/></add></diff>`, "", "invalid-diff-format"},
		{"a DOCTYPE", `<!DOCTYPE diff><diff><remove sel="a"/></diff>`, "", "invalid-diff-format"},
		{"an entity that is declared", `<!DOCTYPE diff [<!ENTITY x "y">]><diff><add sel="a">&x;</add></diff>`, "", "invalid-diff-format"},
		{"an entity", `<diff><add sel="a">&nbsp;</add></diff>`, "", "invalid-entity-declaration"},
		{"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?><diff><remove sel="a"/></diff>`, "", "invalid-character-set"},
		{"bytes that are no UTF-8", "<diff><add sel=\"a\">\xff</add></diff>", "", "invalid-character-set"},
		{"a value that pos does not have", `<diff><add sel="a" pos="append"><b/></add></diff>`, "[0].pos", "invalid-attribute-value"},
		{"a value that ws does not have", `<diff><remove sel="a" ws="all"/></diff>`, "[0].ws", "invalid-attribute-value"},
		{"a type that is neither", `<diff><add sel="a" type="b">c</add></diff>`, "[0].type", "invalid-attribute-value"},
		{"a type that is no name", `<diff><add sel="a" type="@1">c</add></diff>`, "[0].type", "invalid-attribute-value"},
		{"xmlns as an attribute", `<diff><add sel="a" type="@xmlns">c</add></diff>`, "[0].type", "invalid-attribute-value"},
		{"type with pos", `<diff><add sel="a" type="@b" pos="after">c</add></diff>`, "[0].pos", "invalid-attribute-value"},
		{"an element as the value of an attribute", `<diff><add sel="a" type="@b"><c/></add></diff>`, "[0]", "invalid-node-types"},
		{"a prefix in the selector", `<diff><remove sel="x:a"/></diff>`, "[0].sel", "invalid-namespace-prefix"},
		{"a prefix in a predicate", `<diff><remove sel="a[x:b]"/></diff>`, "[0].sel", "invalid-namespace-prefix"},
		{"a prefix in type", `<diff><add sel="a" type="@x:b">c</add></diff>`, "[0].type", "invalid-namespace-prefix"},
		{"a prefix in the content", `<diff><add sel="a"><x:b/></add></diff>`, "", "invalid-namespace-prefix"},
		{"a prefix of an attribute in the content", `<diff><add sel="a"><b x:c="d"/></add></diff>`, "", "invalid-namespace-prefix"},
		{"xmlns as a prefix", `<diff><add sel="a"><xmlns:b/></add></diff>`, "", "invalid-namespace-prefix"},
		{"no prefix to declare", `<diff><add sel="a" type="namespace::">urn:c</add></diff>`, "[0].type", "invalid-namespace-prefix"},
		{"a prefix that can't be declared", `<diff><add sel="a" type="namespace::xmlns">urn:c</add></diff>`, "[0]", "invalid-namespace-prefix"},
		{"no URI", `<diff><add sel="a" type="namespace::b"/></diff>`, "[0]", "invalid-namespace-uri"},
		{"no URI in the content", `<diff xmlns:b=""><remove sel="a"/></diff>`, "", "invalid-namespace-uri"},
		{"a URI with space", `<diff><add sel="a" type="namespace::b">urn: c</add></diff>`, "[0]", "invalid-namespace-uri"},
		{"an operation that is unknown", `<diff><move sel="a"/></diff>`, "[0]", "invalid-patch-directive"},
		{"content of a remove", `<diff><remove sel="a"/><remove sel="a"><b/></remove></diff>`, "[1]", "invalid-patch-directive"},
		{"id()", `<diff><remove sel="id('a')/b"/></diff>`, "[0].sel", "unsupported-id-function"},
		{"id() in a predicate", `<diff><remove sel="a[id('b')]"/></diff>`, "[0].sel", "unsupported-id-function"},
		{"xml:id in a selector", `<diff><remove sel="a[@xml:id='b']"/></diff>`, "[0].sel", "unsupported-xml-id"},
		{"xml:id in type", `<diff><add sel="a" type="@xml:id">b</add></diff>`, "[0].type", "unsupported-xml-id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			refused(t, "<a/>", c.patch, nil, malformed, c.expression, "("+c.condition+")")
		})
	}
}

// TestUndoablePatchIsRefused: what can't be done to this document.
func TestUndoablePatchIsRefused(t *testing.T) {
	const document = `<a xmlns:p="urn:p" b="1"><c/><c/><p:d p:e="2"/>text<!--f--><?g h?></a>`
	for _, c := range []struct{ name, patch, expression, condition string }{
		{"nothing", `<remove sel="a/x"/>`, "[0].sel", "unlocated-node"},
		{"two", `<remove sel="a/c"/>`, "[0].sel", "unlocated-node"},
		{"a text for an element", `<replace sel="a/c[1]">x</replace>`, "[0]", "invalid-node-types"},
		{"nothing for an element", `<replace sel="a/c[1]"/>`, "[0]", "invalid-node-types"},
		{"two elements for one", `<replace sel="a/c[1]"><x/><y/></replace>`, "[0]", "invalid-node-types"},
		{"an element for a text", `<replace sel="a/text()"><x/></replace>`, "[0]", "invalid-node-types"},
		{"an element for an attribute", `<replace sel="a/@b"><x/></replace>`, "[0]", "invalid-node-types"},
		{"an element for a declaration", `<replace sel="a/namespace::p"><x/></replace>`, "[0]", "invalid-node-types"},
		{"a comment for an instruction", `<replace sel="a/processing-instruction()"><!--x--></replace>`, "[0]", "invalid-node-types"},
		{"an element in a text", `<add sel="a/text()"><x/></add>`, "[0].sel", "invalid-node-types"},
		{"an element before an attribute", `<add sel="a/@b" pos="before"><x/></add>`, "[0].sel", "invalid-node-types"},
		{"an attribute of a comment", `<add sel="a/comment()" type="@x">y</add>`, "[0].sel", "invalid-node-types"},
		{"an attribute that is there", `<add sel="a" type="@b">y</add>`, "[0].type", "invalid-patch-directive"},
		{"a prefix that is there", `<add sel="a" type="namespace::p">urn:q</add>`, "[0].type", "invalid-namespace-prefix"},
		{"a prefix that the tag has a use for", `<add xmlns:p="urn:p" sel="a/p:d" type="namespace::p">urn:q</add>`, "[0].type", "invalid-namespace-prefix"},
		{"a prefix that an attribute has a use for", `<add xmlns:p="urn:p" sel="a/c[1]" type="@p:q">1</add><add sel="a/c[1]" type="namespace::p">urn:q</add>`, "[1].type", "invalid-namespace-prefix"},
		{"a declaration that is in use", `<remove sel="a/namespace::p"/>`, "[0].sel", "invalid-namespace-prefix"},
		{"a declaration that is inherited", `<remove sel="a/c[1]/namespace::p"/>`, "[0].sel", "unlocated-node"},
		{"the root removed", `<remove sel="a"/>`, "[0].sel", "invalid-root-element-operation"},
		{"a second root", `<add sel="a" pos="after"><x/></add>`, "[0]", "invalid-root-element-operation"},
		{"the document", `<replace sel="/"><x/></replace>`, "[0].sel", "invalid-root-element-operation"},
		{"the document removed", `<remove sel="/"/>`, "[0].sel", "invalid-root-element-operation"},
		{"text beside the root", `<add sel="a" pos="before">x</add>`, "[0]", "invalid-xml-prolog-operation"},
		{"no white space before", `<remove sel="a/c[1]" ws="before"/>`, "[0].ws", "invalid-whitespace-directive"},
		{"other text after", `<remove xmlns:p="urn:p" sel="a/p:d" ws="after"/>`, "[0].ws", "invalid-whitespace-directive"},
		{"an element after", `<remove sel="a/c[1]" ws="after"/>`, "[0].ws", "invalid-whitespace-directive"},
		{"white space around an attribute", `<remove sel="a/@b" ws="both"/>`, "[0].ws", "invalid-whitespace-directive"},
		{"the second operation", `<remove sel="a/c[1]"/><remove sel="a/c[2]"/>`, "[1].sel", "unlocated-node"},
	} {
		t.Run(c.name, func(t *testing.T) {
			refused(t, document, "<diff>"+c.patch+"</diff>", nil, undoable, c.expression, "("+c.condition+")")
		})
	}
	t.Run("another URI that can't be one", func(t *testing.T) {
		refused(t, document, `<diff><replace sel="a/namespace::p">http://www.w3.org/2000/xmlns/</replace></diff>`, nil, malformed, "[0]", "(invalid-namespace-uri)")
	})
}

func TestWhatIsTooMuchIsRefused(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	many := "<a>" + strings.Repeat("<b c=\"1\"><d/></b>", 2_000) + "</a>"
	remove := func(sel string) string { return `<diff><remove sel="` + sel + `"/></diff>` }
	for _, c := range []struct {
		name, document, patch string
		kind                  issue.Kind
		expression, says      string
	}{
		{"operations", "<a/>", "<diff>" + strings.Repeat(`<add sel="a"/>`, xmlpatch.MaxOperations+1) + "</diff>", issue.TooLarge, "", "at most 1000 operations"},
		{"a selector that is long", "<a/>", remove("a[" + strings.Repeat("b or ", 1_000) + "c]"), malformed, "[0].sel", "longer than"},
		{"a selector that is deep", "<a/>", remove(strings.Repeat("a[", 1_000) + "b" + strings.Repeat("]", 1_000)), malformed, "[0].sel", "nests deeper"},
		{"parentheses that are deep", "<a/>", remove(strings.Repeat("(", 1_000)), malformed, "[0].sel", "nests deeper"},
		{"nodes", "<a>" + strings.Repeat("<b/>", 400_001) + "</a>", remove("a"), issue.TooLarge, "", "more than 400000 nodes"},
		{"a replacement that is deep", nested(200), `<diff><replace sel="` + strings.Repeat("/a", 200) + `">` + nested(200) + `</replace></diff>`, undoable, "[0]", "nest too deep"},
		{"a document that is deep", nested(1_000), remove("a"), issue.TooLarge, "", "nests deeper"},
		{"a result that is deep", nested(200), `<diff><add sel="` + strings.Repeat("/a", 200) + `">` + nested(200) + `</add></diff>`, undoable, "[0]", "nest too deep"},
		{"everything within everything", many, remove("//*[//*[//*]]"), undoable, "[0]", "too many nodes"},
		{"everything beside everything", many, remove("//*[following-sibling::*[preceding-sibling::*[@c='2']]]"), undoable, "[0]", "too many nodes"},
		{"sets compared to sets", many, remove("//b[//b/@c != //b/@c]"), undoable, "[0]", "too many nodes"},
		{"parents of children", many, remove("//*" + strings.Repeat("/../*", 600)), undoable, "[0]", "too many nodes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			refused(t, c.document, c.patch, nil, c.kind, c.expression, c.says)
		})
	}
}
