package embedded

import (
	"fmt"
	"testing"

	"tahto/fhir"
	"tahto/storage/driver"
)

func shelved(id string, bytes int) driver.Document {
	return driver.Document{Key: fhir.Key{Type: "Consent", ID: id}, Version: 1, Body: make([]byte, bytes)}
}

func always() bool { return true }

func has(s *shelf, id string) bool {
	_, found := s.find(fhir.Key{Type: "Consent", ID: id})
	return found
}

func TestShelfKeepsWhatIsAskedForAndNoMoreThanItsSize(t *testing.T) {
	s := newShelf(100 << 10)
	s.put(shelved("asked", 1000), always)
	for i := range 1000 {
		s.put(shelved(fmt.Sprint("d", i), 1000), always)
		if !has(s, "asked") {
			t.Fatalf("what is asked for again and again is gone after %d others", i)
		}
	}
	if n := len(s.young) + len(s.old); n > 100 || n < 40 {
		t.Errorf("%d documents of 1.2 KB are on a shelf of 100 KB", n)
	}
	if has(s, "d0") || !has(s, "d999") {
		t.Error("the first is there still, or the last is not")
	}
}

func TestShelfHasNothingThatACommitChanges(t *testing.T) {
	s := newShelf(100 << 10)
	s.put(shelved("a", 10), always)
	s.put(shelved("b", 10), always)
	begun := false
	s.take(map[fhir.Key]struct{}{{Type: "Consent", ID: "a"}: {}}, func() { begun = true })
	if !begun || has(s, "a") || !has(s, "b") {
		t.Errorf("begun %v, a %v, b %v", begun, has(s, "a"), has(s, "b"))
	}
	s.put(shelved("a", 10), func() bool { return false })
	if has(s, "a") {
		t.Error("what was read before a commit is there after it")
	}
	s.close()
	s.put(shelved("c", 10), always)
	if has(s, "b") || has(s, "c") {
		t.Error("there is something after the end")
	}
}
