package embedded

import (
	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	sqlite "modernc.org/sqlite/lib"
)

// arg is a value for a statement's parameter: a number or a text.
type arg struct {
	text   string
	number int64
	isText bool
}

func num(n int64) arg  { return arg{number: n} }
func txt(s string) arg { return arg{text: s, isText: true} }
func flagged(b bool) arg {
	if b {
		return arg{number: 1}
	}
	return arg{}
}

// statement is a prepared statement in use.
type statement struct {
	c   *conn
	p   uintptr
	sql string
	rc  int32 // the first fault in binding
}

// bind sets the parameters from the first on. A fault shows at next.
func (s *statement) bind(args []arg) {
	for i, a := range args {
		if a.isText {
			s.text(i+1, a.text)
			continue
		}
		s.note(sqlite.Xsqlite3_bind_int64(s.c.tls, s.p, int32(i+1), a.number))
	}
}

func (s *statement) text(at int, value string) {
	p := put(&s.c.bound, value)
	s.note(sqlite.Xsqlite3_bind_text(s.c.tls, s.p, int32(at), p, int32(len(value)), 0))
}

// blob sets a parameter to bytes.
func (s *statement) blob(at int, value []byte) {
	p := put(&s.c.bound, value)
	s.note(sqlite.Xsqlite3_bind_blob(s.c.tls, s.p, int32(at), p, int32(len(value)), 0))
}

func (s *statement) note(rc int32) {
	if s.rc == sqlite.SQLITE_OK {
		s.rc = rc
	}
}

// next goes to the next row; false at the end or after an error.
func (s *statement) next() (bool, error) {
	rc := s.rc
	if rc == sqlite.SQLITE_OK {
		rc = sqlite.Xsqlite3_step(s.c.tls, s.p)
	}
	switch rc {
	case sqlite.SQLITE_ROW:
		return true, nil
	case sqlite.SQLITE_DONE:
		return false, nil
	}
	return false, s.c.failure(rc)
}

func (s *statement) int(column int) int64 {
	return sqlite.Xsqlite3_column_int64(s.c.tls, s.p, int32(column))
}

func (s *statement) string(column int) string { return string(s.view(column)) }

// bytes are a copy of a text or blob.
func (s *statement) bytes(column int) []byte { return append([]byte(nil), s.view(column)...) }

// view is a text or blob in SQLite's own memory, good until the next step.
func (s *statement) view(column int) []byte {
	p := sqlite.Xsqlite3_column_blob(s.c.tls, s.p, int32(column))
	if p == 0 {
		return nil
	}
	return libc.GoBytes(p, int(sqlite.Xsqlite3_column_bytes(s.c.tls, s.p, int32(column))))
}

// close makes the statement ready for its next use. Closing twice is harmless.
func (s *statement) close() {
	c := s.c
	if _, used := c.active[s]; !used {
		return
	}
	sqlite.Xsqlite3_reset(c.tls, s.p)
	s.rc = sqlite.SQLITE_OK
	delete(c.active, s)
	if len(c.active) == 0 {
		c.bound.reset()
	}
	if c.kept >= keepStatements {
		c.forget()
	}
	c.idle[s.sql] = append(c.idle[s.sql], s)
	c.kept++
}

// arena is C memory for what is bound to statements. SQLite reads it in place;
// it is given back all at once when no statement is in use.
type arena struct {
	tls   *libc.TLS
	block uintptr
	used  int
	extra []uintptr
}

const arenaSize = 64 << 10

// room is C memory of n bytes. The address is never 0, which SQLite would take
// for NULL.
func (a *arena) room(n int) uintptr {
	if a.block == 0 {
		a.block = libc.Xmalloc(a.tls, arenaSize)
	}
	if a.used+n < arenaSize {
		p := a.block + uintptr(a.used)
		a.used += n
		return p
	}
	p := libc.Xmalloc(a.tls, types.Size_t(n+1))
	a.extra = append(a.extra, p)
	return p
}

func put[V string | []byte](a *arena, value V) uintptr {
	p := a.room(len(value))
	copy(libc.GoBytes(p, len(value)), value)
	return p
}

func (a *arena) reset() {
	for _, p := range a.extra {
		libc.Xfree(a.tls, p)
	}
	a.extra, a.used = a.extra[:0], 0
}

func (a *arena) free() {
	a.reset()
	if a.block != 0 {
		libc.Xfree(a.tls, a.block)
	}
}
