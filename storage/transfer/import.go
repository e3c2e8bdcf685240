package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// ImportOptions are what an import needs to know.
type ImportOptions struct {
	// Entries are what a resource is found by, as search.Registry.Entries gives
	// them. It is required.
	Entries func(*fhir.Resource) []search.Entry
	// Now is the time, after which nothing can have been written: a version of a
	// later time would be of the future to every decision. Zero checks nothing.
	Now time.Time
	// Progress is told how far it is.
	Progress Progress
	// Batch is how many versions are written in one Update at most; 0 is 200.
	// Large ones are fewer.
	Batch int
}

// batchBytes is how many bytes of bodies a batch has at most, unless one alone
// has more: what is read and not yet written is in memory.
const batchBytes = 8 << 20

// Import writes the versions of a file that [Export] wrote, with their numbers
// and times, and makes anew what they are found by. What the engine has besides
// stays. A version that is there already, the same to the byte, is passed over;
// one that is there and differs is an error that names it, since either the file
// or the engine is of another history.
//
// Each line is checked before it is written, with its hash and its place. A file
// that turns out to be damaged ([ErrDamaged]) or to end too early
// ([ErrTruncated]) leaves what stood before in the engine; the error says so, and
// an import of the right file passes over it. When the error is nil, the count
// and the hash of the whole file were right, and all of its versions are in the
// engine, durable. Until then driver.Unfinished stands in the engine, which no
// server serves. Nobody else should write to the engine meanwhile.
//
// An engine that can write only one document in a transaction
// (driver.ErrOneDocument) is given one version at a time.
func Import(ctx context.Context, into Target, file io.Reader, o ImportOptions) (Result, error) {
	if o.Batch <= 0 {
		o.Batch = 200
	}
	s := newScanner(file)
	m := &importer{ImportOptions: o, into: into}
	err := s.begin()
	if err == nil {
		err = m.noteIndexed(ctx)
	}
	if err == nil {
		err = m.mark(ctx, false)
	}
	for err == nil {
		var batch []driver.Document
		batch, err = m.gather(s)
		if failed := m.keep(ctx, batch); failed != nil {
			err = failed
		}
	}
	if err == io.EOF {
		err = m.mark(ctx, true)
	}
	if err != nil {
		return Result{}, m.unfinished(ctx, err)
	}
	return Result{m.counts, s.sha256()}, nil
}

// importer is one run of Import.
type importer struct {
	ImportOptions
	into     Target
	oneByOne bool // the engine has said that it takes one document at a time
	counts   Counts
}

// mark notes in the engine that an import has begun, or that it is finished.
func (m *importer) mark(ctx context.Context, finished bool) error {
	return m.into.Update(ctx, func(w driver.Writer) error {
		now, err := w.Get(ctx, driver.Unfinished)
		if err != nil && !errors.Is(err, driver.ErrNotFound) {
			return err
		}
		begun := now.Version > 0 && !now.Deleted
		if begun != finished {
			return nil
		}
		d := driver.Document{Key: driver.Unfinished, Version: now.Version + 1, Updated: m.Now.UTC().Truncate(time.Millisecond), Method: "PUT", Body: []byte("{}")}
		if finished {
			d.Method, d.Deleted, d.Body = "DELETE", true, nil
		}
		return w.Append(ctx, d)
	})
}

// noteIndexed spares an engine that was empty from being indexed anew: all that
// it will have is of this program. One of a later program is refused.
func (m *importer) noteIndexed(ctx context.Context) error {
	return m.into.Update(ctx, func(w driver.Writer) error {
		if _, err := driver.IndexedBy(ctx, w); err != nil {
			return err
		}
		for _, err := range w.Versions(ctx, driver.History{Limit: 1}) {
			return err
		}
		return driver.NoteIndexed(ctx, w, m.Now.UTC().Truncate(time.Millisecond))
	})
}

// ahead is how far clocks of several servers may differ.
const ahead = 10 * time.Minute

// gather reads the next batch. With an error it gives the versions that stood
// before what is wrong; io.EOF is the end of a good file.
func (m *importer) gather(s *scanner) (batch []driver.Document, err error) {
	for size := 0; len(batch) < m.Batch && size < batchBytes; {
		d, err := s.next()
		if err != nil {
			return batch, err
		}
		if d.Entries, err = m.entries(d); err != nil {
			return batch, err
		}
		size += len(d.Body)
		batch = append(batch, d)
	}
	return batch, nil
}

