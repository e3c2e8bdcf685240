package interaction

import (
	"context"
	"encoding/base64"
	"errors"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/patch"
	"tahto/storage"
)

// amendment is what a PATCH makes of the current version of its resource: what
// is to be stored, and what there is to say about it.
type amendment func(current *fhir.Resource, spent *patch.Spent) (*fhir.Resource, []issue.Issue, error)

// patched is what an amendment has made in a transaction.
type patched struct {
	resource *fhir.Resource
	says     []issue.Issue
}

// preparePatch is PATCH [type]/[id] (https://hl7.org/fhir/R4/http.html#patch).
// The result is held to all that an update is held to, If-Match included. What
// is not there is 404: a patch makes nothing.
func preparePatch(s *Service, c Call) (Action, error) {
	w, err := s.newPatch(c)
	if err != nil {
		return Action{}, err
	}
	w.key = c.key()
	return Action{Writes: true, write: w, Part: func(ctx context.Context, t *turn) (Response, error) {
		return s.amend(ctx, t, w, w.key)
	}}, nil
}

// preparePatchLike is PATCH [type]?[search], the conditional patch
// (https://hl7.org/fhir/R4/http.html#patch): the one resource that the search
// finds is patched. None is 404, several are 412.
func preparePatchLike(s *Service, c Call) (Action, error) {
	q, c, err := s.like(c)
	if err != nil {
		return Action{}, err
	}
	w, err := s.newPatch(c)
	if err != nil {
		return Action{}, err
	}
	w.like, w.key = q, fhir.Key{Type: c.Type}
	return Action{Writes: true, write: w, Part: func(ctx context.Context, t *turn) (Response, error) {
		key, err := t.target(ctx, w)
		if err != nil {
			return Response{}, err
		}
		return s.amend(ctx, t, w, key)
	}}, nil
}

// newPatch checks a patch as far as that goes without the resource.
func (s *Service) newPatch(c Call) (*write, error) {
	c, err := s.onlyViewed(c)
	if err != nil {
		return nil, err
	}
	edit, err := s.edit(c)
	if err != nil {
		return nil, err
	}
	cond, err := preconditions(c)
	if err != nil {
		return nil, err
	}
	w := &write{cond: cond, prefer: c.prefer, inside: c.inside, view: c.view, looks: true}
	if c.planned != nil {
		w.entry, w.from = c.planned.step.Entry, c.planned.step.FullURL
	}
	w.amend = func(current *fhir.Resource, spent *patch.Spent) (*fhir.Resource, []issue.Issue, error) {
		edited, err := edit(current, spent)
		if err != nil {
			return nil, nil, err
		}
		c := c
		c.Body = edited
		return s.admitPatched(c)
	}
	return w, nil
}

// admitPatched holds the result of a patch to what is held of a resource that is
// sent. Whatever is wrong with it is wrong with this patch of this resource, and
// not with the form of what was sent.
func (s *Service) admitPatched(c Call) (*fhir.Resource, []issue.Issue, error) {
	resource, says, err := c.Body, []issue.Issue(nil), c.Body.CheckForm()
	if err == nil {
		resource, says, err = s.admit(c)
	}
	if err == nil {
		return resource, says, nil
	}
	err = issue.Change(err, func(i *issue.Issue) {
		if i.Text = "After the patch: " + i.Text; c.inside {
			i.Expression = "" // it is not in the Bundle
		}
	})
	if told, ours := errors.AsType[*issue.Error](err); ours {
		told.Kind = issue.Unprocessable
	}
	return nil, nil, err
}

// amend stores what the patch makes of a resource, and answers.
func (s *Service) amend(ctx context.Context, t *turn, w *write, key fhir.Key) (Response, error) {
	done, err := t.amended(ctx, w, key)
	if err != nil {
		return Response{}, err
	}
	found := *w
	found.key, found.resource, found.says = key, done.resource, done.says
	return s.replace(ctx, t, &found)
}

