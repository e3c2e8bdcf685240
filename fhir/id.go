package fhir

// IdentitySystem is the identifier system of the Finnish personal identity
// code, henkilötunnus (Finnish Core).
const IdentitySystem = "urn:oid:1.2.246.21"

// IsID tells whether a text can be the id of a resource or of a version: 1 to
// 64 letters, digits, hyphens and full stops
// (https://hl7.org/fhir/R4/datatypes.html#id). Two that R4 allows can't: "."
// and ".." mean something else in a path, and every client and proxy on the
// way would take them out of the URL.
func IsID(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '.' {
			return false
		}
	}
	return text != "" && len(text) <= 64 && text != "." && text != ".."
}
