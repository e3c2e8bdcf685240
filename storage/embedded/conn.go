package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib" // the result codes and nothing else

	"tahto/storage/driver"
)

// conn is one connection to SQLite, kept out of the pool of database/sql: its
// settings, its prepared statements and the transaction that is open on it are
// what the engine works with. A conn is used by one goroutine at a time.
type conn struct {
	pinned *sql.Conn
	// idle are prepared statements by their SQL, ready for use; one SQL can be
	// in use several times at once.
	idle   map[string][]*prepared
	kept   int                     // how many are idle
	active map[*statement]struct{} // in use
	// lost is a fault after which SQLite may have ended the transaction by
	// itself. Until the transaction is over, everything is refused with it.
	lost error
	sql  builder // reused from query to query
}

// keepStatements bounds the statements a connection keeps prepared. Queries
// have few shapes, but a client chooses them.
const keepStatements = 256

// unhurried is the context of what takes no time worth stopping it: the driver
// starts goroutines for each statement under a context that can end, which
// costs more than an answer by index.
var unhurried = context.Background()

// openDB gives connections to the file, each of them new.
func openDB(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("embedded: finding the file: %w", err)
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive's letter is the first of the names in a URI
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path}).String())
	if err != nil {
		return nil, fmt.Errorf("embedded: opening SQLite: %w", err)
	}
	db.SetMaxIdleConns(-1) // what is given back is closed
	return db, nil
}

// connect opens the file, which is made if it isn't there, with settings that
// are the connection's own.
func connect(db *sql.DB, settings string) (*conn, error) {
	c := &conn{idle: map[string][]*prepared{}, active: map[*statement]struct{}{}}
	var err error
	if c.pinned, err = db.Conn(unhurried); err != nil {
		return nil, c.failure(err)
	}
	if err := c.script(settings); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// close ends the connection and everything prepared on it.
func (c *conn) close() error {
	c.endStatements()
	err := errors.Join(c.forget(), c.pinned.Close())
	if err != nil {
		return fmt.Errorf("%w: closing SQLite: %w", driver.ErrUnavailable, err)
	}
	return nil
}

// forget gives up the idle statements.
func (c *conn) forget() error {
	var faults []error
	for _, list := range c.idle {
		for _, p := range list {
			faults = append(faults, p.stmt.Close())
		}
	}
	clear(c.idle)
	c.kept = 0
	return errors.Join(faults...)
}

// endStatements takes all statements out of use: a sequence that nobody read to
// its end must not outlive its transaction.
func (c *conn) endStatements() {
	for s := range c.active {
		s.close()
	}
}

// exec runs a statement that gives no rows.
func (c *conn) exec(sql string, args ...any) error {
	p, err := prepare(c, sql)
	if err != nil {
		return err
	}
	defer c.keep(p)
	if _, err := p.stmt.ExecContext(unhurried, args...); err != nil {
		return c.failure(err)
	}
	return nil
}

// number runs a statement that gives one number, or 0 if it gives no row.
func (c *conn) number(sql string, args ...any) (int64, error) {
	s, err := c.query(unhurried, sql, args...)
	if err != nil {
		return 0, err
	}
	return s.number()
}

// query starts a statement, which stops when ctx ends. It must be closed.
func (c *conn) query(ctx context.Context, sql string, args ...any) (*statement, error) {
	p, err := prepare(c, sql)
	if err != nil {
		return nil, err
	}
	return c.run(ctx, p, args)
}

// script runs several statements without parameters.
func (c *conn) script(sql string) error {
	if _, err := c.pinned.ExecContext(unhurried, sql); err != nil {
		return c.failure(err)
	}
	return nil
}

// errStopped says that a statement was stopped because its context ended.
var errStopped = fmt.Errorf("embedded: stopped: %w", context.Canceled)

// failure puts a fault into the words of package driver: what may pass, a full
// disk, a lock, an I/O error, is driver.ErrUnavailable. The texts of SQLite
// name tables and columns but no values.
func (c *conn) failure(err error) error {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return err // the context's, or database/sql's
	}
	switch fault.Code() & 0xff {
	case codes.SQLITE_ERROR, codes.SQLITE_CONSTRAINT, codes.SQLITE_TOOBIG, codes.SQLITE_MISMATCH, codes.SQLITE_RANGE:
		return err // the statement's own, which undoes no more than itself
	case codes.SQLITE_INTERRUPT:
		err = errStopped
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_NOMEM, codes.SQLITE_READONLY,
		codes.SQLITE_IOERR, codes.SQLITE_FULL, codes.SQLITE_CANTOPEN, codes.SQLITE_PROTOCOL:
		err = fmt.Errorf("%w: %w", driver.ErrUnavailable, err)
	}
	c.lost = err
	return err
}
