package patch

import (
	"tahto/fhir"
)

// pair are the members in which JSON has an element: its value and, for a
// primitive with an id or extensions, _name
// (https://hl7.org/fhir/R4/json.html#primitive).
func pair(name string, e fhir.Element) []fhir.Member {
	var members []fhir.Member
	if e.Kind() != fhir.Absent {
		members = append(members, fhir.Member{Name: name, Value: e})
	}
	if e.Fellow().Exists() {
		members = append(members, fhir.Member{Name: "_" + name, Value: e.Fellow()})
	}
	return members
}

// pairs are the members in which JSON has a list: its values, and beside them
// their ids and extensions, with a null wherever there is none.
func pairs(name string, list []fhir.Element) []fhir.Member {
	var fellows []fhir.Element
	valued, extended := false, false
	for _, e := range list {
		fellows = append(fellows, e.Fellow())
		valued = valued || e.Kind() != fhir.Absent && e.Kind() != fhir.Null
		extended = extended || e.Fellow().Exists()
	}
	var members []fhir.Member
	if valued {
		members = append(members, fhir.Member{Name: name, Value: fhir.NewArray(list...)})
	}
	if extended {
		members = append(members, fhir.Member{Name: "_" + name, Value: fhir.NewArray(fellows...)})
	}
	return members
}

// write sets the element name of an object to what members have, and takes away
// what they have not. A member that is there already keeps its position.
func (p *patcher) write(object fhir.Place, name string, members []fhir.Member) {
	for _, full := range [...]string{name, "_" + name} {
		at, written := object.Member(full), false
		for _, m := range members {
			if m.Name == full {
				written = p.Insert(at, m.Value)
			}
		}
		if !written {
			p.Remove(at)
		}
	}
}

// list are the repetitions of an element of an object, each with its id and
// extensions; none if it is not there.
func (p *patcher) list(object fhir.Place, name string) []fhir.Element {
	holder, _ := p.Get(object)
	var items []fhir.Element
	for _, item := range holder.Get(name).Items() {
		items = append(items, item)
	}
	p.Spend(3 * len(items)) // they are copied twice when they are written again
	return items
}

func (p *patcher) writeList(object fhir.Place, name string, items []fhir.Element) {
	p.write(object, name, pairs(name, items))
}
