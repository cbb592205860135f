//go:build !unix

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

const lockFlags = os.O_CREATE | os.O_RDWR

// openNoFollow opens path for reading and refuses symbolic links.
func openNoFollow(path string) (*os.File, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a regular file; move it away", ErrUnsafe, path)
	}
	return os.Open(path)
}

// replace tries again for a moment: Windows refuses to replace a file while
// another process reads it.
func replace(from, to string) error {
	var err error
	for pause := time.Millisecond; pause < 500*time.Millisecond; pause *= 2 {
		if err = os.Rename(from, to); err == nil || !errors.Is(err, fs.ErrPermission) {
			return err
		}
		time.Sleep(pause)
	}
	return err
}

// syncFolder does nothing: folders cannot be synced here.
func syncFolder(string) error { return nil }
