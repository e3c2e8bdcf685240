package consent

import (
	"strconv"
	"strings"
)

// InformationVersion is the version of the notice about Kanta (Kanta-
// informointi, 703/2023 section 68) that a person has received. Versions are
// ordered, so that one newer than those known today counts as newer. The zero
// version is none.
type InformationVersion uint16

// The versions the rules speak of.
const (
	NoInformation InformationVersion = 0
	Information10 InformationVersion = 1 << 8   // 1.0
	Information11 InformationVersion = 1<<8 | 1 // 1.1: grounds sharing in Uusimaa
	Information20 InformationVersion = 2 << 8   // 2.0: the text of November 2023
)

// ParseInformationVersion reads "major.minor", plain decimal numbers without
// leading zeros, major from 1 and both under 256; false for anything else.
func ParseInformationVersion(text string) (InformationVersion, bool) {
	major, minor, found := strings.Cut(text, ".")
	if !found {
		return NoInformation, false
	}
	high, ok := versionPart(major)
	if !ok || high == 0 {
		return NoInformation, false
	}
	low, ok := versionPart(minor)
	if !ok {
		return NoInformation, false
	}
	return InformationVersion(high)<<8 | InformationVersion(low), true
}

func versionPart(text string) (uint8, bool) {
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil || strconv.FormatUint(n, 10) != text {
		return 0, false
	}
	return uint8(n), true
}

// String writes the version as "major.minor", or "" for none.
func (v InformationVersion) String() string {
	if v == NoInformation {
		return ""
	}
	return strconv.Itoa(int(v>>8)) + "." + strconv.Itoa(int(v&0xff))
}
