package decision

// Effect is what is decided. The zero Effect denies.
type Effect uint8

// The effects. NotADisclosure is use of one's own file (käyttö): neither a
// consent nor a denial matters to it.
const (
	Deny Effect = iota
	Permit
	NotADisclosure
	effectCount
)

var effectCodes = [effectCount]string{
	Deny:           "deny",
	Permit:         "permit",
	NotADisclosure: "not-a-disclosure",
}

// String gives the code of the effect; one out of range reads as deny.
func (e Effect) String() string {
	if e < effectCount {
		return effectCodes[e]
	}
	return effectCodes[Deny]
}
