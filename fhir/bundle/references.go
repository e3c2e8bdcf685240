package bundle

import (
	"net/url"
	"strings"
)

// phases is the order in which a transaction is carried out
// (https://hl7.org/fhir/R4/http.html#trules).
var phases = [][]string{{"DELETE"}, {"POST"}, {"PUT", "PATCH"}, {"GET", "HEAD"}}

// Order gives the positions of the steps in the order in which they are to be
// done: of a transaction first what deletes, then what creates, what updates
// and what reads, each in the order of the Bundle; of a batch the order of the
// Bundle.
func (w *Work) Order() []int {
	order := make([]int, 0, len(w.Steps))
	if !w.Transaction {
		for i := range w.Steps {
			order = append(order, i)
		}
		return order
	}
	for _, methods := range phases {
		for i, step := range w.Steps {
			for _, method := range methods {
				if step.Method == method {
					order = append(order, i)
				}
			}
		}
	}
	return order
}

// Named finds the step whose resource a reference means, by its fullUrl
// (https://hl7.org/fhir/R4/bundle.html#references). from is the fullUrl of the
// entry that holds the reference: if that is the URL of a resource on some
// server, a relative reference is taken to be on the same one. A version in the
// reference is left aside.
func (w *Work) Named(reference, from string) (Step, bool) {
	plain, _, _ := strings.Cut(reference, "/_history/")
	if i, found := w.named[plain]; found {
		return w.Steps[i], true
	}
	if absolute(plain) || !strings.HasPrefix(from, "http") {
		return Step{}, false
	}
	i, found := w.named[root(from)+plain]
	if !found {
		return Step{}, false
	}
	return w.Steps[i], true
}

// root is a resource's URL without its type and id.
func root(full string) string {
	for range 2 {
		full = strings.TrimSuffix(full, "/")
		full = full[:strings.LastIndexByte(full, '/')+1]
	}
	return full
}

// IsLocalName tells whether a reference can only mean another entry of the same
// Bundle: a urn:uuid was made up for it. A urn:oid may be the name of something
// in the world outside.
func IsLocalName(reference string) bool { return strings.HasPrefix(reference, "urn:uuid:") }

// Conditional reads a conditional reference, Consent?identifier=a|b, which
// stands for the one resource that the search finds when the transaction is
// carried out (https://hl7.org/fhir/R4/http.html#trules). ok is false for any
// other reference; query is nil if the parameters are badly escaped.
func Conditional(reference string) (resourceType string, query url.Values, ok bool) {
	resourceType, written, found := strings.Cut(reference, "?")
	if !found || !isType(resourceType) {
		return "", nil, false
	}
	query, err := url.ParseQuery(written)
	if err != nil || len(query) == 0 {
		return resourceType, nil, true
	}
	return resourceType, query, true
}
