package fhir_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
)

func TestParseKeepsWhatCameIn(t *testing.T) {
	tests := map[string]string{
		"unknown members":              `{"resourceType":"Consent","shoeSize":43,"x":{"y":["z"]}}`,
		"the text of a number":         `{"resourceType":"Consent","a":1.10,"b":-0.0,"c":1E400,"d":12345678901234567890.123456789}`,
		"primitive extensions":         `{"resourceType":"Consent","_status":{"extension":[{"url":"u","valueCode":"unknown"}]},"status":"active"}`,
		"nulls that pair with _given":  `{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"x"}]}]}`,
		"contained resources":          `{"resourceType":"Consent","contained":[{"resourceType":"Patient","id":"p"}]}`,
		"the order of members":         `{"b":"1","resourceType":"Consent","a":"2"}`,
		"characters beyond ASCII":      `{"resourceType":"Consent","a":"Åbo, Čáhcesuolu 😀"}`,
		"control characters as escape": `{"resourceType":"Consent","a":"line\nbreak\ttab\r"}`,
		"an empty string":              `{"resourceType":"Consent","a":""}`,
		"what is empty":                `{"resourceType":"Bundle","entry":[],"a":{},"b":null}`,
		"booleans":                     `{"resourceType":"Consent","a":true,"b":false}`,
	}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			got := mustParse(t, in)
			if diff := cmp.Diff(in, string(got.JSON())); diff != "" {
				t.Errorf("JSON changed (-in +out):\n%s", diff)
			}
		})
	}
}

