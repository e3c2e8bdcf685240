package search

import (
	"slices"
	"strings"

	"tahto/fhir"
)

// reader gives the function that reads one value of a parameter.
func (p *parser) reader(parameter Parameter, modifier string) (func(string) (Value, *fault), Op) {
	switch {
	case parameter.Kind == KindToken, modifier == "identifier":
		return func(text string) (Value, *fault) { return token(parameter, text) }, Token
	case parameter.Kind == KindDate:
		return p.date, Date
	case parameter.Kind == KindURI:
		return uri, Token
	case parameter.Kind == KindComposite:
		_, op := p.reader(p.second(parameter), "")
		return func(text string) (Value, *fault) { return p.composite(parameter, text) }, op
	}
	return func(text string) (Value, *fault) { return p.reference(parameter, modifier, text) }, Reference
}

// token reads code, system|code, |code and system|
// (https://hl7.org/fhir/R4/search.html#token). For an element of type code,
// whose system is implied, |code is the same as code.
func token(parameter Parameter, text string) (Value, *fault) {
	parts := split(text, '|')
	if len(parts) > 2 {
		return Value{}, bad(`a token has at most one |; write \| for one that belongs to the system or code.`)
	}
	code := unescape(parts[len(parts)-1])
	if len(parts) == 1 {
		if code == "" {
			return Value{}, bad(faultEmpty)
		}
		return Value{AnySystem: true, Value: code}, nil
	}
	system := unescape(parts[0])
	switch {
	case system == "" && code == "":
		return Value{}, bad(faultEmpty)
	case code == "":
		return Value{System: system, AnyValue: true}, nil
	case system == "":
		system = parameter.system
	}
	return Value{System: system, Value: code}, nil
}

// uri reads an address, which is compared as a whole
// (https://hl7.org/fhir/R4/search.html#uri).
func uri(text string) (Value, *fault) {
	if text == "" {
		return Value{}, bad(faultEmpty)
	}
	return Value{AnySystem: true, Value: unescape(text)}, nil
}

const faultEmpty = "a value is empty; give one or leave it out."

// reference reads an id, Type/id, Type/id/_history/version or an absolute URL
// (https://hl7.org/fhir/R4/search.html#reference), with the modifier a type.
func (p *parser) reference(parameter Parameter, modifier, text string) (Value, *fault) {
	text = unescape(text)
	if fhir.IsID(text) {
		return Value{System: modifier, AnySystem: modifier == "", Value: text}, nil
	}
	a, ok := p.registry.address(text, p.base)
	switch {
	case text == "":
		return Value{}, bad(faultEmpty)
	case !ok:
		return Value{}, bad("this is no reference; write an id, Type/id, Type/id/_history/version or an absolute URL.")
	case a.resourceType == "" && modifier != "":
		return Value{}, bad("with a type as modifier the value is an id.")
	case a.resourceType == "":
	case modifier != "" && a.resourceType != modifier:
		return Value{}, bad("the type in the value is another than the one in the modifier.")
	case !parameter.mayRefer(a.resourceType):
		return Value{}, bad(parameter.Name + " refers to no resources of that type; known are " + listed(parameter.Targets) + ".")
	}
	return Value{System: a.resourceType, Value: a.value, Version: a.version}, nil
}

var prefixes = []Prefix{
	Equal, NotEqual, GreaterThan, LessThan, GreaterEqual, LessEqual, StartsAfter, EndsBefore, Approximate,
}

// date reads a date with or without a prefix
// (https://hl7.org/fhir/R4/search.html#date).
func (p *parser) date(text string) (Value, *fault) {
	if text == "" {
		return Value{}, bad(faultEmpty)
	}
	letters := len(text) - len(strings.TrimLeft(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	v := Value{Prefix: Equal, Text: strings.ReplaceAll(text[letters:], " ", "+")}
	if letters > 0 {
		v.Prefix = Prefix(text[:letters])
	}
	d, err := fhir.ParseLoose(v.Text)
	switch {
	case err != nil:
		return Value{}, bad("this is no date; " + err.Error() + ".")
	case !slices.Contains(prefixes, v.Prefix):
		return Value{}, unknownPrefix(v.Prefix)
	}
	v.Low, v.High = low(d), high(d)
	if v.Prefix == Approximate {
		v.Low, v.High = d.Shifted(-1).UnixMicro(), d.Shifted(2).UnixMicro()
	}
	return v, nil
}

func unknownPrefix(p Prefix) *fault {
	names := make([]string, len(prefixes))
	for i := range prefixes {
		names[i] = string(prefixes[i])
	}
	return &fault{text: "there is no such prefix; " + meant(string(p), names) + ".", unknown: true}
}

// split cuts a text at a separator that no backslash precedes
// (https://hl7.org/fhir/R4/search.html#escaping). The parts are still escaped.
func split(text string, separator byte) []string {
	var parts []string
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case separator:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// unescape takes the backslash from \, \| \$ and \\. One before anything else
// is a backslash.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return unescaper.Replace(text)
}

// The replacers go through a text once, from the left, so that \\, is a
// backslash and a comma.
var (
	unescaper = strings.NewReplacer(`\\`, `\`, `\,`, `,`, `\|`, `|`, `\$`, `$`)
	escaper   = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`, `$`, `\$`)
)
