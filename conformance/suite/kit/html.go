package kit

import (
	"bytes"
	_ "embed" // the layout
	"encoding/json"
	"html/template"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed report.html
var layoutText string

// layout escapes all that comes from a server or a case (package html/template).
var layout = template.Must(template.New("report").Funcs(template.FuncMap{
	"outcomes": func() []Outcome { return []Outcome{Passed, Failed, NotClaimed, NotMeant} },
	"failed":   func() Outcome { return Failed },
	"curl":     Exchange.Curl,
	"class":    func(o Outcome) string { return strings.ReplaceAll(string(o), " ", "-") },
	"layout":   readable,
	"headers":  headers,
	"link":     func(spec string) bool { return strings.HasPrefix(spec, "https://") },
	"status":   http.StatusText,
	"time":     func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"seconds":  seconds,
}).Parse(layoutText))

// WriteHTML writes the report as one page that needs nothing beside it, no
// network and no script: of each case what was sent, what came, what was
// expected, and each request as a command without the access token.
func (r Report) WriteHTML(w io.Writer) error { return layout.Execute(w, r) }

// shown is how much of a body is in the report.
const shown = 64 << 10

// readable is a body in lines, if it is JSON, and no longer than shown.
func readable(body string) string {
	var lines bytes.Buffer
	if json.Indent(&lines, []byte(body), "", "  ") == nil {
		body = lines.String()
	}
	if len(body) > shown {
		return strings.ToValidUTF8(body[:shown], "") + "\n… and more, which is left out"
	}
	return body
}

// headers are lines, in the order of the names.
func headers(h http.Header) string {
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			lines.WriteString(name + ": " + value + "\n")
		}
	}
	return lines.String()
}
