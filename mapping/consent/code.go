package consent

// Systems of names and codes that both the decision and its interface know.
const (
	// URISystem is the naming system of identifiers that are URIs themselves,
	// such as the urn:oid: of an organisation (RFC 3986).
	URISystem = "urn:ietf:rfc:3986"
	// ActReasonSystem is HL7's code system of purposes of use (käyttötarkoitus).
	ActReasonSystem = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
)

// CodeOf gives the code of an enumeration's value from its table, which the
// value indexes; "" for the zero value and for one out of range.
func CodeOf[E ~uint8](codes []string, e E) string {
	if int(e) < len(codes) {
		return codes[e]
	}
	return ""
}

// ParseCode is [CodeOf] the other way; false when the table has no such code.
// The empty code is never in it.
func ParseCode[E ~uint8](codes []string, code string) (E, bool) {
	if code == "" {
		return 0, false
	}
	for i, c := range codes {
		if c == code {
			return E(i), true
		}
	}
	return 0, false
}
