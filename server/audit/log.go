package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// ErrFailed says that the log could not be written before and takes no more
// records until it is opened anew. A gap nobody noticed would be worse.
var ErrFailed = errors.New("audit: the log has failed")

// Log is an append-only log, one JSON object a line (NDJSON). A record is
// handed to the operating system, whole and in one write, before Record
// returns: it is there though the process be killed the next moment. What the
// operating system has not yet put on disk when the power goes can be lost;
// Close waits for the disk.
//
// After a write that failed the log stays failed: a half-written line is its
// last, and no answer leaves the server without a record. A Log is safe for any
// number of goroutines.
type Log struct {
	mu     sync.Mutex
	out    io.Writer
	file   *os.File // nil if the log is no file
	failed error
}

// NewLog makes a log of any writer: a buffer in a test, io.Discard where
// nothing is at stake.
func NewLog(out io.Writer) *Log { return &Log{out: out} }

// OpenLog opens the log in that file, which is made if it is not there, for its
// owner alone (mode 0600). If the last record was cut short when a machine
// failed, a new line is begun, so that the next one stays whole.
func OpenLog(name string) (*Log, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	if err := endLine(file); err != nil {
		return nil, errors.Join(fmt.Errorf("audit log: %w", err), file.Close())
	}
	return &Log{out: file, file: file}, nil
}

// endLine ends a last line that has no end.
func endLine(file *os.File) error {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, info.Size()-1); err != nil {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	_, err = file.Write([]byte{'\n'})
	return err
}

// lines are buffers for records; one record of a thousand items takes some
// hundred kilobytes.
var lines = sync.Pool{New: func() any { return &line{} }}

// keep is how large a buffer may be to be kept, in bytes: those of a thousand
// items fit.
const keep = 2 << 20

// recycle keeps a buffer for the next record, unless it grew so large that
// keeping it would hold memory for nothing.
func recycle(l *line) {
	if cap(l.Bytes()) <= keep {
		lines.Put(l)
	}
}

// Record writes the entry. With an error nothing may be told of what was
// decided or done: no record, no answer.
func (l *Log) Record(_ context.Context, e Entry) error {
	pooled := lines.Get().(*line)
	defer recycle(pooled)
	record := pooled.entry(&e)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return fmt.Errorf("%w: %w", ErrFailed, l.failed)
	}
	n, err := l.out.Write(record)
	if err == nil && n < len(record) {
		err = io.ErrShortWrite
	}
	if err != nil {
		l.failed = err
		return fmt.Errorf("audit log: %w", err)
	}
	return nil
}

// Ready tells whether records can be written: nil, or [ErrFailed].
func (l *Log) Ready() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return fmt.Errorf("%w: %w", ErrFailed, l.failed)
	}
	return nil
}

// Close puts the log on disk and closes it. A record after that is refused.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = os.ErrClosed
	}
	if l.file == nil {
		return nil
	}
	return errors.Join(l.file.Sync(), l.file.Close())
}
