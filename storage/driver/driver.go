// Package driver is what an engine must do. An engine keeps versions of
// documents and finds them by index entries; it never sees FHIR. What all
// engines have in common, versions, preconditions, deletion, paging, is written
// once above it, in package storage, and every promise here is a test in
// package storagetest.
//
// # Promises
//
// What Update has returned nil for is durable: it is there after the process
// was killed or the power went. A transaction is there wholly or not at all,
// and a View sees one state throughout. Transactions that write behave as if
// they ran one after the other as far as they meet on the same document or the
// same guarded key.
package driver

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
)

// ErrNotFound says that there is no such document or version.
var ErrNotFound = errors.New("driver: no such document")

// ErrConflict says that another transaction was faster: the version to append
// exists already.
var ErrConflict = errors.New("driver: conflict with another transaction")

// ErrUnavailable says that the engine can't do it now, and may later: disk
// full, connection lost, closed. Engines wrap it around the cause.
var ErrUnavailable = errors.New("driver: engine is unavailable")

// ErrInDoubt says that the connection was lost while the transaction was being
// committed: it is durable wholly, or not there at all, and nobody knows which.
// It is an ErrUnavailable too.
var ErrInDoubt = fmt.Errorf("%w: it is not known whether the transaction was committed", ErrUnavailable)

// ErrOneDocument says that the engine can write only one document in a
// transaction: a MongoDB that is no replica set. Nothing was written.
var ErrOneDocument = errors.New("driver: the engine can write only one document in a transaction")

// ErrTooLarge says that a document is larger than the engine can keep, with
// what it is found by.
var ErrTooLarge = errors.New("driver: the document is too large for the engine")

// Unfinished is the document that stands in an engine while an import into it is
// not finished: what is there may lack what comes later, a denial for example, and
// must not be served. It is deleted at the end.
var Unfinished = fhir.Key{Type: "_Server", ID: "import"}

// Document is one version of a resource, as bytes.
type Document struct {
	Key     fhir.Key
	Version uint64    // 1, 2, 3 … without gaps
	Updated time.Time // whole milliseconds; never goes back within an engine
	Method  string    // the interaction that made it: POST, PUT, PATCH or DELETE
	Deleted bool      // the version says that the resource was deleted
	Body    []byte    // empty if Deleted, or if only heads were asked for
	// Entries are what the version is found by. They are given to Append and
	// not read back; a deleted version has none.
	Entries []search.Entry
}

// History asks for versions, newest first: by Updated, then type, id and
// version, all descending; or oldest first, the same order reversed.
type History struct {
	Type, ID    string    // both, only the type, or neither: instance, type, system
	Since       time.Time // versions at or after it; zero for all
	OldestFirst bool      // by Updated, type, id and version, all ascending
	After       *Mark     // versions after this place in the order; nil from the start
	Limit       int       // at most so many; 0 for no limit
}

// Mark is a place in the order of a history: a version's own sort key, or a time
// alone, which comes before all versions of that time.
type Mark struct {
	Updated time.Time
	Key     fhir.Key
	Version uint64
}

// Part is how much Find gives of what it finds.
type Part uint8

// The parts, from the least to the most that is read.
const (
	Heads Part = iota // no bodies: reading them is not paid for
	Whole             // with bodies
	Past              // whole, each followed by its older versions, newest first
)

// Mark is the version's place in a history.
func (d Document) Mark() Mark { return Mark{Updated: d.Updated, Key: d.Key, Version: d.Version} }

// Receipts is the type of the private documents that tell what a submission was
// answered. Unlike the others they are moved to another engine with what they
// tell of, so that what is sent again there is known too.
const Receipts = "_Receipt"

// Stays tells whether documents of the type are not moved to another engine,
// which makes its own.
func Stays(resourceType string) bool { return IsPrivate(resourceType) && resourceType != Receipts }

// IsPrivate tells whether documents of the type are a server's own, which no FHIR
// interaction reaches. FHIR's types begin with a capital letter.
func IsPrivate(resourceType string) bool { return strings.HasPrefix(resourceType, "_") }

// Older are the versions of a document before d, newest first: what follows d in
// a Find of [Past], if an engine has no better way to them.
func Older(ctx context.Context, r Reader, d Document) iter.Seq2[Document, error] {
	if d.Version == 1 {
		return func(func(Document, error) bool) {}
	}
	at := d.Mark()
	return r.Versions(ctx, History{Type: d.Key.Type, ID: d.Key.ID, After: &at})
}

// Reader reads one consistent state. It is for one goroutine and ends with the
// function it was given to. The bytes of a Document are the caller's.
type Reader interface {
	// Get is the newest version of a document, which may be a deletion.
	// ErrNotFound if there never was one.
	Get(ctx context.Context, key fhir.Key) (Document, error)
	// GetVersion is one version. ErrNotFound if there is none.
	GetVersion(ctx context.Context, key fhir.Key, version uint64) (Document, error)
	// Versions are the versions that h asks for. An error ends the sequence.
	Versions(ctx context.Context, h History) iter.Seq2[Document, error]
	// Find are the newest versions that are not deletions and that q matches,
	// in the order of q, from after q.After, at most q.Count of them (0: no
	// limit; older versions don't count). Include, RevInclude and Total are not
	// the engine's.
	Find(ctx context.Context, q search.Query, part Part) iter.Seq2[Document, error]
	// Count is how many Find would give without After and Count.
	Count(ctx context.Context, q search.Query) (int, error)
}

// Writer writes in a transaction, and sees what it wrote.
type Writer interface {
	Reader
	// Append adds the next version of a document. ErrConflict if d.Version is
	// not the one after the newest (1 for a new document), from Append or, from
	// an engine that writes at the end, from the Update it is in.
	Append(ctx context.Context, d Document) error
	// Index replaces what the newest version of a document is found by, and
	// changes nothing else. ErrNotFound if there is none, or if it is a deletion.
	Index(ctx context.Context, key fhir.Key, entries []search.Entry) error
	// Guard makes two transactions that guard the same key conflict, so that
	// what a condition looked for and did not find can't come about between
	// the look and the commit.
	Guard(ctx context.Context, key string) error
}

// Single is an engine that has a shorter way to one document than a View.
type Single interface {
	// Newest is what Get would give in a View that begins now. The body may be
	// shared: it must not be changed.
	Newest(ctx context.Context, key fhir.Key) (Document, error)
}

// Engine keeps documents. It is safe for any number of goroutines.
type Engine interface {
	// View runs f on one consistent state. f's error is returned as it is.
	View(ctx context.Context, f func(Reader) error) error
	// Update runs f in one transaction, which is durable when Update returns
	// nil and undone if f fails. After a conflict f may be run again: it must
	// have no effect but on the Writer. Once f has returned nil for the last
	// time the end of ctx changes nothing: Update waits and says how the commit
	// went, since whoever is told of a failure takes nothing for stored.
	Update(ctx context.Context, f func(Writer) error) error
	// State names the newest state that was committed: as long as it gives the
	// same name, and known, nothing has changed that a View would show. It costs
	// nothing. An engine that can't tell, because others write to the same data
	// or because it is committing just now, says that it is not known.
	State() (name uint64, known bool)
	// Ready tells whether the engine can serve; ErrUnavailable if not.
	Ready(ctx context.Context) error
	// Close ends the engine after what is running.
	Close() error
}
