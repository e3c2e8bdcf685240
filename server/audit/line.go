package audit

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// line writes one record as JSON. It is written by hand since a record is made
// for every decision; a reflective encoder would cost more than the decision.
type line struct {
	buf   []byte
	comma bool
}

// entry begins anew and writes the record with its line end.
func (l *line) entry(e *Entry) {
	l.buf, l.comma = slices.Grow(l.buf[:0], e.size()), false
	l.open("", '{')
	l.time("time", e.Time)
	l.text("request", e.RequestID)
	if len(e.Changes) > 0 {
		l.open("changes", '[')
		for _, c := range e.Changes {
			l.open("", '{')
			l.text("method", c.Method)
			l.text("version", c.Reference)
			l.close('}')
		}
		l.close(']')
	}
	if e.Decision != nil {
		l.decision(e.Decision)
	}
	l.close('}')
	l.buf = append(l.buf, '\n')
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
	l.open("decision", '{')
	l.identifier("person", d.Person)
	l.request(&d.Request)
	l.flag("audit", d.Audit)
	l.list("items", len(d.Items), func(i int) { l.item(&d.Items[i]) })
	l.list("scopes", len(d.Scopes), func(i int) {
		l.text("sector", d.Scopes[i].Sector.String())
		l.decided(&d.Scopes[i].Decided, d.Scopes[i].Declarations)
	})
	if d.DenialView != nil {
		l.open("denialView", '{')
		l.decided(d.DenialView, nil)
		l.close('}')
	}
	l.close('}')
}

func (l *line) request(r *decision.Request) {
	l.time("at", r.At)
	l.text("operation", operations[r.Operation])
	l.open("requester", '{')
	l.identifier("organization", r.Requester.Organisation)
	l.text("register", r.Requester.Register.String())
	l.identifier("onBehalfOf", r.Requester.OnBehalfOf)
	l.close('}')
	l.text("channel", r.Channel.String())
	l.text("purpose", purposes[r.Purpose])
	l.text("denialViewPurpose", denialViews[r.DenialUse])
	l.flag("relationship", r.Relationship)
	l.flag("accessRight", r.AccessRight)
	l.text("basis", bases[r.Basis])
	if r.Ground > 0 {
		l.name("ground")
		l.buf = strconv.AppendUint(l.buf, uint64(r.Ground), 10)
	}
	if r.Circumstances != 0 {
		l.open("circumstances", '[')
		for _, c := range circumstances {
			if r.Circumstances&c.is != 0 {
				l.text("", c.code)
			}
		}
		l.close(']')
	}
}

func (l *line) item(item *Item) {
	a := &item.Asked
	l.text("id", item.ID)
	l.text("sector", a.Sector.String())
	l.identifier("controller", a.Controller)
	l.text("register", a.Register.String())
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
	l.decided(&item.Decided, item.Declarations)
}

func (l *line) decided(d *decision.Decision, declarations []string) {
	l.text("decision", d.Effect.String())
	l.text("reason", d.Reason.String())
	l.text("rule", d.Rule)
	l.flag("unconfirmed", d.Unconfirmed)
	if len(declarations) == 0 {
		return
	}
	l.open("declarations", '[')
	for _, version := range declarations {
		l.text("", version)
	}
	l.close(']')
}

func (l *line) list(name string, n int, write func(int)) {
	if n == 0 {
		return
	}
	l.open(name, '[')
	for i := range n {
		l.open("", '{')
		write(i)
		l.close('}')
	}
	l.close(']')
}

func (l *line) identifier(name string, i consent.Identifier) {
	if i.IsZero() {
		return
	}
	l.open(name, '{')
	l.text("system", i.System)
	l.text("value", i.Value)
	l.close('}')
}

func (l *line) coding(name string, c consent.Coding) {
	if c.IsZero() {
		return
	}
	l.open(name, '{')
	l.text("system", c.System)
	l.text("code", c.Code)
	l.close('}')
}

func (l *line) time(name string, t time.Time) {
	if t.IsZero() {
		return
	}
	l.name(name)
	l.buf = append(l.buf, '"')
	l.buf = t.UTC().AppendFormat(l.buf, time.RFC3339Nano)
	l.buf = append(l.buf, '"')
}

// text writes a string, and nothing for an empty one.
func (l *line) text(name, value string) {
	if value == "" {
		return
	}
	l.name(name)
	l.quote(value)
}

// flag writes a boolean if it is true.
func (l *line) flag(name string, value bool) {
	if value {
		l.name(name)
		l.buf = append(l.buf, "true"...)
	}
}

func (l *line) open(name string, bracket byte) {
	l.name(name)
	l.buf = append(l.buf, bracket)
	l.comma = false
}

func (l *line) close(bracket byte) {
	l.buf = append(l.buf, bracket)
	l.comma = true
}

func (l *line) name(name string) {
	if l.comma {
		l.buf = append(l.buf, ',')
	}
	l.comma = true
	if name != "" {
		l.quote(name)
		l.buf = append(l.buf, ':')
	}
}

// quote writes a JSON string. Nearly all need no escape.
func (l *line) quote(s string) {
	if isPlain(s) {
		l.buf = append(l.buf, '"')
		l.buf = append(l.buf, s...)
		l.buf = append(l.buf, '"')
		return
	}
	quoted, err := json.Marshal(s)
	if err != nil { // no string fails
		quoted = []byte(`""`)
	}
	l.buf = append(l.buf, quoted...)
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
