package patch

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"tahto/fhir"
	"tahto/fhir/fhirpath"
	"tahto/fhir/issue"
)

// operation is an operation of a FHIRPath Patch
// (https://hl7.org/fhir/R4/fhirpatch.html).
type operation struct {
	kind   string // add, insert, delete, replace or move
	path   *fhirpath.Expression
	name   string
	value  given
	at     map[string]int // index, source and destination
	placed map[string]int // the part in which each of them stands
}

// needs are the parts of each operation besides its type. All of them must be
// there and no others: a part that would be ignored was meant to do something.
var needs = map[string][]string{
	"add":     {"path", "name", "value"},
	"insert":  {"path", "value", "index"},
	"delete":  {"path"},
	"replace": {"path", "value"},
	"move":    {"path", "source", "destination"},
}

// readFHIRPath reads all operations before any is done.
func readFHIRPath(parameters *fhir.Resource, model fhirpath.Model) ([]operation, error) {
	root := parameters.Root()
	if parameters.Type() != "Parameters" {
		return nil, issue.New(issue.Invalid, "Parameters", "A FHIRPath Patch is a Parameters resource.").Coded(issue.CodeStructure)
	}
	list := root.Get("parameter")
	if list.Len() > MaxOperations {
		return nil, tooMany()
	}
	operations := make([]operation, list.Len())
	for i, parameter := range list.Items() {
		var err error
		if operations[i], err = readParameter(parameter, model); err != nil {
			return nil, issue.Under(expressionOf(i), err)
		}
	}
	return operations, nil
}

func expressionOf(i int) string { return fmt.Sprintf("Parameters.parameter[%d]", i) }

func partOf(i int) string { return fmt.Sprintf("part[%d]", i) }

func readParameter(parameter fhir.Element, model fhirpath.Model) (operation, error) {
	o := operation{at: map[string]int{}, placed: map[string]int{}}
	if parameter.Get("name").Text() != "operation" {
		return o, issue.New(issue.Invalid, "name", "Every parameter of a FHIRPath Patch is named operation.").Coded(issue.CodeStructure)
	}
	for j, part := range parameter.Get("part").Items() {
		name := part.Get("name").Text()
		if _, twice := o.placed[name]; twice {
			return o, issue.New(issue.Invalid, partOf(j), "A part stands twice in the same operation.").Coded(issue.CodeStructure)
		}
		o.placed[name] = j
		if err := o.readPart(name, part, model); err != nil {
			return o, issue.Under(partOf(j), err)
		}
	}
	return o, o.complete()
}

// readPart reads one part into its place in o.
func (o *operation) readPart(name string, part fhir.Element, model fhirpath.Model) error {
	var err error
	switch name {
	case "type":
		if o.kind, err = word(part); needs[o.kind] == nil {
			return issue.New(issue.Invalid, "", "The type of an operation is add, insert, delete, replace or move, as valueCode.").Coded(issue.CodeCodeInvalid)
		}
	case "path":
		source, err := word(part)
		if err != nil {
			return err
		}
		if o.path, err = fhirpath.Compile(source, model); err != nil {
			return issue.Newf(issue.Invalid, "", "The path can't be read: %v.", err)
		}
	case "name":
		o.name, err = word(part)
	case "value":
		o.value, err = readGiven(part, model)
	case "index", "source", "destination":
		number := part.Get("valueInteger")
		n, fault := strconv.ParseInt(number.Text(), 10, 32)
		if number.Kind() != fhir.Number || fault != nil || n < 0 {
			return issue.Newf(issue.Invalid, "", "The part %s has a valueInteger of 0 or more.", name).Coded(issue.CodeValue)
		}
		o.at[name] = int(n)
	default:
		return issue.New(issue.Invalid, "name", "The parts of an operation are type, path, name, value, index, source and destination.").Coded(issue.CodeStructure)
	}
	return err
}

// complete tells which part the operation lacks or has too many.
func (o *operation) complete() error {
	if o.kind == "" {
		return issue.New(issue.Invalid, "", "The operation needs the part type.").Coded(issue.CodeRequired)
	}
	for _, name := range needs[o.kind] {
		if _, there := o.placed[name]; !there {
			return issue.Newf(issue.Invalid, "", "The operation %s needs the part %s.", o.kind, name).Coded(issue.CodeRequired)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.placed)) {
		if name != "type" && !slices.Contains(needs[o.kind], name) {
			j := o.placed[name]
			return issue.Newf(issue.Invalid, partOf(j), "The operation %s has no part %s; leave it out.", o.kind, name).Coded(issue.CodeStructure)
		}
	}
	return nil
}

// word is the text of a part that is a code or a string: clients write either.
func word(part fhir.Element) (string, error) {
	for _, member := range [...]string{"valueCode", "valueString"} {
		if v := part.Get(member); v.Kind() == fhir.String && v.Text() != "" {
			return v.Text(), nil
		}
	}
	return "", issue.New(issue.Invalid, "", "This part has a valueString.").Coded(issue.CodeRequired)
}
