package patch

import (
	"math/big"
	"strings"

	"tahto/fhir"
)

// equal compares as the operation test does (RFC 6902, section 4.6): strings by
// their characters, numbers by their value, arrays item by item, objects member
// by member in any order.
func equal(d *fhir.Editor, a, b fhir.Element) bool {
	d.Spend(1)
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case fhir.Object:
		return equalObjects(d, a, b)
	case fhir.Array:
		if a.Len() != b.Len() {
			return false
		}
		for i, item := range a.Items() {
			if !equal(d, item, b.At(i)) {
				return false
			}
		}
		return true
	case fhir.Number:
		return a.Text() == b.Text() || valueOf(a.Text()) == valueOf(b.Text())
	}
	return a.Text() == b.Text()
}

// equalObjects looks members up in a map, since walking a list for each would
// make a hostile object quadratic.
func equalObjects(d *fhir.Editor, a, b fhir.Element) bool {
	members := map[string]fhir.Element{}
	for name, e := range a.Members() {
		members[name] = e
	}
	d.Spend(len(members))
	count := 0
	for name, e := range b.Members() {
		other, has := members[name]
		if !has || !equal(d, other, e) {
			return false
		}
		count++
	}
	return count == len(members)
}

// decimal is a number in the only form that its value has: digits without
// zeros at either end, times ten to the exponent.
type decimal struct {
	minus            bool
	digits, exponent string
}

// longestExponent bounds how many digits of an exponent are reckoned with, lest
// a hostile one take long. Numbers beyond it are equal only as texts.
const longestExponent = 100

// valueOf reads a number of JSON. Nothing is rounded and nothing expanded, so
// that 1e999999 costs no more than 1.
func valueOf(text string) decimal {
	text, minus := strings.CutPrefix(text, "-")
	mantissa, power := text, "0"
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa, power = text[:i], strings.TrimPrefix(text[i+1:], "+")
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return decimal{} // zero, whatever its sign
	}
	short := strings.TrimRight(digits, "0")
	if len(power) > longestExponent {
		return decimal{minus, mantissa, power}
	}
	exponent, _ := new(big.Int).SetString(power, 10) // the parser took it for a number
	exponent.Add(exponent, big.NewInt(int64(len(digits)-len(short)-len(fraction))))
	return decimal{minus, short, exponent.String()}
}
