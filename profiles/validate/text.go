package validate

import (
	"strings"

	"tahto/fhir"
	"tahto/profiles"
)

// isName tells whether a name looks like one of FHIR's elements or types: any
// other is the client's own text, which no finding repeats.
func isName(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && s[i] != '_' && (i == 0 || !isDigit(s[i])) {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// list writes names with commas, and stops when there are many.
func list(names []string) string {
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " …"
	}
	return strings.Join(names, ", ")
}

// allowed are the types of a field.
func (f *field) allowed() string {
	var names []string
	for _, one := range f.variants {
		names = append(names, one.typ.name)
	}
	return list(names)
}

func titles(all []*profile) string {
	var names []string
	for _, p := range all {
		names = append(names, p.structure.Name)
	}
	return list(names)
}

// names are those of the members that an object can have.
func (s *shape) names() []string {
	var all []string
	for _, f := range s.fields {
		for _, one := range f.variants {
			all = append(all, one.json)
		}
	}
	return all
}

// choiceOf is the choice that a name would be of if only its type were allowed.
func (s *shape) choiceOf(v *Validator, name string) *field {
	for _, f := range s.fields {
		if rest, is := strings.CutPrefix(strings.TrimPrefix(name, "_"), f.name); is && f.choice && v.isTypeSuffix(rest) {
			return f
		}
	}
	return nil
}

// isTypeSuffix tells whether a name ends in the name of a data type, as those
// of choices do.
func (v *Validator) isTypeSuffix(rest string) bool {
	if rest == "" || rest[0] < 'A' || rest[0] > 'Z' {
		return false
	}
	for _, name := range [...]string{rest, strings.ToLower(rest[:1]) + rest[1:]} {
		if kind := v.datatype(name); kind != nil && kind.kind != profiles.Resource {
			return true
		}
	}
	return false
}

// asked tells what a pattern asks: the codes in it, which are no personal data.
func asked(pattern fhir.Element) string {
	code := pattern.Get("code")
	if !code.Exists() {
		code = pattern.Get("coding").At(0).Get("code")
	}
	if code.Kind() != fhir.String {
		return ""
	}
	return " (code " + code.Text() + ")"
}
