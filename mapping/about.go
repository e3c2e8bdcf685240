package mapping

import (
	"tahto/fhir"
	"tahto/mapping/consent"
)

// KindOf is which declaration a Consent says it is: the first category coding
// of [DeclarationSystem], or of Kanta's own if the Consent claims Kanta's
// profile, with a code that is known. It is UnknownKind if there is none; it
// does not tell whether the rest can be read.
func KindOf(r *fhir.Resource) consent.Kind {
	kanta := claims(r, KantaConsentProfile)
	theirs := consent.UnknownKind
	for category := range r.Root().Each("category") {
		for coding := range category.Each("coding") {
			system, code := coding.Get("system").Text(), coding.Get("code").Text()
			if kind, known := consent.ParseKind(code); known && system == DeclarationSystem {
				return kind
			}
			if kind, known := kantaKind(system, code); known && kanta {
				theirs = kind
			}
		}
	}
	return theirs
}

// IsAboutDeclaration tells whether a Provenance is about a declaration, and is
// held to Kanta's rules by [CheckProvenance]: a target is a Consent, or an agent
// has a role of [RoleSystem]. With foreign only the roles count.
func IsAboutDeclaration(r *fhir.Resource, foreign bool) bool {
	for target := range r.Root().Each("target") {
		if !foreign && refersToConsent(target) {
			return true
		}
	}
	for agent := range r.Root().Each("agent") {
		for role := range agent.Each("role") {
			for coding := range role.Each("coding") {
				if coding.Get("system").Text() == RoleSystem {
					return true
				}
			}
		}
	}
	return false
}
