// Package transfer copies all that an engine keeps into a file and from a file
// into an engine, for backups and to move from one engine to another. It knows
// no engine by name, and no more of FHIR than that a body is a resource.
//
// # The file
//
// Text, a line each (NDJSON): a header, every version of every document, the
// oldest first, and a trailer.
//
//	{"tahto":"export","format":1}
//	{"type":"Consent","id":"1","version":1,"updated":"2026-03-01T12:00:00.123Z","method":"POST","deleted":false,"sha256":"…","body":"{…}","line":"…"}
//	{"versions":1,"sha256":"…"}
//
// Versions are ordered by updated, type, id and version, so that those of one
// document come one after the other, from 1 and without gaps. body has the very
// bytes that are stored, as a JSON string; it is empty for a deletion. sha256
// is the hash of these bytes, line the hash of the line up to the comma before
// it, and the trailer's sha256 that of all version lines with their ends. A
// document has one way to be written: a line that differs in a single byte from
// what its document gives is damaged, and nothing of it is used.
//
// What an engine made for itself, the documents of the type _Server, is left out:
// another engine makes its own. The receipts of submissions (_Receipt) come along,
// so that what is sent again is known there too. The file holds personal data.
//
// # Interruptions
//
// Both ways can end at any moment, also by kill or a power cut, and be run
// again. An export grows in a file of its own, FILE.partial, continues after the
// last whole line in it, and gets its name when it is finished, synced and read
// once more. An import looks for each version before it writes it, and passes
// over those that are there.
package transfer

import (
	"context"
	"time"

	"tahto/storage/driver"
)

// Source is the engine to copy from.
type Source interface {
	// View runs f on one consistent state; see driver.Engine.
	View(ctx context.Context, f func(driver.Reader) error) error
}

// Target is the engine to copy into.
type Target interface {
	Source
	// Update runs f in one transaction; see driver.Engine.
	Update(ctx context.Context, f func(driver.Writer) error) error
}

// Counts tell how far the work is.
type Counts struct {
	Versions int // versions that are in the file, or that were read from it
	// Before are those of Versions that an earlier run had done: they were in
	// the file, or in the engine.
	Before int
}

// Result is what was done when all is done.
type Result struct {
	Counts
	SHA256 string // the trailer's, in hex: equal results are equal contents
}

// Progress is told how far the work is after each page or batch, by the
// goroutine that does the work, which waits for it. It may be nil.
type Progress func(Counts)

func (p Progress) tell(c Counts) {
	if p != nil {
		p(c)
	}
}

// isAfter is the order of the file, which is that of driver.History with the
// oldest first.
func isAfter(x, y driver.Mark) bool {
	switch {
	case !x.Updated.Equal(y.Updated):
		return x.Updated.After(y.Updated)
	case x.Key.Type != y.Key.Type:
		return x.Key.Type > y.Key.Type
	case x.Key.ID != y.Key.ID:
		return x.Key.ID > y.Key.ID
	}
	return x.Version > y.Version
}

// name says which version it is, for errors: ids are no personal data, unlike
// bodies.
func name(d driver.Document) string { return d.Key.Version(d.Version) }

// settling is how long after its Updated a version can still come into an
// engine that others write to: longer than a transaction may take and clocks of
// several servers differ.
const settling = 2 * time.Minute
