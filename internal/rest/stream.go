package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A stream is a request body that is not held in memory: one reader, or the
// files of a form with the texts between them. One whose readers can all be
// rewound is sent again from the place where the caller handed it over; any
// other is sent once.
type stream struct {
	sources []source
	hands   *hands
	reading chan struct{} // is full while somebody reads
	turn    atomic.Int64  // of the attempt that may read
}

// A source is one reader of a stream.
type source struct {
	io.Reader
	start  int64 // where a seekable one stood; -1 if it cannot be rewound
	length int64 // in bytes; -1 if unknown
}

var errOldTurn = errors.New("the attempt that this body belongs to is over")

func newStream(hands *hands, readers ...io.Reader) *stream {
	s := &stream{hands: hands, reading: make(chan struct{}, 1)}
	for _, r := range readers {
		s.sources = append(s.sources, newSource(r))
	}
	return s
}

func newSource(r io.Reader) source {
	s := source{Reader: r, start: -1, length: -1}
	if sized, ok := r.(interface{ Len() int }); ok {
		s.length = int64(sized.Len())
	}
	seeker, ok := r.(io.Seeker)
	if !ok {
		return s
	}
	at, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil { // a pipe is a file, too
		return s
	}
	s.start = at
	if end, err := seeker.Seek(0, io.SeekEnd); err == nil { // rewind goes back to start
		s.length = end - at
	}
	return s
}

func (s source) rewinds() bool { return s.start >= 0 }

func (s source) rewind() error {
	if !s.rewinds() {
		return nil
	}
	_, err := s.Reader.(io.Seeker).Seek(s.start, io.SeekStart)
	return err
}

func (s *stream) rewinds() bool {
	return !slices.ContainsFunc(s.sources, func(s source) bool { return !s.rewinds() })
}

// length is that of the whole body in bytes; 0 if it is unknown.
func (s *stream) length() (sum int64) {
	for _, source := range s.sources {
		if source.length < 0 {
			return 0
		}
		sum += source.length
	}
	return sum
}

// open returns the body from its start for one more attempt. The attempt
// before may still be sending, when its answer came early: from now on it reads
// nothing more.
func (s *stream) open(ctx context.Context) (io.Reader, error) {
	own := s.turn.Add(1)
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	var all []io.Reader
	for _, source := range s.sources {
		if err := source.rewind(); err != nil {
			return nil, err
		}
		all = append(all, source.Reader)
	}
	return s.newTurn(ctx, own, io.MultiReader(all...)), nil
}

// enter waits until nobody reads, at most until ctx ends.
func (s *stream) enter(ctx context.Context) error {
	select {
	case s.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *stream) leave() { <-s.reading }

// lastRead is how long the end of a call waits for a read that is under way.
const lastRead = 100 * time.Millisecond

// end gives the sources back to the caller: net/http may go on sending for a
// moment after an answer has come. Who can rewind a source may use it again at
// once, so a read of it that is under way is waited for. Any other source, such
// as a pipe, may keep its reader for ever.
func (s *stream) end() {
	s.turn.Add(1)
	if !s.rewinds() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastRead)
	defer cancel()
	if s.enter(ctx) == nil {
		s.leave()
	}
}

// A turn reads the stream for one attempt. It has no Close, so that the
// sources stay the caller's.
type turn struct {
	*stream
	ctx  context.Context // of the attempt
	own  int64
	body io.Reader

	fetch func() // reads the next piece into the hand
	hand  *hand
	most  int // bytes of it
}

func (s *stream) newTurn(ctx context.Context, own int64, body io.Reader) *turn {
	t := &turn{stream: s, ctx: ctx, own: own, body: body}
	t.fetch = func() {
		defer t.leave()
		n, err := t.body.Read(t.hand.piece[:t.most])
		t.hand.done <- result{n, err}
	}
	return t
}

// Read reads in a goroutine of its own: a source such as a pipe may keep its
// reader waiting for ever, and net/http would wait with it when the call is
// over. The goroutine ends when the source answers.
func (t *turn) Read(p []byte) (int, error) {
	if err := t.enter(t.ctx); err != nil {
		return 0, err
	}
	if t.turn.Load() != t.own {
		t.leave()
		return 0, errOldTurn
	}
	hand := t.hands.take()
	t.hand, t.most = hand, min(len(p), len(hand.piece))
	go t.fetch()
	select {
	case read := <-hand.done:
		defer t.hands.give(hand)
		return copy(p, hand.piece[:read.n]), read.err
	case <-t.ctx.Done():
		return 0, context.Cause(t.ctx) // the hand stays with the source
	}
}

// A hand holds one piece of a stream on its way: net/http takes its own memory
// back when the call is over, and a source may come with something later.
type hand struct {
	piece [32 << 10]byte // as much as net/http asks for
	done  chan result
}

type result struct {
	n   int
	err error
}

// hands are those that hold nothing at the moment.
type hands struct{ pool sync.Pool }

func (h *hands) take() *hand {
	if free, ok := h.pool.Get().(*hand); ok {
		return free
	}
	return &hand{done: make(chan result, 1)}
}

func (h *hands) give(back *hand) { h.pool.Put(back) }

// carry puts the stream on the request of an attempt.
func (s *stream) carry(r *http.Request) error {
	open := func() (io.ReadCloser, error) {
		body, err := s.open(r.Context())
		if err != nil {
			return nil, err
		}
		return io.NopCloser(body), nil
	}
	if s.rewinds() { // else net/http would send what is left of it on another connection
		r.GetBody = open
	}
	r.ContentLength = s.length()
	var err error
	r.Body, err = open()
	return err
}
