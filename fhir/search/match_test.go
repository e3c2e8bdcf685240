package search_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tahto/fhir/search"
)

// The table of https://hl7.org/fhir/R4/search.html#prefix, for a search for May
// 2023 and declarations in force at all the ways to lie to it.
func TestMatchOfPeriodsByPrefix(t *testing.T) {
	prefixes := []string{"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"}
	tests := []struct{ name, period, matches string }{
		{"within", `{"start":"2023-05-10","end":"2023-05-20"}`, "eq ge le ap"},
		{"the same month", `{"start":"2023-05","end":"2023-05"}`, "eq ge le ap"},
		{"begins before, ends within", `{"start":"2023-04-10","end":"2023-05-20"}`, "ne lt le ap"},
		{"begins within, ends after", `{"start":"2023-05-10","end":"2023-06-20"}`, "ne gt ge ap"},
		{"around", `{"start":"2023-04-10","end":"2023-06-20"}`, "ne gt lt ge le ap"},
		{"ends the day before", `{"start":"2023-04-10","end":"2023-04-30"}`, "ne lt le eb ap"},
		{"begins the day after", `{"start":"2023-06-01","end":"2023-06-20"}`, "ne gt ge sa ap"},
		{"long before", `{"start":"2020","end":"2021"}`, "ne lt le eb"},
		{"long after", `{"start":"2030","end":"2031"}`, "ne gt ge sa"},
		{"open at the end, from before", `{"start":"2020"}`, "ne gt lt ge le ap"},
		{"open at the end, from within", `{"start":"2023-05-10"}`, "ne gt ge ap"},
		{"open at the end, from after", `{"start":"2030"}`, "ne gt ge sa"},
		{"open at the start, to before", `{"end":"2020"}`, "ne lt le eb"},
		{"open at the start, to within", `{"end":"2023-05-10"}`, "ne lt le ap"},
		{"open at the start, to after", `{"end":"2030"}`, "ne gt lt ge le ap"},
		{"no period", `{"end":"soon"}`, ""},
	}
	r := registry(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries := r.Entries(resource(t, `{"resourceType":"Consent","provision":{"period":`+test.period+`}}`))
			matches := words(test.matches)
			for _, prefix := range prefixes {
				got := parse(t, "Consent", "period", prefix+"2023-05").Match(entries)
				if want := slices.Contains(matches, prefix); got != want {
					t.Errorf("%s: got %v", prefix, got)
				}
			}
		})
	}
}

func TestMatchOfDatesByPrecision(t *testing.T) {
	tests := []struct {
		looked, written string
		want            bool
	}{
		{"2023", "2023-05-01", true},
		{"2023-05-01", "2023", false},
		{"2023-05-01", "2023-05-01T23:59:59+03:00", true},
		{"2023-05-01", "2023-05-01T23:59:59Z", false}, // the second of May in Helsinki
		{"2023-05-01T10:00:00Z", "2023-05-01T13:00:00+03:00", true},
		{"2023-05-01T10:00:00Z", "2023-05-01T13:00:00.999+03:00", true},
		{"2023-05-01T10:00:00.0Z", "2023-05-01T10:00:00Z", false},
		{"2023-05-01T10:00Z", "2023-05-01T10:00:59Z", true},
		{"2023-05-01T13:00", "2023-05-01T10:00:59Z", true},
		{"gt2023-05-01", "2023-05-01", false},
		{"gt2023-05-01", "2023-05-02", true},
		{"gt2023-05-01", "2023-05", true},
		{"ge2023-05-01", "2023-05-01", true},
		{"lt2023-05-01", "2023-04-30", true},
		{"lt2023-05-01", "2023-05-01", false},
		{"le2023-05-01", "2023-05-01", true},
		{"le2023-05-01", "2023-05-02", false},
		{"sa2023-05-01", "2023-05-02", true},
		{"sa2023-05-01", "2023-05", false},
		{"eb2023-05-01", "2023-04", true},
		{"ap2023-05-01", "2023-05-02", true},
		{"ap2023-05-01", "2023-05-03", false},
		{"ap2023", "2024-12-31", true},
		{"ne2023", "2023-05-01", false},
		{"ne2023", "2022", true},
		{"2022,2023", "2023-05-01", true},
		{"gt2024,lt2023", "2023-05-01", false},
	}
	r := registry(t)
	for _, test := range tests {
		entries := r.Entries(resource(t, `{"resourceType":"Consent","dateTime":"`+test.written+`"}`))
		if got := parse(t, "Consent", "date", test.looked).Match(entries); got != test.want {
			t.Errorf("date=%s on %s: got %v", test.looked, test.written, got)
		}
	}
}

