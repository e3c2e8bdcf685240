package fhirpath

import (
	"tahto/fhir"
)

// set finds equal items among many. Small ones are walked through; large ones
// are looked up by hash, so that telling a thousand references apart is not
// quadratic.
type set struct {
	m       *machine
	items   []Value
	buckets map[uint64][]int
}

// manyItems is the size from which items are hashed.
const manyItems = 16

func (m *machine) setOf(items []Value) set {
	s := set{m: m, items: items}
	s.index(0)
	return s
}

// index notes the items from i on, if there are many.
func (s *set) index(i int) {
	if len(s.items) <= manyItems {
		return
	}
	if s.buckets == nil {
		s.buckets, i = make(map[uint64][]int, 2*len(s.items)), 0
	}
	for ; i < len(s.items); i++ {
		h := s.m.hash(s.items[i])
		s.buckets[h] = append(s.buckets[h], i)
	}
}

// add tells that v was added: items are all items now, v the last.
func (s *set) add(items []Value) {
	s.items = items
	s.index(len(items) - 1)
}

// has tells whether an item equals v.
func (s *set) has(v Value, at expr) (bool, error) {
	if s.buckets != nil {
		for _, i := range s.buckets[s.m.hash(v)] {
			if t, err := s.m.same(s.items[i], v, at); err != nil || t == yes {
				return t == yes, err
			}
		}
		return false, nil
	}
	for _, item := range s.items {
		if t, err := s.m.same(item, v, at); err != nil || t == yes {
			return t == yes, err
		}
	}
	return false, nil
}

// The parameters of FNV-1a.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func fnv(text string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * fnvPrime
	}
	return h
}

// hash is the same for items that are equal. Those that can be equal while they
// look different, as dates with time zones, all have the same.
func (m *machine) hash(v Value) uint64 {
	m.steps++
	switch s := m.system(v); s.kind {
	case kindString:
		m.steps += len(s.text) / cheapText
		return fnv(s.text)
	case kindInteger:
		return uint64(s.number) * fnvPrime
	case kindDecimal:
		if n, whole := s.box.decimal.integer(); whole {
			return uint64(n) * fnvPrime
		}
		return fnv(s.box.decimal.trimmed().String())
	case kindNode:
		return m.hashMembers(s.element)
	default:
		return uint64(s.number)
	}
}

// hashMembers goes by the texts in an object, in any order.
func (m *machine) hashMembers(e fhir.Element) uint64 {
	var h uint64
	for name, member := range e.Members() {
		m.steps++
		if member.Kind() == fhir.String {
			m.steps += len(member.Text()) / cheapText
			h += fnv(member.Text()) ^ fnv(name)
		}
	}
	return h
}
