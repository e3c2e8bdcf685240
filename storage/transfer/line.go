package transfer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"tahto/fhir"
	"tahto/storage/driver"
)

// header is the first line.
const header = `{"tahto":"export","format":1}`

// moment is how Updated is written: UTC with whole milliseconds (RFC 3339).
const moment = "2006-01-02T15:04:05.000Z"

// versionLine are the members of a version's line in their order, but the last,
// which is the hash of what stands before it.
type versionLine struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Version uint64 `json:"version"`
	Updated string `json:"updated"`
	Method  string `json:"method"`
	Deleted bool   `json:"deleted"`
	SHA256  string `json:"sha256"`
	Body    string `json:"body"`
}

// appendVersion writes the line of a version with its end. A document that
// would not come back as it is gives an error, and into is as before.
func appendVersion(into *bytes.Buffer, d driver.Document) error {
	if why := unwritable(d); why != "" {
		return fmt.Errorf("%s can't be written into a file: %s", name(d), why)
	}
	start := into.Len()
	encoder := json.NewEncoder(into)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(versionLine{
		Type: d.Key.Type, ID: d.Key.ID, Version: d.Version, Updated: d.Updated.UTC().Format(moment),
		Method: d.Method, Deleted: d.Deleted, SHA256: sum(d.Body), Body: string(d.Body),
	}); err != nil {
		into.Truncate(start)
		return err
	}
	into.Truncate(into.Len() - len("}\n"))
	fmt.Fprintf(into, ",\"line\":%q}\n", sum(into.Bytes()[start:]))
	return nil
}

var typeName = regexp.MustCompile(`^([A-Z][A-Za-z0-9]{0,63}|` + driver.Receipts + `)$`)

// methods are the interactions that make a version.
var methods = []string{"POST", "PUT", "PATCH", "DELETE"}

// unwritable tells why a document would not come back as it is, or is none that
// an engine may have.
func unwritable(d driver.Document) string {
	updated, err := time.Parse(moment, d.Updated.UTC().Format(moment))
	switch {
	case !utf8.Valid(d.Body):
		return "its body is not UTF-8"
	case !utf8.ValidString(d.Key.Type + "\x00" + d.Key.ID + "\x00" + d.Method):
		return "its key or method is not UTF-8"
	case err != nil || !updated.Equal(d.Updated):
		return "its time is not one of whole milliseconds in the years 0 to 9999"
	case d.Key.Type == "" || d.Key.ID == "" || d.Version == 0 || d.Method == "" || driver.Stays(d.Key.Type):
		return "it has no type, id, version or method that a resource may have"
	case !typeName.MatchString(d.Key.Type) || !fhir.IsID(d.Key.ID):
		return "its type or id is none of FHIR"
	case !slices.Contains(methods, d.Method) || d.Deleted != (d.Method == "DELETE") || d.Deleted && len(d.Body) > 0:
		return "its method is of another kind of version, or it is a deletion with a body"
	case len(d.Body) > maxBody:
		return "it is too large"
	}
	return ""
}

// readVersion is the document of a line without its end. It has to give that
// very line again: this checks both hashes, and that nothing is lost or read in
// two ways.
func readVersion(line []byte) (driver.Document, bool) {
	var v versionLine
	if json.Unmarshal(line, &v) != nil {
		return driver.Document{}, false
	}
	updated, err := time.Parse(moment, v.Updated)
	if err != nil {
		return driver.Document{}, false
	}
	d := driver.Document{
		Key: fhir.Key{Type: v.Type, ID: v.ID}, Version: v.Version, Updated: updated,
		Method: v.Method, Deleted: v.Deleted,
	}
	if v.Body != "" {
		d.Body = []byte(v.Body)
	}
	again := bytes.NewBuffer(make([]byte, 0, len(line)+1))
	if appendVersion(again, d) != nil {
		return driver.Document{}, false
	}
	return d, bytes.Equal(bytes.TrimSuffix(again.Bytes(), []byte("\n")), line)
}

// trailerStart is how the last line begins, and no version's.
const trailerStart = `{"versions":`

func trailer(versions int, sha256 string) string {
	return fmt.Sprintf("%s%d,\"sha256\":%q}\n", trailerStart, versions, sha256)
}

func sum(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}
