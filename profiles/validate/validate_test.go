package validate_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles"
	"tahto/profiles/validate"
)

func read(t testing.TB, text string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFindingsComeInTheOrderOfTheDocument(t *testing.T) {
	issues := validator(t).Validate(read(t, `{"resourceType":"Consent","colour":"red","status":"on",`+
		`"patient":{"identifier":{"period":{"start":"2024-02-01","end":"2024-01-01"},"use":"x"},"reference":"Group/1"},`+
		`"category":[{"coding":[{"system":"a b","code":" c"}]},7],`+
		`"provision":{"period":{"start":"2024-13"},"type":"allow","actor":[{"role":{}}]}}`), validate.Options{Now: clock})
	var got []string
	for _, f := range findings(issues) {
		got = append(got, f.Expression+" "+f.Reason)
	}
	want := []string{
		"Consent ppc-1",
		"Consent.scope element-missing",
		"Consent.colour element-unknown",
		"Consent.status code-not-in-value-set",
		"Consent.patient reference-target",
		"Consent.patient.identifier.period per-1",
		"Consent.patient.identifier.use code-not-in-value-set",
		"Consent.category[0].coding[0].system format",
		"Consent.category[0].coding[0].code format",
		"Consent.category[1] type-mismatch",
		"Consent.provision.period.start format",
		"Consent.provision.type code-not-in-value-set",
		"Consent.provision.actor[0].reference element-missing",
		"Consent.provision.actor[0].role ele-1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, texts(issues))
	}
}

func TestNoFindingRepeatsAValue(t *testing.T) {
	const secret = "160350-900N"
	rows, err := filepath.Glob(filepath.Join("testdata", "b*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range rows {
		if strings.Contains(file, "bases") {
			continue
		}
		for _, r := range readRows(t, file) {
			resource := read(t, string(r.edited(t)))
			for _, i := range validator(t).Validate(withSecrets(t, resource, secret), validate.Options{Profiles: r.Profiles, Now: clock}) {
				if strings.Contains(i.Text+i.Expression, secret) {
					t.Errorf("%s: %s: the value is in the finding: %s", r.Name, i.Expression, i.Text)
				}
			}
		}
	}
}

// withSecrets puts a text in the place of every string of a resource but its type.
func withSecrets(t *testing.T, r *fhir.Resource, secret string) *fhir.Resource {
	t.Helper()
	var replace func(any) any
	replace = func(value any) any {
		switch v := value.(type) {
		case string:
			return secret
		case []any:
			for i := range v {
				v[i] = replace(v[i])
			}
		case map[string]any:
			for name := range v {
				if name != "resourceType" && name != "url" {
					v[name] = replace(v[name])
				}
			}
			v[secret] = secret
		}
		return value
	}
	data, err := json.Marshal(replace(decode(t, r.JSON())))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(data))
}

func TestFindingsAreBounded(t *testing.T) {
	codings := strings.Repeat(`{"colour":1},`, 5000)
	issues := validator(t).Validate(read(t, `{"resourceType":"Parameters","parameter":[`+codings+`{"name":"a","valueString":"b"}]}`), validate.Options{Now: clock})
	last := issues[len(issues)-1]
	if len(issues) != 201 || last.Reason != "too-many-issues" || last.Severity != issue.SeverityError {
		t.Errorf("there are %d findings, the last a %s %s", len(issues), last.Severity, last.Reason)
	}
}

func TestAnErrorAfterManyWarningsIsNotLost(t *testing.T) {
	odd := strings.Repeat(`{"coding":[{"system":"http://loinc.org","code":"x"}]},`, 300)
	issues := validator(t).Validate(read(t, `{"resourceType":"Consent","status":"active","category":[`+odd+`{"text":"a"}],`+
		`"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"adr"}]},`+
		`"policy":[{"uri":"urn:oid:1.2"}],"patient":{"display":"a"},"provision":{"type":"allow"}}`), validate.Options{Now: clock})
	if err := issue.List(issue.Unprocessable, issues); err == nil {
		t.Errorf("%d findings and no error among them", len(issues))
	}
}

// TestInABundleAResourceFailsAsAlone: where a resource stands changes the path
// of what is found, and nothing else.
func TestInABundleAResourceFailsAsAlone(t *testing.T) {
	for _, r := range readRows(t, filepath.Join("testdata", "blind", "primitives.json")) {
		data := r.edited(t)
		alone := validator(t).Validate(read(t, string(data)), validate.Options{Now: clock})
		inside := validator(t).Validate(read(t, `{"resourceType":"Bundle","type":"collection","entry":[{"resource":`+string(data)+`}]}`), validate.Options{Now: clock})
		moved, _ := issue.Under("Bundle.entry[0].resource", &issue.Error{Issues: alone}).(*issue.Error)
		if diff := cmp.Diff(lines(findings(moved.Issues)), lines(findings(inside))); diff != "" {
			t.Errorf("%s (-alone +inside):\n%s", r.Name, diff)
		}
	}
}

func TestEveryDefinitionCompiles(t *testing.T) {
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := validate.New(set)
	if err != nil {
		t.Fatal(err)
	}
	urls := canonicals(t)
	for _, r := range set.Served() {
		if r.Type() == "StructureDefinition" {
			urls = append(urls, r.Root().Get("url").Text())
		}
	}
	if len(urls) < 500 {
		t.Errorf("there are %d definitions", len(urls))
	}
	for _, fault := range v.CompileAll(urls) {
		t.Error(fault)
	}
}

// canonicals are those of R4's own definitions.
func canonicals(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, name := range []string{"structures", "extensions"} {
		file, err := os.Open(filepath.Join("..", "r4", name+".ndjson.gz"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		unpacked, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(unpacked)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var d struct{ URL string }
			if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
				t.Fatal(err)
			}
			all = append(all, d.URL)
		}
	}
	return all
}

// TestManyMayValidateAtOnce is for the race detector: types and extensions are
// compiled while others use them.
func TestManyMayValidateAtOnce(t *testing.T) {
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := validate.New(set)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "hl7", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	got := make([][]string, 8)
	for n := range got {
		wait.Go(func() {
			for _, file := range files {
				got[n] = append(got[n], fmt.Sprint(v.Validate(parse(t, file), validate.Options{Now: clock})))
			}
		})
	}
	wait.Wait()
	for n := range got {
		if diff := cmp.Diff(got[0], got[n]); diff != "" {
			t.Errorf("goroutine %d found something else:\n%s", n, diff)
		}
	}
}

func TestDefinitionsThatAreNotThereAreAnError(t *testing.T) {
	if _, err := validate.New(&profiles.Set{}); err == nil {
		t.Error("a Validator was made of nothing")
	}
}

func FuzzValidate(f *testing.F) {
	for _, name := range []string{"consent", "provenance", "bundle", "parameters", "outcome"} {
		f.Add(readBase(f, name))
	}
	f.Add([]byte(patient))
	v, set := validator(f), definitions(f)
	asked := []string{fhir.Base + "/StructureDefinition/denial-health", fhir.Base + "/StructureDefinition/declaration-provenance"}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.Parse(data)
		if err != nil {
			return
		}
		first := v.Validate(r, validate.Options{Now: clock, Profiles: asked})
		if len(first) > 201 {
			t.Errorf("%d findings", len(first))
		}
		for _, i := range first {
			if i.Severity == "" || i.Code == "" || i.Reason == "" || i.Text == "" || i.Expression == "" && i.Reason != "too-many-issues" {
				t.Errorf("the finding is incomplete: %+v", i)
			}
		}
		if diff := cmp.Diff(first, v.Validate(r, validate.Options{Now: clock, Profiles: asked})); diff != "" {
			t.Errorf("another time something else was found:\n%s", diff)
		}
		throughXML(t, v, set, data)
	})
}

