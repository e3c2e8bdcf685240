package embedded

import (
	"context"
	"sync"

	"tahto/storage/driver"
)

// pool has the connections for reading. The one used last is used first, so
// that as few as possible warm up and hold memory.
type pool struct {
	open  func() (*conn, error)
	slots chan struct{} // one for each connection in use
	stop  chan struct{} // closed when the pool is

	mu   sync.Mutex
	idle []*conn
}

func newPool(size int, open func() (*conn, error)) *pool {
	return &pool{open: open, slots: make(chan struct{}, size), stop: make(chan struct{})}
}

// fill opens all connections now: their file will have no name later.
func (p *pool) fill() error {
	for range cap(p.slots) {
		c, err := p.open()
		if err != nil {
			return err
		}
		p.idle = append(p.idle, c)
	}
	return nil
}

func (p *pool) take(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-p.stop:
		return nil, errClosed
	default:
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.stop:
		return nil, errClosed
	}
	if c := p.pop(); c != nil {
		return c, nil
	}
	c, err := p.open()
	if err != nil {
		<-p.slots
	}
	return c, err
}

func (p *pool) pop() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	c := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return c
}

// give takes a connection back. One that is not in order is closed instead.
func (p *pool) give(c *conn, good bool) {
	if good {
		p.mu.Lock()
		p.idle = append(p.idle, c)
		p.mu.Unlock()
	} else {
		c.close()
	}
	<-p.slots
}

// close waits for the connections in use and closes all.
func (p *pool) close() error {
	close(p.stop)
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	var first error
	for c := p.pop(); c != nil; c = p.pop() {
		if err := c.close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// view runs f in a read transaction.
func (e *Engine) view(ctx context.Context, f func(driver.Reader) error) error {
	c, err := e.readers.take(ctx)
	if err != nil {
		return err
	}
	good := false
	defer func() { e.readers.give(c, good) }()
	if err := c.exec("BEGIN"); err != nil {
		return err
	}
	r := &reader{c: c, words: e.words, rank: e.rank}
	defer func() {
		r.end()
		good = c.exec("COMMIT") == nil
	}()
	return f(r)
}