func TestMatchOfTokensAndReferences(t *testing.T) {
	tests := []struct {
		param, value string
		want         bool
	}{
		{"category", "denial-health", true},
		{"category", "Denial-Health", false},
		{"category", "https://tahto.example/fhir/CodeSystem/declaration|denial-health", true},
		{"category", "urn:y|denial-health", false},
		{"category", "|denial-health", false},
		{"category", "|bare", true},
		{"category", "bare", true},
		{"category", "urn:y|", true},
		{"category", "urn:z|", false},
		{"category", "x,y,z", true},
		{"category", "text", false},
		{"category:not", "denial-health", false},
		{"category:not", "consent-health", true},
		{"category:not", "consent-health,bare", false},
		{"category:missing", "false", true},
		{"category:missing", "true", false},
		{"status", "http://hl7.org/fhir/consent-state-codes|active", true},
		{"status", "|active", true},
		{"status", "urn:x|active", false},
		{"patient", "p1", true},
		{"patient", "Patient/p1", true},
		{"patient", "https://tahto.example/fhir/Patient/p1", true},
		{"patient", "https://elsewhere.example/fhir/Patient/p1", false},
		{"patient", "Patient/p1/_history/1", false},
		{"patient:identifier", "160350-900N", true},
		{"patient:identifier", "urn:oid:1.2.246.21|160350-900N", true},
		{"patient:identifier", "urn:oid:1.2.246.21|180958-9128", false},
		{"patient:identifier", "|160350-900N", false},
		{"patient:missing", "true", false},
		{"data", "DocumentReference/d1", true},
		{"data", "DocumentReference/d1/_history/3", true},
		{"data", "DocumentReference/d1/_history/4", false},
		{"data", "Contract/d1", false},
		{"data:DocumentReference", "d1", true},
		{"purpose", "nested", false}, // R4 looks at the root provision only
		{"_id", "c1", true},
		{"_id:not", "c1", false},
		{"_lastUpdated", "2023-05-02T10:00:00.123Z", true},
	}
	entries := registry(t).Entries(resource(t, fullConsent))
	for _, test := range tests {
		if got := parse(t, "Consent", test.param, test.value).Match(entries); got != test.want {
			t.Errorf("%s=%s: got %v", test.param, test.value, got)
		}
	}
}

func TestMatchOfAbsentElements(t *testing.T) {
	tests := []struct {
		json, param, value string
		want               bool
	}{
		{`{"resourceType":"Consent"}`, "status:not", "active", true},
		{`{"resourceType":"Consent"}`, "status:missing", "true", true},
		{`{"resourceType":"Consent"}`, "status:missing", "false", false},
		{`{"resourceType":"Consent"}`, "date", "ne2023", false},
		{`{"resourceType":"Consent"}`, "patient:missing", "true", true},
		{`{"resourceType":"Consent","patient":{"identifier":{"value":"1"}}}`, "patient:missing", "true", false},
		{`{"resourceType":"Consent","patient":{"identifier":{"value":"1"}}}`, "patient:missing", "false", true},
		{`{"resourceType":"Consent","patient":{"identifier":{"value":"1"}}}`, "patient", "1", false},
		{`{"resourceType":"Consent","patient":{"identifier":{"value":"1"}}}`, "patient:identifier", "|1", true},
	}
	r := registry(t)
	for _, test := range tests {
		entries := r.Entries(resource(t, test.json))
		if got := parse(t, "Consent", test.param, test.value).Match(entries); got != test.want {
			t.Errorf("%s=%s on %s: got %v", test.param, test.value, test.json, got)
		}
	}
}

