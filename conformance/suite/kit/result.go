package kit

import (
	"maps"
	"slices"
	"time"
)

// Outcome is how a case ended.
type Outcome string

// The outcomes. A case that is not claimed, or is about other servers, is
// neither passed nor failed.
const (
	Passed     Outcome = "passed"
	Failed     Outcome = "failed"
	NotClaimed Outcome = "not claimed"
	NotMeant   Outcome = "for other servers"
)

// Result is what came of a case.
type Result struct {
	Section string
	Case    Case
	Outcome Outcome
	// Why says what the case failed of, or what is not claimed.
	Why       []string
	Exchanges []Exchange
	Took      time.Duration
}

// Report is what came of a run.
type Report struct {
	Base     string
	Software string // name and version, as the server gives them
	Started  time.Time
	Took     time.Duration
	Sections []SectionReport
}

// SectionReport is the results of a section, in the order of its cases.
type SectionReport struct {
	Name, Title string
	Results     []Result
}

// Count is the number of results with an outcome.
func (s SectionReport) Count(o Outcome) int {
	n := 0
	for _, r := range s.Results {
		if r.Outcome == o {
			n++
		}
	}
	return n
}

// Unclaimed is a claim that the server does not make.
type Unclaimed struct {
	Claim string
	Cases int // that were not run for want of it
}

// Unclaimed are the claims that cases were not run for want of, those of most
// cases first.
func (r Report) Unclaimed() []Unclaimed {
	cases := map[string]int{}
	for _, s := range r.Sections {
		for _, one := range s.Results {
			if one.Outcome != NotClaimed {
				continue
			}
			for _, claim := range one.Why {
				cases[claim]++
			}
		}
	}
	var all []Unclaimed
	for _, claim := range slices.Sorted(maps.Keys(cases)) {
		all = append(all, Unclaimed{claim, cases[claim]})
	}
	slices.SortStableFunc(all, func(a, b Unclaimed) int { return b.Cases - a.Cases })
	return all
}

// Count is the number of results with an outcome in all sections.
func (r Report) Count(o Outcome) int {
	n := 0
	for _, s := range r.Sections {
		n += s.Count(o)
	}
	return n
}
