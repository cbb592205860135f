package main

import "syscall"

// leash ends a child with its parent, even one that is stopped, and however the
// parent ends.
func leash() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
