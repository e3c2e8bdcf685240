package storage

import (
	"context"
	"errors"
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage/driver"
)

// errFull says that what the matches bring along is too much for the page.
var errFull = errors.New("storage: the page is full")

func broughtTooMuch(match fhir.Key) error {
	return issue.Newf(issue.Unprocessable, "", "One %s brings more along than a page can hold. Leave _include and _revinclude out, and search for what refers to it by itself, in pages.", match.Type).
		Coded(issue.CodeTooCostly)
}

// inclusion collects what a page's matches are connected with.
type inclusion struct {
	tx   *Tx
	page *Page
	seen map[string]bool // version-specific references of what is on the page
	room int             // bytes that the page can still take
}

// all follows the references of the matches, and those to them, and then of what
// was included for as long as there is more to follow.
func (in *inclusion) all(ctx context.Context, q search.Query) error {
	for _, match := range in.page.Matches {
		in.seen[match.Reference()] = true
	}
	from, include, revInclude := in.page.Matches, q.Include, q.RevInclude
	for round := 0; len(from) > 0; round++ {
		if round == maxRounds {
			return leadsTooFar()
		}
		before := len(in.page.Included)
		if err := in.around(ctx, from, include, revInclude); err != nil {
			return err
		}
		from = in.page.Included[before:]
		include, revInclude = iterated(q.Include), iterated(q.RevInclude)
	}
	return nil
}

// maxRounds is how often what was included is followed further.
const maxRounds = 32

func leadsTooFar() error {
	return issue.Newf(issue.Unprocessable, "", "The references lead on and on, over more than %d resources. Leave :iterate out, and search for what comes later by itself.", maxRounds).
		Coded(issue.CodeTooCostly)
}

// iterated are those that follow what was included.
func iterated(includes []search.Include) []search.Include {
	return slices.DeleteFunc(slices.Clone(includes), func(i search.Include) bool { return !i.Iterate })
}

// around adds what is one reference away.
func (in *inclusion) around(ctx context.Context, from []Version, include, revInclude []search.Include) error {
	for _, one := range from {
		if err := in.forward(ctx, include, one); err != nil {
			return err
		}
	}
	for _, include := range revInclude {
		if err := in.backward(ctx, include, from); err != nil {
			return err
		}
	}
	return nil
}

// add puts a document on the page unless it is there; errFull if it does not fit.
func (in *inclusion) add(d driver.Document) error {
	v := version(d)
	if v.Deleted || driver.IsPrivate(v.Key.Type) || in.seen[v.Reference()] {
		return nil
	}
	if in.room -= len(d.Body); in.room < 0 {
		return errFull
	}
	in.seen[v.Reference()] = true
	in.page.Included = append(in.page.Included, v)
	return nil
}

// forward follows the references of one match (_include).
func (in *inclusion) forward(ctx context.Context, includes []search.Include, match Version) error {
	if len(includes) == 0 {
		return nil
	}
	for _, entry := range in.tx.store.registry.Entries(match.Resource) {
		for _, include := range includes {
			if !follows(include, match.Key.Type, entry) {
				continue
			}
			if err := in.follow(ctx, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// follows tells whether the include asks for the reference: one to a resource
// of this server, of the right type. Elsewhere's resources are not ours to give.
func follows(include search.Include, source string, entry search.Entry) bool {
	return include.Source == source && include.Param == entry.Param &&
		entry.System != "" && entry.Value != "" &&
		(include.Target == "" || include.Target == entry.System)
}

// follow adds what the reference points at: the version it is specific to, or
// the current one. A reference to what is not there is no error.
func (in *inclusion) follow(ctx context.Context, entry search.Entry) error {
	key := fhir.Key{Type: entry.System, ID: entry.Value}
	var d driver.Document
	var err error
	if entry.Version == "" {
		d, err = in.tx.reader.Get(ctx, key)
	} else if number, ok := parseVersion(entry.Version); ok {
		d, err = in.tx.reader.GetVersion(ctx, key, number)
	} else {
		return nil
	}
	if errors.Is(err, driver.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fault(err)
	}
	return in.add(d)
}

// backward adds what refers to these (_revinclude), to the resource or to any
// version of it.
func (in *inclusion) backward(ctx context.Context, include search.Include, from []Version) error {
	to := search.Clause{Param: include.Param, Op: search.Reference}
	for _, one := range from {
		if include.Target == "" || include.Target == one.Key.Type {
			to.Values = append(to.Values, search.Value{System: one.Key.Type, Value: one.Key.ID})
		}
	}
	if len(to.Values) == 0 || driver.IsPrivate(include.Source) {
		return nil
	}
	q := search.Query{Type: include.Source, Clauses: []search.Clause{to}}
	for d, err := range in.tx.reader.Find(ctx, q, driver.Whole) {
		if err != nil {
			return fault(err)
		}
		if err := in.add(d); err != nil {
			return err
		}
	}
	return nil
}
