//go:build !linux

package main

import "syscall"

// leash is empty where no system call can tie a child to its parent. A child
// that is not stopped then ends with its input.
func leash() *syscall.SysProcAttr { return nil }
