// Package interaction performs the FHIR interactions and operations, for a
// request over HTTP and for an entry of a Bundle alike.
//
// Every request takes the same way, and nothing flows back: it is matched
// against the one route table ([Routes]), prepared (all that needs no storage:
// reading, checking, translating), run in one transaction, and answered. The
// table is also what a Bundle's entries are matched against and what the
// CapabilityStatement claims, so that the three can't differ.
//
// The package knows no web framework: requests and responses are plain values.
// Status codes are no leak of HTTP, FHIR defines Bundle.entry.response in the
// same terms (https://hl7.org/fhir/R4/bundle.html). Errors become statuses in
// one place, [Failure].
//
// # Record
//
// A decision and a change are recorded before the answer leaves. If recording
// fails there is no answer but a failure: nothing is permitted that nobody can
// account for. A change that could not be recorded stays stored.
//
// # Concurrency
//
// A [Service] is safe for any number of goroutines.
package interaction

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"tahto/conformance"
	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/search"
	"tahto/fhir/subset"
	"tahto/fhir/xml"
	"tahto/mapping/decision"
	"tahto/mapping/intake"
	"tahto/profiles/validate"
	"tahto/server/audit"
	"tahto/storage"
)

// Recorder keeps the record of decisions and changes. When Record returns nil
// the entry is kept for good. It is called by many goroutines at once.
type Recorder interface {
	Record(ctx context.Context, e audit.Entry) error
}

// Types tells what R4's types are made of, as FHIRPath sees them, as XML writes
// them and as subsets take them apart.
type Types interface {
	fhirpath.Model
	xml.Definitions
	subset.Definitions
}

// ForeignConsents says what becomes of a Consent that is no Finnish declaration
// of intent (mapping.md §1). The zero value refuses it.
type ForeignConsents uint8

// What may become of one. KeepForeign is for test harnesses: it is stored with
// the tag not-a-declaration and never takes part in a decision.
const (
	RefuseForeign ForeignConsents = iota
	KeepForeign
)

// Options are what a [Service] is made of. Store, Registry, Base, Now, NewID,
// Audit, Validator and Types are required.
type Options struct {
	Store    *storage.Store
	Registry *search.Registry
	// Base is the public base URL, without a trailing slash.
	Base string
	// Now is the clock.
	Now func() time.Time
	// NewID gives ids for new resources; each at most 64 letters, digits,
	// dots and dashes, and never the same twice.
	NewID func() string
	Audit Recorder
	// Setting is what decisions are made by: the directory of organisations
	// and what the operator configured. The zero Setting knows no organisation.
	Setting decision.Setting
	// Definitions are the conformance resources that are served.
	Definitions []*fhir.Resource
	// Validator holds resources to R4 and to the profiles. Required.
	Validator *validate.Validator
	// Types tells patches and subsets what R4's types are made of. Required.
	Types Types
	// Version and Released describe the software in the CapabilityStatement; a
	// zero time stands for now.
	Version  string
	Released time.Time
	// ForeignConsents says what becomes of Consents that are no declarations.
	ForeignConsents ForeignConsents
	// Intake says what is asked of declarations.
	Intake Intake
	// IdentifiersInURL allows searches by GET that carry an identity code.
	IdentifiersInURL bool
	// CacheBytes is how much memory the declarations that are kept compiled may
	// take; 0 means [DefaultCacheBytes].
	CacheBytes int
	// Fault is told the causes of internal errors of work that nobody waits for
	// (Prefer: respond-async), for the log, with the id of the request that asked
	// for it; nil discards. It is called by many goroutines at once.
	Fault func(requestID string, cause error)
}

// Service performs interactions.
type Service struct {
	Options
	types       []string // of resources that are kept
	definitions *definitions
	statements  *statements
	rules       intake.Rules
	jobs        *jobs
	capability  *fhir.Resource
	// capabilityTag is the ETag of the capability statement.
	capabilityTag string
}

// New makes a Service. It fails if something required is missing, so that it
// is noticed at the start and not by a client.
func New(o Options) (*Service, error) {
	switch {
	case o.Store == nil, o.Registry == nil, o.Now == nil, o.NewID == nil, o.Audit == nil, o.Validator == nil, o.Types == nil:
		return nil, errors.New("interaction: Store, Registry, Now, NewID, Audit, Validator and Types are required")
	case !isBase(o.Base):
		return nil, errors.New("interaction: Base must be an http or https URL without a slash at its end")
	}
	compiled, err := newStatements(o.CacheBytes)
	if err != nil {
		return nil, err
	}
	if o.Released.IsZero() {
		o.Released = o.Now()
	}
	build := conformance.Build{Version: o.Version, Date: o.Released, Base: o.Base}
	registry, err := search.NewDefinitionRegistry(o.Base)
	if err != nil {
		return nil, err
	}
	served := slices.Concat(o.Definitions, conformance.SearchParameters(o.Registry, build), conformance.SearchParameters(registry, build),
		[]*fhir.Resource{conformance.StatusMap(transitions(), build)})
	defined, err := newDefinitions(registry, served, o.Released)
	if err != nil {
		return nil, err
	}
	s := &Service{Options: o, types: o.Registry.Types(), statements: compiled, definitions: defined, rules: intake.Rules{Directory: o.Setting.Directory}, jobs: newJobs()}
	s.capability = conformance.CapabilityStatement(offers(), conformance.Scope{
		Kept: o.Registry, Defined: defined.registry, Served: defined.types, IfMatch: o.Intake == Strict,
	}, build)
	s.capabilityTag = tagOf(s.capability)
	return s, nil
}

// transitions is the state machine of declarations in FHIR's codes.
func transitions() []conformance.Transition {
	all := intake.Transitions()
	steps := make([]conformance.Transition, len(all))
	for i, step := range all {
		steps[i] = conformance.Transition{From: step.From.String(), To: step.To.String(), Act: step.What.String()}
	}
	return steps
}

func isBase(base string) bool {
	u, err := url.Parse(base)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && !strings.HasSuffix(base, "/")
}