// amended is what a patch makes of the resource as it stands. It is done once in
// a transaction, which may have to know it before its turn.
func (t *turn) amended(ctx context.Context, w *write, key fhir.Key) (patched, error) {
	if done, known := t.patches[key]; known {
		return done, nil
	}
	if key.ID == "" {
		return patched{}, issue.Newf(issue.NotFound, "", "The search finds no %s, so there is nothing to patch.", w.key.Type)
	}
	current, err := t.tx.ReadIf(ctx, key, w.cond)
	if err != nil {
		return patched{}, err
	}
	if t.patchedBytes += budget(len(current.Resource.JSON())); t.patchedBytes > answerBytes && t.links.work != nil {
		return patched{}, issue.Newf(issue.Unprocessable, "", "The resources that this Bundle patches hold more than %d MiB together. Send fewer patches at a time.", answerBytes>>20).
			Coded(issue.CodeTooCostly)
	}
	var done patched
	if done.resource, done.says, err = w.amend(current.Resource, &t.patching); err != nil {
		return patched{}, err
	}
	if t.links.work != nil {
		for i := range done.says {
			done.says[i].Expression = inEntry(w.entry, "")
		}
	}
	if t.patches == nil {
		t.patches = map[fhir.Key]patched{}
	}
	t.patches[key] = done
	return done, nil
}

// edit reads what was sent: a FHIRPath Patch as Parameters, or another as it is.
// In a Bundle that other stands in a Binary, since an entry holds a resource.
func (s *Service) edit(c Call) (func(*fhir.Resource, *patch.Spent) (*fhir.Resource, error), error) {
	sent, binary := c.Patch, false
	if c.inside && c.Body != nil && c.Body.Type() == "Binary" {
		var err error
		if sent, err = unpacked(c.Body); err != nil {
			return nil, err
		}
		binary = true
	}
	switch {
	case sent.Document != nil:
		return func(r *fhir.Resource, spent *patch.Spent) (*fhir.Resource, error) {
			edited, err := s.apply(sent, r, spent)
			return edited, inBinary(binary, err)
		}, nil
	case c.Body == nil:
		return nil, issue.New(issue.Invalid, "", "Send the patch as the body: a JSON Patch, an XML Patch, or a FHIRPath Patch as Parameters.").Coded(issue.CodeRequired)
	case c.Body.Type() != "Parameters":
		return nil, issue.New(issue.Invalid, "resourceType", "A FHIRPath Patch is a Parameters resource. To replace the whole resource send it with PUT.").Coded(issue.CodeStructure)
	}
	return func(r *fhir.Resource, spent *patch.Spent) (*fhir.Resource, error) {
		return spent.FHIRPath(r, c.Body, s.Types)
	}, nil
}

func (s *Service) apply(sent Patch, r *fhir.Resource, spent *patch.Spent) (*fhir.Resource, error) {
	if sent.Media == MediaXMLPatch {
		return spent.XML(r, sent.Document, s.Types)
	}
	return spent.JSON(r, sent.Document)
}

// unpacked is the patch in a Binary
// (https://hl7.org/fhir/R4/http.html#patch: "the content type of the Binary").
func unpacked(binary *fhir.Resource) (Patch, error) {
	media := binary.Root().Get("contentType").Text()
	if media != MediaJSONPatch && media != MediaXMLPatch {
		return Patch{}, issue.New(issue.Unprocessable, "Binary.contentType", "A patch in a Binary is a JSON Patch or an XML Patch, with the contentType "+MediaJSONPatch+" or "+MediaXMLPatch+".").Coded(issue.CodeNotSupported)
	}
	document, err := base64.StdEncoding.DecodeString(binary.Root().Get("data").Text())
	if err != nil || len(document) == 0 {
		return Patch{}, issue.New(issue.Invalid, "Binary.data", "The data of a Binary is the patch in base64.").Coded(issue.CodeValue)
	}
	return Patch{media, document}, nil
}

// inBinary is the place of a fault in a patch that nobody can see into.
func inBinary(binary bool, err error) error {
	if !binary {
		return err
	}
	return issue.Change(err, func(i *issue.Issue) {
		if i.Expression != "" {
			i.Text = i.Expression + " of the patch: " + i.Text
		}
		i.Expression = "Binary.data"
	})
}

// store keeps a resource as the next version, by the interaction that made it.
func (w *write) store(ctx context.Context, t *turn, resource *fhir.Resource) (v storage.Version, created bool, err error) {
	if w.amend != nil {
		v, err = t.tx.Patch(ctx, resource, w.cond)
		return v, false, err
	}
	return t.tx.Put(ctx, resource, w.cond)
}
