package storage

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"time"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// Tx is one transaction: all verbs on resources. It is for one goroutine and
// must not be used after the function it was given to.
type Tx struct {
	store  *Store
	reader driver.Reader
	writer driver.Writer // nil in a View
	now    time.Time
	floor  time.Time // the time of the newest that was read
	// newest is the document that was looked at last: a precondition, a
	// comparison and what is written next look at the same one.
	newest *driver.Document
}

// Now is the time of the transaction, the lastUpdated of all it writes: UTC,
// whole milliseconds, the same at every call, and never before the time of
// anything that the store has written. Only what another server wrote in what is
// still the future here moves it.
func (t *Tx) Now() time.Time {
	if t.now.IsZero() {
		if t.now = t.store.clock.next(); t.floor.After(t.now) {
			t.now = t.floor
		}
	}
	return t.now
}

// Read is the current version of a resource
// (https://hl7.org/fhir/R4/http.html#read): issue.NotFound if there never was
// one, issue.Gone if it was deleted.
func (t *Tx) Read(ctx context.Context, key fhir.Key) (Version, error) {
	d, err := t.get(ctx, key)
	if err != nil {
		return Version{}, err
	}
	return present(d)
}

// ReadIf is [Tx.Read] under preconditions, which go before: a resource that is
// not there meets none that asks for a version.
func (t *Tx) ReadIf(ctx context.Context, key fhir.Key, cond If) (Version, error) {
	current, there, err := t.Head(ctx, key)
	if err != nil {
		return Version{}, err
	}
	if err := cond.check(current, there); err != nil {
		return Version{}, err
	}
	return t.Read(ctx, key)
}

// ReadVersion is one version of a resource, by its text in a URL
// (https://hl7.org/fhir/R4/http.html#vread): issue.NotFound if there is no such
// version, or if the text is no version at all; issue.Gone if that version is a
// deletion.
func (t *Tx) ReadVersion(ctx context.Context, key fhir.Key, versionText string) (Version, error) {
	number, ok := parseVersion(versionText)
	if !ok {
		return Version{}, noVersion(key)
	}
	return t.readNumber(ctx, key, number)
}

// Load is the version that a head names, with its resource.
func (t *Tx) Load(ctx context.Context, h Head) (Version, error) {
	return t.readNumber(ctx, h.Key, h.Version)
}

func (t *Tx) readNumber(ctx context.Context, key fhir.Key, number uint64) (Version, error) {
	if driver.IsPrivate(key.Type) {
		return Version{}, noVersion(key)
	}
	d, err := t.reader.GetVersion(ctx, key, number)
	if errors.Is(err, driver.ErrNotFound) {
		return Version{}, noVersion(key)
	}
	if err != nil {
		return Version{}, fault(err)
	}
	return present(d)
}

// Head is the newest version of a resource, which may be a deletion; false if
// there never was one.
func (t *Tx) Head(ctx context.Context, key fhir.Key) (Head, bool, error) {
	d, err := t.get(ctx, key)
	if issue.KindOf(err) == issue.NotFound {
		return Head{Key: key}, false, nil
	}
	if err != nil {
		return Head{}, false, err
	}
	return head(d), true, nil
}

// Heads are the current versions that q matches, in its order, without reading
// the resources: from after q.After, at most q.Count of them (0: all). Include,
// RevInclude and Total are not looked at. An error ends the sequence.
func (t *Tx) Heads(ctx context.Context, q search.Query) iter.Seq2[Head, error] {
	return func(yield func(Head, error) bool) {
		if driver.IsPrivate(q.Type) {
			return
		}
		for d, err := range t.find(ctx, q, driver.Heads) {
			if !yield(head(d), err) || err != nil {
				return
			}
		}
	}
}

// Histories are the current versions that q matches, as [Tx.Heads] are, with their
// resources, each with its older versions after it, newest first, deletions among
// them.
func (t *Tx) Histories(ctx context.Context, q search.Query) iter.Seq2[[]Version, error] {
	return func(yield func([]Version, error) bool) {
		if driver.IsPrivate(q.Type) {
			return
		}
		var all []Version
		for d, err := range t.find(ctx, q, driver.Past) {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(all) > 0 && all[0].Key != d.Key {
				if !yield(all, nil) {
					return
				}
				all = nil
			}
			all = append(all, version(d))
		}
		if len(all) > 0 {
			yield(all, nil)
		}
	}
}

// get is the newest version of a resource; issue.NotFound if there is none.
func (t *Tx) get(ctx context.Context, key fhir.Key) (driver.Document, error) {
	if driver.IsPrivate(key.Type) {
		return driver.Document{}, notFound(key)
	}
	if t.newest != nil && t.newest.Key == key {
		return *t.newest, nil
	}
	d, err := t.reader.Get(ctx, key)
	if errors.Is(err, driver.ErrNotFound) {
		return driver.Document{}, notFound(key)
	}
	if err != nil {
		return driver.Document{}, fault(err)
	}
	t.after(d.Updated)
	t.newest = &d
	return d, nil
}

// after makes what the transaction writes no older than what it has read, which
// a server whose clock is ahead may have written: the versions of a resource are
// in the order of their times. Other transactions keep to this server's clock.
func (t *Tx) after(updated time.Time) {
	if updated.After(t.floor) {
		t.floor = updated
	}
	if !t.now.IsZero() && updated.After(t.now) {
		t.now = updated
	}
}

func present(d driver.Document) (Version, error) {
	if d.Deleted {
		return Version{}, issue.Newf(issue.Gone, "", "This %s was deleted. Its earlier versions are in its history.", d.Key.Type)
	}
	return version(d), nil
}

// parseVersion reads a version as the store writes it: decimal digits without
// a leading zero.
func parseVersion(text string) (uint64, bool) {
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil || number == 0 || text[0] == '0' || text[0] == '+' {
		return 0, false
	}
	return number, true
}
