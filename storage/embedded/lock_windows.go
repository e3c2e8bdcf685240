package embedded

import (
	"fmt"
	"os"
	"syscall"
)

// lockFile opens the file so that nobody else can, until it is closed or the
// process ends.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, fmt.Errorf("embedded: opening the lock: %w", err)
	}
	const sharingViolation = syscall.Errno(32)
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err == sharingViolation {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("embedded: locking: %w", err)
	}
	return os.NewFile(uintptr(handle), path), nil
}

// memoryFolder is "" for the usual temporary folder.
func memoryFolder() string { return "" }
