package storage

import (
	"context"
	"errors"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// Create keeps a new resource under the id
// (https://hl7.org/fhir/R4/http.html#create) as version 1. An id that was ever
// in use is issue.Conflict.
//
// With [If.NoneLike] it is a conditional create
// (https://hl7.org/fhir/R4/http.html#ccreate): if one resource matches, that
// one comes back with created false and nothing is written; if several do, it
// is issue.MultipleMatches. Of creates with the same condition at the same
// time only one creates.
func (t *Tx) Create(ctx context.Context, resource *fhir.Resource, id string, cond If) (v Version, created bool, err error) {
	if cond.NoneLike != nil {
		found, there, err := t.MatchOne(ctx, *cond.NoneLike)
		if err != nil {
			return Version{}, false, err
		}
		if there {
			v, err := t.Load(ctx, found)
			return v, false, err
		}
	}
	key := fhir.Key{Type: resource.Type(), ID: id}
	if err := t.checkNew(ctx, key, cond); err != nil {
		return Version{}, false, err
	}
	v, err = t.write(ctx, key, 1, "POST", resource)
	if errors.Is(err, driver.ErrConflict) {
		err = issue.Newf(issue.Conflict, key.Type+".id", "The id is or was in use by another %s.", key.Type).Caused(err)
	}
	return v, err == nil, err
}

// checkNew holds a resource that should not be there against the preconditions.
// Without any it isn't looked for: that its id is in use is found when it is
// written, and a look is a round trip to the database.
func (t *Tx) checkNew(ctx context.Context, key fhir.Key, cond If) error {
	if cond.Match == nil && cond.NoneMatch == nil {
		return nil
	}
	current, there, err := t.Head(ctx, key)
	if err != nil {
		return err
	}
	return cond.check(current, there)
}

// Put keeps the resource as the next version under its own id
// (https://hl7.org/fhir/R4/http.html#update), which must be there. created
// tells that there was none before (update as create) or that it had been
// deleted and is back.
func (t *Tx) Put(ctx context.Context, resource *fhir.Resource, cond If) (v Version, created bool, err error) {
	return t.put(ctx, "PUT", resource, cond)
}

// Patch is [Tx.Put] of what a patch has made of the current version: the history
// tells that it was one (https://hl7.org/fhir/R4/http.html#patch).
func (t *Tx) Patch(ctx context.Context, resource *fhir.Resource, cond If) (Version, error) {
	v, _, err := t.put(ctx, "PATCH", resource, cond)
	return v, err
}

func (t *Tx) put(ctx context.Context, method string, resource *fhir.Resource, cond If) (v Version, created bool, err error) {
	key := resource.Key()
	if key.ID == "" {
		return Version{}, false, issue.New(issue.Invalid, key.Type+".id", "An update needs the id in the resource.").Coded(issue.CodeRequired)
	}
	current, there, err := t.Head(ctx, key)
	if err != nil {
		return Version{}, false, err
	}
	if err := cond.check(current, there); err != nil {
		return Version{}, false, err
	}
	v, err = t.write(ctx, key, current.Version+1, method, resource)
	return v, err == nil && (!there || current.Deleted), err
}

// Standing is the current version of a resource that has the very content that is
// given, but for what the store stamps: an update to that would change nothing,
// and FHIR lets a server make no version of it
// (https://hl7.org/fhir/R4/http.html#update). false if the content differs, or if
// there is none. The preconditions hold as for [Tx.Put].
func (t *Tx) Standing(ctx context.Context, resource *fhir.Resource, cond If) (Version, bool, error) {
	d, err := t.get(ctx, resource.Key())
	there := err == nil
	if err != nil && issue.KindOf(err) != issue.NotFound {
		return Version{}, false, err
	}
	if err := cond.check(head(d), there); err != nil {
		return Version{}, false, err
	}
	if !there || d.Deleted {
		return Version{}, false, nil
	}
	v := version(d)
	return v, v.Resource.Same(resource.Stamp(d.Key.ID, d.Version, d.Updated)), nil
}

// Delete marks the resource as deleted
// (https://hl7.org/fhir/R4/http.html#delete): a version without a resource.
// Its history stays. Deleting what is not there or is deleted already changes
// nothing: existed is false, and the Version is the deletion if there is one.
func (t *Tx) Delete(ctx context.Context, key fhir.Key, cond If) (v Version, existed bool, err error) {
	current, there, err := t.Head(ctx, key)
	if err != nil {
		return Version{}, false, err
	}
	if err := cond.check(current, there); err != nil {
		return Version{}, false, err
	}
	if !there || current.Deleted {
		return Version{
			Key: key, Version: current.Version, Updated: current.Updated, Method: current.Method, Deleted: current.Deleted,
		}, false, nil
	}
	d := driver.Document{Key: key, Version: current.Version + 1, Updated: t.Now(), Method: "DELETE", Deleted: true}
	if err := t.append(ctx, d); err != nil {
		return Version{}, false, err
	}
	return version(d), true, nil
}

// MaxResource is how large one resource may be, in bytes of compact JSON: one
// that came alone, in a body of 4 MiB, fits with what the server adds to it. A
// Bundle can't bring what could not have come alone.
const MaxResource = 5 << 20

// write stamps the resource and appends it with what it will be found by; one
// with too much of that is [issue.Unprocessable] ([search.MaxEntries]).
func (t *Tx) write(ctx context.Context, key fhir.Key, number uint64, method string, resource *fhir.Resource) (Version, error) {
	stamped := resource.Stamp(key.ID, number, t.Now())
	entries := t.store.registry.Entries(stamped)
	if err := search.CheckEntries(key.Type, entries); err != nil {
		return Version{}, err
	}
	d := driver.Document{
		Key: key, Version: number, Updated: t.Now(), Method: method,
		Body: stamped.JSON(), Entries: entries,
	}
	if len(d.Body) > MaxResource {
		return Version{}, issue.Newf(issue.Unprocessable, key.Type, "A resource has %d MiB at the most.", MaxResource>>20).Coded(issue.CodeTooLong)
	}
	if err := t.append(ctx, d); err != nil {
		return Version{}, err
	}
	return Version{Key: key, Version: number, Updated: d.Updated, Method: method, Resource: stamped}, nil
}

// errReadOnly is a mistake in this program, not the client's.
var errReadOnly = errors.New("storage: a View can't write")

func (t *Tx) append(ctx context.Context, d driver.Document) error {
	switch {
	case t.writer == nil:
		return errReadOnly
	case driver.IsPrivate(d.Key.Type):
		return notFound(d.Key)
	}
	t.newest = nil
	return fault(t.writer.Append(ctx, d))
}
