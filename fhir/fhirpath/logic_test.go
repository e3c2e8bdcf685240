package fhirpath_test

import "testing"

// cases are expressions and what they give, by the behaviour they show.
type cases = map[string][][2]string

// expect evaluates the cases on a resource, with the types of R4; "" for no
// resource. "fault" stands for an error, be it of Compile or of Evaluate.
func expect(t *testing.T, on string, all cases) {
	t.Helper()
	model := loaded(t)
	for name, some := range all {
		t.Run(name, func(t *testing.T) {
			for _, c := range some {
				got := result(t, model, c[0], on)
				if c[1] == "fault" && (got == "refused" || got == "error") {
					continue
				}
				if got != c[1] {
					t.Errorf("%s is %q, want %q", c[0], got, c[1])
				}
			}
		})
	}
}

// TestLogicHasThreeValues goes through the truth tables of
// http://hl7.org/fhirpath/N1/#boolean-logic, row by row: the left operand is
// true, false and empty, and so is the right one in each row.
func TestLogicHasThreeValues(t *testing.T) {
	operands := []string{"true", "false", "{}"}
	for operator, table := range map[string][9]string{
		"and":     {"true", "false", "", "false", "false", "false", "", "false", ""},
		"or":      {"true", "true", "true", "true", "false", "", "true", "", ""},
		"xor":     {"false", "true", "", "true", "false", "", "", "", ""},
		"implies": {"true", "false", "", "true", "true", "true", "true", "", ""},
	} {
		for i, want := range table {
			source := operands[i/3] + " " + operator + " " + operands[i%3]
			if got := result(t, nil, source, ""); got != want {
				t.Errorf("%s is %q, want %q", source, got, want)
			}
		}
	}
}

func TestLogicTakesSingleItems(t *testing.T) {
	expect(t, patient, cases{
		"not turns a value, and leaves nothing as it is": {
			{"true.not()", "false"}, {"false.not()", "true"}, {"{}.not()", ""},
		},
		"a boolean of FHIR counts as its value": {
			{"Patient.active and true", "true"}, {"Patient.deceased or false", "false"}, {"Patient.deceased.not()", "true"},
			{"Patient.deceased xor Patient.active", "true"}, {"Patient.active implies Patient.deceased", "false"},
		},
		"one item that is no boolean counts as true": {
			{"5 and true", "true"}, {"false or 'x'", "true"}, {"0 and true", "true"}, {"(0).not()", "false"},
			{"true implies Patient.name[0]", "true"}, {"Patient.id xor true", "false"},
		},
		"several items are an error": {
			{"(1 | 2) and true", "fault"}, {"true and (true | false)", "fault"}, {"(1 | 2) or false", "fault"},
			{"('a' | 'b').not()", "fault"}, {"(true | false) xor true", "fault"}, {"true implies Patient.name", "fault"},
		},
	})
}

func TestIifEvaluatesOnlyWhatItGives(t *testing.T) {
	expect(t, patient, cases{
		"the criterion chooses": {
			{"iif(true, 1, 2)", "1"}, {"iif(false, 1, 2)", "2"}, {"iif({}, 1, 2)", "2"},
			{"iif(true, 1)", "1"}, {"iif(false, 1)", ""}, {"iif({}, 1)", ""},
			{"iif(Patient.active, 'a', 'b')", "a"}, {"iif(true, {}, 1)", ""}, {"iif(true, 1 | 2, 3)", "1,2"},
		},
		"the other result is not evaluated": {
			{"iif(true, 1, ('a' | 'b').length())", "1"}, {"iif(false, (1 | 2) + 1, 2)", "2"},
			{"iif(true, 1, %nobody)", "1"}, {"iif(Patient.name.exists(), 'named', Patient.name.single() + 1)", "named"},
		},
		"a criterion of several items is an error": {{"iif(true | false, 1, 2)", "fault"}},
	})
}
