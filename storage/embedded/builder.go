package embedded

// builder writes a statement and collects its arguments side by side, in the
// order of the question marks. Texts of a client are arguments, never SQL.
type builder struct {
	sql  []byte
	args []arg
}

// builder is the connection's own, emptied. It is free again when the statement
// has started.
func (c *conn) builder() *builder {
	c.sql.sql, c.sql.args = c.sql.sql[:0], c.sql.args[:0]
	return &c.sql
}

func (b *builder) add(sql string, args ...arg) {
	b.sql = append(b.sql, sql...)
	b.args = append(b.args, args...)
}

// start runs what was built.
func (c *conn) start(b *builder) (*statement, error) {
	s, err := c.prepare(b.sql)
	if err != nil {
		return nil, err
	}
	s.bind(b.args)
	return s, nil
}

// count runs what was built, which gives one number.
func (c *conn) count(b *builder) (int64, error) {
	s, err := c.start(b)
	if err != nil {
		return 0, err
	}
	defer s.close()
	if more, err := s.next(); !more {
		return 0, err
	}
	return s.int(0), nil
}
