package transfer

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"tahto/storage/driver"
	"tahto/storage/lockfile"
)

// partial is a file that is being written: some whole lines, and what is known
// of them.
type partial struct {
	file     *os.File
	out      *bufio.Writer
	line     bytes.Buffer
	all      hash.Hash
	versions int
	last     driver.Document // the version written last
}

// openPartial opens the file behind its last good line and cuts off what
// follows. Unless its writer was alone with the engine, the versions of its last
// minutes are cut off too: others may have come to stand among them since.
func openPartial(name string, alone bool) (*partial, error) {
	file, err := lockfile.Open(name)
	if errors.Is(err, lockfile.ErrLocked) {
		return nil, fmt.Errorf("another export writes %s", name)
	}
	if err != nil {
		return nil, err
	}
	p := &partial{file: file, out: bufio.NewWriterSize(file, bufferSize), all: sha256.New()}
	if err := p.continueAfter(alone); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return p, nil
}

func (p *partial) continueAfter(alone bool) error {
	good, err := p.scan(time.Time{})
	if err == nil && good.versions > 0 && !alone {
		good, err = p.scan(good.last.Updated.Add(-settling))
	}
	if err != nil {
		return err
	}
	if err := errors.Join(p.file.Chmod(0o600), p.file.Truncate(good.end)); err != nil {
		return err
	}
	if _, err := p.file.Seek(good.end, io.SeekStart); err != nil {
		return err
	}
	p.all, p.versions, p.last = good.all, good.versions, good.last
	if good.end == 0 {
		_, err = p.out.WriteString(header + "\n")
	}
	return err
}

// scan reads the file from its beginning as far as it is good and, unless until
// is zero, up to the first version of that time or later.
func (p *partial) scan(until time.Time) (*scanner, error) {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	s := newScanner(p.file)
	s.until = until
	err := s.begin()
	for err == nil {
		_, err = s.next()
	}
	switch {
	case errors.Is(err, ErrNoExport):
		return nil, fmt.Errorf("%s: %w; remove it or name another file", p.name(), err)
	case err == io.EOF, errors.Is(err, ErrTruncated), errors.Is(err, ErrDamaged):
		return s, nil
	}
	return nil, err
}

func (p *partial) name() string { return p.file.Name() }

func (p *partial) sha256() string { return hex.EncodeToString(p.all.Sum(nil)) }

// append writes the line of a version.
func (p *partial) append(d driver.Document) error {
	p.line.Reset()
	if err := appendVersion(&p.line, d); err != nil {
		return err
	}
	if _, err := p.out.Write(p.line.Bytes()); err != nil {
		return err
	}
	p.all.Write(p.line.Bytes())
	p.versions++
	p.last = d
	return nil
}

// close keeps what is there for the next time.
func (p *partial) close() error {
	return errors.Join(p.out.Flush(), p.file.Sync(), p.file.Close())
}

// finish writes the trailer, and gives the file its name when it is on the disk
// and what is read from it is what was written.
func (p *partial) finish(name string) error {
	_, err := p.out.WriteString(trailer(p.versions, p.sha256()))
	if err = errors.Join(err, p.out.Flush(), p.file.Sync()); err == nil {
		err = p.verify()
	}
	if err = errors.Join(err, p.file.Close()); err != nil {
		return fmt.Errorf("finishing %s: %w", p.name(), err)
	}
	if err := os.Rename(p.name(), name); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(name))
}

func (p *partial) verify() error {
	good, err := p.scan(time.Time{})
	if err == nil && (good.versions != p.versions || good.sha256() != p.sha256() || !good.finished) {
		err = errors.New("what was read back is not what was written")
	}
	return err
}

// syncFolder makes a new name last. Where folders can't be synced, as on
// Windows, the system does it itself.
func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	if err := folder.Sync(); err != nil && runtime.GOOS != "windows" {
		return errors.Join(err, folder.Close())
	}
	return folder.Close()
}
