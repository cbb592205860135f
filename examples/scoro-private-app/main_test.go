package main

import (
	"bytes"
	"strings"
	"testing"
)

// The template runs whole, on its emulator.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if want := "81 projects changed since 20 February"; !strings.Contains(out.String(), want) {
		t.Errorf("the output lacks %q:\n%s", want, out.String())
	}
}
