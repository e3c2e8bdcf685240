package interaction

import (
	"context"

	"tahto/fhir"
	"tahto/storage"
)

// standing is the version that is there already with the very content that is to
// be stored: an identical update makes no version, is no change to be recorded,
// and is nothing to ask the law about. In a transaction it is known beforehand,
// since other entries refer to the version.
func (t *turn) standing(ctx context.Context, w *write, resource *fhir.Resource) (storage.Version, bool, error) {
	if t.links.work != nil && !t.stands[w.key] {
		return storage.Version{}, false, nil
	}
	return t.tx.Standing(ctx, resource, w.cond)
}

// spare finds the updates of a transaction that change nothing. Provenances come
// last: what they tell about are versions, which depend on that.
func (t *turn) spare(ctx context.Context, parts []part) error {
	for _, last := range []bool{false, true} {
		for i, p := range parts {
			key := t.links.keys[i]
			updates := p.step.Method == "PUT" || p.step.Method == "PATCH"
			if !updates || t.links.versions[key] == 1 || (key.Type == "Provenance") != last {
				continue
			}
			if err := t.compare(ctx, p.action.write, key); err != nil {
				return underEntry(i, err)
			}
		}
	}
	return nil
}

// compare notes a resource that the write would leave as it is. What can't be
// compared yet counts as a change: a search in a reference may be for what the
// transaction has still to make. Why it can't be stored is told when it is.
func (t *turn) compare(ctx context.Context, w *write, key fhir.Key) error {
	resource := w.resource
	if w.amend != nil {
		done, err := t.amended(ctx, w, key)
		if err != nil {
			return err
		}
		resource = done.resource
	}
	if hasConditional(resource) {
		return nil
	}
	settled, err := t.links.settle(ctx, resource.WithID(key.ID), w.from)
	if err != nil {
		return nil
	}
	v, same, err := t.tx.Standing(ctx, settled, storage.If{})
	if err != nil || !same {
		return err
	}
	if t.stands == nil {
		t.stands = map[fhir.Key]bool{}
	}
	t.stands[key], t.links.versions[key] = true, v.Version
	return nil
}
