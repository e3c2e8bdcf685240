package embedded

import (
	"fmt"
)

// schemaVersion is the version of the tables below (PRAGMA user_version). A
// program refuses a file of a later one; a change of the tables raises it and
// brings a step that converts the one before.
//
// Version 2 has the tables of version 1. It says that what documents are found by
// is of the version that the document driver.Indexed tells, which a program that
// knows version 1 only does not look at.
const schemaVersion = 2

// applicationID marks the file as Tahto's (PRAGMA application_id): "Taht".
const applicationID = 0x54616874

// schema are the tables.
//
// word gives short numbers to what repeats: resource types, parameters of a
// type, and systems. resource has one narrow row for the newest version of
// every document, so that looking for documents reads no bodies. version has
// all versions with their bodies, in the order they were written. entry is
// what current versions are found by: clustered by document, to check a
// candidate, and by value and by date, to find candidates. A parameter's number
// includes the resource type, so that an index never leads to documents of
// another type.
const schema = `
CREATE TABLE word (
	id   INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE resource (
	doc     INTEGER PRIMARY KEY,
	type    TEXT NOT NULL,
	id      TEXT NOT NULL,
	deleted INTEGER NOT NULL,
	version INTEGER NOT NULL,
	updated INTEGER NOT NULL, -- milliseconds since 1970-01-01 UTC
	method  TEXT NOT NULL,
	body    INTEGER NOT NULL  -- version.row
) STRICT;
CREATE INDEX resource_key ON resource (type, id, deleted);
CREATE TABLE version (
	row     INTEGER PRIMARY KEY,
	doc     INTEGER NOT NULL,
	kind    INTEGER NOT NULL, -- word.id of the type
	version INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	deleted INTEGER NOT NULL,
	method  TEXT NOT NULL,
	body    BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX version_doc ON version (doc, version);
CREATE INDEX version_updated ON version (updated);
CREATE INDEX version_kind ON version (kind, updated);
CREATE TABLE entry (
	doc    INTEGER NOT NULL,
	param  INTEGER NOT NULL,  -- word.id of type and parameter
	value  TEXT NOT NULL,
	system INTEGER NOT NULL,  -- word.id; 0 for no system
	ver    TEXT NOT NULL,
	low    INTEGER NOT NULL,  -- microseconds since 1970-01-01 UTC
	high   INTEGER NOT NULL,
	PRIMARY KEY (doc, param, value, system, ver, low, high)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_value ON entry (param, value, system, doc);
CREATE INDEX entry_date ON entry (param, high, low, doc) WHERE high > low;
`

// prepareFile makes the tables in a new file, and refuses one that it doesn't
// understand.
func prepareFile(c *conn) error {
	version, err := c.number("PRAGMA user_version")
	if err != nil {
		return err
	}
	application, err := c.number("PRAGMA application_id")
	if err != nil {
		return err
	}
	tables, err := c.number("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return err
	}
	switch {
	case tables == 0:
		return makeTables(c)
	case application != applicationID:
		return fmt.Errorf("embedded: %s is not a file of this program", fileName)
	case version == 1:
		return c.script(fmt.Sprintf("PRAGMA user_version = %d", schemaVersion))
	case version != schemaVersion:
		return fmt.Errorf("embedded: %s has schema version %d, but this program knows %d; use the version of the program that made it, or a later one",
			fileName, version, schemaVersion)
	}
	return nil
}

func makeTables(c *conn) error {
	script := fmt.Sprintf("BEGIN IMMEDIATE;%s;PRAGMA application_id = %d;PRAGMA user_version = %d;COMMIT",
		schema, applicationID, schemaVersion)
	return c.script(script)
}
