package fhirpath_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"tahto/fhir/fhirpath"
)

// manyExtensions makes an expression over descendants() go round thirty thousand
// times.
var manyExtensions = `"extension":[` + strings.Repeat(`{"url":"u"},`, 30_000) + `{"url":"u"}]`

// TestHostileResourcesEnd: one long text, name, number or unit, or many members,
// in a resource make an ordinary expression costly, but never beyond bounds. Each
// case would take minutes or gigabytes if the work that it is about were not
// counted.
func TestHostileResourcesEnd(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	text := `{"resourceType":"Patient","name":[{"family":"` + long + `"}],` + manyExtensions + `}`
	names := `{"resourceType":"Patient","name":[` + strings.Repeat(`{"use":"old"},`, 20_000) + `{}],` + manyExtensions + `}`
	unit := strings.Repeat("Ym9/(um8).", 12) + "m"
	for name, c := range map[string]struct{ source, on string }{
		"length of a long text":             {"descendants().where(%resource.name.family.length() > 0)", text},
		"part of a long text":               {"descendants().where(%resource.name.family.substring(0, 1) = 'a')", text},
		"pieces of a long text":             {"descendants().where(%resource.name.family.split('z').exists())", text},
		"search in a long text":             {"descendants().where(%resource.name.family.contains('z'))", text},
		"conversion to Boolean":             {"descendants().where(%resource.name.family.toBoolean().empty())", text},
		"conversion to Integer":             {"descendants().where(%resource.name.family.toInteger().empty())", text},
		"conversion to DateTime":            {"descendants().where(%resource.name.family.convertsToDateTime())", text},
		"conversion to Quantity":            {"descendants().where(%resource.name.family.toQuantity().empty())", text},
		"equivalence of long texts":         {"descendants().where(%resource.name.family ~ %resource.name.family)", text},
		"equivalence of elements":           {"descendants().where(%resource.name ~ %resource.name)", text},
		"order of long texts":               {"descendants().where(%resource.name.family <= %resource.name.family)", text},
		"sorting of long texts":             {"descendants().select(%resource.name.family).sort()", text},
		"decoding of a long text":           {"descendants().where(%resource.name.family.decode('hex').empty())", text},
		"resolving of a long text":          {"descendants().where(%resource.name.family.resolve().exists())", text},
		"a large regular expression":        {"name.family.matches('((a?b?c?){30}){30}z')", text},
		"a regular expression, many times":  {"descendants().where(%resource.name.family.matches('(a|b|aa)*z'))", text},
		"matches that all read to the end":  {"name.family.replaceMatches('a(.*b)?', 'x')", text},
		"a replacement that grows":          {"name.family.replaceMatches('a', 'xxxxxxxxxxxxxxxx')", text},
		"children of many copies":           {"extension.select(%resource).children()", names},
		"elements of many copies":           {"extension.select(%resource).name", names},
		"extensions of many copies":         {"extension.select(%resource).extension('u')", names},
		"descendants of many copies":        {"extension.select(%resource).descendants()", names},
		"all pairs":                         {"descendants().where(%resource.descendants().where($this is Patient).exists())", names},
		"copies of copies":                  {"extension.select(%resource.extension.select(%resource.extension))", names},
		"combinations that double":          {"name" + strings.Repeat(".select($this.combine($this))", 30), names},
		"many members beside an extension":  {"children()", `{"resourceType":"Patient",` + members(`"a%d":1,`, 60_000) + `"_a1":{"id":"x"}}`},
		"many extensions without primitive": {"children()", `{"resourceType":"Patient",` + members(`"_a%d":{"id":"x"},`, 60_000) + `"id":"x"}`},
		"a unit with huge factors": {"descendants().where(%resource.value > 1 'm')",
			`{"resourceType":"Observation","valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"` + unit + `"},` + manyExtensions + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			if err := costs(t, c.source, c.on); !errors.Is(err, fhirpath.ErrTooCostly) {
				t.Errorf("ended with %v, want ErrTooCostly", err)
			}
		})
	}
}

// members are n members of an object, of which the format takes the number.
func members(format string, n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, format, i)
	}
	return all.String()
}

// maxAllocated bounds what one evaluation may allocate over its time. It keeps
// far less: half a million items, and texts of a megabyte.
const maxAllocated = 1 << 30

// costs evaluates, and fails the test if that allocates without bound.
func costs(t *testing.T, source, on string) error {
	t.Helper()
	e, err := fhirpath.Compile(source, loaded(t))
	if err != nil {
		t.Fatal(err)
	}
	in := fhirpath.Input{Focus: fhirpath.ResourceNode(parsed(t, on))}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = e.Evaluate(in)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > maxAllocated {
		t.Errorf("allocated %d MiB", n>>20)
	}
	return err
}

