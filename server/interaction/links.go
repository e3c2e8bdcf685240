package interaction

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
	"tahto/storage"
)

// links makes references real while a resource is being stored
// (https://hl7.org/fhir/R4/http.html#trules): what only the Bundle knows
// (urn:uuid:…) and what is to be looked for (Consent?identifier=…) becomes the
// resource meant, this server's own URLs become relative, and a Provenance
// gets the version that it tells about. It belongs to one run of one
// transaction.
type links struct {
	service *Service
	tx      *storage.Tx
	// work is the transaction Bundle; nil outside one.
	work *bundle.Work
	// keys are the resources that the entries stand for after all, by entry.
	keys []fhir.Key
	// versions are those that the resources of the transaction will have when
	// it is done; of one that it deletes, the last with content.
	versions map[fhir.Key]uint64
	// there are the versions that conditional creates have found.
	there map[written]bool
	// looked remembers what conditional references have found.
	looked map[string]fhir.Key
}

// expect fails a conditional create that finds something else than it did
// before the transaction created anything: two entries want to be the same.
func (l *links) expect(w *write, found fhir.Key) error {
	if l.work == nil || found == l.keys[w.entry] {
		return nil
	}
	return issue.New(issue.Invalid, "http.If-None-Exist", "The condition matches a resource that another entry of the same transaction creates. Leave one of them out and refer to the other by its fullUrl.").Coded(issue.CodeDuplicate)
}

// settle gives the resource with its references made real. from is the fullUrl
// of the entry it came with.
func (l *links) settle(ctx context.Context, r *fhir.Resource, from string) (*fhir.Resource, error) {
	var fault error
	settled := r.MapReferences(func(reference string) string {
		to, err := l.follow(ctx, reference, from)
		if err != nil && fault == nil {
			fault = placed(r.ReferencePath(reference), err)
		}
		return to
	})
	if fault != nil {
		return nil, fault
	}
	if l.work != nil {
		settled = settled.MapLinks(func(urn string) string {
			if key, found := l.entry(urn, from); found {
				return key.String()
			}
			return urn
		})
	}
	if settled.Type() != "Provenance" {
		return settled, nil
	}
	return l.pinTargets(ctx, settled)
}

// placed gives an error's issues the place of the reference.
func placed(expression string, err error) error {
	return issue.Change(err, func(i *issue.Issue) { i.Expression = expression })
}

// follow gives what a reference means here; itself if it needs no work.
func (l *links) follow(ctx context.Context, reference, from string) (string, error) {
	if reference == "" || reference[0] == '#' {
		return reference, nil
	}
	if key, found := l.entry(reference, from); found {
		return key.String(), nil
	}
	reference = strings.TrimPrefix(reference, l.service.Base+"/")
	resourceType, query, conditional := bundle.Conditional(reference)
	switch {
	case bundle.IsLocalName(reference) && l.work != nil:
		return reference, issue.New(issue.Unprocessable, "", "A reference names a urn:uuid that is the fullUrl of no entry of this transaction.").Coded(issue.CodeNotFound)
	case bundle.IsLocalName(reference):
		return reference, issue.New(issue.Unprocessable, "", "A urn:uuid means something only within a transaction; give the reference of what is stored.").Coded(issue.CodeNotFound)
	case conditional && l.work != nil:
		return l.lookUp(ctx, reference, resourceType, query)
	case conditional:
		return reference, issue.New(issue.Unprocessable, "", "A conditional reference is followed only within a transaction; give the reference itself.").Coded(issue.CodeNotSupported)
	}
	return reference, nil
}

// entry is the resource that another entry of the transaction stands for, by
// the name that entry has in the Bundle.
func (l *links) entry(name, from string) (fhir.Key, bool) {
	if l.work == nil {
		return fhir.Key{}, false
	}
	step, found := l.work.Named(name, from)
	if !found || l.keys[step.Entry].Type == "" {
		return fhir.Key{}, false
	}
	return l.keys[step.Entry], true
}

