// Package embedded is the default engine: SQLite in one file, in this process,
// with nothing to install.
//
// # Durability
//
// The file is in write-ahead mode with synchronous=FULL
// (https://www.sqlite.org/wal.html): what Update returned nil for was synced to
// the disk. Transactions are written one after the other; those that wait while
// one runs share its commit.
//
// # One process
//
// The engine locks its folder. A second one, in this process or another, is
// refused with [ErrLocked]; a process that is killed lets go of the lock.
//
// # Reading
//
// A View reads the state as of its first read, on one of a few connections,
// and never waits for the writer. What a query means is search.Query.Match; the
// engine answers it from an index of the entries of current versions, by
// whichever clause leads to the fewest documents. A search stops when its
// context ends.
//
// # SQLite
//
// SQLite is reached through database/sql and the driver modernc.org/sqlite,
// which is SQLite translated to Go. The writer and each reader keep a connection
// of their own, since settings, prepared statements and transactions belong to
// one.
//
// Don't begin a transaction inside another. An Update inside an Update waits
// for itself; a View inside a View may wait for a connection that the outer one
// has.
package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"

	"tahto/fhir"
	"tahto/storage/driver"
	"tahto/storage/lockfile"
)

// fileName is the name of the file in its folder; lockName that of the file
// that is locked. SQLite puts its log beside it.
const (
	fileName = "tahto.db"
	lockName = "tahto.lock"
)

// ErrLocked says that another engine has the folder.
var ErrLocked = errors.New("embedded: another process has this data folder open; stop it or use another folder")

var errClosed = fmt.Errorf("%w: closed", driver.ErrUnavailable)

// Options tune the engine. The zero Options are right for a server.
type Options struct {
	// Readers is the number of connections that read at the same time; 0 is
	// twice the processors that the program may use, at least 4.
	Readers int
	// MapSize is how many bytes of the file each connection reads through
	// memory rather than by system calls; 0 is 8 MiB. The pages belong to the
	// operating system's cache, which takes them back when it needs them.
	MapSize int64
	// ShelfBytes is about how many bytes of documents are kept at hand for
	// [Engine.Newest]; 0 is 32 MiB.
	ShelfBytes int
}

func (o Options) withDefaults() Options {
	if o.Readers <= 0 {
		o.Readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	if o.MapSize <= 0 {
		o.MapSize = 8 << 20
	}
	if o.ShelfBytes <= 0 {
		o.ShelfBytes = 32 << 20
	}
	return o
}

// Engine keeps documents in a file. It is safe for any number of goroutines.
type Engine struct {
	db      *sql.DB
	writer  *committer
	readers *pool
	words   *dictionary
	rank    *ranking
	shelf   *shelf
	lock    *os.File // nil in memory
	scratch string   // a folder to remove, where open files keep their names; "" if none
	closing sync.Once
	closed  error
}

// Exists tells whether there is an engine in the folder, which Open would make.
func Exists(folder string) bool {
	info, err := os.Stat(filepath.Join(folder, fileName))
	return err == nil && info.Mode().IsRegular()
}

// Open opens the engine in the folder, which is made if it isn't there. An
// empty folder is an engine in memory, private to this engine and gone when it
// is closed. A folder in use gives [ErrLocked]; a file of a later version of
// the program is refused.
func Open(ctx context.Context, folder string, o Options) (*Engine, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	if folder == "" {
		return openNameless(o)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("embedded: making the data folder: %w", err)
	}
	lock, err := lockfile.Open(filepath.Join(folder, lockName))
	if errors.Is(err, lockfile.ErrLocked) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("embedded: opening the lock: %w", err)
	}
	e, err := openOwned(filepath.Join(folder, fileName), o)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	e.lock = lock
	return e, nil
}

// openOwned opens a file that nobody but its owner may read; SQLite gives its
// log the same mode.
func openOwned(path string, o Options) (*Engine, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("embedded: opening the file: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("embedded: opening the file: %w", err)
	}
	return open(path, "FULL", o)
}

