package main

import (
	"slices"
	"strings"
)

// codeSystem is what is kept of a CodeSystem: its codes, their places in the
// hierarchy and what they are called.
type codeSystem struct {
	URL     string    `json:"url"`
	Content string    `json:"content"`
	Concept []concept `json:"concept,omitempty"`
}

type concept struct {
	Code     string     `json:"code"`
	Display  string     `json:"display,omitempty"`
	Property []property `json:"property,omitempty"`
	Concept  []concept  `json:"concept,omitempty"`
}

// property is kept where it names a child that stands elsewhere.
type property struct {
	Code      string `json:"code"`
	ValueCode string `json:"valueCode"`
}

// valueSet is what is kept of a ValueSet: how it is composed.
type valueSet struct {
	URL     string   `json:"url"`
	Compose *compose `json:"compose,omitempty"`
}

type compose struct {
	Include []include `json:"include"`
	Exclude []include `json:"exclude,omitempty"`
}

type include struct {
	System   string    `json:"system,omitempty"`
	Concept  []concept `json:"concept,omitempty"`
	Filter   []filter  `json:"filter,omitempty"`
	ValueSet []string  `json:"valueSet,omitempty"`
}

type filter struct {
	Property string `json:"property"`
	Op       string `json:"op"`
	Value    string `json:"value"`
}

// terminology is what is reached from the bindings.
type terminology struct {
	systems   []codeSystem
	valueSets []valueSet
}

// own are the resources whose extensible bindings are followed too, beside
// those of every data type.
var own = []string{"Consent", "Provenance", "Bundle", "Parameters", "OperationOutcome"}

// followed tells whether what is bound to is kept.
func followed(s structure, b *binding) bool {
	return b.Strength == "required" || b.Strength == "extensible" && (s.Kind == "complex-type" || slices.Contains(own, s.Type))
}

// reach walks from the bindings to all value sets and code systems that they
// are made of.
func reach(set []structure, from sources) terminology {
	w := walk{sets: map[string]valueSet{}, systems: map[string]codeSystem{}, seen: map[string]bool{}}
	for _, v := range from.valueSets {
		w.sets[v.URL] = v
	}
	for _, s := range from.systems {
		w.systems[s.URL] = s
	}
	for _, s := range set {
		for _, e := range s.elements() {
			w.binding(s, e.Binding)
		}
	}
	slices.SortFunc(w.found.systems, func(a, b codeSystem) int { return strings.Compare(a.URL, b.URL) })
	slices.SortFunc(w.found.valueSets, func(a, b valueSet) int { return strings.Compare(a.URL, b.URL) })
	return w.found
}

type walk struct {
	sets    map[string]valueSet
	systems map[string]codeSystem
	seen    map[string]bool
	found   terminology
}

// binding follows a binding, if it is one to follow, and always the value set
// that limits it.
func (w *walk) binding(s structure, b *binding) {
	if b == nil {
		return
	}
	if followed(s, b) {
		w.valueSet(b.ValueSet)
	}
	for _, x := range b.Extension {
		w.valueSet(x.ValueCanonical)
	}
}

func (w *walk) valueSet(canonical string) {
	url, _, _ := strings.Cut(canonical, "|")
	set, held := w.sets[url]
	if w.seen[url] || !held || set.Compose == nil {
		return
	}
	w.seen[url] = true
	w.found.valueSets = append(w.found.valueSets, set)
	for _, i := range slices.Concat(set.Compose.Include, set.Compose.Exclude) {
		w.codeSystem(i)
		for _, other := range i.ValueSet {
			w.valueSet(other)
		}
	}
}

// large is from how many codes on a system is left out if value sets only pick
// single codes from it.
const large = 1000

func (w *walk) codeSystem(i include) {
	system, held := w.systems[i.System]
	if !held || w.seen[i.System] || len(i.Concept) > 0 && size(system.Concept) > large {
		return
	}
	w.seen[i.System] = true
	system.Concept = trimConcepts(system.Concept)
	w.found.systems = append(w.found.systems, system)
}

func size(all []concept) int {
	n := len(all)
	for _, c := range all {
		n += size(c.Concept)
	}
	return n
}

// trimConcepts keeps of the properties what adds to the hierarchy.
func trimConcepts(all []concept) []concept {
	for i := range all {
		all[i].Property = slices.DeleteFunc(all[i].Property, func(p property) bool { return p.Code != "child" })
		all[i].Concept = trimConcepts(all[i].Concept)
	}
	return all
}
