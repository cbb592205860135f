package auth

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// world is a platform with one-time refresh tokens, a store, and processes
// that are stopped, killed and cut off at any step.
type world struct {
	records store.Store // what the processes share, without faults

	mu        sync.Mutex
	dice      *rand.Rand
	calm      bool             // no faults any more
	pairs     map[string]*pair // by refresh token
	chains    int              // how many people have signed in
	newest    *pair            // of the last sign-in; nil after a Forget
	noted     map[string]bool  // by entry.name: a note was written about it
	probed    map[string]bool  // by entry.name: the note of a probe was written
	waits     []time.Duration
	works     int
	failures  map[connector.Kind]int
	mistakes  []string
	processes []*process
}

// pair is what a sign-in or a renewal gave.
type pair struct {
	chain, number int
	used          bool
	presented     int
	holder        *process // who got it; nil if the answer was lost
}

func newWorld(seed uint64) *world {
	return &world{
		records: store.Memory(), dice: rand.New(rand.NewPCG(seed, 0)), pairs: map[string]*pair{},
		noted: map[string]bool{}, probed: map[string]bool{}, failures: map[connector.Kind]int{},
	}
}

func (w *world) mistake(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mistakes = append(w.mistakes, fmt.Sprintf(format, args...))
}

// choose returns a number below n, and 0, which means no fault, more often.
// Nothing goes wrong once the world is calm.
func (w *world) choose(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calm || w.dice.IntN(3) > 0 {
		return 0
	}
	return w.dice.IntN(n)
}

func (w *world) span(longest time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Duration(w.dice.Int64N(int64(longest)))
}

// issue makes a pair; chain 0 begins a new one.
func (w *world) issue(chain int) (Token, *pair) {
	if chain == 0 {
		w.chains++
		chain = w.chains
	}
	p := &pair{chain: chain, number: len(w.pairs) + 1}
	refresh := fmt.Sprint("refresh-", p.number)
	w.pairs[refresh], w.newest = p, p
	return Token{
		Access: NewSecret(fmt.Sprintf("access-%d-%d", chain, p.number)), Refresh: NewSecret(refresh), Expiry: time.Now().Add(modelLifetime),
	}, p
}

// arrive is a refresh token that reaches the platform.
func (w *world) arrive(token Token) (Token, *pair, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.pairs[token.Refresh.Reveal()]
	old.presented++
	if old.presented == 2 && !w.probed[entry{token: token}.name()] || old.presented > 2 {
		w.mistakes = append(w.mistakes, fmt.Sprintf("pair %d was presented %d times", old.number, old.presented))
	}
	if old.used {
		return Token{}, nil, refused
	}
	old.used = true
	newest := w.newest
	fresh, p := w.issue(old.chain)
	if newest != old {
		w.newest = newest // a chain that was replaced goes on unseen
	}
	return fresh, p, nil
}

// process is a session's surroundings: its store, its way to the platform.
type process struct {
	*world
	session *Session
	mu      sync.Mutex
	resume  chan struct{} // nil if it runs
	killed  bool
	stops   int
}

func (w *world) start(g Grant) *process {
	p := &process{world: w}
	g.Renew = p.renew
	p.session = NewSession(p, key, g)
	w.mu.Lock()
	w.processes = append(w.processes, p)
	w.mu.Unlock()
	return p
}

// gate is where a process can be stopped or killed: at each step to the outside.
func (p *process) gate() {
	for {
		p.mu.Lock()
		resume, killed := p.resume, p.killed
		p.mu.Unlock()
		if killed {
			runtime.Goexit()
		}
		if resume == nil {
			return
		}
		<-resume
	}
}

func (p *process) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resume == nil {
		p.resume = make(chan struct{})
		p.stops++
	}
}

func (p *process) proceed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resume != nil {
		close(p.resume)
		p.resume = nil
	}
}

func (p *process) kill() {
	p.mu.Lock()
	p.killed = true
	p.mu.Unlock()
	p.proceed()
}

func (p *process) alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.killed
}

