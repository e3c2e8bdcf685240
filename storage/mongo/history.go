package mongo

import (
	"context"
	"iter"
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/driver"
)

// Versions reads one of the three indexes of histories, each of which has the
// order of what is asked for. A version may be there twice, as the newest and as
// a copy whose replacement never came: it is given once.
func (r *reader) Versions(ctx context.Context, h driver.History) iter.Seq2[driver.Document, error] {
	return func(yield func(driver.Document, error) bool) {
		p := past{reader: r, history: h, yield: yield}
		for again := true; again; {
			again = p.page(ctx)
		}
	}
}

// past is a history that is being given.
type past struct {
	*reader
	history driver.History
	yield   func(driver.Document, error) bool
	given   int
}

// page gives what is left, or as much of it as the limit lets be read at once,
// and tells whether there may be more: what was there twice took two places.
func (p *past) page(ctx context.Context) (again bool) {
	for _, ph := range pastPhases(p.history) {
		o := options.Find().SetSort(ph.order).SetHint(ph.hint).SetProjection(withoutIndex)
		if p.history.Limit > 0 {
			o.SetLimit(int64(p.history.Limit - p.given))
		}
		for stored, err := range p.stream(ctx, ph.filter, o) {
			d := stored.document()
			if at := d.Mark(); err == nil && p.history.After != nil && at == *p.history.After {
				again = p.history.Limit > 0
				continue
			}
			if !p.give(d, err) {
				return false
			}
		}
	}
	return again
}

func (p *past) give(d driver.Document, err error) (more bool) {
	p.given++
	at := d.Mark()
	p.history.After = &at
	return p.yield(d, err) && err == nil && p.given != p.history.Limit
}

// pastPhases are the versions at the time of the mark, after its place, and
// those of other times: two ranges of the index, one after the other.
func pastPhases(h driver.History) []phase {
	p := pastOrder(h)
	later, least := "$lt", "$gte"
	if h.OldestFirst {
		later = "$gt"
	}
	since := bson.E{Key: least, Value: millis(h.Since)}
	if h.Since.IsZero() {
		since.Value = bson.DateTime(math.MinInt64) // what has a time at all
	}
	if h.After == nil {
		p.filter = append(p.filter, bson.E{Key: fieldUpdated, Value: bson.D{since}})
		return []phase{p}
	}
	at := bson.NewDateTimeFromTime(h.After.Updated)
	same, others := p, p
	same.filter = append(append(bson.D{}, p.filter...), bson.E{Key: fieldUpdated, Value: bson.D{{Key: "$eq", Value: at}, since}},
		bson.E{Key: "$or", Value: beyond(h.After, later)})
	others.filter = append(append(bson.D{}, p.filter...), bson.E{Key: fieldUpdated, Value: bson.D{{Key: later, Value: at}, since}})
	return []phase{same, others}
}

// beyond is the condition that a version of the mark's time comes after it.
func beyond(m *driver.Mark, later string) bson.A {
	return bson.A{
		compare(fieldType, later, m.Key.Type),
		bson.D{{Key: fieldType, Value: m.Key.Type}, {Key: fieldKey, Value: bson.D{{Key: later, Value: m.Key.ID}}}},
		bson.D{
			{Key: fieldType, Value: m.Key.Type}, {Key: fieldKey, Value: m.Key.ID},
			{Key: fieldVersion, Value: bson.D{{Key: later, Value: number(m.Version)}}},
		},
	}
}

// pastOrder is the index of the history, its order, and what it is of.
func pastOrder(h driver.History) phase {
	order := func(fields ...string) bson.D {
		keys := newestFirst(fields...)
		for i := range keys {
			if h.OldestFirst {
				keys[i].Value = 1
			}
		}
		return keys
	}
	switch {
	case h.ID != "":
		return phase{
			bson.D{{Key: fieldType, Value: h.Type}, {Key: fieldKey, Value: h.ID}},
			order(fieldUpdated, fieldVersion), indexInstanceHistory,
		}
	case h.Type != "":
		return phase{equal(fieldType, h.Type), order(fieldUpdated, fieldKey, fieldVersion), indexTypeHistory}
	}
	return phase{bson.D{}, order(fieldUpdated, fieldType, fieldKey, fieldVersion), indexHistory}
}
