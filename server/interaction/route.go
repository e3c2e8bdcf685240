package interaction

import (
	"slices"
	"strings"

	"tahto/conformance"
	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/search"
)

// Route is one thing that can be asked for.
type Route struct {
	// Method is that of the request; a GET route serves HEAD as well.
	Method string
	// Pattern is the path relative to the base. A segment in braces stands for
	// any type that is kept here or served as a definition, any id, any version or
	// any Bundle that is worked on.
	Pattern string
	// Offers is what the CapabilityStatement says of it; none for a second way
	// to the same.
	Offers []conformance.Offer
	// Prepare does all that needs no storage. Its error is the client's fault.
	Prepare func(*Service, Call) (Action, error)
}

// Call is a request that was matched: what the braces of the pattern stand for.
type Call struct {
	Request
	Type, ID, Version, Job string

	prefer prefer
	// view is how much is wanted of what is given; see [Service.viewed]. A
	// pointer, since calls are copied for every route that is tried.
	view *view
	// inside tells that the request is an entry of a Bundle: it has no URL
	// that anybody could log, and its answer is terse unless asked otherwise.
	inside bool
	// planned is where the request stands in a transaction; nil outside one.
	planned *planned
}

func (c Call) key() fhir.Key { return fhir.Key{Type: c.Type, ID: c.ID} }

func offer(level conformance.Level, code string) []conformance.Offer {
	return []conformance.Offer{{Level: level, Code: code}}
}

// routes is the table. What is not in it is neither served, nor can be asked
// for in a Bundle, nor is it claimed.
var routes []Route

// The table is made here since what is prepared looks into it again: a batch
// matches its entries.
func init() {
	routes = []Route{
		{"POST", "Consent/$evaluate", []conformance.Offer{{
			Level: conformance.Operation, Code: "evaluate", On: "Consent",
			Doc: "May these pieces of a person's data be shared with this requester now? Parameters in, Parameters out.",
		}}, prepareEvaluate},
		{"POST", "{checked}/$validate", checkedOffers(), prepareValidate},
		{"POST", "{type}/{id}/$validate", nil, prepareValidate},
		{"GET", "{type}/{id}/$validate", nil, prepareValidate},
		{"GET", "{type}/{id}", offer(conformance.Type, "read"), prepareRead},
		{"GET", "{type}/{id}/_history/{version}", offer(conformance.Type, "vread"), prepareVRead},
		{"PUT", "{type}/{id}", offer(conformance.Type, "update"), prepareUpdate},
		{"DELETE", "{type}/{id}", offer(conformance.Type, "delete"), prepareDelete},
		{"PATCH", "{type}/{id}", offer(conformance.Type, "patch"), preparePatch},
		{"PUT", "{type}", nil, prepareUpdateLike},
		{"PATCH", "{type}", nil, preparePatchLike},
		{"DELETE", "{type}", nil, prepareDeleteLike},
		{"GET", "{type}/{id}/_history", offer(conformance.Type, "history-instance"), prepareHistory},
		{"GET", "{type}/_history", offer(conformance.Type, "history-type"), prepareHistory},
		{"POST", "{type}", offer(conformance.Type, "create"), prepareCreate},
		{"GET", "{type}", offer(conformance.Type, "search-type"), prepareSearch},
		{"POST", "{type}/_search", nil, prepareSearch},
		{"POST", "{type}/_history", nil, prepareHistorySearch},
		{"GET", "{definition}/{id}", offer(conformance.Definition, "read"), prepareReadDefinition},
		{"GET", "{definition}", offer(conformance.Definition, "search-type"), prepareSearchDefinitions},
		{"POST", "{definition}/_search", nil, prepareSearchDefinitions},
		{"GET", "metadata", nil, prepareCapabilities},
		{"POST", "", []conformance.Offer{
			{Level: conformance.System, Code: "transaction", Doc: "At most 4,000 entries and 16 MiB. With Bundle.identifier (system and value) it is done once, and answered alike when it is sent again. " + asyncDoc},
			{Level: conformance.System, Code: "batch", Doc: "At most 4,000 entries and 16 MiB. The answer is sent while the entries are performed. " + asyncDoc},
		}, prepareBundle},
		{"GET", "_async/{job}", nil, prepareJobStatus},
		{"DELETE", "_async/{job}", nil, prepareJobCancel},
		{"GET", "_history", offer(conformance.System, "history-system"), prepareHistory},
	}
}

