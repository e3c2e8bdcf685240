package bundle_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/fhir"
	"tahto/fhir/bundle"
)

var (
	one  = fhir.Stored([]byte(`{"resourceType":"Consent","id":"1"}`))
	then = time.Date(2025, 6, 15, 12, 0, 0, 0, time.UTC)
)

func TestAnswersAreWrittenAsTheSpecificationHasThem(t *testing.T) {
	tests := map[string]struct {
		got  *fhir.Resource
		want string
	}{
		"an empty searchset": {
			bundle.SearchSet(bundle.Page{Links: bundle.Links{Self: "http://b/Consent"}}),
			`{"resourceType":"Bundle","type":"searchset","total":0,"link":[{"relation":"self","url":"http://b/Consent"}]}`,
		},
		"a searchset of unknown total": {
			bundle.SearchSet(bundle.Page{Total: bundle.UnknownTotal, Links: bundle.Links{Next: "n"}, Found: []bundle.Found{{"http://b/Consent/1", bundle.Match, one}, {"", bundle.Outcome, one}}}),
			`{"resourceType":"Bundle","type":"searchset","link":[{"relation":"next","url":"n"}],"entry":[{"fullUrl":"http://b/Consent/1","resource":{"resourceType":"Consent","id":"1"},"search":{"mode":"match"}},{"resource":{"resourceType":"Consent","id":"1"},"search":{"mode":"outcome"}}]}`,
		},
		"a history with a deletion": {
			bundle.History(bundle.PastPage{Total: 2, Past: []bundle.Past{
				{FullURL: "http://b/Consent/1", Method: "DELETE", URL: "Consent/1", Status: 204, ETag: `W/"2"`, LastModified: then},
				{FullURL: "http://b/Consent/1", Method: "POST", URL: "Consent", Status: 201, ETag: `W/"1"`, LastModified: then, Resource: one},
			}}),
			`{"resourceType":"Bundle","type":"history","total":2,"entry":[{"fullUrl":"http://b/Consent/1","request":{"method":"DELETE","url":"Consent/1"},"response":{"status":"204 No Content","etag":"W/\"2\"","lastModified":"2025-06-15T12:00:00.000Z"}},{"fullUrl":"http://b/Consent/1","resource":{"resourceType":"Consent","id":"1"},"request":{"method":"POST","url":"Consent"},"response":{"status":"201 Created","etag":"W/\"1\"","lastModified":"2025-06-15T12:00:00.000Z"}}]}`,
		},
		"a transaction response": {
			bundle.Response(true, []bundle.Answer{{FullURL: "http://b/Consent/1", Status: 201, Location: "http://b/Consent/1/_history/1", ETag: `W/"1"`, LastModified: then, Resource: one, Outcome: one}}),
			`{"resourceType":"Bundle","type":"transaction-response","entry":[{"fullUrl":"http://b/Consent/1","resource":{"resourceType":"Consent","id":"1"},"response":{"status":"201 Created","location":"http://b/Consent/1/_history/1","etag":"W/\"1\"","lastModified":"2025-06-15T12:00:00.000Z","outcome":{"resourceType":"Consent","id":"1"}}}]}`,
		},
		"a batch response": {
			bundle.Response(false, []bundle.Answer{{Status: 599}}),
			`{"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"599"}}]}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := string(test.got.JSON())
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, err := fhir.Parse([]byte(got)); err != nil {
				t.Errorf("not readable: %v", err)
			}
		})
	}
}

func TestStreamGivesTheBytesOfAWholeAnswer(t *testing.T) {
	all := []bundle.Answer{
		{FullURL: "http://b/Consent/1", Status: 201, Location: "http://b/Consent/1/_history/1", ETag: `W/"1"`, LastModified: then, Resource: one, Outcome: one},
		{Status: 599}, {Status: 200, Resource: one},
	}
	for n := range len(all) + 1 {
		stream := bundle.NewStream()
		var got []byte
		for _, a := range all[:n] {
			got = append(got, stream.Next(a)...)
			if _, err := fhir.Parse(got); err == nil {
				t.Errorf("what is not complete looks so: %s", got)
			}
		}
		got = append(got, stream.End()...)
		if diff := cmp.Diff(string(bundle.Response(false, all[:n]).JSON()), string(got)); diff != "" {
			t.Errorf("%d entries (-want +got):\n%s", n, diff)
		}
	}
}
