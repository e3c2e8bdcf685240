// Package intake says who may declare what: whether a declaration of intent
// (tahdonilmaisu) that somebody asks to have stored may be made by this person,
// in this way and at this place, and whether its status may change like that.
// It is the write side of the law, as package decision is the read side.
//
// [Rules.Judge] holds a [Submission] to a table of rules, each a value with its
// number in the rule base, its reason code, the section of the law it comes
// from and a sentence for a clerk. All rules are asked in their order; each that
// is broken is a [Finding]. What no rule refuses is accepted, and what is not
// known is broken by some rule: a kind of declaration that stands in no row, a
// person of unknown age, a recorder that nobody named, an organisation that is
// not listed. The zero Submission is refused.
//
// The package is pure: no clock, no input or output, no state. It knows neither
// FHIR nor storage; package mapping reads for it what a Consent and its
// Provenance say.
//
// # Readings
//
// Where the sources leave something open, this is how it is read.
//
// Drafts. A draft, a proposal and its rejection have no effect ([Prepare]). Only
// their status and kind are judged; no Provenance and no information is needed.
//
// The day it counts for. A declaration is judged by the day it was made
// (Declared), a withdrawal or annulment by the instant it was recorded. A minor
// is under 18 on that day in Finland; who was born on 29 February is a minor
// until 1 March. A clock that runs ahead by up to a minute is no future.
//
// Minors. In MyKanta nothing is declared or withdrawn for a minor, by anybody:
// of denials S0.9 and S0.10 say so, of the rest no source shows the contrary
// (V3, V4). Only that information was received can be said there. In person a
// minor decides alone if the capacity was assessed (capacity-assessed true).
// The extension says that a professional assessed it, not with what result
// (mapping.md §1), so that a guardian who declares after an assessment is taken
// to do so for a child found incapable; without one a guardian can consent
// (Q10) but not deny. The emergency permissions are part of the denials and follow them; that
// of prescriptions is not a guardian's, as their denial is not. A minor may be
// called client or minor. A guardian decides nothing for an adult.
//
// What is only the person's. Testaments, the living will, wellbeing data, the
// patient summary for abroad and the denial of contact about findings are made
// by the person; everybody else is a proxy and refused. Consent between the
// sectors can be given by a legal representative, not under a mandate (Q24).
// The patient summary and wellbeing data have no place but MyKanta, the body
// donation testament none but a service; so it stands in section 2.1.
//
// Mandates. A mandate (Suomi.fi) that does not say for which time it is proves
// nothing. It must be in force when the declaration was made and, in MyKanta,
// when it was recorded, since there both are one. The actor's name must be
// there to be shown.
//
// Places. A service unit is looked up in the directory, itself or by the whole
// it is part of; one that is not listed has not been shown to have joined Kanta.
// A pharmacy is no provider: the rule base names MyKanta and care
// professionals, also for prescriptions. What a system can record is the unit's
// own, else that of the nearest whole, else what was usual on that day
// ([Calendar]). In MyKanta every function is there from the day the law has it.
//
// Information (V1). It is needed for consents, denials and emergency permissions
// that are given or replaced, on the same day at the latest. Declarations from
// before 1.11.2021 were carried over by law and count at read; given as new ones
// they are treated like all others.
//
// Withdrawals are asked who and where, and that they repeat what they withdraw,
// not whether that could be aimed so or what came before. An information receipt
// can't be withdrawn. The client may withdraw in MyKanta what somebody declared
// on behalf, whose name stays; a guardian can't replace or withdraw what a
// capable minor declared alone.
//
// Times. No declaration begins on a day before it was made, or after it was
// made and recorded, no withdrawal has effect before the day it was recorded,
// and nothing is recorded in the future or before it was made: decisions are
// not retroactive (rules section 2.3(1)). A recording may be late.
//
// Annulments correct a record. A professional may correct any, whatever the
// declarer's right was, since a right that was missing may be what is to be
// corrected; only the place is asked. In MyKanta what was declared can be
// annulled by the client, or by the role that declared it under the rules for
// declaring except that of capacity.
//
// Recipients. No denial names a recipient (V16). One inside a single file (V9)
// and one between organiser and producer (V12) have their own codes, the first
// also when a unit is named as the source. A denial aimed at a merged provider
// is an ordinary one of a controller.
//
// Sources are named as in package decision; "INFERENCE" marks a reading that no
// source states.
package intake
