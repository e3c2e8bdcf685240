package embedded

import "fmt"

// LimitPages bounds the size of the file, as a full disk would. Nobody may be
// writing.
func LimitPages(e *Engine, pages int) error {
	return e.writer.c.script(fmt.Sprintf("PRAGMA max_page_count = %d", pages))
}

// Pages is the size of the file.
func Pages(e *Engine) (int, error) {
	n, err := e.writer.c.number("PRAGMA page_count")
	return int(n), err
}

// Scratch is where the files of an engine in memory had their names.
func Scratch(e *Engine) string { return e.scratch }
