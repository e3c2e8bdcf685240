package fhirpath_test

import "testing"

// TestExistence: http://hl7.org/fhirpath/N1/#existence.
func TestExistence(t *testing.T) {
	expect(t, "", cases{
		"empty, exists and count": {
			{"{}.empty()", "true"}, {"1.empty()", "false"}, {"{}.exists()", "false"}, {"1.exists()", "true"}, {"(1 | 2).exists()", "true"},
			{"(1 | 2).exists($this > 1)", "true"}, {"(1 | 2).exists($this > 2)", "false"}, {"{}.exists(true)", "false"},
			{"(1 | 2).exists({})", "false"}, {"{}.count()", "0"}, {"(1 | 2 | 3).count()", "3"},
		},
		"all holds for nothing": {
			{"{}.all(false)", "true"}, {"(1 | 2).all($this > 0)", "true"}, {"(1 | 2).all($this > 1)", "false"}, {"(1 | 2).all({})", "false"},
		},
		"all and any of booleans": {
			{"{}.allTrue()", "true"}, {"{}.anyTrue()", "false"}, {"{}.allFalse()", "true"}, {"{}.anyFalse()", "false"},
			{"true.combine(true).allTrue()", "true"}, {"(true | false).allTrue()", "false"}, {"(true | false).anyTrue()", "true"},
			{"false.combine(false).allFalse()", "true"}, {"(true | false).allFalse()", "false"}, {"(true | false).anyFalse()", "true"},
			{"true.anyFalse()", "false"}, {"false.anyTrue()", "false"},
		},
		"subset and superset": {
			{"{}.subsetOf(1)", "true"}, {"{}.subsetOf({})", "true"}, {"1.subsetOf({})", "false"}, {"(2 | 1).subsetOf(1 | 2 | 3)", "true"},
			{"(1 | 4).subsetOf(1 | 2 | 3)", "false"}, {"1.supersetOf({})", "true"}, {"{}.supersetOf(1)", "false"}, {"{}.supersetOf({})", "true"},
			{"(1 | 2 | 3).supersetOf(3 | 1)", "true"}, {"(1 | 2).supersetOf(3)", "false"},
		},
		"distinct": {
			{"{}.isDistinct()", "true"}, {"{}.distinct()", ""}, {"1.combine(1).distinct()", "1"}, {"1.combine(1).isDistinct()", "false"},
			{"(1 | 2).isDistinct()", "true"}, {"1.combine(2).combine(1).distinct().count()", "2"}, {"1.combine(1.0).distinct().count()", "1"},
		},
	})
}

// TestFilteringAndProjection:
// http://hl7.org/fhirpath/N1/#filtering-and-projection.
func TestFilteringAndProjection(t *testing.T) {
	expect(t, "", cases{
		"where keeps what the criterion is true of": {
			{"(1 | 2 | 3).where($this > 1)", "2,3"}, {"(1 | 2).where({})", ""}, {"{}.where(true)", ""}, {"(1 | 2).where(false)", ""},
			{"('a' | 'b' | 'c').where($index > 0)", "b,c"}, {"(1 | 2).where(true | false)", "fault"},
		},
		"select flattens": {
			{"(1 | 2).select($this.combine($this + 10))", "1,11,2,12"}, {"(1 | 2).select({})", ""}, {"{}.select(1)", ""}, {"(1 | 2).select('x')", "x,x"},
			{"(5 | 6).select($index)", "0,1"},
		},
		"inner $this and $index hide the outer ones": {
			{"(1 | 2).select((10 | 20).where($index = 0) + $this)", "11,12"}, {"(1 | 2).where((5 | 6).exists($this = 6) and $this = 2)", "2"},
			{"(3 | 4).select((7 | 8 | 9).select($index).count() + $index)", "3,4"},
		},
		"repeat goes on until nothing is new": {
			{"1.repeat(iif($this < 5, $this + 1, {}))", "2,3,4,5"}, {"1.repeat($this)", "1"}, {"(1 | 2).repeat(3 - $this)", "2,1"}, {"{}.repeat(1)", ""},
		},
		"ofType goes by type": {
			{"(1 | 'a' | true | 2.5).ofType(String)", "a"}, {"(1 | 'a').ofType(System.Integer)", "1"}, {"(1 | 'a').ofType(Date)", ""}, {"{}.ofType(String)", ""},
			{"1.ofType(Nonsense)", "fault"},
		},
	})
}

