package embedded

import (
	"context"
	"fmt"
	"maps"

	"tahto/storage/driver"
)

// LimitPages bounds the size of the file, as a full disk would.
func LimitPages(e *Engine, pages int) error {
	return e.asWriter(func(c *conn) error { return c.script(fmt.Sprintf("PRAGMA max_page_count = %d", pages)) })
}

// Pages is the size of the file.
func Pages(e *Engine) (pages int, err error) {
	err = e.asWriter(func(c *conn) error {
		n, err := c.number("PRAGMA page_count")
		pages = int(n)
		return err
	})
	return pages, err
}

// HistoryPlan is how SQLite would read a history, step by step.
func HistoryPlan(e *Engine, h driver.History) (steps []string, err error) {
	ctx := context.Background()
	err = e.view(ctx, func(read driver.Reader) error {
		r := read.(*reader)
		b := r.c.builder()
		b.add("EXPLAIN QUERY PLAN ")
		if err := r.askHistory(b, h); err != nil {
			return err
		}
		s, err := r.c.start(ctx, b)
		if err != nil {
			return err
		}
		defer s.close()
		for {
			more, err := s.next()
			if !more {
				return err
			}
			steps = append(steps, s.string(3))
		}
	})
	return steps, err
}

// asWriter runs f when nobody else has the writer's connection.
func (e *Engine) asWriter(f func(*conn) error) error {
	return e.Update(context.Background(), func(driver.Writer) error { return f(e.writer.c) })
}

// Scratch is where the files of an engine in memory had their names.
func Scratch(e *Engine) string { return e.scratch }

// SameWords tells whether both engines, of which one may be closed, keep the
// same words in memory, and how many.
func SameWords(a, b *Engine) (bool, int) {
	one, other := *a.words.known.Load(), *b.words.known.Load()
	return maps.Equal(one, other), len(other)
}
