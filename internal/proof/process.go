package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// childVariable tells this program, in its environment, that it is a child and
// what its task is. Everything else comes through its standard input, since
// environments and command lines can be seen by others.
const childVariable = "CORDAGE_PROOF_TASK"

// A process is a child of this program: the same program again. It ends with
// the context of start at the latest, or when its parent does.
type process struct {
	cmd    *exec.Cmd
	input  io.Closer
	words  *json.Encoder
	answer *json.Decoder
}

// start begins a child with a task and tells it what it must know.
func start(ctx context.Context, task string, order any) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), childVariable+"="+task)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = leash()
	cmd.WaitDelay = 5 * time.Second
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start a child: %w", err)
	}
	p := &process{cmd: cmd, input: input, words: json.NewEncoder(input), answer: json.NewDecoder(output)}
	if err := p.say(order); err != nil {
		return nil, fmt.Errorf("cannot tell a child its task: %w", p.end(err))
	}
	return p, nil
}

// say sends the child one value.
func (p *process) say(v any) error { return p.words.Encode(v) }

// hear reads the child's next value. It is io.EOF when the child has ended.
func (p *process) hear(v any) error { return p.answer.Decode(v) }

// end kills the child, if it still runs, and returns why.
func (p *process) end(why error) error {
	_ = p.cmd.Process.Kill() // fails only if it has ended
	_ = p.cmd.Wait()         // killed is how it ends
	return why
}

// join waits for a child that has been told to finish. All that it said must
// have been heard.
func (p *process) join() error {
	_ = p.input.Close() // a child that has ended has closed it
	return p.cmd.Wait()
}

// A boss is the parent as its child sees it. It is safe for concurrent use.
type boss struct {
	heard chan json.RawMessage // closed when the parent has ended, or wants the child to

	mu      sync.Mutex
	answers *json.Encoder
}

// work does a child's task and returns the exit code. The task's context ends
// when the child's input does: no child outlives its parent.
func work(name string, in io.Reader, out io.Writer) int {
	task := tasks()[name]
	if task == nil {
		fmt.Fprintf(os.Stderr, "proof: no task %q\n", name)
		return 2
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	b := &boss{heard: make(chan json.RawMessage, 16), answers: json.NewEncoder(out)}
	go func() {
		defer cancel()
		defer close(b.heard)
		for words := json.NewDecoder(in); ; {
			var word json.RawMessage
			if words.Decode(&word) != nil {
				return
			}
			b.heard <- word
		}
	}()
	if err := task(ctx, b); err != nil {
		fmt.Fprintf(os.Stderr, "proof: child %s: %v\n", name, err)
		return 1
	}
	return 0
}

// hear reads the parent's next value, and is io.EOF after the last one.
func (b *boss) hear(v any) error {
	word, ok := <-b.heard
	if !ok {
		return io.EOF
	}
	return json.Unmarshal(word, v)
}

func (b *boss) say(v any) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.answers.Encode(v)
}
