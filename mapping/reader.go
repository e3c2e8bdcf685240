package mapping

import (
	"slices"
	"strconv"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// place is an element and the way to it, so that a fault can be told by
// FHIRPath. The way is a chain of places on the stack: it costs nothing until
// something is wrong.
type place struct {
	fhir.Element
	up    *place
	name  string
	index int // the repetition, or -1 for an element that does not repeat
}

// root is the place where a resource begins.
func root(r *fhir.Resource) place {
	return place{Element: r.Root(), name: r.Type(), index: -1}
}

// member is the element of that name as it stands, an array if it is one.
func (p *place) member(name string) place {
	return place{Element: p.Get(name), up: p, name: name, index: -1}
}

// item is repetition i of an element that is an array.
func (p *place) item(i int) place {
	return place{Element: p.At(i), up: p.up, name: p.name, index: i}
}

// path is the FHIRPath expression of the place, such as
// Consent.provision.actor[0].role.
func (p *place) path() string {
	var path strings.Builder
	p.write(&path)
	return path.String()
}

// write tells whether the whole way was written: it ends before a name that is
// none of FHIR's, which is the client's own text and could be anything.
func (p *place) write(path *strings.Builder) bool {
	if p.up != nil && !p.up.write(path) || !isElementName(p.name) {
		return false
	}
	if p.up != nil {
		path.WriteByte('.')
	}
	path.WriteString(elementName(p.name))
	if p.index >= 0 {
		path.WriteString("[" + strconv.Itoa(p.index) + "]")
	}
	return true
}

// elementName is the name by FHIRPath, in which an element that may have
// several types has one name: valueCode is value.
func elementName(name string) string {
	if len(name) > len("value") && name[:5] == "value" && name[5] <= 'Z' {
		return "value"
	}
	return name
}

func isElementName(name string) bool {
	for i := range len(name) {
		if c := name[i] | 0x20; (c < 'a' || c > 'z') && name[i] != '_' {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

// maxFindings is how many faults are told at once: enough to mend a form,
// little enough that a hostile body of a hundred thousand faults gets no
// answer larger than itself.
const maxFindings = 50

// findings collects everything that is wrong with a resource, so that a client
// can mend it in one go. The zero findings is ready, and finds nothing wrong.
type findings struct {
	issues []issue.Issue
	count  int
	quiet  bool // only count: nobody will be told
}

func (f *findings) add(at *place, code issue.Code, reason, text string) {
	f.count++
	if f.quiet || len(f.issues) == maxFindings {
		return
	}
	found := issue.Issue{Severity: issue.SeverityError, Code: code, Reason: reason, Expression: at.path(), Text: text}
	if !slices.Contains(f.issues, found) {
		f.issues = append(f.issues, found)
	}
}

// sentence makes an error's text a sentence for a client.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// fault notes a fault that has no reason code of our own.
func (f *findings) fault(at *place, code issue.Code, text string) { f.add(at, code, "", text) }

// err is all that was found as one error of that kind, or nil.
func (f *findings) err(kind issue.Kind) error { return issue.List(kind, f.issues) }

// object is the member of that name, an object that does not repeat. It is
// false if there is none, or something else, which is a fault.
func (f *findings) object(p *place, name string) (place, bool) {
	at := p.member(name)
	switch at.Kind() {
	case fhir.Object:
		return at, true
	case fhir.Absent:
		if at.Exists() {
			f.fault(&at, issue.CodeStructure, "An object is wanted here, but only extensions stand here.")
		}
	default:
		f.wrongKind(&at, fhir.Object)
	}
	return at, false
}

// list is the member of that name, an array of objects. Its Len is 0 if there
// is none or something else, which is a fault.
func (f *findings) list(p *place, name string) place {
	at := p.member(name)
	switch {
	case at.Kind() == fhir.Array, !at.Exists():
		return at
	case at.Kind() == fhir.Absent:
		f.fault(&at, issue.CodeStructure, "An array of objects is wanted here, but only extensions stand here.")
	default:
		f.wrongKind(&at, fhir.Array)
	}
	at.Element = fhir.Element{}
	return at
}

// some is [findings.list] of at least one item.
func (f *findings) some(p *place, name, why string) place {
	before := f.count
	list := f.list(p, name)
	if list.Len() == 0 && f.count == before {
		f.fault(&list, issue.CodeRequired, why)
	}
	return list
}

// entry is item i of a list; false if it is no object, which is a fault.
func (f *findings) entry(list *place, i int) (place, bool) {
	at := list.item(i)
	if at.Kind() != fhir.Object {
		f.wrongKind(&at, fhir.Object)
		return at, false
	}
	return at, true
}

// text is the member of that name, a string; "" if there is none.
func (f *findings) text(p *place, name string) string {
	at := p.member(name)
	if at.Kind() == fhir.Absent {
		return ""
	}
	return f.string(&at)
}

// string is the text of a place that must be a string. One that is empty, or
// begins or ends with white space, is a fault: FHIR has no empty values, and a
// code or identifier with a space too many would never equal its fellow.
func (f *findings) string(at *place) string {
	text := at.Text()
	switch {
	case at.Kind() != fhir.String:
		f.wrongKind(at, fhir.String)
	case strings.TrimSpace(text) == "":
		f.fault(at, issue.CodeValue, "The value is empty; leave the element out or give it a value.")
	case text[0] <= ' ' || text[len(text)-1] <= ' ' || strings.TrimSpace(text) != text:
		f.fault(at, issue.CodeValue, "The value begins or ends with white space; remove it.")
	default:
		return text
	}
	return ""
}

// need is [findings.text] of an element that must be there.
func (f *findings) need(p *place, name, why string) string {
	at := p.member(name)
	if at.Kind() == fhir.Absent {
		f.fault(&at, issue.CodeRequired, why)
		return ""
	}
	return f.text(p, name)
}

func (f *findings) wrongKind(at *place, want fhir.Kind) {
	text := "A JSON " + want.String() + " is wanted here, but it is: " + at.Kind().String() + "."
	switch {
	case at.Kind() == fhir.Array:
		text = "This element does not repeat; write it without the array."
	case want == fhir.Array && at.Kind() == fhir.Object:
		text = "This element repeats; write it as an array, also when there is only one."
	}
	f.fault(at, issue.CodeStructure, text)
}

// only refuses members of an object that are not listed: in a place where each
// element may narrow or widen what was declared, none may be passed over.
// Extensions may, since an extension never changes the meaning of what it
// stands on (https://hl7.org/fhir/R4/extensibility.html); a modifierExtension
// does, and is refused elsewhere ([findings.modifiers]).
func (f *findings) only(p *place, known ...string) {
	for name, element := range p.Members() {
		if !listed(known, strings.TrimPrefix(name, "_")) {
			at := place{Element: element, up: p, name: name, index: -1}
			f.fault(&at, issue.CodeNotSupported, "This element could change what was declared, and the decision does not know it. "+
				"Leave it out; a declaration that can't be decided by is not stored.")
		}
	}
}

func listed(known []string, name string) bool {
	switch name {
	case "id", "extension", "modifierExtension":
		return true
	}
	return slices.Contains(known, name)
}

// modifiers refuses modifierExtension and implicitRules anywhere in the
// resource: either may turn the meaning of the rest
// (https://hl7.org/fhir/R4/extensibility.html#modifierExtension), and who does
// not understand it must not go on.
func (f *findings) modifiers(p *place) {
	if p.Kind() == fhir.Array {
		for i := range p.Len() {
			item := p.item(i)
			f.modifiers(&item)
		}
		return
	}
	for name, element := range p.Members() {
		at := place{Element: element, up: p, name: name, index: -1}
		switch name {
		case "modifierExtension", "_modifierExtension":
			if at.Kind() == fhir.Array {
				at = at.item(0)
			}
			f.fault(&at, issue.CodeExtension, "A modifier extension can change the meaning of the whole; none is known here. Leave it out.")
		case "implicitRules", "_implicitRules":
			f.fault(&at, issue.CodeNotSupported, "Rules that are only implied can't be followed here. Leave implicitRules out.")
		default:
			if element.Kind() == fhir.Object || element.Kind() == fhir.Array {
				f.modifiers(&at)
			}
		}
	}
}

// containedIDs gives the ids of the contained resources, and refuses two with
// one id: who reads a reference to it would have to guess
// (https://hl7.org/fhir/R4/references.html#contained).
func (f *findings) containedIDs(p *place) map[string]bool {
	seen := map[string]bool{}
	list := f.list(p, "contained")
	for i := range list.Len() {
		contained := list.item(i)
		id := contained.Get("id").Text()
		if seen[id] && id != "" {
			at := contained.member("id")
			f.fault(&at, issue.CodeInvariant, "Two contained resources have this id; give each its own.")
		}
		seen[id] = true
	}
	return seen
}
