package embedded

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	sqlite "modernc.org/sqlite/lib"

	"tahto/storage/driver"
)

// conn is one connection to SQLite. The C interface is used as it is
// (https://www.sqlite.org/c3ref/intro.html): database/sql and its driver box
// every column, name every column of every result and start a goroutine for
// every statement under a context, which costs several times what SQLite needs
// to answer by index. A conn is used by one goroutine at a time.
type conn struct {
	tls *libc.TLS
	db  uintptr
	// idle are prepared statements by their SQL, ready for use; one SQL can be
	// in use several times at once.
	idle   map[string][]*statement
	kept   int                     // how many are idle
	active map[*statement]struct{} // in use
	bound  arena                   // what is bound to the active statements
	cell   uintptr                 // 16 bytes of C memory for results
	flag   uintptr                 // 4 bytes: not 0 when the running statement shall stop
	frames uintptr                 // 4 bytes: pages in the write-ahead log after the last commit
	sql    builder                 // reused from query to query
}

// keepStatements bounds the statements a connection keeps prepared. Queries
// have few shapes, but a client chooses them.
const keepStatements = 256

func init() { sqlite.PatchIssue199() }

// connect opens the file, which is made if it isn't there.
func connect(path string) (*conn, error) {
	c := &conn{tls: libc.NewTLS(), idle: map[string][]*statement{}, active: map[*statement]struct{}{}}
	c.cell = libc.Xcalloc(c.tls, 1, 32)
	c.flag, c.frames = c.cell+16, c.cell+24
	c.bound.tls = c.tls
	name, err := libc.CString(path)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, name)
	const how = sqlite.SQLITE_OPEN_READWRITE | sqlite.SQLITE_OPEN_CREATE | sqlite.SQLITE_OPEN_NOMUTEX
	rc := sqlite.Xsqlite3_open_v2(c.tls, name, c.cell, how, 0)
	c.db = uintptr(binary.NativeEndian.Uint64(libc.GoBytes(c.cell, 8)))
	if rc != sqlite.SQLITE_OK {
		err := c.failure(rc)
		c.close()
		return nil, err
	}
	sqlite.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	sqlite.Xsqlite3_progress_handler(c.tls, c.db, 4000, stopRequested, c.flag)
	return c, nil
}

// stopRequested is called by SQLite while a statement runs, with the
// connection's flag.
var stopRequested = callback(func(_ *libc.TLS, flag uintptr) int32 { return cInt(flag).Load() })

// noteFrames is called by SQLite after a commit.
var noteFrames = callback(func(_ *libc.TLS, frames, _, _ uintptr, pages int32) int32 {
	cInt(frames).Store(pages)
	return sqlite.SQLITE_OK
})

// callback gives a Go function the form of a C function pointer that the
// translated SQLite calls.
func callback[F any](f F) uintptr {
	held := &struct{ f F }{f}
	return *(*uintptr)(unsafe.Pointer(held))
}

// cInt is an int in C memory.
func cInt(p uintptr) *atomic.Int32 {
	return (*atomic.Int32)(unsafe.Pointer(unsafe.SliceData(libc.GoBytes(p, 4))))
}

// close ends the connection and everything prepared on it.
func (c *conn) close() error {
	c.endStatements()
	c.forget()
	rc := sqlite.Xsqlite3_close_v2(c.tls, c.db)
	c.bound.free()
	libc.Xfree(c.tls, c.cell)
	c.tls.Close()
	if rc != sqlite.SQLITE_OK {
		return fmt.Errorf("%w: closing SQLite gives %d", driver.ErrUnavailable, rc)
	}
	return nil
}

// forget finalizes the idle statements.
func (c *conn) forget() {
	for sql, list := range c.idle {
		for _, s := range list {
			sqlite.Xsqlite3_finalize(c.tls, s.p)
		}
		delete(c.idle, sql)
	}
	c.kept = 0
}

// endStatements takes all statements out of use: a sequence that nobody read to
// its end must not outlive its transaction.
func (c *conn) endStatements() {
	for s := range c.active {
		s.close()
	}
}

