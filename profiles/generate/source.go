package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The module that carries the definitions, and the sum that the go command must
// give for it.
const (
	module = "github.com/gofhir/validator@v1.0.0"
	sum    = "h1:br8CEB7qQDLUaLgCd5ke1WMGwlohL4kPmln5UPK97Mk="
)

// errUnavailable: the go command could not fetch the module.
var errUnavailable = errors.New("the module with the definitions can't be fetched")

// locate fetches the module into the module cache and gives the folder of R4's
// definitions in it. It runs outside this module, which stays untouched.
func locate() (string, error) {
	command := exec.Command("go", "mod", "download", "-json", module)
	command.Dir = os.TempDir()
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s", errUnavailable, module)
	}
	var found struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &found); err != nil {
		return "", err
	}
	if found.Sum != sum {
		return "", fmt.Errorf("%s has the sum %s, want %s", module, found.Sum, sum)
	}
	return filepath.Join(found.Dir, "specs", "r4"), nil
}

// sources are HL7's resources of a kind, in the order they were published.
type sources struct {
	structures []json.RawMessage // StructureDefinitions
	systems    []codeSystem
	valueSets  []valueSet
}

// files are the bundles that are read. Profiles that HL7 publishes as examples
// (profiles-others) are left out: nothing binds our resources to them.
var files = [...]string{
	"profiles-types.json", "profiles-resources.json", "extension-definitions.json",
	"valuesets.json", "v3-codesystems.json", "v2-tables.json",
}

func read(folder string) (sources, error) {
	var all sources
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return sources{}, err
		}
		var bundle struct {
			Entry []struct{ Resource json.RawMessage }
		}
		if err := json.Unmarshal(data, &bundle); err != nil {
			return sources{}, fmt.Errorf("%s: %w", name, err)
		}
		for _, entry := range bundle.Entry {
			if err := all.add(entry.Resource); err != nil {
				return sources{}, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return all, nil
}

func (s *sources) add(resource json.RawMessage) error {
	var head struct{ ResourceType string }
	if err := json.Unmarshal(resource, &head); err != nil {
		return err
	}
	switch head.ResourceType {
	case "StructureDefinition":
		s.structures = append(s.structures, resource)
	case "CodeSystem":
		var system codeSystem
		if err := json.Unmarshal(resource, &system); err != nil {
			return err
		}
		s.systems = append(s.systems, system)
	case "ValueSet":
		var set valueSet
		if err := json.Unmarshal(resource, &set); err != nil {
			return err
		}
		s.valueSets = append(s.valueSets, set)
	}
	return nil
}
