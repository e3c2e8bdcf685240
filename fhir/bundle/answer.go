package bundle

import (
	"net/http"
	"strconv"
	"time"

	"tahto/fhir"
)

// Mode says why a resource is in a searchset
// (http://hl7.org/fhir/ValueSet/search-entry-mode).
type Mode string

// The modes: what was looked for, what came along by _include or _revinclude,
// and what the server has to say about the search.
const (
	Match   Mode = "match"
	Include Mode = "include"
	Outcome Mode = "outcome"
)

// UnknownTotal says that a page does not tell how many there are in all.
const UnknownTotal = -1

// Found is one entry of a searchset.
type Found struct {
	FullURL  string // absolute; "" for an OperationOutcome
	Mode     Mode
	Resource *fhir.Resource
}

// Page is a page of a searchset.
type Page struct {
	Total int // of all pages, matches only; UnknownTotal to leave it out
	Links Links
	Found []Found
}

// Links lead from page to page, absolute URLs; an empty one is left out.
type Links struct{ Self, Next string }

func writeLinks(w *fhir.Writer, l Links) {
	if l.Self == "" && l.Next == "" {
		return
	}
	w.Array("link")
	for _, link := range [2][2]string{{"self", l.Self}, {"next", l.Next}} {
		if link[1] == "" {
			continue
		}
		w.Object("")
		w.String("relation", link[0])
		w.String("url", link[1])
		w.End()
	}
	w.EndArray()
}

// start begins a Bundle. Its array of entries is opened with the first entry,
// since FHIR has no empty arrays.
func start(kind string, total int, links Links) *fhir.Writer {
	w := fhir.NewWriter("Bundle")
	w.String("type", kind)
	if total != UnknownTotal {
		w.Raw("total", strconv.AppendInt(nil, int64(total), 10))
	}
	writeLinks(w, links)
	return w
}

// SearchSet writes a page of search results
// (https://hl7.org/fhir/R4/bundle.html#searchset).
func SearchSet(p Page) *fhir.Resource {
	w := start("searchset", p.Total, p.Links)
	entries(w, p.Found, func(f Found) {
		w.Optional("fullUrl", f.FullURL)
		w.Raw("resource", f.Resource.JSON())
		w.Object("search")
		w.String("mode", string(f.Mode))
		w.End()
	})
	return w.Resource()
}

func entries[T any](w *fhir.Writer, items []T, write func(T)) {
	if len(items) == 0 {
		return
	}
	w.Array("entry")
	for _, item := range items {
		w.Object("")
		write(item)
		w.End()
	}
	w.EndArray()
}

// Past is one entry of a history: a version, and the request that made it.
type Past struct {
	FullURL string
	// Method and URL are the request, such as PUT and Consent/1.
	Method, URL string
	// Status is what a request of that kind is answered with; of an update that
	// brought a deleted resource back the history knows only that it updated.
	Status int
	// ETag is W/"3".
	ETag         string
	LastModified time.Time
	// Resource is the version's content; nil if it is a deletion.
	Resource *fhir.Resource
}

// PastPage is a page of a history, newest first.
type PastPage struct {
	Total int // of all pages; UnknownTotal to leave it out
	Links Links
	Past  []Past
}

// History writes a page of versions (https://hl7.org/fhir/R4/http.html#history).
// A deletion is an entry without a resource.
func History(p PastPage) *fhir.Resource {
	w := start("history", p.Total, p.Links)
	entries(w, p.Past, func(v Past) {
		w.Optional("fullUrl", v.FullURL)
		if v.Resource != nil {
			w.Raw("resource", v.Resource.JSON())
		}
		w.Object("request")
		w.String("method", v.Method)
		w.String("url", v.URL)
		w.End()
		writeResponse(w, Answer{Status: v.Status, ETag: v.ETag, LastModified: v.LastModified})
	})
	return w.Resource()
}

// Answer is one entry of a batch-response or transaction-response.
type Answer struct {
	FullURL  string
	Status   int
	Location string // absolute; "" if nothing was written
	ETag     string
	// LastModified is zero if unknown.
	LastModified time.Time
	// Resource is what the interaction gives back; nil if nothing.
	Resource *fhir.Resource
	// Outcome is what the server has to say: faults or warnings; nil if nothing.
	Outcome *fhir.Resource
}

func writeResponse(w *fhir.Writer, a Answer) {
	w.Object("response")
	w.String("status", statusLine(a.Status))
	w.Optional("location", a.Location)
	w.Optional("etag", a.ETag)
	if !a.LastModified.IsZero() {
		w.String("lastModified", fhir.Instant(a.LastModified))
	}
	if a.Outcome != nil {
		w.Raw("outcome", a.Outcome.JSON())
	}
	w.End()
}

// statusLine is Bundle.entry.response.status, "201 Created".
func statusLine(status int) string {
	line := strconv.Itoa(status)
	if text := http.StatusText(status); text != "" {
		return line + " " + text
	}
	return line
}

// Response writes the answer to a transaction or a batch, one entry for each
// entry of the request, in its order
// (https://hl7.org/fhir/R4/http.html#transaction-response).
func Response(transaction bool, answers []Answer) *fhir.Resource {
	kind := "batch-response"
	if transaction {
		kind = "transaction-response"
	}
	w := start(kind, UnknownTotal, Links{})
	w.Grow(room(answers))
	entries(w, answers, func(a Answer) { writeAnswer(w, a) })
	return w.Resource()
}

// room is about how many bytes the answers take, so that a large Bundle is not
// copied again and again as it grows.
func room(answers []Answer) int {
	const head = 320
	n := head * len(answers)
	for _, a := range answers {
		for _, r := range []*fhir.Resource{a.Resource, a.Outcome} {
			if r != nil {
				n += len(r.JSON())
			}
		}
	}
	return n
}
