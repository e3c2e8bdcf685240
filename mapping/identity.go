package mapping

import (
	"errors"

	"tahto/mapping/consent"
)

// ErrIdentityCode says that a string is no personal identity code. It never
// repeats the string: what is nearly a person's code is personal data as well.
var ErrIdentityCode = errors.New("this is not a valid personal identity code (henkilötunnus): eleven characters, " +
	"a real date of birth, a century sign, an individual number from 002 and the right check character")

// checkCharacters is the alphabet of the last character: G, I, O, Q and Z are
// left out since they look like digits or each other.
const checkCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY"

// ValidIdentityCode tells whether code is a personal identity code
// (henkilötunnus): DDMMYYCNNNX, where C is the century sign, NNN the individual
// number and X the check character, the nine digits modulo 31. Individual
// numbers from 900 are temporary or made up for tests; they are valid here,
// since registers hold them. Letters are upper case: two spellings of one code
// would be two persons to every look-up.
func ValidIdentityCode(code string) bool {
	if _, born := consent.BirthDate(consent.Identifier{System: consent.IdentitySystem, Value: code}); !born {
		return false
	}
	birth, _ := digits(code[:6])
	individual, isNumber := digits(code[7:10])
	return isNumber && individual >= 2 && code[10] == checkCharacters[(birth*1000+individual)%len(checkCharacters)]
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
