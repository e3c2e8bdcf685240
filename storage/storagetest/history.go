package storagetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tahto/storage/driver"
)

var history = []promise{
	{"NewestFirstOfInstanceTypeAndSystem", testHistoryOrder},
	{"OldestFirstIsTheSameReversed", testHistoryReversed},
	{"SinceIsIncluded", testSince},
	{"ATimeAloneIsAPlace", testTimeAlone},
	{"PagesJoinWithoutGapOrRepeat", testHistoryPages},
	{"PagesStayRightWhileOthersWrite", testHistoryPagesWhileWriting},
}

// pastDocuments are versions of several documents, many of the same time, the
// newest first.
func pastDocuments(f *fixture) []driver.Document {
	var all []driver.Document
	for round := range uint64(5) {
		at := f.tick()
		for _, resourceType := range []string{"Provenance", "Consent", "Account"} {
			for _, id := range []string{"b", "a", "B", "a1"} {
				d := f.document(id, round+1)
				d.Key.Type, d.Updated = resourceType, at
				if round == 3 {
					d.Deleted, d.Body, d.Method = true, nil, "DELETE"
				}
				all = append(all, d)
				f.append(d)
			}
		}
	}
	slices.SortFunc(all, func(x, y driver.Document) int { return -compareMarks(x.Mark(), y.Mark()) })
	return all
}

func compareMarks(x, y driver.Mark) int {
	text := func(m driver.Mark) string {
		return fmt.Sprintf("%020d\x00%s\x00%s\x00%020d", m.Updated.UnixMilli(), m.Key.Type, m.Key.ID, m.Version)
	}
	switch a, b := text(x), text(y); {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// pastExpected is what Versions must give of all versions, the newest first.
func pastExpected(h driver.History, all []driver.Document) []driver.Document {
	compare := func(x, y driver.Mark) int { return -compareMarks(x, y) }
	if h.OldestFirst {
		compare = compareMarks
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	var want []driver.Document
	for _, d := range all {
		switch {
		case h.Type != "" && h.Type != d.Key.Type, h.ID != "" && h.ID != d.Key.ID:
		case !h.Since.IsZero() && d.Updated.Before(h.Since):
		case h.After != nil && compare(d.Mark(), *h.After) <= 0:
		case h.Limit > 0 && len(want) == h.Limit:
		default:
			want = append(want, read(d))
		}
	}
	return want
}

// histories are questions of every kind.
func histories() []driver.History {
	return []driver.History{
		{}, {Type: "Consent"}, {Type: "Consent", ID: "a"}, {Type: "Consent", ID: "none"}, {Type: "None"}, {Limit: 7}, {Type: "Account", Limit: 1},
	}
}

func testHistoryOrder(t *testing.T, h Harness) {
	f := h.open(t)
	all := pastDocuments(f)
	f.view(func(r driver.Reader) {
		for _, q := range histories() {
			f.same(fmt.Sprintf("%+v", q), f.past(r, q), pastExpected(q, all))
		}
	})
}

// testHistoryReversed asks from the start, from the place of each version, and
// from places where there is none.
func testHistoryReversed(t *testing.T, h Harness) {
	f := h.open(t)
	all := pastDocuments(f)
	f.view(func(r driver.Reader) {
		for _, q := range histories() {
			q.OldestFirst = true
			f.same(fmt.Sprintf("%+v", q), f.past(r, q), pastExpected(q, all))
			for _, d := range all {
				at := d.Mark()
				elsewhere := at
				elsewhere.Key.ID += "0"
				for _, q.After = range []*driver.Mark{&at, &elsewhere} {
					f.same(fmt.Sprintf("%+v after %+v", q, *q.After), f.past(r, q), pastExpected(q, all))
				}
			}
			q.After, q.Since = nil, all[len(all)/2].Updated
			f.same(fmt.Sprintf("%+v", q), f.past(r, q), pastExpected(q, all))
		}
	})
}

func testSince(t *testing.T, h Harness) {
	f := h.open(t)
	all := pastDocuments(f)
	f.view(func(r driver.Reader) {
		for _, d := range all {
			for _, since := range []time.Time{d.Updated, d.Updated.Add(time.Microsecond), d.Updated.Add(-time.Microsecond), d.Updated.In(time.FixedZone("", 7200))} {
				q := driver.History{Type: "Consent", Since: since}
				f.same(since.String(), ids(f.past(r, q)), ids(pastExpected(q, all)))
			}
		}
	})
}

func testHistoryPages(t *testing.T, h Harness) {
	f := h.open(t)
	all := pastDocuments(f)
	f.view(func(r driver.Reader) {
		for _, q := range []driver.History{
			{Limit: 1}, {Limit: 7}, {Type: "Consent", Limit: 3}, {Type: "Consent", ID: "a1", Limit: 2},
			{OldestFirst: true, Limit: 1}, {OldestFirst: true, Limit: 7}, {OldestFirst: true, Type: "Consent", Limit: 3},
		} {
			want := pastExpected(driver.History{Type: q.Type, ID: q.ID, OldestFirst: q.OldestFirst}, all)
			var got []driver.Document
			for {
				page := f.past(r, q)
				got = append(got, page...)
				if len(page) < q.Limit {
					break
				}
				at := page[len(page)-1].Mark()
				q.After = &at
			}
			f.same(fmt.Sprintf("%+v", q), got, want)
		}
	})
}

func testHistoryPagesWhileWriting(t *testing.T, h Harness) {
	f := h.open(t)
	all := pastDocuments(f)
	q := driver.History{Limit: 4}
	var got []driver.Document
	for n := uint64(1); ; n++ {
		var page []driver.Document
		f.view(func(r driver.Reader) { page = f.past(r, q) })
		got = append(got, page...)
		if len(page) < q.Limit {
			break
		}
		at := page[len(page)-1].Mark()
		q.After = &at
		f.append(f.document("new", n))
	}
	f.same("pages", got, pastExpected(driver.History{}, all))
}

// testTimeAlone begins a history before a time: what was written at it or later
// is not there.
func testTimeAlone(t *testing.T, h Harness) {
	f := h.open(t)
	all := pastDocuments(f)
	times := map[time.Time]bool{all[0].Updated.Add(time.Millisecond): true, all[len(all)-1].Updated.Add(-time.Millisecond): true}
	for _, d := range all {
		times[d.Updated] = true
	}
	f.view(func(r driver.Reader) {
		for at := range times {
			for _, h := range histories() {
				h.After = &driver.Mark{Updated: at}
				f.same(h, f.past(r, h), pastExpected(h, all))
			}
		}
	})
}
