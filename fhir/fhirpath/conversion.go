package fhirpath

import (
	"strconv"
	"strings"
)

// conversions are toX() and convertsToX()
// (http://hl7.org/fhirpath/N1/#conversion).
var conversions = func() []function {
	var all []function
	for name, convert := range map[string]func(v Value) (Value, bool){
		"Boolean": toBoolean, "Integer": toInteger, "Decimal": toDecimal, "String": toText, "Quantity": toQuantity,
		"Date": toMoment(kindDate), "DateTime": toMoment(kindDateTime), "Time": toMoment(kindTime),
	} {
		most := 0
		if name == "Quantity" {
			most = 1
		}
		all = append(all,
			function{name: "to" + name, most: most, run: conversion(convert)},
			function{name: "convertsTo" + name, most: most, truth: convertible(convert)})
	}
	return all
}()

// toConvert is the item to convert, and as what unit it is asked for.
func (m *machine) toConvert(c *call) (v Value, unit string, err error) {
	if v, err = m.subject(c); err != nil {
		return Value{}, "", err
	}
	if len(c.args) > 0 {
		if unit, _, err = m.textArgument(c, 0); err != nil {
			return Value{}, "", err
		}
	}
	v = m.asQuantity(m.operand(v))
	if unit != "" {
		m.countUnits(quantity(decimal{}, unit, false), v)
	}
	return v, unit, m.spend(len(v.text)/eachText, c)
}

func conversion(convert func(v Value) (Value, bool)) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		v, unit, err := m.toConvert(c)
		if err != nil || v.kind == kindNone {
			return err
		}
		result, ok := convert(v)
		if ok && unit != "" {
			result, ok = inUnit(result, unit)
		}
		if ok {
			m.push(result)
		}
		return nil
	}
}

func convertible(convert func(v Value) (Value, bool)) func(m *machine, c *call) (tri, error) {
	return func(m *machine, c *call) (tri, error) {
		v, unit, err := m.toConvert(c)
		if err != nil || v.kind == kindNone {
			return unknown, err
		}
		result, ok := convert(v)
		if ok && unit != "" {
			_, ok = inUnit(result, unit)
		}
		return truthOf(ok), nil
	}
}

func inUnit(q Value, unit string) (Value, bool) {
	wanted := quantityOf(decimal{}, unit, false)
	d, ok := converted(wanted, q)
	return quantity(d, wanted.text, wanted.box.calendar), ok && d.fits()
}

func toBoolean(v Value) (Value, bool) {
	switch v.kind {
	case kindBoolean:
		return v, true
	case kindInteger, kindDecimal:
		zero, one := v.decimal().sign() == 0, v.decimal().cmp(decimalOf(1)) == 0
		return BooleanValue(one), zero || one
	case kindString:
		switch strings.ToLower(v.text) {
		case "true", "t", "yes", "y", "1", "1.0":
			return BooleanValue(true), true
		case "false", "f", "no", "n", "0", "0.0":
			return BooleanValue(false), true
		}
	}
	return Value{}, false
}

func toInteger(v Value) (Value, bool) {
	switch v.kind {
	case kindInteger:
		return v, true
	case kindBoolean:
		return integer(v.number), true
	case kindString:
		n, err := strconv.ParseInt(v.text, 10, 32)
		return integer(n), err == nil
	}
	return Value{}, false
}

func toDecimal(v Value) (Value, bool) {
	switch v.kind {
	case kindDecimal:
		return v, true
	case kindInteger, kindBoolean:
		return number(decimalOf(v.number)), true
	case kindString:
		d, ok := plainDecimal(v.text)
		return number(d), ok
	}
	return Value{}, false
}

// plainDecimal reads a number as a text may hold it: without an exponent, and
// with digits on both sides of the point.
func plainDecimal(text string) (decimal, bool) {
	digits := strings.TrimLeft(text, "+-")
	if strings.HasPrefix(digits, ".") || strings.HasSuffix(digits, ".") || strings.ContainsAny(digits, "eE") {
		return decimal{}, false
	}
	return parseDecimal(text)
}

func toText(v Value) (Value, bool) {
	if v.kind == kindNode || v.kind == kindType {
		return Value{}, false
	}
	return StringValue(v.String()), true
}

// toMoment makes the conversion to Date, DateTime or Time.
func toMoment(k kind) func(v Value) (Value, bool) {
	return func(v Value) (Value, bool) {
		switch {
		case v.kind == k:
			return v, true
		case v.kind == kindString:
			t, ok := parseMoment(k, v.text)
			if !ok && k == kindDate { // the date of a DateTime
				t, ok = parseMoment(kindDateTime, v.text)
				return momentValue(k, dateOf(t)), ok
			}
			return momentValue(k, t), ok
		case v.kind == kindDate && k == kindDateTime:
			return momentValue(k, v.box.moment), true
		case v.kind == kindDateTime && k == kindDate:
			return momentValue(k, dateOf(v.box.moment)), true
		}
		return Value{}, false
	}
}

func dateOf(t moment) moment {
	return moment{year: t.year, month: t.month, day: t.day, precision: min(t.precision, toDay)}
}

// toQuantity reads texts such as 1, 1 day and 1 'mg'.
func toQuantity(v Value) (Value, bool) {
	switch v.kind {
	case kindQuantity:
		return v, true
	case kindInteger, kindDecimal:
		return quantity(v.decimal(), "1", false), true
	case kindBoolean:
		return quantity(decimalOf(v.number), "1", false), true
	case kindString:
		return quantityOfText(v.text)
	}
	return Value{}, false
}

func quantityOfText(text string) (Value, bool) {
	end := 0
	for end < len(text) && (isDigit(text[end]) || strings.IndexByte("+-.", text[end]) >= 0) {
		end++
	}
	d, ok := plainDecimal(text[:end])
	rest := strings.TrimLeft(text[end:], " \t\r\n")
	switch quoted := len(rest) > 2 && rest[0] == '\'' && rest[len(rest)-1] == '\''; {
	case !ok:
		return Value{}, false
	case rest == "":
		return quantity(d, "1", false), true
	case quoted && !strings.Contains(rest[1:len(rest)-1], "'"):
		return quantityOf(d, rest[1:len(rest)-1], false), true
	}
	name, calendar := calendarUnit(rest)
	return quantity(d, name, true), calendar
}
