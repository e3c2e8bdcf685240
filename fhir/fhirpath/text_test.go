package fhirpath_test

import "testing"

// TestStringFunctions: http://hl7.org/fhirpath/N1/#string-manipulation.
func TestStringFunctions(t *testing.T) {
	expect(t, "", cases{
		"indexOf": {
			{"'abcdefg'.indexOf('bc')", "1"}, {"'abcdefg'.indexOf('x')", "-1"}, {"'abcdefg'.indexOf('abcdefg')", "0"}, {"'abc'.indexOf('')", "0"}, {"'abc'.indexOf({})", ""},
			{"'äbc'.indexOf('b')", "1"},
		},
		"substring": {
			{"'abcdefg'.substring(3)", "defg"}, {"'abcdefg'.substring(1, 2)", "bc"}, {"'abcdefg'.substring(6, 2)", "g"}, {"'abcdefg'.substring(7, 1)", ""},
			{"'abc'.substring(-1)", ""}, {"'abc'.substring(3).empty()", "true"}, {"'abc'.substring({})", ""}, {"'äöå'.substring(1, 1)", "ö"}, {"'abc'.substring(1, 2147483647)", "bc"},
			{"'abc'.substring(2147483647)", ""}, {"'abc'.substring('a')", "fault"},
		},
		"startsWith, endsWith and contains": {
			{"'abcdefg'.startsWith('abc')", "true"}, {"'abcdefg'.startsWith('xyz')", "false"}, {"'abc'.startsWith('')", "true"}, {"'abc'.startsWith({})", ""},
			{"'abcdefg'.endsWith('efg')", "true"}, {"'abcdefg'.endsWith('abc')", "false"}, {"'abc'.endsWith('')", "true"},
			{"'abc'.contains('bc')", "true"}, {"'abc'.contains('d')", "false"}, {"'abc'.contains('')", "true"}, {"'abc'.contains({})", ""},
		},
		"upper, lower, length and toChars": {
			{"'abc'.upper()", "ABC"}, {"'AbÄ'.lower()", "abä"}, {"'abcdefg'.length()", "7"}, {"''.length()", "0"}, {"'äö'.length()", "2"}, {"'t2ä'.toChars()", "t,2,ä"}, {"''.toChars()", ""},
		},
		"replace": {
			{"'abcdefg'.replace('cde', '123')", "ab123fg"}, {"'abcdefg'.replace('cde', '')", "abfg"}, {"'abc'.replace('', 'x')", "xaxbxcx"}, {"'aaa'.replace('a', 'b')", "bbb"},
			{"'abc'.replace({}, 'x')", ""}, {"'abc'.replace('a', {})", ""}, {"'a.c'.replace('.', '$')", "a$c"},
		},
		"regular expressions": {
			{"'N8000123123'.matches('^N[0-9]{8}$')", "false"}, {"'N8000123123'.matches('N[0-9]{8}')", "true"}, {"'abc'.matches('b')", "true"}, {"'abc'.matches('^b')", "false"},
			{"'abc'.matches({})", ""}, {`'11/30/1972'.replaceMatches('\\b(?<month>\\d{1,2})/(?<day>\\d{1,2})/(?<year>\\d{2,4})\\b', '${day}-${month}-${year}')`, "30-11-1972"},
			{"'abc'.replaceMatches('[ac]', '')", "b"}, {"'abc'.replaceMatches({}, 'x')", ""}, {"'abc'.matches('[')", "fault"}, {"'a'.matches('(a')", "fault"},
		},
		"joining": {
			{"'a' + 'b'", "ab"}, {"'a' + {}", ""}, {"'a' & 'b'", "ab"}, {"'a' & {}", "a"}, {"{} & {}", ""}, {"({} & {}).exists()", "true"}, {"'a' & 'b' & {} & 'c'", "abc"},
			{"('a' | 'b') & 'c'", "fault"},
		},
		"not on what is no text": {
			{"1.length()", "fault"}, {"1.upper()", "fault"}, {"true.startsWith('t')", "fault"}, {"'a'.startsWith(1)", "fault"}, {"1.matches('1')", "fault"}, {"'1'.indexOf(1)", "fault"},
		},
		"later functions, as HL7's evaluators have them": {
			{"'a,b,,c'.split(',').count()", "4"}, {"('a' | 'b' | 'c').join('-')", "a-b-c"}, {"'  a '.trim()", "a"}, {"'abcabc'.lastIndexOf('b')", "4"},
			{"'test'.encode('base64')", "dGVzdA=="}, {"'dGVzdA=='.decode('base64')", "test"}, {"'test'.encode('hex')", "74657374"}, {"'74657374'.decode('hex')", "test"},
			{`'"1<2"'.escape('html')`, "&quot;1&lt;2&quot;"}, {"'&lt;'.unescape('html')", "<"}, {"'abc'.matchesFull('b')", "false"}, {"'abc'.matchesFull('a.c')", "true"},
		},
	})
}

