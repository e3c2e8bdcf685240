package issue

// Kind classes failures by what the client can do about them. The server maps
// a kind to an HTTP status in one place (package interaction), for a request
// and for a Bundle entry alike. The zero value is [Internal]: what nobody
// classified is our fault.
type Kind uint8

// The kinds. The status each one becomes is given for orientation; the table
// itself is in package interaction.
const (
	Internal           Kind = iota // 500: our fault; nothing of the cause is told
	Invalid                        // 400: the request can't be read
	NotFound                       // 404: no such resource, version or route
	Gone                           // 410: deleted
	Conflict                       // 409: another writer was faster, or two entries collide
	PreconditionFailed             // 412: If-Match or If-None-Match did not hold
	MultipleMatches                // 412: a condition matched more than one resource
	Unprocessable                  // 422: readable, but against the rules
	Unsupported                    // 501: FHIR has it, this server does not
	Unauthenticated                // 401: who are you
	Forbidden                      // 403: not you
	NotAllowed                     // 405: not with this method
	NotAcceptable                  // 406: no such representation
	UnknownMedia                   // 415: the body's media type is not known
	TooLarge                       // 413: the body is over the limit
	Timeout                        // 408: the request did not arrive in time
	Throttled                      // 429: too many requests
	Unavailable                    // 503: try again later
	kindCount
)

// Kinds lists every kind, so that a test can walk the status table.
func Kinds() []Kind {
	all := make([]Kind, 0, kindCount)
	for k := range kindCount {
		all = append(all, k)
	}
	return all
}

var kinds = [kindCount]struct {
	name string
	code Code
}{
	Internal:           {"internal error", CodeException},
	Invalid:            {"invalid request", CodeInvalid},
	NotFound:           {"not found", CodeNotFound},
	Gone:               {"deleted", CodeDeleted},
	Conflict:           {"conflict", CodeConflict},
	PreconditionFailed: {"precondition failed", CodeConflict},
	MultipleMatches:    {"multiple matches", CodeMultiple},
	Unprocessable:      {"unprocessable", CodeProcessing},
	Unsupported:        {"not supported", CodeNotSupported},
	Unauthenticated:    {"unauthenticated", CodeLogin},
	Forbidden:          {"forbidden", CodeForbidden},
	NotAllowed:         {"method not allowed", CodeNotSupported},
	NotAcceptable:      {"not acceptable", CodeNotSupported},
	UnknownMedia:       {"unsupported media type", CodeNotSupported},
	TooLarge:           {"too large", CodeTooLong},
	Timeout:            {"timeout", CodeTimeout},
	Throttled:          {"too many requests", CodeThrottled},
	Unavailable:        {"unavailable", CodeTransient},
}

// String names the kind for a log.
func (k Kind) String() string {
	if k >= kindCount {
		return kinds[Internal].name
	}
	return kinds[k].name
}

// Code is the FHIR issue type that is usual for the kind.
func (k Kind) Code() Code {
	if k >= kindCount {
		return kinds[Internal].code
	}
	return kinds[k].code
}
