package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// command is one thing that the program does.
type command struct {
	name    string
	about   string   // a sentence for people
	operand string   // what it takes besides flags, as help calls it; "" for nothing
	flags   []string // the settings that mean something to it; nil for all
	check   func(config) error
	run     func(ctx context.Context, c config, stdout, stderr io.Writer) error
}

// commands are all that the program does. The first is what it does when it is
// told nothing.
var commands = []command{
	{
		name: "serve", about: "Keeps declarations of intent as FHIR and decides on sharing. This is what is done without a command.",
		check: config.validate, run: runServer,
	},
	{
		name: "export", about: "Writes all versions of all resources from the engine into a new file: a backup, or to move to another engine. Run again after an interruption, it goes on from FILE.partial. The file holds personal data.",
		operand: "FILE", flags: []string{"data", "mongo", "mongo-standalone"},
		check: config.validateEngine, run: runExport,
	},
	{
		name: "import", about: "Writes what export wrote into the engine, beside what is there. Run again after an interruption, it passes over what is there already. -base (or -addr) must be that of the server that will use the engine.",
		operand: "FILE", flags: []string{"data", "mongo", "mongo-standalone", "base", "addr"},
		check: config.validateImport, run: runImport,
	},
	{
		name: "health", about: "Asks a server whether it can serve: 0 if it says so, 1 if not. Without a URL it asks the one at -addr.",
		operand: "[URL]", flags: []string{"addr"},
		check: config.validateHealth, run: runHealth,
	},
}

func commandNamed(name string) (command, bool) {
	at := slices.IndexFunc(commands, func(one command) bool { return one.name == name })
	if at < 0 {
		return command{}, false
	}
	return commands[at], true
}

// run is the program: it reads the settings and does what it was told to.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	c, err := configure(args, getenv, stdout)
	if err != nil {
		return err
	}
	told, _ := commandNamed(c.command) // configure gives no other
	return told.run(ctx, c, stdout, stderr)
}

// exitCode tells a person what went wrong and the shell that it did.
func exitCode(err error, stderr io.Writer) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintf(stderr, "tahto: %s\n", err)
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	return 1
}

// configure reads what to do and the settings: flags first, then the
// environment, then the defaults. What makes no sense together is a usageError;
// flag.ErrHelp means that help was asked for and given.
func configure(args []string, getenv func(string) string, help io.Writer) (config, error) {
	told := commands[0]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		var known bool
		if told, known = commandNamed(args[0]); !known {
			return config{}, usage("unknown command %q; there are %s", args[0], commandNames())
		}
		args = args[1:]
	}
	c := config{command: told.name}
	f := told.flagsOf(&c)
	hidden, err := fromEnvironment(f, getenv)
	if err != nil {
		return c, err
	}
	if err := f.Parse(args); err != nil {
		return c, told.flagError(err, f, help)
	}
	if c.operand, err = told.operandOf(f.Args()); err != nil {
		return c, err
	}
	return c, hidden.hide(told.check(c))
}

// flagsOf binds the settings that the command has.
func (m command) flagsOf(c *config) *flag.FlagSet {
	f := flag.NewFlagSet("tahto", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	c.flags().VisitAll(func(one *flag.Flag) {
		if m.flags == nil || slices.Contains(m.flags, one.Name) {
			f.Var(one.Value, one.Name, one.Usage)
		}
	})
	return f
}

// operandOf is the one thing that may stand after the flags.
func (m command) operandOf(rest []string) (string, error) {
	switch {
	case len(rest) > 0 && m.operand == "":
		return "", usage("unexpected argument %q; settings are flags, and a command comes first, see -help", rest[0])
	case len(rest) > 1:
		return "", usage("unexpected argument %q: %s takes flags and then one %s", rest[1], m.name, strings.Trim(m.operand, "[]"))
	case len(rest) == 1 && rest[0] != "":
		return rest[0], nil
	case m.operand == "" || strings.HasPrefix(m.operand, "["):
		return "", nil
	}
	return "", usage("%s needs a %s; see %s -help", m.name, m.operand, m.name)
}

func (m command) flagError(err error, f *flag.FlagSet, help io.Writer) error {
	if !errors.Is(err, flag.ErrHelp) {
		return usage("%s; see -help", err)
	}
	if m.name == commands[0].name {
		fmt.Fprintln(help, "Tahto keeps declarations of intent as FHIR and decides on sharing.\n\nCommands, each with a -help of its own:")
		for _, one := range commands {
			fmt.Fprintf(help, "  %s\n    \t%s\n", one.usage(), one.about)
		}
	} else {
		fmt.Fprintf(help, "%s\n\n%s\n", m.usage(), m.about)
	}
	fmt.Fprintln(help, "\nEach flag is also an environment variable: -uusimaa-until is TAHTO_UUSIMAA_UNTIL,\nor TAHTO_UUSIMAA_UNTIL_FILE names a file with the value.\n\nFlags:")
	f.SetOutput(help)
	f.PrintDefaults()
	return err
}

func (m command) usage() string { return strings.TrimSpace(m.name + " [flags] " + m.operand) }

func commandNames() string {
	var names []string
	for _, one := range commands {
		names = append(names, one.name)
	}
	return strings.Join(names, ", ")
}
