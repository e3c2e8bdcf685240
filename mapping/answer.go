package mapping

import (
	"iter"

	"tahto/fhir"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// Outcome is what was decided about an [Evaluation]: for the audit log in full,
// and as [Outcome.Parameters] for the asker. It keeps the evaluation and the
// statements it was made of and never changes them.
type Outcome struct {
	// Evaluation is what was asked.
	Evaluation *Evaluation
	// Items are the decisions about Evaluation.Items, in the same order.
	Items []decision.Decision
	// Scopes are what is decided for each sector if no item was asked about;
	// nil if some were.
	Scopes []decision.Scope
	// DenialView is the decision whether the list of denials may be seen; nil
	// unless that was asked.
	DenialView *decision.Decision

	statements []consent.Statement
}

// Decide answers the question from what the person has declared. The
// statements are all of that person's, in any order. A malformed item is denied
// as invalid input by rule R01, as the zero Decision does.
func (e *Evaluation) Decide(setting *decision.Setting, statements []consent.Statement) Outcome {
	o := Outcome{Evaluation: e, statements: statements}
	hearing := setting.Hear(e.Request, statements)
	if len(e.Items) == 0 {
		scopes := hearing.Profile()
		o.Scopes = scopes[:]
		if e.Request.Operation == decision.ViewDenials {
			view := hearing.ViewDenials()
			o.DenialView = &view
		}
		return o
	}
	o.Items = make([]decision.Decision, len(e.Items))
	for i := range e.Items {
		if e.Items[i].Malformed {
			o.Items[i] = decision.Decision{Rule: "R01"}
			continue
		}
		o.Items[i] = hearing.Decide(&e.Items[i].Asked)
	}
	return o
}

// Declarations are the statements a decision rests on, for their ID and
// Version.
func (o *Outcome) Declarations(of decision.Declarations) iter.Seq[*consent.Statement] {
	return func(yield func(*consent.Statement) bool) {
		for i := range of.All() {
			if !yield(&o.statements[i]) {
				return
			}
		}
	}
}

// Parameters writes the answer (mapping.md §4, Out). Without the audit's
// detail it tells what a professional may know: a denial shows nowhere in it,
// and what was denied by one reads, byte for byte, like what nobody consented to.
func (o *Outcome) Parameters() *fhir.Resource {
	a := answer{Writer: fhir.NewWriter("Parameters"), outcome: o, audit: o.Evaluation.Audit}
	a.Grow(bytesPerItem * len(o.Items))
	a.Array("parameter")
	if o.DenialView != nil {
		a.decided(o.DenialView)
	}
	for i := range o.Items {
		a.item(o.Evaluation.Items[i].ID, &o.Items[i])
	}
	for i := range o.Scopes {
		a.scope(&o.Scopes[i])
	}
	a.EndArray()
	return a.Resource()
}

// bytesPerItem is about how much is written of one.
const bytesPerItem = 960

// answer writes the parameters of an outcome.
type answer struct {
	*fhir.Writer
	outcome *Outcome
	audit   bool
	// last is the view that was written last, as the bytes from to until of the
	// answer. Of a thousand items most read the same.
	last        decision.View
	from, until int
}

// shown is what the asker may see of a decision.
func (a *answer) shown(d *decision.Decision) decision.View {
	if a.audit {
		return decision.View{Effect: d.Effect, Reason: d.Reason, Obligations: d.Obligations}
	}
	return d.ForRequester()
}

// item writes the answer about an item. One whose id could not be read has
// none in the answer: its place tells which it is.
func (a *answer) item(id string, d *decision.Decision) {
	a.open("item")
	if id != "" {
		a.text("id", id)
	}
	a.decided(d)
	a.declarations("declaration", d.Declarations)
	a.close()
}

// decided writes decision, reason, obligations and, to an audit, the rule.
func (a *answer) decided(d *decision.Decision) {
	a.view(a.shown(d))
	a.rule(d)
}

// view writes what is shown of a decision. What was written last is written
// again as it stands, if it is the same.
func (a *answer) view(view decision.View) {
	if a.until > 0 && view == a.last {
		a.Raw("", a.Bytes()[a.from:a.until])
		return
	}
	from := len(a.Bytes())
	a.effect(view)
	for one := range view.Obligations.All() {
		a.coding("obligation", consent.Coding{System: ObligationSystem, Code: one.String()})
	}
	if a.Bytes()[from] == ',' {
		from++
	}
	a.last, a.from, a.until = view, from, len(a.Bytes())
}

// scope writes what the requester can expect of a sector. The exceptions are
// the denials in force; asked as a view of the denials they are listed only if
// that is justified.
func (a *answer) scope(s *decision.Scope) {
	a.open("scope")
	a.code("sector", s.Sector.String())
	a.code("channel", a.outcome.Evaluation.Request.Channel.String())
	a.effect(a.shown(&s.Decision))
	a.rule(&s.Decision)
	a.declarations("ground", s.Decision.Declarations)
	viewed := a.outcome.DenialView
	if a.audit && (viewed == nil || viewed.Effect == decision.Permit) {
		for denial := range a.outcome.Declarations(s.Exceptions) {
			a.exception(denial)
		}
	}
	a.close()
}

// exception writes one denial in force and what it is aimed at.
func (a *answer) exception(denial *consent.Statement) {
	a.open("except")
	target := denial.Target
	if target == nil {
		target = &consent.Target{}
	}
	a.code("target", target.Kind.String())
	a.identifier("controller", target.Controller)
	a.coding("register", target.Register.Coding())
	a.identifier("serviceEvent", target.ServiceEvent)
	a.coding("serviceTask", target.Task)
	a.identifier("document", target.Document)
	a.identifier("prescription", target.Prescription)
	a.reference("declaration", denial)
	a.close()
}

func (a *answer) effect(view decision.View) {
	a.code("decision", view.Effect.String())
	a.coding("reason", consent.Coding{System: DecisionReasonSystem, Code: view.Reason.String()})
}

// rule names the rule that decided, to an audit only.
func (a *answer) rule(d *decision.Decision) {
	if a.audit && d.Rule != "" {
		a.text("rule", d.Rule)
	}
}

// declarations refers to what the decision rests on, to an audit only.
func (a *answer) declarations(name string, of decision.Declarations) {
	if !a.audit {
		return
	}
	for declaration := range a.outcome.Declarations(of) {
		a.reference(name, declaration)
	}
}

func (a *answer) reference(name string, to *consent.Statement) {
	a.name(name)
	a.Object("valueReference")
	a.String("reference", fhir.Key{Type: "Consent", ID: to.ID}.Version(to.Version))
	a.End()
	a.End()
}

// open begins a parameter with parts, close ends it.
func (a *answer) open(name string) {
	a.name(name)
	a.Array("part")
}

func (a *answer) close() {
	a.EndArray()
	a.End()
}

func (a *answer) name(name string) {
	a.Object("")
	a.String("name", name)
}

func (a *answer) text(name, value string) {
	a.name(name)
	a.String("valueString", value)
	a.End()
}

func (a *answer) code(name, value string) {
	if value == "" {
		return
	}
	a.name(name)
	a.String("valueCode", value)
	a.End()
}

func (a *answer) coding(name string, value consent.Coding) {
	if value.IsZero() {
		return
	}
	a.name(name)
	a.Coding("valueCoding", value.System, value.Code)
	a.End()
}

func (a *answer) identifier(name string, value consent.Identifier) {
	if value.IsZero() {
		return
	}
	a.name(name)
	writeIdentifier(a.Writer, "valueIdentifier", value)
	a.End()
}
