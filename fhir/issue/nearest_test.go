package issue_test

import (
	"strings"
	"testing"

	"tahto/fhir/issue"
)

func TestNearestFindsWhatWasMeant(t *testing.T) {
	known := []string{"patient", "period", "status", "_lastUpdated", "date", "data"}
	for _, test := range []struct{ name, text, want string }{
		{"as it is", "status", "status"},
		{"other case", "STATUS", "status"},
		{"letter left out", "patint", "patient"},
		{"letter too many", "statuss", "status"},
		{"letter replaced", "pexiod", "period"},
		{"neighbours swapped", "ptaient", "patient"},
		{"the first of two as near", "datx", "date"},
		{"short name with one letter wrong", "dat", "date"},
		{"nothing like it", "organisation", ""},
		{"empty", "", ""},
		{"far too long", strings.Repeat("status", 20), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := issue.Nearest(test.text, known); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if got := issue.Nearest("status", nil); got != "" {
		t.Errorf("got %q of none", got)
	}
}
