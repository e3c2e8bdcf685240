package fhirpath

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxPattern bounds a regular expression, and maxProgram what its repetitions
// make of it.
const (
	maxPattern = 2000
	maxProgram = 20_000
)

// pattern compiles a regular expression, in which a full stop stands for line
// breaks as well.
func pattern(text string, full bool) (*regexp.Regexp, bool) {
	if len(text) > maxPattern {
		return nil, false
	}
	if full {
		text = `\A(?:` + text + `)\z`
	}
	text = "(?s)" + text
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil || weight(tree, 1) > maxProgram {
		return nil, false
	}
	re, err := regexp.Compile(text)
	return re, err == nil
}

// weight is about how large the program of a regular expression becomes.
func weight(tree *syntax.Regexp, times int) int {
	if tree.Op == syntax.OpRepeat {
		times *= max(tree.Max, tree.Min, 1)
	}
	sum := times
	for _, sub := range tree.Sub {
		if sum += weight(sub, times); sum > maxProgram {
			break
		}
	}
	return sum
}

// preparePattern compiles a pattern that is written in the expression itself.
func preparePattern(c *call) error {
	l, is := c.args[0].(*literal)
	if !is || len(l.items) != 1 || l.items[0].kind != kindString {
		return nil
	}
	re, ok := pattern(l.items[0].text, c.fn.name == "matchesFull")
	if !ok {
		return faultf(l.position(), "this is no regular expression of RE2, or a very large one")
	}
	c.fixed = re
	return nil
}

// regex is the compiled first argument; nil if it is empty.
func (m *machine) regex(c *call) (*regexp.Regexp, error) {
	if c.fixed != nil {
		return c.fixed.(*regexp.Regexp), nil
	}
	text, some, err := m.textArgument(c, 0)
	if err != nil || !some {
		return nil, err
	}
	re, ok := pattern(text, c.fn.name == "matchesFull")
	if !ok {
		return nil, faultf(c.args[0].position(), "this is no regular expression of RE2, or a very large one")
	}
	return re, m.spend(100+len(text), c)
}

func matches(m *machine, c *call) (tri, error) {
	s, some, err := m.textSubject(c)
	if err != nil {
		return unknown, err
	}
	re, err := m.regex(c)
	if err != nil || re == nil || !some {
		return unknown, err
	}
	if err := m.spendOnRegex(s, re, c); err != nil {
		return unknown, err
	}
	return truthOf(re.MatchString(s)), nil
}

// spendOnRegex counts what matching takes at worst: the text times the pattern.
func (m *machine) spendOnRegex(s string, re *regexp.Regexp, c *call) error {
	return m.spend(1+len(s)/64*(1+len(re.String())/16), c)
}

// groupReference is $1 in a replacement.
var groupReference = regexp.MustCompile(`\$(\d+)`)

// replaceMatches replaces what matches; $1 stands for the first group. An empty
// pattern matches nothing.
func replaceMatches(m *machine, c *call) error {
	s, some, err := m.textSubject(c)
	if err != nil {
		return err
	}
	re, err := m.regex(c)
	if err != nil || re == nil {
		return err
	}
	by, given, err := m.textArgument(c, 1)
	if err != nil || !some || !given {
		return err
	}
	if err := m.spendOnRegex(s, re, c); err != nil {
		return err
	}
	if re.String() == "(?s)" {
		return m.pushText(s, c)
	}
	// A group may stand for all of the text, in every match.
	if n := len(re.FindAllStringIndex(s, -1)); n*len(by) > maxText || strings.Contains(by, "$") && n*len(s) > 16*maxText {
		return tooCostly(c.position())
	}
	return m.pushText(re.ReplaceAllString(s, groupReference.ReplaceAllString(by, "$${$1}")), c)
}
