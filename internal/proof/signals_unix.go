//go:build unix

package main

import (
	"os"
	"syscall"
)

// suspend stops a process in the middle of whatever it does.
func suspend(p *os.Process) error { return p.Signal(syscall.SIGSTOP) }

// resume lets a suspended process go on.
func resume(p *os.Process) error { return p.Signal(syscall.SIGCONT) }
