package fhir_test

import (
	"testing"

	"tahto/fhir"
)

func TestSame(t *testing.T) {
	for name, test := range map[string]struct {
		a, b string
		want bool
	}{
		"the same bytes":                  {`{"a":1,"b":[2,3]}`, `{"a":1,"b":[2,3]}`, true},
		"members in another order":        {`{"a":1,"b":{"c":"x","d":true}}`, `{"b":{"d":true,"c":"x"},"a":1}`, true},
		"other white space":               {`{"a": 1}`, `{"a":1}`, true},
		"an escape that means the same":   {`{"a":"\u0078"}`, `{"a":"x"}`, true},
		"items in another order":          {`{"b":[2,3]}`, `{"b":[3,2]}`, false},
		"a number of other digits":        {`{"a":1.10}`, `{"a":1.1}`, false},
		"a number and its text":           {`{"a":1}`, `{"a":"1"}`, false},
		"a member more":                   {`{"a":1}`, `{"a":1,"b":2}`, false},
		"a member less":                   {`{"a":1,"b":2}`, `{"a":1}`, false},
		"another member":                  {`{"a":1,"b":2,"c":3}`, `{"a":1,"c":3,"d":2}`, false},
		"another value deep":              {`{"a":[{"b":{"c":1}}]}`, `{"a":[{"b":{"c":2}}]}`, false},
		"an empty object and empty array": {`{"a":{}}`, `{"a":[]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := fhir.Stored([]byte(test.a)), fhir.Stored([]byte(test.b))
			if got := a.Same(b); got != test.want || b.Same(a) != got {
				t.Errorf("got %v and %v, want %v", got, b.Same(a), test.want)
			}
		})
	}
}
