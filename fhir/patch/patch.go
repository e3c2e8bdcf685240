// Package patch changes a resource as a PATCH asks
// (https://hl7.org/fhir/R4/http.html#patch): [JSON] by a JSON Patch (RFC 6902),
// [XML] by an XML Patch (RFC 5261 and RFC 7351), [FHIRPath] by a FHIRPath Patch
// (https://hl7.org/fhir/R4/fhirpatch.html).
//
// All are pure functions: the resource they are given stays as it is, and what
// the patch does not name keeps the text of its numbers and the order of its
// members, but that after an XML Patch they stand in R4's order. All operations
// are done in their order, or none. What stands between two operations may be
// against every rule of FHIR; whether the result is valid is for the caller to
// ask, as of any resource that is sent to be stored.
//
// # Errors
//
// Every error is an [issue.Error]. A patch that can't be understood is
// [issue.Invalid], before anything is tried; one that can't be done on this
// resource is [issue.Unprocessable]. The expression points into the patch:
// [2].path is a member of the third operation of a JSON Patch, [2].sel an
// attribute of the third of an XML Patch, Parameters.parameter[2] the third of a
// FHIRPath Patch. A text never repeats a
// value of the resource; of the patch it repeats at most the names that a path asks
// for and there is nothing of, such as a function.
//
// # What a patch may not do
//
// resourceType, id and meta of the resource are the server's to give: a patch
// that changes them is refused. Operations ([MaxOperations]), what they add
// ([MaxGrowth]), how deep the result nests ([fhir.MaxDepth]) and the work they
// take are bounded, so that copies of copies end in an error. What is bounded is
// counted in a [Spent], which patches that are done together share.
package patch

import (
	"tahto/fhir"
	"tahto/fhir/issue"
)

// MaxOperations is how many operations a patch may have.
const MaxOperations = 1_000

// MaxGrowth is how many bytes the operations of a patch may write in all. What
// they take away is not subtracted.
const MaxGrowth = 4 << 20

// maxWork is how many members and items all operations may copy or look through.
const maxWork = 5_000_000

// Spent is what patches have cost so far. Those that are done in one transaction
// share one, so that together they cost no more than one alone may: what holds a
// lock does not hold it longer because it came in parts. The zero value is
// nothing. It is for one goroutine.
type Spent struct {
	grown, work, steps, visited int
}

// draft is a resource while it is patched.
type draft struct {
	*fhir.Editor
	before *fhir.Resource
	spent  *Spent
}

func (s *Spent) begin(before, r *fhir.Resource) *draft {
	return &draft{Editor: fhir.NewEditor(r), before: before, spent: s}
}

// afford tells why a value can't be written to a place: the patch has written
// too much already.
func (d *draft) afford(at fhir.Place, value fhir.Element) error {
	bytes, _, values := value.Measure()
	d.Spend(values)
	if d.spent.grown += bytes; d.spent.grown > MaxGrowth {
		return issue.Newf(issue.Unprocessable, "", "The patch writes more than %d bytes; send less at a time.", MaxGrowth).Coded(issue.CodeTooCostly)
	}
	return d.fits(at, value)
}

// fits tells why a value can't stand at a place: it would nest too deep.
func (d *draft) fits(at fhir.Place, value fhir.Element) error {
	_, depth, values := value.Measure()
	d.Spend(values)
	if len(at)+depth > fhir.MaxDepth {
		return issue.Newf(issue.Unprocessable, "", "The result would nest too deep; at most %d objects and arrays may stand in each other.", fhir.MaxDepth).Coded(issue.CodeTooCostly)
	}
	return nil
}

// finish is the result, if it is one that could be read again.
func (d *draft) finish() (*fhir.Resource, error) {
	_, depth, values := d.Root().Measure()
	if depth > fhir.MaxDepth || values > fhir.MaxNodes {
		return nil, issue.Newf(issue.Unprocessable, "", "The result would hold more than %d values, or nest too deep.", fhir.MaxNodes).Coded(issue.CodeTooCostly)
	}
	d.spent.work += d.Work()
	return d.Resource(), nil
}

// kept are the members of a resource that are the server's to give.
var kept = [...]string{"resourceType", "id", "_id", "meta"}

// check tells, after a change at a place, whether the patch has gone too far: it
// took too much work, or changed what it may not.
func (d *draft) check(at fhir.Place) error {
	if d.spent.work+d.Work() > maxWork {
		return issue.New(issue.Unprocessable, "", "The patch takes too much work on this resource; send fewer operations at a time.").Coded(issue.CodeTooCostly)
	}
	for _, name := range kept {
		if len(at) > 0 && at[0].Name != name {
			continue
		}
		was, is := d.before.Root().Get(name), d.Root().Get(name)
		if !equal(d.Editor, was, is) {
			return issue.New(issue.Unprocessable, "", "A patch can't change resourceType, id or meta; leave them as they are.").Coded(issue.CodeBusinessRule)
		}
	}
	return nil
}
