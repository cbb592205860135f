//go:build !unix

package main

import (
	"errors"
	"os"
)

var errNoSignals = errors.New("this system cannot stop a process and let it go on; run the proof on Linux, macOS or a BSD")

func suspend(*os.Process) error { return errNoSignals }

func resume(*os.Process) error { return errNoSignals }
