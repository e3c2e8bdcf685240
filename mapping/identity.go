package mapping

import (
	"errors"

	"tahto/fhir"
)

// ErrIdentityCode says that a string is no personal identity code. It never
// repeats the string: what is nearly a person's code is personal data as well.
var ErrIdentityCode = errors.New("this is not a valid personal identity code (henkilötunnus): eleven characters, " +
	"a real date of birth, a century sign, an individual number from 002 and the right check character")

// checkCharacters is the alphabet of the last character: G, I, O, Q and Z are
// left out since they look like digits or each other.
const checkCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY"

// centuryOf gives the century of birth by the century sign. The second and
// further signs of a century are in use since 2023 (Government decree on
// personal identity codes, 128/2010 section 2 as amended by 690/2022).
func centuryOf(sign byte) (century int, known bool) {
	switch sign {
	case '+':
		return 1800, true
	case '-', 'Y', 'X', 'W', 'V', 'U':
		return 1900, true
	case 'A', 'B', 'C', 'D', 'E', 'F':
		return 2000, true
	}
	return 0, false
}

// ValidIdentityCode tells whether code is a personal identity code
// (henkilötunnus): DDMMYYCNNNX, where C is the century sign, NNN the individual
// number and X the check character, the nine digits modulo 31. Individual
// numbers from 900 are temporary or made up for tests; they are valid here,
// since registers hold them. Letters are upper case: two spellings of one code
// would be two persons to every look-up.
func ValidIdentityCode(code string) bool {
	if len(code) != 11 {
		return false
	}
	century, known := centuryOf(code[6])
	birth, isDate := digits(code[:6])
	individual, isNumber := digits(code[7:10])
	if !known || !isDate || !isNumber || individual < 2 {
		return false
	}
	if !fhir.IsDay(century+birth%100, birth/100%100, birth/10000) {
		return false
	}
	return code[10] == checkCharacters[(birth*1000+individual)%len(checkCharacters)]
}

// digits reads a string of ASCII digits only; it is false for any other and
// for an empty one. The strings it is given are short, so that nothing overflows.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}
