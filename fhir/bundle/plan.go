// Package bundle plans Bundles that ask for work, and builds those that answer.
// It touches nothing: no storage, no clock.
//
// # In
//
// [Plan] understands a Bundle of type batch or transaction
// (https://hl7.org/fhir/R4/http.html#transaction): every entry becomes a
// [Step], every fault is found in one pass and told with its place
// (Bundle.entry[3].request.url). The faults of a batch stay with their entries,
// since the others go on; those of a transaction are one error.
//
// The package knows methods and addresses, not which of them a server offers:
// that is the route table of package interaction.
//
// # Out
//
// [SearchSet], [History] and [Response] write the Bundles of those kinds
// (https://hl7.org/fhir/R4/bundle.html), straight to JSON.
//
// # Concurrency
//
// All values are plain; a [Work] is read-only once planned.
package bundle

import (
	"net/url"

	"tahto/fhir"
	"tahto/fhir/issue"
)

// MaxEntries is how many entries a Bundle may have. Two thousand
// Consent-and-Provenance pairs fit.
const MaxEntries = 4000

// Work is what a Bundle asks for.
type Work struct {
	// Transaction tells that all must be done or nothing; otherwise it is a
	// batch, whose entries have nothing to do with each other.
	Transaction bool
	// Steps are in the order of the entries: Steps[i] is Bundle.entry[i].
	Steps []Step

	named map[string]int // a fullUrl's entry
}

// Step is one entry of a Bundle as an interaction.
type Step struct {
	// Entry is the position in the Bundle, from 0.
	Entry int
	// FullURL is what other entries call the resource by; "" if nothing.
	FullURL string
	// Method is GET, HEAD, POST, PUT or DELETE.
	Method string
	// Path is the address relative to the base, without a leading slash, and
	// Query the parameters after it.
	Path  string
	Query url.Values
	// Resource is what was sent; nil if nothing.
	Resource *fhir.Resource
	// Key is the resource that the step will write: the one in the path of a
	// PUT or DELETE, or a new id for a POST or a conditional PUT of a
	// transaction. A condition that finds a match replaces it. The zero Key: nothing is written,
	// or it is not known.
	Key fhir.Key
	// IfMatch, IfNoneMatch, IfNoneExist and IfModifiedSince are the entry's
	// preconditions, as the headers of those names.
	IfMatch, IfNoneMatch, IfNoneExist, IfModifiedSince string
	// Fault is what is wrong with an entry of a batch; nil if nothing. A
	// transaction has no faulty steps: it is refused whole.
	Fault error
}

// Plan understands a batch or a transaction. newID gives the ids of resources
// that a transaction creates. An error is an [issue.Error] that lists
// everything that is wrong; of a batch only what is wrong with the Bundle
// itself.
func Plan(b *fhir.Resource, newID func() string) (*Work, error) {
	root := b.Root()
	transaction, err := kindOf(root)
	if err != nil {
		return nil, err
	}
	entries := root.Get("entry")
	if entries.Exists() && entries.Kind() != fhir.Array {
		return nil, issue.New(issue.Invalid, "Bundle.entry", "Bundle.entry is an array in JSON, also when it has one item.").Coded(issue.CodeStructure)
	}
	if entries.Len() > MaxEntries {
		return nil, issue.Newf(issue.TooLarge, "Bundle.entry", "The Bundle has %d entries; at most %d are taken at once. Send it in parts.", entries.Len(), MaxEntries).Coded(issue.CodeTooCostly)
	}
	p := planner{newID: newID, work: &Work{Transaction: transaction, named: make(map[string]int, entries.Len())}, writers: map[fhir.Key]int{}}
	for i, entry := range entries.Items() {
		p.add(i, entry)
	}
	return p.result()
}

func kindOf(bundle fhir.Element) (transaction bool, err error) {
	if got := bundle.Get("resourceType").Text(); got != "Bundle" {
		return false, issue.New(issue.Invalid, "Bundle", "What is posted to the base must be a Bundle of type batch or transaction.").Coded(issue.CodeStructure)
	}
	switch kind := bundle.Get("type"); kind.Text() {
	case "transaction":
		return true, nil
	case "batch":
		return false, nil
	case "":
		return false, issue.New(issue.Invalid, "Bundle.type", "Say whether the Bundle is a batch or a transaction.").Coded(issue.CodeRequired)
	case "document", "message", "history", "searchset", "collection", "transaction-response", "batch-response":
		return false, issue.New(issue.Unprocessable, "Bundle.type", "A Bundle of this type asks for nothing; only a batch or a transaction can be posted to the base.").Coded(issue.CodeValue)
	}
	return false, issue.New(issue.Invalid, "Bundle.type", "This is no Bundle type; use batch or transaction.").Coded(issue.CodeCodeInvalid)
}

// planner gathers steps and faults over all entries.
type planner struct {
	newID   func() string
	work    *Work
	writers map[fhir.Key]int // which entry writes a resource
	faults  []issue.Issue
	kind    issue.Kind
}

func (p *planner) add(i int, entry fhir.Element) {
	r := reader{entry: i}
	step := r.step(entry)
	p.name(&r, &step)
	if p.work.Transaction {
		p.claim(&r, &step)
	}
	if err := r.err(); err != nil {
		step.Fault = err
		p.note(r.kind, r.faults)
	}
	p.work.Steps = append(p.work.Steps, step)
}

// name notes the step's fullUrl, which no other entry may have (bdl-7).
func (p *planner) name(r *reader, step *Step) {
	if step.FullURL == "" {
		return
	}
	if first, taken := p.work.named[step.FullURL]; taken {
		r.faultf(issue.Invalid, issue.CodeDuplicate, "fullUrl", "Entry %d has the same fullUrl; each entry needs its own.", first)
		return
	}
	p.work.named[step.FullURL] = step.Entry
}

// claim gives a resource to be created its id, and makes sure that no resource
// is written twice: the outcome would depend on the order, so the
// specification has it fail (https://hl7.org/fhir/R4/http.html#trules).
func (p *planner) claim(r *reader, step *Step) {
	if step.Key.Type != "" && step.Key.ID == "" {
		step.Key.ID = p.newID()
	}
	if step.Key.ID == "" {
		return
	}
	if first, taken := p.writers[step.Key]; taken {
		r.faultf(issue.Invalid, issue.CodeDuplicate, "request.url", "Entry %d writes the same resource; in a transaction a resource is written once.", first)
		return
	}
	p.writers[step.Key] = step.Entry
}

// note adds an entry's faults. If any of them makes the request unreadable the
// whole is Invalid; only otherwise is it called unsupported.
func (p *planner) note(kind issue.Kind, faults []issue.Issue) {
	if len(p.faults) == 0 || kind == issue.Invalid {
		p.kind = kind
	}
	p.faults = append(p.faults, faults...)
}

func (p *planner) result() (*Work, error) {
	if p.work.Transaction && len(p.faults) > 0 {
		return nil, issue.List(p.kind, p.faults)
	}
	return p.work, nil
}
