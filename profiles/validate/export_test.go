package validate

import (
	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/profiles"
)

// HoldTo validates against a profile that no set has.
func (v *Validator) HoldTo(r *fhir.Resource, s *profiles.Structure) []issue.Issue {
	w := walk{v: v}
	at := place{name: r.Type(), typ: r.Type(), path: r.Type()}
	made := v.compileProfile(s)
	if made.broken != nil {
		panic(made.broken)
	}
	w.resource(r.Root(), &at, request{fields: []*field{made}})
	return w.findings()
}

// CompileAll compiles every type and structure named, and gives what can't be.
func (v *Validator) CompileAll(canonicals []string) (faults []error) {
	for _, url := range canonicals {
		s, ok := v.set.Structure(url)
		switch {
		case !ok:
		case s.Constraint:
			if err := v.profile(s).root().broken; err != nil {
				faults = append(faults, err)
			}
		default:
			if err := v.datatype(s.Type).root().broken; err != nil {
				faults = append(faults, err)
			}
		}
	}
	return faults
}
