// The program proof shows what the library claims: it runs a job at full size,
// prints one line per figure and fails when a figure falls short.
//
//	go run ./internal/proof                      list the proofs
//	go run ./internal/proof NAME [flags]         run one
//	go run ./internal/proof NAME -short [flags]  run a small one, in some 10 seconds
//
// Redis and PostgreSQL are looked for where CORDAGE_REDIS
// (redis://127.0.0.1:6379/0) and CORDAGE_POSTGRES (postgres://…) say.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if task := os.Getenv(childVariable); task != "" {
		os.Exit(work(task, os.Stdin, os.Stdout))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(1)
	}
}

// settings are what the command line says.
type settings struct {
	short bool
	busy  bool
	seed  uint64
	store string
}

// random returns the numbers of one part of a proof: the same for the same seed.
func (s settings) random(part uint64) *rand.Rand { return rand.New(rand.NewPCG(s.seed, part)) }

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		list(out)
		return nil
	}
	i := slices.IndexFunc(proofs(), func(p proof) bool { return p.name == args[0] })
	if i < 0 {
		return fmt.Errorf("there is no proof %q; run without arguments for a list", args[0])
	}
	p := proofs()[i]
	set, err := p.parse(args[1:], out)
	if err != nil {
		return err
	}
	r := &report{out: out, busy: set.busy}
	r.tell("seed", set.seed)
	began := time.Now()
	if err := p.run(ctx, set, r); err != nil {
		return err
	}
	r.tell("time taken", time.Since(began))
	return r.verdict()
}

func list(out io.Writer) {
	for _, p := range proofs() {
		stores := ""
		if len(p.stores) > 0 {
			stores = " -store " + strings.Join(p.stores, "|")
		}
		fmt.Fprintf(out, "%s%s\n\t%s\n", p.name, stores, p.about)
	}
}

func (p proof) parse(args []string, out io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("proof "+p.name, flag.ContinueOnError)
	flags.SetOutput(out)
	flags.BoolVar(&s.short, "short", false, "run a small proof, in some 10 seconds")
	flags.BoolVar(&s.busy, "busy", false, "the machine does other things, too: hold the counts, and only tell times and ratios")
	flags.Uint64Var(&s.seed, "seed", rand.Uint64N(1e9), "chooses all that is left to chance, but for what the machine does")
	if len(p.stores) > 0 {
		flags.StringVar(&s.store, "store", p.stores[0], "where sign-ins are kept: "+strings.Join(p.stores, ", "))
	}
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 {
		return settings{}, fmt.Errorf("%s takes no argument %q", p.name, flags.Arg(0))
	}
	if len(p.stores) > 0 && !slices.Contains(p.stores, s.store) {
		return settings{}, fmt.Errorf("%s knows no store %q; give one of %s", p.name, s.store, strings.Join(p.stores, ", "))
	}
	return s, nil
}
