package embedded

import (
	"context"
	"database/sql"
)

// prepared is a statement that SQLite has compiled, with room for one row of
// what it gives. It serves one use at a time.
type prepared struct {
	sql   string
	stmt  *sql.Stmt
	cells []any // int64, string, []byte or nil
	into  []any // where the cells are
}

// statement is one use of a prepared statement.
type statement struct {
	c *conn
	*prepared
	rows *sql.Rows
}

// prepare takes a statement out of those that are ready, or makes it.
func prepare[S string | []byte](c *conn, sql S) (*prepared, error) {
	if c.lost != nil {
		return nil, c.lost
	}
	if list := c.idle[string(sql)]; len(list) > 0 {
		p := list[len(list)-1]
		c.idle[p.sql] = list[:len(list)-1]
		c.kept--
		return p, nil
	}
	text := string(sql)
	stmt, err := c.pinned.PrepareContext(unhurried, text)
	if err != nil {
		return nil, c.failure(err)
	}
	return &prepared{sql: text, stmt: stmt}, nil
}

// keep makes a statement ready for its next use.
func (c *conn) keep(p *prepared) {
	if c.kept >= keepStatements {
		c.forget()
	}
	c.idle[p.sql] = append(c.idle[p.sql], p)
	c.kept++
}

// run starts a statement. All of its work up to the first row is done here, and
// stops when ctx ends.
func (c *conn) run(ctx context.Context, p *prepared, args []any) (*statement, error) {
	rows, err := p.stmt.QueryContext(ctx, args...)
	if err != nil {
		c.keep(p)
		return nil, c.failure(err)
	}
	s := &statement{c: c, prepared: p, rows: rows}
	c.active[s] = struct{}{}
	if err := p.makeRoom(rows); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// makeRoom makes a cell for each column, once.
func (p *prepared) makeRoom(rows *sql.Rows) error {
	if p.cells != nil {
		return nil
	}
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	p.cells, p.into = make([]any, len(columns)), make([]any, len(columns))
	for i := range p.cells {
		p.into[i] = &p.cells[i]
	}
	return nil
}

// next goes to the next row; false at the end or after an error.
func (s *statement) next() (bool, error) {
	if !s.rows.Next() {
		if err := s.rows.Err(); err != nil {
			return false, s.c.failure(err)
		}
		return false, nil
	}
	return true, s.rows.Scan(s.into...)
}

// number is the one number that the statement gives, or 0 if it gives no row.
// It closes the statement.
func (s *statement) number() (int64, error) {
	defer s.close()
	if more, err := s.next(); !more {
		return 0, err
	}
	return s.int(0), nil
}

func (s *statement) int(column int) int64 {
	n, _ := s.cells[column].(int64)
	return n
}

func (s *statement) string(column int) string {
	text, _ := s.cells[column].(string)
	return text
}

// bytes are a blob, the caller's to keep.
func (s *statement) bytes(column int) []byte {
	blob, _ := s.cells[column].([]byte)
	return blob
}

// close makes the statement ready for its next use. Closing twice is harmless.
func (s *statement) close() {
	if _, used := s.c.active[s]; !used {
		return
	}
	delete(s.c.active, s)
	clear(s.cells)
	if err := s.rows.Close(); err != nil {
		s.c.failure(err)
	}
	s.c.keep(s.prepared)
}
