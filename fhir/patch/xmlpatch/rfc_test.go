package xmlpatch_test

import (
	"strings"
	"testing"
)

// TestRFC5261 has the examples of RFC 5261, Appendix A, and of its section 4: to
// the letter, white space and all, since a document that is patched as a text
// must come out so.
func TestRFC5261(t *testing.T) {
	const (
		plain  = "<doc>\n  " + note + "\n</doc>"
		parent = "<doc>\n  " + note + "\n  " + child + "\n</doc>"
	)
	for _, c := range []struct{ name, document, patch, want string }{
		{"A.1 element", plain, `<add sel="doc">` + child + `</add>`, "<doc>\n  " + note + "\n" + child + "</doc>"},
		{"A.2 attribute", parent, `<add sel="doc/foo[@id='ert4773']" type="@user">Bob</add>`,
			"<doc>\n  " + note + "\n  <foo id=\"ert4773\" user=\"Bob\">This is a new child</foo>\n</doc>"},
		{"A.3 declaration", parent, `<add sel="doc" type="namespace::pref">urn:ns:xxx</add>`,
			"<doc xmlns:pref=\"urn:ns:xxx\">\n  " + note + "\n  " + child + "\n</doc>"},
		{"A.4 comment before", parent, `<add sel="doc/foo[@id='ert4773']" pos="before"><!-- comment --></add>`,
			"<doc>\n  " + note + "\n  <!-- comment -->" + child + "\n</doc>"},
		{"A.5 several nodes", plain, "<add sel=\"doc\">\n  " + child + "</add>", "<doc>\n  " + note + "\n\n  " + child + "</doc>"},
		{"A.6 replace an element", "<doc>\n  " + sample + "\n</doc>", `<replace sel="doc/foo[@a='1']"><bar a="2"/></replace>`, "<doc>\n  <bar a=\"2\"/>\n</doc>"},
		{"A.7 replace an attribute", `<doc a="test">` + sample + `</doc>`, `<replace sel="doc/@a">new value</replace>`, `<doc a="new value">` + sample + `</doc>`},
		{"A.8 replace a declaration", `<doc xmlns:pref="urn:test">` + sample + `</doc>`, `<replace sel="doc/namespace::pref">urn:new:xxx</replace>`,
			`<doc xmlns:pref="urn:new:xxx">` + sample + `</doc>`},
		{"A.9 replace a comment", `<doc>` + sample + `<!-- comment --></doc>`, `<replace sel="doc/comment()[1]"><!-- This is the new content --></replace>`,
			`<doc>` + sample + `<!-- This is the new content --></doc>`},
		{"A.10 replace an instruction", `<doc>` + sample + `<?test foo="bar"?></doc>`, `<replace sel='doc/processing-instruction("test")'><?test bar="foobar"?></replace>`,
			`<doc>` + sample + `<?test bar="foobar"?></doc>`},
		{"A.11 replace a text", `<doc>` + sample + `</doc>`, `<replace sel="doc/foo/text()[1]">This is the new text content</replace>`,
			`<doc><foo a="1">This is the new text content</foo></doc>`},
		{"A.12 remove an element and white space", "<doc>\n  " + sample + "\n</doc>", `<remove sel="doc/foo[@a='1']" ws="after"/>`, "<doc>\n  </doc>"},
		{"A.13 remove an attribute", `<doc a="foo">` + sample + `</doc>`, `<remove sel="doc/@a"/>`, `<doc>` + sample + `</doc>`},
		{"A.14 remove a declaration", `<doc><foo a="1" xmlns:pref="urn:test">x</foo><!-- comment --></doc>`, `<remove sel="doc/foo/namespace::pref"/>`,
			`<doc><foo a="1">x</foo><!-- comment --></doc>`},
		{"A.15 remove a comment", `<doc>` + sample + `<!-- comment --></doc>`, `<remove sel="doc/comment()[1]"/>`, `<doc>` + sample + `</doc>`},
		{"A.16 remove an instruction", `<doc>` + sample + `<?test?></doc>`, `<remove sel='doc/processing-instruction("test")'/>`, `<doc>` + sample + `</doc>`},
		{"A.17 remove a text", `<doc>` + sample + `</doc>`, `<remove sel="doc/foo/text()[1]"/>`, `<doc><foo a="1"/></doc>`},
		{"one attribute of three", `<doc a="1" b="2" c="3"/>`, `<remove sel="doc/@b"/>`, `<doc a="1" c="3"/>`},
		{"attributes of others at an operation", `<doc><a/></doc>`, `<remove sel="doc/a" xmlns:x="urn:x" x:why="y"/>`, `<doc/>`},
		{"an empty attribute", `<doc/>`, `<add sel="doc" type="@a"/>`, `<doc a=""/>`},
		{"an empty instruction", `<doc/>`, `<add sel="doc"><?a?></add>`, `<doc><?a?></doc>`},
		{"a declaration and a byte order mark", "\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<doc/>\n", `<add sel="doc"><a/></add>`, `<doc><a/></doc>`},
		{"first child", `<doc><a/></doc>`, `<add sel="doc" pos="prepend"><b/></add>`, `<doc><b/><a/></doc>`},
		{"next sibling", `<doc><a/><c/></doc>`, `<add sel="/doc/a" pos="after"><b/></add>`, `<doc><a/><b/><c/></doc>`},
		{"white space on both sides", "<doc> <a/> <b/></doc>", `<remove sel="*/a" ws="both"/>`, `<doc><b/></doc>`},
		{"white space before", "<doc> <a/> <b/></doc>", `<remove sel="*/a" ws="before"/>`, `<doc> <b/></doc>`},
		{"texts flow together", `<doc>a<b/>c</doc>`, `<remove sel="doc/b"/><replace sel="doc/text()[1]">x</replace>`, `<doc>x</doc>`},
		{"added text flows into the one before", `<doc>a</doc>`, `<add sel="doc">b</add><add sel="doc/text()[1]" pos="before">c</add>`, `<doc>cab</doc>`},
		{"a text is replaced by none", `<doc>a</doc>`, `<replace sel="doc/text()"/>`, `<doc/>`},
		{"white space around the one element is none of it", `<doc><a/></doc>`, "<replace sel=\"doc/a\">\n <b/>\n</replace>", `<doc><b/></doc>`},
		{"the root element may be replaced", `<doc/>`, `<replace sel="doc"><other/></replace>`, `<other/>`},
		{"comments beside the root", `<!--a--><doc/><?c d?>`, `<replace sel="/comment()"><!--x--></replace><remove sel="/processing-instruction()"/><add sel="doc" pos="after"> <!--y--></add>`,
			`<!--x--><doc/><!--y-->`},
		{"operations see what was done before", `<doc/>`, `<add sel="doc"><a/></add><add sel="doc/a" type="@b">1</add><remove sel="doc/a[@b=1]"/>`, `<doc/>`},
		{"references come back as references", `<doc a="&lt;&#10;&amp;&quot;"/>`, `<add sel="doc">&lt;&amp;&gt;<![CDATA[<]]></add>`, `<doc a="&lt;&#10;&amp;&quot;">&lt;&amp;&gt;&lt;</doc>`},
		{"what nobody touched is as it was written", `<doc><a b = 'c' ></a><d/></doc>`, `<remove sel="doc/d"/>`, `<doc><a b = 'c' ></a></doc>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := apply(t, c.document, "<diff>"+c.patch+"</diff>", nil); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestA18 has the last example of RFC 5261: patches with namespaces, where the
// prefixes of the patch are not those of the document.
func TestA18(t *testing.T) {
	const document = `<doc xmlns="urn:ietf:params:xml:ns:xxx"
     xmlns:z="urn:ietf:params:xml:ns:yyy">
  <note>This is a sample document</note>
  <elem a="foo">
    <child/>
  </elem>
  <elem a="bar">
    <z:child/>
  </elem>
</doc>`
	const patch = `<p:diff xmlns="urn:ietf:params:xml:ns:xxx"
        xmlns:y="urn:ietf:params:xml:ns:yyy"
        xmlns:p="urn:ietf:params:xml:ns:diff">

  <p:add sel="doc/elem[@a='foo']">  <!-- This is a new child -->
    <child id="ert4773">
      <y:node/>
    </child>
  </p:add>

  <p:replace sel="doc/note/text()">Patched doc</p:replace>

  <p:remove sel="*/elem[@a='bar']/y:child" ws="both"/>

  <p:add sel="*/elem[@a='bar']" type="@b">new attr</p:add>

</p:diff>`
	const want = `<doc xmlns="urn:ietf:params:xml:ns:xxx" xmlns:z="urn:ietf:params:xml:ns:yyy">
  <note>Patched doc</note>
  <elem a="foo">
    <child/>
    <!-- This is a new child -->
    <child id="ert4773">
      <z:node/>
    </child>
  </elem>
  <elem a="bar" b="new attr"/>
</doc>`
	got := apply(t, document, patch, nil)
	if canonical(t, got, true) != canonical(t, want, true) || !strings.Contains(got, "<z:node/>") {
		t.Errorf("got %s", got)
	}
}
