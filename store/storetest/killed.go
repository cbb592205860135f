package storetest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/store"
)

// killedDir tells a child process that it is one, and what to open.
const killedDir = "CORDAGE_STORETEST_DIR"

const counterKey = "storetest/killed"

// RunKilled tests what is left when processes die: several at a time count in
// one record until they are killed, and no count that a process was told is
// stored may be missing, nor any record be torn.
//
// open is called in each process, and opens the same store in all: the one in
// the folder dir, or one on a server that it derives from dir's name. RunKilled
// runs the calling test again in the child processes, so it must be all that
// this test does.
//
//	func TestStoreKilled(t *testing.T) {
//		storetest.RunKilled(t, func(t *testing.T, dir string) store.Store { return mystore.New(dir) })
//	}
func RunKilled(t *testing.T, open func(t *testing.T, dir string) store.Store) {
	const rounds, together = 3, 2
	if dir := os.Getenv(killedDir); dir != "" {
		countUntilKilled(t, open(t, dir))
		return
	}
	dir := t.TempDir()
	s := open(t, dir)
	mustPut(t, s, store.Record{Key: counterKey, Value: counterValue(0)})
	told := 0
	for range rounds {
		var children [together]*child
		for i := range children {
			children[i] = startChild(t, dir)
		}
		for _, c := range children {
			c.awaitFirst(t)
		}
		for _, c := range children {
			time.Sleep(rand.N(20 * time.Millisecond))
			told += c.kill(t)
		}
		checkCounter(t, s, told, 0)
	}
	checkCounter(t, s, told, rounds*together)
}

// checkCounter allows one count more for each process that was killed: it may
// have died between the store's answer and its own report. Without that bound
// it checks that nothing is missing.
func checkCounter(t *testing.T, s store.Store, told, killed int) {
	t.Helper()
	r, err := s.Get(t.Context(), counterKey)
	if err != nil {
		t.Fatalf("Get after processes were killed: %v", err)
	}
	n, err := readCounter(r.Value)
	if err != nil {
		t.Fatal(err)
	}
	if n < told {
		t.Fatalf("the record counts %d, but the killed processes were told that %d are stored", n, told)
	}
	if killed > 0 && n > told+killed {
		t.Errorf("the record counts %d: more than the %d that were stored and one for each of %d killed processes", n, told, killed)
	}
}

// countUntilKilled writes a mark for each count that it was told is stored. It
// ends by itself should its parent die.
func countUntilKilled(t *testing.T, s store.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for ctx.Err() == nil {
		r, err := s.Get(ctx, counterKey)
		if err != nil {
			t.Fatalf("Get: %v", err)
		}
		n, err := readCounter(r.Value)
		if err != nil {
			t.Fatal(err)
		}
		r.Value = counterValue(n + 1)
		_, err = s.Put(ctx, r)
		if errors.Is(err, store.ErrConflict) {
			continue
		}
		if err != nil {
			t.Fatalf("Put: %v", err)
		}
		fmt.Print("+")
	}
}

// counterValue repeats the number over several pages of a disk, so that a torn
// record shows.
func counterValue(n int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%8d", n), 2048)
}

func readCounter(value []byte) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(string(value[:min(8, len(value))])))
	if err != nil || !bytes.Equal(value, counterValue(n)) {
		return 0, fmt.Errorf("the record is torn: %d bytes, %.24q", len(value), value)
	}
	return n, nil
}

type child struct {
	command *exec.Cmd
	out     *bufio.Reader
	errs    bytes.Buffer
}

func startChild(t *testing.T, dir string) *child {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{command: exec.CommandContext(t.Context(), program, "-test.run", onlyThis(t))}
	c.command.Env = append(os.Environ(), killedDir+"="+dir)
	c.command.Stderr = &c.errs
	out, err := c.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

func onlyThis(t *testing.T) string {
	parts := strings.Split(t.Name(), "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

// awaitFirst waits for the child's first mark.
func (c *child) awaitFirst(t *testing.T) {
	t.Helper()
	if b, err := c.out.Peek(1); err != nil || b[0] != '+' {
		rest, _ := io.ReadAll(c.out)
		_ = c.command.Wait()
		t.Fatalf("a child process failed (%v):\n%s%s", err, rest, &c.errs)
	}
}

// kill ends the child without warning and returns how many counts it was told
// are stored.
func (c *child) kill(t *testing.T) int {
	t.Helper()
	if err := c.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(c.out)
	_ = c.command.Wait() // says that it was killed
	marks := bytes.Count(out, []byte("+"))
	if err != nil || marks != len(out) {
		t.Fatalf("a child process failed (%v):\n%s%s", err, out, &c.errs)
	}
	return marks
}