func TestMatchOfAQueryWithoutMeaningIsFalse(t *testing.T) {
	entries := []search.Entry{{Param: "a", Value: "1"}, {Param: "a"}}
	for _, c := range []search.Clause{
		{Param: "a", Not: true},
		{Param: "a", Op: search.Missing + 1, Not: true},
		{Param: "a", Op: search.Token},
		{Param: "a", Op: search.Date, Values: []search.Value{{Prefix: "xx", High: 1}}},
		{Param: "a", Op: search.Reference, Values: []search.Value{{}}},
	} {
		if (search.Query{Clauses: []search.Clause{c}}).Match(entries) {
			t.Errorf("%+v matched", c)
		}
	}
}

// Dates against their definition: intervals as sets of whole points.
func TestMatchOfDatesIsTheDefinitionOnPoints(t *testing.T) {
	const horizon = 12
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64Range(0, horizon-1).Draw(t, "from")
		to := rapid.Int64Range(from+1, horizon).Draw(t, "to")
		low := rapid.Int64Range(0, horizon-1).Draw(t, "low")
		high := rapid.Int64Range(low+1, horizon).Draw(t, "high")
		some := func(is func(int64) bool) bool {
			for i := low; i < high; i++ {
				if is(i) {
					return true
				}
			}
			return false
		}
		above := some(func(i int64) bool { return i >= to })
		below := some(func(i int64) bool { return i < from })
		inside := some(func(i int64) bool { return i >= from && i < to })
		contained := !above && !below
		for prefix, want := range map[search.Prefix]bool{
			"eq": contained, "ne": !contained, "gt": above, "lt": below, "ge": above || contained, "le": below || contained,
			"sa": !inside && !below, "eb": !inside && !above, "ap": inside,
		} {
			q := search.Query{Clauses: []search.Clause{{Param: "d", Op: search.Date, Values: []search.Value{{Prefix: prefix, Low: from, High: to}}}}}
			if got := q.Match([]search.Entry{{Param: "d", Low: low, High: high}}); got != want {
				t.Fatalf("%s [%d,%d) on [%d,%d): got %v", prefix, from, to, low, high, got)
			}
		}
	})
}

// A clause with Not is the opposite of the same clause without; more
// alternatives never lose a match, more clauses never win one.
func TestMatchIsBoolean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfN(smallEntry, 0, 6).Draw(t, "entries")
		a, b := smallClause.Draw(t, "a"), smallClause.Draw(t, "b")
		match := func(clauses ...search.Clause) bool { return search.Query{Clauses: clauses}.Match(entries) }

		not := a
		not.Not = true
		if match(a) == match(not) {
			t.Fatal("a clause and its opposite agree")
		}
		if match(a, b) != (match(a) && match(b)) {
			t.Fatal("clauses are not all asked for")
		}
		wide := a
		wide.Values = append(slices.Clone(a.Values), b.Values...)
		if match(a) && !match(wide) {
			t.Fatal("an alternative lost a match")
		}
		if has, lacks := (search.Clause{Param: a.Param, Op: search.Missing}), (search.Clause{Param: a.Param, Op: search.Missing, Absent: true}); match(has) == match(lacks) || match(a) && match(lacks) {
			t.Fatal("what is missing was found")
		}
	})
}

var smallEntry = rapid.Custom(func(t *rapid.T) search.Entry {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	return search.Entry{Param: pick("param", "p", "q"), System: pick("system", "", "s"), Value: pick("value", "1", "2")}
})

var smallClause = rapid.Custom(func(t *rapid.T) search.Clause {
	value := rapid.Custom(func(t *rapid.T) search.Value {
		e := smallEntry.Draw(t, "like")
		return search.Value{System: e.System, Value: e.Value, AnySystem: rapid.Bool().Draw(t, "any")}
	})
	return search.Clause{
		Param: smallEntry.Draw(t, "of").Param, Op: rapid.SampledFrom([]search.Op{search.Token, search.Reference}).Draw(t, "op"),
		Values: rapid.SliceOfN(value, 1, 3).Draw(t, "values"),
	}
})
