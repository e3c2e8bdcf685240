package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// variable is the environment variable of a flag: -uusimaa-until is
// TAHTO_UUSIMAA_UNTIL.
func variable(name string) string {
	return "TAHTO_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// inFile ends the name of a variable that names a file with the value, which is
// how containers hand over secrets: TAHTO_MONGO_FILE=/run/secrets/mongo.
const inFile = "_FILE"

// secrets are the values that came from files, by the variable that named the
// file. They are used, and never shown.
type secrets map[string]string

// fromEnvironment sets the flags that the environment has a value for.
func fromEnvironment(f *flag.FlagSet, getenv func(string) string) (secrets, error) {
	hidden := secrets{}
	var fault error
	f.VisitAll(func(one *flag.Flag) {
		if fault == nil {
			fault = hidden.set(f, one.Name, getenv)
		}
	})
	return hidden, fault
}

func (s secrets) set(f *flag.FlagSet, name string, getenv func(string) string) error {
	from := variable(name)
	value, file := getenv(from), getenv(from+inFile)
	switch {
	case value != "" && file != "":
		return usage("%s and %s are both set; keep one of them", from, from+inFile)
	case file != "":
		content, err := os.ReadFile(file)
		if err != nil {
			return usage("%s: %s", from+inFile, err)
		}
		from += inFile
		if value = strings.TrimRight(string(content), "\r\n"); value == "" {
			return usage("%s: the file %s is empty", from, file)
		}
		s[from] = value
	case value == "":
		return nil
	}
	if err := f.Set(name, value); err != nil {
		return usage("%s: %s", from, err)
	}
	return nil
}

// hide takes what came from files out of a fault that quotes a setting.
func (s secrets) hide(err error) error {
	fault, ok := err.(usageError)
	if !ok {
		return err
	}
	for from, value := range s {
		fault.text = strings.ReplaceAll(fault.text, strconv.Quote(value), fmt.Sprintf("what is in the file of %s", from))
	}
	return fault
}
