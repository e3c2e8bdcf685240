package interaction

import (
	"context"
	"net/http"
	"net/url"

	"tahto/fhir"
	"tahto/storage"
)

// found notes that a conditional create found its resource, in the version that
// a Provenance of the same transaction will tell about.
func (l *links) found(key fhir.Key, version uint64) {
	if l.there == nil {
		l.there = map[written]bool{}
	}
	l.there[written{key, version}] = true
}

// tellsOfFound is the first target of a Provenance that a conditional create of
// the same transaction found, as it is pinned; "" if it has none.
func (l *links) tellsOfFound(r *fhir.Resource) string {
	if len(l.there) == 0 || r.Type() != "Provenance" {
		return ""
	}
	for target := range r.Root().Each("target") {
		reference := target.Get("reference").Text()
		if key, version, local := readRelative(reference); local && l.there[written{key, version}] {
			return reference
		}
	}
	return ""
}

// maxTwins bounds how many Provenances of one version are looked through.
const maxTwins = 100

// twin finds the Provenance that was stored when the same pair was sent before:
// its Consent was found by the condition, and what it tells of that very version
// is the same, but for its id and what the server wrote into meta. Whoever does
// not know whether a transaction was done can so send it again.
//
// What was sent before made the first version. Of one that was changed since, it
// is not the same pair, whatever was told of the change.
func (t *turn) twin(ctx context.Context, w *write, settled *fhir.Resource) (storage.Version, bool, error) {
	target := t.links.tellsOfFound(settled)
	if _, version, _ := readRelative(target); version != 1 || w.cond.NoneLike != nil {
		return storage.Version{}, false, nil
	}
	q, err := t.links.service.narrow("Provenance", url.Values{"target": {target}}, "")
	if err != nil {
		return storage.Version{}, false, err
	}
	q.Count = maxTwins
	var heads []storage.Head
	for head, err := range t.tx.Heads(ctx, *q) {
		if err != nil {
			return storage.Version{}, false, err
		}
		heads = append(heads, head)
	}
	for _, head := range heads {
		v, same, err := t.tx.Standing(ctx, settled.WithID(head.Key.ID), storage.If{})
		if err != nil || same {
			return v, same, err
		}
	}
	return storage.Version{}, false, nil
}

// alreadyThere answers with a Provenance that was stored before. What names it by
// the fullUrl of the entry means that one.
func (s *Service) alreadyThere(t *turn, w *write, twin storage.Version) Response {
	if twin.Resource == nil {
		return Response{}
	}
	t.links.keys[w.entry] = twin.Key
	return s.written(w, twin, http.StatusOK)
}
