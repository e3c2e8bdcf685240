// Package decision answers one question: may this piece of a person's social
// or health care data be shared (luovutus) with this requester, at this
// instant? It answers from what the person has declared (package consent) and
// from the law, and says why.
//
// It is pure: no clock, no input or output, no error, no state. Every rule is
// a named value in one ordered table ([Rules]) that cites its section of the
// law and can be read from top to bottom; the first rule that holds decides.
// A rule is a condition on facts, and a fact is either established from the
// request, the item and the declarations or it is not: what is missing,
// unknown or malformed establishes nothing, so it ends in deny. The zero
// [Effect] is [Deny], and so is the decision on the zero [Request].
//
// # Use
//
// Open one [Hearing] for a person and a request, and ask it about every item:
//
//	hearing := setting.Hear(request, statements)
//	for i := range items {
//		decision := hearing.Decide(&items[i])
//	}
//
// What depends only on the person and the request is worked out once, in
// Hear. Asked without items, [Hearing.Profile] gives the scope of sharing and
// [Hearing.ViewDenials] whether the list of denials may be seen. A Hearing
// reads the statements it was given and never changes them; any number of
// goroutines may use one at a time. With up to 64 statements nothing is
// allocated.
//
// # What the requester sees
//
// A [Decision] is for the audit log. A professional must not learn that a
// denial exists (rules Q20), so what is told to a requester is
// [Decision.ForRequester].
//
// # Sources
//
// Acts 703/2023 (asiakastietolaki), as amended by 307/2024, and 61/2007
// (e-prescriptions), act 616/2021 section 64a (Uusimaa), decree 457/2024. "L703 54" in a rule is
// section 54 of act 703/2023; L307, L61, L612, L616, L784, L569 and D457
// likewise. "INFERENCE" marks a reading that no source states.
package decision