// lookUp resolves a conditional reference: exactly one resource must match.
func (l *links) lookUp(ctx context.Context, reference, resourceType string, query url.Values) (string, error) {
	if key, found := l.looked[reference]; found {
		return key.String(), nil
	}
	if query == nil || !slices.Contains(l.service.types, resourceType) {
		return reference, issue.Newf(issue.Unprocessable, "", "A conditional reference can't be followed: it needs a search for a type that is kept here (%s). Refer to persons and organisations by identifier.", strings.Join(l.service.types, ", "))
	}
	q, err := l.service.narrow(resourceType, query, "")
	if err != nil {
		return reference, err
	}
	head, found, err := l.tx.MatchOne(ctx, *q)
	if err != nil {
		return reference, err
	}
	if !found {
		return reference, issue.Newf(issue.Unprocessable, "", "A conditional reference matches no %s.", resourceType).Coded(issue.CodeNotFound)
	}
	if l.looked == nil {
		l.looked = map[string]fhir.Key{}
	}
	l.looked[reference] = head.Key
	return head.Key.String(), nil
}

// pinTargets makes the targets of a Provenance specific to versions: what it
// tells about must not change under it
// (https://hl7.org/fhir/R4/provenance-definitions.html#Provenance.target).
func (l *links) pinTargets(ctx context.Context, r *fhir.Resource) (*fhir.Resource, error) {
	targets := r.Root().Get("target")
	if targets.Len() > maxTargets {
		return nil, issue.Newf(issue.Unprocessable, "Provenance.target", "A Provenance tells about %d things at the most; send more of them.", maxTargets).Coded(issue.CodeTooCostly)
	}
	pinned, changed := make([]string, targets.Len()), false
	for i, target := range targets.Items() {
		reference := target.Get("reference").Text()
		versioned, err := l.pin(ctx, reference)
		if err != nil {
			return nil, issue.Under("Provenance.target["+strconv.Itoa(i)+"].reference", err)
		}
		if versioned != reference {
			pinned[i], changed = versioned, true
		}
	}
	if !changed {
		return r, nil
	}
	return r.SetReferences("target", pinned), nil
}

// maxTargets bounds how long one Provenance can hold the writer: each target
// is looked up.
const maxTargets = 1000

// pin gives a target with its version. What is elsewhere, contained or named
// by identifier only stays as it is.
func (l *links) pin(ctx context.Context, reference string) (string, error) {
	if reference == "" || reference[0] == '#' || strings.Contains(reference, ":") {
		return reference, nil
	}
	key, version, local := readRelative(reference)
	if !local {
		return "", issue.New(issue.Unprocessable, "", "This is no reference; write it as Consent/1 or Consent/1/_history/2.").Coded(issue.CodeValue)
	}
	newest, err := l.version(ctx, key)
	switch {
	case err != nil:
		return "", err
	case newest == 0 || version > newest:
		return l.missing(reference)
	case version == 0:
		version = newest
	}
	return key.Version(version), nil
}

// missing is a target that is not there. A test harness may bring what tells
// about things that this server does not keep.
func (l *links) missing(reference string) (string, error) {
	if l.service.ForeignConsents == KeepForeign {
		return reference, nil
	}
	return "", issue.New(issue.Unprocessable, "", "The target is not here. Store it before its Provenance, or in the same transaction.").Coded(issue.CodeNotFound)
}

// version is the newest version of a resource that has content, as it will be
// when the transaction is done; 0 if there is none.
func (l *links) version(ctx context.Context, key fhir.Key) (uint64, error) {
	if version, ours := l.versions[key]; ours {
		return version, nil
	}
	if !slices.Contains(l.service.types, key.Type) {
		return 0, nil
	}
	head, there, err := l.tx.Head(ctx, key)
	if err != nil || !there {
		return 0, err
	}
	return lastWithContent(head), nil
}

// lastWithContent is the version before a deletion. A deletion always follows
// a version with content.
func lastWithContent(head storage.Head) uint64 {
	if head.Deleted {
		return head.Version - 1
	}
	return head.Version
}

// readRelative reads Type/id or Type/id/_history/version. version is 0 if
// there is none.
func readRelative(reference string) (key fhir.Key, version uint64, ok bool) {
	parts := strings.Split(reference, "/")
	if len(parts) == 4 && parts[2] == "_history" {
		number, err := strconv.ParseUint(parts[3], 10, 64)
		if err != nil || number == 0 {
			return fhir.Key{}, 0, false
		}
		version = number
	} else if len(parts) != 2 {
		return fhir.Key{}, 0, false
	}
	if parts[0] == "" || parts[0][0] < 'A' || parts[0][0] > 'Z' || !fhir.IsID(parts[1]) {
		return fhir.Key{}, 0, false
	}
	return fhir.Key{Type: parts[0], ID: parts[1]}, version, true
}
