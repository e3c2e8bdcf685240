package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"tahto/fhir/issue"
	"tahto/fhir/search"
)

// If is what must hold for a write to happen; the zero If asks for nothing
// (https://hl7.org/fhir/R4/http.html#concurrency).
type If struct {
	// Match is If-Match: the current version must be one of these, as texts
	// such as 3, or "*" for any that exists. nil asks for nothing; an empty
	// list that is not nil can't be met.
	Match []string
	// NoneMatch is If-None-Match: the current version must be none of these;
	// "*" means that there must be no resource.
	NoneMatch []string
	// NoneLike is If-None-Exist: of Create only, see there. Only its Type,
	// Clauses and Links count.
	NoneLike *search.Query
}

// anyVersion stands for every version in If.Match and If.NoneMatch.
const anyVersion = "*"

// ETags reads the value of If-Match or If-None-Match
// (https://www.rfc-editor.org/rfc/rfc9110#field.if-match) into versions: W/"3",
// "3" or *, in a list with commas. FHIR compares weak tags, so that W/ makes no
// difference. An empty header is nil: no condition. Anything else is
// issue.Invalid.
func ETags(header string) ([]string, error) {
	header = strings.TrimSpace(header)
	if header == "" {
		return nil, nil
	}
	var versions []string
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimSpace(tag)
		if tag == anyVersion {
			versions = append(versions, anyVersion)
			continue
		}
		quoted := strings.TrimPrefix(tag, "W/")
		if len(quoted) < 2 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' || strings.Contains(quoted[1:len(quoted)-1], `"`) {
			return nil, issue.New(issue.Invalid, "", `An entity tag is written W/"1" (the version in quotation marks), or * for any version.`).Coded(issue.CodeValue)
		}
		versions = append(versions, quoted[1:len(quoted)-1])
	}
	return versions, nil
}

// ETag is the version as an entity tag, such as W/"3".
func (h Head) ETag() string { return `W/"` + strconv.FormatUint(h.Version, 10) + `"` }

// check holds the newest version against the preconditions. A deleted resource
// has no current representation, as if it had never been.
func (c If) check(current Head, there bool) error {
	exists := there && !current.Deleted
	if c.Match != nil && !(exists && current.isOneOf(c.Match)) {
		return issue.New(issue.PreconditionFailed, "", "If-Match names another version than the current one. Read the resource again and retry with its ETag.")
	}
	if exists && current.isOneOf(c.NoneMatch) {
		return issue.New(issue.PreconditionFailed, "", "If-None-Match does not hold: the resource exists already. Leave the header out to change it.")
	}
	return nil
}

func (h Head) isOneOf(versions []string) bool {
	return slices.Contains(versions, anyVersion) || slices.Contains(versions, strconv.FormatUint(h.Version, 10))
}

// MatchOne is the one resource that a condition names, as in conditional
// create, update and delete and in conditional references
// (https://hl7.org/fhir/R4/http.html#transaction-response): false if none
// matches, issue.MultipleMatches if several do. Only the Type, the Clauses and the
// Links of q count. In an Update the answer stays true until the commit: another
// transaction with the same condition waits or conflicts.
func (t *Tx) MatchOne(ctx context.Context, q search.Query) (Head, bool, error) {
	q = search.Query{Type: q.Type, Clauses: q.Clauses, Links: q.Links, Count: 2}
	if err := t.Guard(ctx, q); err != nil {
		return Head{}, false, err
	}
	var found []Head
	for h, err := range t.Heads(ctx, q) {
		if err != nil {
			return Head{}, false, err
		}
		found = append(found, h)
	}
	switch len(found) {
	case 0:
		return Head{}, false, nil
	case 1:
		return found[0], true, nil
	}
	return Head{}, false, issue.Newf(issue.MultipleMatches, "", "More than one %s matches the condition. Make it specific, for example by an identifier.", q.Type)
}

// Guard keeps what q finds, in this transaction, true until its commit, as far as
// all who change it guard the same condition: of two such transactions one waits
// or runs again. Only the Type, the Clauses and the Links of q count. In a
// View it does nothing.
func (t *Tx) Guard(ctx context.Context, q search.Query) error {
	if t.writer == nil {
		return nil
	}
	return fault(t.writer.Guard(ctx, guardKey(q)))
}

// guardKey stands for a condition. It is hashed because an engine may write it
// down, and a condition often holds an identity code.
func guardKey(q search.Query) string {
	sum := sha256.Sum256([]byte(q.Type + "?" + search.Query{Type: q.Type, Clauses: q.Clauses, Links: q.Links}.Canonical()))
	return hex.EncodeToString(sum[:])
}
