package interaction_test

import (
	"slices"
	"strings"
	"testing"

	"tahto/server/interaction"
)

// TestRefusalsAreThoseOfDo asks for every pattern with every method.
func TestRefusalsAreThoseOfDo(t *testing.T) {
	s := open(t)
	paths := []string{"Patient", "Patient/1", "Consent/$nope", "Consent/a_b", "nothing", "Consent/1/_history/1/more"}
	for _, route := range interaction.Routes() {
		paths = append(paths, strings.NewReplacer("{type}", "Consent", "{id}", "1", "{version}", "1").Replace(route.Pattern))
	}
	routed := 0
	for _, path := range paths {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FROBNICATE"} {
			r := interaction.Request{Method: method, Path: path}
			got, refused := s.Refuse(r)
			if !refused {
				routed++
				continue
			}
			want := s.Do(t.Context(), r)
			if got.Status != want.Status || !slices.Equal(got.Allow, want.Allow) || text(got.Resource) != text(want.Resource) {
				t.Errorf("%s %s: got %d %v %s, Do says %d %v %s", method, path, got.Status, got.Allow, text(got.Resource), want.Status, want.Allow, text(want.Resource))
			}
			if got.Status != 404 && got.Status != 405 && got.Status != 400 {
				t.Errorf("%s %s: status %d", method, path, got.Status)
			}
		}
	}
	if routed < len(interaction.Routes()) {
		t.Errorf("%d requests have a route, want each of the table's", routed)
	}
}
