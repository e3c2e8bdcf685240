package xml

import "strings"

// AppendText writes what stands between tags, with references in place of what
// would be read as something else.
func AppendText(dst []byte, text string) []byte { return appendEscaped(dst, text, "&<>\r") }

// AppendValue writes what stands between the quotation marks of an attribute.
// Tabs and line ends become references too: as they are, a parser makes spaces of
// them (https://www.w3.org/TR/xml/#AVNormalize).
func AppendValue(dst []byte, value string) []byte {
	return appendEscaped(dst, value, "&<>\"\t\n\r")
}

var references = map[byte]string{
	'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\t': "&#9;", '\n': "&#10;", '\r': "&#13;",
}

func appendEscaped(dst []byte, text, special string) []byte {
	for {
		i := strings.IndexAny(text, special)
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(append(dst, text[:i]...), references[text[i]]...)
		text = text[i+1:]
	}
}
