package profiles

import (
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"tahto/fhir"
)

// addCore indexes the folder r4.
func (s *Set) addCore(files fs.FS) error {
	for _, one := range [...]struct {
		name string
		add  func(url, line string)
	}{
		{"constraints", s.addInherited},
		{"structures", s.addCoreType},
		{"extensions", s.addCoreStructure},
		{"codesystems", s.addCoreSystem},
		{"valuesets", s.addCoreValueSet},
	} {
		text, err := unpack(files, "r4/"+one.name+".ndjson.gz")
		if err != nil {
			return err
		}
		for line := range strings.Lines(text) {
			one.add(lineURL(line), line)
		}
	}
	return nil
}

func unpack(files fs.FS, name string) (string, error) {
	file, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	packed, err := gzip.NewReader(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	var text strings.Builder
	if _, err := io.Copy(&text, packed); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return text.String(), nil
}

// lineURL is the value of the first member of a line, the url, read without
// parsing the line.
func lineURL(line string) string {
	_, rest, _ := strings.Cut(line, `:"`)
	url, _, _ := strings.Cut(rest, `"`)
	return url
}

// element parses a line. One that does not parse has no elements.
func element(line string) fhir.Element { return fhir.Stored([]byte(line)).Root() }

func (s *Set) addInherited(key, line string) {
	s.inherited[key] = s.constraint(element(line), "")
}

func (s *Set) addCoreStructure(url, line string) {
	s.structures[url] = sync.OnceValues(func() (*Structure, error) {
		return s.structure(element(line), coreVersion)
	})
}

// addCoreType adds a type also under its name, unless it only narrows one, as
// SimpleQuantity does.
func (s *Set) addCoreType(url, line string) {
	s.addCoreStructure(url, line)
	if !strings.Contains(line, `"derivation":"constraint"`) {
		name := strings.TrimPrefix(url, coreBase)
		s.types[name] = newTypeEntry(s.structures[url])
	}
}

func (s *Set) addCoreSystem(url, line string) {
	s.systems[url] = sync.OnceValue(func() *codeSystem { return readSystem(element(line)) })
}

func (s *Set) addCoreValueSet(url, line string) {
	s.addValueSet(url, func() fhir.Element { return element(line) })
}
