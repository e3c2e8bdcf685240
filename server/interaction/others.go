package interaction

import (
	"context"
	"slices"

	"tahto/fhir"
	"tahto/mapping/consent"
)

// declared are the declarations of one person as they stand when a transaction
// is done: those that it leaves alone, and then those that it brings.
type declared struct {
	all     []consent.Statement
	brought []fhir.Key       // of the last of all
	at      map[fhir.Key]int // where in all those stand
}

// without is all but one. It is good until the next call: to copy as many for
// each of many declarations of one person would be far more work than to judge
// them.
func (d *declared) without(key fhir.Key) []consent.Statement {
	at, there := d.at[key]
	if !there {
		return d.all
	}
	last, first := len(d.all)-1, len(d.all)-len(d.brought)
	moved := d.brought[last-first]
	d.all[at], d.all[last] = d.all[last], d.all[at]
	d.brought[at-first], d.brought[last-first] = moved, key
	d.at[moved], d.at[key] = at, last
	return d.all[:last]
}

// declared gathers the declarations of a person, once for all that the
// transaction brings.
func (t *turn) declared(ctx context.Context, person consent.Identifier) (*declared, error) {
	if known := t.persons[person]; known != nil {
		return known, nil
	}
	t.group()
	r := reading{person: person, leaveOut: t.submits}
	found, _, err := whole(t.tx.Histories(ctx, declarationsOf(person)))
	if err == nil {
		err = r.all(slices.Values(found))
	}
	if err != nil {
		return nil, err
	}
	d := &declared{all: r.declared, at: map[fhir.Key]int{}}
	for _, one := range t.ofPerson[person] {
		d.at[one.key] = len(d.all)
		d.all, d.brought = append(d.all, *one.after), append(d.brought, one.key)
	}
	t.persons[person] = d
	return d, nil
}

// group sorts what the transaction brings by whose it is. By now all of it is
// there.
func (t *turn) group() {
	if t.persons != nil {
		return
	}
	t.persons, t.ofPerson = map[consent.Identifier]*declared{}, map[consent.Identifier][]*submission{}
	for i := range t.submissions {
		if one := &t.submissions[i]; one.after != nil {
			t.ofPerson[one.after.Person] = append(t.ofPerson[one.after.Person], one)
		}
	}
}

// submit notes a declaration that the transaction has written or deleted.
func (t *turn) submit(one submission) {
	if t.submitted == nil {
		t.submitted = map[fhir.Key]int{}
	}
	t.submitted[one.key] = len(t.submissions)
	t.submissions = append(t.submissions, one)
}

// submits tells whether the transaction brings a declaration of that key. It
// is known already, and may be one that must not be stored.
func (t *turn) submits(key fhir.Key) bool {
	_, brought := t.submitted[key]
	return brought
}

// submission is the declaration whose version the transaction has written or
// annulled; nil if it has not.
func (t *turn) submission(key fhir.Key, version uint64) *submission {
	if i, brought := t.submitted[key]; brought && t.submissions[i].version == version {
		return &t.submissions[i]
	}
	return nil
}