// TestEscapes: http://hl7.org/fhirpath/N1/#string.
func TestEscapes(t *testing.T) {
	for source, want := range map[string]string{
		`'\''`: "'", `'\"'`: `"`, "'\\`'": "`", `'\\'`: `\`, `'\/'`: "/", `'\f'`: "\f", `'\n'`: "\n", `'\r'`: "\r", `'\t'`: "\t", `'\u0041\u00e4'`: "Aä",
		`'\ud83d\ude00'`: "😀", `''`: "", `'"'`: `"`, "'\u00e4'": "ä",
	} {
		if got := result(t, nil, source, ""); got != want {
			t.Errorf("%s is %q, want %q", source, got, want)
		}
	}
	for _, source := range []string{`'\u00'`, `'\u00zz'`, `'abc`, `'abc\'`, `'\`} {
		if got := result(t, nil, source, ""); got != "refused" {
			t.Errorf("%s is %q, want it refused", source, got)
		}
	}
}

// TestConversions: http://hl7.org/fhirpath/N1/#conversion.
func TestConversions(t *testing.T) {
	expect(t, "", cases{
		"toBoolean": {
			{"'true'.toBoolean()", "true"}, {"'T'.toBoolean()", "true"}, {"'Yes'.toBoolean()", "true"}, {"'y'.toBoolean()", "true"}, {"'1'.toBoolean()", "true"}, {"'1.0'.toBoolean()", "true"},
			{"'FALSE'.toBoolean()", "false"}, {"'f'.toBoolean()", "false"}, {"'no'.toBoolean()", "false"}, {"'N'.toBoolean()", "false"}, {"'0'.toBoolean()", "false"}, {"'0.0'.toBoolean()", "false"},
			{"1.toBoolean()", "true"}, {"0.toBoolean()", "false"}, {"2.toBoolean()", ""}, {"1.0.toBoolean()", "true"}, {"0.0.toBoolean()", "false"}, {"'x'.toBoolean()", ""}, {"@2024.toBoolean()", ""},
			{"true.toBoolean()", "true"}, {"'yes'.convertsToBoolean()", "true"}, {"'maybe'.convertsToBoolean()", "false"}, {"2.convertsToBoolean()", "false"},
		},
		"toInteger": {
			{"'5'.toInteger()", "5"}, {"'+5'.toInteger()", "5"}, {"'-5'.toInteger()", "-5"}, {"'5.0'.toInteger()", ""}, {"''.toInteger()", ""}, {"' 5'.toInteger()", ""}, {"'99999999999'.toInteger()", ""},
			{"true.toInteger()", "1"}, {"false.toInteger()", "0"}, {"5.toInteger()", "5"}, {"1.0.toInteger()", ""}, {"'5'.convertsToInteger()", "true"}, {"1.0.convertsToInteger()", "false"},
			{"'a'.convertsToInteger()", "false"}, {"@2024.convertsToInteger()", "false"},
		},
		"toDecimal": {
			{"'1.50'.toDecimal() = 1.5", "true"}, {"'-1.5'.toDecimal()", "-1.5"}, {"'+2'.toDecimal() = 2", "true"}, {"1.toDecimal() is Decimal", "true"}, {"true.toDecimal() = 1.0", "true"},
			{"'.5'.toDecimal()", ""}, {"'1.'.toDecimal()", ""}, {"'1e5'.toDecimal()", ""}, {"'x'.toDecimal()", ""}, {"'1.5'.convertsToDecimal()", "true"}, {"'1.5.1'.convertsToDecimal()", "false"},
		},
		"toString": {
			{"1.toString()", "1"}, {"1.50.toString()", "1.50"}, {"(-1).toString()", "-1"}, {"true.toString()", "true"}, {"'a'.toString()", "a"}, {"@2024-01.toString()", "2024-01"},
			{"@T10:00.toString()", "10:00"}, {"@2024-01-01T10:00:00+02:00.toString()", "2024-01-01T10:00:00+02:00"}, {"1.convertsToString()", "true"},
		},
		"toDate and toDateTime": {
			{"'2024'.toDate()", "2024"}, {"'2024-02'.toDate()", "2024-02"}, {"'2024-02-29'.toDate()", "2024-02-29"}, {"'2023-02-29'.toDate()", ""}, {"'2024-2'.toDate()", ""}, {"'x'.toDate()", ""},
			{"'2024-02-29'.toDate() is Date", "true"}, {"@2024-01-01T10:00.toDate()", "2024-01-01"}, {"@2024-01-01.toDateTime() is DateTime", "true"}, {"'2024-01-01T10:00:00Z'.toDateTime() = @2024-01-01T10:00:00Z", "true"},
			{"'2024-01-01T25:00:00Z'.toDateTime()", ""}, {"'2024-13'.convertsToDate()", "false"}, {"'2024-12'.convertsToDate()", "true"}, {"'2024-12'.convertsToDateTime()", "true"}, {"1.convertsToDate()", "false"},
		},
		"toTime": {{"'10:30'.toTime()", "10:30"}, {"'10:30:00.5'.toTime() = @T10:30:00.5", "true"}, {"'25:00'.toTime()", ""}, {"'10:60'.convertsToTime()", "false"}, {"'10:59'.convertsToTime()", "true"}, {"1.toTime()", ""}},
		"toQuantity": {
			{"5.toQuantity() = 5 '1'", "true"}, {"'5'.toQuantity() = 5 '1'", "true"}, {"1.5.toQuantity() = 1.5 '1'", "true"}, {"true.toQuantity() = 1 '1'", "true"}, {`'5.5 \'mg\''.toQuantity() = 5.5 'mg'`, "true"},
			{"'4 days'.toQuantity() = 4 days", "true"}, {"'x'.toQuantity()", ""}, {"'4 mg'.toQuantity()", ""}, {`'1 \'g\''.convertsToQuantity()`, "true"}, {"'1 apple'.convertsToQuantity()", "false"},
			{"(1 'g').toQuantity('mg') = 1000 'mg'", "true"}, {"(1 'g').toQuantity('cm')", ""},
		},
	})
}
