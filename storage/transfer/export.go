package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"tahto/fhir"
	"tahto/storage/driver"
)

// ExportOptions tune an export. The zero ExportOptions are right for an engine
// that others write to.
type ExportOptions struct {
	// Alone says that nobody writes to the engine meanwhile. Otherwise what was
	// written in the last minutes before the newest version is read at the end
	// and in one View, since a version may come in late there; see [Export].
	Alone bool
	// Progress is told how far it is.
	Progress Progress
	// Page is how many versions are read in one View, so that none stays open
	// for long; 0 is 1,000.
	Page int
}

// Export writes all versions that the engine has when it begins into the file,
// which must not be there. While it works the file is called FILE.partial; one
// that is left of an export that ended before is continued, up to what the
// engine has now. The file is its owner's alone, and is there, whole, synced and
// read once more, when the error is nil.
//
// Others may write meanwhile. What they write may be in the file or not, but
// each document's versions are in it from 1 and without gaps. For this, versions
// are read page by page only as far as nothing can come in any more: a version
// gets its time when its transaction begins, is committed within minutes, and
// until then might come to stand before the place where the reading is. The rest
// is read in one View, and the end is the time of the newest version that was
// there in the beginning, so that reading ends however fast others write.
//
// An error names documents by their ids and holds nothing of their content.
// After one, and after the end of ctx, running it again continues.
func Export(ctx context.Context, from Source, file string, o ExportOptions) (Result, error) {
	if o.Page <= 0 {
		o.Page = 1000
	}
	if _, err := os.Lstat(file); !errors.Is(err, os.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("%s is there already; remove it or name another file", file)
		}
		return Result{}, err
	}
	p, err := openPartial(file+".partial", o.Alone)
	if err != nil {
		return Result{}, err
	}
	x := &export{ExportOptions: o, from: from, to: p, counts: Counts{p.versions, p.versions}}
	if err := x.checkOrigin(ctx); err != nil {
		return Result{}, errors.Join(err, p.close())
	}
	if err := x.run(ctx); err != nil {
		return Result{}, x.unfinished(ctx, errors.Join(err, p.close()))
	}
	if err := p.finish(file); err != nil {
		return Result{}, err
	}
	return Result{x.counts, p.sha256()}, nil
}

// export is one run of Export.
type export struct {
	ExportOptions
	from   Source
	to     *partial
	counts Counts
	at     *driver.Mark // the version read last; nil before the first
	// tail is what was written of the last minutes; nil before they are read.
	tail map[fhir.Key]uint64
	head driver.Mark // where the tail begins
}

func (x *export) run(ctx context.Context) error {
	newest, some, err := x.newest(ctx)
	if err != nil || !some {
		return err
	}
	settled := newest.Add(-settling)
	if x.Alone {
		settled = newest.Add(time.Millisecond)
	}
	for more := true; more && err == nil; {
		more, err = x.read(ctx, x.Page, settled)
		x.Progress.tell(x.counts)
	}
	if err != nil || x.Alone {
		return err
	}
	x.tail = map[fhir.Key]uint64{}
	if x.at != nil {
		x.head = *x.at
	}
	_, err = x.read(ctx, 0, newest.Add(time.Millisecond))
	x.Progress.tell(x.counts)
	return err
}

// checkOrigin makes sure that a file to be continued was begun from this engine:
// its last version must be there, to the byte.
func (x *export) checkOrigin(ctx context.Context) error {
	if x.to.versions == 0 {
		return nil
	}
	last := x.to.last
	at := last.Mark()
	x.at = &at
	return x.from.View(ctx, func(r driver.Reader) error {
		d, err := r.GetVersion(ctx, last.Key, last.Version)
		if errors.Is(err, driver.ErrNotFound) || err == nil && !isSame(d, last) {
			return fmt.Errorf("%s was begun from other data: it has another %s; remove it or name another file", x.to.name(), name(last))
		}
		return err
	})
}

// newest is the time of the newest version.
func (x *export) newest(ctx context.Context) (at time.Time, some bool, err error) {
	err = x.from.View(ctx, func(r driver.Reader) error {
		for d, err := range r.Versions(ctx, driver.History{Limit: 1}) {
			if err != nil {
				return err
			}
			at, some = d.Updated, true
		}
		return nil
	})
	return at, some, err
}

// read writes what comes next, in one View: versions before end, at most limit
// of them (0: no limit). There may be more if it met the limit.
func (x *export) read(ctx context.Context, limit int, end time.Time) (more bool, err error) {
	err = x.from.View(ctx, func(r driver.Reader) error {
		n := 0
		more = false
		for d, err := range r.Versions(ctx, driver.History{OldestFirst: true, After: x.at, Limit: limit}) {
			if err != nil {
				return err
			}
			if !d.Updated.Before(end) {
				return nil
			}
			if err := x.write(ctx, r, d); err != nil {
				return err
			}
			n++
			more = n == limit
		}
		return nil
	})
	return more && err == nil, errors.Join(err, ctx.Err())
}

func (x *export) write(ctx context.Context, r driver.Reader, d driver.Document) error {
	if !driver.Stays(d.Key.Type) {
		if err := x.checkBefore(ctx, r, d); err != nil {
			return fmt.Errorf("the version before %s: %w", name(d), err)
		}
		if err := x.to.append(d); err != nil {
			return err
		}
		if x.tail != nil {
			x.tail[d.Key] = d.Version
		}
		x.counts.Versions++
	}
	at := d.Mark()
	x.at = &at
	return nil
}

// checkBefore makes sure that the version before d stands before it in the file
// too. Without this an engine whose time went back, or one whose Views are not
// of one state (a MongoDB that is no replica set has none), would give a file
// that can't be read into any engine, and nobody would know until it is needed.
func (x *export) checkBefore(ctx context.Context, r driver.Reader, d driver.Document) error {
	if d.Version == 1 {
		return nil
	}
	before, err := r.GetVersion(ctx, d.Key, d.Version-1)
	switch {
	case err != nil:
		return err
	case !isAfter(d.Mark(), before.Mark()):
		return errors.New("it has a later time")
	case x.tail != nil && isAfter(before.Mark(), x.head) && x.tail[d.Key] != before.Version:
		return errors.New("it was written while the last minutes were read")
	}
	return nil
}

// isSame tells whether two documents of one key and version are the same.
func isSame(x, y driver.Document) bool {
	return x.Updated.Equal(y.Updated) && x.Method == y.Method && x.Deleted == y.Deleted && bytes.Equal(x.Body, y.Body)
}

func (x *export) unfinished(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = errors.New("stopped")
	}
	return fmt.Errorf("%w (%d versions are kept in %s; run it again to continue)", err, x.to.versions, x.to.name())
}
