package mapping

import (
	"slices"
	"time"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// MaxItems is how many items one $evaluate may ask about.
const MaxItems = 1000

// Evaluation is a question to $evaluate that has been read (mapping.md §4):
// one person, one request, and the items asked about. Its strings share memory
// with the Parameters it was read from. It is read-only.
type Evaluation struct {
	// Person is whose data it is about: the key of the look-up. Personal data.
	Person consent.Identifier
	// Request is what is asked about every item alike.
	Request decision.Request
	// Audit: the answer may tell of declarations (detail=audit). Without it
	// nothing in the answer does.
	Audit bool
	// Items are asked about, in order. Without any, the scope of sharing is.
	Items []Item
}

// Item is a piece of data asked about.
type Item struct {
	// ID is the asker's name for it, "" if it could not be read. Two items may
	// have the same: each is answered in its place.
	ID string
	// Malformed: the item could not be read. It is denied, and Asked is zero.
	Malformed bool
	// Asked is what is known of it.
	Asked decision.Item
}

// inputs are the parameters of $evaluate, in the order of their bits.
var inputs = []string{
	"patient", "at", "detail", "requester", "operation", "channel", "purpose", "relationship", "accessRight",
	"basis", "ground", "circumstance", "item",
}

// evaluationReader reads Parameters into an Evaluation. The purpose and the
// ground are read last: what they may be depends on other parameters, which
// may come later.
type evaluationReader struct {
	findings
	evaluation *Evaluation
	seen       uint32 // bits of inputs
	purpose    consent.Coding
	purposeAt  int
	ground     int
	groundRead bool
	groundAt   int
	basisAt    int
	items      int
}

// ReadEvaluation reads the Parameters of $evaluate (mapping.md §4, In). The
// instant of the decision is now unless the request says another.
//
// An error tells everything that is wrong with the request itself. It is of
// kind Invalid if something can't be read, and Unprocessable if all can but a
// code is unknown or contradicts the rest. What is wrong with an item is none
// of it: the item is Malformed, and is denied in its place. That goes for an
// item without an id too: it is answered without one, and its place tells
// which it is. More than [MaxItems] are refused as too costly.
func ReadEvaluation(params *fhir.Resource, now time.Time) (*Evaluation, error) {
	p := root(params)
	if params.Type() != "Parameters" {
		return nil, issue.New(issue.Invalid, p.path(), "The operation is asked with Parameters, but this is another resource.").Coded(issue.CodeStructure)
	}
	r := evaluationReader{evaluation: &Evaluation{Request: decision.Request{
		At: now, Operation: decision.Disclose, Channel: decision.Kanta,
	}}}
	r.noModifiers(&p)
	list := r.some(&p, "parameter", "The operation needs parameters: patient, requester, relationship and accessRight at least.")
	for i := range list.Len() {
		if at, ok := r.entry(&list, i); ok {
			r.read(&at, list.Len()-i)
		}
	}
	r.complete(&list)
	if err := r.err(r.kind()); err != nil {
		return nil, err
	}
	return r.evaluation, nil
}

// noModifiers refuses rules that are only implied, on the Parameters as a
// whole; in a parameter anything unknown is refused anyway.
func (r *evaluationReader) noModifiers(p *place) {
	if at := p.member("implicitRules"); at.Exists() {
		r.fault(&at, issue.CodeNotSupported, "Rules that are only implied can't be followed here. Leave implicitRules out.")
	}
}

// kind is that of the worst fault: what can't be read is worse than what is
// unknown.
func (r *evaluationReader) kind() issue.Kind {
	for i := range r.issues {
		switch r.issues[i].Code {
		case issue.CodeCodeInvalid, issue.CodeBusinessRule, issue.CodeTooCostly:
		default:
			return issue.Invalid
		}
	}
	return issue.Unprocessable
}

// once refuses the second of what may come only once.
func (r *evaluationReader) once(p *parameter) bool {
	bit := uint32(1) << slices.Index(inputs, p.name)
	if r.seen&bit != 0 {
		r.fault(p.place, issue.CodeStructure, "This parameter may be given only once; remove one.")
		return false
	}
	r.seen |= bit
	return true
}

func (r *evaluationReader) has(name string) bool {
	return r.seen&(1<<slices.Index(inputs, name)) != 0
}

// read reads one parameter; remaining is how many there are from it on.
func (r *evaluationReader) read(at *place, remaining int) {
	if at.Get("name").Text() == "item" {
		r.readItem(at, remaining)
		return
	}
	p := r.open(at)
	switch {
	case p.name == "":
		return
	case p.name == "circumstance":
		r.circumstance(&p)
		return
	case !slices.Contains(inputs, p.name):
		r.fault(at, issue.CodeNotSupported, "The operation has no such parameter."+meant(p.name, inputs))
		return
	case !r.once(&p):
		return
	}
	r.single(&p)
}

// single reads a parameter that comes once at most.
func (r *evaluationReader) single(p *parameter) {
	e := r.evaluation
	switch p.name {
	case "patient":
		if r.objectOf(p, "valueIdentifier") {
			e.Person = r.identity(&p.value)
		}
	case "at":
		if r.is(p, "valueDateTime") {
			if at, ok := r.point(&p.value); ok {
				e.Request.At = at.Start
			}
		}
	case "detail":
		e.Audit = r.detail(p)
	case "requester":
		r.requester(p)
	case "operation":
		e.Request.Operation = coded(r, p, decision.ParseOperation, "disclose or view-denials")
	case "channel":
		e.Request.Channel = coded(r, p, decision.ParseChannel, "kanta, local or other")
	case "basis":
		e.Request.Basis = coded(r, p, decision.ParseBasis, "703-2023-53-5, 703-2023-55-2 or 703-2023-56")
		r.basisAt = p.index
	case "ground":
		r.ground, r.groundRead = r.integerOf(p)
		r.groundAt = p.index
	case "purpose":
		r.purpose = r.codingOf(p)
		r.purposeAt = p.index
	case "relationship":
		e.Request.Relationship = r.flagOf(p)
	case "accessRight":
		e.Request.AccessRight = r.flagOf(p)
	}
}

// coded reads a parameter that is one of a few codes.
func coded[T any](r *evaluationReader, p *parameter, parse func(string) (T, bool), known string) T {
	code := r.codeOf(p)
	value, ok := parse(code)
	if code != "" && !ok {
		r.unknown(&p.value, "This code is not known here; use "+known+".")
	}
	return value
}

// detail tells whether an audit's detail is asked for.
func (r *evaluationReader) detail(p *parameter) bool {
	switch r.codeOf(p) {
	case "audit":
		return true
	case "requester", "":
	default:
		r.unknown(&p.value, "This code is not known here; use requester or audit.")
	}
	return false
}

func (r *evaluationReader) circumstance(p *parameter) {
	r.evaluation.Request.Circumstances |= coded(r, p, decision.ParseCircumstance,
		"one of those in the definition of the operation, such as unconscious or minor")
}

var requesterParts = []string{"organization", "register", "onBehalfOf"}

func (r *evaluationReader) requester(p *parameter) {
	before, seen := r.count, [3]bool{}
	list := r.partsOf(p)
	for i := range list.Len() {
		at, ok := r.entry(&list, i)
		if !ok {
			continue
		}
		part := r.open(&at)
		n := slices.Index(requesterParts, part.name)
		switch {
		case part.name == "":
		case n < 0:
			r.fault(&at, issue.CodeNotSupported, "The requester has no such part."+meant(part.name, requesterParts))
		case seen[n]:
			r.fault(&at, issue.CodeStructure, "This part may be given only once; remove one.")
		default:
			seen[n] = true
			r.requesterPart(&part)
		}
	}
	if !seen[0] && r.count == before {
		r.fault(p.place, issue.CodeRequired, "Say who asks: give the part organization, an Identifier.")
	}
}

func (r *evaluationReader) requesterPart(part *parameter) {
	requester := &r.evaluation.Request.Requester
	switch part.name {
	case "organization":
		requester.Organisation = r.organisationOf(part)
	case "register":
		requester.Register = r.registerParameter(part)
	case "onBehalfOf":
		requester.OnBehalfOf = r.organisationOf(part)
	}
}

// readItem reads one item without a word about what is wrong with it: it can
// only be denied.
func (r *evaluationReader) readItem(at *place, remaining int) {
	if r.items++; r.items > MaxItems {
		return
	}
	if r.evaluation.Items == nil {
		r.evaluation.Items = make([]Item, 0, min(remaining, MaxItems))
	}
	quiet := findings{quiet: true}
	item := quiet.item(at)
	if quiet.count > 0 {
		item.Malformed, item.Asked = true, decision.Item{}
	}
	r.evaluation.Items = append(r.evaluation.Items, item)
}
