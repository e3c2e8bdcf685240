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

// regex is a compiled regular expression with its weight.
type regex struct {
	*regexp.Regexp
	weight int
}

// pattern compiles a regular expression, in which a full stop stands for line
// breaks as well.
func pattern(text string, full bool) (*regex, bool) {
	if len(text) > maxPattern {
		return nil, false
	}
	if full {
		text = `\A(?:` + text + `)\z`
	}
	text = "(?s)" + text
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, false
	}
	size := weight(tree, 1)
	if size > maxProgram {
		return nil, false
	}
	re, err := regexp.Compile(text)
	return &regex{re, size}, err == nil
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
func (m *machine) regex(c *call) (*regex, error) {
	if c.fixed != nil {
		return c.fixed.(*regex), nil
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
	if err := m.spend(re.steps(s), c); err != nil {
		return unknown, err
	}
	return truthOf(re.MatchString(s)), nil
}

// steps are what one match takes at worst: the text times the pattern.
func (r *regex) steps(s string) int { return 1 + len(s)*r.weight/eachMatch }

// eachMatch is how many bytes times weight RE2 matches in a step.
const eachMatch = 16

// countMatches looks for more and more matches, and counts beforehand what they
// take: each may read all of the text, as those of a(.*b)? do.
func (m *machine) countMatches(s string, re *regex, c *call) (int, error) {
	for most := 8; ; most *= 2 {
		if err := m.spend(most*re.steps(s), c); err != nil {
			return 0, err
		}
		if n := len(re.FindAllStringIndex(s, most)); n < most {
			return n, nil
		}
	}
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
	if re.String() == "(?s)" {
		return m.pushText(s, c)
	}
	// A group may stand for all of the text, in every match.
	n, err := m.countMatches(s, re, c)
	if err != nil {
		return err
	}
	if n*len(by) > maxText || strings.Contains(by, "$") && n*len(s) > 16*maxText {
		return tooCostly(c.position())
	}
	return m.pushText(re.ReplaceAllString(s, groupReference.ReplaceAllString(by, "$${$1}")), c)
}
