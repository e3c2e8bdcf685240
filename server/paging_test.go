package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"tahto/fhir"
)

// TestPagesHoldWhatStaysOnceWhileOthersWrite turns the pages of searches and of
// histories over HTTP while a client creates, changes and deletes around them:
// what was there throughout, and kept its place in the order, is seen exactly
// once, and nothing twice on the pages of one search unless it moved.
func TestPagesHoldWhatStaysOnceWhileOthersWrite(t *testing.T) {
	for name, engine := range testEngines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"-intake", "archive", "-foreign-consents", "keep"}, engine.args(t)...)
			l := &library{t: t, base: start(t, args...).base}
			for i := range stays + moves {
				l.put(l.name(i), i)
			}
			for _, query := range []string{
				"Consent?_count=7", "Consent?_count=4&_sort=date", "Consent?_count=7&_sort=-date", "Consent?_count=5&_sort=identifier,-date",
				"Consent?_count=7&_sort=-_lastUpdated", "Consent?_count=7&_sort=_lastUpdated", "Consent?_count=6&_sort=-_id", "Consent?_count=7&_sort=period,-identifier",
				"Consent?_count=7&patient.identifier=urn:x%7C1&_total=none", "Consent/_history?_count=9", "_history?_count=9", "Consent/_history?_count=8&_at=" + l.at(),
			} {
				l.seenOnce(query, l.firstPage(query))
			}
			l.seenOnce("a form", l.form("_search", "patient:identifier=urn:x|1&_count=7&_sort=-date"))
			l.seenOnce("a form's history", l.form("_history", "patient.identifier=urn:x|1&_count=7"))
		})
	}
}

// So many resources stay as they are, and so many are changed and deleted.
const stays, moves = 40, 20

// library is a server with Consents, some of which stay.
type library struct {
	t       *testing.T
	base    string
	writing sync.Mutex
	writes  int
}

func (l *library) name(i int) string {
	if i < stays {
		return fmt.Sprintf("m%02d-stays", i*17%stays)
	}
	return fmt.Sprintf("m%02d-moves", i*17%stays)
}

// put stores a Consent whose values come from n.
func (l *library) put(id string, n int) {
	date := ""
	if n%6 != 5 {
		date = fmt.Sprintf(`"dateTime":"2024-01-%02d",`, 1+n%5)
	}
	l.send(http.MethodPut, id, fmt.Sprintf(`{"resourceType":"Consent","id":%q,"status":"active","scope":{"text":"x"},%s
		"category":[{"text":"x"}],
		"patient":{"identifier":{"system":"urn:x","value":"1"}},"identifier":[{"value":"v%d"}],"policyRule":{"text":"x"},
		"provision":{"type":"permit","period":{"start":"2024-0%d-01"}}}`, id, date, n%4, 1+n%3))
}

func (l *library) send(method, id, body string) {
	got, err := send(method, l.base+"/Consent/"+id, fhirHeader, []byte(body))
	if err != nil || got.status >= 300 && got.status != http.StatusGone {
		l.t.Errorf("%s %s: %d %v %s", method, id, got.status, err, got.body)
	}
}

// write does the next of the writes around.
func (l *library) write() {
	l.writing.Lock()
	l.writes++
	n := l.writes
	l.writing.Unlock()
	switch moving := l.name(stays + n%moves); n % 4 {
	case 0:
		l.put(fmt.Sprintf("a%02d", n%20), n)
	case 1:
		l.put(fmt.Sprintf("z%02d", n%20), n)
	case 2:
		l.put(moving, n)
	default:
		l.send(http.MethodDelete, moving, "")
	}
}

// at is the time of the newest version, for _at.
func (l *library) at() string {
	newest := exchange(l.t, http.MethodGet, l.base+"/Consent/_history?_count=1", nil, http.StatusOK)
	return url.QueryEscape(newest.Root().Get("entry").At(0).Get("response").Get("lastModified").Text())
}

func (l *library) firstPage(query string) *fhir.Resource {
	return exchange(l.t, http.MethodGet, l.base+"/"+query, nil, http.StatusOK)
}

func (l *library) form(path, values string) *fhir.Resource {
	l.t.Helper()
	parsed, _ := url.ParseQuery(values)
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	got, err := send(http.MethodPost, l.base+"/Consent/"+path, header, []byte(parsed.Encode()))
	if err != nil || got.status != http.StatusOK {
		l.t.Fatalf("POST %s: %d %v %s", path, got.status, err, got.body)
	}
	page, err := fhir.Parse(got.body)
	if err != nil {
		l.t.Fatal(err)
	}
	return page
}

// seenOnce follows the pages while others write, at least once between two.
func (l *library) seenOnce(what string, page *fhir.Resource) {
	l.t.Helper()
	turns := make(chan struct{}, 3) // some writes for each page, while it is read
	var others sync.WaitGroup
	others.Go(func() {
		for range turns {
			l.write()
		}
	})
	seen := map[string]int{}
	pages := 1
	for ; ; pages++ {
		count(page, seen)
		next := linkOf(page, "next")
		if next == "" || pages > 2000 {
			break
		}
		l.write()
		turns <- struct{}{}
		turns <- struct{}{}
		page = exchange(l.t, http.MethodGet, next, nil, http.StatusOK)
	}
	close(turns)
	others.Wait()
	if pages < 5 {
		l.t.Errorf("%s: only %d pages", what, pages)
	}
	for i := range stays {
		if n := seen[l.name(i)+"/1"]; n != 1 {
			l.t.Errorf("%s: %s was there all the time, and was seen %d times", what, l.name(i), n)
		}
	}
	for version, n := range seen {
		if n > 1 {
			l.t.Errorf("%s: %s was seen %d times", what, version, n)
		}
	}
}

// count counts the versions on a page, as id/version.
func count(page *fhir.Resource, seen map[string]int) {
	for entry := range page.Root().Each("entry") {
		resource := entry.Get("resource")
		if id := resource.Get("id").Text(); id != "" {
			seen[strings.Join([]string{id, resource.Get("meta").Get("versionId").Text()}, "/")]++
		}
	}
}

func linkOf(page *fhir.Resource, relation string) string {
	for link := range page.Root().Each("link") {
		if link.Get("relation").Text() == relation {
			return link.Get("url").Text()
		}
	}
	return ""
}
