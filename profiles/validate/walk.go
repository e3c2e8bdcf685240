package validate

import (
	"strconv"
	"strings"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
	"tahto/profiles"
)

// walk is one validation: it goes once through a resource and collects.
type walk struct {
	v       *Validator
	options Options

	current fhirpath.Node // %resource
	outer   container     // %rootResource: what contains it, if it is contained
	bundle  *bundle       // the innermost one around, if any

	issues      []issue.Issue
	errors      int // found so far, told or not
	untold      int
	untoldError bool
}

var (
	unknownElement = fault{code: issue.CodeStructure, reason: "element-unknown"}
	tooMany        = fault{code: issue.CodeStructure, reason: "element-too-many"}
	missing        = fault{code: issue.CodeRequired, reason: "element-missing"}
	wrongType      = fault{code: issue.CodeStructure, reason: "type-mismatch"}
	emptyArray     = fault{code: issue.CodeStructure, reason: "empty"}
	unequalArrays  = fault{code: issue.CodeStructure, reason: "companion-length"}
	hollow         = fault{code: issue.CodeInvariant, reason: "ele-1"}
	brokenRule     = fault{code: issue.CodeException, reason: "definition-broken"}
)

// object holds the members of an object to shapes, the first of which is that
// of its type. The object is that of an element or, for the id and extensions
// of a primitive, of its companion.
func (w *walk) object(e fhir.Element, at *place, shapes []*shape) {
	for n, s := range shapes {
		for _, f := range s.required {
			w.present(e, f, shapes[0].byName[f.name], at, n == 0)
		}
	}
	holds, any := false, false
	for name := range e.Members() {
		any = true
		known, ok := shapes[0].members[name]
		switch {
		case ok:
			w.member(e, known, at, shapes)
		case w.companion(e, name, at, shapes):
		case name == "resourceType" && at.isResource():
			continue
		default:
			w.unknown(name, at, shapes[0])
		}
		holds = holds || name != "id"
	}
	if !holds && !at.isResource() && !(at.valued && any) {
		w.add(hollow, at, "The element "+at.quote()+" is empty. Give it a value, extensions or elements, or leave it out.")
	}
}

// isResource tells whether the place is that of a resource.
func (p *place) isResource() bool { return p.typ == p.path && !strings.Contains(p.typ, ".") }

// companion takes a member that starts with an underscore: it is looked at with
// its fellow, or here if it has none.
func (w *walk) companion(e fhir.Element, name string, at *place, shapes []*shape) bool {
	if name == "" || name[0] != '_' {
		return false
	}
	known, ok := shapes[0].members[name[1:]]
	if !ok || known.variant.companion == "" {
		return false
	}
	if e.Get(name[1:]).Kind() == fhir.Absent {
		w.member(e, known, at, shapes)
	}
	return true
}

// present sees that an element with a min is there as often as that.
func (w *walk) present(e fhir.Element, f, base *field, at *place, ofType bool) {
	count := 0
	for _, one := range base.variants {
		count += e.Get(one.json).Len()
	}
	if !ofType && count == 0 && base.min > 0 {
		return // the type has said so
	}
	if count == 0 && f.slicing.needed() {
		for _, s := range f.slicing.slices {
			w.checkSlice(s, 0, at.below(f.name))
		}
		return
	}
	if count >= f.min {
		return
	}
	text := "The element “" + f.name + "” is missing. Give it" + described(f) + "."
	if f.min > 1 {
		text = "The element “" + f.name + "” has to be given " + strconv.Itoa(f.min) + " times at least" + described(f) + "."
	}
	w.add(missing, at.below(f.name), text)
}

func described(f *field) string {
	if f.short == "" {
		return ""
	}
	return ": " + f.short
}

// unknown is a member that the type has not. A name that is not like FHIR's
// is the client's own text and is not repeated.
func (w *walk) unknown(name string, at *place, s *shape) {
	if !isName(name) {
		w.add(unknownElement, at, "There is an element here that FHIR R4 does not have. Remove it.")
		return
	}
	text := "FHIR R4 has no element “" + name + "” here."
	if w.isFull() { // there may be very many, and a name close to each is not cheap
		w.add(unknownElement, at.below(name), text)
		return
	}
	if f := s.choiceOf(w.v, name); f != nil {
		text += " The types that “" + f.name + "” can have are: " + f.allowed() + "."
	} else if near := issue.Nearest(name, s.names()); near != "" {
		text += " Is “" + near + "” meant?"
	}
	w.add(unknownElement, at.below(name), text+" Correct the name or remove the element.")
}

