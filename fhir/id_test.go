package fhir_test

import (
	"strings"
	"testing"

	"tahto/fhir"
)

func TestIDs(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       bool
	}{
		{"every sort of character", "aZ09-.", true},
		{"as long as may be", strings.Repeat("x", 64), true},
		{"too long", strings.Repeat("x", 65), false},
		{"three full stops", "...", true},
		{"hidden file", ".a", true},
		{"empty", "", false},
		{"this folder", ".", false},
		{"the folder above", "..", false},
		{"underscore", "a_b", false},
		{"slash", "a/b", false},
		{"space", "a b", false},
		{"letter beyond ASCII", "ä", false},
		{"before a and z by one bit", "@[`{", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := fhir.IsID(test.text); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
