package search

import (
	"net/url"
	"strings"

	"tahto/fhir"
)

// Sensitive tells whether the query carries a Finnish identity code
// (henkilötunnus), so that it must not stand in a URL: a clause with the
// code's system, or a value that has its form, whatever the check character.
func (q Query) Sensitive() bool {
	return !q.all(func(c *Clause) bool { return !c.sensitive() })
}

func (c *Clause) sensitive() bool {
	for _, v := range c.Values {
		if v.System == fhir.IdentitySystem || hasIdentityCode(v.Value) || hasIdentityCode(v.System) || hasIdentityCode(v.Version) {
			return true
		}
	}
	return false
}

// Sensitive is [Query.Sensitive] of parameters as they were sent, understood
// or not: their names and their values.
func Sensitive(values url.Values) bool {
	for name, texts := range values {
		if hasIdentityCode(name) {
			return true
		}
		for _, text := range texts {
			if strings.Contains(text, fhir.IdentitySystem+"|") || hasIdentityCode(text) {
				return true
			}
		}
	}
	return false
}

// hasIdentityCode tells whether a text has an identity code in it, standing
// apart from other letters and digits.
func hasIdentityCode(text string) bool {
	const length = 11
	for i := 0; i+length <= len(text); i++ {
		apart := (i == 0 || !isAlphanumeric(text[i-1])) && (i+length == len(text) || !isAlphanumeric(text[i+length]))
		if apart && isIdentityCode(text[i:i+length]) {
			return true
		}
	}
	return false
}

// isIdentityCode tells whether 11 bytes have the form of an identity code: six
// digits, a sign of the century, three digits and a check character. A space
// may be a + that was not encoded.
func isIdentityCode(code string) bool {
	return allDigits(code[:6]) && strings.IndexByte("+- ABCDEFUVWXYabcdefuvwxy", code[6]) >= 0 &&
		allDigits(code[7:10]) && isAlphanumeric(code[10])
}

func allDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
