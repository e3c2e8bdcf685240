package mongotest

import (
	"go.mongodb.org/mongo-driver/v2/bson"
)

// cursor is what is left of a result, as it was when it was asked for.
type cursor struct {
	namespace string
	rest      []bson.Raw
	left      int // how many the limit still allows; -1 without one
	at        *bson.Timestamp
	txn       *transaction
}

// firstBatch is how many documents the first reply has at most, if the client
// does not say. Later ones have as many as a message holds.
const firstBatch = 101

// opened is the first reply of a result.
func (s *Server) opened(r *request, docs []bson.Raw, limit int, at *bson.Timestamp) bson.D {
	c := &cursor{namespace: r.namespace(), rest: docs, left: -1, at: at, txn: r.txn}
	if limit > 0 {
		c.left = limit
	}
	size := firstBatch
	for _, d := range []bson.Raw{r.document("cursor"), r.body} {
		if n, ok := d.Lookup("batchSize").AsInt64OK(); ok {
			size = int(n)
		}
	}
	batch, more := c.batch(size)
	var id int64
	if more && !r.flag("singleBatch") {
		s.lastCursor++
		id = s.lastCursor
		s.cursors[id] = c
	}
	return c.reply("firstBatch", batch, id)
}

// batch takes up to size documents, as far as one reply holds them. Like
// MongoDB's it does not look ahead: a batch that is full leaves the cursor open,
// even if nothing follows, unless the limit was reached.
func (c *cursor) batch(size int) (batch []bson.Raw, more bool) {
	bytes := 0
	for len(batch) < size && len(c.rest) > 0 {
		bytes += len(c.rest[0])
		if bytes > maxDocument && len(batch) > 0 {
			return batch, true
		}
		batch = append(batch, c.rest[0])
		c.rest = c.rest[1:]
		c.left--
	}
	return batch, len(batch) >= size && c.left != 0
}

func (c *cursor) reply(name string, batch []bson.Raw, id int64) bson.D {
	if batch == nil {
		batch = []bson.Raw{}
	}
	d := bson.D{{Key: name, Value: batch}, {Key: "id", Value: id}, {Key: "ns", Value: c.namespace}}
	if c.at != nil {
		d = append(d, bson.E{Key: "atClusterTime", Value: *c.at})
	}
	return bson.D{{Key: "cursor", Value: d}}
}

func (s *Server) getMore(r *request) (bson.D, error) {
	id, _ := r.body.Lookup("getMore").AsInt64OK()
	c := s.cursors[id]
	switch {
	case c == nil:
		return nil, failed(codeCursorNotFound, "cursor id %d not found", id)
	case c.txn != r.txn:
		return nil, failed(50738, "Cannot run getMore on cursor %d, which was created in another transaction", id)
	}
	size := maxMessage
	if n := r.count("batchSize"); n > 0 {
		size = n
	}
	batch, more := c.batch(size)
	if !more {
		delete(s.cursors, id)
		id = 0
	}
	return c.reply("nextBatch", batch, id), nil
}

// killCursors takes no read concern but local, which a router lets pass.
func (s *Server) killCursors(r *request) (bson.D, error) {
	if level, _ := r.body.Lookup("readConcern", "level").StringValueOK(); level == "snapshot" && !s.options.Sharded {
		return nil, failed(72, "killCursors does not support the read concern %s", level)
	}
	var killed []int64
	if list := r.body.Lookup("cursors"); list.Type == bson.TypeArray {
		for _, v := range elementsOf(list) {
			id, _ := v.AsInt64OK()
			delete(s.cursors, id)
			killed = append(killed, id)
		}
	}
	return bson.D{
		{Key: "cursorsKilled", Value: killed}, {Key: "cursorsNotFound", Value: bson.A{}},
		{Key: "cursorsAlive", Value: bson.A{}}, {Key: "cursorsUnknown", Value: bson.A{}},
	}, nil
}

// OpenCursors is how many cursors are open: each keeps what it has not given yet.
func (s *Server) OpenCursors() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.cursors)
}
