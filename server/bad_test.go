package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tahto/fhir"
)

// badRequest is one row of testdata/bad: a request that must be refused, how it
// must be, and where the fault is said to lie. At most one of the bodies is
// given.
type badRequest struct {
	Name    string      `json:"name"`
	Request string      `json:"request"` // method, a space, and the path below the base
	Headers http.Header `json:"headers"` // in place of a Content-Type of FHIR JSON
	Chunked bool        `json:"chunked"` // without Content-Length

	Text       *string          `json:"text"`       // the body as it is
	Base64     []byte           `json:"base64"`     // the body as it is, for what JSON can't hold
	JSON       json.RawMessage  `json:"json"`       // the body
	Nested     int              `json:"nested"`     // a Consent that nests so deep
	Padded     int              `json:"padded"`     // a Consent of so many bytes
	Consent    map[string]any   `json:"consent"`    // merged (RFC 7396) into a good Consent
	Provenance map[string]any   `json:"provenance"` // merged into a good Provenance
	Entries    []map[string]any `json:"entries"`    // of a transaction; provenance in one is merged as above
	Evaluate   *evaluateVariant `json:"evaluate"`   // changes a good $evaluate
	Items      int              `json:"items"`      // a good $evaluate with so many items

	// What must come back, of the first issue: empty is none, * is any.
	Status     int    `json:"status"`
	Code       string `json:"code"`
	Reason     string `json:"reason"` // our own code
	Expression string `json:"expression"`
}

// evaluateVariant changes the parameters of a good $evaluate: those named in
// Without go, those in With are put at the end.
type evaluateVariant struct {
	Without []string         `json:"without"`
	With    []map[string]any `json:"with"`
}

func TestBadRequestsAreRefusedWithReasons(t *testing.T) {
	p := start(t, "-intake", "archive", "-directory", caseDirectory)
	files, err := filepath.Glob("testdata/bad/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rows: %v", err)
	}
	rows := 0 // that say all three: status, code and expression
	for _, file := range files {
		var table []badRequest
		readStrict(t, readFile(t, file), &table)
		for _, row := range table {
			if row.isWhole() {
				rows++
			}
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			for _, row := range table {
				t.Run(row.Name, func(t *testing.T) { row.check(t, p.base) })
			}
		})
	}
	if rows < 60 {
		t.Errorf("%d rows with status, code and expression, want at least 60", rows)
	}
	if got := exchange(t, http.MethodGet, p.base+"/Consent?_total=accurate", nil, http.StatusOK); got.Root().Get("total").Text() != "0" {
		t.Errorf("after nothing but bad requests %s Consents are kept", got.Root().Get("total").Text())
	}
}

// isWhole tells whether the row says all that must come back about an element.
func (row badRequest) isWhole() bool {
	return row.Status != 0 && row.Code != "" && row.Code != "*" && row.Expression != "" && row.Expression != "*"
}

func (row badRequest) check(t *testing.T, base string) {
	got := row.send(t, base)
	if got.status != row.Status {
		t.Errorf("status %d, want %d", got.status, row.Status)
	}
	if want := "application/fhir+json; charset=utf-8"; got.header.Get("Content-Type") != want {
		t.Errorf("Content-Type %q, want %q", got.header.Get("Content-Type"), want)
	}
	outcome, err := fhir.Parse(got.body)
	if err != nil || outcome.Type() != "OperationOutcome" {
		t.Fatalf("the body is no OperationOutcome: %v\n%s", err, got.body)
	}
	first := outcome.Root().Get("issue").At(0)
	for _, one := range []struct{ name, got, want string }{
		{"code", first.Get("code").Text(), row.Code},
		{"reason", reasonOf(first), row.Reason},
		{"expression", first.Get("expression").At(0).Text(), row.Expression},
		{"severity", first.Get("severity").Text(), "error"},
	} {
		if one.want != "*" && one.got != one.want {
			t.Errorf("%s %q, want %q", one.name, one.got, one.want)
		}
	}
	if first.Get("diagnostics").Text() == "" {
		t.Error("the outcome does not say what to do")
	}
	for _, code := range []string{"160350-900", "310250-900"} {
		if bytes.Contains(got.body, []byte(code)) {
			t.Error("the outcome repeats an identity code")
		}
	}
	if t.Failed() {
		t.Logf("%s", got.body)
	}
}