// openNameless opens an engine on files that lose their names at once: they are
// nobody else's and end with the process, however it ends. Where there is a
// folder in memory they are there. SQLite's own databases in memory would not
// do, since they let no reader keep its state while another connection writes.
func openNameless(o Options) (*Engine, error) {
	folder, err := os.MkdirTemp(memoryFolder(), "tahto-")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", driver.ErrUnavailable, err)
	}
	defer os.RemoveAll(folder)
	e, err := open(filepath.Join(folder, fileName), "OFF", o)
	if err != nil {
		return nil, err
	}
	e.scratch = folder
	if err := e.readers.fill(); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func open(path, synchronous string, o Options) (*Engine, error) {
	db, err := openDB(path)
	if err != nil {
		return nil, err
	}
	set := settings(synchronous, o)
	c, err := connect(db, set)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	e := &Engine{db: db, words: &dictionary{}, rank: &ranking{seen: map[int64]int64{}}, shelf: newShelf(o.ShelfBytes)}
	ids, err := startWriting(c, e.words)
	if err != nil {
		return nil, errors.Join(err, c.close(), db.Close())
	}
	e.writer = &committer{
		c: c, words: e.words, rank: e.rank, ids: ids, fresh: map[word]int64{},
		changed: map[fhir.Key]struct{}{}, shelf: e.shelf,
		turns: make(chan *turn), stop: make(chan struct{}), done: make(chan struct{}),
	}
	e.readers = newPool(o.Readers, func() (*conn, error) { return openReader(db, set) })
	go e.writer.loop()
	return e, nil
}

// settings are what each connection is set to.
func settings(synchronous string, o Options) string {
	return "PRAGMA busy_timeout = 5000; PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = " + synchronous +
		"; PRAGMA mmap_size = " + strconv.FormatInt(o.MapSize, 10) +
		"; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864"
}

func openReader(db *sql.DB, settings string) (*conn, error) {
	c, err := connect(db, settings)
	if err != nil {
		return nil, err
	}
	// The first read opens the log as well.
	if _, err := c.number("SELECT count(*) FROM (SELECT 1 FROM word LIMIT 1)"); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func startWriting(c *conn, words *dictionary) (*counters, error) {
	if err := prepareFile(c); err != nil {
		return nil, err
	}
	// Copying the log into the file is the committer's to begin.
	if err := c.script("PRAGMA wal_autocheckpoint = 0"); err != nil {
		return nil, err
	}
	if err := words.load(c); err != nil {
		return nil, err
	}
	return c.counters()
}

// View runs f on one consistent state, that of its first read.
func (e *Engine) View(ctx context.Context, f func(driver.Reader) error) error { return e.view(ctx, f) }

// Update runs f once, in one transaction. A panic in f is Update's error. If
// ctx ends before f's turn, f does not run.
func (e *Engine) Update(ctx context.Context, f func(driver.Writer) error) error {
	return e.writer.update(ctx, f)
}

// State names the state that the last commit left. It is not known while a
// commit runs: what is visible already is not yet told.
func (e *Engine) State() (name uint64, known bool) {
	name = e.writer.state.Load()
	return name, name%2 == 0
}

// Ready tells whether the file can be read.
func (e *Engine) Ready(ctx context.Context) error {
	return e.view(ctx, func(r driver.Reader) error {
		for _, err := range r.Versions(ctx, driver.History{Limit: 1}) {
			return err
		}
		return nil
	})
}

// Close waits for the transactions that run, and ends the engine. What comes
// later is driver.ErrUnavailable. Closing twice is harmless.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		close(e.writer.stop)
		<-e.writer.done
		e.shelf.close()
		err := errors.Join(e.readers.close(), e.writer.c.close(), e.db.Close())
		if e.lock != nil {
			err = errors.Join(err, e.lock.Close())
		}
		if e.scratch != "" {
			err = errors.Join(err, os.RemoveAll(e.scratch))
		}
		e.closed = err
	})
	return e.closed
}
