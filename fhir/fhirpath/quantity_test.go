package fhirpath_test

import "testing"

// TestDateArithmetic: http://hl7.org/fhirpath/N1/#datetime-arithmetic.
func TestDateArithmetic(t *testing.T) {
	expect(t, "", cases{
		"the last day of a shorter month": {
			{"@2024-01-31 + 1 month", "2024-02-29"}, {"@2023-01-31 + 1 month", "2023-02-28"}, {"@2024-02-29 + 1 year", "2025-02-28"},
			{"@2024-02-29 - 4 years", "2020-02-29"}, {"@2024-05-31 - 1 month", "2024-04-30"},
		},
		"days and weeks": {
			{"@1973-12-25 + 7 days", "1974-01-01"}, {"@2024-03-01 - 1 day", "2024-02-29"}, {"@2024-02-26 + 1 week", "2024-03-04"}, {"@1900-02-28 + 1 day", "1900-03-01"},
		},
		"no more precise than the date": {
			{"@2014 + 24 months", "2016"}, {"@2014 + 23 months", "2015"}, {"@2014 + 11 months", "2014"}, {"@2016 + 365 days", "2017"}, {"@2019-03 + 29 days", "2019-03"},
			{"@2019-03 + 30 days", "2019-04"}, {"@2014 - 12 months", "2013"},
		},
		"a fraction counts for seconds only": {
			{"@2024-01-01 + 1.9 days", "2024-01-02"}, {"@2024-01-31 + 1.9 months", "2024-02-29"},
			{"@2024-01-01T10:00:00.000Z + 500 milliseconds = @2024-01-01T10:00:00.500Z", "true"}, {"@2024-01-01T10:00:00.000Z + 1.5 seconds = @2024-01-01T10:00:01.500Z", "true"},
		},
		"times of day go round": {{"@T23:00 + 2 hours", "01:00"}, {"@T01:00 - 2 hours", "23:00"}, {"@T10:30 + 45 minutes", "11:15"}, {"@T10:30:00 + 30 seconds", "10:30:30"}},
		"a dateTime keeps its zone": {
			{"@2024-02-28T23:00:00+02:00 + 2 hours = @2024-02-29T01:00:00+02:00", "true"}, {"(@2024-12-31T23:59:59+02:00 + 1 second).toString()", "2025-01-01T00:00:00+02:00"},
		},
		"years beyond the calendar are nothing": {{"@9999-12-31 + 1 day", ""}, {"@0001-01-01 - 1 day", ""}, {"@2024 + 9000 years", ""}, {"@2024 - 2147483647 years", ""}, {"@2024-01-01 + 2147483647 days", ""}},
		"nothing, and what is no time":          {{"@2024 + {}", ""}, {"{} + 1 day", ""}, {"@2024 + 1", "fault"}, {"@2024 + 5 'mg'", "fault"}, {"@2024 - @2023", "fault"}, {"@T10:00 + 'a'", "fault"}},
	})
}

// TestQuantities: http://hl7.org/fhirpath/N1/#quantity and the sections of the
// operators.
func TestQuantities(t *testing.T) {
	expect(t, "", cases{
		"units of one dimension are converted": {
			{"1 'm' = 100 'cm'", "true"}, {"4 'g' = 4000 'mg'", "true"}, {"4 'g' = 4001 'mg'", "false"}, {"4 'g' != 4000 'mg'", "false"}, {"1 'cm' < 2 'm'", "true"},
			{"1 'kg' > 999 'g'", "true"}, {"5 'mg' = 5.0 'mg'", "true"}, {"4 'g' ~ 4000 'mg'", "true"}, {"1 'km/h' < 1 'm/s'", "true"},
		},
		"different dimensions have no order": {{"1 'g' > 5 'cm'", ""}, {"1 's' < 1 'm'", ""}, {"1 'g' ~ 1 'cm'", "false"}},
		"words for calendar durations": {
			{"7 days = 1 week", "true"}, {"1 second = 1 's'", "true"}, {"60 seconds = 1 minute", "true"}, {"1 year ~ 1 'a'", "true"}, {"1 day = 24 hours", "true"},
			{"1 hour > 59 minutes", "true"}, {"1 day is Quantity", "true"},
		},
		"sums and differences": {{"3 'm' + 3 'cm' = 303 'cm'", "true"}, {"3 'g' - 500 'mg' = 2.5 'g'", "true"}, {"-(5 'mg') = -5 'mg'", "true"}, {"1 'g' + {}", ""}},
		"products and quotients": {
			{"12 'cm' * 3 'cm' = 36 'cm2'", "true"}, {"12 'cm2' / 3 'cm' = 4 'cm'", "true"}, {"4 'g' / 2 'g' = 2 '1'", "true"}, {"2 * 3 'cm' = 6 'cm'", "true"}, {"1 'cm' / 0 'cm'", ""},
		},
		"rounding functions keep the unit": {{"(-5.5 'mg').abs() = 5.5 'mg'", "true"}},
		"the text of a quantity":           {{"(5 'mg').toString()", "5 'mg'"}, {"(1.50 'mg').toString()", "1.50 'mg'"}, {"(1 day).toString()", "1 day"}},
		"a unit that UCUM doesn't have":    {{"1 'nonsense' = 1 'g'", ""}, {"1 'nonsense' < 2 'g'", ""}},
	})
}

