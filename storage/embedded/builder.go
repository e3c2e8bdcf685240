package embedded

import "context"

// builder writes a statement and collects its arguments side by side, in the
// order of the question marks. Texts of a client are arguments, never SQL. An
// argument is an int64, a string, a bool or a []byte.
type builder struct {
	sql  []byte
	args []any
}

// builder is the connection's own, emptied. It is free again when the statement
// has started.
func (c *conn) builder() *builder {
	c.sql.sql, c.sql.args = c.sql.sql[:0], c.sql.args[:0]
	return &c.sql
}

func (b *builder) add(sql string, args ...any) {
	b.sql = append(b.sql, sql...)
	b.args = append(b.args, args...)
}

// start runs what was built, which stops when ctx ends.
func (c *conn) start(ctx context.Context, b *builder) (*statement, error) {
	p, err := prepare(c, b.sql)
	if err != nil {
		return nil, err
	}
	return c.run(ctx, p, b.args)
}

// count runs what was built, which gives one number and stops when ctx ends.
func (c *conn) count(ctx context.Context, b *builder) (int64, error) {
	s, err := c.start(ctx, b)
	if err != nil {
		return 0, err
	}
	return s.number()
}
