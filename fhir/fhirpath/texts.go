package fhirpath

import (
	"strings"
	"unicode/utf8"
)

// texts are the functions of string manipulation
// (http://hl7.org/fhirpath/N1/#string-manipulation).
var texts = []function{
	{name: "indexOf", least: 1, most: 1, run: findText(func(s, part string) Value { return runes(s, strings.Index(s, part)) })},
	{name: "lastIndexOf", least: 1, most: 1, run: findText(func(s, part string) Value { return runes(s, strings.LastIndex(s, part)) })},
	{name: "substring", least: 1, most: 2, run: substring},
	{name: "startsWith", least: 1, most: 1, truth: compareTexts(strings.HasPrefix)},
	{name: "endsWith", least: 1, most: 1, truth: compareTexts(strings.HasSuffix)},
	{name: "contains", least: 1, most: 1, truth: compareTexts(strings.Contains)},
	{name: "upper", run: mapText(strings.ToUpper)},
	{name: "lower", run: mapText(strings.ToLower)},
	{name: "replace", least: 2, most: 2, run: replace},
	{name: "matches", least: 1, most: 2, truth: matches, prepare: preparePattern},
	{name: "matchesFull", least: 1, most: 2, truth: matches, prepare: preparePattern},
	{name: "replaceMatches", least: 2, most: 3, run: replaceMatches, prepare: preparePattern},
	{name: "length", run: length},
	{name: "toChars", run: toChars},
}

// textOf is the text of an item; some is false if there is no item. It counts
// what it takes to work through the text.
func (m *machine) textOf(v Value, at expr, name string) (text string, some bool, err error) {
	s := m.operand(v)
	if s.kind == kindNone {
		return "", false, nil
	}
	if s.kind != kindString {
		return "", false, faultf(at.position(), "%s() takes a String, and not %s", name, kindNames[s.kind])
	}
	return s.text, true, m.spend(len(s.text)/eachText, at)
}

// textSubject is the text that a function is applied to.
func (m *machine) textSubject(c *call) (string, bool, error) {
	v, err := m.subject(c)
	if err != nil {
		return "", false, err
	}
	return m.textOf(v, c, c.fn.name)
}

func (m *machine) textArgument(c *call, i int) (string, bool, error) {
	v, err := m.argument(c, i)
	if err != nil {
		return "", false, err
	}
	return m.textOf(v, c.args[i], c.fn.name)
}

// subjectAndArgument are both texts of a function that needs two; some is false
// if one is missing.
func (m *machine) subjectAndArgument(c *call) (s, arg string, some bool, err error) {
	s, some, err = m.textSubject(c)
	if err != nil {
		return "", "", false, err
	}
	arg, given, err := m.textArgument(c, 0)
	return s, arg, some && given, err
}

func compareTexts(test func(s, part string) bool) func(m *machine, c *call) (tri, error) {
	return func(m *machine, c *call) (tri, error) {
		s, part, some, err := m.subjectAndArgument(c)
		if err != nil || !some {
			return unknown, err
		}
		return truthOf(test(s, part)), nil
	}
}

func findText(look func(s, part string) Value) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		s, part, some, err := m.subjectAndArgument(c)
		if err != nil || !some {
			return err
		}
		m.push(look(s, part))
		return nil
	}
}

// runes turns a position in bytes into one in characters.
func runes(s string, at int) Value {
	if at < 0 {
		return integer(-1)
	}
	return integer(int64(utf8.RuneCountInString(s[:at])))
}

func mapText(change func(string) string) func(m *machine, c *call) error {
	return func(m *machine, c *call) error {
		s, some, err := m.textSubject(c)
		if err != nil || !some {
			return err
		}
		return m.pushText(change(s), c)
	}
}

func substring(m *machine, c *call) error {
	s, some, err := m.textSubject(c)
	if err != nil || !some {
		return err
	}
	from, given, err := m.integerArgument(c, 0)
	if err != nil || !given {
		return err
	}
	n, limited, err := m.integerArgument(c, 1)
	if err != nil {
		return err
	}
	all := []rune(s)
	if from < 0 || from >= int64(len(all)) {
		return nil
	}
	all = all[from:]
	if limited {
		all = all[:min(max(n, 0), int64(len(all)))]
	}
	return m.pushText(string(all), c)
}

func replace(m *machine, c *call) error {
	s, old, some, err := m.subjectAndArgument(c)
	if err != nil || !some {
		return err
	}
	by, given, err := m.textArgument(c, 1)
	if err != nil || !given {
		return err
	}
	if n := strings.Count(s, old); n > 0 && len(s)+n*(len(by)-len(old)) > maxText {
		return tooCostly(c.position())
	}
	return m.pushText(strings.ReplaceAll(s, old, by), c)
}

func length(m *machine, c *call) error {
	s, some, err := m.textSubject(c)
	if err == nil && some {
		m.push(integer(int64(utf8.RuneCountInString(s))))
	}
	return err
}

func toChars(m *machine, c *call) error {
	s, some, err := m.textSubject(c)
	if err != nil || !some {
		return err
	}
	for s != "" {
		if err := m.bounded(c); err != nil {
			return err
		}
		_, n := utf8.DecodeRuneInString(s) // 1 for what is no UTF-8
		m.push(StringValue(s[:n]))
		s = s[n:]
	}
	return nil
}