func TestParseReadsEscapesAndSpace(t *testing.T) {
	r := mustParse(t, " {\n\t\"resourceType\" : \"Con\\u0073ent\", \"a\": [ 1 , 2 ] } \r\n")
	if got, want := string(r.JSON()), `{"resourceType":"Consent","a":[1,2]}`; got != want {
		t.Errorf("JSON = %s, want %s", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	deep := func(n int) string {
		return `{"resourceType":"Consent","a":` + strings.Repeat("[", n-1) + "1" + strings.Repeat("]", n-1) + "}"
	}
	tests := map[string]struct{ in, place, path string }{
		"nothing":                           {"", "(line 1, column 1)", ""},
		"an array":                          {`["a"]`, "", ""},
		"a bare string":                     {`"Consent"`, "", ""},
		"no resourceType":                   {`{"id":"1"}`, "", "resourceType"},
		"a resourceType of wrong kind":      {`{"resourceType":7}`, "", "resourceType"},
		"an object that ends early":         {`{"resourceType":"Consent",`, "(line 1, column", ""},
		"a trailing comma":                  {`{"resourceType":"Consent","a":1,}`, "(line 1, column", ""},
		"a comment":                         {"{\"resourceType\":\"Consent\"\n/* no */}", "(line 2, column 1)", ""},
		"text after the end":                {`{"resourceType":"Consent"} x`, "(line 1, column", ""},
		"a second resource":                 {`{"resourceType":"Consent"}{"resourceType":"Consent"}`, "(line 1, column", ""},
		"a duplicate member":                {"{\"resourceType\":\"Consent\",\n \"status\":\"active\",\"status\":\"draft\"}", "(line 2, column", "status"},
		"an escaped duplicate":              {`{"resourceType":"Consent","a":1,"\u0061":2}`, "(line 1, column", "a"},
		"a deep duplicate":                  {`{"resourceType":"Consent","provision":{"actor":[{"id":"1"},{"id":"1","id":"2"}]}}`, "", "provision.actor[1].id"},
		"a duplicate among many":            {`{"resourceType":"Consent",` + many(100) + `,"m42":1}`, "", "m42"},
		"an invalid byte":                   {"{\"resourceType\":\"Consent\",\"a\":\"\xff\"}", "(line 1, column", ""},
		"a lone surrogate":                  {`{"resourceType":"Consent","a":"\ud800"}`, "(line 1, column", ""},
		"a raw control character":           {"{\"resourceType\":\"Consent\",\"a\":\"\x01\"}", "(line 1, column", ""},
		"65 levels":                         {deep(65), "(line 1, column", ""},
		"100,000 levels":                    {deep(100000), "", ""},
		"an escaped control character":      {`{"resourceType":"Consent","a":"x\u0000"}`, "(line 1, column", "a"},
		"NaN":                               {`{"resourceType":"Consent","a":NaN}`, "(line 1, column", ""},
		"a leading zero":                    {`{"resourceType":"Consent","a":01}`, "(line 1, column", ""},
		"a NUL after the end":               {"{\"resourceType\":\"Consent\"}\x00", "(line 1, column", ""},
		"a minus alone":                     {`{"resourceType":"Consent","a":-}`, "(line 1, column", "a"},
		"a point without digits":            {`{"resourceType":"Consent","a":1.}`, "(line 1, column", "a"},
		"an exponent without digits":        {`{"resourceType":"Consent","a":1e+}`, "(line 1, column", "a"},
		"a plus before a number":            {`{"resourceType":"Consent","a":+1}`, "(line 1, column", "a"},
		"a literal cut short":               {`{"resourceType":"Consent","a":tru}`, "(line 1, column", "a"},
		"an array with a lone comma":        {`{"resourceType":"Consent","a":[,]}`, "(line 1, column", "a[0]"},
		"an unknown escape":                 {`{"resourceType":"Consent","a":"\x"}`, "(line 1, column", "a"},
		"a string that does not end":        {`{"resourceType":"Consent","a":"x`, "(line 1, column", "a"},
		"an escape that does not end":       {`{"resourceType":"Consent","a":"x\`, "(line 1, column", "a"},
		"a control character and an escape": {"{\"resourceType\":\"Consent\",\"a\":\"\\n\x01\"}", "(line 1, column", "a"},
		"a name without a colon":            {`{"resourceType" "Consent"}`, "(line 1, column", ""},
		"a byte order mark":                 {"\ufeff{\"resourceType\":\"Consent\"}", "(line 1, column 1)", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := fhir.Parse([]byte(tt.in))
			fault, ok := errors.AsType[*issue.Error](err)
			if !ok || fault.Kind != issue.Invalid {
				t.Fatalf("Parse = %v, want an issue of kind Invalid", err)
			}
			got := fault.Issues[0]
			if !strings.Contains(got.Text, tt.place) {
				t.Errorf("text %q does not tell the place %q", got.Text, tt.place)
			}
			if tt.path != "" && got.Expression != tt.path {
				t.Errorf("expression = %q, want %q", got.Expression, tt.path)
			}
		})
	}
}

func TestParseTakes64Levels(t *testing.T) {
	in := `{"resourceType":"Consent","a":` + strings.Repeat("[", 63) + "1" + strings.Repeat("]", 63) + "}"
	if _, err := fhir.Parse([]byte(in)); err != nil {
		t.Errorf("Parse = %v, want 64 levels to be taken", err)
	}
}

func TestParseBoundsHowManyValuesABodyHolds(t *testing.T) {
	body := func(n int) []byte {
		return []byte(`{"resourceType":"Consent","a":[` + strings.Repeat("1,", n-4) + `1]}`)
	}
	if _, err := fhir.Parse(body(fhir.MaxNodes)); err != nil {
		t.Errorf("Parse = %v, want %d values to be taken", err, fhir.MaxNodes)
	}
	if _, err := fhir.Parse(body(fhir.MaxNodes + 1)); issue.KindOf(err) != issue.TooLarge {
		t.Errorf("Parse = %v, want kind TooLarge", err)
	}
}

func TestParseNeverQuotesTheBody(t *testing.T) {
	for _, in := range []string{
		`{"resourceType":"Consent","a":"160350-900N" 5}`,
		`{"resourceType":"Consent","160350-900N":1,"160350-900N":2}`,
		`{"160350-900N":"160350-900N"}`,
	} {
		if _, err := fhir.Parse([]byte(in)); err == nil || strings.Contains(err.Error(), "160350") {
			t.Errorf("Parse(%s) = %v, want an error without the identity code", in, err)
		}
	}
}

func TestParseKeepsNoReferenceToTheInput(t *testing.T) {
	data := []byte(`{"resourceType":"Consent","status":"active"}`)
	r, err := fhir.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	if got := r.Root().Get("status").Text(); got != "active" {
		t.Errorf("status = %q after the input was overwritten", got)
	}
}

// TestPublishedExamplesComeBackWhole reads examples of HL7's, and more of them
// where they lie beside the checkout.
func TestPublishedExamplesComeBackWhole(t *testing.T) {
	files := examples(t, "testdata/hl7")
	if len(files) < 4 {
		t.Fatalf("%d examples, want 4", len(files))
	}
	more := examples(t, "../../shared/hl7-examples")
	t.Logf("%d examples, and %d more beside the checkout", len(files), len(more))
	for _, file := range slices.Concat(files, more) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first := mustParse(t, string(data))
		second := mustParse(t, string(first.JSON()))
		if diff := cmp.Diff(compact(t, data), string(second.JSON())); diff != "" {
			t.Errorf("%s changed:\n%s", filepath.Base(file), diff)
		}
	}
}

// examples are the resources in a folder; none if it is not there.
func examples(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCheckFormTellsEveryPlace(t *testing.T) {
	r := mustParse(t, `{"resourceType":"Consent","status":null,"category":[],"provision":{"actor":[{}]},"id":"","meta":"x","160350-900N":null,
		"name":["a",null],"_name":[null,{"id":"x"}]}`)
	fault, ok := errors.AsType[*issue.Error](r.CheckForm())
	if !ok || fault.Kind != issue.Invalid {
		t.Fatalf("CheckForm = %v, want an issue of kind Invalid", fault)
	}
	var got []string
	for _, i := range fault.Issues {
		got = append(got, i.Expression)
	}
	want := []string{"Consent.meta", "Consent.status", "Consent.category", "Consent.provision.actor[0]", "Consent.id", "Consent"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	if err := mustParse(t, `{"resourceType":"Patient","given":["A",null],"_given":[null,{"id":"x"}]}`).CheckForm(); err != nil {
		t.Errorf("CheckForm = %v, want nulls in an array to be taken", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"resourceType":"Consent","a":[1.10,null,{"b":"\u00e5"}],"_a":[null,{"id":"x"}]}`))
	f.Add([]byte(`{"resourceType":"Consent",` + many(40) + `}`))
	f.Add([]byte("{\"resourceType\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.Parse(data)
		agrees(t, data, err)
		if err != nil {
			if kind := issue.KindOf(err); kind != issue.Invalid && kind != issue.TooLarge {
				t.Fatalf("Parse = %v, want kind Invalid or TooLarge", err)
			}
			return
		}
		again, err := fhir.Parse(r.JSON())
		if err != nil {
			t.Fatalf("what was written does not parse: %v", err)
		}
		if string(again.JSON()) != string(r.JSON()) {
			t.Fatalf("the second round differs:\n%s\n%s", r.JSON(), again.JSON())
		}
	})
}

// agrees holds Parse to an independent reader of JSON: what it takes is JSON, and
// JSON that it refuses it refuses for a reason of its own.
func agrees(t *testing.T, data []byte, err error) {
	t.Helper()
	if err == nil {
		if !jsontext.Value(data).IsValid() {
			t.Fatal("Parse takes what is no JSON")
		}
		return
	}
	for _, own := range []string{"resource", "control character", "too deep", "values"} {
		if strings.Contains(err.Error(), own) {
			return
		}
	}
	if jsontext.Value(data).IsValid() {
		t.Fatalf("Parse refuses JSON: %v", err)
	}
}

func BenchmarkParse(b *testing.B) {
	consent := `{"resourceType":"Consent","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"denial-health"}]}],"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"210253-9040"}},"dateTime":"2024-03-01","policy":[{"uri":"http://data.finlex.fi/eli/sd/2023/703"}],"provision":{"type":"deny","period":{"start":"2024-03-01"}}}`
	item := `{"name":"item","part":[{"name":"id","valueString":"1"},{"name":"sector","valueCode":"health"},{"name":"controller","valueIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.19.1"}},{"name":"recorded","valueDate":"2020-04-01"}]}`
	items := `{"resourceType":"Parameters","parameter":[` + strings.Repeat(item+",", 999) + item + `]}`
	for name, data := range map[string][]byte{"Consent": []byte(consent), "1000Items": []byte(items)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := fhir.Parse(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// many is n members of different names.
func many(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"m%d":1`, i)
	}
	return strings.Join(members, ",")
}

func mustParse(tb testing.TB, in string) *fhir.Resource {
	tb.Helper()
	r, err := fhir.Parse([]byte(in))
	if err != nil {
		tb.Fatalf("Parse(%.80s): %v", in, err)
	}
	return r
}
