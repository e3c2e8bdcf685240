package transfer

import (
	"bytes"
	"io"

	"tahto/storage/driver"
)

// Settling is how late a version may come in.
const Settling = settling

// Check reads a file to its end: nil if it is good.
func Check(file io.Reader) error {
	s := newScanner(file)
	err := s.begin()
	for err == nil {
		_, err = s.next()
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// Line is the line of a version, with its end.
func Line(d driver.Document) ([]byte, error) {
	var b bytes.Buffer
	err := appendVersion(&b, d)
	return b.Bytes(), err
}

// ReadLine is the document of a line without its end.
func ReadLine(line []byte) (driver.Document, bool) { return readVersion(line) }