// TestHostileResourcesTakeNoTime: the work grows with the size of a resource,
// not with its square. Without that this test would take minutes.
func TestHostileResourcesTakeNoTime(t *testing.T) {
	const many = 20_000
	contained, targets, unknown := &strings.Builder{}, &strings.Builder{}, &strings.Builder{}
	for i := range many {
		fmt.Fprintf(contained, `{"resourceType":"Basic","id":"c%d","code":{"text":"a"}},`, i)
		fmt.Fprintf(targets, `{"reference":"#c%d"},`, i)
		fmt.Fprintf(unknown, `"colour%d":1,`, i)
	}
	validator(t).Validate(read(t, `{"resourceType":"Provenance",`+unknown.String()+
		`"contained":[`+contained.String()+`{"resourceType":"Basic","id":"x"}],"target":[`+targets.String()+`{"reference":"#x"}]}`),
		validate.Options{Now: clock})
}

// TestReasonsAreWrittenDown: a client may rely on each reason, so that the doc
// of the package has them all.
func TestReasonsAreWrittenDown(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "b*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.Contains(file, "bases") {
			continue
		}
		for _, r := range readRows(t, file) {
			for _, f := range r.Expect {
				if f.Code != issue.CodeInvariant && !strings.Contains(string(doc), f.Reason) {
					t.Errorf("%s: doc.go does not tell of %s", r.Name, f.Reason)
				}
			}
		}
	}
}
