package interaction

import (
	"context"
	"fmt"
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

// account is a Provenance that a transaction has written or deleted, and where
// it stands.
type account struct {
	entry    int
	resource *fhir.Resource // of a deletion, what was deleted
	fresh    bool           // it was not there before
}

// wrote notes a version that the transaction has written, for [Service.judge].
// before is the declaration that it replaces, if any.
func (t *turn) wrote(w *write, before *consent.Statement, v storage.Version) error {
	t.changed(v)
	switch {
	case v.Key.Type == "Provenance":
		t.accounts = append(t.accounts, account{w.entry, v.Resource, v.Version == 1})
	case v.Key.Type == "Consent" && mapping.IsDeclaration(v.Resource):
		after, err := t.links.service.submitted(v.Resource)
		if err != nil {
			return err // references that were made real can make it unreadable
		}
		t.submissions = append(t.submissions, submission{w.entry, v.Key, v.Version, before, &after})
	}
	return nil
}

// removed notes a declaration that the transaction has deleted.
func (t *turn) removed(w *write, before *consent.Statement, v storage.Version) {
	t.changed(v)
	if before != nil {
		t.submissions = append(t.submissions, submission{w.entry, v.Key, v.Version - 1, before, nil})
	}
}

// judge holds what the transaction has done to the law. It gives what there is
// to say about each entry, or refuses everything: the error tells all that is
// wrong, with its place in the Bundle if there is one.
func (s *Service) judge(ctx context.Context, t *turn) (map[int][]issue.Issue, error) {
	if s.Intake != Strict || len(t.submissions)+len(t.accounts) == 0 {
		return nil, nil
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

func (s *Service) judgeOne(ctx context.Context, t *turn, told map[written][]account, one *submission) ([]issue.Issue, bool, error) {
	accounts := told[written{one.key, one.version}]
	if len(accounts) > 1 {
		return []issue.Issue{t.placed(accounts[1].entry, ambiguous)}, true, nil
	}
	asked := intake.Submission{Before: one.before, After: one.after, Now: t.tx.Now()}
	provenance := one.entry
	if len(accounts) == 1 {
		recording, err := mapping.ReadRecording(accounts[0].resource)
		if found, err := issuesOf(err); err != nil || len(found) > 0 {
			for i := range found {
				found[i] = t.placed(accounts[0].entry, found[i])
			}
			return found, true, err
		}
		asked.Recording, provenance = &recording, accounts[0].entry
	}
	if one.after != nil && one.after.Status == consent.Active {
		// Only what comes into force has to come after something else.
		var err error
		if asked.Others, err = t.others(ctx, one); err != nil {
			return nil, false, err
		}
	}
	found := s.rules.Judge(asked)
	issues := make([]issue.Issue, len(found))
	for i := range found {
		entry := one.entry
		if strings.HasPrefix(found[i].Element, "Provenance") {
			entry = provenance
		}
		issues[i] = t.placed(entry, stated(&found[i], one))
	}
	return issues, intake.Refused(found), nil
}

// ambiguous is what is wrong with a second Provenance.
var ambiguous = issue.Issue{
	Severity: issue.SeverityError, Code: issue.CodeBusinessRule, Reason: "provenance-ambiguous", Expression: "Provenance.target",
	Text: "Two Provenances of this transaction tell about the same version of a declaration, so that it is not known who recorded it. Send one for each declaration.",
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

// placed gives an issue its place in the Bundle, if there is one.
func (t *turn) placed(entry int, i issue.Issue) issue.Issue {
	if t.links.work != nil {
		i.Expression = inEntry(fmt.Sprintf("Bundle.entry[%d]", entry), i.Expression)
	}
	return i
}

// written is one version of a resource.
type written struct {
	key     fhir.Key
	version uint64
}

// told are the Provenances of the transaction by the versions they tell about.
func (t *turn) told() map[written][]account {
	all := map[written][]account{}
	for _, a := range t.accounts {
		for target := range a.resource.Root().Each("target") {
			key, version, local := readRelative(target.Get("reference").Text())
			of := written{key, version}
			if known := all[of]; local && (len(known) == 0 || known[len(known)-1].entry != a.entry) {
				all[of] = append(known, a)
			}
		}
	}
	return all
}

// others are the declarations of the same person as they stand when the
// transaction is done, without the one that is judged.
func (t *turn) others(ctx context.Context, of *submission) ([]consent.Statement, error) {
	person := of.person()
	all, known := t.persons[person]
	if !known {
		r := reading{person: person, leaveOut: t.submits}
		if err := r.all(ctx, t.tx, t.tx.Found(ctx, declarationsOf(person))); err != nil {
			return nil, err
		}
		all = r.declared
		if t.persons == nil {
			t.persons = map[consent.Identifier][]consent.Statement{}
		}
		t.persons[person] = all
	}
	all = slices.Clone(all)
	for i := range t.submissions {
		if other := &t.submissions[i]; other != of && other.after != nil && other.after.Person == person {
			all = append(all, *other.after)
		}
	}
	return all, nil
}

// submits tells whether the transaction brings a declaration of that key. It
// is known already, and may be one that must not be stored.
func (t *turn) submits(key fhir.Key) bool {
	return slices.ContainsFunc(t.submissions, func(s submission) bool { return s.key == key })
}

func (s *submission) person() consent.Identifier {
	if s.after != nil {
		return s.after.Person
	}
	return s.before.Person
}

// previous is the declaration that a write replaces; nil if there is none. Of
// one that was deleted it is the last version, in error: deleting annulled it.
func (t *turn) previous(ctx context.Context, key fhir.Key) (before *consent.Statement, live bool, err error) {
	if key.Type != "Consent" {
		return nil, false, nil
	}
	head, there, err := t.tx.Head(ctx, key)
	if err != nil || !there {
		return nil, false, err
	}
	live = !head.Deleted
	head.Version = lastWithContent(head)
	stored, err := t.tx.Load(ctx, head)
	if err != nil || !mapping.IsDeclaration(stored.Resource) {
		return nil, live, err
	}
	read, err := mapping.ReadStatement(stored.Resource)
	if err != nil {
		return nil, live, fmt.Errorf("stored declaration %s can't be read: %v", stored.Reference(), err)
	}
	if !live {
		read.Status = consent.EnteredInError
	}
	return &read, live, nil
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
