package search_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tahto/fhir/issue"
	"tahto/fhir/search"
)

// of are the entries of a parameter and of its identifiers.
func of(entries []search.Entry, param string) []search.Entry {
	var found []search.Entry
	for _, e := range entries {
		if e.Param == param || strings.HasPrefix(e.Param, param+":") {
			found = append(found, e)
		}
	}
	return found
}

func micro(t testing.TB, instant string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, instant)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMicro()
}

func TestEntriesOfReferences(t *testing.T) {
	literal := func(system, value, version string) search.Entry {
		return search.Entry{Param: "patient", System: system, Value: value, Version: version}
	}
	person := func(value string) search.Entry {
		return search.Entry{Param: "patient:identifier", System: "urn:oid:1.2.246.21", Value: value}
	}
	there := search.Entry{Param: "patient"}
	tests := []struct {
		name, patient string
		want          []search.Entry
	}{
		{"relative", `{"reference":"Patient/1"}`, []search.Entry{literal("Patient", "1", "")}},
		{"versioned", `{"reference":"Patient/1/_history/7"}`, []search.Entry{literal("Patient", "1", "7")}},
		{"absolute under our base", `{"reference":"https://tahto.example/fhir/Patient/1/_history/7"}`, []search.Entry{literal("Patient", "1", "7")}},
		{"absolute elsewhere", `{"reference":"https://elsewhere.example/fhir/Patient/1"}`, []search.Entry{literal("", "https://elsewhere.example/fhir/Patient/1", "")}},
		{"absolute elsewhere, versioned", `{"reference":"https://elsewhere.example/Patient/1/_history/2"}`, []search.Entry{literal("", "https://elsewhere.example/Patient/1", "2")}},
		{"a base that only begins like ours", `{"reference":"https://tahto.example/fhir2/Patient/1"}`, []search.Entry{literal("", "https://tahto.example/fhir2/Patient/1", "")}},
		{"urn", `{"reference":"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}`, []search.Entry{literal("", "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "")}},
		{"identifier", `{"identifier":{"system":"urn:oid:1.2.246.21","value":"160350-900N"}}`, []search.Entry{there, person("160350-900N")}},
		{"reference and identifier", `{"reference":"Patient/1","identifier":{"system":"urn:oid:1.2.246.21","value":"160350-900N"}}`, []search.Entry{literal("Patient", "1", ""), person("160350-900N")}},
		{"contained", `{"reference":"#p"}`, []search.Entry{there, person("180958-9128"), person("210253-9040")}},
		{"contained that is not there", `{"reference":"#q"}`, []search.Entry{there}},
		{"identifier without value", `{"identifier":{"system":"urn:oid:1.2.246.21"}}`, []search.Entry{there}},
		{"display only", `{"display":"somebody"}`, []search.Entry{there}},
		{"no resource type", `{"reference":"person/1"}`, []search.Entry{there}},
		{"no id", `{"reference":"Patient/"}`, []search.Entry{there}},
		{"bad id", `{"reference":"Patient/a b"}`, []search.Entry{there}},
		{"too long", `{"reference":"Patient/1/2"}`, []search.Entry{there}},
		{"reference is a number", `{"reference":1}`, []search.Entry{there}},
		{"a string", `"Patient/1"`, nil},
		{"a number", `1`, nil},
	}
	r := registry(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries := r.Entries(resource(t, `{"resourceType":"Consent","contained":[{"resourceType":"Patient","id":"p","identifier":[
				{"system":"urn:oid:1.2.246.21","value":"210253-9040"},{"system":"urn:oid:1.2.246.21","value":"180958-9128"}]}],
				"patient":`+test.patient+`}`))
			if diff := cmp.Diff(test.want, of(entries, "patient"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestProvenancePatientIsATargetThatIsAPatient(t *testing.T) {
	tests := []struct {
		name, target string
		want         int
	}{
		{"patient", `{"reference":"Patient/1"}`, 1},
		{"patient of our base", `{"reference":"https://tahto.example/fhir/Patient/1"}`, 1},
		{"typed identifier", `{"type":"Patient","identifier":{"value":"1"}}`, 2},
		{"contained patient", `{"reference":"#p"}`, 2},
		{"contained other", `{"reference":"#o"}`, 0},
		{"consent", `{"reference":"Consent/1"}`, 0},
		{"consent that claims to be a patient", `{"reference":"Consent/1","type":"Patient"}`, 0},
		{"unknown", `{"reference":"urn:uuid:1"}`, 0},
	}
	r := registry(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries := r.Entries(resource(t, `{"resourceType":"Provenance","contained":[
				{"resourceType":"Patient","id":"p","identifier":[{"value":"1"}]},{"resourceType":"Organization","id":"o"}],
				"target":[`+test.target+`]}`))
			if got := of(entries, "patient"); len(got) != test.want {
				t.Errorf("got %v, want %d entries", got, test.want)
			}
		})
	}
}

func TestEntriesOfDates(t *testing.T) {
	tests := []struct{ name, written, low, high string }{
		{"year", "2023", "2022-12-31T22:00:00Z", "2023-12-31T22:00:00Z"},
		{"month in summer", "2023-06", "2023-05-31T21:00:00Z", "2023-06-30T21:00:00Z"},
		{"day", "2023-05-01", "2023-04-30T21:00:00Z", "2023-05-01T21:00:00Z"},
		{"the day when summer time begins is short", "2023-03-26", "2023-03-25T22:00:00Z", "2023-03-26T21:00:00Z"},
		{"the day when it ends is long", "2023-10-29", "2023-10-28T21:00:00Z", "2023-10-29T22:00:00Z"},
		{"leap day", "2024-02-29", "2024-02-28T22:00:00Z", "2024-02-29T22:00:00Z"},
		{"leap day of a century", "2000-02-29", "2000-02-28T22:00:00Z", "2000-02-29T22:00:00Z"},
		{"minute", "2023-05-01T10:15Z", "2023-05-01T10:15:00Z", "2023-05-01T10:16:00Z"},
		{"minute of the zone", "2023-01-01T10:15", "2023-01-01T08:15:00Z", "2023-01-01T08:16:00Z"},
		{"second", "2023-05-01T10:15:30Z", "2023-05-01T10:15:30Z", "2023-05-01T10:15:31Z"},
		{"offset east", "2023-05-01T00:15:30+03:00", "2023-04-30T21:15:30Z", "2023-04-30T21:15:31Z"},
		{"offset west", "2023-05-01T22:15:30-03:30", "2023-05-02T01:45:30Z", "2023-05-02T01:45:31Z"},
		{"tenth", "2023-05-01T10:15:30.5Z", "2023-05-01T10:15:30.5Z", "2023-05-01T10:15:30.6Z"},
		{"milliseconds", "2023-05-01T10:15:30.999Z", "2023-05-01T10:15:30.999Z", "2023-05-01T10:15:31Z"},
		{"microseconds", "2023-05-01T10:15:30.123456Z", "2023-05-01T10:15:30.123456Z", "2023-05-01T10:15:30.123457Z"},
		{"nanoseconds fall into their microsecond", "2023-05-01T10:15:30.123456789Z", "2023-05-01T10:15:30.123456Z", "2023-05-01T10:15:30.123457Z"},
		{"leap second", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", "2017-01-01T00:00:01Z"},
		{"last year", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", ""},
	}
	r := registry(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := of(r.Entries(resource(t, `{"resourceType":"Consent","dateTime":"`+test.written+`"}`)), "date")
			want := []search.Entry{{Param: "date", Low: micro(t, test.low), High: micro(t, test.low) + 1e6}}
			if test.high != "" {
				want[0].High = micro(t, test.high)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

var badDates = []string{
	"", "x", "20", "202", "20230501", "0000", "2023-", "2023-1", "2023-13", "2023-00", "2023-02-29", "1900-02-29", "2023-04-31", "2023-05-00",
	"2023-05-01T", "2023-05-01T10", "2023-05-01T24:00:00Z", "2023-05-01T10:60:00Z", "2023-05-01T10:00:61Z", "2023-05-01T10:00:00.Z",
	"2023-05-01T10:00:00+2:00", "2023-05-01T10:00:00+14:01", "2023-05-01T10:00:00+02:60", "2023-05-01T10:00:00Zx", "2023-05-01Z",
	"2023-05-01 10:00", "-2023", "２０２３", "2023-05-01t10:00:00z", "2023/05/01", "99999",
}

func TestEntriesLeaveOutDatesThatAreNone(t *testing.T) {
	r := registry(t)
	for _, written := range badDates {
		got := r.Entries(resource(t, `{"resourceType":"Consent","dateTime":"`+written+`"}`))
		if len(got) != 0 {
			t.Errorf("%q gave %v", written, got)
		}
	}
}

func TestEntriesOfPeriods(t *testing.T) {
	day := func(instant string) int64 { return micro(t, instant) }
	tests := []struct {
		name, period string
		want         []search.Entry
	}{
		{"closed, the last day included", `{"start":"2023-05-01","end":"2023-05-02"}`,
			[]search.Entry{{Param: "period", Low: day("2023-04-30T21:00:00Z"), High: day("2023-05-02T21:00:00Z")}}},
		{"open at the end", `{"start":"2023-05-01"}`, []search.Entry{{Param: "period", Low: day("2023-04-30T21:00:00Z"), High: search.End}}},
		{"open at the start", `{"end":"2023-05-01"}`, []search.Entry{{Param: "period", Low: search.Beginning, High: day("2023-05-01T21:00:00Z")}}},
		{"no bound", `{"extension":[{"url":"x"}]}`, nil},
		{"ends before it begins", `{"start":"2023-05-02","end":"2023-05-01"}`, nil},
		{"bad start", `{"start":"2023-02-29","end":"2023-05-01"}`, nil},
		{"bad end", `{"start":"2023-02-01","end":"soon"}`, nil},
		{"end is only an extension", `{"start":"2023-02-01","_end":{"extension":[{"url":"x"}]}}`, nil},
		{"not an object", `"2023"`, nil},
	}
	r := registry(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries := r.Entries(resource(t, `{"resourceType":"Consent","provision":{"period":`+test.period+`}}`))
			if diff := cmp.Diff(test.want, of(entries, "period")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEntriesOfWrongKindsAreNone(t *testing.T) {
	r := registry(t)
	for _, json := range []string{
		`{"resourceType":"Consent","id":7,"status":["x",1,{"a":1}],"category":"x","scope":[[["x"]]],"meta":"x","provision":"x"}`,
		`{"resourceType":"Consent","category":[{"coding":{"code":1}},{"text":"only text"}],"identifier":"x","provision":[1,"x"]}`,
		`{"resourceType":"Consent","_status":{"extension":[{"url":"x"}]},"provision":{"actor":{"reference":"Organization/1"}}}`,
		`{"resourceType":"Provenance","agent":[{"who":1,"role":{"coding":"x"}}],"target":"Consent/1","recorded":true,"occurredDateTime":{"a":1}}`,
		`{"resourceType":"Patient","id":"1"}`,
	} {
		got := r.Entries(resource(t, json))
		for _, e := range got {
			if e.Param != "status" || e.Value != "x" {
				t.Errorf("%s gave %v", json, e)
			}
		}
	}
}

func TestEntriesAreSetsInOrder(t *testing.T) {
	one := `{"resourceType":"Consent","category":[{"coding":[{"code":"b"},{"code":"a"},{"code":"b"}]}]}`
	two := `{"resourceType":"Consent","category":[{"coding":[{"code":"a"}]},{"coding":[{"code":"b"}]}]}`
	r := registry(t)
	want := []search.Entry{{Param: "category", Value: "a"}, {Param: "category", Value: "b"}}
	for _, json := range []string{one, two} {
		if diff := cmp.Diff(want, r.Entries(resource(t, json))); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

// A body that points at one contained resource with many identifiers many
// times would otherwise have their product of entries.
func TestEntriesOfAContainedResourceCountOnce(t *testing.T) {
	const many = 2000
	json := `{"resourceType":"Provenance","contained":[{"resourceType":"Patient","id":"p","identifier":[` +
		strings.TrimSuffix(strings.Repeat(`{"value":"1"},`, many), ",") + `]}],"target":[` +
		strings.TrimSuffix(strings.Repeat(`{"reference":"#p"},`, many), ",") + `]}`
	r, body := registry(t), resource(t, json)
	var got []search.Entry
	allocated := testing.AllocsPerRun(1, func() { got = r.Entries(body) })
	if len(got) != 4 || allocated > 10*many { // target and patient, each with its identifier
		t.Errorf("%d entries and %.0f allocations", len(got), allocated)
	}
}

func TestEntriesAreBounded(t *testing.T) {
	r := registry(t)
	for _, test := range []struct {
		name   string
		values int
		ok     bool
	}{
		{"as many as may be", search.MaxEntries, true},
		{"one too many", search.MaxEntries + 1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := make([]string, test.values)
			for i := range list {
				list[i] = fmt.Sprintf(`{"value":"%d"},{"value":"%[1]d"}`, i) // the same one twice counts once
			}
			entries := r.Entries(resource(t, `{"resourceType":"Consent","identifier":[`+strings.Join(list, ",")+`]}`))
			err := search.CheckEntries("Consent", entries)
			if (err == nil) != test.ok || err != nil && issue.KindOf(err) != issue.Unprocessable {
				t.Errorf("%d entries: got %v", len(entries), err)
			}
		})
	}
}
