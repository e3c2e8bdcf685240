package embedded

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"

	"tahto/fhir"
	"tahto/storage/driver"
)

// committer writes. Each Update has the connection for itself while its
// function runs, on its caller's goroutine; what was ready while the one before
// was running joins the same commit, so that one fsync serves all of them.
type committer struct {
	c     *conn
	words *dictionary
	rank  *ranking
	ids   *counters
	fresh map[word]int64 // words of the open transaction
	open  bool           // whether a transaction is
	// changed are the documents that the open transaction writes.
	changed map[fhir.Key]struct{}
	shelf   *shelf
	// state counts the beginnings and the ends of commits: it is odd while one
	// runs, and another number after it.
	state atomic.Uint64
	turns chan *turn
	// copied is the size of the log at the last checkpoint.
	copied int64
	// stop is closed to end the loop; done is closed when it has ended.
	stop, done chan struct{}
}

// turn is one Update's time with the connection.
type turn struct {
	ran    chan bool  // whether its work shall be committed
	answer chan error // how the commit went
}

// joined is how many transactions share a commit at most: it bounds how long
// the first one waits.
const joined = 64

// Size of the write-ahead log, in pages, from which it is copied into the
// file, and from which readers are waited for so that it can start anew.
const (
	copyFrames    = 2_000
	restartFrames = 50_000
)

func (w *committer) loop() {
	defer close(w.done)
	for {
		select {
		case t := <-w.turns:
			w.batch(t)
		case <-w.stop:
			return
		}
	}
}

// batch lets transactions run one after the other, as long as there is one
// ready, and commits them together.
func (w *committer) batch(t *turn) {
	var waiting []*turn
	for n := 1; t != nil; n++ {
		kept := <-t.ran
		if kept {
			waiting = append(waiting, t)
		}
		if w.c.lost != nil {
			break // what those before did may be undone too
		}
		t = w.ready(n)
	}
	err := w.commit(len(waiting) > 0)
	for _, t := range waiting {
		t.answer <- err
	}
	w.checkpoint()
}

// ready is the next transaction that joins the batch, if one is waiting.
func (w *committer) ready(n int) *turn {
	if n == joined {
		return nil
	}
	select {
	case t := <-w.turns:
		return t
	default:
		return nil
	}
}

// commit ends the transaction. After some errors, such as a full disk, SQLite
// has undone all of it, or may have
// (https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction);
// then the rest of it goes as well, and nobody is told that it lasts.
func (w *committer) commit(any bool) error {
	if w.c.lost != nil {
		err := fmt.Errorf("%w: the transaction was rolled back", driver.ErrUnavailable)
		w.abandon()
		if any {
			return err
		}
		return nil
	}
	if !w.open {
		return nil
	}
	w.shelf.take(w.changed, func() { w.state.Add(1) })
	defer w.state.Add(1)
	if err := w.c.exec("COMMIT"); err != nil {
		w.abandon()
		return err
	}
	w.words.learn(w.fresh)
	w.over()
	return nil
}

// abandon ends the transaction and leaves nothing of it. That there is none any
// more is not a fault.
func (w *committer) abandon() {
	w.c.lost = nil
	_ = w.c.exec("ROLLBACK")
	w.over()
}

func (w *committer) over() {
	w.c.lost, w.open, w.fresh = nil, false, map[word]int64{}
	clear(w.changed)
}

// checkpoint copies a log that has grown into the file. Readers may keep the
// log from starting anew, so what counts is how much came since the last copy.
// Its failure fails nobody: the log stays, and a later commit tries again.
func (w *committer) checkpoint() {
	frames, err := w.logSize("PRAGMA wal_checkpoint(NOOP)") // copies nothing
	if err != nil {
		return
	}
	if frames < w.copied {
		w.copied = 0 // the log has started anew
	}
	if frames-w.copied < copyFrames {
		return
	}
	w.copied = frames
	how := "PRAGMA wal_checkpoint(PASSIVE)"
	if frames > restartFrames {
		how = "PRAGMA wal_checkpoint(RESTART)"
	}
	_, _ = w.logSize(how)
}

// logSize runs a checkpoint and is the number of pages in the log. No
// transaction is open, so a fault ends none.
func (w *committer) logSize(checkpoint string) (int64, error) {
	defer func() { w.c.lost = nil }()
	s, err := w.c.query(unhurried, checkpoint)
	if err != nil {
		return 0, err
	}
	defer s.close()
	if more, err := s.next(); !more {
		return 0, err
	}
	return s.int(1), nil
}

// update runs f when its turn comes, and waits for the commit.
func (w *committer) update(ctx context.Context, f func(driver.Writer) error) error {
	t := &turn{ran: make(chan bool, 1), answer: make(chan error, 1)}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case w.turns <- t:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stop:
		return errClosed
	}
	if err := w.run(t, f); err != nil {
		return err
	}
	return <-t.answer
}

// run runs f between a savepoint and its release, or its rollback if f fails,
// panics, or ends its goroutine.
func (w *committer) run(t *turn, f func(driver.Writer) error) (err error) {
	kept := false
	defer func() { t.ran <- kept }()
	if err := w.begin(); err != nil {
		return err
	}
	tx := &writer{reader: reader{c: w.c, words: w.words, fresh: w.fresh, rank: w.rank}, ids: w.ids, changed: w.changed}
	defer func() {
		tx.end()
		if !kept {
			w.undo(tx)
		}
	}()
	if err := call(tx, f); err != nil {
		return err
	}
	if tx.broken != nil {
		return tx.broken
	}
	tx.end()
	if err := w.c.exec("RELEASE one"); err != nil {
		return err
	}
	kept = true
	return nil
}

func (w *committer) begin() error {
	if !w.open {
		if err := w.c.exec("BEGIN IMMEDIATE"); err != nil {
			w.abandon()
			return err
		}
		w.open = true
	}
	return w.c.exec("SAVEPOINT one")
}

// undo takes back what one transaction did. If even that fails, the whole
// batch goes: better nothing than half.
func (w *committer) undo(tx *writer) {
	for _, added := range tx.added {
		delete(w.fresh, added)
	}
	for _, sql := range []string{"ROLLBACK TO one", "RELEASE one"} {
		if err := w.c.exec(sql); err != nil {
			w.c.lost = err
			return
		}
	}
}

// call runs f; its panic is its error, with the place where it happened.
func call(tx *writer, f func(driver.Writer) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("embedded: panic in a transaction: %v\n%s", cause, debug.Stack())
		}
	}()
	return f(tx)
}
