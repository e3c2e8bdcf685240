package kit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tahto/fhir"
)

// ScriptOptions say for which server and run TestScripts are written.
type ScriptOptions struct {
	Base string    // base URL of the server; a variable of the scripts
	Seed uint64    // makes the persons and names, variables of the scripts too
	Date time.Time // of the scripts
}

// ScriptFile is a file of a folder of TestScripts: a script or a fixture.
type ScriptFile struct {
	Name string // below the folder, with slashes
	Data []byte
}

// Unsaid is a case that is no TestScript, since it does what none can say.
type Unsaid struct {
	Section, Case string
	What          []string // that can't be said, in words
}

// Scripts writes the cases as TestScripts (https://hl7.org/fhir/R4/testscript.html),
// one for each, so that other engines can run them: Section/case.json, with the
// bodies that it sends in Section/fixtures. The made-up persons and the names of
// a case are variables with the values that [Run] gives them with the same seed;
// an engine that runs a script again on the same server has to give them others.
//
// A case that can't be said wholly is not written but told as [Unsaid]: a script
// that asks less than the case would pass where the case fails.
func Scripts(sections []Section, o ScriptOptions) ([]ScriptFile, []Unsaid, error) {
	var files []ScriptFile
	var unsaid []Unsaid
	for _, section := range sections {
		for _, c := range section.Cases {
			s, err := script(c, own(o.Seed, c.number).and(variables{"base": strings.TrimRight(o.Base, "/")}), o.Date)
			switch {
			case err != nil:
				return nil, nil, fmt.Errorf("%s: %w", c.ID, err)
			case len(s.unsaid) > 0:
				unsaid = append(unsaid, Unsaid{section.Name, c.ID, s.unsaid})
				continue
			}
			more, err := s.written(section.Name)
			if err != nil {
				return nil, nil, err
			}
			files = append(files, more...)
		}
	}
	return files, unsaid, nil
}

// scriptURL is the canonical of the TestScript of a case.
func scriptURL(id string) string { return fhir.Base + "/TestScript/" + id }

// scripting is a script in the making.
type scripting struct {
	out      testScript
	fixtures []ScriptFile
	values   variables // the case's own, with the values of the run
	holes    variables // every variable as it stands in the script: ${name}
	captures map[string]int
	unsaid   []string
}

func script(c Case, values variables, date time.Time) (*scripting, error) {
	s := &scripting{values: values, holes: variables{}, captures: map[string]int{}}
	for name := range values {
		s.holes[name] = "${" + name + "}"
	}
	s.out = testScript{
		ResourceType: "TestScript", ID: c.ID, URL: scriptURL(c.ID),
		Name: c.ID, Title: c.Title, Status: "active", Date: date.UTC().Format(time.DateOnly),
		Description: c.audience(), Metadata: metadata(c),
		Contained: []any{requirements(c, date)},
		Test:      []scriptTest{{Name: c.ID, Description: c.Title}},
	}
	for i := range c.Steps {
		if err := s.step(&c.Steps[i], i+1); err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return s, s.declare()
}

// audience is for whom the case is, in words.
func (c Case) audience() string {
	text := "For any FHIR R4 server that has the capabilities"
	switch c.For {
	case Tahto:
		text = "For servers whose CapabilityStatement calls the software Tahto"
	case Others:
		text = "For servers whose CapabilityStatement does not call the software Tahto"
	}
	for _, need := range c.Needs {
		switch {
		case need == respondAsync:
			text += ", and that do Bundles in the background"
		case strings.HasPrefix(need, knows):
			text += ", and that know the made-up organisations of the case"
		}
	}
	return text + "."
}

// cannot notes what a TestScript can't say.
func (s *scripting) cannot(what string) {
	if !slices.Contains(s.unsaid, what) {
		s.unsaid = append(s.unsaid, what)
	}
}

// declare puts the case's own variables that the script uses before those that
// it takes from answers.
func (s *scripting) declare() error {
	text, err := json.Marshal(s.out.Test)
	if err != nil {
		return err
	}
	for _, fixture := range s.fixtures {
		text = append(text, fixture.Data...)
	}
	var used []scriptVariable
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		if bytes.Contains(text, []byte("${"+name+"}")) {
			used = append(used, scriptVariable{Name: name, DefaultValue: s.values[name], Description: described(name)})
		}
	}
	s.out.Variable = append(used, s.out.Variable...)
	return nil
}

func described(name string) string {
	switch {
	case name == "base":
		return "Base URL of the server"
	case strings.HasPrefix(name, "person"):
		return "Identity code of a made-up person; another one for each run on the same server"
	}
	return "Made-up name; another one for each run on the same server"
}

// written are the files of the script, below the folder of its section.
func (s *scripting) written(section string) ([]ScriptFile, error) {
	data, err := indented(s.out)
	if err != nil {
		return nil, err
	}
	files := []ScriptFile{{section + "/" + s.out.ID + ".json", data}}
	for _, fixture := range s.fixtures {
		fixture.Name = section + "/" + fixture.Name
		files = append(files, fixture)
	}
	return files, nil
}

// indented is JSON for people, without escapes for HTML.
func indented(value any) ([]byte, error) {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err := encoder.Encode(value)
	return data.Bytes(), err
}
