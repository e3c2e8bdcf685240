package interaction

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
	"tahto/fhir/search"
	"tahto/storage"
)

// definitions are the conformance resources that the server serves: what it
// holds declarations to, and the codes it speaks with. They come with the
// program, so that they are read and searched without storage and never change
// while it runs.
type definitions struct {
	registry *search.Registry
	types    []string
	all      []definition // in the order of their types and ids
	byKey    map[fhir.Key]storage.Version
}

type definition struct {
	version storage.Version
	entries []search.Entry
}

// newDefinitions stamps the resources with the time of the release as their
// version, so that a client that has those of another release does not take them
// for these. It fails if one
// is of a type that isn't served, or has no id, or the id of another.
func newDefinitions(registry *search.Registry, resources []*fhir.Resource, released time.Time) (*definitions, error) {
	d := &definitions{registry: registry, byKey: make(map[fhir.Key]storage.Version, len(resources))}
	for _, r := range resources {
		key := r.Key()
		if _, taken := d.byKey[key]; taken || len(registry.Parameters(key.Type)) == 0 || !fhir.IsID(key.ID) {
			return nil, fmt.Errorf("interaction: the definition %s can't be served: its type is unknown, or its id is none or another's", key)
		}
		version := uint64(max(1, released.Unix()))
		r = r.Stamp(key.ID, version, released)
		d.byKey[key] = storage.Version{Key: key, Version: version, Updated: released, Method: http.MethodPut, Resource: r}
		d.all = append(d.all, definition{version: d.byKey[key], entries: registry.Entries(r)})
	}
	slices.SortFunc(d.all, func(a, b definition) int { return strings.Compare(a.version.Key.String(), b.version.Key.String()) })
	for _, one := range d.all {
		d.types = append(d.types, one.version.Key.Type)
	}
	d.types = slices.Compact(d.types)
	return d, nil
}

func (d *definitions) read(key fhir.Key) (storage.Version, error) {
	if found, there := d.byKey[key]; there {
		return found, nil
	}
	return storage.Version{}, issue.Newf(issue.NotFound, "", "There is no %s with this id; a search for its url tells whether it is served.", key.Type)
}

// search gives the page that the query asks for, in its order.
func (d *definitions) search(q search.Query) storage.Page {
	var page storage.Page
	found := d.matches(q)
	if total := len(found); q.Total != search.TotalNone {
		page.Total = &total
	}
	place := func(one *definition) search.Position {
		return search.Position{Keys: q.SortKeys(one.entries), ID: one.version.Key.ID}
	}
	slices.SortFunc(found, func(a, b *definition) int { return q.Compare(place(a), place(b)) })
	for i, one := range found {
		switch {
		case q.After != nil && q.Compare(place(one), *q.After) <= 0:
		case len(page.Matches) < q.Count:
			page.Matches = append(page.Matches, one.version)
		case q.Count > 0:
			last := place(found[i-1])
			page.Next = &last
			return page
		}
	}
	return page
}

// matches are what the query looks for.
func (d *definitions) matches(q search.Query) []*definition {
	var found []*definition
	for i := range d.all {
		if one := &d.all[i]; one.version.Key.Type == q.Type && q.Match(one.entries) {
			found = append(found, one)
		}
	}
	return found
}

// prepareReadDefinition is GET StructureDefinition/[id] and its fellows.
func prepareReadDefinition(s *Service, c Call) (Action, error) {
	return s.reading(c, lookup{
		within: func(context.Context, *storage.Tx) (storage.Version, error) { return s.definitions.read(c.key()) },
		alone:  func(context.Context) (storage.Version, error) { return s.definitions.read(c.key()) },
	})
}

// prepareSearchDefinitions is the search for definitions, by url for the most
// part.
func prepareSearchDefinitions(s *Service, c Call) (Action, error) {
	if err := isForm(c); err != nil {
		return Action{}, err
	}
	q, err := s.query(s.definitions.registry, c)
	if err != nil {
		return Action{}, err
	}
	return Action{Part: func(context.Context, *turn) (Response, error) {
		return Response{Status: http.StatusOK, Resource: bundle.SearchSet(s.page(q, s.definitions.search(q.Query)))}, nil
	}}, nil
}
