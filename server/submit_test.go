package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

const thousand = 1000

// largePairs are a thousand, of about 5 KB each.
func largePairs(name string, onePerson bool) []pair {
	all := pairsOf(name, thousand, onePerson, false)
	for i := range all {
		all[i].text = 3500
	}
	return all
}

func TestThousandPairsAreOneTransaction(t *testing.T) {
	eachTransactional(t, func(t *testing.T, s *again) {
		sent := submission("thousand", largePairs("a", false)...)
		if len(sent) < 4<<20 {
			t.Fatalf("only %d bytes are sent", len(sent))
		}
		first := s.submit(sent, http.StatusOK)
		if n := bytes.Count(first.body, []byte(`"201 Created"`)); n != 2*thousand {
			t.Errorf("%d are created, want %d", n, 2*thousand)
		}
		if second := s.submit(sent, http.StatusOK); !bytes.Equal(first.body, second.body) {
			t.Error("sent again it is answered otherwise")
		}
		if consents, provenances := stored(t, s.base, "Consent"), stored(t, s.base, "Provenance"); consents != thousand || provenances != thousand {
			t.Errorf("%d and %d are stored", consents, provenances)
		}
		wrong := bytes.Replace(submission("", largePairs("b", true)...), []byte(`b-999"}],"status":"active"`), []byte(`b-999"}],"status":"rejected"`), 1)
		refused := s.submit(wrong, http.StatusUnprocessableEntity)
		if got := firstIssue(t, refused); !strings.Contains(got, "Bundle.entry[1998]") {
			t.Errorf("the refusal is about %s", got)
		}
		checkStored(t, s.base, "Consent", thousand)
	})
}

func TestBundleBringsNothingThatCouldNotComeAlone(t *testing.T) {
	s := startAgain(t, testEngines(t)["Embedded"], "-intake", "archive")
	all := pairsOf("a", 1, false, false)
	all[0].text = 5 << 20
	if got := firstIssue(t, s.submit(submission("", all...), http.StatusUnprocessableEntity)); got != "too-long Bundle.entry[0].resource" {
		t.Errorf("got %s", got)
	}
	alone, err := send(http.MethodPost, s.base+"/Consent", fhirHeader, []byte(all[0].consent()))
	if err != nil || alone.status != http.StatusRequestEntityTooLarge {
		t.Errorf("alone: %d, %v", alone.status, err)
	}
	all[0].text = 16 << 20
	s.submit(submission("", all...), http.StatusRequestEntityTooLarge)
}
