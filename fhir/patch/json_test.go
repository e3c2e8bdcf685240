package patch_test

import (
	"fmt"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/patch"
)

// odd has what a patch must leave as it is: the text of a number, a member that
// R4 does not know, extensions of a primitive, and names that need escapes.
const odd = `{"resourceType":"Consent","id":"c","n":1.10,"_status":{"id":"s"},"status":"draft","a/b":{"m~n":[1,2]},"":{"":"e"},"list":["x","y","z"]}`

// with is odd with one text in it replaced by another.
func with(old, new string) string { return strings.Replace(odd, old, new, 1) }

func TestJSONPatch(t *testing.T) {
	end := func(member string) string { return strings.TrimSuffix(odd, "}") + "," + member + "}" }
	for _, c := range []struct{ name, patch, want string }{
		{"no operation", `[]`, odd},
		{"add a member", `[{"op":"add","path":"/scope","value":{"text":"x"}}]`, end(`"scope":{"text":"x"}`)},
		{"add a member that is there takes its position", `[{"op":"add","path":"/status","value":"active"}]`, with(`"draft"`, `"active"`)},
		{"add a null", `[{"op":"add","path":"/scope","value":null}]`, end(`"scope":null`)},
		{"add the text of a number as it is", `[{"op":"add","path":"/m","value":2.50}]`, end(`"m":2.50`)},
		{"add to the front of a list", `[{"op":"add","path":"/list/0","value":"w"}]`, with(`["x"`, `["w","x"`)},
		{"add within a list", `[{"op":"add","path":"/list/1","value":"w"}]`, with(`["x"`, `["x","w"`)},
		{"add at the end of a list by its length", `[{"op":"add","path":"/list/3","value":"w"}]`, with(`"z"]`, `"z","w"]`)},
		{"add at the end of a list by a hyphen", `[{"op":"add","path":"/list/-","value":"w"}]`, with(`"z"]`, `"z","w"]`)},
		{"a hyphen is a name in an object", `[{"op":"add","path":"/-","value":1}]`, end(`"-":1`)},
		{"digits are a name in an object", `[{"op":"add","path":"/01","value":1}]`, end(`"01":1`)},
		{"add a list to a list", `[{"op":"add","path":"/list/-","value":["w"]}]`, with(`"z"]`, `"z",["w"]]`)},
		{"remove a member", `[{"op":"remove","path":"/n"}]`, with(`"n":1.10,`, "")},
		{"remove extensions and leave the value", `[{"op":"remove","path":"/_status"}]`, with(`"_status":{"id":"s"},`, "")},
		{"remove an item", `[{"op":"remove","path":"/list/1"}]`, with(`"y",`, "")},
		{"replace a member in its position", `[{"op":"replace","path":"/n","value":1.1}]`, with("1.10", "1.1")},
		{"replace an item", `[{"op":"replace","path":"/list/2","value":{"k":null}}]`, with(`"z"`, `{"k":null}`)},
		{"replace the whole by the same id, type and meta", `[{"op":"replace","path":"","value":{"resourceType":"Consent","id":"c","status":"active"}}]`, `{"resourceType":"Consent","id":"c","status":"active"}`},
		{"add as the whole", `[{"op":"add","path":"","value":{"id":"c","resourceType":"Consent"}}]`, `{"id":"c","resourceType":"Consent"}`},
		{"a slash in a name", `[{"op":"replace","path":"/a~1b","value":1}]`, with(`{"m~n":[1,2]}`, "1")},
		{"a tilde in a name", `[{"op":"remove","path":"/a~1b/m~0n/0"}]`, with("[1,2]", "[2]")},
		{"an escape that looks like another", `[{"op":"add","path":"/~01","value":1}]`, end(`"~1":1`)},
		{"names that are empty", `[{"op":"replace","path":"//","value":"f"}]`, with(`"e"`, `"f"`)},
		{"a name with escapes of JSON", `[{"op":"add","path":"/\u0061\u007e0","value":1}]`, end(`"a~":1`)},
		{"move to another name", `[{"op":"move","from":"/n","path":"/m"}]`, strings.Replace(end(`"m":1.10`), `"n":1.10,`, "", 1)},
		{"move within a list counts after it was taken out", `[{"op":"move","from":"/list/0","path":"/list/2"}]`, with(`["x","y","z"]`, `["y","z","x"]`)},
		{"move to the end of a list", `[{"op":"move","from":"/list/0","path":"/list/-"}]`, with(`["x","y","z"]`, `["y","z","x"]`)},
		{"move out of an object into a list", `[{"op":"move","from":"/n","path":"/list/0"}]`, strings.Replace(with(`["x"`, `[1.10,"x"`), `"n":1.10,`, "", 1)},
		{"move to where it is", `[{"op":"move","from":"/list","path":"/list"}]`, odd},
		{"move over another", `[{"op":"move","from":"/n","path":"/status"}]`, strings.Replace(with(`"draft"`, "1.10"), `"n":1.10,`, "", 1)},
		{"copy", `[{"op":"copy","from":"/list","path":"/more"}]`, end(`"more":["x","y","z"]`)},
		{"copy into itself", `[{"op":"copy","from":"/a~1b","path":"/a~1b/c"}]`, with(`[1,2]}`, `[1,2],"c":{"m~n":[1,2]}}`)},
		{"a copy is apart from what it is of", `[{"op":"copy","from":"/list","path":"/more"},{"op":"remove","path":"/list/0"}]`, strings.Replace(end(`"more":["x","y","z"]`), `"list":["x",`, `"list":[`, 1)},
		{"copy the id somewhere", `[{"op":"copy","from":"/id","path":"/x"}]`, end(`"x":"c"`)},
		{"tests that hold change nothing", `[{"op":"test","path":"/n","value":1.1},{"op":"test","path":"","value":` + odd + `},{"op":"test","path":"/list","value":["x","y","z"]}]`, odd},
		{"a member that is unknown is ignored", `[{"op":"remove","path":"/n","why":1,"value":2,"from":"no pointer"}]`, with(`"n":1.10,`, "")},
		{"operations see what was done before", `[{"op":"add","path":"/k","value":{}},{"op":"add","path":"/k/l","value":1},{"op":"test","path":"/k","value":{"l":1}}]`, end(`"k":{"l":1}`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parsed(t, odd)
			got, err := patch.JSON(r, []byte(c.patch))
			if err != nil {
				t.Fatal(err)
			}
			if string(got.JSON()) != c.want {
				t.Errorf("got\n%s, want\n%s", got.JSON(), c.want)
			}
			if string(r.JSON()) != odd {
				t.Errorf("the resource itself became %s", r.JSON())
			}
		})
	}
}

