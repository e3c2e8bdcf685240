package interaction

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/storage"
)

// DefaultCacheBytes is how much memory the declarations that are kept compiled
// may take if [Options] does not say: enough for those of 100,000 persons.
const DefaultCacheBytes = 160 << 20

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
	declared consent.Packed // in the order of their ids; after each what it superseded
	foreign  []version      // Consents that are no declarations; rare
	bytes    int            // of all that was read for it
}

// overhead is about what a dossier takes beside what is packed, with its place
// in the cache, in bytes.
const overhead = 400

func (d *dossier) weight() uint32 {
	return uint32(overhead + len(d.declared) + 64*len(d.foreign))
}

// version is one version of a Consent.
type version struct {
	id     string
	number uint64
}

func newStatements(bytes int) (*statements, error) {
	if bytes == 0 {
		bytes = DefaultCacheBytes
	}
	compiled, err := otter.New(&otter.Options[consent.Identifier, *dossier]{
		MaximumWeight: uint64(bytes),
		Weigher:       func(_ consent.Identifier, d *dossier) uint32 { return d.weight() },
	})
	if err != nil {
		return nil, fmt.Errorf("interaction: cache of declarations: %w", err)
	}
	return &statements{compiled: compiled}, nil
}

// of gives all current declarations of a person, which the caller must not
// change. If nothing at all was written since they were looked up, they are
// still current. Else they are found by index. Their bodies are read only if what
// is compiled is not of just these versions, or if they are few and the engine is
// a round trip away.
//
// They are as of a time that is not before latest: another server, whose clock is
// ahead, may have written the newest of them. It is zero if nothing was looked up.
func (s *statements) of(ctx context.Context, store *storage.Store, person consent.Identifier) (all []consent.Statement, latest time.Time, err error) {
	state, sure := store.State() // before the View, which may see a later one
	known, found := s.compiled.GetIfPresent(person)
	if !found {
		known = &dossier{}
	}
	declared := known.declared.Unpack()
	if found && sure && known.seen.Load() == state+1 {
		return declared, time.Time{}, nil
	}
	look := look{statements: s, person: person, near: sure}
	err = store.View(ctx, func(tx *storage.Tx) (err error) {
		known, declared, err = look.at(ctx, tx, known, declared)
		return err
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	if sure {
		known.seen.Store(state + 1)
	}
	return declared, look.latest, nil
}

// look is one look-up of a person's declarations.
type look struct {
	*statements
	person consent.Identifier
	near   bool      // the engine is here: it can tell its state
	latest time.Time // when the newest of them was written
}

// fewBytes is how much is rather read once more than asked for twice, where a
// question is a round trip to a database.
const fewBytes = 64 << 10

// isOf tells whether what is known is of these versions, and notes their times.
func (l *look) isOf(known *dossier, declared []consent.Statement, heads []storage.Head) bool {
	for _, head := range heads {
		if head.Updated.After(l.latest) {
			l.latest = head.Updated
		}
	}
	return isOf(declared, known.foreign, heads)
}

// whole are all versions of all that was found, and how many bytes they have.
func whole(found iter.Seq2[[]storage.Version, error]) (all [][]storage.Version, bytes int, err error) {
	for versions, err := range found {
		if err != nil {
			return nil, 0, err
		}
		for _, v := range versions {
			if v.Resource != nil {
				bytes += len(v.Resource.JSON())
			}
		}
		all = append(all, versions)
	}
	return all, bytes, nil
}

func headsOf(all [][]storage.Version) []storage.Head {
	heads := make([]storage.Head, len(all))
	for i, versions := range all {
		heads[i] = versions[0].Head()
	}
	return heads
}

// at gives the dossier that is current in the state that tx reads, and what is
// in it: the one that is known, or a new one.
func (l *look) at(ctx context.Context, tx *storage.Tx, known *dossier, declared []consent.Statement) (*dossier, []consent.Statement, error) {
	q := declarationsOf(l.person)
	cached := len(declared)+len(known.foreign) > 0
	if cached && (l.near || known.bytes > fewBytes) {
		heads, err := gather(tx.Heads(ctx, q))
		if err != nil || l.isOf(known, declared, heads) {
			return known, declared, err
		}
	}
	all, bytes, err := whole(tx.Histories(ctx, q))
	if same := l.isOf(known, declared, headsOf(all)); err != nil || cached && same {
		return known, declared, err
	}
	r := reading{person: l.person}
	if err := r.all(slices.Values(all)); err != nil {
		return nil, nil, err
	}
	fresh := &dossier{declared: consent.Pack(r.declared), foreign: r.foreign, bytes: bytes}
	l.compiled.Set(consent.Identifier{System: strings.Clone(l.person.System), Value: strings.Clone(l.person.Value)}, fresh)
	return fresh, r.declared, nil
}

// reading gathers the current Consents of a person.
type reading struct {
	person   consent.Identifier
	leaveOut func(fhir.Key) bool // Consents not to read; nil: none
	declared []consent.Statement
	foreign  []version
}

// all reads them, each with its versions, the newest first.
func (r *reading) all(current iter.Seq[[]storage.Version]) error {
	for versions := range current {
		if r.leaveOut != nil && r.leaveOut(versions[0].Key) {
			continue
		}
		if err := r.add(versions); err != nil {
			return err
		}
	}
	return nil
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

// isOf tells whether what is known is of just these versions.
func isOf(declared []consent.Statement, foreign []version, heads []storage.Head) bool {
	n := 0
	for _, head := range heads {
		switch {
		case n < len(declared) && is(&declared[n], head):
			n += 1 + superseded(declared[n:])
		case !slices.Contains(foreign, version{head.Key.ID, head.Version}):
			return false
		}
	}
	return n == len(declared)
}

// superseded is how many versions of the first declaration, itself apart, come
// after it.
func superseded(declared []consent.Statement) (n int) {
	for n+1 < len(declared) && declared[n+1].ID == declared[0].ID {
		n++
	}
	return n
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

// add reads one Consent, with what its earlier versions declared. A declaration
// that can't be read, or that is of somebody else, fails the decision: leaving
// it out might leave out a denial.
func (r *reading) add(versions []storage.Version) error {
	stored := versions[0]
	if isTagged(stored.Resource) && !mapping.IsDeclaration(stored.Resource) {
		r.foreign = append(r.foreign, version{strings.Clone(stored.Key.ID), stored.Version})
		return nil
	}
	one, err := r.read(stored)
	if err != nil {
		return err
	}
	if len(versions) == 1 || one.Status == consent.EnteredInError {
		r.declared = append(r.declared, one)
		return nil
	}
	earlier, err := r.earlier(versions[1:])
	r.declared = append(r.declared, consent.Succession(append([]consent.Statement{one}, earlier...))...)
	return err
}

// earlier reads older versions, back to where the Consent was deleted, or was no
// declaration, if it ever was.
func (r *reading) earlier(versions []storage.Version) (all []consent.Statement, err error) {
	for _, stored := range versions {
		if stored.Deleted || !mapping.IsDeclaration(stored.Resource) {
			break
		}
		one, err := r.read(stored)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// readStored reads a declaration that is stored. That it can't be read is an
// error that wraps none of package issue: what is stored here is this server's
// responsibility.
func readStored(stored storage.Version) (consent.Statement, error) {
	one, err := mapping.ReadStatement(stored.Resource)
	if err != nil {
		return consent.Statement{}, fmt.Errorf("stored declaration %s can't be read: %v", stored.Reference(), err)
	}
	return one, nil
}

func (r *reading) read(stored storage.Version) (consent.Statement, error) {
	one, err := readStored(stored)
	if err != nil {
		return consent.Statement{}, err
	}
	if one.Person != r.person {
		return consent.Statement{}, fmt.Errorf("stored declaration %s is found by another person than it is of", stored.Reference())
	}
	return one, nil
}
