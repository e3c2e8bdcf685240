package transfer

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"tahto/storage/driver"
)

// ErrDamaged says that a file is not what was exported: a byte was changed, a
// line is missing or stands in another place.
var ErrDamaged = errors.New("the file is damaged")

// ErrTruncated says that a file ends before its last line, as that of an export
// does which was not finished.
var ErrTruncated = errors.New("the file is not complete")

// ErrNoExport says that a file is something else.
var ErrNoExport = errors.New("the file is no export, or one of a later version of the program")

// maxBody bounds the body of a document and maxLine a line, in bytes, so that a
// file of something else is not read into memory as one line. A byte of a body
// takes at most six in a line (\u0000).
const (
	maxBody = 32 << 20
	maxLine = 6*maxBody + 4096
)

// bufferSize is how many bytes are read from a file or written to it at once.
const bufferSize = 64 << 10

// scanner reads a file and checks it: each version's hashes and its place in the
// order before it is given out, count and hash of all at the end.
type scanner struct {
	from *bufio.Reader
	line []byte // the one read last, without its end
	at   int    // its number
	// until ends the reading before the first version of that time or later;
	// zero for none.
	until time.Time

	all      hash.Hash
	versions int
	last     driver.Document // the version given out last; zero before the first
	end      int64           // how many bytes the header and these versions take
	finished bool            // the trailer was read and fits
}

func newScanner(from io.Reader) *scanner {
	return &scanner{from: bufio.NewReaderSize(from, bufferSize), all: sha256.New()}
}

// begin reads the header.
func (s *scanner) begin() error {
	err := s.read()
	switch {
	case errors.Is(err, ErrTruncated) && strings.HasPrefix(header, string(s.line)):
		return s.fault(ErrTruncated, "there is not even a whole first line")
	case errors.Is(err, ErrTruncated), errors.Is(err, ErrDamaged):
		return s.fault(ErrNoExport, "the first line is another")
	case err != nil:
		return err
	case string(s.line) != header:
		return s.fault(ErrNoExport, "the first line is another")
	}
	s.accept()
	return nil
}

// next is the next version. After the last one, when the trailer was right and
// nothing follows it, the error is io.EOF.
func (s *scanner) next() (driver.Document, error) {
	if err := s.read(); err != nil {
		return driver.Document{}, err
	}
	if strings.HasPrefix(string(s.line[:min(len(s.line), len(trailerStart))]), trailerStart) {
		return driver.Document{}, s.finish()
	}
	d, ok := readVersion(s.line)
	if !ok {
		return driver.Document{}, s.fault(ErrDamaged, "the line and its hash differ")
	}
	if s.versions > 0 && !isAfter(d.Mark(), s.last.Mark()) {
		return driver.Document{}, s.fault(ErrDamaged, name(d)+" stands after a later version")
	}
	if !s.until.IsZero() && !d.Updated.Before(s.until) {
		return driver.Document{}, io.EOF
	}
	s.all.Write(s.line)
	s.all.Write([]byte("\n"))
	s.versions++
	s.last = d
	s.accept()
	return d, nil
}

// finish compares the trailer with what was read.
func (s *scanner) finish() error {
	if string(s.line)+"\n" != trailer(s.versions, s.sha256()) {
		return s.fault(ErrDamaged, fmt.Sprintf("the last line does not fit the %d versions before it", s.versions))
	}
	switch _, err := s.from.ReadByte(); {
	case err == nil:
		return s.fault(ErrDamaged, "there is more after the last line")
	case err != io.EOF:
		return fmt.Errorf("reading the file: %w", err)
	}
	s.finished = true
	return io.EOF
}

func (s *scanner) sha256() string { return hex.EncodeToString(s.all.Sum(nil)) }

func (s *scanner) accept() { s.end += int64(len(s.line)) + 1 }

// read reads one line. One without an end is ErrTruncated.
func (s *scanner) read() error {
	s.line = s.line[:0]
	s.at++
	for {
		part, err := s.from.ReadSlice('\n')
		s.line = append(s.line, part...)
		switch {
		case err == nil && len(s.line) <= maxLine:
			s.line = s.line[:len(s.line)-1]
			return nil
		case len(s.line) > maxLine:
			return s.fault(ErrDamaged, "the line is too long")
		case err == io.EOF:
			return s.fault(ErrTruncated, "its last line is missing")
		case err != bufio.ErrBufferFull:
			return fmt.Errorf("reading the file: %w", err)
		}
	}
}

func (s *scanner) fault(kind error, why string) error {
	return fmt.Errorf("%w: line %d: %s", kind, s.at, why)
}
