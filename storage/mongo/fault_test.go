package mongo_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tahto/storage/driver"
	"tahto/storage/mongo/mongotest"
)

// trouble is something that goes wrong with a command.
type trouble struct {
	name  string
	fault mongotest.Fault
	// mended tells that the next try mends it.
	mended bool
	// only is the one command that it happens to; empty: each.
	only string
}

const (
	commit = "commitTransaction"
	abort  = "abortTransaction"
	slow   = 900 * time.Millisecond
)

var troubles = []trouble{
	{name: "a transient error", fault: mongotest.Fault{Code: 251, Labels: []string{transient}}, mended: true},
	{name: "a write conflict", fault: mongotest.Fault{Code: 112, Labels: []string{transient}}, mended: true},
	{name: "a write conflict without a label", fault: mongotest.Fault{Code: 112}},
	{name: "a commit of unknown result", fault: mongotest.Fault{Code: 64, Labels: []string{unknown}}, mended: true, only: commit},
	{name: "a commit of unknown result, executed", fault: mongotest.Fault{Code: 64, Labels: []string{unknown}, Executed: true}, mended: true, only: commit},
	{name: "a write concern that failed, executed", fault: mongotest.Fault{Code: 64, Executed: true}, only: commit},
	{name: "a connection dropped before", fault: mongotest.Fault{Drop: mongotest.DropBefore}, mended: true},
	{name: "a connection dropped after", fault: mongotest.Fault{Drop: mongotest.DropAfter}, mended: true},
	{name: "no primary", fault: mongotest.Fault{Code: 10107}, mended: true},
	{name: "a primary that stepped down", fault: mongotest.Fault{Code: 189}, mended: true},
	{name: "a primary that stepped down after", fault: mongotest.Fault{Code: 189, Executed: true}, mended: true, only: commit},
	{name: "an interruption", fault: mongotest.Fault{Code: 11602}, mended: true},
	{name: "a full disk", fault: mongotest.Fault{Code: 14031}},
	{name: "a full disk at a statement", fault: mongotest.Fault{Code: 14031, WriteError: true}, only: "update"},
	{name: "a duplicate key at a statement", fault: mongotest.Fault{Code: 11000, WriteError: true}, only: "update", mended: true},
	{name: "the end of its time", fault: mongotest.Fault{Code: 50}},
	{name: "the end of its time, executed", fault: mongotest.Fault{Code: 50, Executed: true}, only: commit},
	{name: "a document that is too large", fault: mongotest.Fault{Code: 10334}},
	{name: "a slow answer", fault: mongotest.Fault{Delay: slow}},
}

// at is the fault of a command, with the labels that a MongoDB would give it.
func (tr trouble) at(command string, times int) mongotest.Fault {
	f := tr.fault
	f.Command, f.Times = command, times
	if slices.Contains([]int32{10107, 189, 11602}, f.Code) {
		f.Labels = []string{transient}
		if command == commit || command == abort {
			f.Labels = []string{retryable}
		}
	}
	return f
}

// TestUpdateUnderFaultsSaysWhatIsStored holds what Update returns against what
// is in the database, for each command and each thing that can go wrong with it.
func TestUpdateUnderFaultsSaysWhatIsStored(t *testing.T) {
	t.Parallel()
	var cases []func()
	for _, command := range []string{"find", "update", commit, abort, "aggregate", "getMore"} {
		for _, tr := range troubles {
			if !tr.happensTo(command) {
				continue
			}
			for _, times := range []int{1, forEver} {
				cases = append(cases, func() { updateUnder(t, tr, command, times) })
			}
		}
	}
	together(cases)
}

var errOwn = errors.New("f's own error")

func updateUnder(t *testing.T, tr trouble, command string, times int) {
	name := fmt.Sprintf("%s at %s, %d times", tr.name, command, times)
	patience := 15 * time.Second // it takes that long only where much else runs
	if times == forEver || tr.fault.Delay > 0 {
		patience = 400 * time.Millisecond
	}
	s := newStage(t, mongotest.Options{}, patience, many(command))
	s.server.Inject(tr.at(command, times))
	err := s.changeOrGiveUp(t, command == abort)
	time.Sleep(tr.fault.Delay) // what is late may still be executed
	there := s.stored(t, name)
	switch {
	case command == abort:
		if err != errOwn || there {
			t.Errorf("%s: got %v, stored %v; want f's own error and nothing stored", name, err, there)
		}
		return
	case tr.mended && times == 1 && err != nil:
		t.Errorf("%s: got %v, want it mended", name, err)
	case err == nil && times == forEver:
		t.Errorf("%s: nothing was reported", name)
	}
	truthful(t, name, err, there)
	s.inDoubt(t, name, tr, command, err)
}