// entries are what the version is found by. The parser's error is left out: it
// may quote the body.
func (m *importer) entries(d driver.Document) ([]search.Entry, error) {
	if !m.Now.IsZero() && d.Updated.After(m.Now.Add(ahead)) {
		return nil, fmt.Errorf("%s is of the future; check the clocks of this machine and of the one that wrote it", name(d))
	}
	if d.Deleted {
		return nil, nil
	}
	resource := fhir.Stored(d.Body)
	if resource.Key() != d.Key || !isOf(resource.Root().Get("meta"), d) {
		return nil, fmt.Errorf("the body of %s is not that resource", name(d))
	}
	entries := m.Entries(resource)
	return entries, search.CheckEntries(d.Key.Type, entries)
}

// isOf tells whether a resource says of itself what its line says: a decision
// reads version and time there.
func isOf(meta fhir.Element, d driver.Document) bool {
	number, updated := meta.Get("versionId"), meta.Get("lastUpdated")
	return (!number.Exists() || number.Text() == strconv.FormatUint(d.Version, 10)) &&
		(!updated.Exists() || updated.Text() == fhir.Instant(d.Updated))
}

// keep makes sure that the engine has the batch.
func (m *importer) keep(ctx context.Context, batch []driver.Document) error {
	if len(batch) == 0 {
		return ctx.Err()
	}
	var missing []driver.Document
	err := m.into.View(ctx, func(r driver.Reader) (err error) {
		missing, err = absent(ctx, r, batch)
		return err
	})
	if err != nil {
		return err
	}
	there := len(batch) - len(missing)
	m.counts.Versions += there
	m.counts.Before += there
	err = m.write(ctx, missing)
	m.Progress.tell(m.counts)
	return errors.Join(err, ctx.Err())
}

// absent are the versions of the batch that the engine doesn't have, each of
// which can be written when those before it are.
func absent(ctx context.Context, r driver.Reader, batch []driver.Document) (missing []driver.Document, err error) {
	newest := map[fhir.Key]uint64{} // with what of the batch will be written
	for _, d := range batch {
		at, seen := newest[d.Key]
		if !seen {
			now, err := r.Get(ctx, d.Key)
			if err != nil && !errors.Is(err, driver.ErrNotFound) {
				return nil, err
			}
			at = now.Version // 0 if there is none
		}
		switch {
		case d.Version <= at:
			if err := compare(ctx, r, d); err != nil {
				return nil, err
			}
		case d.Version == at+1:
			missing = append(missing, d)
			at = d.Version
		default:
			return nil, fmt.Errorf("%s can't be written: the version before it is neither in the file nor in the engine", name(d))
		}
		newest[d.Key] = at
	}
	return missing, nil
}

func compare(ctx context.Context, r driver.Reader, d driver.Document) error {
	there, err := r.GetVersion(ctx, d.Key, d.Version)
	if err == nil && !isSame(there, d) {
		err = fmt.Errorf("%s is in the engine already and differs from the one in the file", name(d))
	}
	return err
}

// write appends versions: together if the engine can, which is faster.
func (m *importer) write(ctx context.Context, missing []driver.Document) error {
	if !m.oneByOne {
		err := m.append(ctx, missing)
		if !errors.Is(err, driver.ErrOneDocument) {
			return err
		}
		m.oneByOne = true
	}
	for i := range missing {
		if err := m.append(ctx, missing[i:i+1]); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (m *importer) append(ctx context.Context, versions []driver.Document) error {
	if len(versions) == 0 {
		return nil
	}
	err := m.into.Update(ctx, func(w driver.Writer) error {
		for _, d := range versions {
			if err := w.Append(ctx, d); err != nil {
				return fmt.Errorf("%s: %w", name(d), err)
			}
		}
		return nil
	})
	if errors.Is(err, driver.ErrConflict) {
		return fmt.Errorf("somebody else writes to the engine: %w", err)
	}
	if err == nil {
		m.counts.Versions += len(versions)
	}
	return err
}

// unfinished says with an error how far it came, and what to do if it can go on.
func (m *importer) unfinished(ctx context.Context, err error) error {
	advice := ""
	switch {
	case ctx.Err() != nil:
		err, advice = errors.New("stopped"), "; run it again to continue"
	case errors.Is(err, ErrTruncated), errors.Is(err, ErrDamaged):
		advice = "; run it again with the whole file to continue"
	case errors.Is(err, driver.ErrUnavailable):
		advice = "; run it again to continue"
	}
	return fmt.Errorf("%w (%d versions of the file are in the engine, %d of them since before%s)",
		err, m.counts.Versions, m.counts.Before, advice)
}
