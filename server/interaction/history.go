package interaction

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

// prepareHistory is GET on _history of a resource, of a type or of everything
// (https://hl7.org/fhir/R4/http.html#history), newest first, with _since, _at and
// _count.
func prepareHistory(s *Service, c Call) (Action, error) {
	c, err := s.viewed(c, s.historyTypes(c)...)
	if err != nil {
		return Action{}, err
	}
	a := asked{HistoryQuery: storage.HistoryQuery{Type: c.Type, ID: c.ID, Count: search.DefaultCount}}
	if c.Query.Has(cursorParameter) {
		c.view, err = s.historyCursor(c, &a)
	} else {
		err = historyParameters(c, &a.HistoryQuery)
	}
	return s.histories(c, a), err
}

// asked is what a history was asked of, and for: all there is in a place, or, with
// a search, what that finds.
type asked struct {
	storage.HistoryQuery
	search *search.Query
}

// histories answers with a page of a history.
func (s *Service) histories(c Call, a asked) Action {
	return Action{Part: func(ctx context.Context, t *turn) (Response, error) {
		read := t.tx.History
		switch {
		case a.search != nil:
			read = a.found(t.tx, c.view.counts())
		case c.view.counts():
			read = t.countHistory
		}
		page, err := read(ctx, a.HistoryQuery)
		if err != nil {
			return Response{}, err
		}
		return Response{Status: http.StatusOK, Resource: bundle.History(s.history(c, a, page)), Warnings: c.view.warnings()}, nil
	}}
}

// historyTypes are the types whose versions a history can have.
func (s *Service) historyTypes(c Call) []string {
	if c.Type == "" {
		return s.types
	}
	return []string{c.Type}
}

// countHistory is a history without its versions, for _summary=count. Where
// storage does not know how many there are they are read, up to what one answer
// may cost.
func (t *turn) countHistory(ctx context.Context, q storage.HistoryQuery) (storage.HistoryPage, error) {
	q.Count = 0
	total, size := 0, 0
	for {
		page, err := t.tx.History(ctx, q)
		if err != nil || page.Total >= 0 && q.Before == nil {
			return storage.HistoryPage{Total: page.Total}, err
		}
		total += len(page.Versions)
		if q.Before = page.Next; q.Before == nil {
			return storage.HistoryPage{Total: total}, nil
		}
		for _, v := range page.Versions {
			if v.Resource != nil {
				size += len(v.Resource.JSON())
			}
		}
		if size > answerBytes {
			return storage.HistoryPage{}, tooManyVersions()
		}
	}
}

func historyParameters(c Call, q *storage.HistoryQuery) error {
	for _, name := range slices.Sorted(maps.Keys(c.Query)) {
		read, known := historyReaders[name]
		switch values := c.Query[name]; {
		case !known && !c.prefer.lenient:
			return issue.New(issue.Invalid, "http", "A history takes the parameters _since, _at, _count, _summary and _elements only.").Coded(issue.CodeNotSupported)
		case !known || read == nil:
		case len(values) != 1:
			return issue.Newf(issue.Invalid, "http."+name, "Give %s once.", name)
		default:
			if err := read(values[0], q); err != nil {
				return err
			}
		}
	}
	return nil
}

// historyReaders are the parameters of a history; those about the form of the
// answer are not its business.
var historyReaders = map[string]func(text string, q *storage.HistoryQuery) error{
	"_format": nil, "_pretty": nil, "_since": readSince, "_at": readAt, "_count": readCount,
}

func readSince(text string, q *storage.HistoryQuery) error {
	// A plus sign in a query means a space, and many clients forget to encode it.
	since, err := fhir.ParseInstant(strings.Replace(text, " ", "+", 1))
	if err != nil {
		return issue.Newf(issue.Invalid, "http._since", "_since: %s.", err).Coded(issue.CodeValue)
	}
	q.Since = since
	return nil
}

