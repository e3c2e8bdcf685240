package transfer_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/storage/driver"
	"tahto/storage/transfer"
)

// TestEveryCharacterComesBack writes a body of all characters of the first two
// planes and some of the others, and bodies that look like what the line is made
// of.
func TestEveryCharacterComesBack(t *testing.T) {
	var all strings.Builder
	for r := range rune(utf8.MaxRune + 1) {
		if utf8.ValidRune(r) && (r < 0x20000 || r%61 == 0 || r > 0x10fff0) {
			all.WriteRune(r)
		}
	}
	for _, body := range []string{
		all.String(), "", `{"a":"\u003c\u2028\ud83d\ude00\ud800\/"}`, "\r\n", `","line":"`, `{"versions":1}`, strings.Repeat("\x00", 1<<17), " ",
	} {
		d := driver.Document{
			Key: fhir.Key{Type: "Consent", ID: "a"}, Version: 1<<64 - 1, Updated: time.UnixMilli(1_700_000_000_001).UTC(), Method: "PUT",
			Deleted: body == "",
		}
		if d.Deleted {
			d.Method = "DELETE"
		}
		if body != "" {
			d.Body = []byte(body)
		}
		line, err := transfer.Line(d)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(line, []byte("\n")) != 1 || !bytes.HasSuffix(line, []byte("}\n")) {
			t.Errorf("%.40q is not written as one line", body)
		}
		got, ok := transfer.ReadLine(line[:len(line)-1])
		same := bytes.Equal(got.Body, d.Body) // which cmp would compare one by one
		got.Body = d.Body
		if diff := cmp.Diff(d, got); !ok || !same || diff != "" {
			t.Errorf("%.40q: read %v, the same body %v (-want +got):\n%s", body, ok, same, diff)
		}
	}
}

func TestTheLineIsAsDocumented(t *testing.T) {
	got, err := transfer.Line(driver.Document{
		Key: fhir.Key{Type: "Consent", ID: "1"}, Version: 2, Updated: time.Date(2026, 3, 1, 14, 0, 0, 0, time.FixedZone("", 7200)),
		Method: "PUT", Body: []byte(`{"n": "<&>"}`),
	})
	want := `{"type":"Consent","id":"1","version":2,"updated":"2026-03-01T12:00:00.000Z","method":"PUT","deleted":false,` +
		`"sha256":"…","body":"{\"n\": \"<&>\"}","line":"…"}` + "\n"
	mask := func(line string) string {
		for _, member := range []string{`"sha256":"`, `"line":"`} {
			before, after, _ := strings.Cut(line, member)
			_, after, _ = strings.Cut(after, `"`)
			line = before + member + "…\"" + after
		}
		return line
	}
	if err != nil || mask(string(got)) != mask(want) {
		t.Errorf("got  %s\nwant %s\n%v", mask(string(got)), mask(want), err)
	}
}

// TestWhatIsNoVersionIsNotWritten: what the format can't carry exactly, and
// what is an engine's own.
func TestWhatIsNoVersionIsNotWritten(t *testing.T) {
	good := driver.Document{Key: fhir.Key{Type: "Consent", ID: "a"}, Version: 1, Updated: time.UnixMilli(1), Method: "PUT", Body: []byte("{}")}
	for what, change := range map[string]func(*driver.Document){
		"body that is not UTF-8": func(d *driver.Document) { d.Body = []byte("a\xed\xa0\x80") },
		"id that is not UTF-8":   func(d *driver.Document) { d.Key.ID = "\xff" },
		"microseconds":           func(d *driver.Document) { d.Updated = time.UnixMicro(1) },
		"year 10000":             func(d *driver.Document) { d.Updated = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"version 0":              func(d *driver.Document) { d.Version = 0 },
		"private type":           func(d *driver.Document) { d.Key.Type = "_Server" },
		"no method":              func(d *driver.Document) { d.Method = "" },
		"deletion with a body":   func(d *driver.Document) { d.Deleted = true },
	} {
		d := good
		change(&d)
		if line, err := transfer.Line(d); err == nil || len(line) > 0 {
			t.Errorf("%s: wrote %s, %v", what, line, err)
		}
	}
}

// FuzzLines reads anything as a file and as a line: nothing breaks, and what is
// taken for a version is written as that very line.
func FuzzLines(f *testing.F) {
	line, err := transfer.Line(driver.Document{
		Key: fhir.Key{Type: "Consent", ID: "a"}, Version: 1, Updated: time.UnixMilli(1_700_000_000_000), Method: "POST", Body: []byte(`{"a":"ä\u2028"}`),
	})
	if err != nil {
		f.Fatal(err)
	}
	whole := fileOf(f)
	for _, seed := range [][]byte{line, whole, whole[:40], bytes.TrimSuffix(line, []byte("\n")), bytes.ReplaceAll(line, []byte(":"), []byte(" : ")), {}, []byte("\n\n")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = transfer.Check(bytes.NewReader(data))
		_ = transfer.Check(bytes.NewReader(append(bytes.Clone(whole[:30]), data...)))
		d, ok := transfer.ReadLine(data)
		if !ok {
			return
		}
		again, err := transfer.Line(d)
		if err != nil || !bytes.Equal(again, append(bytes.Clone(data), '\n')) {
			t.Errorf("%q was taken and gives %q, %v", data, again, err)
		}
	})
}
