// Package lockfile opens files that one process at a time may have open. The
// lock ends with the file or the process, however that ends, and is one of the
// operating system: a file on a network may not be locked for other machines.
package lockfile

import "errors"

// ErrLocked says that the file is open, here or in another process.
var ErrLocked = errors.New("lockfile: the file is in use")
