package fhirpath_test

import (
	"errors"
	"testing"

	"tahto/fhir/fhirpath"
)

// TestPrecedence: http://hl7.org/fhirpath/N1/#operator-precedence. Each case has
// another result, or none, if the operators bound the other way.
func TestPrecedence(t *testing.T) {
	expect(t, "", cases{
		"a path before a sign":       {{"-2.abs()", "-2"}, {"-2.power(2)", "-4"}, {"(-2).abs()", "2"}},
		"a sign before a product":    {{"-2 * 3 + 10", "4"}, {"2 * -3", "-6"}, {"1 - -1", "2"}, {"+5", "5"}},
		"products before sums":       {{"1 + 2 * 3", "7"}, {"10 - 6 div 2", "7"}, {"10 + 7 mod 4", "13"}, {"(1 + 2) * 3", "9"}},
		"sums before is":             {{"1 + 2 is Integer", "true"}, {"'a' & 'b' is String", "true"}},
		"is before union":            {{"1 | 2 is Integer", "1,true"}},
		"union before comparison":    {{"({} | 1) < 2", "true"}, {"{} | 1 < 2", "true"}, {"1 | 2 = 1 | 2", "true"}},
		"comparison before equality": {{"1 > 2 = false", "true"}, {"false = 2 < 1", "true"}},
		"equality before membership": {{"1 = 1 in true", "true"}, {"true contains 1 = 1", "true"}},
		"membership before and":      {{"false and 1 in 1", "false"}, {"1 in 2 and false", "false"}},
		"and before or":              {{"true or true and false", "true"}, {"false and false or true", "true"}},
		"or before implies":          {{"false implies true or false", "true"}, {"true or false implies false", "false"}},
		"operators of one rank go rightwards": {
			{"10 - 4 - 3", "3"}, {"16 / 4 / 2 = 2", "true"}, {"6 div 2 * 3", "9"}, {"7 mod 4 * 2", "6"}, {"true xor true or true", "true"}, {"false implies false implies false", "false"},
			{"1 = 1 = true", "true"}, {"2 = 2 != false", "true"}, {"'a' & 'b' + 'c'", "abc"}, {"3 > 2 > 1", "fault"},
		},
	})
}

// TestLexicalForms: http://hl7.org/fhirpath/N1/#lexical-elements.
func TestLexicalForms(t *testing.T) {
	expect(t, patient, cases{
		"comments and space":    {{"1 // one\n + 1", "2"}, {"1 /* a * / ** \n b */+/**/1", "2"}, {" \t\r\n1 ", "1"}, {"'/* no */'", "/* no */"}, {"'// no'", "// no"}, {"1 // 2", "1"}},
		"delimited identifiers": {{"`Patient`.`name`.`family`", "Alfa,Beta"}, {"Patient.`div`", ""}, {"Patient.name.where(`family` = 'Beta').`given`", "Cecilia"}},
		"words of operators that may be names": {
			{"'abc'.contains('b')", "true"}, {"1.is(Integer)", "true"}, {"1.as(Integer)", "1"}, {"Patient.contains", ""}, {"Patient.is.as.in", ""},
		},
		"literals": {
			{"{}", ""}, {"true", "true"}, {"01", "1"}, {"1.10", "1.10"}, {"@2024", "2024"}, {"@2024-02", "2024-02"}, {"@2024T is DateTime", "true"}, {"@2024 is Date", "true"},
			{"@T10:30 is Time", "true"}, {"@2024-01-01T10:00:00.123+02:00 is DateTime", "true"}, {"5 'mg' is Quantity", "true"}, {"1 year is Quantity", "true"}, {"2147483647", "2147483647"},
		},
		"names of the environment": {
			{"%ucum", "http://unitsofmeasure.org"}, {"%sct", "http://snomed.info/sct"}, {"%loinc", "http://loinc.org"}, {"%context.id", "p"}, {"%resource.id", "p"}, {"%rootResource.id", "p"},
			{"%`vs-administrative-gender`", "http://hl7.org/fhir/ValueSet/administrative-gender"}, {"%'vs-administrative-gender'", "http://hl7.org/fhir/ValueSet/administrative-gender"},
			{"%`ext-patient-birthTime`", "http://hl7.org/fhir/StructureDefinition/patient-birthTime"}, {"%`ucum`", "http://unitsofmeasure.org"}, {"%unknown", "fault"},
		},
	})
}

// TestFaultsOfSyntaxAreRefused also asks for a place within the text.
func TestFaultsOfSyntaxAreRefused(t *testing.T) {
	model := loaded(t)
	for _, source := range []string{
		"", " ", "// only", "1 2", ".a", "a.", "a..b", "()", "(", "(1", "1)", "{", "{1}", "[0]", "a[0", "a[]", "a[0 1]", "1 +", "* 1", "1 + * 2", "1 = ", "and", "true and", "a.b(", "a.b(1,)", "f(,1)",
		"'abc", "`abc", "1 /* open", "#", "a # b", "$that", "$", "%", "% a", "@", "@20", "@2024-1", "@2024-13", "@2024-02-30", "@T", "@T25", "@T10:60", "@2024-01-01T10:00+0200x", "1.", "1.5.6",
		"99999999999", "a is", "a is 1", "a as", "1 is (Integer)", "is Integer", "a ! b", "a ~~ b", "a => b", "a == b", "a && b", "1 'mg", "\x00", "a\xff", "a;b", "a ? b : c",
		"nonsense()", "exists(1, 2)", "'a'.substring()", "'a'.substring(1, 2, 3)", "first(1)", "where()", "select()", "iif()", "iif(true)", "iif(true, 1, 2, 3)", "ofType()", "ofType(1)", "ofType(Nonsense)",
		"1 is Nonsense", "1 is FHIR.Nonsense", "1 as Other.Integer", "not(1)", "count(1)", "take()", "trace()", "repeat()", "aggregate()",
	} {
		_, err := fhirpath.Compile(source, model)
		fault, is := errors.AsType[*fhirpath.Error](err)
		if !is || fault.Position < 0 || fault.Position > len(source) || fault.Text == "" || errors.Is(err, fhirpath.ErrTooCostly) {
			t.Errorf("%q is refused with %v", source, err)
		}
	}
}

func TestExpressionsKeepTheirSource(t *testing.T) {
	for _, source := range []string{"1+1 ", "/* a */ Patient . name", "`Patient`.name // end"} {
		e, err := fhirpath.Compile(source, nil)
		if err != nil || e.String() != source {
			t.Errorf("%q became %v, %v", source, e, err)
		}
	}
}
