package validate

import (
	"strconv"
	"strings"

	"tahto/fhir"
)

// format is how a primitive type is written
// (https://hl7.org/fhir/R4/datatypes.html#primitive).
type format struct {
	kind fhir.Kind
	fits func(string) bool
	how  string // the end of a sentence that begins with "Write"
}

var formats = map[string]*format{
	"boolean":      {fhir.Bool, func(string) bool { return true }, "true or false"},
	"integer":      {fhir.Number, func(s string) bool { return isInteger(s, -1<<31) }, "a whole number from -2147483648 to 2147483647, without fraction and exponent"},
	"unsignedInt":  {fhir.Number, func(s string) bool { return isInteger(s, 0) }, "a whole number from 0 to 2147483647, without fraction and exponent"},
	"positiveInt":  {fhir.Number, func(s string) bool { return isInteger(s, 1) }, "a whole number from 1 to 2147483647, without fraction and exponent"},
	"decimal":      {fhir.Number, func(string) bool { return true }, "a number"},
	"string":       {fhir.String, isText, "some text, or leave the element out"},
	"markdown":     {fhir.String, isText, "some text, or leave the element out"},
	"xhtml":        {fhir.String, isText, "XHTML"},
	"uri":          {fhir.String, isURI, "a URI without spaces"},
	"url":          {fhir.String, isURI, "a URL without spaces"},
	"canonical":    {fhir.String, isURI, "a canonical URL without spaces"},
	"oid":          {fhir.String, isOID, "urn:oid: and numbers with full stops between them, such as urn:oid:1.2.246"},
	"uuid":         {fhir.String, isUUID, "urn:uuid: and a UUID in lower case"},
	"id":           {fhir.String, isID, "1 to 64 letters from A to Z, digits, hyphens and full stops"},
	"elementID":    {fhir.String, isURI, "text without spaces"},
	"code":         {fhir.String, isCode, "a code without spaces at its ends and without two spaces in a row"},
	"base64Binary": {fhir.String, isBase64, "base64 in groups of four characters"},
	"date":         {fhir.String, isDate, "a day that exists as YYYY, YYYY-MM or YYYY-MM-DD"},
	"dateTime":     {fhir.String, isDateTime, "a day that exists as YYYY, YYYY-MM or YYYY-MM-DD, or with seconds and a time zone, such as 2024-02-29T12:00:00+02:00"},
	"instant":      {fhir.String, isInstant, "a day that exists with seconds and a time zone, such as 2024-02-29T12:00:00+02:00"},
	"time":         {fhir.String, isTime, "hours, minutes and seconds, such as 12:00:00"},
}

// isInteger takes what JSON calls a number.
func isInteger(s string, least int64) bool {
	if strings.ContainsAny(s, ".eE") || s == "-0" {
		return false
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return err == nil && n >= least
}

func isText(s string) bool { return s != "" }

func isURI(s string) bool { return s != "" && !strings.ContainsFunc(s, isSpace) }

func isSpace(c rune) bool { return c == ' ' || c >= '\t' && c <= '\r' || c == 0x85 || c == 0xA0 }

// isCode takes single spaces inside a code, but none around it.
func isCode(s string) bool {
	before := true
	for _, c := range s {
		space := isSpace(c)
		if space && before {
			return false
		}
		before = space
	}
	return !before
}

// isID takes what R4 takes: unlike [fhir.IsID], the server's own bound, also
// full stops alone.
func isID(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) && c != '-' && c != '.' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isOID(s string) bool {
	rest, is := strings.CutPrefix(s, "urn:oid:")
	arcs := 0
	for arc := range strings.SplitSeq(rest, ".") {
		if !isNumber(arc) || arcs == 0 && arc > "2" {
			return false
		}
		arcs++
	}
	return is && arcs > 1 && rest[1] == '.'
}

// isNumber takes digits without a zero in front.
func isNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != "" && (s[0] != '0' || s == "0")
}

func isUUID(s string) bool {
	rest, is := strings.CutPrefix(s, "urn:uuid:")
	if !is || len(rest) != 36 {
		return false
	}
	for i := range len(rest) {
		c := rest[i]
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !isDigit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// isBase64 takes the alphabet in groups of four, with padding at the end only;
// white space counts for nothing.
func isBase64(s string) bool {
	count, padding := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			continue
		case c == '=':
			padding++
		case padding > 0 || !isLetter(c) && !isDigit(c) && c != '+' && c != '/':
			return false
		}
		count++
	}
	return count > 0 && count%4 == 0 && padding <= 2
}

func isDate(s string) bool { _, err := fhir.ParseDate(s); return err == nil }

func isDateTime(s string) bool { _, err := fhir.ParseDateTime(s); return err == nil }

func isInstant(s string) bool { _, err := fhir.ParseInstant(s); return err == nil }

// isTime takes hh:mm:ss with an optional fraction; a leap second is one.
func isTime(s string) bool {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' {
		return false
	}
	if !isBelow(s[0:2], "24") || !isBelow(s[3:5], "60") || !isBelow(s[6:8], "61") {
		return false
	}
	fraction, has := strings.CutPrefix(s[8:], ".")
	return s[8:] == "" || has && fraction != "" && strings.Trim(fraction, "0123456789") == ""
}

// isBelow compares two digits with two others.
func isBelow(s, bound string) bool { return isDigit(s[0]) && isDigit(s[1]) && s < bound }
