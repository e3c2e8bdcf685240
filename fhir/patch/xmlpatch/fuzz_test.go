package xmlpatch_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"tahto/fhir/issue"
	"tahto/fhir/patch/xmlpatch"
)

// FuzzApply: whatever document and selector, a patch is refused as the client's
// fault or gives a document that can be read; and to write a document anew does
// not change what it says.
func FuzzApply(f *testing.F) {
	f.Add(`<a xmlns="urn:a" xmlns:p="urn:p"><b c="1"> <p:d/>text<!--e--><?f g?></b></a>`, `*/*[@c='1']/p:d`, `<x/>`)
	f.Add(`<a><b/><b/></a>`, `//*[//*[last()]]|(a/b)[2]`, `text`)
	f.Add(`<a xmlns:p="urn:p"/>`, `a/namespace::p`, `urn:q`)
	f.Add(`<a p:b="c" xmlns:p="urn:p"><![CDATA[<]]>&#13;</a>`, `a[count(@*)>0 and not(b or starts-with(., '<'))]`, `<p:x p:y="z"/>`)
	f.Fuzz(func(t *testing.T, document, selector, content string) {
		for _, operation := range []string{"<add sel=%q xmlns:p=\"urn:p\">%c</add>", "<add sel=%q pos=\"before\">%c</add>", "<replace sel=%q>%c</replace>", "<remove sel=%q/>"} {
			patch := strings.NewReplacer("%q", `"`+escaped(selector)+`"`, "%c", content).Replace("<diff>" + operation + "</diff>")
			got, err := xmlpatch.Apply([]byte(document), []byte(patch), fhir, new(int))
			if err != nil {
				if kind := issue.KindOf(err); kind != issue.Invalid && kind != issue.Unprocessable && kind != issue.TooLarge {
					t.Fatal(err)
				}
				continue
			}
			saysTheSame(t, string(got))
		}
	})
}

func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}

// saysTheSame has a whole document written anew: as the content of a patch, of
// which the root is then touched.
func saysTheSame(t *testing.T, document string) {
	t.Helper()
	if strings.ContainsAny(document, "\t\r\n") { // which encoding/xml gives as they are in attributes
		return
	}
	got, err := xmlpatch.Apply([]byte(`<x/>`), []byte(`<diff><replace sel="x">`+document+`</replace><add sel="/*" type="@fuzz-9"/></diff>`), nil, new(int))
	if err != nil {
		beside := strings.Contains(document, "<!--") || strings.Contains(document, "<?") // more nodes than one
		if beside || strings.Contains(document, "fuzz-9") || issue.KindOf(err) == issue.TooLarge {
			return
		}
		t.Fatalf("%v of %s", err, document)
	}
	if again := strings.Replace(string(got), ` fuzz-9=""`, "", 1); canonical(t, again, false) != canonical(t, document, false) {
		t.Errorf("%s\nbecame\n%s", document, got)
	}
}
