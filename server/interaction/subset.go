package interaction

import (
	"maps"
	"net/url"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/subset"
)

// view is how much of each resource a client wants to see: _summary and
// _elements (https://hl7.org/fhir/R4/http.html#parameters). None is all of
// it, and so is the zero value.
type view struct {
	part subset.Part
	// count tells that only the number of resources is wanted.
	count bool
	// own are the elements of what was asked for, by type, and named those that
	// were listed with their type, which count for what is included too. A type
	// that is not there is given whole.
	own, named map[string][]string
	// shown is the parameter as links have it, such as _summary=text; "" for
	// all.
	shown string
	// says is what was left aside, of a lenient client.
	says []issue.Issue
}

const (
	summaryParameter  = "_summary"
	elementsParameter = "_elements"
)

// summaries are the values of _summary.
var summaries = map[string]view{
	"true": {part: subset.Summary}, "text": {part: subset.Text}, "data": {part: subset.Data},
	"count": {count: true}, "false": {},
}

// viewed takes the view out of the parameters of a request, for what gives
// resources of certain types. What remains is about something else.
func (s *Service) viewed(c Call, types ...string) (Call, error) {
	if !hasView(c.Query) && !hasView(c.Form) {
		return c, nil
	}
	asked := url.Values{}
	for _, values := range []url.Values{c.Query, c.Form} {
		for _, name := range []string{summaryParameter, elementsParameter} {
			if given, has := values[name]; has {
				asked[name] = append(asked[name], given...)
			}
		}
	}
	if c.Query.Has(cursorParameter) || c.Form.Has(cursorParameter) {
		return c, addedToPage()
	}
	c.Query, c.Form = withoutView(c.Query), withoutView(c.Form)
	var err error
	c.view, err = s.readView(asked, c.prefer.lenient, types)
	return c, err
}

func hasView(values url.Values) bool {
	return values.Has(summaryParameter) || values.Has(elementsParameter)
}

func withoutView(values url.Values) url.Values {
	rest := maps.Clone(values)
	delete(rest, summaryParameter)
	delete(rest, elementsParameter)
	return rest
}

// readView reads the parameters of a view. _summary=false is what is given
// anyway.
func (s *Service) readView(asked url.Values, lenient bool, types []string) (*view, error) {
	elements, listed := asked[elementsParameter]
	given, summed := asked[summaryParameter]
	if !summed {
		return s.readElements(elements, lenient, types)
	}
	v, known := summaries[given[0]]
	switch {
	case len(given) > 1:
		return nil, issue.New(issue.Invalid, "http._summary", "Give _summary once.")
	case !known:
		return nil, issue.New(issue.Invalid, "http._summary", "_summary is true, text, data, count or false.").Coded(issue.CodeValue)
	case listed && given[0] != "false":
		return nil, issue.New(issue.Invalid, "http._elements", "_summary and _elements each say what to show of a resource; give one of them.")
	case listed:
		return s.readElements(elements, lenient, types)
	case given[0] != "false":
		v.shown = summaryParameter + "=" + given[0]
	}
	return &v, nil
}

// unsealedView reads a view from the token of a page.
func (s *Service) unsealedView(shown string, types ...string) (*view, error) {
	asked, err := url.ParseQuery(shown)
	if err != nil {
		return nil, foreignCursor()
	}
	if len(asked) == 0 {
		return nil, nil
	}
	return s.readView(asked, false, types)
}

// show is what a client gets to see of a resource that it asked for.
func (s *Service) show(v *view, r *fhir.Resource) *fhir.Resource {
	if v.is(subset.Whole) {
		return r
	}
	return s.part(v, r, v.own)
}

// showIncluded is [Service.show] of what came along. A list of elements is about
// it only where it names the type
// (https://hl7.org/fhir/R4/search.html#elements).
func (s *Service) showIncluded(v *view, r *fhir.Resource) *fhir.Resource {
	if v.is(subset.Whole) {
		return r
	}
	return s.part(v, r, v.named)
}

func (s *Service) part(v *view, r *fhir.Resource, elements map[string][]string) *fhir.Resource {
	if r == nil {
		return r
	}
	named := elements[r.Type()]
	if v.part == subset.Elements && named == nil {
		return r
	}
	return subset.Of(s.Types, r, v.part, named)
}

// onlyViewed is [Service.viewedOne] where no other parameter has a meaning.
func (s *Service) onlyViewed(c Call) (Call, error) {
	c, err := s.viewedOne(c)
	if err == nil {
		err = noneBut(c, "_format, _pretty, _summary and _elements")
	}
	return c, err
}

// query is a URL's query that shows the view after what it shows besides.
func (v *view) query(shown string) string {
	if v == nil {
		return shown
	}
	if v.shown == "" || shown == "" {
		return shown + v.shown
	}
	return shown + "&" + v.shown
}

// viewedOne is [Service.viewed] where the answer is one resource, which nobody
// counts.
func (s *Service) viewedOne(c Call) (Call, error) {
	c, err := s.viewed(c, c.Type)
	if err == nil && c.view.counts() {
		err = issue.New(issue.Invalid, "http._summary", "_summary=count is for searches and histories; of one resource ask for true, text, data or false.").Coded(issue.CodeValue)
	}
	return c, err
}

// is tells whether that part is wanted.
func (v *view) is(part subset.Part) bool {
	return v == nil && part == subset.Whole || v != nil && v.part == part
}

func (v *view) counts() bool { return v != nil && v.count }

// leftOut is what there is to say about what was left aside.
func (v *view) leftOut() []issue.Issue {
	if v == nil {
		return nil
	}
	return v.says
}

// warnings are what there is to say where no outcome can say it.
func (v *view) warnings() []string {
	var all []string
	for _, said := range v.leftOut() {
		all = append(all, said.Text)
	}
	return all
}

// isWhole refuses a subset as what is to be stored: it would take away all that
// it leaves out (https://hl7.org/fhir/R4/search.html#summary).
func isWhole(r *fhir.Resource) error {
	if !subset.Is(r) {
		return nil
	}
	return issue.Newf(issue.Unprocessable, r.Type()+".meta.tag", "The resource is marked SUBSETTED: it is a part of another (_summary or _elements), and storing it would take away the rest. Read it whole, change that, and send it.").
		Coded(issue.CodeBusinessRule)
}
