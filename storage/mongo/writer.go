package mongo

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// writer holds what a transaction writes until its end, or until something is
// looked for that it may change, and sends it as one command.
type writer struct {
	reader
	newestOf map[fhir.Key]*record // what is known of documents; nil: never was
	models   []mongo.WriteModel
	expected int64           // how many stored documents the models write
	guarded  map[string]bool // stripes, guarded with the next writes
	appended int
	sent     bool   // something was written
	release  func() // lets go of what Guard holds in this process
}

func (e *Engine) newWriter(session *mongo.Session) *writer {
	return &writer{
		reader:   reader{engine: e, session: session},
		newestOf: map[fhir.Key]*record{}, guarded: map[string]bool{}, release: func() {},
	}
}

// Get is what was appended, or read before, or is read now.
func (w *writer) Get(ctx context.Context, key fhir.Key) (driver.Document, error) {
	stored, err := w.current(ctx, key)
	if err != nil {
		return driver.Document{}, err
	}
	d := stored.document()
	d.Body = append([]byte(nil), d.Body...) // the caller's, while ours is still to be copied
	return d, nil
}

func (w *writer) current(ctx context.Context, key fhir.Key) (*record, error) {
	if w.ended {
		return nil, errEnded
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	stored, known := w.newestOf[key]
	if !known {
		found, err := w.one(ctx, equal(fieldID, key.String()), toReplace)
		switch {
		case err == nil:
			stored = &found
		case !errors.Is(err, driver.ErrNotFound):
			return nil, err
		}
		w.newestOf[key] = stored
	}
	if stored == nil {
		return nil, driver.ErrNotFound
	}
	return stored, nil
}

func (w *writer) GetVersion(ctx context.Context, key fhir.Key, version uint64) (driver.Document, error) {
	if stored := w.newestOf[key]; stored != nil && stored.Version == number(version) {
		return w.Get(ctx, key)
	}
	if err := w.flush(ctx); err != nil {
		return driver.Document{}, err
	}
	return w.reader.GetVersion(ctx, key, version)
}

func (w *writer) Versions(ctx context.Context, h driver.History) iter.Seq2[driver.Document, error] {
	return flushed(ctx, w, func() iter.Seq2[driver.Document, error] { return w.reader.Versions(ctx, h) })
}

func (w *writer) Find(ctx context.Context, q search.Query, part driver.Part) iter.Seq2[driver.Document, error] {
	return flushed(ctx, w, func() iter.Seq2[driver.Document, error] { return w.reader.Find(ctx, q, part) })
}

// flushed writes what is held before it reads, so that it is seen.
func flushed(ctx context.Context, w *writer, read func() iter.Seq2[driver.Document, error]) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		if err := w.flush(ctx); err != nil {
			yield(driver.Document{}, err)
			return
		}
		read()(yield)
	}
}

func (w *writer) Count(ctx context.Context, q search.Query) (int, error) {
	if err := w.flush(ctx); err != nil {
		return 0, err
	}
	return w.reader.Count(ctx, q)
}

// Append reads the newest version, unless the document is new: then the id of
// its record is what conflicts. In a sharded cluster an id is unique in one
// shard only, so there it is looked for, and guarded.
func (w *writer) Append(ctx context.Context, d driver.Document) error {
	if w.ended {
		return errEnded
	}
	if !w.engine.atomic && w.appended > 0 {
		return driver.ErrOneDocument
	}
	stored, known := w.newestOf[d.Key]
	if !known && (d.Version != 1 || w.engine.sharded) {
		var err error
		if stored, err = w.current(ctx, d.Key); err != nil && !errors.Is(err, driver.ErrNotFound) {
			return err
		}
	}
	if d.Version != next(stored) {
		return driver.ErrConflict
	}
	if stored == nil && w.engine.sharded {
		w.guarded[stripe(d.Key.String())] = true
	}
	w.write(stored, newRecord(d))
	return nil
}

// Index replaces the newest version's record with one that differs only in what
// it is found by.
func (w *writer) Index(ctx context.Context, key fhir.Key, entries []search.Entry) error {
	stored, err := w.current(ctx, key)
	switch {
	case err != nil:
		return err
	case stored.Deleted:
		return driver.ErrNotFound
	case !w.engine.atomic && w.appended > 0:
		return driver.ErrOneDocument
	}
	fresh := *stored
	fresh.Index = indexOf(entries)
	fresh.Part = partition(driver.Document{Key: key, Entries: entries})
	w.replace(stored, fresh)
	return nil
}

