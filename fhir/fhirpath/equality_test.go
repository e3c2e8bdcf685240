package fhirpath_test

import "testing"

// TestEquality: http://hl7.org/fhirpath/N1/#equality.
func TestEquality(t *testing.T) {
	expect(t, patient, cases{
		"nothing equals nothing, not even itself": {{"{} = {}", ""}, {"1 = {}", ""}, {"{} = 1", ""}, {"{} != 1", ""}, {"{} != {}", ""}},
		"values of one type": {
			{"1 = 1", "true"}, {"1 = 2", "false"}, {"1 != 2", "true"}, {"1 != 1", "false"}, {"'a' = 'a'", "true"}, {"'a' = 'A'", "false"}, {"'a' = 'a '", "false"},
			{"true = true", "true"}, {"true = false", "false"}, {"1.0 = 1.00", "true"}, {"0.1 + 0.2 = 0.3", "true"}, {"1.01 = 1.0", "false"},
		},
		"values of different types": {{"1 = 1.0", "true"}, {"1 = '1'", "false"}, {"true = 'true'", "false"}, {"1 != '1'", "true"}, {"1 = true", "false"}},
		"collections by order and number": {
			{"(1 | 2) = (1 | 2)", "true"}, {"(1 | 2) = (2 | 1)", "false"}, {"(1 | 2) = 1", "false"}, {"(1 | 2) != (2 | 1)", "true"}, {"(1 | 2) != 1", "true"},
		},
		"elements with all they hold": {
			{"Patient.name[0] = Patient.name[0]", "true"}, {"Patient.name[0] = Patient.name[1]", "false"}, {"Patient.name = Patient.name", "true"},
			{"Patient.name != Patient.name", "false"}, {"Patient = Patient", "true"}, {"Patient.name[0] = 1", "false"},
			{"Patient.active = true", "true"}, {"Patient.id = 'p'", "true"}, {"Patient.multipleBirth = 2", "true"}, {"Patient.multipleBirth = 2.0", "true"},
		},
	})
}

// TestEquivalence: http://hl7.org/fhirpath/N1/#equivalence.
func TestEquivalence(t *testing.T) {
	expect(t, patient, cases{
		"nothing is equivalent to nothing": {{"{} ~ {}", "true"}, {"{} ~ 1", "false"}, {"1 ~ {}", "false"}, {"{} !~ {}", "false"}, {"{} !~ 1", "true"}},
		"texts without case and kind of space": {
			{"'a' ~ 'A'", "true"}, {"'Ä' ~ 'ä'", "true"}, {`'a\tb' ~ 'a b'`, "true"}, {`'a\nb' ~ 'A\tB'`, "true"}, {"'a' ~ 'b'", "false"}, {"'a' !~ 'A'", "false"},
		},
		"numbers at the lesser precision": {{"1.1 ~ 1.14", "true"}, {"1.1 ~ 1.16", "false"}, {"1.10 ~ 1.14", "true"}, {"0.67 ~ 0.6666", "true"}, {"1 ~ 1.0", "true"}, {"1 ~ 2", "false"}},
		"collections in any order": {
			{"(1 | 2) ~ (2 | 1)", "true"}, {"(1 | 2) ~ (1 | 3)", "false"}, {"(1 | 2) ~ 1", "false"}, {"('a' | 'b') ~ ('B' | 'A')", "true"},
			{"1.combine(1).combine(2) ~ 1.combine(2).combine(2)", "false"},
		},
		"types that don't fit": {{"1 ~ '1'", "false"}, {"true ~ 'true'", "false"}, {"1 !~ '1'", "true"}},
		"elements":             {{"Patient.name ~ Patient.name", "true"}, {"Patient.name[0] ~ Patient.name[1]", "false"}},
	})
}

// TestComparison: http://hl7.org/fhirpath/N1/#comparison.
func TestComparison(t *testing.T) {
	expect(t, patient, cases{
		"values of one type": {
			{"1 < 2", "true"}, {"2 < 1", "false"}, {"1 <= 1", "true"}, {"1 >= 2", "false"}, {"2 > 1", "true"}, {"1 < 1.5", "true"}, {"1.0 >= 1", "true"},
			{"'a' < 'b'", "true"}, {"'abc' > 'abd'", "false"}, {"'Z' < 'a'", "true"}, {"Patient.multipleBirth > 1", "true"}, {"Patient.id < 'q'", "true"},
		},
		"types that have no order together": {
			{"1 < 'a'", "fault"}, {"'a' > 1", "fault"}, {"true < false", "fault"}, {"@2024 < 1", "fault"}, {"@T10 < @2024", "fault"}, {"Patient.name[0] > 1", "fault"},
		},
	})
}

// TestMomentsOfDifferentPrecision: whether they are equal or which is earlier
// is unknown, unless a part that both have tells it
// (http://hl7.org/fhirpath/N1/#datetime-equality).
func TestMomentsOfDifferentPrecision(t *testing.T) {
	expect(t, "", cases{
		"equal as far as both go is unknown": {
			{"@2012 = @2012-01", ""}, {"@2012-01 = @2012-01-01", ""}, {"@2012 != @2012-01", ""}, {"@2012 < @2012-01", ""}, {"@2012-01 <= @2012-01-01", ""},
			{"@T10 = @T10:30", ""}, {"@T10 < @T10:30", ""}, {"@T10:30 >= @T10:30:00", ""}, {"@2012-01-01T10Z = @2012-01-01T10:30Z", ""},
		},
		"a part that differs tells": {
			{"@2012 = @2013-01", "false"}, {"@2012-01 = @2013-01-01", "false"}, {"@2012 != @2013-01", "true"}, {"@2012 < @2013-01", "true"}, {"@2012-02 > @2012-01-31", "true"},
			{"@T10:30 = @T11", "false"}, {"@T10 < @T11:30", "true"}, {"@2012-01-01T10:30Z > @2012-01-01T09Z", "true"},
		},
		"seconds and their fraction are one part": {
			{"@T10:00:00 = @T10:00:00.000", "true"}, {"@T10:00:00 < @T10:00:00.001", "true"}, {"@2012-01-01T10:00:00Z = @2012-01-01T10:00:00.0Z", "true"},
		},
		"the same precision": {
			{"@2012 = @2012", "true"}, {"@2012-01-01 = @2012-01-02", "false"}, {"@2012-01-01 < @2012-01-02", "true"}, {"@T10:00 > @T09:59", "true"},
		},
		"time zones": {
			{"@2024-01-01T10:00+02:00 = @2024-01-01T08:00Z", "true"}, {"@2024-01-01T10:00+02:00 < @2024-01-01T09:00Z", "true"},
			{"@2024-01-01T00:30+02:00 = @2023-12-31T22:30Z", "true"},
		},
		"a date and a dateTime": {
			{"@2024-01-01 = @2024-01-01T", "true"}, {"@2024-01-01 = @2024-01-01T10:00", ""}, {"@2024-01-02 > @2024-01-01T10:00", "true"},
		},
		"equivalence is never unknown": {
			{"@2012 ~ @2012", "true"}, {"@2012 ~ @2012-01", "false"}, {"@T10 ~ @T10:00", "false"}, {"@2024-01-01T10:00+02:00 ~ @2024-01-01T08:00Z", "true"},
		},
	})
}
