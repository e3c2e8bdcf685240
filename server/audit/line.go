package audit

import (
	"strconv"
	"time"

	"tahto/fhir"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// line writes one record as JSON. It is written member by member since a
// record is made for every decision; a reflective encoder would cost more than
// the decision.
type line struct {
	fhir.Writer
	text []byte // the room in which a value is put together
}

// entry begins anew and writes the record with its line end.
func (l *line) entry(e *Entry) []byte {
	l.Reset()
	l.Grow(e.size())
	l.Object("")
	l.time("time", e.Time)
	l.Optional("request", e.RequestID)
	l.list("changes", len(e.Changes), func(i int) {
		l.String("method", e.Changes[i].Method)
		l.String("version", e.Changes[i].Reference)
	})
	l.flag("again", e.Again)
	if e.Decision != nil {
		l.decision(e.Decision)
	}
	l.End()
	return append(l.Bytes(), '\n')
}

// size is about how many bytes the record takes, so that a thousand items make
// the buffer grow once.
func (e *Entry) size() int {
	const entry, change, item = 1024, 128, 512
	if e.Decision == nil {
		return entry + change*len(e.Changes)
	}
	return entry + item*len(e.Decision.Items)
}

func (l *line) decision(d *Decision) {
	l.Object("decision")
	l.identifier("person", d.Person)
	l.request(&d.Request)
	l.flag("audit", d.Audit)
	l.list("items", len(d.Items), func(i int) { l.item(&d.Items[i]) })
	l.list("scopes", len(d.Scopes), func(i int) {
		l.Optional("sector", d.Scopes[i].Sector.String())
		l.decided(&d.Scopes[i].Decided, d.Scopes[i].Declarations, d.Scopes[i].More)
	})
	if d.DenialView != nil {
		l.Object("denialView")
		l.decided(d.DenialView, nil, 0)
		l.End()
	}
	l.End()
}

func (l *line) request(r *decision.Request) {
	l.time("at", r.At)
	l.Optional("operation", r.Operation.String())
	l.Object("requester")
	l.identifier("organization", r.Requester.Organisation)
	l.Optional("register", r.Requester.Register.String())
	l.identifier("onBehalfOf", r.Requester.OnBehalfOf)
	l.End()
	l.Optional("channel", r.Channel.String())
	l.Optional("purpose", r.Purpose.String())
	l.Optional("denialViewPurpose", r.DenialUse.String())
	l.flag("relationship", r.Relationship)
	l.flag("accessRight", r.AccessRight)
	l.Optional("basis", r.Basis.String())
	if r.Ground > 0 {
		l.Raw("ground", strconv.AppendUint(nil, uint64(r.Ground), 10))
	}
	if r.Circumstances != 0 {
		l.Array("circumstances")
		for code := range r.Circumstances.Codes() {
			l.String("", code)
		}
		l.EndArray()
	}
}

func (l *line) item(item *Item) {
	a := &item.Asked
	l.Optional("id", item.ID)
	l.Optional("sector", a.Sector.String())
	l.identifier("controller", a.Controller)
	l.Optional("register", a.Register.String())
	if !a.Recorded.IsZero() {
		l.time("recordedFrom", a.Recorded.From)
		l.time("recordedUntil", a.Recorded.Until)
	}
	l.identifier("serviceEvent", a.ServiceEvent)
	l.coding("serviceTask", a.ServiceTask)
	l.identifier("document", a.Document)
	l.coding("category", a.Category)
	l.identifier("originalController", a.OriginalController)
	l.identifier("prescription", a.Prescription)
	l.identifier("storedBy", a.StoredBy)
	l.flag("outsideKanta", a.OutsideKanta)
	l.flag("controlledDrug", a.ControlledDrug)
	l.decided(&item.Decided, item.Declarations, item.More)
}

func (l *line) decided(d *decision.Decision, declarations []string, more int) {
	l.Optional("decision", d.Effect.String())
	l.Optional("reason", d.Reason.String())
	l.Optional("rule", d.Rule)
	l.flag("unconfirmed", d.Unconfirmed)
	if len(declarations) == 0 {
		return
	}
	l.Array("declarations")
	for _, version := range declarations {
		l.Optional("", version)
	}
	l.EndArray()
	if more > 0 {
		l.Raw("moreDeclarations", strconv.AppendInt(nil, int64(more), 10))
	}
}

func (l *line) list(name string, n int, write func(int)) {
	if n == 0 {
		return
	}
	l.Array(name)
	for i := range n {
		l.Object("")
		write(i)
		l.End()
	}
	l.EndArray()
}

func (l *line) identifier(name string, i consent.Identifier) {
	if i.IsZero() {
		return
	}
	l.token(name, i.System, i.Value)
}

func (l *line) coding(name string, c consent.Coding) {
	if c.IsZero() {
		return
	}
	l.token(name, c.System, c.Code)
}

// token writes system and value in one string, as a FHIR search has them
// (https://hl7.org/fhir/R4/search.html#token): a record of a thousand items
// is two thirds as long as with objects, and writing it out is what it costs.
func (l *line) token(name, system, value string) {
	l.text = append(append(append(l.text[:0], system...), '|'), value...)
	l.StringOf(name, l.text)
}

func (l *line) time(name string, t time.Time) {
	if !t.IsZero() {
		l.text = t.UTC().AppendFormat(l.text[:0], time.RFC3339Nano)
		l.StringOf(name, l.text)
	}
}

// flag writes a boolean if it is true.
func (l *line) flag(name string, value bool) {
	if value {
		l.Bool(name, true)
	}
}