// inTransaction tells whether a transaction is open. SQLite ends one by itself
// after some errors, such as a full disk.
func (c *conn) inTransaction() bool { return sqlite.Xsqlite3_get_autocommit(c.tls, c.db) == 0 }

// exec runs a statement that gives no rows.
func (c *conn) exec(sql string, args ...arg) error {
	s, err := c.query(sql, args...)
	if err != nil {
		return err
	}
	defer s.close()
	for {
		if more, err := s.next(); !more {
			return err
		}
	}
}

// number runs a statement that gives one number, or 0 if it gives no row.
func (c *conn) number(sql string, args ...arg) (int64, error) {
	s, err := c.query(sql, args...)
	if err != nil {
		return 0, err
	}
	defer s.close()
	if more, err := s.next(); !more {
		return 0, err
	}
	return s.int(0), nil
}

// query starts a statement. It must be closed.
func (c *conn) query(sql string, args ...arg) (*statement, error) {
	s, err := c.prepare([]byte(sql))
	if err != nil {
		return nil, err
	}
	s.bind(args)
	return s, nil
}

// prepare takes a statement out of those that are ready, or makes it.
func (c *conn) prepare(sql []byte) (*statement, error) {
	if list := c.idle[string(sql)]; len(list) > 0 {
		s := list[len(list)-1]
		c.idle[s.sql] = list[:len(list)-1]
		c.kept--
		c.active[s] = struct{}{}
		return s, nil
	}
	text := string(sql)
	z, err := libc.CString(text)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, z)
	rc := sqlite.Xsqlite3_prepare_v3(c.tls, c.db, z, int32(len(text)), sqlite.SQLITE_PREPARE_PERSISTENT, c.cell, 0)
	if rc != sqlite.SQLITE_OK {
		return nil, c.failure(rc)
	}
	s := &statement{c: c, sql: text, p: uintptr(binary.NativeEndian.Uint64(libc.GoBytes(c.cell, 8)))}
	c.active[s] = struct{}{}
	return s, nil
}

// codeError is a result code of SQLite (https://www.sqlite.org/rescode.html)
// with its message, which names tables and columns but no values.
type codeError struct {
	code int32
	text string
}

func (e *codeError) Error() string { return fmt.Sprintf("SQLite: %s (%d)", e.text, e.code) }

// errStopped says that a statement was stopped because its context ended.
var errStopped = fmt.Errorf("embedded: stopped: %w", context.Canceled)

// failure puts a result code into the words of package driver: what may pass,
// a full disk, a lock, an I/O error, is driver.ErrUnavailable.
func (c *conn) failure(rc int32) error {
	err := &codeError{code: rc, text: libc.GoString(sqlite.Xsqlite3_errmsg(c.tls, c.db))}
	switch rc & 0xff {
	case sqlite.SQLITE_INTERRUPT:
		return errStopped
	case sqlite.SQLITE_BUSY, sqlite.SQLITE_LOCKED, sqlite.SQLITE_NOMEM, sqlite.SQLITE_READONLY,
		sqlite.SQLITE_IOERR, sqlite.SQLITE_FULL, sqlite.SQLITE_CANTOPEN, sqlite.SQLITE_PROTOCOL:
		return fmt.Errorf("%w: %w", driver.ErrUnavailable, err)
	}
	return err
}

// script runs several statements without parameters.
func (c *conn) script(sql string) error {
	z, err := libc.CString(sql)
	if err != nil {
		return err
	}
	defer libc.Xfree(c.tls, z)
	if rc := sqlite.Xsqlite3_exec(c.tls, c.db, z, 0, 0, 0); rc != sqlite.SQLITE_OK {
		return c.failure(rc)
	}
	return nil
}

// noteCommits makes the connection keep the size of the log after its commits,
// and leave copying it to the committer.
func (c *conn) noteCommits() { sqlite.Xsqlite3_wal_hook(c.tls, c.db, noteFrames, c.frames) }
