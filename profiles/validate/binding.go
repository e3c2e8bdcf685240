package validate

import (
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles"
)

var (
	notInSet   = fault{code: issue.CodeCodeInvalid, reason: "code-not-in-value-set"}
	oddCode    = fault{code: issue.CodeCodeInvalid, reason: "code-not-in-value-set", warning: true}
	unknowable = fault{code: issue.CodeCodeInvalid, reason: "code-system-unknown", warning: true}
)

// standing is how the codes of an element stand to a value set.
type standing uint8

const (
	noCode    standing = iota // there is no code
	inSet                     // one of them is in it
	outside                   // none is, and all are known
	unheld                    // none is that can be checked
	malformed                 // one can't be read, of which there is a finding
)

func (s standing) isMember() bool { return s == inSet }

// bound holds the codes of an element to its value sets. A profile that binds
// the element speaks instead of a type that only recommends.
func (w *walk) bound(e fhir.Element, at *place, t *datatype, fields []*field) {
	profiled := false
	for _, f := range fields[1:] {
		profiled = profiled || f.binding != nil
	}
	for n, f := range fields {
		if f.binding == nil || n == 0 && profiled && f.binding.strength != profiles.Required {
			continue
		}
		if w.bind(e, at, t, f) {
			return
		}
	}
}

// bind tells whether it found something.
func (w *walk) bind(e fhir.Element, at *place, t *datatype, f *field) bool {
	b := f.binding
	required := b.strength == profiles.Required
	valueSet := b.valueSet
	if b.limit != "" && !required { // what is no more than preferred is a selection from the limit
		valueSet, required = b.limit, true
	}
	switch is := w.codes(e, t.name, valueSet); {
	case is == inSet, is == malformed, is == noCode && !required:
	case is == noCode && t.name == "CodeableConcept" && !e.Get("text").Exists(), is == noCode && t.name == "Quantity":
	case is == unheld:
		w.add(unknowable, at, "The code of "+at.quote()+" can't be checked, since its code system is not held here.")
		return true
	case required:
		w.add(notInSet, at, "The code of "+at.quote()+" is not one of those allowed. Give one from "+valueSet+choices(f)+".")
		return true
	default:
		w.add(oddCode, at, "The code of "+at.quote()+" is not one of those recommended. If one of "+b.valueSet+" says the same, give that.")
		return true
	}
	return false
}

// choices are the codes, where the definition lists them in short.
func choices(f *field) string {
	if len(f.short) > 0 && len(f.short) < 120 && containsBar(f.short) {
		return ": " + f.short
	}
	return ""
}

func containsBar(s string) bool {
	for i := range len(s) {
		if s[i] == '|' {
			return true
		}
	}
	return false
}

// codes tells how an element of a type stands to a value set. Of a
// CodeableConcept one coding from it is enough.
func (w *walk) codes(e fhir.Element, name, valueSet string) standing {
	switch name {
	case "CodeableConcept":
		best := noCode
		for coding := range e.Each("coding") {
			best = better(best, w.coding(valueSet, coding))
		}
		return best
	case "Coding", "Quantity":
		return w.coding(valueSet, e)
	case "Reference":
		return noCode
	}
	return w.code(valueSet, "", e.Text())
}

func (w *walk) coding(valueSet string, e fhir.Element) standing {
	system, code := e.Get("system"), e.Get("code")
	if system.Exists() && !(system.Kind() == fhir.String && isURI(system.Text())) ||
		code.Exists() && !(code.Kind() == fhir.String && isCode(code.Text())) {
		return malformed
	}
	return w.code(valueSet, system.Text(), code.Text())
}

func (w *walk) code(valueSet, system, code string) standing {
	if code == "" {
		return noCode
	}
	is, known := w.v.set.Contains(valueSet, system, code)
	if !known && system == "" {
		is, known = isGrammatical(valueSet, code)
	}
	switch {
	case is:
		return inSet
	case known:
		return outside
	}
	return unheld
}

// better is the standing of two codes of which one is enough.
func better(a, b standing) standing {
	if a == inSet || b == inSet {
		return inSet
	}
	return max(a, b)
}

// isGrammatical answers for value sets that nobody can list, but whose codes
// follow a grammar: languages (BCP 47) and media types (RFC 6838).
func isGrammatical(valueSet, code string) (is, known bool) {
	switch url, _, _ := strings.Cut(valueSet, "|"); url {
	case "http://hl7.org/fhir/ValueSet/all-languages", "http://hl7.org/fhir/ValueSet/languages":
		return isLanguage(code), true
	case "http://hl7.org/fhir/ValueSet/mimetypes":
		return isMediaType(code), true
	}
	return false, false
}

// isLanguage takes subtags of letters and digits with hyphens between them, the
// first of letters alone.
func isLanguage(code string) bool {
	for n, tag := range strings.Split(code, "-") {
		for i := range len(tag) {
			if !isLetter(tag[i]) && (n == 0 || !isDigit(tag[i])) {
				return false
			}
		}
		if tag == "" || len(tag) > 8 || n == 0 && len(tag) < 2 && code[1:] == "" {
			return false
		}
	}
	return true
}

// isMediaType takes a type and a subtype; parameters may follow.
func isMediaType(code string) bool {
	name, _, _ := strings.Cut(code, ";")
	major, minor, found := strings.Cut(strings.TrimSpace(name), "/")
	return found && isToken(major) && isToken(minor)
}

func isToken(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && !isDigit(s[i]) && !strings.ContainsRune("!#$&-^_.+*", rune(s[i])) {
			return false
		}
	}
	return s != ""
}
