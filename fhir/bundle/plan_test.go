package bundle_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
)

// counter gives the ids new-1, new-2 …
func counter() func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("new-%d", n) }
}

func parse(tb testing.TB, body string) *fhir.Resource {
	tb.Helper()
	r, err := fhir.Parse([]byte(body))
	if err != nil {
		tb.Fatalf("test body: %v", err)
	}
	return r
}

func transaction(entries ...string) string { return ofType("transaction", entries...) }

func ofType(kind string, entries ...string) string {
	return `{"resourceType":"Bundle","type":"` + kind + `","entry":[` + strings.Join(entries, ",") + `]}`
}

const consent = `"resource":{"resourceType":"Consent","status":"active"}`

func TestPlanReadsEveryPartOfAnEntry(t *testing.T) {
	work, err := bundle.Plan(parse(t, transaction(
		`{"fullUrl":"urn:uuid:1",`+consent+`,"request":{"method":"POST","url":"Consent","ifNoneExist":"identifier=a|b"}}`,
		`{"resource":{"resourceType":"Consent","id":"x"},"request":{"method":"PUT","url":"/Consent/x","ifMatch":"W/\"2\"","ifNoneMatch":"*"}}`,
		`{"request":{"method":"GET","url":"Consent?identifier=a%7Cb&status=active","ifNoneMatch":"W/\"1\"","ifModifiedSince":"then"}}`,
	)), counter())
	if err != nil {
		t.Fatal(err)
	}
	want := []bundle.Step{
		{Entry: 0, FullURL: "urn:uuid:1", Method: "POST", Path: "Consent", Query: url.Values{}, Key: fhir.Key{Type: "Consent", ID: "new-1"}, IfNoneExist: "identifier=a|b"},
		{Entry: 1, Method: "PUT", Path: "Consent/x", Query: url.Values{}, Key: fhir.Key{Type: "Consent", ID: "x"}, IfMatch: `W/"2"`, IfNoneMatch: "*"},
		{Entry: 2, Method: "GET", Path: "Consent", Query: url.Values{"identifier": {"a|b"}, "status": {"active"}}, IfNoneMatch: `W/"1"`, IfModifiedSince: "then"},
	}
	for i := range work.Steps {
		if has := work.Steps[i].Resource != nil; has != (i < 2) {
			t.Errorf("step %d has a resource: %v", i, has)
		}
		work.Steps[i].Resource = nil
	}
	if diff := cmp.Diff(want, work.Steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// at is the first expression of an error, and its kind and code, as one line.
func at(err error) string {
	if err == nil {
		return "ok"
	}
	e, ok := err.(*issue.Error)
	if !ok {
		return "not an issue.Error: " + err.Error()
	}
	var all []string
	for _, i := range e.Issues {
		all = append(all, i.Expression+" "+string(i.Code))
	}
	return e.Kind.String() + ": " + strings.Join(all, ", ")
}

func TestPlanRefuses(t *testing.T) {
	put := func(id string) string {
		return `{"resource":{"resourceType":"Consent","id":"` + id + `"},"request":{"method":"PUT","url":"Consent/` + id + `"}}`
	}
	tests := map[string]struct{ body, want string }{
		"another resource":                  {`{"resourceType":"Consent"}`, "invalid request: Bundle structure"},
		"no type":                           {`{"resourceType":"Bundle"}`, "invalid request: Bundle.type required"},
		"an unknown type":                   {ofType("bag", put("x")), "invalid request: Bundle.type code-invalid"},
		"a type that asks nothing":          {ofType("collection", put("x")), "unprocessable: Bundle.type value"},
		"entry that is no array":            {`{"resourceType":"Bundle","type":"batch","entry":{"a":1}}`, "invalid request: Bundle.entry structure"},
		"entry that is no object":           {transaction(`1`), "invalid request: Bundle.entry[0] structure"},
		"an entry without request":          {transaction(put("x"), `{`+consent+`}`), "invalid request: Bundle.entry[1].request required"},
		"no method":                         {transaction(`{"request":{"url":"Consent/1"}}`), "invalid request: Bundle.entry[0].request.method required"},
		"an unknown method":                 {transaction(`{"request":{"method":"get","url":"Consent/1"}}`), "invalid request: Bundle.entry[0].request.method code-invalid"},
		"a method that is a number":         {transaction(`{"request":{"method":1,"url":"Consent/1"}}`), "invalid request: Bundle.entry[0].request.method structure, Bundle.entry[0].request.method required"},
		"a PATCH without patch":             {transaction(`{"request":{"method":"PATCH","url":"Consent/1"}}`), "invalid request: Bundle.entry[0].resource required"},
		"a PATCH of all":                    {transaction(`{` + consent + `,"request":{"method":"PATCH","url":"Consent"}}`), "invalid request: Bundle.entry[0].request.url value"},
		"a PATCH and a PUT of one resource": {transaction(put("x"), `{`+consent+`,"request":{"method":"PATCH","url":"Consent/x"}}`), "invalid request: Bundle.entry[1].request.url duplicate"},
		"no url":                            {transaction(`{"request":{"method":"GET"}}`), "invalid request: Bundle.entry[0].request.url required"},
		"an absolute url":                   {transaction(`{"request":{"method":"GET","url":"http://x/Consent/1"}}`), "invalid request: Bundle.entry[0].request.url value"},
		"a badly escaped path":              {transaction(`{"request":{"method":"GET","url":"Consent/%zz"}}`), "invalid request: Bundle.entry[0].request.url value"},
		"badly escaped parameters":          {transaction(`{"request":{"method":"GET","url":"Consent?a=%zz"}}`), "invalid request: Bundle.entry[0].request.url value"},
		"a POST without resource":           {transaction(`{"request":{"method":"POST","url":"Consent"}}`), "invalid request: Bundle.entry[0].resource required"},
		"a PUT without resource":            {transaction(`{"request":{"method":"PUT","url":"Consent/1"}}`), "invalid request: Bundle.entry[0].resource required"},
		"a resource without type":           {transaction(`{"resource":{"id":"1"},"request":{"method":"POST","url":"Consent"}}`), "invalid request: Bundle.entry[0].resource structure"},
		"a resource of another type":        {transaction(`{` + consent + `,"request":{"method":"POST","url":"Patient"}}`), "invalid request: Bundle.entry[0].resource invalid"},
		"a PUT with another id":             {transaction(`{"resource":{"resourceType":"Consent","id":"a"},"request":{"method":"PUT","url":"Consent/b"}}`), "invalid request: Bundle.entry[0].resource.id value"},
		"a PUT without id":                  {transaction(`{` + consent + `,"request":{"method":"PUT","url":"Consent/b"}}`), "invalid request: Bundle.entry[0].resource.id required"},
		"a PUT to a type":                   {transaction(`{` + consent + `,"request":{"method":"PUT","url":"Consent"}}`), "invalid request: Bundle.entry[0].request.url value"},
		"a conditional PUT of another type": {transaction(`{` + consent + `,"request":{"method":"PUT","url":"Provenance?_id=1"}}`), "invalid request: Bundle.entry[0].resource invalid"},
		"a DELETE of a version":             {transaction(`{"request":{"method":"DELETE","url":"Consent/1/_history/1"}}`), "invalid request: Bundle.entry[0].request.url value"},
		"two writes of one resource":        {transaction(put("x"), `{"request":{"method":"DELETE","url":"Consent/x"}}`), "invalid request: Bundle.entry[1].request.url duplicate"},
		"one fullUrl twice":                 {transaction(`{"fullUrl":"urn:uuid:1",`+consent+`,"request":{"method":"POST","url":"Consent"}}`, `{"fullUrl":"urn:uuid:1",`+consent+`,"request":{"method":"POST","url":"Consent"}}`), "invalid request: Bundle.entry[1].fullUrl duplicate"},
		"a relative fullUrl":                {transaction(`{"fullUrl":"Consent/1",` + consent + `,"request":{"method":"POST","url":"Consent"}}`), "invalid request: Bundle.entry[0].fullUrl value"},
		"a versioned fullUrl":               {transaction(`{"fullUrl":"http://x/Consent/1/_history/1",` + consent + `,"request":{"method":"POST","url":"Consent"}}`), "invalid request: Bundle.entry[0].fullUrl invariant"},
		"If-Match with POST":                {transaction(`{` + consent + `,"request":{"method":"POST","url":"Consent","ifMatch":"1"}}`), "invalid request: Bundle.entry[0].request.ifMatch invalid"},
		"If-None-Exist with PUT":            {transaction(`{"resource":{"resourceType":"Consent","id":"b"},"request":{"method":"PUT","url":"Consent/b","ifNoneExist":"a=b"}}`), "invalid request: Bundle.entry[0].request.ifNoneExist invalid"},
		"all faults at once":                {transaction(`{"request":{"method":"PATCH","url":"Consent/1"}}`, `{"request":{"method":"GET"}}`, `2`), "invalid request: Bundle.entry[0].resource required, Bundle.entry[1].request.url required, Bundle.entry[2] structure"},
		"more entries than the limit":       {transaction(slices.Repeat([]string{`1`}, bundle.MaxEntries+1)...), "too large: Bundle.entry too-costly"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := bundle.Plan(parse(t, test.body), counter())
			if got := at(err); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestPlanTakesAThousandPairs(t *testing.T) {
	entries := slices.Repeat([]string{`{` + consent + `,"request":{"method":"POST","url":"Consent"}}`}, 2000)
	work, err := bundle.Plan(parse(t, transaction(entries...)), counter())
	if err != nil || len(work.Steps) != 2000 {
		t.Fatalf("got %v, %v", len(work.Steps), err)
	}
}

func TestPlanLeavesFaultsOfABatchWithTheirEntries(t *testing.T) {
	work, err := bundle.Plan(parse(t, ofType("batch",
		`{"request":{"method":"GET","url":"Consent/1"}}`,
		`{"request":{"method":"PATCH","url":"Consent/1"}}`,
		`{"request":{"method":"DELETE","url":"Consent/1"}}`,
		`{"request":{"method":"DELETE","url":"Consent/1"}}`,
	)), counter())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, step := range work.Steps {
		got = append(got, at(step.Fault))
	}
	want := []string{"ok", "invalid request: Bundle.entry[1].resource required", "ok", "ok"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if work.Transaction {
		t.Error("a batch was taken for a transaction")
	}
}

func TestOrderIsThatOfTheSpecification(t *testing.T) {
	body := func(kind string) string {
		return ofType(kind,
			`{"request":{"method":"GET","url":"Consent/1"}}`,
			`{"resource":{"resourceType":"Consent","id":"a"},"request":{"method":"PUT","url":"Consent/a"}}`,
			`{`+consent+`,"request":{"method":"POST","url":"Consent"}}`,
			`{"request":{"method":"DELETE","url":"Consent/2"}}`,
			`{"request":{"method":"HEAD","url":"Consent/1"}}`,
			`{`+consent+`,"request":{"method":"POST","url":"Consent"}}`)
	}
	for kind, want := range map[string][]int{"transaction": {3, 2, 5, 1, 0, 4}, "batch": {0, 1, 2, 3, 4, 5}} {
		work, err := bundle.Plan(parse(t, body(kind)), counter())
		if err != nil {
			t.Fatal(err)
		}
		if got := work.Order(); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", kind, got, want)
		}
	}
}

func TestNamedFollowsReferencesWithinTheBundle(t *testing.T) {
	work, err := bundle.Plan(parse(t, transaction(
		`{"fullUrl":"urn:uuid:1",`+consent+`,"request":{"method":"POST","url":"Consent"}}`,
		`{"fullUrl":"http://there/fhir/Consent/7",`+consent+`,"request":{"method":"POST","url":"Consent"}}`,
	)), counter())
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		reference, from string
		want            int
	}{
		"by urn":                         {"urn:uuid:1", "", 0},
		"by URL":                         {"http://there/fhir/Consent/7", "", 1},
		"by URL with a version":          {"http://there/fhir/Consent/7/_history/3", "", 1},
		"relative, on the same server":   {"Consent/7", "http://there/fhir/Provenance/1", 1},
		"relative, on another server":    {"Consent/7", "http://here/fhir/Provenance/1", -1},
		"relative, from nowhere":         {"Consent/7", "urn:uuid:2", -1},
		"an unknown urn":                 {"urn:uuid:9", "", -1},
		"from a URL that is only a host": {"Consent/7", "http:", -1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			step, ok := work.Named(test.reference, test.from)
			got := -1
			if ok {
				got = step.Entry
			}
			if got != test.want {
				t.Errorf("got entry %d, want %d", got, test.want)
			}
		})
	}
}

func TestConditionalReference(t *testing.T) {
	for reference, want := range map[string]string{
		"Consent?identifier=a|b": "Consent identifier=a%7Cb true",
		"Consent/1":              "  false",
		"urn:uuid:1?a=b":         "  false",
		"Consent?":               "Consent  true",
		"Consent?a=%zz":          "Consent  true",
	} {
		resourceType, query, ok := bundle.Conditional(reference)
		if got := fmt.Sprint(resourceType, " ", query.Encode(), " ", ok); got != want {
			t.Errorf("%s: got %q, want %q", reference, got, want)
		}
	}
}

func FuzzPlan(f *testing.F) {
	f.Add([]byte(transaction(`{"fullUrl":"urn:uuid:1",` + consent + `,"request":{"method":"POST","url":"Consent","ifNoneExist":"a=b"}}`)))
	f.Add([]byte(ofType("batch", `{"request":{"method":"GET","url":"Consent?a=%7C"}}`, `null`, `[[]]`)))
	examples, _ := filepath.Glob("../../conformance/examples/*.json")
	for _, name := range examples {
		if data, err := os.ReadFile(name); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.Parse(data)
		if err != nil {
			return
		}
		work, err := bundle.Plan(r, counter())
		if err != nil {
			if issue.KindOf(err) == issue.Internal {
				t.Fatalf("a client's fault became internal: %v", err)
			}
			return
		}
		sound(t, work)
	})
}

// sound checks what every plan promises.
func sound(t *testing.T, work *bundle.Work) {
	t.Helper()
	order := work.Order()
	sorted := slices.Sorted(slices.Values(order))
	for i, step := range work.Steps {
		if step.Entry != i || len(sorted) != len(work.Steps) || sorted[i] != i {
			t.Fatalf("step %d: entry %d, order %v", i, step.Entry, order)
		}
		if work.Transaction && (step.Fault != nil || step.Method == "" || step.Path == "") {
			t.Fatalf("a transaction with a faulty step %d: %+v", i, step)
		}
		if step.Fault == nil && step.Method == "PUT" && (step.Resource == nil || step.Resource.Key() != step.Key) {
			t.Fatalf("step %d updates %v with something else", i, step.Key)
		}
		if named, ok := work.Named(step.FullURL, ""); ok && named.Entry != i && step.Fault == nil {
			t.Fatalf("fullUrl of %d means %d", i, named.Entry)
		}
	}
}
