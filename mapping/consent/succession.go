package consent

import "time"

// Succession gives what one declaration was at every instant, out of all its
// versions, the newest first. The newest comes first as it is. Then comes each
// older one that was in force before a newer took its place, marked as
// Superseded and bounded by where that one begins: a question about the past
// is answered by what was declared then (rules section 2.3(2)).
//
// A version in error ends it: that one was never in force, nor was what came
// before it.
func Succession(versions []Statement) []Statement {
	var all []Statement
	var taken time.Time // from here on a newer version holds
	for i, s := range versions {
		if s.Status == EnteredInError && i > 0 {
			break
		}
		if i == 0 {
			all = append(all, s)
			taken = s.begins()
			if s.Status == EnteredInError {
				break
			}
			continue
		}
		if s.Until.IsZero() || s.Until.After(taken) {
			s.Until, s.Superseded = taken, true
		}
		if inForceOnce := s.Status == Active || s.Status == Withdrawn; inForceOnce && s.From.Before(s.Until) {
			all = append(all, s)
		}
		if begins := s.begins(); begins.Before(taken) {
			taken = begins
		}
	}
	return all
}

// begins is from when a version takes the place of those before: from when it
// was declared or is in force, whichever is earlier.
func (s *Statement) begins() time.Time {
	if s.From.IsZero() || !s.Declared.IsZero() && s.Declared.Before(s.From) {
		return s.Declared
	}
	return s.From
}
