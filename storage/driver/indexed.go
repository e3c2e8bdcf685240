package driver

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
)

// Indexed is the document that tells which search.IndexVersion the entries of an
// engine's documents are of, as a decimal number. Where it is not, they are of a
// version before there was one.
var Indexed = fhir.Key{Type: "_Server", ID: "index"}

// IndexedBy is the version that Indexed tells; 0 if nobody noted one. A later one
// than this program's is an error: what this program would write could not be
// found there.
func IndexedBy(ctx context.Context, r Reader) (version int, err error) {
	d, err := r.Get(ctx, Indexed)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	version, err = strconv.Atoi(string(d.Body))
	if err == nil && version > search.IndexVersion {
		err = fmt.Errorf("what is stored was indexed by a later version of the program (index %d; this one knows %d): use that one", version, search.IndexVersion)
	}
	return version, err
}

// NoteIndexed notes that all entries are of this program's search.IndexVersion.
func NoteIndexed(ctx context.Context, w Writer, now time.Time) error {
	before, err := w.Get(ctx, Indexed)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return w.Append(ctx, Document{
		Key: Indexed, Version: before.Version + 1, Updated: now, Method: "PUT", Body: strconv.AppendInt(nil, search.IndexVersion, 10),
	})
}