// TestLongNamesAndNumbersAreLookedAtOnce: they are no error, and not costly.
func TestLongNamesAndNumbersAreLookedAtOnce(t *testing.T) {
	long := strings.Repeat("A", 400_000)
	digits := strings.Repeat("1", 1<<20)
	for source, on := range map[string]string{
		"descendants().where($this is Patient).count()":               `{"resourceType":"Patient","` + long + `":1,` + manyExtensions + `}`,
		"descendants().where(%resource.contained is Patient).count()": `{"resourceType":"Patient","contained":[{"resourceType":"` + long + `"}],` + manyExtensions + `}`,
		"descendants().where(%resource.extension[0].value.exists())":  `{"resourceType":"Patient","extension":[{"value` + long + `":1}],"name":[` + strings.Repeat("{},", 9_999) + `{}]}`,
		"descendants().where(%resource.multipleBirth is integer)":     `{"resourceType":"Patient","multipleBirthInteger":` + digits + `,` + manyExtensions + `}`,
		"descendants().where(%resource.multipleBirth = 1).count()":    `{"resourceType":"Patient","multipleBirthInteger":` + digits + `,` + manyExtensions + `}`,
		"descendants().where(%resource.birthDate = @2024).count()":    `{"resourceType":"Patient","birthDate":"2024-01-01T10:00:00.` + digits + `",` + manyExtensions + `}`,
	} {
		if err := costs(t, source, on); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// TestEqualTreesAreCompared: what is alike in order takes one look at each item,
// however many there are.
func TestEqualTreesAreCompared(t *testing.T) {
	on := `{"resourceType":"Patient",` + manyExtensions + `}`
	for _, source := range []string{"descendants() ~ descendants()", "$this ~ $this.where(true)", "descendants() = descendants()", "extension.distinct().count() = 1", "extension.repeat($this).count() = 1"} {
		if got := result(t, loaded(t), source, on); got != "true" {
			t.Errorf("%s is %q", source, got)
		}
	}
}

// TestNumbersBeyondBoundsAreNothing: no exponent or digit makes a number that
// grows without end.
func TestNumbersBeyondBoundsAreNothing(t *testing.T) {
	expect(t, "", cases{
		"powers":                    {{"10.power(1000000)", ""}, {"10.0.power(2147483647)", ""}, {"2.power(2147483647)", ""}, {"0.1.power(2147483647) = 0", "true"}, {"1000000.exp()", ""}, {"99999.9.power(99999.9)", ""}},
		"products that square":      {{"(99999999999999999999.0)" + strings.Repeat(".select($this * $this)", 30), ""}, {"(0.00000000001)" + strings.Repeat(".select($this * $this)", 30), ""}},
		"digits that are asked for": {{"1.round(2147483647)", "fault"}, {"1.5.round(101)", "fault"}, {"1.5.lowBoundary(2147483647)", ""}, {"1.5.highBoundary(-1)", ""}},
		"literals":                  {{strings.Repeat("9", 5000) + ".0", "fault"}, {"0." + strings.Repeat("9", 5000), "fault"}, {"'" + strings.Repeat("9", 5000) + "'.toDecimal()", ""}, {"@" + strings.Repeat("9", 5000), "fault"}},
		"units":                     {{"(1 'Ym')" + strings.Repeat(".select($this * $this)", 12) + " > 1 'm'", ""}, {"1 'Ym9999999999' = 1 'm'", ""}, {"1 '" + strings.Repeat("(", 5000) + "m' = 1 'm'", ""}},
		"dates":                     {{"@2024-01-01 + 2147483647 weeks", ""}, {"@2024-01-01T00:00:00Z - 99999999999999999999.0 seconds", ""}, {"@T10:00 + 24000000000000000000.0 hours", "10:00"}},
	})
}

// TestTextsThatAreNoUTF8 may come from a literal or a variable.
func TestTextsThatAreNoUTF8(t *testing.T) {
	in := fhirpath.Input{Variables: map[string]fhirpath.Collection{"t": {fhirpath.StringValue("a\xff\xc3")}}}
	for source, want := range map[string]string{
		"%t.toChars().count()": "3", "%t.length()": "3", "%t.split('').count()": "3", "%t.indexOf('b')": "-1", "%t.encode('hex')": "61ffc3",
		"%t.matches('a.')": "true", "%t = %t": "true", "%t.startsWith('a')": "true", "'\xff'.toChars().count()": "1",
	} {
		if got := evaluated(t, source, in); got != want {
			t.Errorf("%q is %q, want %q", source, got, want)
		}
	}
	for _, call := range []string{"upper()", "substring(1)", "trim()", "escape('json')", "escape('html')", "replace('', 'x')", "replaceMatches('.', 'x')", "toDate()", "toQuantity()", "htmlChecks()"} {
		if got := evaluated(t, "%t."+call+".exists() or true", in); got != "true" {
			t.Errorf("%s fails: %s", call, got)
		}
	}
}