// changeOrGiveUp is a change, or one that f undoes in the end.
func (s *stage) changeOrGiveUp(t *testing.T, giveUp bool) error {
	if !giveUp {
		return s.change(t.Context())
	}
	return s.Update(t.Context(), func(w driver.Writer) error {
		if err := w.Append(t.Context(), a(2)); err != nil {
			return err
		}
		if _, err := w.GetVersion(t.Context(), a(1).Key, 1); err != nil { // sends what was appended
			return err
		}
		return errOwn
	})
}

// many is so much that one reply does not hold it, for a command that needs that.
func many(command string) int {
	if command == "getMore" {
		return 1000
	}
	return 0
}

// happensTo tells whether it happens to the command here: to getMore, which takes much
// to come to, one of each kind.
func (tr trouble) happensTo(command string) bool {
	if command == "getMore" {
		return tr.fault.Drop == mongotest.DropAfter || tr.fault.Delay > 0 || slices.Contains([]int32{112, 189, 14031}, tr.fault.Code) && tr.only == ""
	}
	return tr.only == "" || tr.only == command
}

// inDoubt requires that only a commit leaves a doubt, and that a document that is
// too large, and what no other try mends, has its name.
func (s *stage) inDoubt(t *testing.T, name string, tr trouble, command string, err error) {
	t.Helper()
	switch {
	case command != commit && errors.Is(err, driver.ErrInDoubt):
		t.Errorf("%s: got %v before there was a commit", name, err)
	case command == commit && s.sent(commit) && err != nil && !errors.Is(err, driver.ErrInDoubt) && !slices.Contains(tr.fault.Labels, transient):
		t.Errorf("%s: got %v, want ErrInDoubt", name, err)
	case command == "update" && tr.fault.Code == 10334 && !errors.Is(err, driver.ErrTooLarge):
		t.Errorf("%s: got %v, want ErrTooLarge", name, err)
	case err != nil && strings.Contains(err.Error(), "injected by the test"):
		t.Errorf("%s: the server's own words, which may quote what is stored, are in %q", name, err)
	}
}

// TestViewUnderFaultsShowsTheWholeOrFails never shows a part as if it were all.
func TestViewUnderFaultsShowsTheWholeOrFails(t *testing.T) {
	t.Parallel()
	var cases []func()
	for _, command := range []string{"find", "aggregate", "getMore"} {
		for _, tr := range troubles {
			if !tr.happensTo(command) {
				continue
			}
			for _, times := range []int{1, forEver} {
				cases = append(cases, func() { viewUnder(t, tr, command, times) })
			}
		}
	}
	together(cases)
}

func viewUnder(t *testing.T, tr trouble, command string, times int) {
	name := fmt.Sprintf("%s at %s, %d times", tr.name, command, times)
	patience := 15 * time.Second // it takes that long only where much else runs
	if times == forEver || tr.fault.Delay > 0 {
		patience = 400 * time.Millisecond
	}
	s := newStage(t, mongotest.Options{}, patience, many(command))
	f := tr.at(command, times)
	f.Labels = nil // there are none outside of transactions
	s.server.Inject(f)
	err := s.View(t.Context(), func(r driver.Reader) error { return s.look(t.Context(), r) })
	switch {
	case errors.Is(err, errWrong):
		t.Errorf("%s: %v", name, err)
	case err == nil && times == forEver:
		t.Errorf("%s: nothing was reported", name)
	case err != nil && !errors.Is(err, driver.ErrUnavailable) && f.Code != 112 && f.Code != 10334:
		t.Errorf("%s: got %v, want ErrUnavailable", name, err)
	case err != nil && command != "getMore" && times == 1 && (f.Drop != mongotest.DropNever || f.Code == 10107 || f.Code == 189 || f.Code == 11602):
		t.Errorf("%s: got %v, want it mended", name, err)
	}
	s.stored(t, name)
}
