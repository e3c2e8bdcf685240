package kit

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Section is the cases about one part of the specification.
type Section struct {
	Name  string `json:"section"`
	Title string `json:"title"`
	Cases []Case `json:"cases"`
}

// Case is one behaviour that a server must show.
type Case struct {
	ID    string `json:"id"`    // unique in all sections; says the behaviour
	Title string `json:"title"` // a sentence that is true of a server that passes
	Spec  string `json:"spec"`  // where it is asked for
	// For is the kind of server the case is about; Any if not given.
	For   Audience `json:"for"`
	Needs []string `json:"needs"` // claims of the CapabilityStatement
	Steps []Step   `json:"steps"`

	number int // among all cases, from 1; its persons and names follow from it
}

// Audience is a kind of server.
type Audience string

// The audiences: any FHIR server, those that call themselves Tahto, and those
// that don't.
const (
	Any    Audience = ""
	Tahto  Audience = "tahto"
	Others Audience = "others"
)

// Step is one request, and what is expected of its answer.
type Step struct {
	// Do is the method, a space, and the path below the base or a whole URL.
	Do string `json:"do"`
	// Headers are sent beside Accept and, with a body, Content-Type; an empty
	// value takes one of those away.
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"` // JSON, with templates
	Text    *string           `json:"text"` // a body as it is
	Form    url.Values        `json:"form"` // a body as a form
	// Parallel is how many clients send the request at once; 0 is one.
	Parallel int `json:"parallel"`
	// Again is the statuses with which an answer says that it is not done yet:
	// the request is sent again until another one comes, some hundred times.
	Again   statuses           `json:"again"`
	Expect  Expect             `json:"expect"`
	Capture map[string]Capture `json:"capture"`
}

// Expect is what an answer must be like. What is not given is not looked at.
type Expect struct {
	Status statuses `json:"status"`
	// Counts is how many of the parallel answers have a status.
	Counts  map[int]int       `json:"counts"`
	Headers map[string]string `json:"headers"`
	Absent  []string          `json:"absent"` // headers that are not there
	Type    string            `json:"type"`   // of the resource in the body
	True    []string          `json:"true"`   // FHIRPath over the body
	Has     []string          `json:"has"`    // texts that are in the body
	Lacks   []string          `json:"lacks"`  // texts that are not in the body
	Body    string            `json:"body"`   // the whole body
	Empty   bool              `json:"empty"`  // there is no body
}

// Capture takes a variable from an answer: from a header, by the first group of
// a regular expression or whole, from the body by FHIRPath, or the body as it is.
type Capture struct {
	Header   string `json:"header"`
	Match    string `json:"match"`
	FHIRPath string `json:"fhirpath"`
	Whole    bool   `json:"whole"`
}

// statuses are those of HTTP of which an answer must have one; in JSON a number
// or a list.
type statuses []int

func (s *statuses) UnmarshalJSON(data []byte) error {
	var one int
	if err := json.Unmarshal(data, &one); err == nil {
		*s = statuses{one}
		return nil
	}
	return json.Unmarshal(data, (*[]int)(s))
}

//go:embed cases/*.json
var files embed.FS

// order is that of the sections in reports: it begins with what the others rest
// on. A file that is not named here comes last, by its name.
var order = []string{"capabilities", "create", "read", "update", "patch", "delete", "conditional", "history", "search", "links", "paging", "subset", "bundles", "resubmission", "async", "xml", "errors", "validate", "evaluate", "decisions"}

const templatesFile = "templates.json"

// Cases are the sections that come with the kit, in the order to run them. The
// error says which file is at fault, and only a change of the files makes one.
func Cases() ([]Section, error) {
	folder, err := fs.Sub(files, "cases")
	if err != nil {
		return nil, err
	}
	return load(folder)
}

func load(folder fs.FS) ([]Section, error) {
	names, err := fs.Glob(folder, "*.json")
	if err != nil {
		return nil, err
	}
	var sections []Section
	for _, name := range names {
		if name == templatesFile {
			continue
		}
		var s Section
		if err := readStrict(folder, name, &s); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		sections = append(sections, s)
	}
	slices.SortStableFunc(sections, func(a, b Section) int { return rank(a.Name) - rank(b.Name) })
	number := 0
	for _, s := range sections {
		for i := range s.Cases {
			number++
			s.Cases[i].number = number
		}
	}
	return sections, check(sections)
}

// Only are the cases whose section or id contains the text, in their sections;
// all for "". A case has the same persons among few as among all.
func Only(sections []Section, text string) []Section {
	var some []Section
	for _, s := range sections {
		s.Cases = slices.DeleteFunc(slices.Clone(s.Cases), func(c Case) bool { return !strings.Contains(s.Name+" "+c.ID, text) })
		if len(s.Cases) > 0 {
			some = append(some, s)
		}
	}
	return some
}

// Count is the number of cases.
func Count(sections []Section) int {
	n := 0
	for _, s := range sections {
		n += len(s.Cases)
	}
	return n
}

func rank(section string) int {
	if at := slices.Index(order, section); at >= 0 {
		return at
	}
	return len(order)
}

// readStrict reads one JSON value; a member that it does not know is an error,
// since a misspelt expectation would expect nothing.
func readStrict(folder fs.FS, name string, into any) error {
	data, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the JSON value")
	}
	return nil
}

// check finds what would make a case prove nothing.
func check(sections []Section) error {
	seen := map[string]bool{}
	for _, section := range sections {
		for _, c := range section.Cases {
			if seen[c.ID] {
				return fmt.Errorf("%s: the id %s is there twice", section.Name, c.ID)
			}
			seen[c.ID] = true
			if err := c.check(); err != nil {
				return fmt.Errorf("%s: %s: %w", section.Name, c.ID, err)
			}
		}
	}
	return nil
}

// specified is where a behaviour can be asked for.
var specified = regexp.MustCompile(`^(https://|(mapping|rules)\.md §)`)

func (c Case) check() error {
	switch {
	case c.ID == "" || len(c.ID) > 64 || c.Title == "":
		return errors.New("a case has an id and a title; the id, of 64 letters at most, is also that of its TestScript")
	case !specified.MatchString(c.Spec):
		return errors.New("a case says where its behaviour is asked for")
	case c.For != Any && c.For != Tahto && c.For != Others:
		return fmt.Errorf("there is no audience %q", c.For)
	case len(c.Steps) == 0:
		return errors.New("a case has a step")
	}
	for i, step := range c.Steps {
		if _, _, ok := strings.Cut(step.Do, " "); !ok {
			return fmt.Errorf("step %d: do is a method, a space and a path", i+1)
		}
		if len(step.Expect.Status) == 0 {
			return fmt.Errorf("step %d: a step expects a status", i+1)
		}
	}
	return nil
}
