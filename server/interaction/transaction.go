package interaction

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
)

// part is one entry of a transaction, ready.
type part struct {
	step   bundle.Step
	action Action
}

// enoughFaults is how many a client is told at once: a hostile Bundle is not
// worth an answer larger than itself.
const enoughFaults = 1000

// prepareTransaction makes one action of many.
func (s *Service) prepareTransaction(c Call, work *bundle.Work, of ticket) (Action, error) {
	if of.name != "" {
		return Action{Whole: func(ctx context.Context) (Response, error) { return s.submit(ctx, c, work, of) }}, nil
	}
	parts, err := s.parts(c, work)
	if err != nil {
		return Action{}, err
	}
	return s.transaction(c, work, parts, of), nil
}

// parts makes every entry ready before anything is locked: each by the same
// table as a request of its own, all faults told at once.
func (s *Service) parts(c Call, work *bundle.Work) ([]part, error) {
	parts := make([]part, len(work.Steps))
	var faults []issue.Issue
	var kind issue.Kind
	for i, step := range work.Steps {
		call := inside(c, step)
		call.planned = &planned{work: work, step: step}
		action, err := s.preparePart(call)
		if err != nil {
			e, ours := errors.AsType[*issue.Error](underEntry(i, err))
			if !ours {
				return nil, err
			}
			if len(faults) == 0 {
				kind = e.Kind
			}
			if faults = append(faults, e.Issues...); len(faults) > enoughFaults {
				break
			}
		}
		parts[i] = part{step, action}
	}
	return parts, issue.List(kind, faults)
}

// preparePart is prepare of an entry. A method that an address does not take is
// the Bundle's fault, and not that of the method it was sent with.
func (s *Service) preparePart(c Call) (Action, error) {
	action, _, err := s.prepare(c)
	if issue.KindOf(err) == issue.NotAllowed && err != nil {
		return Action{}, issue.New(issue.Invalid, "http", "This address does not take this method.").Coded(issue.CodeNotSupported)
	}
	if err == nil && action.Part == nil {
		err = issue.New(issue.Unprocessable, "http", "This can't be part of a transaction; send it in a batch or alone.").Coded(issue.CodeNotSupported)
	}
	return action, err
}

func (s *Service) transaction(c Call, work *bundle.Work, parts []part, of ticket) Action {
	run := func(ctx context.Context, t *turn) (Response, error) { return s.runAll(ctx, t, work, parts) }
	for _, p := range parts {
		if p.action.Writes {
			all := run
			run = func(ctx context.Context, t *turn) (Response, error) { return of.once(ctx, t, all) }
			return Action{Whole: func(ctx context.Context) (Response, error) { return s.update(ctx, c.RequestID, run) }}
		}
	}
	return Action{Part: run}
}

// runAll carries a transaction out: deletions, then, when it is known what
// each entry stands for, what creates, updates and reads. The first failure
// undoes all. It may run again after a conflict, so it changes nothing but the
// turn.
func (s *Service) runAll(ctx context.Context, t *turn, work *bundle.Work, parts []part) (Response, error) {
	responses := make([]Response, len(parts))
	order := work.Order()
	deletions := 0
	for deletions < len(order) && parts[order[deletions]].step.Method == "DELETE" {
		deletions++
	}
	if err := s.runSome(ctx, t, parts, order[:deletions], responses); err != nil {
		return Response{}, err
	}
	if err := t.identify(ctx, work, parts); err != nil {
		return Response{}, err
	}
	if err := s.runSome(ctx, t, parts, lookingLast(parts, order[deletions:]), responses); err != nil {
		return Response{}, err
	}
	said, err := s.judge(ctx, t)
	if err != nil {
		return Response{}, err
	}
	answers := make([]bundle.Answer, len(parts))
	for i, response := range responses {
		if w := parts[i].action.write; w != nil {
			response = noted(response, w, said[w.entry])
		}
		answers[i] = s.answer(response)
	}
	return Response{Status: http.StatusOK, Resource: bundle.Response(true, answers)}, nil
}

// lookingLast moves what has conditional references behind what else is
// written: those are resolved when the rest is done
// (https://hl7.org/fhir/R4/http.html#trules), so that they find what the same
// transaction writes, in whatever order it stands in the Bundle.
func lookingLast(parts []part, order []int) []int {
	rank := func(i int) int {
		switch {
		case parts[i].action.write == nil:
			return 2
		case parts[i].action.write.looks:
			return 1
		}
		return 0
	}
	order = slices.Clone(order)
	slices.SortStableFunc(order, func(a, b int) int { return rank(a) - rank(b) })
	return order
}

func (s *Service) runSome(ctx context.Context, t *turn, parts []part, order []int, responses []Response) error {
	for _, i := range order {
		response, err := parts[i].action.Part(ctx, t)
		if err != nil {
			return underEntry(i, err)
		}
		responses[i] = response
	}
	return nil
}

// identify finds out which resource each entry stands for, and which version
// each will have in the end, so that references can be made real whatever
// order things are written in.
func (t *turn) identify(ctx context.Context, work *bundle.Work, parts []part) error {
	t.links.work = work
	t.links.keys = make([]fhir.Key, len(parts))
	t.links.versions = make(map[fhir.Key]uint64, len(parts))
	once := onlyOnce{}
	for i, p := range parts {
		if p.action.write == nil {
			continue
		}
		key, version, err := t.foresee(ctx, p)
		if err == nil {
			err = once.add(key, p.action.write.like != nil)
		}
		if err != nil {
			return underEntry(i, err)
		}
		if p.action.write.cond.NoneLike != nil && key != p.action.write.key {
			t.links.found(key, version)
		}
		t.links.keys[i] = key
		t.links.versions[key] = max(version, t.links.versions[key])
	}
	return t.spare(ctx, parts)
}

// foresee tells what an entry that writes stands for: what its conditional
// create finds, or what it will write. Deletions are done by now.
func (t *turn) foresee(ctx context.Context, p part) (fhir.Key, uint64, error) {
	w := p.action.write
	if w.cond.NoneLike != nil {
		head, found, err := t.tx.MatchOne(ctx, *w.cond.NoneLike)
		if err != nil || found {
			return head.Key, head.Version, err
		}
	}
	if p.step.Method == "POST" {
		return w.key, 1, nil // its id was made for it
	}
	key := w.key
	if w.like != nil {
		var err error
		if key, err = t.target(ctx, w); err != nil || key.ID == "" {
			return fhir.Key{}, 0, err
		}
	}
	head, there, err := t.tx.Head(ctx, key)
	switch {
	case err != nil:
		return fhir.Key{}, 0, err
	case p.step.Method == "DELETE" && there:
		return key, lastWithContent(head), nil
	case p.step.Method == "DELETE":
		return key, 0, nil
	}
	return key, head.Version + 1, nil
}

// onlyOnce are the resources that a transaction writes, each with whether a
// search found it: those with an id were compared when the Bundle was read.
type onlyOnce map[fhir.Key]bool

func (o onlyOnce) add(key fhir.Key, found bool) error {
	if before, twice := o[key]; twice && (before || found) {
		return issue.New(issue.Invalid, "http", "Another entry writes the resource that the search finds; in a transaction a resource is written once.").Coded(issue.CodeDuplicate)
	}
	if key.ID != "" {
		o[key] = found
	}
	return nil
}