func next(stored *record) uint64 {
	if stored == nil {
		return 1
	}
	return uint64(stored.Version) + 1
}

func (w *writer) write(old *record, fresh record) {
	if old != nil {
		if fresh.Deleted {
			fresh.Part = old.Part // it has no entries to tell whose it is
		}
		w.put(key(old.past()), old.past())
	}
	w.replace(old, fresh)
}

// replace puts a record in the place of another, or of none.
func (w *writer) replace(old *record, fresh record) {
	switch {
	case old == nil:
		// No record has the version 0: this inserts, or the id is in use.
		w.put(append(key(fresh), bson.E{Key: fieldVersion, Value: int64(0)}), fresh)
	case w.engine.sharded && old.Part != fresh.Part:
		// A record moves to another shard by leaving the one it is in.
		w.add(mongo.NewDeleteOneModel().SetFilter(unchanged(old)))
		w.put(key(fresh), fresh)
	default:
		w.add(mongo.NewReplaceOneModel().SetFilter(unchanged(old)).SetReplacement(fresh))
	}
	w.newestOf[fresh.key()] = &fresh
	w.appended++
}

func (w *writer) put(filter bson.D, r record) {
	w.add(mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(r).SetUpsert(true))
}

func (w *writer) add(model mongo.WriteModel) {
	w.models = append(w.models, model)
	w.expected++
}

// key is the filter of a record: its id, and the shard key with it.
func key(r record) bson.D {
	return bson.D{{Key: fieldID, Value: r.ID}, {Key: fieldPart, Value: r.Part}}
}

// unchanged is the filter of a record as long as it is of the version.
func unchanged(r *record) bson.D {
	return append(key(*r), bson.E{Key: fieldVersion, Value: r.Version})
}

// Guard makes the transaction write the stored document that stands for the key,
// if it writes at all, so that MongoDB finds the conflict. Without transactions
// it lets no other guarded transaction of this process run.
func (w *writer) Guard(ctx context.Context, key string) error {
	switch {
	case w.ended:
		return errEnded
	case ctx.Err() != nil:
		return ctx.Err()
	case w.engine.atomic:
		w.guarded[stripe(key)] = true
		return nil
	case len(w.guarded) > 0:
		return nil
	}
	select {
	case w.engine.guard <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	w.guarded[key] = true
	w.release = func() { <-w.engine.guard }
	return nil
}

// flush sends what is held as one command. A standalone server can't take back
// what it was sent, so there it waits for the end.
func (w *writer) flush(ctx context.Context) error {
	if len(w.models) == 0 {
		return nil
	}
	if !w.engine.atomic {
		return driver.ErrOneDocument
	}
	return w.send(ctx)
}

// unsent tells whether there is something to send: writes, or, beside writes that
// were sent, what was guarded since.
func (w *writer) unsent() bool { return len(w.models) > 0 || w.sent && len(w.guarded) > 0 }

func (w *writer) send(ctx context.Context) error {
	models, expected := w.guards(), w.expected
	expected += int64(len(models))
	models = append(models, w.models...)
	w.models, w.expected, w.sent = nil, 0, true
	clear(w.guarded)
	result, err := w.engine.resources.BulkWrite(w.in(ctx), models)
	if err != nil {
		return w.fault(ctx, err)
	}
	if written := result.MatchedCount + result.UpsertedCount + result.DeletedCount; written != expected {
		w.failed = errChanged
		return w.failed
	}
	return nil
}

// errChanged says that a version was no longer the newest when it was to be
// replaced.
var errChanged = fmt.Errorf("%w: the newest version changed", driver.ErrConflict)

// guards are the writes of the stored documents that stand for guarded keys. In
// a process's own guard there are none.
func (w *writer) guards() (models []mongo.WriteModel) {
	if !w.engine.atomic {
		return nil
	}
	count := bson.D{{Key: "$inc", Value: bson.D{{Key: "g", Value: int64(1)}}}}
	for _, id := range slices.Sorted(maps.Keys(w.guarded)) {
		filter := bson.D{{Key: fieldID, Value: id}, {Key: fieldPart, Value: id}}
		models = append(models, mongo.NewUpdateOneModel().SetFilter(filter).SetUpdate(count).SetUpsert(true))
	}
	return models
}