func TestJSONPatchIsRefused(t *testing.T) {
	const malformed, undoable = issue.Invalid, issue.Unprocessable
	for _, c := range []struct {
		name, patch       string
		kind              issue.Kind
		expression, words string
	}{
		{"no JSON", `[{]`, malformed, "[0]", "not valid JSON"},
		{"nothing", ``, malformed, "", "ends too early"},
		{"an object", `{"op":"remove","path":"/n"}`, malformed, "", "array of operations"},
		{"an operation that is no object", `["remove"]`, malformed, "[0].op", "is an object"},
		{"no op", `[{"path":"/n"}]`, malformed, "[0].op", "add, remove"},
		{"an unknown op", `[{"op":"merge","path":"/n"}]`, malformed, "[0].op", "add, remove"},
		{"an op in capitals", `[{"op":"Remove","path":"/n"}]`, malformed, "[0].op", "add, remove"},
		{"op twice", `[{"op":"add","path":"/n","value":1,"op":"remove"}]`, malformed, "[0].op", "twice"},
		{"no path", `[{"op":"remove"}]`, malformed, "[0].path", "needs path"},
		{"a path that is no string", `[{"op":"remove","path":1}]`, malformed, "[0].path", "needs path"},
		{"a path without a slash in front", `[{"op":"remove","path":"n"}]`, malformed, "[0].path", "begins with a slash"},
		{"a path as FHIRPath", `[{"op":"remove","path":"Consent.n"}]`, malformed, "[0].path", "begins with a slash"},
		{"a tilde by itself", `[{"op":"remove","path":"/a~b"}]`, malformed, "[0].path", "~0"},
		{"a tilde at the end", `[{"op":"remove","path":"/a~"}]`, malformed, "[0].path", "~0"},
		{"add without value", `[{"op":"add","path":"/m"}]`, malformed, "[0].value", "add needs a value"},
		{"replace without value", `[{"op":"replace","path":"/n"}]`, malformed, "[0].value", "replace needs a value"},
		{"test without value", `[{"op":"test","path":"/n"}]`, malformed, "[0].value", "test needs a value"},
		{"move without from", `[{"op":"move","path":"/n"}]`, malformed, "[0].from", "needs from"},
		{"copy without from", `[{"op":"copy","path":"/n"}]`, malformed, "[0].from", "needs from"},
		{"copy from no pointer", `[{"op":"copy","from":"n","path":"/n"}]`, malformed, "[0].from", "begins with a slash"},
		{"move into itself", `[{"op":"move","from":"/a~1b","path":"/a~1b/c"}]`, malformed, "[0].from", "into itself"},
		{"move of the whole", `[{"op":"move","from":"","path":"/c"}]`, malformed, "[0].from", "into itself"},
		{"a second operation that is malformed, before the first is tried", `[{"op":"remove","path":"/no"},{"op":"x"}]`, malformed, "[1].op", "add, remove"},

		{"remove of nothing", `[{"op":"remove","path":"/no"}]`, undoable, "[0].path", "nothing at path"},
		{"remove beyond a list", `[{"op":"remove","path":"/list/3"}]`, undoable, "[0].path", "nothing at path"},
		{"remove of the item after the last", `[{"op":"remove","path":"/list/-"}]`, undoable, "[0].path", "nothing at path"},
		{"remove of the whole", `[{"op":"remove","path":""}]`, undoable, "[0].path", "send a DELETE"},
		{"replace of nothing", `[{"op":"replace","path":"/no","value":1}]`, undoable, "[0].path", "nothing at path"},
		{"replace of the item after the last", `[{"op":"replace","path":"/list/-","value":1}]`, undoable, "[0].path", "nothing at path"},
		{"add where the parent is not there", `[{"op":"add","path":"/no/a","value":1}]`, undoable, "[0].path", "nothing at path"},
		{"add into a string", `[{"op":"add","path":"/status/a","value":1}]`, undoable, "[0].path", "nothing at path"},
		{"add beyond a list", `[{"op":"add","path":"/list/4","value":1}]`, undoable, "[0].path", "nothing at path"},
		{"an index with a zero in front", `[{"op":"add","path":"/list/01","value":1}]`, undoable, "[0].path", "nothing at path"},
		{"an index below zero", `[{"op":"remove","path":"/list/-1"}]`, undoable, "[0].path", "nothing at path"},
		{"an index with a sign", `[{"op":"remove","path":"/list/+1"}]`, undoable, "[0].path", "nothing at path"},
		{"an index beyond all numbers", `[{"op":"remove","path":"/list/99999999999999999999"}]`, undoable, "[0].path", "nothing at path"},
		{"a name in a list", `[{"op":"add","path":"/list/a","value":1}]`, undoable, "[0].path", "nothing at path"},
		{"move of nothing", `[{"op":"move","from":"/no","path":"/m"}]`, undoable, "[0].from", "nothing at from"},
		{"move to where no parent is", `[{"op":"move","from":"/n","path":"/no/m"}]`, undoable, "[0].path", "nothing at path"},
		{"move beyond a list that is shorter then", `[{"op":"move","from":"/list/0","path":"/list/3"}]`, undoable, "[0].path", "nothing at path"},
		{"copy of nothing", `[{"op":"copy","from":"/no","path":"/m"}]`, undoable, "[0].from", "nothing at from"},
		{"test of nothing", `[{"op":"test","path":"/no","value":null}]`, undoable, "[0].path", "nothing at path"},
		{"a test that fails, after what was done", `[{"op":"add","path":"/status","value":"active"},{"op":"test","path":"/status","value":"draft"}]`, undoable, "[1].value", "test failed"},
		{"the type", `[{"op":"replace","path":"/resourceType","value":"Patient"}]`, undoable, "[0]", "can't change"},
		{"the id", `[{"op":"replace","path":"/id","value":"d"}]`, undoable, "[0]", "can't change"},
		{"the id away", `[{"op":"remove","path":"/id"}]`, undoable, "[0]", "can't change"},
		{"the id moved", `[{"op":"move","from":"/id","path":"/x"}]`, undoable, "[0]", "can't change"},
		{"extensions on the id", `[{"op":"add","path":"/_id","value":{"id":"x"}}]`, undoable, "[0]", "can't change"},
		{"meta", `[{"op":"add","path":"/meta","value":{"versionId":"1"}}]`, undoable, "[0]", "can't change"},
		{"the whole by another", `[{"op":"replace","path":"","value":{"resourceType":"Consent","id":"d"}}]`, undoable, "[0]", "can't change"},
		{"the whole by no resource", `[{"op":"add","path":"","value":[1]}]`, undoable, "[0]", "can't change"},
		{"the whole by a part of it", `[{"op":"move","from":"/list","path":""}]`, undoable, "[0]", "can't change"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := patch.JSON(parsed(t, odd), []byte(c.patch))
			refused(t, got, err, c.kind, c.expression, c.words)
		})
	}
}

