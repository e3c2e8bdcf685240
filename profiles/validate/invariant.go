package validate

import (
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
)

// hold evaluates the invariants of a field. It puts what it finds at a position
// among the findings, before those of what the element holds, and tells how
// many there were. One that is neither true nor false does not hold, unless
// something else is wrong in there, which may well be why.
func (w *walk) hold(f *field, node fhirpath.Node, at *place, t *datatype, position int, clean bool) (found int) {
	before := len(w.issues)
	if f.broken != nil {
		w.insert(position, brokenRule, at, "The definition of "+f.path+" can't be read, so that this can't be checked. Tell those who run the server.")
	}
	for i := range f.rules {
		r := &f.rules[i]
		holds, err := r.expression.Holds(w.input(node))
		if holds && err == nil || !clean && (r.isOpen(w.input(node)) || r.asksOf(absent(node.Element(), t))) {
			continue
		}
		broken := fault{code: issue.CodeInvariant, reason: r.key, warning: r.warning}
		w.insert(position+len(w.issues)-before, broken, at, "This must hold ("+r.key+"): "+sentence(r.human))
	}
	return len(w.issues) - before
}

// isOpen tells whether an invariant is neither true nor false.
func (r *rule) isOpen(in fhirpath.Input) bool {
	result, err := r.expression.Evaluate(in)
	return err != nil || len(result) == 0
}

// asksOf tells whether an invariant speaks of one of some elements. Of one that
// must be there and is not, it has nothing to say that was not said.
func (r *rule) asksOf(names []string) bool {
	source := r.expression.String()
	return slices.ContainsFunc(names, func(name string) bool {
		before, after, found := strings.Cut(source, name)
		return found && !isNameEnd(before) && !isNameStart(after)
	})
}

func isNameEnd(s string) bool { return s != "" && isLetter(s[len(s)-1]) }

func isNameStart(s string) bool { return s != "" && isLetter(s[0]) }

// absent are the elements that a type demands and that are not there.
func absent(e fhir.Element, t *datatype) []string {
	var names []string
	if root := t.root(); root.shape != nil {
		for _, f := range root.shape.required {
			if !f.choice && !e.Get(f.name).Exists() {
				names = append(names, f.name)
			}
		}
	}
	return names
}

func (w *walk) input(focus fhirpath.Node) fhirpath.Input {
	return fhirpath.Input{
		Focus:       focus,
		Resource:    w.current,
		Root:        w.outer.resource,
		Now:         w.options.Now,
		Resolver:    resolver{w},
		Terminology: w.v.set,
	}
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	return strings.TrimRight(strings.TrimSpace(text), ".") + "."
}
