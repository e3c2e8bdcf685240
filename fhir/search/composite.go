package search

import (
	"slices"
	"strings"
)

// composite reads first$second, both as their own parameters read them
// (https://hl7.org/fhir/R4/search.html#composite). The first part is a code of
// a closed system, which the value, or the parameter of a date, then begins or
// ends with: see withType.
func (p *parser) composite(parameter Parameter, text string) (Value, *fault) {
	parts := split(text, '$')
	if len(parts) != 2 {
		return Value{}, bad(`a value has two parts with one $ between them; write \$ for one that belongs to a part.`)
	}
	first, fault := provisionTypeOf(parts[0])
	if fault != nil {
		return Value{}, fault
	}
	read, _ := p.reader(p.second(parameter), "")
	v, fault := read(parts[1])
	if fault != nil {
		return Value{}, fault
	}
	v.First = first
	if v.Prefix == "" {
		v.Value, v.AnyValue = composedValue(first, v.Value), false
	}
	return v, nil
}

// second is the parameter that reads the second part.
func (p *parser) second(parameter Parameter) Parameter {
	second, _ := p.registry.parameter(p.query.Type, parameter.Components[1].Name)
	return second
}

func provisionTypeOf(text string) (string, *fault) {
	v, fault := token(Parameter{system: provisionTypes}, text)
	switch {
	case fault != nil:
		return "", fault
	case !slices.Contains(provisionType, v.Value), !v.AnySystem && v.System != provisionTypes:
		return "", bad("the part before the $ is deny or permit.")
	}
	return v.Value, nil
}

// dated puts the first part of composite dates into the clause's parameter. It
// is the same in all of the values, since a clause has one parameter.
func (p *parser) dated(name string, c *Clause) bool {
	first := c.Values[0].First
	for _, v := range c.Values {
		if v.First != first {
			p.invalid(name, "%s: the values of one parameter are all of one type; give the parameter for deny in one search and for permit in another.", label(name))
			return false
		}
	}
	c.Param = composedParam(c.Param, first)
	return true
}

// written is the value without its first part, as a value of the second.
func (v Value) written() Value {
	v.Value = strings.TrimPrefix(v.Value, composedValue(v.First, ""))
	v.First = ""
	return v
}
