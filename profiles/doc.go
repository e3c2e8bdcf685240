// Package profiles knows the definitions that resources are held to: R4's own
// types, extensions, code systems and value sets, and the profiles, extensions
// and codes of Finnish declarations that this server serves.
//
// R4's definitions are HL7's, trimmed to what is asked here and packed into the
// program (folder r4, written by go generate; SOURCES.md names the source and
// each correction). Ours are FHIR resources as a client gets them, one a file
// (folder fi); their StructureDefinitions are written as differentials, and the
// [Set] builds the snapshots.
//
// # Cost
//
// [Load] unpacks and indexes; a definition is read when it is first asked for,
// once, and kept. What is handed out is shared and must not be changed.
package profiles

//go:generate go run ./generate
