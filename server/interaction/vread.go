package interaction

import (
	"context"

	"tahto/storage"
)

// prepareVRead is GET [type]/[id]/_history/[vid]
// (https://hl7.org/fhir/R4/http.html#vread). The version that says that the
// resource was deleted is gone (410).
func prepareVRead(s *Service, c Call) (Action, error) {
	return s.reading(c, lookup{within: func(ctx context.Context, tx *storage.Tx) (storage.Version, error) {
		return tx.ReadVersion(ctx, c.key(), c.Version)
	}})
}
