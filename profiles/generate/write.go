package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
)

// The files of the set: one JSON object a line, its url first.
const (
	constraintsFile = "constraints.ndjson.gz"
	structuresFile  = "structures.ndjson.gz"
	extensionsFile  = "extensions.ndjson.gz"
	codesFile       = "codesystems.ndjson.gz"
	valueSetsFile   = "valuesets.ndjson.gz"
)

// lines lays everything out in the files it goes to.
func lines(shared []constraint, set []structure, terms terminology) (map[string][]string, error) {
	files := map[string][]string{}
	add := func(name string, value any) error {
		line, err := encode(value)
		files[name] = append(files[name], line)
		return err
	}
	for _, c := range shared {
		if err := add(constraintsFile, c); err != nil {
			return nil, err
		}
	}
	for _, s := range set {
		name := structuresFile
		if s.isExtension() {
			name = extensionsFile
		}
		if err := add(name, s); err != nil {
			return nil, err
		}
	}
	for _, s := range terms.systems {
		if err := add(codesFile, s); err != nil {
			return nil, err
		}
	}
	for _, v := range terms.valueSets {
		if err := add(valueSetsFile, v); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// encode writes compact JSON without the escapes that are for web pages only.
func encode(value any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return out.String(), nil
}

// write packs the lines into a file, without a name or time in it.
func write(path string, lines []string) error {
	var out bytes.Buffer
	packed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := packed.Write([]byte(line)); err != nil {
			return err
		}
	}
	if err := packed.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}