func TestJSONPatchTestsByValue(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`1`, `1.0`, true}, {`1`, `10e-1`, true}, {`0.1`, `1E-1`, true}, {`100`, `1e+2`, true}, {`-0`, `0.0e5`, true}, {`0.00`, `0`, true},
		{`1e999999999999`, `10e999999999998`, true}, {`12.50`, `12.5`, true}, {`1e0001`, `10`, true},
		{`1e` + strings.Repeat("9", 200), `1.0e` + strings.Repeat("9", 200), false}, {`1e` + strings.Repeat("9", 200), `1e` + strings.Repeat("9", 200), true},
		{`1`, `-1`, false}, {`1`, `2`, false}, {`1`, `10`, false}, {`0.30000000000000001`, `0.3`, false}, {`1e999999999999`, `1e999999999998`, false},
		{`1`, `"1"`, false}, {`"a"`, `"\u0061"`, true}, {`"\u00e9"`, `"e\u0301"`, false}, {`"a"`, `"A"`, false},
		{`null`, `null`, true}, {`null`, `false`, false}, {`true`, `true`, true}, {`true`, `false`, false}, {`""`, `null`, false},
		{`{"a":1,"b":[1,{}]}`, `{"b":[1.0,{}],"a":1}`, true}, {`{"a":1}`, `{"a":1,"b":1}`, false}, {`{"a":1,"b":1}`, `{"a":1}`, false}, {`{"a":1}`, `{"b":1}`, false},
		{`[1,2]`, `[2,1]`, false}, {`[1]`, `[1,1]`, false}, {`[]`, `{}`, false}, {`[]`, `[]`, true}, {`{"_a":{"id":"x"}}`, `{}`, false},
	} {
		r := parsed(t, fmt.Sprintf(`{"resourceType":"Consent","v":%s}`, c.a))
		_, err := patch.JSON(r, fmt.Appendf(nil, `[{"op":"test","path":"/v","value":%s}]`, c.b))
		if (err == nil) != c.same {
			t.Errorf("%s and %s: %v, want the same: %v", c.a, c.b, err, c.same)
		}
	}
}