// undisturbed names the time since the last stop.
func (p *process) undisturbed() (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stops, p.resume == nil && !p.killed
}

// renew is the way to the platform and back.
func (p *process) renew(ctx context.Context, previous Token) (Token, error) {
	p.gate()
	if ctx.Err() != nil && p.choose(2) == 0 {
		return Token{}, ctx.Err()
	}
	fault := p.choose(7)
	switch fault {
	case 1:
		return Token{}, unreachable
	case 2: // it hangs in the network and arrives when nobody waits any more
		time.AfterFunc(p.span(3*modelNote), func() { _, _, _ = p.arrive(previous) })
		<-ctx.Done()
		return Token{}, ctx.Err()
	}
	token, fresh, err := p.arrive(previous)
	p.gate()
	switch fault {
	case 3:
		return Token{}, lost
	case 4:
		<-ctx.Done()
		return Token{}, ctx.Err()
	case 5: // as after a stop: the answer stood in the socket
		time.Sleep(p.span(2 * modelNote))
	case 6:
		return Token{}, &connector.Error{Kind: connector.Unavailable, Status: 502}
	}
	p.gate()
	if err == nil {
		p.world.mu.Lock()
		fresh.holder = p
		p.world.mu.Unlock()
	}
	return token, err
}

func (p *process) Get(ctx context.Context, key string) (store.Record, error) {
	p.gate()
	switch p.choose(4) {
	case 1:
		return store.Record{}, errDisk
	case 2:
		time.Sleep(p.span(modelNote))
	case 3:
		<-ctx.Done()
	}
	r, err := p.records.Get(ctx, key)
	p.gate()
	return r, err
}

func (p *process) Put(ctx context.Context, r store.Record) (store.Version, error) {
	p.gate()
	switch p.choose(7) {
	case 1:
		return 0, errDisk
	case 2:
		_, _ = p.put(ctx, r)
		return 0, errDisk
	case 3:
		time.Sleep(p.span(modelNote))
	case 4:
		<-ctx.Done()
		return 0, ctx.Err()
	case 5:
		_, _ = p.put(ctx, r)
		<-ctx.Done()
		return 0, ctx.Err()
	case 6: // it is on the way for longer than anybody waits
		time.AfterFunc(p.span(2*storeTimeout), func() { _, _ = p.put(context.Background(), r) })
		<-ctx.Done()
		return 0, ctx.Err()
	}
	v, err := p.put(ctx, r)
	p.gate()
	return v, err
}

func (p *process) put(ctx context.Context, r store.Record) (store.Version, error) {
	v, err := p.records.Put(ctx, r)
	r.Version = v
	e, decodeErr := decodeEntry(r, nil)
	if err != nil || decodeErr != nil || !e.underway() {
		return v, err
	}
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.noted[e.name()] = true
	if e.renewal.Probe {
		p.probed[e.name()] = true
	}
	return v, err
}

func (p *process) Delete(ctx context.Context, key string, v store.Version) error {
	return p.records.Delete(ctx, key, v)
}

func (p *process) List(ctx context.Context, prefix string) iter.Seq2[store.Record, error] {
	return p.records.List(ctx, prefix)
}

// call is one Token call of a program, judged.
func (p *process) call(ctx context.Context) {
	stops, fine := p.undisturbed()
	start := time.Now()
	token, err := p.session.Token(ctx)
	waited := time.Since(start)
	if after, still := p.undisturbed(); !fine || !still || after != stops {
		return // nobody was there to look at the clock
	}
	if waited > modelNote+longestTalk {
		p.mistake("a call waited %v", waited)
	}
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.waits = append(p.waits, waited)
	if err == nil {
		p.works++
		if token.Access.IsZero() {
			p.mistakes = append(p.mistakes, "an empty token was handed out")
		}
		return
	}
	e, ok := connector.AsError(err)
	if !ok || e.Kind == connector.Canceled && ctx.Err() == nil {
		p.mistakes = append(p.mistakes, fmt.Sprintf("strange error: %v", err))
		return
	}
	p.failures[e.Kind]++
}
