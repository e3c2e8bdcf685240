package consent_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/consent"
)

// on is a day of 2025.
func on(day int) time.Time { return time.Date(2025, 1, day, 0, 0, 0, 0, time.UTC) }

// version is an active version declared, and in force from, a day.
func version(number uint64, day int, change ...func(*consent.Statement)) consent.Statement {
	s := consent.Statement{ID: "1", Version: number, Kind: consent.ConsentHealth, Status: consent.Active, Declared: on(day), From: on(day)}
	for _, f := range change {
		f(&s)
	}
	return s
}

func withdrawn(day int) func(*consent.Statement) {
	return func(s *consent.Statement) { s.Status, s.Until = consent.Withdrawn, on(day) }
}

func inError(s *consent.Statement) { s.Status = consent.EnteredInError }

func draft(s *consent.Statement) { s.Status = consent.Draft }

// TestAtEveryInstantTheVersionOfThatTimeIsInForce lists, newest first, versions
// and which of them is in force on each of ten days; 0 is none.
func TestAtEveryInstantTheVersionOfThatTimeIsInForce(t *testing.T) {
	for _, one := range []struct {
		name     string
		versions []consent.Statement
		want     [10]uint64
	}{
		{"one", []consent.Statement{version(1, 2)}, [10]uint64{0, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{"replaced", []consent.Statement{version(2, 5), version(1, 2)}, [10]uint64{0, 1, 1, 1, 2, 2, 2, 2, 2, 2}},
		{"replaced twice", []consent.Statement{version(3, 7), version(2, 5), version(1, 2)}, [10]uint64{0, 1, 1, 1, 2, 2, 3, 3, 3, 3}},
		{"corrected as of the same day", []consent.Statement{version(2, 2), version(1, 2)}, [10]uint64{0, 2, 2, 2, 2, 2, 2, 2, 2, 2}},
		{"corrected to an earlier day", []consent.Statement{version(3, 2), version(2, 5), version(1, 4)}, [10]uint64{0, 3, 3, 3, 3, 3, 3, 3, 3, 3}},
		{"withdrawn", []consent.Statement{version(2, 2, withdrawn(6)), version(1, 2)}, [10]uint64{0, 2, 2, 2, 2, 0, 0, 0, 0, 0}},
		{"withdrawn, dated by the withdrawal", []consent.Statement{version(2, 6, withdrawn(6)), version(1, 2)}, [10]uint64{0, 1, 1, 1, 1, 0, 0, 0, 0, 0}},
		{"replaced and withdrawn", []consent.Statement{version(3, 5, withdrawn(8)), version(2, 5), version(1, 2)}, [10]uint64{0, 1, 1, 1, 3, 3, 3, 0, 0, 0}},
		{"given again under the same id", []consent.Statement{version(3, 8), version(2, 2, withdrawn(5)), version(1, 2)}, [10]uint64{0, 2, 2, 2, 0, 0, 0, 3, 3, 3}},
		{"annulled", []consent.Statement{version(3, 5, inError), version(2, 5), version(1, 2)}, [10]uint64{}},
		{"annulled in between", []consent.Statement{version(3, 7), version(2, 2, inError), version(1, 2)}, [10]uint64{0, 0, 0, 0, 0, 0, 3, 3, 3, 3}},
		{"a draft first", []consent.Statement{version(2, 5), version(1, 2, draft)}, [10]uint64{0, 0, 0, 0, 2, 2, 2, 2, 2, 2}},
	} {
		t.Run(one.name, func(t *testing.T) {
			var got [10]uint64
			for _, s := range consent.Succession(one.versions) {
				for day := range got {
					if !s.InForce(on(day + 1)) {
						continue
					}
					if got[day] != 0 {
						t.Errorf("versions %d and %d are both in force on day %d", got[day], s.Version, day+1)
					}
					got[day] = s.Version
				}
			}
			if diff := cmp.Diff(one.want, got); diff != "" {
				t.Errorf("in force on each day (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatWasSupersededWasNotWithdrawn(t *testing.T) {
	all := consent.Succession([]consent.Statement{version(2, 5), version(1, 2)})
	if len(all) != 2 || !all[1].Superseded || all[1].Withdrawn(on(9)) || !all[1].Until.Equal(on(5)) {
		t.Errorf("got %+v", all)
	}
	if got := consent.Pack(all).Unpack(); !cmp.Equal(got, all) {
		t.Errorf("packed and unpacked: %s", cmp.Diff(all, got))
	}
}
