package xmlpatch_test

import (
	"strings"
	"testing"
)

// TestSelectors: each leads to the one node that is marked, which the patch then
// replaces.
func TestSelectors(t *testing.T) {
	const before = `<r xmlns:x="urn:x"><a n="1" v="p q"><b/>one</a><a n="2"><b/>two<c k="u"/></a><x:a n="3"/><e>two</e><!--first--><!--second--><?i one?><?j two?></r>`
	for _, c := range []struct{ name, selector, node string }{
		{"from the root", "/r/e", `<e>two</e>`},
		{"without the slash", "r/e", `<e>two</e>`},
		{"any name", "*/e", `<e>two</e>`},
		{"anywhere", "//c", `<c k="u"/>`},
		{"anywhere below", "r//c", `<c k="u"/>`},
		{"a position", "r/a[1]/b", `<b/>`},
		{"the last", "r/a[last()]/c", `<c k="u"/>`},
		{"the last but one", "r/a[last()-1]/b", `<b/>`},
		{"a position that is computed", "r/*[position()=4]", `<e>two</e>`},
		{"a position among others", "r/*[position()>3 and position()<=4]", `<e>two</e>`},
		{"positions are of the axis", "r/e/preceding-sibling::a[1]/c", `<c k="u"/>`},
		{"in parentheses of the document", "(r/e/preceding-sibling::a)[2]/c", `<c k="u"/>`},
		{"an attribute", "r/a[@n='2']/c", `<c k="u"/>`},
		{"an attribute as a number", "r/a[@n>1]/c", `<c k="u"/>`},
		{"not an attribute", "r/a[not(@v)]/c", `<c k="u"/>`},
		{"two predicates", "r/a[@n][2]/c", `<c k="u"/>`},
		{"predicates count what the one before left", "r/a[c][1]/c", `<c k="u"/>`},
		{"a child", "r/a[c]/c", `<c k="u"/>`},
		{"a grandchild's attribute", "r[a/c/@k = 'u']/e", `<e>two</e>`},
		{"the text of a child", "r[e='two']/e", `<e>two</e>`},
		{"the text itself", "r/*[.='two'][self::e]", `<e>two</e>`},
		{"either", "r/a[@n='5' or c]/c", `<c k="u"/>`},
		{"a set beside a set", "r/*[. = ../a][self::e]", `<e>two</e>`},
		{"a union", "r/nothing | r/e", `<e>two</e>`},
		{"the same twice is one", "r/e | //e", `<e>two</e>`},
		{"up and down", "r/a/c/../../e", `<e>two</e>`},
		{"an ancestor", "//c/ancestor::r/e", `<e>two</e>`},
		{"one's own", "//e/descendant-or-self::*", `<e>two</e>`},
		{"the axis in full", "child::r/child::e", `<e>two</e>`},
		{"attributes in full", "r/a[attribute::n = 2]/c", `<c k="u"/>`},
		{"a namespace by its prefix", "r/y:a", `<x:a n="3"/>`},
		{"any name of a namespace", "r/y:*", `<x:a n="3"/>`},
		{"a comment", "r/comment()[2]", `<!--second-->`},
		{"a comment by its text", "r/comment()[.='second']", `<!--second-->`},
		{"an instruction", "r/processing-instruction('j')", `<?j two?>`},
		{"any node", "r/node()[4]", `<e>two</e>`},
		{"spaces", " r / e [ 1 ] ", `<e>two</e>`},
		{"starts-with()", "r/a[starts-with(., 'tw')]/c", `<c k="u"/>`},
		{"contains()", "r[a[contains(@v, 'q')]]/e", `<e>two</e>`},
		{"count()", "r/a[count(*) = 2]/c", `<c k="u"/>`},
		{"local-name() and namespace-uri()", "r/*[local-name()='a' and namespace-uri()='urn:x']", `<x:a n="3"/>`},
		{"name()", "r/*[name()='x:a']", `<x:a n="3"/>`},
		{"string functions", "r/*[string-length(normalize-space(concat(' ', string(.), '  '))) = 3][self::e]", `<e>two</e>`},
		{"conversions", "r/*[number('4') + 0 = position()][boolean(.) = true() and not(false())]", `<e>two</e>`},
		{"texts as booleans", "r/*[boolean('a') and not('')][position()=4]", `<e>two</e>`},
		{"numbers as booleans", "r/*[boolean(1) and not(boolean(0)) and not(number('x'))][position()=4]", `<e>two</e>`},
		{"numbers as texts", "r/*[concat(1.50, number('x'), true()) = '1.5NaNtrue'][last()]", `<e>two</e>`},
		{"booleans as numbers", "r/*[number(true()) + false() = 1][position() >= 4]", `<e>two</e>`},
		{"a set as a boolean beside one", "r/*[c = true() and true() = c]/c", `<c k="u"/>`},
		{"all comparisons", "r/a[@n >= 2 and 1 < @n and @n <= 2 and not(@n < 2) and @n != 1]/c", `<c k="u"/>`},
		{"nothing is neither equal nor unequal", "r/e[not(x = 'a') and not(x != 'a') and string(x) = '' and name(x) = '']", `<e>two</e>`},
		{"an attribute has no siblings", "r/e[not(../a/@n/following-sibling::node()) and not(../a/@n/preceding-sibling::node())]", `<e>two</e>`},
		{"an attribute has a parent and ancestors", "r/a/@k/.. | r/a/c/@k/ancestor-or-self::node()/self::c", `<c k="u"/>`},
		{"the document has no parent", "r/e[not(/..) and not(/following-sibling::node()) and not(/preceding-sibling::node())]", `<e>two</e>`},
		{"following siblings of several", "r/a/following-sibling::e", `<e>two</e>`},
		{"the root in the middle", "r/e[(/) and /r and (/ | /x) and count(/ | /r) = 2]", `<e>two</e>`},
		{"a path from parentheses", "(r/a | r/e)//self::e", `<e>two</e>`},
		{"and after a slash is a name", "r/e[not(/ and /r)]", `<e>two</e>`},
		{"names with hyphens, points and digits", "r/e[not(a-b.c1) and not(@a-b)]", `<e>two</e>`},
		{"names that look like operators", "r/e[not(or) and not(and/div)]", `<e>two</e>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			replacement := `<done/>`
			if strings.HasPrefix(c.node, "<!") {
				replacement = `<!--done-->`
			} else if strings.HasPrefix(c.node, "<?") {
				replacement = `<?done done?>`
			}
			patch := `<diff xmlns:y="urn:x"><replace sel="` + strings.ReplaceAll(c.selector, "<", "&lt;") + `">` + replacement + `</replace></diff>`
			if got, want := apply(t, before, patch, nil), strings.Replace(before, c.node, replacement, 1); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestSelectorsThatAreNone(t *testing.T) {
	for _, selector := range []string{
		"", " ", "a[", "a]", "a[1", "a/", "a//", "//", "a[]", "a b", "a/@", "a/1", "1", "'a'", "a = b", "a[1] + 1", "count(a)", "a | 1", "'a' | a",
		"a[div]b", "a[2 * 3]", "a[6 div 2]", "a['x]", "a[#]", "a:", "a::b", "following::a", "$a", "a[$b]", "a[unknown()]", "a[count()]", "a[count(1)]", "a[last(1)]",
		"a[not(b]", "a[contains(b)]", "text(", "a/text()/", "a/node(1)", "a/comment('x')", "a[1.2.3]", "(a", "a)", "@", "..[1]", ".[1]", "a[-1]", "a[string(1,2)]",
		"processing-instruction(x)", "a/namespace::", "a[!b]", "a[b=]",
	} {
		t.Run(selector, func(t *testing.T) {
			refused(t, "<a/>", `<diff><remove sel="`+selector+`"/></diff>`, nil, malformed, "[0].sel", "(invalid-attribute-value)")
		})
	}
}
