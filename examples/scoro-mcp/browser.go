package main

import (
	"fmt"
	"io"
	"os/exec"
	"runtime"
)

// browser returns a function that opens a page in the user's browser. It prints
// the address too, for a machine that has none.
func browser(out io.Writer) func(url string) error {
	return func(url string) error {
		fmt.Fprintf(out, "Sign in at %s\n", url)
		command := exec.Command("xdg-open", url)
		switch runtime.GOOS {
		case "darwin":
			command = exec.Command("open", url)
		case "windows":
			command = exec.Command("rundll32", "url.dll,FileProtocolHandler", url)
		}
		if command.Start() == nil {
			go func() { _ = command.Wait() }() // collects the child; it may outlive us
		}
		return nil
	}
}
