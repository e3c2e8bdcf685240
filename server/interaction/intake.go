package interaction

import (
	"context"
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/mapping/intake"
	"tahto/storage"
)

// Intake says what is asked of a declaration that is sent in. The zero value
// asks everything.
type Intake uint8

// Strict holds declarations to R4, to their profiles and to the law on who may
// declare what. Archive is for declarations that were made long ago: they are
// taken as they are, as long as a decision can read them.
const (
	Strict Intake = iota
	Archive
)

// submission is a declaration that a transaction has written or deleted: the
// law is asked about it when everything of the transaction is there.
type submission struct {
	entry   int
	key     fhir.Key
	version uint64 // the one written; of a deletion, the last with content
	before  *consent.Statement
	after   *consent.Statement // nil if it was deleted
}

// earlier is what stood where a transaction writes. The zero value is nothing.
type earlier struct {
	live bool // it was not deleted
	// declaration that is replaced; nil if it was none. Of one that was deleted
	// it is the last version, in error: deleting annulled it.
	declaration *consent.Statement
	// provenance that is replaced or deleted; looked up in strict intake only.
	provenance *fhir.Resource
}

// wrote notes a version that the transaction has written, for [Service.judge].
func (t *turn) wrote(w *write, before earlier, v storage.Version) error {
	t.changed(v)
	service := t.links.service
	switch {
	case service.Intake != Strict:
	case v.Key.Type == "Provenance":
		t.accounts = append(t.accounts, account{w.entry, v.Resource, before.provenance})
	case v.Key.Type == "Consent" && mapping.IsDeclaration(v.Resource):
		after, err := service.submitted(v.Resource)
		if err != nil {
			return err // references that were made real can make it unreadable
		}
		t.submit(submission{w.entry, v.Key, v.Version, before.declaration, &after})
	}
	return nil
}

// removed notes what the transaction has deleted.
func (t *turn) removed(w *write, before earlier, v storage.Version) {
	t.changed(v)
	if before.provenance != nil {
		t.accounts = append(t.accounts, account{entry: w.entry, before: before.provenance})
	}
	if before.declaration != nil {
		t.submit(submission{w.entry, v.Key, v.Version - 1, before.declaration, nil})
	}
}

// judge holds what the transaction has done to the law. It gives what there is
// to say about each entry, or refuses everything: the error tells all that is
// wrong, with its place in the Bundle if there is one.
func (s *Service) judge(ctx context.Context, t *turn) (map[int][]issue.Issue, error) {
	if s.Intake != Strict || len(t.submissions)+len(t.accounts) == 0 {
		return nil, nil
	}
	if err := t.guard(ctx); err != nil {
		return nil, err
	}
	said := make(map[int][]issue.Issue, len(t.submissions))
	faults, told := s.misplaced(t), t.told()
	for i := range t.submissions {
		found, refused, err := s.judgeOne(ctx, t, told, &t.submissions[i])
		if err != nil {
			return nil, err
		}
		said[t.submissions[i].entry] = found
		if refused {
			faults = append(faults, found...)
		}
		if len(faults) > enoughFaults {
			break
		}
	}
	if err := issue.List(issue.Unprocessable, faults); err != nil {
		return nil, err
	}
	return said, nil
}

// guard keeps other transactions from changing what else the same persons have
// declared while the law is asked: each alone might be right, and both wrong.
func (t *turn) guard(ctx context.Context) error {
	for i := range t.submissions {
		if err := t.tx.Guard(ctx, declarationsOf(t.submissions[i].person())); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) judgeOne(ctx context.Context, t *turn, told map[written][]account, one *submission) ([]issue.Issue, bool, error) {
	accounts := told[written{one.key, one.version}]
	if len(accounts) > 1 {
		return []issue.Issue{t.inBundle(accounts[1].entry, ambiguous)}, true, nil
	}
	asked := intake.Submission{Before: one.before, After: one.after, Now: t.tx.Now()}
	provenance := one.entry
	if len(accounts) == 1 {
		recording, err := mapping.ReadRecording(accounts[0].resource)
		if found, err := issuesOf(err); err != nil || len(found) > 0 {
			for i := range found {
				found[i] = t.inBundle(accounts[0].entry, found[i])
			}
			return found, true, err
		}
		asked.Recording, provenance = &recording, accounts[0].entry
	}
	if one.after != nil && one.after.Status == consent.Active {
		// Only what comes into force has to come after something else.
		of, err := t.declared(ctx, one.person())
		if err != nil {
			return nil, false, err
		}
		asked.Others = of.without(one.key)
	}
	found := s.rules.Judge(asked)
	issues := make([]issue.Issue, len(found))
	for i := range found {
		entry := one.entry
		if strings.HasPrefix(found[i].Element, "Provenance") {
			entry = provenance
		}
		issues[i] = t.inBundle(entry, stated(&found[i], one))
	}
	return issues, intake.Refused(found), nil
}

// stated is a finding of the law as an issue.
func stated(f *intake.Finding, of *submission) issue.Issue {
	i := issue.Issue{Code: issue.CodeBusinessRule, Reason: f.Code, Expression: f.Element, Text: f.Text}
	switch f.Severity {
	case intake.Warn:
		i.Severity = issue.SeverityWarning
	case intake.Note:
		i.Severity, i.Code = issue.SeverityInformation, issue.CodeInformational
	default:
		i.Severity = issue.SeverityError
	}
	if of.after == nil && !strings.HasPrefix(f.Element, "Provenance") {
		i.Expression = "" // a deletion has no resource
	}
	return i
}

// inBundle gives an issue its place in the Bundle, if there is one.
func (t *turn) inBundle(entry int, i issue.Issue) issue.Issue {
	if t.links.work != nil {
		i.Expression = inEntry(entry, i.Expression)
	}
	return i
}

func (s *submission) person() consent.Identifier {
	if s.after != nil {
		return s.after.Person
	}
	return s.before.Person
}

// previous is what stands where the transaction is about to write.
func (t *turn) previous(ctx context.Context, key fhir.Key) (before earlier, err error) {
	if key.Type != "Consent" && t.links.service.Intake != Strict {
		return earlier{}, nil
	}
	head, there, err := t.tx.Head(ctx, key)
	if err != nil || !there || head.Deleted && key.Type != "Consent" {
		return earlier{}, err
	}
	before.live = !head.Deleted
	head.Version = lastWithContent(head)
	stored, err := t.tx.Load(ctx, head)
	switch {
	case err != nil:
	case key.Type == "Provenance":
		before.provenance = stored.Resource
	case key.Type == "Consent" && mapping.IsDeclaration(stored.Resource):
		var read consent.Statement
		read, err = readStored(stored)
		if !before.live {
			read.Status = consent.EnteredInError
		}
		before.declaration = &read
	}
	return before, err
}

// noted is a response with what there is to say about a declaration.
func noted(r Response, w *write, said []issue.Issue) Response {
	if len(said) == 0 {
		return r
	}
	r.outcome = fhir.OperationOutcome(slices.Concat(w.says, said))
	if w.prefer.outcome {
		r.Resource = r.outcome
		return r
	}
	for _, one := range said {
		if one.Severity == issue.SeverityWarning {
			r.Warnings = append(r.Warnings, one.Text)
		}
	}
	return r
}
