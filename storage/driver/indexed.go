package driver

import (
	"context"
	"errors"
	"strconv"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
)

// Indexed is the document that tells which search.IndexVersion the entries of an
// engine's documents are of, as a decimal number. Where it is not, they are of a
// version before there was one.
var Indexed = fhir.Key{Type: "_Server", ID: "index"}

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