// TestJSONPatchIsBounded: a hostile patch ends in an error. A test that hangs
// is the failure.
func TestJSONPatchIsBounded(t *testing.T) {
	repeat := func(n int, operation string) string {
		return "[" + strings.Repeat(operation+",", n-1) + operation + "]"
	}
	wide := `{"resourceType":"Consent","a":[` + strings.Repeat("1,", 200_000) + `1]}`
	for _, c := range []struct {
		name, resource, patch string
		kind                  issue.Kind
		words                 string
	}{
		{"too many operations", odd, repeat(patch.MaxOperations+1, `{"op":"test","path":"/n","value":1.1}`), issue.TooLarge, "at most 1000"},
		{"too much is written over and over", odd, repeat(600, `{"op":"replace","path":"/n","value":"`+strings.Repeat("x", 9_000)+`"}`), issue.Unprocessable, "bytes"},
		{"copies of copies", odd, repeat(1_000, `{"op":"copy","from":"/list","path":"/list/-"}`), issue.Unprocessable, ""},
		{"copies of the whole", odd, repeat(1_000, `{"op":"copy","from":"","path":"/x"}`), issue.Unprocessable, ""},
		{"wide copies of copies", odd, `[{"op":"add","path":"/b","value":[]},` + repeat(400, `{"op":"copy","from":"/a~1b","path":"/b/-"},{"op":"copy","from":"/b","path":"/a~1b/x"}`)[1:], issue.Unprocessable, ""},
		{"a long list over and over", wide, repeat(1_000, `{"op":"add","path":"/a/0","value":1}`), issue.Unprocessable, "too much work"},
		{"moves from end to end of a long list", wide, repeat(1_000, `{"op":"move","from":"/a/0","path":"/a/-"}`), issue.Unprocessable, "too much work"},
		{"more values than can be read again", `{"resourceType":"Consent","a":[` + strings.Repeat("1,", 390_000) + `1]}`,
			`[{"op":"add","path":"/b","value":[` + strings.Repeat("1,", 20_000) + `1]}]`, issue.Unprocessable, "values"},
		{"deep values that move into each other", `{"resourceType":"Consent","a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `,"b":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
			`[{"op":"move","from":"/a","path":"/b` + strings.Repeat("/0", 39) + `/-"}]`, issue.Unprocessable, "nest too deep"},
		{"a deep patch", odd, `[{"op":"add","path":"/x","value":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}]`, issue.Invalid, "too deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := patch.JSON(parsed(t, c.resource), []byte(c.patch))
			if issue.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.words) || got != nil {
				t.Errorf("err = %.300v, want %v about %q", err, c.kind, c.words)
			}
		})
	}
}

