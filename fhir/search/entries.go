package search

import (
	"cmp"
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// Entries are all values of a resource that its type's parameters may look
// for, without repetitions, in a fixed order. They share no memory with the
// resource. An element that is not what FHIR says it should be has no value:
// it is not found, and never an error, because validation is elsewhere. A type
// that can't be searched has no entries.
func (r *Registry) Entries(resource *fhir.Resource) []Entry {
	root := resource.Root()
	parameters := r.types[root.Get("resourceType").Text()]
	x := extraction{registry: r, root: root, entries: make([]Entry, 0, len(parameters)+4)}
	for i := range parameters {
		parameters[i].extract(&x, parameters[i].Name, root)
	}
	slices.SortFunc(x.entries, compareEntries)
	return slices.Compact(x.entries)
}

// IndexVersion is the version of what [Registry.Entries] gives. It is raised with
// every change of that: entries are kept, and those of another version are made
// anew (package storage). Version 1 had only HL7's parameters.
const IndexVersion = 2

// MaxEntries is how many entries a resource that is stored may have. Each one
// is a row of the index, written while other writers wait: a declaration has
// some tens of them, and one body of 16 MB could have hundreds of thousands.
const MaxEntries = 2000

// CheckEntries tells whether a resource of the type may be stored with the
// entries: it is an error of kind Unprocessable (too-costly) if there are more
// than [MaxEntries]. [Registry.Entries] itself has no bound.
func CheckEntries(resourceType string, entries []Entry) error {
	if len(entries) <= MaxEntries {
		return nil
	}
	return issue.Newf(issue.Unprocessable, resourceType, "The resource could be found by %d values (identifiers, references, codes, dates); "+
		"at most %d are taken. Split it into several resources.", len(entries), MaxEntries).Coded(issue.CodeTooCostly)
}

func compareEntries(a, b Entry) int {
	return cmp.Or(
		strings.Compare(a.Param, b.Param),
		cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High),
		strings.Compare(a.System, b.System), strings.Compare(a.Value, b.Value),
		strings.Compare(a.Version, b.Version),
	)
}

// extraction is one resource on its way to entries.
type extraction struct {
	registry *Registry
	root     fhir.Element
	entries  []Entry
	// contained are the contained resources by id, found when first asked for.
	contained map[string]fhir.Element
	// pointed are the contained resources taken already, as parameter#id: a
	// body that points at one a thousand times must not cost a thousandfold.
	pointed map[string]bool
	// within is the first part of the composite values that are being taken.
	within string
}

// extractor takes the values of a parameter out of an element.
type extractor func(x *extraction, param string, e fhir.Element)

// each applies take to every element that a path of members leads to.
func each(take extractor, path ...string) extractor {
	return func(x *extraction, param string, e fhir.Element) { x.walk(take, param, e, path) }
}

func (x *extraction) walk(take extractor, param string, e fhir.Element, path []string) {
	member := e.Get(path[0])
	for i := range member.Len() {
		if item := member.At(i); len(path) > 1 {
			x.walk(take, param, item, path[1:])
		} else {
			take(x, param, item)
		}
	}
}

// both applies one extractor after the other.
func both(first, second extractor) extractor {
	return func(x *extraction, param string, e fhir.Element) {
		first(x, param, e)
		second(x, param, e)
	}
}

func (x *extraction) token(param, system, value string) {
	if value != "" {
		x.entries = append(x.entries, Entry{Param: param, System: strings.Clone(system), Value: strings.Clone(value)})
	}
}

// member is the text of a string member, "" if it is no string.
func member(e fhir.Element, name string) string { return plain(e.Get(name)) }

func plain(e fhir.Element) string {
	if e.Kind() != fhir.String {
		return ""
	}
	return e.Text()
}

// code takes a primitive that belongs to no code system.
func code(x *extraction, param string, e fhir.Element) { x.token(param, "", plain(e)) }

// coded takes a code of the system that its binding implies.
func coded(system string) extractor {
	return func(x *extraction, param string, e fhir.Element) { x.token(param, system, plain(e)) }
}

// coding takes a Coding. One without a code has no value.
func coding(x *extraction, param string, e fhir.Element) {
	x.token(param, member(e, "system"), member(e, "code"))
}

var concept = each(coding, "coding")

// identifier takes an Identifier. One without a value has no value.
func identifier(x *extraction, param string, e fhir.Element) {
	x.token(param, member(e, "system"), member(e, "value"))
}

// date takes a date, dateTime or instant.
func date(x *extraction, param string, e fhir.Element) {
	if d, err := fhir.ParseLoose(plain(e)); err == nil {
		x.interval(param, low(d), high(d))
	}
}

// period takes a Period: from the start of its start to the end of its end,
// with what is not given open. A Period that has no bound, or that ends before
// it begins, has no value.
func period(x *extraction, param string, e fhir.Element) {
	from, until := Beginning, End
	start, end := e.Get("start"), e.Get("end")
	if start.Exists() {
		d, err := fhir.ParseLoose(plain(start))
		if err != nil {
			return
		}
		from = low(d)
	}
	if end.Exists() {
		d, err := fhir.ParseLoose(plain(end))
		if err != nil {
			return
		}
		until = high(d)
	}
	if start.Exists() || end.Exists() {
		x.interval(param, from, until)
	}
}

func (x *extraction) interval(param string, low, high int64) {
	if low < high {
		x.entries = append(x.entries, Entry{Param: param, Low: low, High: high})
	}
}