func (row badRequest) send(t *testing.T, base string) answer {
	t.Helper()
	method, path, _ := strings.Cut(row.Request, " ")
	body := row.body(t)
	var reader io.Reader = bytes.NewReader(body)
	if row.Chunked {
		reader = io.MultiReader(reader) // its length can't be seen
	}
	request, err := http.NewRequest(method, base+"/"+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case row.Headers != nil:
		request.Header = row.Headers
	case body != nil:
		request.Header.Set("Content-Type", "application/fhir+json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, content}
}

func (row badRequest) body(t *testing.T) []byte {
	t.Helper()
	switch {
	case row.Text != nil:
		return []byte(*row.Text)
	case row.Base64 != nil:
		return row.Base64
	case row.JSON != nil:
		return row.JSON
	case row.Nested > 0:
		return []byte(`{"resourceType":"Consent","x":` + strings.Repeat("[", row.Nested-1) + `1` + strings.Repeat("]", row.Nested-1) + `}`)
	case row.Padded > 0:
		head, tail := `{"resourceType":"Consent","language":"`, `"}`
		return []byte(head + strings.Repeat("x", row.Padded-len(head)-len(tail)) + tail)
	case row.Consent != nil:
		return merged(t, "consent.json", row.Consent)
	case row.Provenance != nil:
		return merged(t, "provenance.json", row.Provenance)
	case row.Entries != nil:
		return row.transaction(t)
	case row.Evaluate != nil:
		return row.Evaluate.body(t)
	case row.Items > 0:
		return evaluateItems(t, row.Items)
	}
	return nil
}

func (row badRequest) transaction(t *testing.T) []byte {
	t.Helper()
	for _, entry := range row.Entries {
		if patch, given := entry["provenance"].(map[string]any); given {
			delete(entry, "provenance")
			entry["resource"] = json.RawMessage(merged(t, "provenance.json", patch))
		}
	}
	return encode(t, map[string]any{"resourceType": "Bundle", "type": "transaction", "entry": row.Entries})
}

func (v *evaluateVariant) body(t *testing.T) []byte {
	t.Helper()
	var good struct {
		ResourceType string           `json:"resourceType"`
		Parameter    []map[string]any `json:"parameter"`
	}
	readStrict(t, readFile(t, "testdata/good/evaluate.json"), &good)
	good.Parameter = slices.DeleteFunc(good.Parameter, func(p map[string]any) bool {
		return slices.Contains(v.Without, fmt.Sprint(p["name"]))
	})
	good.Parameter = append(good.Parameter, v.With...)
	return encode(t, good)
}

// evaluateItems is the good $evaluate with n items more.
func evaluateItems(t testing.TB, n int) []byte {
	t.Helper()
	var good struct {
		ResourceType string `json:"resourceType"`
		Parameter    []any  `json:"parameter"`
	}
	readStrict(t, readFile(t, "testdata/good/evaluate.json"), &good)
	var item any
	readStrict(t, readFile(t, "testdata/good/item.json"), &item)
	for range n {
		good.Parameter = append(good.Parameter, item)
	}
	return encode(t, good)
}

// merged is a good resource with a merge patch (RFC 7396) applied: null takes
// a member away, objects are merged, anything else replaces.
func merged(t testing.TB, good string, patch map[string]any) []byte {
	t.Helper()
	var resource map[string]any
	readStrict(t, readFile(t, "testdata/good", good), &resource)
	merge(resource, patch)
	return encode(t, resource)
}

func merge(into, patch map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(patch)) {
		inner, isObject := patch[name].(map[string]any)
		old, wasObject := into[name].(map[string]any)
		switch {
		case patch[name] == nil:
			delete(into, name)
		case isObject && wasObject:
			merge(old, inner)
		default:
			into[name] = patch[name]
		}
	}
}

func encode(t testing.TB, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// reasonOf is our own code of an issue; Kanta's may stand beside it.
func reasonOf(one fhir.Element) string {
	for coding := range one.Get("details").Each("coding") {
		if coding.Get("system").Text() == fhir.ReasonSystem {
			return coding.Get("code").Text()
		}
	}
	return ""
}