// TestNumbers: http://hl7.org/fhirpath/N1/#math and #math-1.
func TestNumbers(t *testing.T) {
	expect(t, "", cases{
		"division": {
			{"5 / 2", "2.5"}, {"(4 / 2) is Decimal", "true"}, {"5 div 2", "2"}, {"5.5 div 0.7", "7"}, {"5 mod 2", "1"}, {"5.5 mod 0.7", "0.6"},
			{"(-7) div 2", "-3"}, {"(-7) mod 2", "-1"}, {"7 mod (-2)", "1"}, {"(5 div 2) is Integer", "true"},
		},
		"division by zero is nothing": {{"1 / 0", ""}, {"1 div 0", ""}, {"1 mod 0", ""}, {"1.0 / 0.0", ""}, {"1.0 mod 0", ""}},
		"an integer that overflows is nothing": {
			{"2147483647 + 1", ""}, {"2147483647 * 2", ""}, {"-2147483647 - 2", ""}, {"2147483647 + 0", "2147483647"}, {"-2147483647 - 1", "-2147483648"},
			{"(-2147483647 - 1).abs()", ""}, {"-(-2147483647 - 1)", ""},
		},
		"integers become decimals": {{"(1 + 1.0) is Decimal", "true"}, {"(1 + 1) is Integer", "true"}, {"1 + 1.5", "2.5"}},
		"types that don't fit":     {{"1 + 'a'", "fault"}, {"'a' - 'b'", "fault"}, {"'a' * 2", "fault"}, {"-'a'", "fault"}, {"true + 1", "fault"}, {"'a'.abs()", "fault"}, {"true.sqrt()", "fault"}},
		"abs and rounding": {
			{"(-5).abs()", "5"}, {"(-5.5).abs()", "5.5"}, {"1.ceiling()", "1"}, {"1.1.ceiling()", "2"}, {"(-1.1).ceiling()", "-1"}, {"2.1.floor()", "2"}, {"(-2.1).floor()", "-3"},
			{"101.truncate()", "101"}, {"1.00000001.truncate()", "1"}, {"(-1.56).truncate()", "-1"}, {"3.14159.round(3) = 3.142", "true"}, {"1.round() = 1", "true"},
			{"1.5.round() = 2", "true"}, {"(-0.5).ceiling()", "0"}, {"1.5.round(-1)", "fault"},
		},
		"powers, roots and logarithms": {
			{"2.power(3)", "8"}, {"2.5.power(2) = 6.25", "true"}, {"(-1).power(0.5)", ""}, {"2.power(0) = 1", "true"}, {"81.sqrt() = 9", "true"}, {"(-1).sqrt()", ""},
			{"0.exp() = 1", "true"}, {"1.ln() = 0", "true"}, {"16.log(2) = 4", "true"}, {"100.0.log(10.0) = 2", "true"}, {"0.ln()", ""}, {"(-1).ln()", ""}, {"0.log(2)", ""}, {"2.log(1)", ""},
			{"2.power({})", ""}, {"0.power(-1)", ""},
		},
	})
}