// member holds one element to its field of the type and to those of the
// profiles that speak about it.
func (w *walk) member(e fhir.Element, m member, at *place, shapes []*shape) {
	var room [8]*field
	fields := append(room[:0], m.field)
	for _, s := range shapes[1:] {
		if f := s.byName[m.field.name]; f != nil {
			fields = append(fields, f)
		}
	}
	here := place{parent: at, name: m.field.name, path: m.field.path, typ: m.variant.typ.name}
	value := e.Get(m.variant.json)
	var fellow fhir.Element
	if m.variant.companion != "" {
		fellow = e.Get(m.variant.companion)
	}
	if m.field.choice && w.second(e, m) {
		w.add(tooMany, &here, "The element “"+m.field.name+"” is given in more than one type. Keep one.")
	}
	if m.field.list {
		w.list(value, fellow, &here, m.variant, fields)
		return
	}
	w.single(value, fellow, &here, m.variant, fields)
}

// second tells whether a choice was given in another type already.
func (w *walk) second(e fhir.Element, m member) bool {
	for _, one := range m.field.variants {
		if one == m.variant {
			return false
		}
		if other := e.Get(one.json); other.Kind() != fhir.Absent || one.companion != "" && other.Exists() {
			return true
		}
	}
	return false
}

func (w *walk) single(value, fellow fhir.Element, at *place, one *variant, fields []*field) {
	if value.Kind() == fhir.Array || fellow.Kind() == fhir.Array {
		w.add(wrongType, at, "The element "+at.quote()+" does not repeat. Write it without the square brackets.")
		return
	}
	w.counted(1, at, fields)
	var room [8]*field
	fields = w.sort(value, 1, at, one, fields).fields(append(room[:0], fields...), 0)
	w.value(value, fellow, at, one, fields)
}

func (w *walk) list(value, fellow fhir.Element, at *place, one *variant, fields []*field) {
	count := value.Len()
	if value.Kind() == fhir.Absent {
		count = fellow.Len()
	}
	if !w.isList(value, fellow, count, at) {
		return
	}
	w.counted(count, at, fields)
	sorted := w.sort(value, count, at, one, fields)
	var room [8]*field
	for i := range count {
		here := at.item(i)
		w.value(value.At(i), fellow.At(i), &here, one, sorted.fields(append(room[:0], fields...), i))
	}
}

// isList sees that what repeats is an array, and its companion one of the same
// length (https://hl7.org/fhir/R4/json.html#primitive).
func (w *walk) isList(value, fellow fhir.Element, count int, at *place) bool {
	both := value.Kind() == fhir.Array && fellow.Kind() == fhir.Array
	switch {
	case !isArray(value) || !isArray(fellow):
		w.add(wrongType, at, "The element "+at.quote()+" can repeat. Write it as a list in square brackets, also if there is one only.")
	case count == 0 || both && fellow.Len() == 0:
		w.add(emptyArray, at, "The list "+at.quote()+" is empty. Leave it out if there is nothing to say.")
	case both && (fellow.Len() != count || value.At(count-1).Kind() == fhir.Absent):
		w.add(unequalArrays, at, "The lists “"+at.name+"” and “_"+at.name+"” differ in length. Fill the gaps with null, so that their items stand side by side.")
	default:
		return true
	}
	return false
}

func isArray(e fhir.Element) bool { return e.Kind() == fhir.Array || e.Kind() == fhir.Absent }

// counted sees that an element is not given more often than it may.
func (w *walk) counted(count int, at *place, fields []*field) {
	for _, f := range fields {
		if f.max == profiles.Unbounded || count <= f.max {
			continue
		}
		if f.max == 0 {
			w.add(tooMany, at, "The element "+at.quote()+" is not to be given here. Remove it.")
			return
		}
		w.add(tooMany, at, "The element "+at.quote()+" may be given "+strconv.Itoa(f.max)+" times at most. Remove what is too much.")
		return
	}
}
