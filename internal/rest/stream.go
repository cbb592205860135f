package rest

import (
	"errors"
	"io"
	"sync"

	"github.com/hashicorp/go-retryablehttp"
)

// A stream is a request body that is not held in memory. One that can be
// rewound is sent again from the place where the caller handed it over; any
// other is sent once.
type stream struct {
	source io.Reader
	start  int64 // where a seekable source stood; -1 if it cannot be rewound
	length int   // in bytes; 0 if unknown

	mu   sync.Mutex
	turn int // of the attempt that may read
}

var errOldTurn = errors.New("a newer attempt has taken the body over")

func newStream(source io.Reader) *stream {
	s := &stream{source: source, start: -1}
	if seeker, ok := source.(io.Seeker); ok {
		if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
			s.start = at
		}
	}
	if sized, ok := source.(interface{ Len() int }); ok {
		s.length = sized.Len()
	}
	return s
}

func (s *stream) rewinds() bool { return s.start >= 0 }

// open returns the body from its start for one more attempt. The attempt
// before may still be sending, when its answer came early: from now on it reads
// nothing more.
func (s *stream) open() (io.Reader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	if s.rewinds() {
		if _, err := s.source.(io.Seeker).Seek(s.start, io.SeekStart); err != nil {
			return nil, err
		}
	}
	return &turn{s, s.turn}, nil
}

// A turn reads the stream for one attempt. It has no Close, so that the
// source stays the caller's.
type turn struct {
	*stream
	own int
}

func (t *turn) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.turn != t.own {
		return 0, errOldTurn
	}
	return t.source.Read(p)
}

// prepare puts the stream on a request.
func (s *stream) prepare(r *retryablehttp.Request) error {
	if err := r.SetBody(retryablehttp.ReaderFunc(s.open)); err != nil {
		return err
	}
	r.ContentLength = int64(s.length)
	if !s.rewinds() {
		r.GetBody = nil // else net/http would send what is left of it on another connection
	}
	return nil
}
