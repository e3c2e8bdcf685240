package xmlpatch_test

import "testing"

// TestNamesKeepTheirNamespaces, whatever the prefixes of the two documents are.
func TestNamesKeepTheirNamespaces(t *testing.T) {
	for _, c := range []struct{ name, document, patch, want string }{
		{"a namespace that the document has", `<a xmlns="urn:a" xmlns:p="urn:b"/>`, `<diff xmlns:q="urn:b" xmlns="urn:a"><add sel="a"><q:b q:c="d"/></add></diff>`,
			`<a xmlns="urn:a" xmlns:p="urn:b"><p:b p:c="d"/></a>`},
		{"one that it does not have", `<a/>`, `<diff xmlns:q="urn:b"><add sel="a"><q:b q:c="d"/></add></diff>`, `<a><q:b xmlns:q="urn:b" q:c="d"/></a>`},
		{"one under the default", `<a/>`, `<p:diff xmlns="urn:b" xmlns:p="urn:p"><p:add sel="*"><b c="d"/></p:add></p:diff>`, `<a><b xmlns="urn:b" c="d"/></a>`},
		{"none in one", `<a xmlns="urn:a"/>`, `<diff xmlns:x="urn:a"><add sel="x:a"><b/></add></diff>`, `<a xmlns="urn:a"><b xmlns=""/></a>`},
		{"a prefix of another meaning", `<a xmlns:q="urn:a"/>`, `<diff xmlns:q="urn:b"><add sel="a"><q:b/></add></diff>`, `<a xmlns:q="urn:a"><q:b xmlns:q="urn:b"/></a>`},
		{"an attribute of another meaning", `<a xmlns:q="urn:a"><q:b/></a>`, `<diff xmlns:q="urn:b"><add sel="a" type="@q:c">d</add></diff>`, `<a xmlns:q="urn:a" xmlns:ns0="urn:b" ns0:c="d"><q:b/></a>`},
		{"an attribute has none from the default", `<a xmlns="urn:a"/>`, `<diff xmlns="urn:a"><add sel="a" type="@c">d</add></diff>`, `<a xmlns="urn:a" c="d"/>`},
		{"an attribute under the default of the document", `<a xmlns="urn:a"/>`, `<diff xmlns:x="urn:a"><add sel="x:a" type="@x:c">d</add></diff>`, `<a xmlns="urn:a" xmlns:x="urn:a" x:c="d"/>`},
		{"xml's own", `<a/>`, `<diff><add sel="a" type="@xml:lang">fi</add></diff>`, `<a xml:lang="fi"/>`},
		{"a declaration that hides another", `<a xmlns:p="urn:a"><b><p:c p:d="e"/></b></a>`, `<diff><add sel="a/b" type="namespace::p">urn:b</add></diff>`,
			`<a xmlns:p="urn:a"><b xmlns:p="urn:b"><p:c xmlns:p="urn:a" p:d="e"/></b></a>`},
		{"a declaration takes its names along", `<p:a xmlns:p="urn:a"><p:b p:c="d"/><p:e xmlns:p="urn:e"/></p:a>`, `<diff><replace sel="*/namespace::p">urn:b</replace></diff>`,
			`<p:a xmlns:p="urn:b"><p:b p:c="d"/><p:e xmlns:p="urn:e"/></p:a>`},
		{"but not those that came with a patch", `<a xmlns="urn:a"/>`, `<diff xmlns:x="urn:a" xmlns="urn:c"><add sel="x:a"><b/></add><replace sel="x:a/namespace::*">urn:b</replace></diff>`,
			`<a xmlns="urn:b"><b xmlns="urn:c"/></a>`},
		{"the default is undone", `<a xmlns="urn:a"><b/></a>`, `<p:diff xmlns:p="urn:p" xmlns="urn:a"><p:add xmlns="" sel="*" pos="prepend"><c/></p:add><p:remove sel="a/b"/></p:diff>`, `<a xmlns="urn:a"><c xmlns=""/></a>`},
		{"what can stand alone keeps its words", `<a/>`, `<diff><add sel="a"><b xmlns='urn:b' xmlns:p='urn:p' c='"'><p:d xml:lang='fi' ></p:d></b></add></diff>`,
			`<a><b xmlns='urn:b' xmlns:p='urn:p' c='"'><p:d xml:lang='fi' ></p:d></b></a>`},
		{"but not if it is touched", `<a/>`, `<diff><add sel="a"><b xmlns='urn:b' c='"'><d ></d></b></add><remove xmlns:p="urn:b" sel="a/p:b/@c"/></diff>`, `<a><b xmlns="urn:b"><d/></b></a>`},
		{"what can't stand alone does not", `<a/>`, `<diff xmlns:p='urn:p'><add sel="a"><b xmlns='urn:b' p:c='d' ></b></add></diff>`, `<a><b xmlns="urn:b" xmlns:p="urn:p" p:c="d"/></a>`},
		{"nor what holds such", `<a/>`, `<diff xmlns:p='urn:p'><add sel="a"><b xmlns='urn:b' ><p:c/></b></add></diff>`, `<a><b xmlns="urn:b"><p:c xmlns:p="urn:p"/></b></a>`},
		{"RFC 7351", `<doc/>`, `<p:patch xmlns:p="urn:ietf:rfc:7351"><p:add sel="doc"><foo/></p:add></p:patch>`, `<doc><foo/></doc>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := apply(t, c.document, c.patch, nil)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestPrefixesFromOutside(t *testing.T) {
	for _, c := range []struct{ name, patch, want string }{
		{"a prefix", `<diff><add sel="f:a"><f:b/></add></diff>`, `<a xmlns="http://hl7.org/fhir"><b/></a>`},
		{"none", `<diff><add sel="a"><b/></add></diff>`, `<a xmlns="http://hl7.org/fhir"><b/></a>`},
		{"the patch has the last word", `<diff xmlns="urn:b" xmlns:f="urn:f" xmlns:g="http://hl7.org/fhir"><add sel="g:a"><b/><f:b/></add></diff>`,
			`<a xmlns="http://hl7.org/fhir"><b xmlns="urn:b"/><f:b xmlns:f="urn:f"/></a>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := apply(t, `<a xmlns="http://hl7.org/fhir"/>`, c.patch, fhir); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
