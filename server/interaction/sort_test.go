package interaction_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tahto/fhir"
	"tahto/fhir/search"
)

// sorted are resources whose values of each parameter are present and missing,
// alike and different, one and several.
func sorted(resourceType string, i int) string {
	maybe := func(n int, text string) string {
		if i%n == n-1 {
			return ""
		}
		return text
	}
	code := func(n int) string { return string(rune('a' + i*7%n)) }
	meta := `"meta":{` + strings.Trim(maybe(3, `"tag":[{"code":"`+code(3)+`"},{"code":"`+code(5)+`"}],`)+
		maybe(4, `"security":[{"code":"`+code(2)+`"}],`)+maybe(2, `"profile":["urn:`+code(4)+`"],`)+`"source":"urn:`+code(3)+`"`, ",") + `},`
	head := fmt.Sprintf(`{"resourceType":%q,"id":"s%02d",`, resourceType, i*5%14) + meta
	if resourceType == "Provenance" {
		return head + maybe(4, `"occurredPeriod":{"start":"2024-0`+fmt.Sprint(1+i%3)+`"},`) +
			`"recorded":"2024-0` + fmt.Sprint(1+i%4) + `-01T00:00:00Z","target":[{"reference":"Consent/s00"}],
			"agent":[{` + maybe(3, `"type":{"coding":[{"code":"`+code(3)+`"}]},"role":[{"coding":[{"code":"`+code(4)+`"}]},{"coding":[{"code":"`+code(2)+`"}]}],`) + `"who":{"display":"x"}}]}`
	}
	return head + maybe(3, `"identifier":[{"value":"`+code(4)+`"},{"value":"`+code(3)+`"}],`) + `"status":"` + []string{"active", "inactive", "draft"}[i%3] + `",
		"scope":{"coding":[{"code":"` + code(2) + `"}]},"category":[{"coding":[{"code":"` + code(3) + `"}]}],` + maybe(3, `"dateTime":"2024-0`+fmt.Sprint(1+i%4)+`-01",`) + `
		"policyRule":{"text":"x"},"provision":{` + maybe(4, `"type":"`+[]string{"deny", "permit"}[i%2]+`",`) + maybe(3, `"period":{"start":"2024-0`+fmt.Sprint(1+i%4)+`"},`) +
		maybe(2, `"purpose":[{"code":"`+code(3)+`"}],"securityLabel":[{"code":"`+code(2)+`"}],"class":[{"code":"`+code(4)+`"}],`) +
		maybe(5, `"code":[{"coding":[{"code":"`+code(2)+`"}]}],"actor":[{"role":{"text":"x"},"reference":{"identifier":{"value":"`+code(3)+`"}}}],`) + `"id":"p"}}`
}

// TestEverySortableParameterSorts asks for each one, up and down, alone and before
// and after another, and joins the pages.
func TestEverySortableParameterSorts(t *testing.T) {
	s := open(t, keepForeign)
	for i := range 14 {
		for _, resourceType := range []string{"Consent", "Provenance"} {
			resource := sorted(resourceType, i)
			s.want(201, s.ask("PUT "+resourceType+"/"+at(parsed(t, resource), "id"), body(t, resource)))
		}
	}
	registry := s.Registry
	definitions, err := search.NewDefinitionRegistry(base)
	must(t, err)
	tried := 0
	for _, r := range []*search.Registry{registry, definitions} {
		for _, resourceType := range r.Types() {
			for _, p := range r.Parameters(resourceType) {
				if !p.Sortable() {
					continue
				}
				for _, keys := range []string{p.Name, "-" + p.Name, p.Name + ",-_lastUpdated", "-_source," + p.Name, "_tag,-" + p.Name + ",_id"} {
					if !repeats(keys) {
						tried++
						s.sorts(r, resourceType, keys)
					}
				}
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d orders were tried", tried)
	}
}

func parsed(t *testing.T, json string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(json))
	must(t, err)
	return r
}

// repeats tells whether a key is named twice, which no search takes.
func repeats(keys string) bool {
	names := strings.Split(strings.ReplaceAll(keys, "-_", "_"), ",")
	for i := range names {
		names[i] = strings.TrimPrefix(names[i], "-")
	}
	slices.Sort(names)
	return len(slices.Compact(slices.Clone(names))) != len(names)
}

// sorts joins the pages of three, and holds them against the order of the values
// that the resources have.
func (s *server) sorts(r *search.Registry, resourceType, keys string) {
	s.t.Helper()
	q, _, err := r.Parse(resourceType, map[string][]string{"_sort": {keys}}, search.ParseOptions{})
	must(s.t, err)
	count := "3"
	if r != s.Registry {
		count = "40"
	}
	page := s.want(200, s.ask("GET "+resourceType+"?_count="+count+"&_sort="+keys)).Resource
	var got []search.Position
	for {
		for entry := range page.Root().Each("entry") {
			resource, err := fhir.Parse(entry.Get("resource").JSON())
			must(s.t, err)
			got = append(got, search.Position{ID: resource.ID(), Keys: q.SortKeys(r.Entries(resource))})
		}
		next := link(page, "next")
		if next == "" {
			break
		}
		page = s.want(200, s.ask(follow(next))).Resource
	}
	if fmt.Sprint(len(got)) != at(page, "total") || !slices.IsSortedFunc(got, q.Compare) {
		s.t.Errorf("%s?_sort=%s: %d of %s, in the order %v", resourceType, keys, len(got), at(page, "total"), got)
	}
	for i := range got[1:] {
		if q.Compare(got[i], got[i+1]) == 0 {
			s.t.Errorf("%s?_sort=%s: %s is there twice", resourceType, keys, got[i].ID)
		}
	}
}

func TestSortsByHand(t *testing.T) {
	s := open(t)
	for id, members := range map[string]string{
		"a": `,"identifier":[{"value":"2"},{"value":"9"}]`, "b": `,"identifier":[{"value":"1"}]`, "c": "", "d": `,"identifier":[{"value":"5"}]`, "e": `,"identifier":[{"value":"1"}]`,
	} {
		s.want(201, s.ask("PUT Consent/"+id, body(t, health(id, members))))
	}
	for sort, want := range map[string]string{
		"identifier": "b e a d c", "-identifier": "a d b e c", "identifier,-_id": "e b a d c", "status,-_id": "e d c b a", "-provision-type,_id": "a b c d e",
	} {
		if got := ids(s.want(200, s.ask("GET Consent?_sort="+sort)).Resource, "match"); got != want {
			t.Errorf("_sort=%s gives %s, want %s", sort, got, want)
		}
	}
	for sort, says := range map[string]string{
		"patient": "a reference has no order", "provision-type-class": "a composite has no order", "nonsense": "does not know that key", "": "empty value",
	} {
		if got := s.want(400, s.ask("GET Consent?_sort="+sort)); !strings.Contains(at(got.Resource, "issue.0.diagnostics")+at(got.Resource, "issue.0.details.text"), says) {
			t.Errorf("_sort=%s: %s", sort, text(got.Resource))
		}
	}
}
