package kit

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func cases(t *testing.T) []Section {
	t.Helper()
	sections, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	return sections
}

// TestCasesAreSound holds each case to what can be known without a server: its
// bodies can be built, its expressions compiled, and it is about something.
func TestCasesAreSound(t *testing.T) {
	count := 0
	for _, section := range cases(t) {
		if !slices.Contains(order, section.Name) || section.Title == "" {
			t.Errorf("section %s has no place in the order, or no title", section.Name)
		}
		for _, c := range section.Cases {
			count++
			t.Run(section.Name+"/"+c.ID, func(t *testing.T) { sound(t, c) })
		}
	}
	if count < 500 {
		t.Errorf("%d cases, want at least 500", count)
	}
}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func sound(t *testing.T, c Case) {
	if !idForm.MatchString(c.ID) {
		t.Errorf("the id %q is no phrase of small letters and hyphens", c.ID)
	}
	if len(c.Needs) == 0 && c.For == Any && !strings.Contains(c.Steps[0].Do, "metadata") && len(c.Steps) > 1 {
		t.Error("a case for any server that writes says which claims it needs")
	}
	v := own(1, 1).and(variables{"base": "http://127.0.0.1/fhir"})
	client := newClient(nil, v["base"], "")
	for i, step := range c.Steps {
		if _, err := step.Expect.expectations(v); err != nil {
			t.Errorf("step %d: %v", i+1, err)
		}
		if _, err := client.prepare(&step, v); err != nil {
			t.Errorf("step %d: %v", i+1, err)
		}
		if !step.Expect.saysMore() && len(c.Steps) == 1 && len(step.Expect.Status) > 3 {
			t.Errorf("step %d: nearly every answer would pass", i+1)
		}
		for name := range step.Capture {
			v[name] = "captured"
		}
	}
}

// saysMore tells whether anything but the status is expected.
func (x *Expect) saysMore() bool {
	return len(x.Counts)+len(x.Headers)+len(x.Absent)+len(x.True)+len(x.Has)+len(x.Lacks) > 0 || x.Type != "" || x.Body != "" || x.Empty
}

// TestRealCodesAreInNoCase: a person of a case is made of the seed, or has an
// individual number that no real person has.
func TestRealCodesAreInNoCase(t *testing.T) {
	code := regexp.MustCompile(`\b[0-3][0-9][01][0-9]{3}[-+A-FU-Y]([0-9]{3})[0-9A-Y]\b`)
	names, err := files.ReadDir("cases")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := files.ReadFile("cases/" + name.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range code.FindAllStringSubmatch(string(data), -1) {
			if found[1] < "900" {
				t.Errorf("%s has an identity code outside the test range", name.Name())
			}
		}
	}
}

func TestFilesWithAFaultAreRefused(t *testing.T) {
	const good = `{"id": "a", "title": "A", "spec": "https://hl7.org/fhir/R4/", "steps": [{"do": "GET x", "expect": {"status": 200}}]}`
	for name, row := range map[string]struct{ cases, want string }{
		"misspelt member": {strings.Replace(good, `"status"`, `"statsu"`, 1), "unknown field"},
		"twice":           {good + "," + good, "is there twice"},
		"no spec":         {strings.Replace(good, "https://hl7.org/fhir/R4/", "", 1), "where its behaviour is asked for"},
		"audience":        {strings.Replace(good, `"title"`, `"for": "hapi", "title"`, 1), "there is no audience"},
		"no step":         {strings.Replace(good, `{"do": "GET x", "expect": {"status": 200}}`, "", 1), "a case has a step"},
		"no method":       {strings.Replace(good, "GET x", "x", 1), "do is a method"},
		"no status":       {strings.Replace(good, `"status": 200`, ``, 1), "expects a status"},
		"no title":        {strings.Replace(good, `"title": "A"`, `"title": ""`, 1), "an id and a title"},
		"not JSON":        {good + ",", "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(fstest.MapFS{"x.json": {Data: []byte(`{"section": "x", "title": "X", "cases": [` + row.cases + `]}`)}})
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want one with %q", err, row.want)
			}
		})
	}
}

func TestPersonsAreMadeUpAndDistinct(t *testing.T) {
	form := regexp.MustCompile(`^[0-3][0-9][01][0-9]{3}[-UVWXY]9[0-9]{2}[0-9A-FHJ-NPR-Y]$`)
	seen := map[string]bool{}
	for number := range 5000 {
		code := identityCode(42, number)
		if !form.MatchString(code) {
			t.Fatalf("person %d has the code %s", number, code)
		}
		if seen[code] {
			t.Fatalf("person %d was there before", number)
		}
		seen[code] = true
	}
	if identityCode(1, 0) == identityCode(2, 0) {
		t.Error("two seeds begin with the same person")
	}
	if cmp.Diff(own(3, 4), own(3, 4)) != "" {
		t.Error("the same seed gives other variables")
	}
	if word(3, 4) == word(3, 5) || word(3, 4) == word(4, 4) || uuid(1, 1, 1) == uuid(1, 1, 2) {
		t.Error("two names are the same")
	}
}

// TestPatch has the examples of RFC 7396, appendix A.
func TestPatch(t *testing.T) {
	for _, row := range [][3]string{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`}, {`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`}, {`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`}, {`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`}, {`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`}, {`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`}, {`{"a":"b"}`, `["c"]`, `["c"]`}, {`{"a":"foo"}`, `null`, `null`},
		{`{"e":null}`, `{"a":1}`, `{"a":1,"e":null}`}, {`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`}, {`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		value, err := decode([]byte(row[0]))
		if err != nil {
			t.Fatal(err)
		}
		patch, err := decode([]byte(row[1]))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(patched(value, patch)); err != nil || string(got) != row[2] {
			t.Errorf("%s patched with %s is %s, want %s", row[0], row[1], got, row[2])
		}
	}
}

func TestVariablesAreExpanded(t *testing.T) {
	v := variables{"a": "1", "quote": `x'y\`, "dot": "."}
	for text, want := range map[string]string{
		"": "", "${a}": "1", "x${a}y${a}": "x1y1", "${b:-2}": "2", "${a:-2}": "1", "${b:-}": "", "$a {a}": "$a {a}",
	} {
		if got, err := v.expand(text); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
	if _, err := v.expand("${b}"); err == nil {
		t.Error("a variable that is not there is no error")
	}
	if got, _ := v.quoted().expand("'${quote}'"); got != `'x\'y\\'` {
		t.Errorf("in FHIRPath it is %s", got)
	}
	if got, _ := v.expandHeader("~^${dot}$"); got != `~^\.$` {
		t.Errorf("in a regular expression it is %s", got)
	}
}

func TestBodiesAreBuilt(t *testing.T) {
	v := variables{"person": "P", "id": "X"}
	got, err := v.expandJSON([]byte(`{"n": 1.10, "list": [{"$template": "alfa", "$with": {"extension": null, "role": {"text": "${id}"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"list":[{"reference":{"display":"Alfa wellbeing services county","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.19.1"}},` +
		`"role":{"coding":[{"code":"CST","system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType"}],"text":"X"}}],"n":1.10}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got, err = v.expandJSON([]byte(`{"$template": "item", "$let": {"item": "7"}, "$with": {"name": "n"}, "$append": {"part": [{"name": "last"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(got); !strings.Contains(text, `"valueString":"7"`) || !strings.HasSuffix(text, `{"name":"last"}]}`) {
		t.Errorf("with $let and $append it is %s", text)
	}
}
