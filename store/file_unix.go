//go:build unix

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Some systems lock only what is open for writing.
const lockFlags = os.O_CREATE | os.O_RDWR | syscall.O_NOFOLLOW

// openNoFollow opens path for reading. It refuses symbolic links, and does not
// hang on a named pipe.
func openNoFollow(path string) (*os.File, error) {
	in, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return in, err
	}
	if info, statErr := os.Lstat(path); statErr == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a regular file; move it away", ErrUnsafe, path)
	}
	return nil, fmt.Errorf("store: %w", err)
}

func replace(from, to string) error { return os.Rename(from, to) }

// syncFolder brings the folder's entries to the disk, so that a rename
// survives a power cut.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil // this file system has nothing to bring
	}
	return err
}
