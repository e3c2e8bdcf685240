package kit

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// asserts say what [Expect.expectations] says, one by one and in its order.
func (s *scripting) asserts(x *Expect) ([]scriptAssert, error) {
	if len(x.Counts) > 0 {
		s.cannot("how many of several answers have a status")
	}
	all := []scriptAssert{statusAssert(x.Status)}
	for _, name := range slices.Sorted(maps.Keys(x.Headers)) {
		one, err := s.headerAssert(name, x.Headers[name])
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	for _, name := range x.Absent {
		all = append(all, scriptAssert{HeaderField: name, Operator: "empty"})
	}
	body, err := s.bodyAsserts(x)
	all = append(all, body...)
	words, failed := x.expectations(s.holes)
	if err != nil || failed != nil {
		return nil, errors.Join(err, failed)
	}
	for i, one := range words[:min(len(words), len(all))] {
		all[i].Direction, all[i].Description = "response", one.text
	}
	return all, nil
}

func (s *scripting) bodyAsserts(x *Expect) ([]scriptAssert, error) {
	var all []scriptAssert
	if x.Type != "" {
		all = append(all, scriptAssert{Resource: x.Type})
	}
	for _, source := range x.True {
		text, err := s.holes.expand(source)
		if err != nil {
			return nil, err
		}
		all = append(all, scriptAssert{Expression: modelled(text), Operator: "equals", Value: "true"})
	}
	if len(x.Has) > 0 {
		s.cannot("a text in the body")
	}
	for _, source := range x.Lacks {
		text, err := s.holes.expand(source)
		if err != nil {
			return nil, err
		}
		all = append(all, lackAssert(text))
	}
	if x.Body != "" {
		s.cannot("a whole body")
	}
	if x.Empty {
		s.cannot("an answer without a body")
	}
	return all, nil
}

func statusAssert(want statuses) scriptAssert {
	words := make([]string, len(want))
	for i, status := range want {
		words[i] = strconv.Itoa(status)
	}
	if len(words) == 1 {
		return scriptAssert{ResponseCode: words[0], Operator: "equals"}
	}
	return scriptAssert{ResponseCode: strings.Join(words, ","), Operator: "in"}
}

// ofMedia is a pattern for a media type, whatever its parameters.
var ofMedia = regexp.MustCompile(`^~\^(application/fhir)\\(\+[a-z]+)$`)

// headerAssert says of a header what a pattern does, if there is an operator
// that says the same.
func (s *scripting) headerAssert(name, want string) (scriptAssert, error) {
	if found := ofMedia.FindStringSubmatch(want); found != nil && http.CanonicalHeaderKey(name) == "Content-Type" {
		return scriptAssert{ContentType: found[1] + found[2], Operator: "equals"}, nil
	}
	want, err := s.holes.expand(want)
	if err != nil {
		return scriptAssert{}, err
	}
	pattern, is := strings.CutPrefix(want, "~")
	if !is {
		return scriptAssert{HeaderField: name, Operator: "equals", Value: want}, nil
	}
	if pattern == "." || pattern == ".+" {
		return scriptAssert{HeaderField: name, Operator: "notEmpty"}, nil
	}
	text, err := literal(pattern)
	if text == "" {
		s.cannot("a pattern for the header " + name)
	}
	return scriptAssert{HeaderField: name, Operator: "contains", Value: text}, err
}

// literal is the text that a pattern stands for, "" if it is more than a text.
// A variable in it is a text too.
func literal(pattern string) (string, error) {
	const dollar, open, shut = "\x01", "\x02", "\x03"
	masked := hole.ReplaceAllString(pattern, dollar+open+"$1"+shut)
	parsed, err := syntax.Parse(masked, syntax.Perl)
	if err != nil || parsed.Op != syntax.OpLiteral || parsed.Flags&syntax.FoldCase != 0 {
		return "", err
	}
	return strings.NewReplacer(dollar, "$", open, "{", shut, "}").Replace(string(parsed.Rune)), nil
}

// lackAssert says that a text is in no value of the body.
func lackAssert(text string) scriptAssert {
	escaped := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text)
	return scriptAssert{Operator: "equals", Value: "true", Expression: "descendants().select(toString()).where(contains('" + escaped + "')).empty()"}
}

var (
	quotedText = regexp.MustCompile(`'(?:\\.|[^'\\])*'|[^']+|'`)
	choice     = regexp.MustCompile(`\b(value|source|occurred)(Attachment|Boolean|Code|CodeableConcept|Coding|Date|DateTime|Decimal|Identifier|Instant|Integer|Period|Reference|String|Uri)\b`)
)

// modelled is an expression as it is over FHIR's types: the value of a choice
// goes by the element's name without the type.
func modelled(source string) string {
	return quotedText.ReplaceAllStringFunc(source, func(part string) string {
		if strings.HasPrefix(part, "'") {
			return part
		}
		return choice.ReplaceAllString(part, "$1")
	})
}
