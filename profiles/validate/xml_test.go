package validate_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/xml"
	"tahto/profiles"
	"tahto/profiles/validate"
)

// fragments are what odd narratives are made of.
var fragments = []string{"a", " ", "\n", "ä", "<p>", "</p>", "<b title='a'>", "</b>", "<br/>", "<img src='#a'\n/>", "<!-- c -->", "<![CDATA[b]]>",
	"<?php c?>", "&amp;", "&#160;", "&nbsp;", "&apos;", "<h:p xmlns:h='http://www.w3.org/1999/xhtml'>", "</h:p>", "<p xml:lang='fi'>", "<p class=\"a\tb\">",
	"<p xmlns='http://www.w3.org/1999/xhtml'>", "\uffff", "\r", "]]>", "<div>", "</div>", "<a href='?a=1&amp;b'>", "</a>", "<p\n>", "</p >", "<!DOCTYPE p>", "<p class='a'id='b'>"}

// oddTexts are strings that some type may take.
var oddTexts = []string{"x", "\uffff", "a\ufffeb", " a ", "a\tb", "\u00a0", "\u2028", "\u0085", "<&>\"'", "]]>", "\r\n", "\U0001F600", "\u007f", "&amp;", "urn:\uffff"}

// narrativeOf draws a narrative, which may be any.
func narrativeOf(t *rapid.T) string {
	parts := rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 5).Draw(t, "fragments")
	text := `<div xmlns="http://www.w3.org/1999/xhtml">a` + strings.Join(parts, "") + "</div>"
	if rapid.IntRange(0, 4).Draw(t, "around") == 0 {
		around := rapid.SampledFrom(fragments)
		text = around.Draw(t, "before") + text + around.Draw(t, "after")
	}
	return text
}

// companions are what may stand beside a primitive, or beside many.
var companions = []any{
	map[string]any{"id": "a"}, map[string]any{"extension": []any{map[string]any{"url": "https://other.example/a", "valueCode": "b"}}},
	nil, []any{}, []any{nil}, []any{map[string]any{"id": "a"}}, []any{nil, map[string]any{"id": "a"}}, []any{map[string]any{"id": "a"}, nil},
	[]any{nil, nil}, []any{map[string]any{"id": "a"}, nil, nil},
}

// vary changes one thing in a tree into something that may still be valid.
func vary(t *rapid.T, tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		changed := maps.Clone(v)
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(v))).Draw(t, "name")
		switch rapid.IntRange(0, 7).Draw(t, "how") {
		case 0:
			changed["_"+strings.TrimPrefix(name, "_")] = rapid.SampledFrom(companions).Draw(t, "companion")
		case 1:
			changed["id"] = rapid.SampledFrom(oddTexts).Draw(t, "id")
		case 2:
			changed["text"] = map[string]any{"status": "generated", "div": narrativeOf(t)}
		case 3:
			changed["extension"] = []any{map[string]any{"url": "https://other.example/a", "valueString": rapid.SampledFrom(oddTexts).Draw(t, "string")}}
		default:
			changed[name] = vary(t, v[name])
		}
		return changed
	case []any:
		changed := slices.Clone(v)
		i := rapid.IntRange(0, len(v)-1).Draw(t, "item")
		if rapid.IntRange(0, 3).Draw(t, "how") == 0 {
			return append(changed, nil)
		}
		changed[i] = vary(t, v[i])
		return changed
	case string:
		return rapid.SampledFrom(oddTexts).Draw(t, "text")
	}
	return rapid.SampledFrom([]any{json.Number("-0"), json.Number("1e5"), json.Number("1.10"), json.Number("0.0E-2"), true}).Draw(t, "value")
}

// patient has primitives that repeat.
const patient = `{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"},` +
	`"contained":[{"resourceType":"Organization","id":"o","alias":["a"]}],"active":true,"name":[{"given":["A","B"],"_given":[null,{"id":"b"}],"suffix":["c"]}],` +
	`"extension":[{"url":"https://other.example/a","valueDecimal":1.10},{"url":"https://other.example/b","extension":[{"url":"c","valueString":"d"}]}],` +
	`"multipleBirthInteger":2,"managingOrganization":{"reference":"#o"},"photo":[{"contentType":"text/plain","data":"YWJj"}]}`

// TestWhatIsTakenGoesOutInXML: what strict intake takes can be written in XML,
// and says the same when it is read again.
func TestWhatIsTakenGoesOutInXML(t *testing.T) {
	v, set := validator(t), definitions(t)
	bases := []any{decode(t, []byte(patient))}
	for _, name := range []string{"consent", "provenance", "bundle", "parameters", "outcome"} {
		bases = append(bases, decode(t, readBase(t, name)))
	}
	taken, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		tree := vary(t, rapid.SampledFrom(bases).Draw(t, "base"))
		for range 10 {
			data, err := json.Marshal(tree)
			if err != nil {
				t.Fatal(err)
			}
			if all++; throughXML(t, v, set, data) {
				taken++
			}
			tree = vary(t, rapid.SampledFrom(bases).Draw(t, "base"))
		}
	})
	if taken < all/20 {
		t.Errorf("%d of %d were taken, too few to show anything", taken, all)
	}
	t.Logf("%d of %d were taken", taken, all)
}

// failing is a test of any kind.
type failing interface {
	Fatalf(format string, args ...any)
}

// throughXML tells whether a resource is taken, and sees that XML can hold it
// if so.
func throughXML(t failing, v *validate.Validator, set *profiles.Set, data []byte) bool {
	r, err := fhir.Parse(data)
	if err != nil || r.CheckForm() != nil || refuses(v, r) {
		return false
	}
	text, err := xml.Encode(r, set, false)
	if err != nil {
		t.Fatalf("taken, but %v: %s", err, data)
	}
	back, err := xml.Decode(text, set)
	if err != nil {
		t.Fatalf("taken, but %v: %s", err, text)
	}
	if want, got := sorted(t, r), sorted(t, back); want != got {
		t.Fatalf("%s\nbecame\n%s", want, got)
	}
	return true
}

// refuses tells whether there is an error among the findings.
func refuses(v *validate.Validator, r *fhir.Resource) bool {
	return issue.List(issue.Unprocessable, v.Validate(r, validate.Options{Now: clock})) != nil
}

// meant is a tree without what says nothing: space around a narrative, which has
// no place in XML, and lists of null alone.
func meant(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		for name := range v {
			v[name] = meant(v[name])
			if div, is := v[name].(string); is && name == "div" {
				v[name] = strings.TrimSpace(div)
			}
			if list, is := v[name].([]any); is && !slices.ContainsFunc(list, func(item any) bool { return item != nil }) {
				delete(v, name)
			}
		}
	case []any:
		for i := range v {
			v[i] = meant(v[i])
		}
	}
	return tree
}

// sorted is a resource with its members in alphabetical order.
func sorted(t failing, r *fhir.Resource) string {
	decoder := json.NewDecoder(bytes.NewReader(r.JSON()))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		t.Fatalf("%v", err)
	}
	text, err := json.Marshal(meant(tree))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(text)
}
