package interaction

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"tahto/fhir/search"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/storage"
)

// DefaultStatements is how many declarations are kept compiled in memory if
// [Options] does not say: those of about 100,000 persons, in about 200 MB.
const DefaultStatements = 700_000

// statements keeps declarations as the decision wants them. What it holds of a
// person is held against the versions that are current, unless nothing was
// written since it was last, so that it can't be out of date: what a version
// says never changes, and what was pushed out or has changed is only read again. It is safe for any number of
// goroutines.
type statements struct {
	compiled *otter.Cache[consent.Identifier, *dossier]
}

// dossier is what was compiled of one person's Consents. All but seen is
// read-only.
type dossier struct {
	// seen is one more than the name of a state of the store that the dossier
	// was found to be current in; 0 if there is none.
	seen     atomic.Uint64
	declared []consent.Statement // in the order of their ids
	foreign  []version           // Consents that are no declarations; rare
}

// version is one version of a Consent.
type version struct {
	id     string
	number uint64
}

func newStatements(size int) (*statements, error) {
	if size == 0 {
		size = DefaultStatements
	}
	compiled, err := otter.New(&otter.Options[consent.Identifier, *dossier]{
		MaximumWeight: uint64(size),
		Weigher:       func(_ consent.Identifier, d *dossier) uint32 { return uint32(1 + len(d.declared) + len(d.foreign)) },
	})
	if err != nil {
		return nil, fmt.Errorf("interaction: cache of declarations: %w", err)
	}
	return &statements{compiled: compiled}, nil
}

// of gives all current declarations of a person, which the caller must not
// change. If nothing at all was written since they were looked up, they are
// still current. Else they are found by index, and the body of one is read only
// if it is not compiled yet.
func (s *statements) of(ctx context.Context, store *storage.Store, person consent.Identifier) ([]consent.Statement, error) {
	state, sure := store.State() // before the View, which may see a later one
	known, found := s.compiled.GetIfPresent(person)
	if found && sure && known.seen.Load() == state+1 {
		return known.declared, nil
	}
	if !found {
		known = &dossier{}
	}
	err := store.View(ctx, func(tx *storage.Tx) (err error) {
		known, err = s.look(ctx, tx, person, known)
		return err
	})
	if err != nil {
		return nil, err
	}
	if sure {
		known.seen.Store(state + 1)
	}
	return known.declared, nil
}

// look gives the dossier that is current in the state that tx reads: the one
// that is known, or a new one.
func (s *statements) look(ctx context.Context, tx *storage.Tx, person consent.Identifier, known *dossier) (*dossier, error) {
	fresh, err := known.renew(ctx, tx, person)
	if err != nil || fresh == known {
		return known, err
	}
	s.compiled.Set(fresh.person(person), fresh)
	return fresh, nil
}

// renew gives a dossier of the versions that are current: the same one if it is.
// What is compiled already is taken from it.
func (d *dossier) renew(ctx context.Context, tx *storage.Tx, person consent.Identifier) (*dossier, error) {
	q := declarationsOf(person)
	if len(d.declared) == 0 {
		return compile(ctx, tx, person, q)
	}
	heads, err := gather(tx.Heads(ctx, q))
	if err != nil || d.isOf(heads) {
		return d, err
	}
	fresh := &dossier{declared: make([]consent.Statement, 0, len(heads))}
	for _, head := range heads {
		i := slices.IndexFunc(d.declared, func(s consent.Statement) bool { return is(&s, head) })
		if i >= 0 {
			fresh.declared = append(fresh.declared, d.declared[i])
			continue
		}
		stored, err := tx.Load(ctx, head)
		if err == nil {
			err = fresh.add(person, stored)
		}
		if err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// compile makes a dossier of a person of whom nothing is known yet.
func compile(ctx context.Context, tx *storage.Tx, person consent.Identifier, q search.Query) (*dossier, error) {
	fresh := &dossier{}
	for stored, err := range tx.Found(ctx, q) {
		if err == nil {
			err = fresh.add(person, stored)
		}
		if err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

func gather(heads iter.Seq2[storage.Head, error]) ([]storage.Head, error) {
	var all []storage.Head
	for head, err := range heads {
		if err != nil {
			return nil, err
		}
		all = append(all, head)
	}
	return all, nil
}

// isOf tells whether the dossier is of just these versions.
func (d *dossier) isOf(heads []storage.Head) bool {
	n := 0
	for _, head := range heads {
		switch {
		case n < len(d.declared) && is(&d.declared[n], head):
			n++
		case !slices.Contains(d.foreign, version{head.Key.ID, head.Version}):
			return false
		}
	}
	return n == len(d.declared)
}

// is tells whether a statement is that version.
func is(s *consent.Statement, head storage.Head) bool {
	return s.Version == head.Version && s.ID == head.Key.ID
}

// declarationsOf is the search for the Consents of a person.
func declarationsOf(person consent.Identifier) search.Query {
	return search.Query{Type: "Consent", Clauses: []search.Clause{{
		Param: "patient:identifier", Op: search.Token,
		Values: []search.Value{{System: person.System, Value: person.Value}},
	}}}
}

// add adds one Consent. A declaration that can't be read, or that is of
// somebody else, fails the decision: leaving it out might leave out a denial.
func (d *dossier) add(person consent.Identifier, stored storage.Version) error {
	if isTagged(stored.Resource) && !mapping.IsDeclaration(stored.Resource) {
		d.foreign = append(d.foreign, version{strings.Clone(stored.Key.ID), stored.Version})
		return nil
	}
	one, err := mapping.ReadStatement(stored.Resource)
	if err != nil {
		// The error is wrapped in none of package issue: what is stored here is
		// this server's responsibility.
		return fmt.Errorf("stored declaration %s can't be read: %v", stored.Reference(), err)
	}
	if one.Person != person {
		return fmt.Errorf("stored declaration %s is found by another person than it is of", stored.Reference())
	}
	if len(d.declared) > 0 {
		one.Person = d.declared[0].Person // one string for all
	}
	d.declared = append(d.declared, one)
	return nil
}

// person is the key to keep the dossier by: the same words as asked, in memory
// that the dossier holds anyway and not in that of the request.
func (d *dossier) person(asked consent.Identifier) consent.Identifier {
	if len(d.declared) > 0 && d.declared[0].Person == asked {
		return d.declared[0].Person
	}
	return consent.Identifier{System: strings.Clone(asked.System), Value: strings.Clone(asked.Value)}
}
