package intake

import (
	"reflect"
	"time"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

const (
	timeContradiction = "time-contradiction"
	atRecorded        = "Provenance.recorded"
)

// times holds the times that a submission states against one another: decisions
// are not retroactive (rules section 2.3(1)), so that no declaration and no
// withdrawal can change what was decided before it was made. Times are compared
// by their days in Finland, since many are written as days.
var times = []rule{
	{
		id: "2.3", law: "L703 58(2)", code: timeContradiction, element: atRecorded, deeds: effective,
		text:   "The Provenance says that it was recorded in the future. Give the time at which it was recorded.",
		broken: func(m *matter) bool { return m.Recording != nil && m.future(m.Recording.At) },
	},
	{
		id: "2.3", law: "L703 58(2)", code: timeContradiction, element: atRecorded, deeds: effective,
		text:   "It can't have been recorded before the declaration was made. Correct the time of the Provenance (recorded) or of the declaration (dateTime).",
		broken: func(m *matter) bool { return m.Recording != nil && dayBefore(m.Recording.At, m.made()) },
	},
	{
		id: "2.3", law: "rules 2.3(1); L703 58(1)", code: timeContradiction, element: atPeriod + ".start", deeds: setting,
		text: "The declaration can't begin before it was made: what was decided until then stays. Leave the start out, or give the time at which it was made.",
		broken: func(m *matter) bool {
			return m.law.open && dayBefore(m.declared.From, m.declared.Declared) && !m.continues()
		},
	},
	{
		id: "V15", law: "L703 58(1), INFERENCE", code: fixedTerm, element: atPeriod + ".start", deeds: setting,
		text:   "The declaration can't begin later than it was made and recorded. Leave the start out, or declare it on that day.",
		broken: func(m *matter) bool { return m.law.open && m.begunLater() && !m.future(m.declared.From) },
	},
	{
		id: "2.3", law: "rules 2.3(1); M36", code: timeContradiction, element: atPeriod + ".end", deeds: withdrawing,
		text: "A withdrawal has effect from when it is recorded and can't reach back: what was decided until then stays. Leave the end out, or give the time at which it was recorded.",
		broken: func(m *matter) bool {
			return m.law.open && m.Recording != nil && dayBefore(m.declared.Until, m.Recording.At)
		},
	},
	{
		id: "2.3", law: "rules 2.3(2)", code: "withdrawal-differs", element: atProvision, deeds: withdrawing,
		text:   "A withdrawal repeats the declaration as it was and changes its status. This one has another target, other data or recipients, or another beginning. Read the declaration again, and send it with status inactive.",
		broken: func(m *matter) bool { return m.Before != nil && !sameMatter(m.Before, m.declared) },
	},
}

// made is when the declaration was made that is given, withdrawn or annulled.
func (m *matter) made() time.Time {
	if m.deed&setting == 0 && m.Before != nil {
		return m.Before.Declared
	}
	return m.declared.Declared
}

// begunLater reports that it begins on a day after the one on which it was made
// and the one on which it was recorded.
func (m *matter) begunLater() bool {
	from := m.declared.From
	return m.Recording != nil && dayBefore(m.declared.Declared, from) && dayBefore(m.Recording.At, from)
}

// continues reports that a replacement goes on from where the replaced version
// began.
func (m *matter) continues() bool {
	return m.deed == replacing && m.Before != nil && m.declared.From.Equal(m.Before.From)
}

// sameMatter reports that two versions declare the same from the same time.
func sameMatter(a, b *consent.Statement) bool {
	return a.From.Equal(b.From) && a.Everything == b.Everything &&
		reflect.DeepEqual(a.Target, b.Target) && reflect.DeepEqual(a.Grants, b.Grants)
}

// dayBefore reports that an instant is on a day before that of another; of what
// is not said it is false.
func dayBefore(a, b time.Time) bool {
	return !a.IsZero() && !b.IsZero() && decision.DateInFinland(a).Before(decision.DateInFinland(b))
}
