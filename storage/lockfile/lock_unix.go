//go:build unix

package lockfile

import (
	"errors"
	"os"
	"syscall"
)

// Open opens the file for reading and writing and locks it. One that isn't there
// is made, for its owner alone; a symbolic link is none. [ErrLocked] if somebody
// else has it.
func Open(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrLocked
	}
	return nil, err
}