// TestSubsetting: http://hl7.org/fhirpath/N1/#subsetting.
func TestSubsetting(t *testing.T) {
	expect(t, "", cases{
		"an index counts from 0": {
			{"(1 | 2)[0]", "1"}, {"(1 | 2)[1]", "2"}, {"(1 | 2)[2]", ""}, {"(1 | 2)[-1]", ""}, {"{}[0]", ""}, {"(1 | 2)[{}]", ""},
			{"(1 | 2)['a']", "fault"}, {"(1 | 2)[0 | 1]", "fault"}, {"(1 | 2)[1 - 1]", "1"},
		},
		"single is an error of several": {{"{}.single()", ""}, {"1.single()", "1"}, {"(1 | 2).single()", "fault"}},
		"first, last and tail": {
			{"(1 | 2 | 3).first()", "1"}, {"(1 | 2 | 3).last()", "3"}, {"(1 | 2 | 3).tail()", "2,3"}, {"{}.first()", ""}, {"{}.last()", ""},
			{"{}.tail()", ""}, {"1.tail()", ""},
		},
		"skip and take": {
			{"(1 | 2 | 3).skip(1)", "2,3"}, {"(1 | 2).skip(0)", "1,2"}, {"(1 | 2).skip(-1)", "1,2"}, {"(1 | 2).skip(5)", ""}, {"{}.skip(1)", ""},
			{"(1 | 2 | 3).take(2)", "1,2"}, {"(1 | 2).take(0)", ""}, {"(1 | 2).take(-1)", ""}, {"(1 | 2).take(2147483647)", "1,2"}, {"{}.take(1)", ""},
		},
		"intersect is a set, exclude keeps repeats": {
			{"(1 | 2).intersect(2 | 3)", "2"}, {"1.combine(1).intersect(1)", "1"}, {"{}.intersect(1)", ""}, {"1.intersect({})", ""},
			{"1.combine(2).combine(1).exclude(2)", "1,1"}, {"(3 | 1 | 2).exclude(1)", "3,2"}, {"{}.exclude(1)", ""}, {"1.exclude({})", "1"},
		},
	})
}

// TestCombining: http://hl7.org/fhirpath/N1/#combining and #collections-1.
func TestCombining(t *testing.T) {
	expect(t, "", cases{
		"a union has no repeats": {
			{"(1 | 1).count()", "1"}, {"1.union(1).count()", "1"}, {"(1 | 2).union(2 | 3).count()", "3"}, {"1.combine(1).union({})", "1"},
			{"{} | 1", "1"}, {"1 | {}", "1"}, {"({} | {}).count()", "0"}, {"(1 | 'a' | 1).count()", "2"}, {"(1 | 1.0).count()", "1"},
		},
		"combine keeps repeats": {{"1.combine(1)", "1,1"}, {"{}.combine(1)", "1"}, {"1.combine({})", "1"}, {"(1 | 2).combine(2 | 3).count()", "4"}},
		"in and contains": {
			{"1 in (1 | 2)", "true"}, {"3 in (1 | 2)", "false"}, {"{} in (1 | 2)", ""}, {"1 in {}", "false"}, {"(1 | 2) in (1 | 2)", "fault"},
			{"(1 | 2) contains 2", "true"}, {"(1 | 2) contains 3", "false"}, {"(1 | 2) contains {}", ""}, {"{} contains 1", "false"}, {"(1 | 2) contains (1 | 2)", "fault"},
		},
		"aggregate carries $total": {
			{"(1 | 2 | 3).aggregate($this + $total, 0)", "6"}, {"(4 | 2 | 3).aggregate(iif($total.empty(), $this, iif($this < $total, $this, $total)))", "2"},
			{"{}.aggregate($this + $total, 7)", "7"}, {"{}.aggregate($this + $total)", ""}, {"('a' | 'b').aggregate($total & $this, '')", "ab"},
		},
	})
}

// TestEmptyAndSeveralItems: functions and operators that take one item give
// nothing for nothing, and an error for several
// (http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections).
func TestEmptyAndSeveralItems(t *testing.T) {
	for _, call := range []string{
		"length()", "upper()", "lower()", "toChars()", "indexOf('a')", "substring(0)", "startsWith('a')", "endsWith('a')", "contains('a')",
		"matches('a')", "replace('a', 'b')", "replaceMatches('a', 'b')", "abs()", "ceiling()", "floor()", "truncate()", "round()", "sqrt()", "ln()", "exp()",
		"log(2)", "power(2)", "toInteger()", "toDecimal()", "toBoolean()", "toString()", "toDate()", "toDateTime()", "toTime()", "toQuantity()",
		"convertsToInteger()", "convertsToDecimal()", "convertsToBoolean()", "convertsToString()", "convertsToDate()", "convertsToDateTime()",
		"convertsToTime()", "convertsToQuantity()", "not()",
	} {
		if got := result(t, nil, "{}."+call, ""); got != "" {
			t.Errorf("{}.%s is %q, want nothing", call, got)
		}
		if got := result(t, nil, "('1' | '2')."+call, ""); got != "error" {
			t.Errorf("('1' | '2').%s is %q, want an error", call, got)
		}
	}
	for _, operator := range []string{"+", "-", "*", "/", "div", "mod", "<", "<=", ">", ">="} {
		for source, want := range map[string]string{
			"1 " + operator + " {}": "", "{} " + operator + " 1": "", "{} " + operator + " {}": "",
			"1 " + operator + " (1 | 2)": "error", "(1 | 2) " + operator + " 1": "error", "1 " + operator + " true": "error",
		} {
			if got := result(t, nil, source, ""); got != want {
				t.Errorf("%s is %q, want %q", source, got, want)
			}
		}
	}
}
