package rest

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/go-retryablehttp"
)

// A stream is a request body that is not held in memory. One that can be
// rewound is sent again from the place where the caller handed it over; any
// other is sent once.
type stream struct {
	source io.Reader
	start  int64 // where a seekable source stood; -1 if it cannot be rewound
	length int64 // in bytes; 0 if unknown

	reading sync.Mutex
	turn    atomic.Int64 // of the attempt that may read
}

var errOldTurn = errors.New("the attempt that this body belongs to is over")

func newStream(source io.Reader) *stream {
	s := &stream{source: source, start: -1}
	if sized, ok := source.(interface{ Len() int }); ok {
		s.length = int64(sized.Len())
	}
	seeker, ok := source.(io.Seeker)
	if !ok {
		return s
	}
	at, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil { // a pipe is a file, too
		return s
	}
	s.start = at
	if end, err := seeker.Seek(0, io.SeekEnd); err == nil { // open goes back to start
		s.length = end - at
	}
	return s
}

func (s *stream) rewinds() bool { return s.start >= 0 }

// open returns the body from its start for one more attempt. The attempt
// before may still be sending, when its answer came early: from now on it reads
// nothing more.
func (s *stream) open() (io.Reader, error) {
	own := s.turn.Add(1)
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.rewinds() {
		if _, err := s.source.(io.Seeker).Seek(s.start, io.SeekStart); err != nil {
			return nil, err
		}
	}
	return &turn{s, own}, nil
}

// end gives the source back to the caller: net/http may go on sending for a
// moment after an answer has come.
func (s *stream) end() { s.turn.Add(1) }

// A turn reads the stream for one attempt. It has no Close, so that the
// source stays the caller's.
type turn struct {
	*stream
	own int64
}

func (t *turn) Read(p []byte) (int, error) {
	t.reading.Lock()
	defer t.reading.Unlock()
	if t.turn.Load() != t.own {
		return 0, errOldTurn
	}
	return t.source.Read(p)
}

// prepare puts the stream on a request.
func (s *stream) prepare(r *retryablehttp.Request) error {
	if err := r.SetBody(retryablehttp.ReaderFunc(s.open)); err != nil {
		return err
	}
	r.ContentLength = s.length
	if !s.rewinds() {
		r.GetBody = nil // else net/http would send what is left of it on another connection
	}
	return nil
}
