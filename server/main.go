// Command server runs Tahto: an HL7 FHIR R4 Consent server facade for Finnish
// social and health care. It keeps declarations of intent (tahdonilmaisut) as
// FHIR Consent and Provenance, and answers, with reasons, whether a piece of
// data may be shared with a requester now.
//
// The package only puts the others together: what to do (a command; serve if
// none is given), settings (flags, each also an environment variable), the
// engine, the service, the wire, and the life cycle.
// It is the one place that knows an engine by name, reads the clock and makes
// ids; all others are given them.
//
// # Exit codes
//
// 0 after a clean stop or when the command is done, 1 if the server could not
// start or broke down or the command failed, 2 if the program was started with
// settings that make no sense.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // Europe/Helsinki, also where the system has no time zones
)

func main() {
	relaxCollector()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	os.Exit(exitCode(err, os.Stderr))
}