// FuzzJSON: no patch makes it panic; what comes out can be read again, is the
// resource it was, and the one that went in stays as it is.
func FuzzJSON(f *testing.F) {
	for _, one := range []string{
		`[]`, `[{"op":"add","path":"/list/-","value":{"a":1}},{"op":"copy","from":"","path":"/x"}]`, `[{"op":"move","from":"/list/0","path":"/a~1b/m~0n/1"}]`,
		`[{"op":"test","path":"/n","value":11e-1},{"op":"replace","path":"","value":{"resourceType":"Consent","id":"c"}}]`, `[{"op":"remove","path":"/_status"}]`,
	} {
		f.Add([]byte(odd), []byte(one))
	}
	f.Fuzz(func(t *testing.T, resource, document []byte) {
		r, err := fhir.Parse(resource)
		if err != nil {
			return
		}
		before := string(r.JSON())
		got, err := patch.JSON(r, document)
		sound(t, r, before, got, err)
	})
}

// sound tells whether a patch ended as it may.
func sound(t *testing.T, r *fhir.Resource, before string, got *fhir.Resource, err error) {
	t.Helper()
	if string(r.JSON()) != before {
		t.Fatal("the resource itself changed")
	}
	if err != nil {
		if issue.KindOf(err) == issue.Internal || got != nil {
			t.Fatalf("%v with %v, want an issue.Error alone", err, got)
		}
		return
	}
	again, err := fhir.Parse(got.JSON())
	if err != nil {
		t.Fatalf("the result can't be read again: %v", err)
	}
	if again.Key() != r.Key() || len(got.JSON()) > len(before)+6*patch.MaxGrowth {
		t.Fatalf("%v became %v with %d bytes", r.Key(), again.Key(), len(got.JSON()))
	}
}

// FuzzFHIRPath: the same of a FHIRPath Patch.
func FuzzFHIRPath(f *testing.F) {
	model := loaded(f)
	for _, one := range []string{
		add("Patient.name.given[1]", "extension", parts(text("url", "u"), part("value", `"valueCode":"x"`))), insert("Patient.name.given", 1, `"_valueString":{"id":"z"}`),
		move("Patient.name.given", 2, 0), remove("Patient.name.given[1].id"), replace("Patient.name", parts(text("family", "x"))), remove("Patient.name.where(given.exists())"),
	} {
		f.Add([]byte(given), []byte(parameters(one, one)))
		f.Add([]byte(contact), []byte(parameters(one)))
	}
	f.Fuzz(func(t *testing.T, resource, document []byte) {
		r, err := fhir.Parse(resource)
		if err != nil {
			return
		}
		p, err := fhir.Parse(document)
		if err != nil {
			return
		}
		before := string(r.JSON())
		got, err := patch.FHIRPath(r, p, model)
		sound(t, r, before, got, err)
	})
}
