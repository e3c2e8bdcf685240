package storagetest

import (
	"fmt"
	"testing"

	"tahto/fhir/search"
	"tahto/storage/driver"
)

var durability = []promise{
	{"WhatUpdateReturnedForIsThereAfterReopening", testReopen},
}

func testReopen(t *testing.T, h Harness) {
	if h.Reopen == nil {
		t.Skip("the engine keeps nothing")
	}
	f := h.open(t)
	docs := library(f)
	next := f.document(docs[0].Key.ID, 2, search.Entry{Param: "status", System: "urn:status", Value: "entered-in-error"})
	f.append(next)
	for round := range uint64(3) {
		f.Engine = h.Reopen(t, f.Engine)
		f.view(func(r driver.Reader) {
			current := append([]driver.Document{next}, docs[1:]...)
			f.same("history", len(f.past(r, driver.History{})), len(docs)+1+int(round))
			for _, clauses := range handMade() {
				check(f, r, search.Query{Type: "Provenance", Clauses: clauses}, current)
			}
			f.same("newest", f.get(r, next.Key.ID), read(next))
		})
		f.append(f.document(fmt.Sprint("after", round), 1, search.Entry{Param: fmt.Sprint("p", round), System: fmt.Sprint("s", round), Value: "v"}))
		f.view(func(r driver.Reader) {
			q := search.Query{Type: "Consent", Clauses: []search.Clause{token(fmt.Sprint("p", round), fmt.Sprint("s", round), "v")}}
			f.same("found", ids(f.found(r, q, true)), []string{fmt.Sprint("after", round)})
		})
	}
}
