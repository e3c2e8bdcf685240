package fhirpath

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"strings"
	"unicode/utf8"
)

// moreTexts are the functions on texts that came after FHIRPath 2.0 was
// normative and are in use in R4 all the same
// (https://build.fhir.org/ig/HL7/FHIRPath/#additional-string-functions).
var moreTexts = []function{
	{name: "trim", run: mapText(strings.TrimSpace)},
	{name: "split", least: 1, most: 1, run: split},
	{name: "join", most: 1, run: join},
	{name: "encode", least: 1, most: 1, run: recode(encoders)},
	{name: "decode", least: 1, most: 1, run: recode(decoders)},
	{name: "escape", least: 1, most: 1, run: recode(escapers)},
	{name: "unescape", least: 1, most: 1, run: recode(unescapers)},
}

func split(m *machine, c *call) error {
	s, separator, some, err := m.subjectAndArgument(c)
	if err != nil || !some {
		return err
	}
	if strings.Count(s, separator) > maxItems-len(m.stack) {
		return tooCostly(c.position())
	}
	for part := range strings.SplitSeq(s, separator) {
		m.push(StringValue(part))
	}
	return nil
}

func join(m *machine, c *call) error {
	base := len(m.stack)
	if err := m.input(c.in); err != nil {
		return err
	}
	separator, _, err := "", false, error(nil)
	if len(c.args) > 0 {
		if separator, _, err = m.textArgument(c, 0); err != nil {
			return err
		}
	}
	var all strings.Builder
	first := true
	for _, v := range m.stack[base:] {
		s, some, err := m.textOf(v, c, "join")
		if err != nil {
			return err
		}
		if !some {
			continue
		}
		if !first {
			all.WriteString(separator)
		}
		first = false
		if all.WriteString(s); all.Len() > maxText {
			return tooCostly(c.position())
		}
	}
	m.stack = m.stack[:base]
	if first {
		return nil
	}
	return m.pushText(all.String(), c)
}

// coder turns a text into another; it is not ok if there is none.
type coder func(string) (string, bool)

// recode makes a function whose argument names the coder. There is no result if
// the name is unknown, or the text not in that form.
func recode(coders map[string]coder) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		s, name, some, err := m.subjectAndArgument(c)
		if err != nil || !some {
			return err
		}
		code, known := coders[name]
		if !known {
			return nil
		}
		out, ok := code(s)
		if !ok || !utf8.ValidString(out) {
			return nil
		}
		return m.pushText(out, c)
	}
}

var encoders = map[string]coder{
	"hex":       func(s string) (string, bool) { return hex.EncodeToString([]byte(s)), true },
	"base64":    func(s string) (string, bool) { return base64.StdEncoding.EncodeToString([]byte(s)), true },
	"urlbase64": func(s string) (string, bool) { return base64.URLEncoding.EncodeToString([]byte(s)), true },
}

var decoders = map[string]coder{
	"hex":       decoded(hex.DecodeString),
	"base64":    decoded(base64.StdEncoding.DecodeString),
	"urlbase64": decoded(base64.URLEncoding.DecodeString),
}

func decoded(decode func(string) ([]byte, error)) coder {
	return func(s string) (string, bool) {
		out, err := decode(s)
		return string(out), err == nil
	}
}

var htmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

var escapers = map[string]coder{
	"html": func(s string) (string, bool) { return htmlEscaper.Replace(s), true },
	"json": func(s string) (string, bool) {
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		if e.Encode(s) != nil {
			return "", false
		}
		return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(out.String(), "\n"), `"`), `"`), true
	},
}

var unescapers = map[string]coder{
	"html": func(s string) (string, bool) { return html.UnescapeString(s), true },
	"json": func(s string) (string, bool) {
		var out string
		if json.Unmarshal([]byte(`"`+s+`"`), &out) == nil {
			return out, true
		}
		// A text that was unescaped once already, by FHIRPath's own quotes.
		return s, !strings.Contains(s, `\`)
	},
}
