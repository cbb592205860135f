package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test's program play the children, too.
func TestMain(m *testing.M) {
	if task := os.Getenv(childVariable); task != "" {
		os.Exit(work(task, os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// Each proof holds in its small form, on each store. The timed ones are left to
// a run of their own, without other tests beside them.
func TestProofs(t *testing.T) {
	for _, p := range proofs() {
		if p.timed {
			continue
		}
		if len(p.stores) == 0 {
			t.Run(p.name, func(t *testing.T) { prove(t, p.name, "-short") })
		}
		for _, kind := range p.stores {
			t.Run(p.name+"/"+kind, func(t *testing.T) {
				need(t, map[string]string{"redis": redisVariable, "postgres": postgresVariable}[kind])
				prove(t, p.name, "-short", "-store", kind)
			})
		}
	}
}

func prove(t *testing.T, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), args, &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	if !strings.HasPrefix(out.String(), "seed: ") {
		t.Errorf("the seed is not the first figure of\n%s", &out)
	}
}

// need skips a test whose server is not told by the environment variable, but
// where everything must be tested.
func need(t *testing.T, variable string) {
	t.Helper()
	if variable == "" || os.Getenv(variable) != "" {
		return
	}
	message := fmt.Sprintf("set %s to the address of a server to run this test", variable)
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
}

func TestList(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), nil, &out); err != nil {
		t.Fatal(err)
	}
	for _, p := range proofs() {
		if !strings.Contains(out.String(), "\n"+p.name) && !strings.HasPrefix(out.String(), p.name) {
			t.Errorf("the list lacks %s:\n%s", p.name, &out)
		}
	}
}

// On a busy machine counts are held, and times are not.
func TestBusyReport(t *testing.T) {
	var out bytes.Buffer
	r := &report{out: &out, busy: true}
	atMost(r, "time", time.Second, time.Millisecond)
	atMost(r, "ratio", 2.5, 1)
	if err := r.verdict(); err != nil {
		t.Errorf("only times passed their limits, and yet: %v", err)
	}
	atMost(r, "count", 2, 1)
	if err := r.verdict(); err == nil {
		t.Errorf("a count passed its limit unseen:\n%s", &out)
	}
}

func TestBadArguments(t *testing.T) {
	for _, args := range [][]string{{"unknown"}, {"rotation", "-store", "tape"}, {"stampede", "-store", "file"}, {"stampede", "more"}} {
		if err := run(t.Context(), args, new(bytes.Buffer)); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

// A figure that falls short makes the proof fail, and says so.
func TestReport(t *testing.T) {
	var out bytes.Buffer
	r := &report{out: &out}
	r.tell("told", 7)
	atMost(r, "kept", 1, 1)
	exactly(r, "exact", 2, 2)
	if err := r.verdict(); err != nil {
		t.Errorf("nothing fell short, and yet: %v", err)
	}
	atMost(r, "passed", 2, 1)
	exactly(r, "missed", 1, 2)
	if err := r.verdict(); err == nil || err.Error() != "2 figures fell short" {
		t.Errorf("two figures fell short, and yet: %v", err)
	}
	want := "told: 7\nkept: 1 (limit 1)\nexact: 2 (limit exactly 2)\npassed: 2 (limit 1) FELL SHORT\nmissed: 1 (limit exactly 2) FELL SHORT\n"
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", &out, want)
	}
}