const asyncDoc = "With Prefer: respond-async the answer is 202, and its Content-Location where to ask for the result (https://hl7.org/fhir/R4/async.html), a Bundle of type batch-response as R5 has it (https://hl7.org/fhir/R5/async-bundle.html), and to cancel it by DELETE."

// Routes is the route table. The slice is the caller's.
func Routes() []Route { return slices.Clone(routes) }

func checkedOffers() []conformance.Offer {
	all := make([]conformance.Offer, len(checked))
	for i, resourceType := range checked {
		all[i] = conformance.Offer{
			Level: conformance.Operation, Code: "validate", On: resourceType,
			Doc: "Would this resource be taken? Everything that there is to say about it, in one OperationOutcome.",
		}
	}
	return all
}

func offers() []conformance.Offer {
	var all []conformance.Offer
	for _, route := range routes {
		all = append(all, route.Offers...)
	}
	return all
}

// match finds the route of a request. If the path is known but not with this
// method, allow lists those there are.
func (s *Service) match(r Request) (route *Route, call Call, allow []string, err error) {
	method := r.Method
	if method == "HEAD" {
		method = "GET"
	}
	for i := range routes {
		call := Call{Request: r}
		if !s.fits(&call, routes[i].Pattern) {
			continue
		}
		if routes[i].Method == method {
			return &routes[i], call, nil, nil
		}
		allow = append(allow, routes[i].Method)
		if routes[i].Method == "GET" {
			allow = append(allow, "HEAD")
		}
	}
	if allow != nil {
		slices.Sort(allow)
		return nil, Call{}, slices.Compact(allow), issue.Newf(issue.NotAllowed, "", "This address does not take %s; it takes %s.", known(r.Method), strings.Join(allow, ", "))
	}
	return nil, Call{}, nil, s.unknownPath(r)
}

// known is a method that may be repeated to the client.
func known(method string) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, method) {
		return method
	}
	return "that method"
}

// fits compares a path with a pattern, segment by segment, and takes what the
// braces stand for.
func (s *Service) fits(c *Call, pattern string) bool {
	path := c.Path
	for pattern != "" || path != "" {
		if pattern == "" || path == "" {
			return false
		}
		var want, got string
		want, pattern, _ = strings.Cut(pattern, "/")
		got, path, _ = strings.Cut(path, "/")
		switch {
		case want == "{type}" && slices.Contains(s.types, got), want == "{definition}" && slices.Contains(s.definitions.types, got),
			want == "{checked}" && slices.Contains(checked, got):
			c.Type = got
		case want == "{id}" && fhir.IsID(got):
			c.ID = got
		case want == "{version}" && got != "":
			c.Version = got
		case want == "{job}" && got != "":
			c.Job = got
		case want != got:
			return false
		}
	}
	return true
}

// unknownPath says why no route fits.
func (s *Service) unknownPath(r Request) error {
	resourceType, rest, _ := strings.Cut(r.Path, "/")
	id, _, _ := strings.Cut(rest, "/")
	switch {
	case strings.Contains(r.Path, "$"):
		return issue.New(issue.NotFound, "", "There is no such operation here; see the CapabilityStatement at metadata.").Coded(issue.CodeNotSupported)
	case !slices.Contains(s.types, resourceType) && !slices.Contains(s.definitions.types, resourceType):
		return issue.Newf(issue.NotFound, "", "There are no resources of this type here; this server keeps %s.", strings.Join(s.types, " and ")).Coded(issue.CodeNotSupported)
	case id != "" && id[0] != '_' && !fhir.IsID(id):
		return issue.Newf(issue.Invalid, resourceType+".id", "An id has 1 to 64 letters (A-Z, a-z), digits, dashes and dots.").Coded(issue.CodeValue)
	}
	return issue.New(issue.NotFound, "", "There is nothing at this address; see the CapabilityStatement at metadata.")
}

// checkClientID refuses an id that a client must not choose: it would stand in
// URLs and logs.
func checkClientID(key fhir.Key) error {
	if search.Sensitive(map[string][]string{"id": {key.ID}}) {
		return issue.New(issue.Invalid, key.Type+".id", "An id must not be an identity code; it stands in URLs. Choose a random one.").Coded(issue.CodeSecurity)
	}
	return nil
}