// readAt reads a date, dateTime or instant: all of the day, month, second … that
// it names. Together with _since both must hold.
func readAt(text string, q *storage.HistoryQuery) error {
	at, err := fhir.ParseLoose(strings.Replace(text, " ", "+", 1))
	if err != nil {
		return issue.Newf(issue.Invalid, "http._at", "_at: %s. It takes no prefix: a date stands for all of its day, month or year.", err).Coded(issue.CodeValue)
	}
	q.At = storage.Span{From: writable(at.Start), Until: writable(at.Shifted(1))}
	return nil
}

// writable is a time that a page's token can hold: not after the year 9999.
func writable(t time.Time) time.Time {
	if last := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC); t.After(last) {
		return last
	}
	return t.UTC()
}

func readCount(text string, q *storage.HistoryQuery) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return issue.New(issue.Invalid, "http._count", "_count is a number of versions, from 1.").Coded(issue.CodeValue)
	}
	q.Count = min(n, search.MaxCount)
	return nil
}

// place is what a history's page token holds.
type place struct {
	Type, ID string
	Since    time.Time
	At       storage.Span
	Count    int
	View     string          // the parameter that says how much to show
	Search   []byte          `json:",omitempty"` // of what is searched for
	Before   json.RawMessage // storage.HistoryQuery.Before
}

func (s *Service) historyCursor(c Call, a *asked) (*view, error) {
	plain, err := s.open(c, historyToken)
	if err != nil {
		return nil, err
	}
	var p place
	if err := json.Unmarshal(plain, &p); err != nil || p.Type != c.Type || p.ID != c.ID {
		return nil, foreignCursor()
	}
	a.Since, a.At, a.Count = p.Since, p.At, p.Count
	if err := json.Unmarshal(p.Before, &a.Before); err != nil {
		return nil, foreignCursor()
	}
	if p.Search != nil {
		q, err := search.DecodeQuery(p.Search)
		if err != nil {
			return nil, err
		}
		a.search = &q
	}
	return s.unsealedView(p.View, s.historyTypes(c)...)
}

func (s *Service) history(c Call, a asked, page storage.HistoryPage) bundle.PastPage {
	at := s.Base + "/" + c.Path
	answer := bundle.PastPage{Total: page.Total, Links: bundle.Links{Self: withQuery(at, c.Query, c.view)}}
	if page.Next != nil {
		// Marshalling strings, numbers and times can't fail.
		before, _ := json.Marshal(page.Next)
		p := place{Type: a.Type, ID: a.ID, Since: a.Since, At: a.At, Count: a.Count, View: c.view.query(""), Before: before}
		if a.search != nil {
			p.Search = search.EncodeQuery(*a.search)
		}
		plain, _ := json.Marshal(p)
		answer.Links.Next = at + "?" + cursorParameter + "=" + s.seal(historyToken, plain)
	}
	for _, v := range page.Versions {
		v.Resource = s.show(c.view, v.Resource)
		answer.Past = append(answer.Past, s.past(v))
	}
	return answer
}

// past is one version, with the request that made it.
func (s *Service) past(v storage.Version) bundle.Past {
	past := bundle.Past{
		FullURL: s.Base + "/" + v.Key.String(), Method: v.Method, URL: v.Key.String(), Status: http.StatusOK,
		ETag: v.ETag(), LastModified: v.Updated, Resource: v.Resource,
	}
	switch {
	case v.Method == "POST":
		past.URL, past.Status = v.Key.Type, http.StatusCreated
	case v.Deleted:
		past.Status = http.StatusNoContent
	case v.Version == 1:
		past.Status = http.StatusCreated
	}
	return past
}

// withQuery is an address with the parameters that say what is shown, without
// those about its form.
func withQuery(at string, query url.Values, v *view) string {
	shown := url.Values{}
	for name, values := range query {
		if slices.Contains([]string{"_since", "_at", "_count", cursorParameter}, name) {
			shown[name] = values
		}
	}
	if _, sealed := shown[cursorParameter]; sealed {
		v = nil // it is in the token
	}
	if query := v.query(shown.Encode()); query != "" {
		return at + "?" + query
	}
	return at
}
